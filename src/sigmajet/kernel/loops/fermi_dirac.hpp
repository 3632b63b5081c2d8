// s^(-m) = -Li_m(-exp(x)), the repeated integrals from minus infinity.
#pragma once

#include "block.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

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

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
