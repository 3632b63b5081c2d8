// The Bose function b(x) = 1/(1 - exp(-x)) and coth.
#pragma once

#include "products.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

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

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
