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

#include "sigmoid.hpp"

#if defined(__AVX2__) && defined(__FMA__)
#define SIGMAJET_VECTORS
#include "vectors/sigmoid.hpp"
#include "vectors/sigmoid_single.hpp"
#endif

namespace sigmajet::SIGMAJET_ISA {
namespace {

// Orders up to here have all p_j > 2^-37, so that d - l keeps 70 bits of p_j.
constexpr int largest_fast_order = 36;
constexpr std::uint64_t sign_bit = 1ull << 63;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct alignas(64) Block {
    double x[block];
    double shifted[block], r[block], power[block], power_low[block];  // k + magic, r, 2^(k/32)
    double rest[block], rest_low[block];  // 1 - s(a) = e/(1 + e)
    double t[block], t_low[block];        // 1 - 2s(x) = -tanh(x/2)
    double p[block], p_low[block];
    double grid[block], off_grid[block];  // p once more, g and l
    double product[block], error[block];
    double doubt[block];  // <= 0 where the result is good enough; nan where it is none
};

// exp(-|x|) = 2^(k/32) exp(r - k log_step_low). In the far tail and for nan r is nan, and so is all that
// follows from it.
template <typename Real>
void reduce(const Real* from, Block& b, Index n) {
    double* __restrict x = b.x;
    double* __restrict shifted = b.shifted;
    double* __restrict r = b.r;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        x[i] = from[i];
        const double a = std::fabs(x[i]);
        const double up = fma(a, -powers_per_unit, magic), k = up - magic;
        shifted[i] = up;
        r[i] = a < tail ? fma(k, -log_step, -a) : not_a_number;
    }
}

// The table look-up, which no compiler turns into the permutations that it is.
template <bool keep_low>
void look_up(Block& b, Index n) {
#if defined(__AVX512F__)
    const auto* powers = reinterpret_cast<const double*>(power_bits);
    const auto permuted = [](const double* from, __m512i k) {
        const __mmask8 upper = _mm512_test_epi64_mask(k, _mm512_set1_epi64(16));
        return _mm512_mask_blend_pd(
            upper, _mm512_permutex2var_pd(_mm512_load_pd(from), k, _mm512_load_pd(from + 8)),
            _mm512_permutex2var_pd(_mm512_load_pd(from + 16), k, _mm512_load_pd(from + 24)));
    };
    for (Index i = 0; i < n; i += 8) {
        const __m512i k = _mm512_load_si512(b.shifted + i);
        const __m512i power = _mm512_castpd_si512(permuted(powers, k));
        _mm512_store_si512(b.power + i, _mm512_add_epi64(power, _mm512_slli_epi64(k, 47)));
        if (keep_low) _mm512_store_pd(b.power_low + i, permuted(power_rest, k));
    }
#else
    for (Index i = 0; i < n; ++i) {
        const std::uint64_t k = to_bits(b.shifted[i]);
        b.power[i] = from_bits(power_bits[k & 31] + (k << 47));
        if (keep_low) b.power_low[i] = power_rest[k & 31];
    }
#endif
}

// exp(-|x|) from the fields of a block, unnormalised, to 2^-73: the rounding of `cubic`, which is below 2^-21. The
// sums r + half + cubic keep what they round off.
SIGMAJET_INLINE DD exponential(double s, double s_low, double r, double shifted) {
    const double r_low = fma(shifted - magic, -log_step_low, s_low);
    const double half_r = 0.5 * r, half = half_r * r, half_low = fma(half_r, r, -half);
    const double cubic =
        half * r *
        fma(r, fma(r, fma(r, fma(r, fma(r, 1 / 20160.0, 1 / 2520.0), 1 / 360.0), 1 / 60.0), 1 / 12.0),
            1 / 3.0);
    const double curve = half + cubic, curve_low = (half - curve) + cubic;
    const double growth = r + curve, growth_low = ((r - growth) + curve) + (curve_low + half_low);
    const double e = fma(s, growth, s);
    return {e, fma(e, r_low, fma(s, growth_low, fma(s, growth, s - e)))};
}

// exp(-|x|) = e + e_low, then e/(1 + e), p and t = -+(1 - 2e/(1 + e)) for x >< 0. That
// difference cancels near x = 0: nan sends the point to the scalar kernel.
template <bool keep_rest, bool keep_t>
void shares(Block& b, Index n) {
    const double* __restrict xs = b.x;
    double* __restrict t_out = b.t;
    double* __restrict t_low_out = b.t_low;
    const double* __restrict power = b.power;
    const double* __restrict power_low = b.power_low;
    const double* __restrict r = b.r;
    const double* __restrict shifted = b.shifted;
    double* __restrict rest_out = b.rest;
    double* __restrict rest_low_out = b.rest_low;
    double* __restrict p_out = b.p;
    double* __restrict p_low_out = b.p_low;
    double* __restrict grid = b.grid;
    double* __restrict off_grid = b.off_grid;
    for (Index i = 0; i < n; ++i) {
        const DD decayed = exponential(power[i], power_low[i], r[i], shifted[i]);
        const double e = decayed.high, e_low = decayed.low;
        const double sum = 1 + e, sum_low = ((1 - sum) + e) + e_low;
        const double share = 1 / sum;
        const double share_low = share * fma(-sum_low, share, fma(-sum, share, 1.0));
        const double rest = e * share;
        const double rest_low = fma(e_low, share, fma(e, share_low, fma(e, share, -rest)));
        const double p = rest * share;
        const double p_low = fma(rest_low, share, fma(rest, share_low, fma(rest, share, -p)));
        const double g = (p + 0.75) - 0.75;
        if (keep_rest) rest_out[i] = rest, rest_low_out[i] = rest_low;
        if (keep_t) {
            const double a = std::fabs(xs[i]), t = fma(-2.0, rest, 1.0);
            const double t_low = fma(-2.0, rest_low, fma(-2.0, rest, 1.0 - t));
            const std::uint64_t flip = ~to_bits(xs[i]) & sign_bit;
            t_out[i] = from_bits(to_bits(a > 0x1p-10 ? t : not_a_number) ^ flip);
            t_low_out[i] = from_bits(to_bits(t_low) ^ flip);
        }
        p_out[i] = p, p_low_out[i] = p_low;
        grid[i] = g, off_grid[i] = (p - g) + p_low;
    }
}

// (value + low) times `count` factors p_j - p. `wide` keeps the product of the low words: from
// order 13 on, where p_j < 2^-12, it counts.
template <int count>
struct Factors {
    double c[count + 1], d[count + 1];
    explicit Factors(const Zero* zero) {
        for (int j = 0; j < count; ++j) {
            c[j] = (std::floor(zero[j].p * 0x1p53) - 1) * 0x1p-53;
            d[j] = (zero[j].p - c[j]) + zero[j].p_low;
        }
    }
    template <bool wide>
    void multiply(double grid, double off_grid, double& value, double& low) const {
        for (int j = 0; j < count; ++j) {
            const double f = c[j] - grid, f_low = d[j] - off_grid, next = value * f;
            low = fma(low, wide ? f + f_low : f, fma(value, f_low, fma(value, f, -next)));
            value = next;
        }
    }
};

template <bool wide>
void four_factors(const Zero* zero, const double* from, const double* from_low, Block& b, Index n) {
    const Factors<4> factors(zero);
    const double* __restrict grid = b.grid;
    const double* __restrict off_grid = b.off_grid;
    double* product = b.product;
    double* error = b.error;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        double value = from[i], low = from_low[i];
        factors.template multiply<wide>(grid[i], off_grid[i], value, low);
        product[i] = value, error[i] = low;
    }
}

