// Truncated Taylor series of many elements: through an activation by its Riccati equation, and products.
//
//   mathematics                                                      name
//   u(t) = u_0 + sum_k u_k t^k, along each of R directions           first (count), rest (given, R, count)
//   y' = w u',  k y_k = sum_{j=1..k} j u_j w_{k-j}                   activated
//   tanh:       w_k = -2 y_0 y_k - sum_{0<j<k} y_j y_{k-j}           bend = -2 y_0
//   sigmoid:    w_k = (1 - 2 y_0) y_k - sum_{0<j<k} y_j y_{k-j}      bend = 1 - 2 y_0
//   (a b)_k = sum_{i+j=k} a_i b_j                                    multiplied
//   x_j = sum_{k>=j} a_{k-j} c_k, its transpose                      correlated
//
// To first order y(u + du) = y + w du: the adjoint of u is the correlation of w with that of y, so that w is all that
// has to be kept. w_0 and 1 - 2 y_0 are no differences of rounded numbers. The coefficient 0 is that of all directions.
//
// The rows of a few vectors of elements are copied together and stay in the first cache, where each coefficient is a
// sum of products of them: from memory each row is read once and written once, whatever the order. The work is the square
// of the order; as many sums as `width` go side by side, since each waits for the one before.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "../double_double.hpp"
#include "../sigmoid_loops.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace series {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
constexpr int width = 4, per_vector = vector_bytes / static_cast<int>(sizeof(double)), lanes = width * per_vector;
using Vector = double __attribute__((vector_size(vector_bytes)));

using Bits = long long __attribute__((vector_size(vector_bytes)));

// exp(-a) = e and 1 - e, for 0 <= a <= ordinary, to about an ulp each: 2^k (1 + p) with p = exp(r) - 1 by its series,
// |r| <= log(2)/2.
constexpr double ordinary = 700;  // e is a normal number
SIGMAJET_INLINE void decay(Vector a, Vector& e, Vector& gap) {
    constexpr double log_2 = 0x1.62e42fee00000p-1, log_2_low = 0x1.a39ef35793c76p-33;  // the first with 20 zeros at its end
    const Vector up = a * -0x1.71547652b82fep+0 + magic, k = up - magic;
    const Vector r = (-a - k * log_2) - k * log_2_low;
    Vector p = Vector{} + 1 / 6227020800.0;  // 1/13!
    constexpr double reciprocals[] = {1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0,
                                      1 / 720.0,       1 / 120.0,      1 / 24.0,      1 / 6.0,      1 / 2.0};
#pragma GCC unroll 11
    for (const double reciprocal : reciprocals) p = p * r + reciprocal;
    p = p * r * r + r;
    const Vector power = (Vector)(((Bits)up << 52) + (1023ll << 52));
    e = power + power * p;
    gap = (1.0 - power) - power * p;
}

// y_0, w_0 and the bend of as many elements as there are lanes, from x or, for s, x/2; false where some are not ordinary.
template <bool is_tanh>
SIGMAJET_INLINE bool start(const double* half, double* value, double* slope, double* bend) {
    bool all = true;
    for (int i = 0; i < lanes; ++i) all &= std::fabs(half[i]) <= 0.5 * ordinary;
    if (!all) return false;
#pragma GCC unroll 4
    for (int i = 0; i < lanes; i += per_vector) {
        Vector x, e, gap;
        std::memcpy(&x, half + i, sizeof x);
        const Bits sign = (Bits)x & (1ll << 63);
        decay(2.0 * (Vector)((Bits)x ^ sign), e, gap);
        const Vector share = 1.0 / (1.0 + e), product = e * share, steep = product * share;
        const Vector tanh = (Vector)((Bits)(gap * share) ^ sign);
        const Vector first = is_tanh ? tanh : x < 0.0 ? product : share;
        const Vector second = is_tanh ? 4.0 * steep : steep, bent = is_tanh ? -2.0 * tanh : -tanh;
        std::memcpy(value + i, &first, sizeof first);
        std::memcpy(slope + i, &second, sizeof second);
        std::memcpy(bend + i, &bent, sizeof bent);
    }
    return true;
}

