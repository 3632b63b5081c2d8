// s^(n) over arrays: plain loops over blocks that the compiler vectorises. Orders to 64 have a
// faster way with AVX2 and AVX-512, which leaves the points beside zeros to these loops (vectors/sigmoid.hpp).
//
// The same product as in sigmoid.hpp, in as few operations as keep about 2^-55:
//
// * exp(-a) by a table of 32 powers of two and a polynomial, as an unnormalised double-double.
// * p is split as g + l, g a multiple of 2^-53, and so are the p_j = c + d: then c - g is exact and
//   d - l has an error of 2^-107, so that the factor p_j - p costs two subtractions.
// * The product carries its error: P (f + f_low) with P = P + E, four operations a factor.
//
// The loops check themselves. The d are chosen in [2^-53, 2^-52], hence d - l >= 2^-54 > 0 and near
// a zero E/P >= 2^-54/|p_j - p|, which nothing else makes large. Where p |E/P| exceeds 2^-40 (within
// about 2^-14 of a zero), near x = 0 if n is even, and in the far tail, the point is done again by
// sigmoid.hpp. Higher orders and the Bose family, where that split of p is not enough, form p_j - p by
// the error-free sum instead (`general_factor`). Passes over L1-sized blocks beat one fused loop: the chain of dependent operations
// of one point is longer than a processor's window.
#include "sigmoid_loops.hpp"

#include <algorithm>
#include <vector>

#include "functions/expansions.hpp"
#include "functions/hermite.hpp"
#include "functions/mish.hpp"
#include "functions/rational.hpp"
#include "functions/swish.hpp"
#include "functions/taylor.hpp"
#include "loops/bose.hpp"
#include "loops/fermi_dirac.hpp"
#include "loops/orders.hpp"
#include "loops/silu.hpp"
#include "sigmoid.hpp"

#if (defined(__AVX2__) && defined(__FMA__)) || defined(__aarch64__)
#define SIGMAJET_VECTORS
#include "vectors/orders.hpp"
#include "vectors/sigmoid.hpp"
#include "vectors/sigmoid_single.hpp"
#else
#include "loops/sigmoid_single.hpp"
#endif
#include "loops/series.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

void sigmoid_block(int n, const double* x, Index count, double scale, double* out) {
    Block b;
    load(x, count, b);
    prepare(n, false, b, padded(count));
    settled_order(n, scale, b, count, out);
}

void sigmoid(int n, const double* x, Index count, double scale, double* out) {
#if defined(SIGMAJET_VECTORS)
    if (n <= vectors::largest_order) return vectors::sigmoid(n, x, count, scale, out, sigmoid_block);
#endif
    for (Index i = 0; i < count; i += block)
        sigmoid_block(n, x + i, std::min(block, count - i), scale, out + i);
}

void sigmoid_orders(const int* n, const double* x, Index count, double scale, double* out) {
#if defined(SIGMAJET_VECTORS)
    vectors::orders(n, x, count, scale, out, sigmoid_block_orders);
#else
    sigmoid_block_orders(n, x, count, scale, out);
#endif
}

void jet(int order, const double* x, Index count, double scale, double* out, Index stride) {
    int first = 0;
#if defined(SIGMAJET_VECTORS)
    vectors::jet(std::min(order, vectors::largest_order), x, count, scale, out, stride, sigmoid_block);
    first = vectors::largest_order + 1;
#endif
    for (Index i = 0; i < count && first <= order; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        load(x + i, here, b);
        prepare(order, true, b, padded(here));
        for (int n = first; n <= order; ++n)
            settled_order(n, scale_of(n, scale), b, here, out + i + n * stride);
    }
}

#if defined(SIGMAJET_VECTORS)

void sigmoid_single(int n, const float* x, Index count, double scale, float* out) {
    vectors::sigmoid_single(n, x, count, scale, out, sigmoid);
}

void jet_single(int order, const float* x, Index count, double scale, float* out, Index stride) {
    vectors::jet_single(order, x, count, scale, out, stride, sigmoid);
}