// The last factors, t if n is even, and the rounding; what that rounds off goes to `out_low`, if any.
template <int count, bool even, bool wide>
void finish(const Zero* zero, const double* __restrict product, const double* __restrict error,
            DD scale, Block& b, Index n, double* __restrict out, double* __restrict out_low) {
    const Factors<count> factors(zero);
    const double* __restrict p = b.p;
    const double* __restrict grid = b.grid;
    const double* __restrict off_grid = b.off_grid;
    const double* __restrict t = b.t;
    const double* __restrict t_low = b.t_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i], low = error[i];
        factors.template multiply<wide>(grid[i], off_grid[i], value, low);
        if (even) {
            const double next = value * t[i];
            low = fma(low, t[i], fma(value, t_low[i], fma(value, t[i], -next)));
            value = next;
        }
        doubt[i] = fma(std::fabs(low), p[i], std::fabs(value) * -0x1p-40);
        out[i] = fma(value, scale.high, fma(value, scale.low, low * scale.high));
        if (out_low)
            out_low[i] = fma(value, scale.high, -out[i]) + fma(value, scale.low, low * scale.high);
    }
}

void finish_value(double scale, Block& b, Index n, double* __restrict out,
                  double* __restrict out_low) {
    const double* __restrict x = b.x;
    const double* __restrict rests = b.rest;
    const double* __restrict rests_low = b.rest_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double rest = rests[i], share = 1 - rest;
        const double low = x[i] < 0 ? rests_low[i] : ((1 - share) - rest) - rests_low[i];
        doubt[i] = 0 * rest;
        const double high = x[i] < 0 ? rest : share;
        out[i] = scale * (high + low);
        if (out_low) out_low[i] = (high - out[i]) + low;
    }
}

