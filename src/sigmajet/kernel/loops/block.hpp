// A block of points on its way through the loops: e = exp(-|x|), 1/(1 + e), p and t, each in two words.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include <algorithm>

#include "../sigmoid.hpp"
#include "../sigmoid_loops.hpp"

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

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