// A coefficient of as many elements as there are lanes.
struct Row {
    Vector part[width];
};

template <typename Real>
SIGMAJET_INLINE void load(const Real* from, Index here, Row& row) {
    double numbers[lanes];
    if (here == lanes)
        for (int i = 0; i < lanes; ++i) numbers[i] = from[i];
    else
        for (int i = 0; i < lanes; ++i) numbers[i] = i < here ? static_cast<double>(from[i]) : 0.0;
    std::memcpy(&row, numbers, sizeof row);
}

// Past the caches or not: where all that is written exceeds a second cache, fetching lines that are about to be
// overwritten costs more than the sums (20 rows of 65536 numbers: 5.6 ms in the caches, 3.9 past them).
constexpr Index much = 1 << 20;  // bytes

template <typename Real>
SIGMAJET_INLINE void store(const Row& row, Index here, bool past, Real* to) {
#if defined(SIGMAJET_VECTORS) && !defined(__aarch64__)
    if constexpr (sizeof(Real) == sizeof(double))
        if (past && here == lanes && reinterpret_cast<std::uintptr_t>(to) % vector_bytes == 0) {
            for (int p = 0; p < width; ++p) vectors::stream_part(row.part[p], to + p * per_vector);
            return;
        }
#endif
    double numbers[lanes];
    std::memcpy(numbers, &row, sizeof row);
    if (here == lanes)
        for (int i = 0; i < lanes; ++i) to[i] = static_cast<Real>(numbers[i]);
    else
        for (Index i = 0; i < here; ++i) to[i] = static_cast<Real>(numbers[i]);
}

// Others may read what was stored.
SIGMAJET_INLINE void finish() {
#if defined(SIGMAJET_VECTORS)
    vectors::fence();
#endif
}

// sum_{0<=i<count} a[i] b[i step], step 1 or -1
template <int step>
SIGMAJET_INLINE void dot(const Row* a, const Row* b, int count, Row& total) {
    Vector sum[width] = {};
    for (int i = 0; i < count; ++i)
#pragma GCC unroll 4
        for (int p = 0; p < width; ++p) sum[p] += a[i].part[p] * b[i * step].part[p];
#pragma GCC unroll 4
    for (int p = 0; p < width; ++p) total.part[p] = sum[p];
}

// Rows 1..order of y and w, from rows 0, the bend, and ascent[j - 1] = j u_j.
inline void march(int order, int given, const Row* ascent, const Row& bend, Row* y, Row* w) {
    for (int k = 1; k <= order; ++k) {
        Row sum, squares;
        dot<-1>(ascent, w + k - 1, std::min(k, given), sum);
        dot<-1>(y + 1, y + k - 1, (k - 1) / 2, squares);
        const double each = 1.0 / k;
#pragma GCC unroll 4
        for (int p = 0; p < width; ++p) {
            sum.part[p] *= each;
            squares.part[p] += squares.part[p];
            if (k % 2 == 0) squares.part[p] += y[k / 2].part[p] * y[k / 2].part[p];
            y[k].part[p] = sum.part[p];
            w[k].part[p] = bend.part[p] * sum.part[p] - squares.part[p];
        }
    }
}