template <bool even, bool wide>
void product_of_order(int n, DD scale, Block& b, Index count, double* out, double* out_low) {
    const double *product = b.p, *error = b.p_low;
    const Zero *zero = zeros + first_zero(n), *end = zeros + first_zero(n + 1);
    for (; end - zero > 4; zero += 4) {
        four_factors<wide>(zero, product, error, b, count);
        product = b.product, error = b.error;
    }
    switch (end - zero) {
        case 0: return finish<0, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 1: return finish<1, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 2: return finish<2, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 3: return finish<3, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        default: return finish<4, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
    }
}

// The product of any order, for p < 0 as well: p_j - p by the error-free sum, and times a power of
// two that keeps the product in range. Within 2^-14 p of a zero the point is doubtful.
struct Factor {
    double p, p_low, scale;
};

void general_factor(Factor c, Block& b, Index n) {
    const double* __restrict p = b.p;
    const double* __restrict p_low = b.p_low;
    double* __restrict product = b.product;
    double* __restrict error = b.error;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double sum = c.p - p[i], back = sum - c.p;
        const double rest = (c.p - (sum - back)) - (p[i] + back);
        const double f = sum * c.scale, f_low = (rest + (c.p_low - p_low[i])) * c.scale;
        const double next = product[i] * f;
        error[i] = fma(error[i], f, fma(product[i], f_low, fma(product[i], f, -next)));
        product[i] = next;
        const double nearness = fma(p[i], 0x1p-14, -std::fabs(sum));
        doubt[i] = nearness > doubt[i] ? nearness : doubt[i];
    }
}

template <bool even>
void finish_general(DD scale, Block& b, Index n, double* __restrict out, double* __restrict out_low) {
    const double* __restrict product = b.product;
    const double* __restrict error = b.error;
    const double* __restrict t = b.t;
    const double* __restrict t_low = b.t_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i], low = error[i];
        if (even) {
            const double next = value * t[i];
            low = fma(low, t[i], fma(value, t_low[i], fma(value, t[i], -next)));
            value = next;
        }
        const double result = fma(value, scale.high, fma(value, scale.low, low * scale.high));
        const double size = std::fabs(result);
        // What overflows or loses digits below the normal numbers is doubtful too; nan is by itself.
        doubt[i] = (size > 0x1p-960) & (size < infinity) ? doubt[i] : not_a_number;
        out[i] = result;
        if (out_low)
            out_low[i] = fma(value, scale.high, -result) + fma(value, scale.low, low * scale.high);
    }
}

// scale p prod_j (p_j - p) balance(p_j) [t]
void general_order(int n, DD scale, Block& b, Index count, double* out, double* out_low = nullptr) {
    std::copy(b.p, b.p + count, b.product);
    std::copy(b.p_low, b.p_low + count, b.error);
    std::fill(b.doubt, b.doubt + count, -1.0);
    for (int j = first_zero(n); j < first_zero(n + 1); ++j)
        general_factor({zeros[j].p, zeros[j].p_low, balance(zeros[j].p)}, b, count);
    n % 2 ? finish_general<false>(scale, b, count, out, out_low)
          : finish_general<true>(scale, b, count, out, out_low);
}