#endif

double tanh_point(double x) {
    const double a = std::fabs(x);
    if (!(a < 30)) return std::isnan(x) ? x : std::copysign(1.0, x);
    const DD twice = fermi_point(2 * x).twice_t;
    return std::copysign(0.5 * (twice.high + twice.low), x);
}

// tanh = 1 - 2/(1 + exp(2x)), from the t of 2x
void tanh_value(const double* x, Index count, double* out) {
    Block b;
    double twice[block] = {};
    for (Index i = 0; i < count; ++i) twice[i] = 2 * x[i];
    load(twice, count, b);
    prepare(2, false, b, padded(count));
    for (Index i = 0; i < count; ++i) out[i] = -(b.t[i] + b.t_low[i]);
    for (Index i = 0; i < count; ++i)
        if (!(out[i] <= 2)) out[i] = tanh_point(b.x[i] * 0.5);
}
double taylor_point(int n, double x) {
    return round(n > largest_order ? taylor_by_poles(n, x) : taylor(n, x));
}

// Without n! a power of two is left of `scales`, from order 171 on one that is no normal number: it comes in two
// parts, first in the product and last.
int taylor_exponent(int n) { return scales().balance_exponent[n] + (n % 2 == 0); }
DD taylor_scale(int n) { return {power_of_two(std::max(taylor_exponent(n), -1000)), 0}; }
double taylor_end(int n) { return power_of_two(std::min(taylor_exponent(n) + 1000, 0)); }

double taylor_value(int n, double product, double doubt, double x) {
    const double value = product * taylor_end(n);
    const bool fine = (doubt <= 0) & (std::fabs(value) > 0x1p-960);
    return fine ? value : taylor_point(n, x);
}

// s^(n)/n!
void sigmoid_taylor(int n, const double* x, Index count, double* out) {
    if (n < 2) return sigmoid(n, x, count, 1, out);
    if (n > largest_order) {
        for (Index i = 0; i < count; ++i) out[i] = taylor_point(n, x[i]);
        return;
    }
    Block b;
    load(x, count, b);
    prepare(n, false, b, padded(count));
    alignas(64) double result[block];
    general_order(n, taylor_scale(n), b, padded(count), result);
    for (Index i = 0; i < count; ++i) out[i] = taylor_value(n, result[i], b.doubt[i], b.x[i]);
}

void taylor_orders(const int* n, const double* x, Index count, double* out) {
    int inside[block];
    for (Index i = 0; i < count; ++i) inside[i] = n[i] < 2 || n[i] > largest_order ? 1 : n[i];
    const Orders orders(inside, x, count);
    Block b;
    load(orders.x, orders.count, b);
    prepare(2, true, b, orders.count);
    double result[block];
    each_order(orders.n, 0, taylor_scale, b, orders.count, result, nullptr);
    for (Index i = 0; i < count; ++i)
        if (n[i] < 2)
            sigmoid(n[i], &b.x[i], 1, 1, out + i);
        else if (n[i] > largest_order)
            out[i] = taylor_point(n[i], b.x[i]);
        else
            out[i] = taylor_value(n[i], result[i], b.doubt[i], b.x[i]);
}

// tanh^(n)(x) = 2^(n+1) s^(n)(2x) for n >= 1
template <typename Real>
void tanh_jet(int order, const Real* x, Index count, Real* out, Index stride) {
    constexpr Index long_block = 16 * block;  // `jet` takes a while to begin
    Real twice[long_block];
    for (Index i = 0; i < count; i += long_block) {
        const Index here = std::min(long_block, count - i);
        for (Index k = 0; k < here; ++k) twice[k] = 2 * x[i + k];
        if constexpr (sizeof(Real) == sizeof(double))
            jet(order, twice, here, 2, out + i, stride);
        else
            jet_single(order, twice, here, 2, out + i, stride);
        for (Index k = 0; k < here; k += block) {
            const Index part = std::min(block, here - k);
            double point[block], value[block];
            std::copy(x + i + k, x + i + k + part, point);
            tanh_value(point, part, value);
            for (Index l = 0; l < part; ++l) out[i + k + l] = static_cast<Real>(value[l]);
        }
    }
}