template <typename Real, typename Start>
void activated(const ActivatedSeries<Real>& task, Index from, Index until, Start start) {
    const int order = task.order, given = task.given;
    const Index step = task.directions * task.count;  // from a row to that of the next order
    const bool past = (task.slope ? 2 : 1) * order * step * static_cast<Index>(sizeof(Real)) > much;
    std::vector<Row> rows(static_cast<std::size_t>(given + 2 * (order + 1)));
    Row bend, *ascent = rows.data(), *y = ascent + given, *w = y + order + 1;
    alignas(64) double x[block], starts[3 * block] = {};
    double *value = starts, *slope = value + block, *bends = slope + block;
    for (Index i = from; i < until; i += block) {
        const Index some = std::min(block, until - i);
        std::copy(task.first + i, task.first + i + some, x);
        start(x, some, value, slope, bends);
        for (Index e = 0; e < some; e += lanes) {
            const Index here = std::min<Index>(lanes, some - e), place = i + e;
            std::memcpy(y, value + e, sizeof *y);
            std::memcpy(w, slope + e, sizeof *w);
            std::memcpy(&bend, bends + e, sizeof bend);
            store(y[0], here, false, task.value + place);
            if (task.slope) store(w[0], here, false, task.slope + place);
            for (Index r = 0; r < task.directions; ++r) {
                const Index row = r * task.count + place;
                for (int j = 0; j < given; ++j) {
                    load(task.rest + row + j * step, here, ascent[j]);
                    for (int p = 0; p < width; ++p) ascent[j].part[p] *= j + 1.0;
                }
                march(order, given, ascent, bend, y, w);
                for (int k = 0; k < order; ++k) store(y[k + 1], here, past, task.values + row + k * step);
                if (task.slope)
                    for (int k = 0; k < order; ++k) store(w[k + 1], here, past, task.slopes + row + k * step);
            }
        }
    }
    finish();
}

// What both products have in common: `each(a, b, k, sum)` is their coefficient k along a direction, and for k = 0 what a
// direction adds to a_0 b_0.
template <typename Real, typename Each>
void combined(const SeriesProduct<Real>& task, Index from, Index until, Each each) {
    const Index step = task.directions * task.count;
    const bool past = task.order * step * static_cast<Index>(sizeof(Real)) > much;
    std::vector<Row> rows(static_cast<std::size_t>(task.given_a + task.given_b + 2));
    Row first, sum, *a = rows.data(), *b = a + task.given_a + 1;
    for (Index place = from; place < until; place += lanes) {
        const Index here = std::min<Index>(lanes, until - place);
        load(task.a_first + place, here, a[0]);
        load(task.b_first + place, here, b[0]);
        dot<1>(a, b, 1, first);
        for (Index r = 0; r < task.directions; ++r) {
            const Index row = r * task.count + place;
            for (int j = 0; j < task.given_a; ++j) load(task.a_rest + row + j * step, here, a[j + 1]);
            for (int j = 0; j < task.given_b; ++j) load(task.b_rest + row + j * step, here, b[j + 1]);
            for (int k = 1; k <= task.order; ++k) {
                each(a, b, k, sum);
                store(sum, here, past, task.rest + row + (k - 1) * step);
            }
            if (each.transposed) {
                each(a, b, 0, sum);
                for (int p = 0; p < width; ++p) first.part[p] += sum.part[p];
            }
        }
        store(first, here, false, task.first + place);
    }
    finish();
}

struct Multiplied {
    static constexpr bool transposed = false;
    int given_a, given_b;
    SIGMAJET_INLINE void operator()(const Row* a, const Row* b, int k, Row& sum) const {
        const int least = std::max(0, k - given_b), most = std::min(k, given_a);
        dot<-1>(a + least, b + k - least, most - least + 1, sum);
    }
};

struct Correlated {
    static constexpr bool transposed = true;
    int given_a, given_b;
    SIGMAJET_INLINE void operator()(const Row* a, const Row* c, int j, Row& sum) const {
        if (j == 0)
            dot<1>(a + 1, c + 1, std::min(given_a, given_b), sum);
        else
            dot<1>(a, c + j, std::min(given_a + 1, given_b + 1 - j), sum);
    }
};

template <typename Real>
void multiplied(const SeriesProduct<Real>& task, Index from, Index until) {
    combined(task, from, until, Multiplied{task.given_a, task.given_b});
}

template <typename Real>
void correlated(const SeriesProduct<Real>& task, Index from, Index until) {
    combined(task, from, until, Correlated{task.given_a, task.given_b});
}

}  // namespace series
}  // namespace sigmajet::SIGMAJET_ISA