// `scales` halves for even n, because there t is doubled.
DD general_scale(int n, double times) {
    const DD scale = scales().derivative(n);
    const double factor = n % 2 ? times : 2 * times;
    return {scale.high * factor, scale.low * factor};
}

void one_order(int n, double scale, Block& b, Index count, double* out,
               double* out_low = nullptr) {
    if (n == 0) return finish_value(scale, b, count, out, out_low);
    if (n > largest_fast_order)
        return general_order(n, general_scale(n, scale), b, count, out, out_low);
    const DD factorial = shift(scales().factorial[n], scales().exponent[n] - (n % 2 == 0));
    const DD k = {factorial.high * scale, factorial.low * scale};
    if (n % 2)
        n > 12 ? product_of_order<false, true>(n, k, b, count, out, out_low)
               : product_of_order<false, false>(n, k, b, count, out, out_low);
    else
        n > 12 ? product_of_order<true, true>(n, k, b, count, out, out_low)
               : product_of_order<true, false>(n, k, b, count, out, out_low);
}

// Round up to whole vectors; the arrays hold a whole block.
Index padded(Index count) { return (count + 7) / 8 * 8; }

template <typename Real>
void load(const Real* x, Index count, Block& b) {
    const Index whole = padded(count);
    if (count == whole) return reduce(x, b, whole);
    double copy[block];
    std::copy(x, x + count, copy);
    std::fill(copy + count, copy + whole, 0.0);
    reduce(static_cast<const double*>(copy), b, whole);
}

double careful(int n, double x, double scale) {
    Scaled value = fermi(n, x);
    value.exponent += std::ilogb(scale);
    return round(value);
}

// Do the doubtful points again.
template <typename Real>
void settle(int n, const Block& b, Index count, double scale, Real* out) {
    std::uint64_t any = 0;
    for (Index i = 0; i < count; ++i) any |= !(b.doubt[i] <= 0);
    if (!any) return;
    for (Index i = 0; i < count; ++i)
        if (!(b.doubt[i] <= 0)) out[i] = static_cast<Real>(careful(n, b.x[i], scale));
}

// For a single order n, or for all orders up to n.
void prepare(int n, bool all, Block& b, Index count) {
    look_up<true>(b, count);
    if (all)
        shares<true, true>(b, count);
    else if (n == 0)
        shares<true, false>(b, count);
    else if (n % 2)
        shares<false, false>(b, count);
    else
        shares<false, true>(b, count);
}

// What order n of a jet is multiplied by: scale^(n+1), so that 2 gives the derivatives of 2 s(2x).
double scale_of(int n, double scale) { return std::ldexp(1.0, (n + 1) * std::ilogb(scale)); }

void settled_order(int n, double scale, Block& b, Index count, double* out) {
    const Index whole = padded(count);
    one_order(n, scale, b, whole, count == whole ? out : b.r);
    if (count != whole) std::copy(b.r, b.r + count, out);
    settle(n, b, count, scale, out);
}

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

#else

// Single precision: the same product in plain double, where 1 - p/p_j is good enough to within
// 2^-20 of its zero, for every order.

void shares_single(Block& b, Index n) {
    const double* __restrict rs = b.r;
    const double* __restrict power = b.power;
    double* __restrict rest_out = b.rest;
    double* __restrict p_out = b.p;
    for (Index i = 0; i < n; ++i) {
        const double r = rs[i], s = power[i];
        const double e =
            s * fma(r, fma(r, fma(r, fma(r, fma(r, 1 / 120.0, 1 / 24.0), 1 / 6.0), 0.5), 1.0), 1.0);
        const double sum = 1 + e, guess = 1 / static_cast<float>(sum);
        const double share = fma(guess, fma(-sum, guess, 1.0), guess), rest = e * share;
        rest_out[i] = rest, p_out[i] = rest * share;
    }
}