// A jet of single precision by one of double precision.
template <void (*jet)(int, const double*, Index, double*, Index)>
void by_double(int order, const float* x, Index count, float* out, Index stride) {
    std::vector<double> rows(static_cast<std::size_t>((order + 1) * block));
    double from[block];
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        std::copy(x + i, x + i + here, from);
        jet(order, from, here, rows.data(), block);
        for (int n = 0; n <= order; ++n)
            for (Index k = 0; k < here; ++k)
                out[i + k + n * stride] = static_cast<float>(rows[static_cast<std::size_t>(n * block + k)]);
    }
}

template <Scaled (*function)(int, double)>
void point_by_point(int n, const double* x, Index count, double* out) {
    for (Index i = 0; i < count; ++i) out[i] = round(function(n, x[i]));
}

double swish_point(int n, double x, double slope) { return round(swish(n, x, slope)); }

// y_0, w_0 and the bend of tanh, or of s, for at most a block of elements.
template <Activation activation>
void start(const double* x, Index count, double* value, double* slope, double* bend) {
    constexpr bool is_tanh = activation == Activation::tanh;
    alignas(64) double half[block] = {};
    for (Index i = 0; i < count; ++i) half[i] = is_tanh ? x[i] : 0.5 * x[i];
    for (Index i = 0; i < count; i += series::lanes) {
        const bool ordinary = series::start<is_tanh>(half + i, value + i, slope + i, bend + i);
        if (ordinary) continue;
        const Index here = std::min<Index>(series::lanes, count - i);
        alignas(64) double whole[series::lanes];
        for (Index j = 0; j < here; ++j) whole[j] = 2 * half[i + j];
        tanh_value(half + i, here, bend + i);
        sigmoid(1, whole, here, is_tanh ? 4 : 1, slope + i);
        if (is_tanh)
            std::copy(bend + i, bend + i + here, value + i);
        else
            sigmoid(0, whole, here, 1, value + i);
        for (Index j = 0; j < here; ++j) bend[i + j] *= is_tanh ? -2 : -1;
    }
}

template <typename Real>
void activated_series(Activation activation, const ActivatedSeries<Real>& task, Index from, Index until) {
    series::activated(task, from, until, activation == Activation::tanh ? start<Activation::tanh> : start<Activation::sigmoid>);
}

template <typename Real>
constexpr SeriesLoops<Real> series_loops = {activated_series<Real>, series::multiplied<Real>, series::correlated<Real>};

}  // namespace

#define SIGMAJET_TEXT_(name) #name
#define SIGMAJET_TEXT(name) SIGMAJET_TEXT_(name)

extern const Loops loops;
const Loops loops = {SIGMAJET_TEXT(SIGMAJET_ISA),
                     sigmoid,
                     sigmoid_single,
                     jet,
                     jet_single,
                     fermi_dirac,
                     tanh_value,
                     silu,
                     bose_block,
                     coth,
                     sigmoid_taylor,
                     tanh_jet<double>,
                     silu_jet,
                     bose_jet,
                     tanh_jet<float>,
                     by_double<silu_jet>,
                     by_double<bose_jet>,
                     sigmoid_orders,
                     silu_orders,
                     bose_orders,
                     taylor_orders,
                     {point_by_point<gaussian>, point_by_point<erf>, point_by_point<gelu>, point_by_point<arctan>,
                      point_by_point<logit>, point_by_point<softsign>, point_by_point<mish>,
                      point_by_point<fermi_dirac_half>, point_by_point<bose_einstein_half>},
                     swish_point,
                     series_loops<double>,
                     series_loops<float>};

}  // namespace sigmajet::SIGMAJET_ISA