template <int count>
void multiply_single(const Zero* zero, bool first, Block& b, Index n) {
    double inverse[count];
    for (int j = 0; j < count; ++j) inverse[j] = -1 / zero[j].p;
    const double* __restrict p = b.p;
    const double* from = first ? b.p : b.product;
    double* product = b.product;
    double* least = b.error;  // factor
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        double value = from[i], smallest = first ? 1.0 : least[i];
        for (int j = 0; j < count; ++j) {
            const double f = fma(p[i], inverse[j], 1.0), size = std::fabs(f);
            value *= f;
            smallest = size < smallest ? size : smallest;
        }
        product[i] = value, least[i] = smallest;
    }
}

template <bool even, bool factors>
void finish_single(const double* __restrict product, const double* __restrict least, double scale,
                   Block& b, Index n, float* __restrict out) {
    const double* __restrict x = b.x;
    const double* __restrict rest = b.rest;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i] * scale;
        bool usable = !factors || least[i] > 0x1p-20;
        if (even) {
            usable = usable & (std::fabs(x[i]) > 0x1p-18);
            value *= fma(-2.0, rest[i], 1.0);
            value = from_bits(to_bits(value) ^ (~to_bits(x[i]) & sign_bit));
        }
        doubt[i] = usable ? 0 * value : 1;
        out[i] = static_cast<float>(value);
    }
}

void finish_value_single(double scale, Block& b, Index n, float* __restrict out) {
    const double* __restrict x = b.x;
    const double* __restrict rest = b.rest;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double share = 1 - rest[i], value = x[i] < 0 ? rest[i] : share;
        doubt[i] = 0 * value;
        out[i] = static_cast<float>(scale * value);
    }
}

void one_order_single(int n, double scale, Block& b, Index count, float* out) {
    if (n == 0) return finish_value_single(scale, b, count, out);
    const int start = first_zero(n), end = first_zero(n + 1);
    for (int j = start; j < end;) {
        const int factors = std::min(4, end - j);
        switch (factors) {
            case 1: multiply_single<1>(zeros + j, j == start, b, count); break;
            case 2: multiply_single<2>(zeros + j, j == start, b, count); break;
            case 3: multiply_single<3>(zeros + j, j == start, b, count); break;
            default: multiply_single<4>(zeros + j, j == start, b, count); break;
        }
        j += factors;
    }
    if (start == end)
        n % 2 ? finish_single<false, false>(b.p, b.error, scale, b, count, out)
              : finish_single<true, false>(b.p, b.error, scale, b, count, out);
    else
        n % 2 ? finish_single<false, true>(b.product, b.error, scale, b, count, out)
              : finish_single<true, true>(b.product, b.error, scale, b, count, out);
}

void settled_order_single(int n, double scale, Block& b, Index count, float* out) {
    const Index whole = padded(count);
    float buffer[block];
    one_order_single(n, scale, b, whole, count == whole ? out : buffer);
    if (count != whole) std::copy(buffer, buffer + count, out);
    settle(n, b, count, scale, out);
}

void prepare_single(Block& b, Index n) {
    look_up<false>(b, n);
    shares_single(b, n);
}

void sigmoid_single(int n, const float* x, Index count, double scale, float* out) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        load(x + i, here, b);
        prepare_single(b, padded(here));
        settled_order_single(n, scale, b, here, out + i);
    }
}

void jet_single(int order, const float* x, Index count, double scale, float* out, Index stride) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        load(x + i, here, b);
        prepare_single(b, padded(here));
        for (int n = 0; n <= order; ++n)
            settled_order_single(n, scale_of(n, scale), b, here, out + i + n * stride);
    }
}

#endif

// s^(-m) = -Li_m(-exp(x)). Where x > 0 and m is even the two terms nearly meet at x = 0 only, at a
// ratio of 2.
//
// Near e = 1 the series is a half of F_1: its first two terms and e^2 keep their low words, which leaves the
// roundings of the others, and `slope`, F_m' to a tenth, takes in the low word of e.
template <int m>
void fermi_dirac_order(Block& b, Index n, double* __restrict out) {
    const double* left = fermi_dirac_left[m - 1];
    const double* left_low = fermi_dirac_left_low[m - 1];
    const auto& right = fermi_dirac_right[m - 1];
    const double* __restrict x = b.x;
    const double* __restrict power = b.power;
    const double* __restrict power_low = b.power_low;
    const double* __restrict r = b.r;
    const double* __restrict shifted = b.shifted;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const DD e = exponential(power[i], power_low[i], r[i], shifted[i]);
        double series = left[series_length - 1];
#pragma GCC unroll 32
        for (int k = series_length - 2; k >= 2; --k) series = fma(series, e.high, left[k]);
        const double f = e.high, third = series * f, inner = left[1] + third;
        const double inner_low = ((left[1] - inner) + third) + (fma(series, f, -third) + left_low[1]);
        const double second = inner * f, outer = left[0] + second;
        const double outer_low = ((left[0] - outer) + second) +
                                 (fma(inner_low, f, fma(inner, f, -second)) + left_low[0]);
        const double square = f * f, square_low = fma(f, f, -square), rest = square * outer;
        const double slope = fma(f, fma(f, fma(f, 4 * series, 3 * left[1]), 2 * left[0]), 1.0);
        const double all = f + rest;  // F_m(-a) = all + all_low
        const double all_low = ((f - all) + rest) +
            fma(e.low, slope, fma(square, outer_low, fma(square_low, outer, fma(square, outer, -rest))));
        // The polynomial right of 0, in double-double.
        const double y = x[i] * x[i], y_low = fma(x[i], x[i], -y);
        double sum = right[m / 2][0], sum_low = right[m / 2][1];
#pragma GCC unroll 4
        for (int k = m / 2 - 1; k >= 0; --k) {
            const double next = sum * y, next_low = fma(sum, y, -next);
            const double total = next + right[k][0];
            const double back = total - next;
            sum_low = fma(sum_low, y, fma(sum, y_low, next_low)) +
                      ((next - (total - back)) + (right[k][0] - back)) + right[k][1];
            sum = total;
        }
        if (m % 2) {
            const double next = sum * x[i];
            sum_low = fma(sum_low, x[i], fma(sum, x[i], -next));
            sum = next;
        }
        const double sign = m % 2 ? 1 : -1, other = sign * all;
        const double total = sum + other, back = total - sum;
        const double total_low = ((sum - (total - back)) + (other - back)) + fma(sign, all_low, sum_low);
        const double value = x[i] > 0 ? total + total_low : all + all_low;
        doubt[i] = 0 * value;
        out[i] = value;
    }
}

void fermi_dirac(int m, const double* x, Index count, double* out) {
    static constexpr decltype(&fermi_dirac_order<1>) orders[] = {
        fermi_dirac_order<1>, fermi_dirac_order<2>, fermi_dirac_order<3>, fermi_dirac_order<4>,
        fermi_dirac_order<5>, fermi_dirac_order<6>, fermi_dirac_order<7>, fermi_dirac_order<8>};
    Block b;
    load(x, count, b);
    look_up<true>(b, padded(count));
    orders[m - 1](b, padded(count), b.product);
    std::copy(b.product, b.product + count, out);
    for (Index i = 0; i < count; ++i)
        if (!(b.doubt[i] <= 0)) out[i] = round(fermi_dirac_tail(m, b.x[i]));
}

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

// b^(n): the same product with p = -e/(1 - e)^2 < 0 and t = -+(1 + e)/(1 - e) for x >< 0. Nearer to the
// pole than this, 1 - e loses too many digits: 2^-69 becomes (n + 1) 2^-65 here.
constexpr double near_pole = 0x1p-4;

void bose_shares(Block& b, Index n) {
    const double* __restrict x = b.x;
    const double* __restrict power = b.power;
    const double* __restrict power_low = b.power_low;
    const double* __restrict r = b.r;
    const double* __restrict shifted = b.shifted;
    double* __restrict rest_out = b.rest;
    double* __restrict rest_low_out = b.rest_low;
    double* __restrict t_out = b.t;
    double* __restrict t_low_out = b.t_low;
    double* __restrict p_out = b.p;
    double* __restrict p_low_out = b.p_low;
    double* __restrict product = b.product;  // 1/(1 - e)
    double* __restrict error = b.error;
    for (Index i = 0; i < n; ++i) {
        const DD e = exponential(power[i], power_low[i], r[i], shifted[i]);
        const double far_enough = std::fabs(x[i]) >= near_pole ? 1.0 : not_a_number;
        const double gap = (1 - e.high) * far_enough, gap_low = ((1 - gap) - e.high) - e.low;
        const double share = 1 / gap;
        const double share_low = share * fma(-gap_low, share, fma(-gap, share, 1.0));
        const double rest = e.high * share;
        const double rest_low =
            fma(e.low, share, fma(e.high, share_low, fma(e.high, share, -rest)));
        const double p = rest * share;
        const double p_low = fma(rest_low, share, fma(rest, share_low, fma(rest, share, -p)));
        const double t = share + rest, back = t - share;
        const double t_low = ((share - (t - back)) + (rest - back)) + (share_low + rest_low);
        const std::uint64_t flip = ~to_bits(x[i]) & sign_bit;
        rest_out[i] = rest, rest_low_out[i] = rest_low;
        product[i] = share, error[i] = share_low;
        p_out[i] = -p, p_low_out[i] = -p_low;
        t_out[i] = from_bits(to_bits(t) ^ flip), t_low_out[i] = from_bits(to_bits(t_low) ^ flip);
    }
}

void bose_value(double scale, const Block& b, Index n, double* __restrict out) {
    for (Index i = 0; i < n; ++i)
        out[i] = scale * (b.x[i] < 0 ? -(b.rest[i] + b.rest_low[i]) : b.product[i] + b.error[i]);
}

double bose_point(int n, double x, double scale) {
    Scaled value = bose(n, x);
    value.exponent += std::ilogb(scale);
    return round(value);
}

// Order n from a block that `bose_shares` has filled.
void bose_order(int n, double scale, Block& b, Index count, double* out) {
    alignas(64) double result[block];
    if (n == 0) {
        bose_value(scale, b, count, result);
        std::fill(b.doubt, b.doubt + count, -1.0);
    } else {
        general_order(n, general_scale(n, scale), b, padded(count), result);
    }
    for (Index i = 0; i < count; ++i)
        out[i] = (b.doubt[i] <= 0) & (result[i] == result[i]) ? result[i]
                                                              : bose_point(n, b.x[i], scale);
}

void prepare_bose(const double* x, Index count, Block& b) {
    load(x, count, b);
    look_up<true>(b, padded(count));
    bose_shares(b, padded(count));
}

void bose_block(int n, const double* x, Index count, double* out) {
    Block b;
    prepare_bose(x, count, b);
    bose_order(n, 1, b, count, out);
}

void bose_jet(int order, const double* x, Index count, double* out, Index stride) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        prepare_bose(x + i, here, b);
        for (int n = 0; n <= order; ++n) bose_order(n, 1, b, here, out + i + n * stride);
    }
}

double coth_point(double x) {
    const double a = std::fabs(x);
    if (!(a < 30)) return std::isnan(x) ? x : std::copysign(1.0, x);
    if (a < 0x1p-300) return 1 / x;
    const DD twice = sigmajet::SIGMAJET_ISA::bose_point(2 * x).twice_t;
    return std::copysign(0.5 * (twice.high + twice.low), x);
}

// coth(x) = 2 b(2x) - 1 = (1 + e)/(1 - e), e = exp(-2x)
void coth(int n, const double* x, Index count, double* out) {
    double twice[block];
    for (Index i = 0; i < count; ++i) twice[i] = 2 * x[i];
    Block b;
    prepare_bose(twice, count, b);
    if (n > 0) return bose_order(n, std::ldexp(1.0, n + 1), b, count, out);
    for (Index i = 0; i < count; ++i) {
        const double value = -(b.t[i] + b.t_low[i]);
        out[i] = value == value ? value : coth_point(b.x[i] * 0.5);
    }
}

double taylor_point(int n, double x) {
    return round(n > largest_order ? taylor_by_poles(n, x) : taylor(n, x));
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
    // Without n! a power of two is left of `scales`, from order 171 on one that is no normal number: it
    // comes in two parts.
    const int exponent = scales().balance_exponent[n] + (n % 2 == 0), first = std::max(exponent, -1000);
    const double last = power_of_two(exponent - first);
    alignas(64) double result[block];
    general_order(n, {power_of_two(first), 0}, b, padded(count), result);
    for (Index i = 0; i < count; ++i) {
        const double value = result[i] * last;
        const bool fine = (b.doubt[i] <= 0) & (std::fabs(value) > 0x1p-960);
        out[i] = fine ? value : taylor_point(n, b.x[i]);
    }
}

// x s^(n) + n s^(n-1), the two terms added in double-double.
double silu_point(int n, double x) {
    if (std::fabs(x) > nothing)  // the exponential times x + n or x - n is nothing
        return x < 0 ? -0.0 : n == 0 ? x : n == 1 ? 1 : n % 2 ? 0.0 : -0.0;
    if (n == 1 && x > tail) return 1;  // s + x s' with x s' < 2^-856: their exponents are too far apart
    if (x == 0 && n != 1 && n % 2 == (n > 0)) return n ? round(fermi(n - 1, x)) : x;
    Scaled sum = fermi(n, x);
    const bool tiny = std::fabs(x) < 0x1p-500;  // times 2^500 to keep the low words from underflow
    sum.value = sum.value * (tiny ? x * 0x1p500 : x), sum.exponent -= tiny ? 500 : 0;
    if (n == 0) return round(sum);
    const Scaled other = fermi(n - 1, x);
    // They differ only where x is tiny; then one term is scaled up, and the greater leads.
    const int exponent = n % 2 ? std::min(sum.exponent, other.exponent)
                               : std::max(sum.exponent, other.exponent);
    const auto align = [exponent](Scaled s) {
        return DD{std::ldexp(s.value.high, s.exponent - exponent),
                  std::ldexp(s.value.low, s.exponent - exponent)};
    };
    return round({align(sum) + align(other) * n, exponent});
}

// An order of s with what its rounding took off, and where it is doubtful.
struct alignas(64) Rounded {
    double high[block], low[block], doubt[block];
    void fill(int n, Block& b, Index count) {
        one_order(n, 1, b, count, high, low);
        std::copy(b.doubt, b.doubt + count, doubt);
    }
};

void silu_order(int n, const Block& b, const Rounded& before, const Rounded& order, Index count,
                double* out) {
    for (Index i = 0; i < count; ++i) {
        const double y = b.x[i], first = order.high[i] * y, second = before.high[i] * n;
        const double sum = first + second, back = sum - first;
        const double rest = ((first - (sum - back)) + (second - back)) +
                            fma(order.high[i], y, -first) + fma(before.high[i], n, -second) +
                            fma(order.low[i], y, before.low[i] * n);
        // Where the terms cancel, beside zeros of silu^(n), one point at a time has more digits.
        const bool apart = std::fabs(sum) > 0x1p-10 * std::fabs(first);
        const bool fine = (before.doubt[i] <= 0) & (order.doubt[i] <= 0) & apart;
        out[i] = fine ? sum + rest : not_a_number;
    }
    for (Index i = 0; i < count; ++i)
        if (out[i] != out[i]) out[i] = silu_point(n, b.x[i]);
}

void silu_jet(int order, const double* x, Index count, double* out, Index stride) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i), whole = padded(here);
        Block b;
        Rounded odd = {}, even;  // order -1 counts zero times
        load(x + i, here, b);
        prepare(order, true, b, whole);
        double result[block];
        for (int n = 0; n <= order; ++n) {
            Rounded &now = n % 2 ? odd : even, &before = n % 2 ? even : odd;
            now.fill(n, b, whole);
            silu_order(n, b, before, now, here, result);
            std::copy(result, result + here, out + i + n * stride);
        }
    }
}

void silu(int n, const double* x, Index count, double* out) {
    Block b;
    Rounded before = {}, now;
    load(x, count, b);
    const Index whole = padded(count);
    prepare(n, true, b, whole);
    if (n > 0) before.fill(n - 1, b, whole);
    now.fill(n, b, whole);
    silu_order(n, b, before, now, count, out);
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
                     by_double<bose_jet>};

}  // namespace sigmajet::SIGMAJET_ISA
