// Derivatives of swish, x s(b x) with a slope b, by those of silu:
//
//   d^n/dx^n x s(b x) = b^(n-1) (y s^(n)(y) + n s^(n-1)(y)),   y = b x
//
// y has two words: what rounding it takes off would count beside zeros and in the tails. The two terms have an error of
// 2^-86. Beside zeros, where they cancel, they are taken again in 256 bits.
#pragma once

#include "rational.hpp"
#include "wide_sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA {

// Beyond it e^-|y| is nothing even times b^199 < 2^(199 1024).
constexpr double nothing_at_any_slope = 0x1p18;

// b^(n-1), n >= 1
inline Scaled power_of_slope(int n, double slope) {
    if (n == 1) return {{1, 0}, 0};
    const Scaled size = power({std::fabs(slope), 0}, n - 1);
    const int exponent = std::ilogb(size.value.high);
    const DD value = shift(size.value, -exponent);
    return {slope < 0 && n % 2 == 0 ? -value : value, size.exponent + exponent};
}

// y s^(n)(y) + n s^(n-1)(y) for |y| > tail, n >= 1
inline Scaled silu_in_tail(int n, DD y) {
    const bool right = y.high > 0, negative = !right || n % 2 == 0;
    const double a = std::fabs(y.high);
    if (n == 1 && right) return {{1, 0}, 0};
    if (!(a < nothing_at_any_slope)) return signed_zero(negative);
    const Decay d = decay(a, right ? y.low : -y.low);
    const DD value = d.mantissa * (right ? y - DD{static_cast<double>(n), 0} : -(y + DD{static_cast<double>(n), 0}));
    return {negative ? -value : value, d.exponent};
}

// s^(n)(0) for odd n
inline DD middle_of(int n) { return derivative(n, fermi_point(0), scales().derivative(n)).value; }

// n s^(n-1)(0) for even n, (n + 1) s^(n)(0) y for odd n
inline Scaled silu_in_middle(int n, double x, double slope) {
    if (n == 1) return {{0.5, 0}, 0};
    if (n % 2 == 0) return {middle_of(n - 1) * n, 0};
    if (x == 0) return signed_zero((n / 2 % 2 == 1) != (std::signbit(x) != std::signbit(slope)));
    int exponent = 0, more = 0;
    const DD y = two_product(std::frexp(x, &exponent), std::frexp(slope, &more));
    return {middle_of(n) * y * (n + 1), exponent + more};
}

inline Scaled silu_at(int n, DD y) {
    const Point at = fermi_point(y.high, y.low);
    const DD value = derivative(n, at, scales().derivative(n)).value * y;
    const DD before = n > 1 ? derivative(n - 1, at, scales().derivative(n - 1)).value
                    : y.high < 0 ? at.e * at.share : at.share;
    const DD both = value + before * n;
    if (std::fabs(both.high) < cancelled * std::fabs(value.high)) return wide_silu(n, y);
    return {both, 0};
}

// x s(y)
inline Scaled swish_value(double x, DD y) {
    const double a = std::fabs(y.high);
    if (a < 0x1p-500) return {{x, x == 0 ? x : 0}, -1};
    if (y.high > tail) return {{x, 0}, 0};
    if (!(a < nothing_at_any_slope)) return signed_zero(std::signbit(x));
    const Decay d = decay(a, y.high < 0 ? -y.low : y.low);
    int exponent = 0;
    const double mantissa = std::frexp(x, &exponent);
    if (y.high < -tail) return {d.mantissa * mantissa, d.exponent + exponent};
    const Point at = fermi_point(y.high, y.low);
    return {(y.high < 0 ? at.e * at.share : at.share) * mantissa, exponent};
}

inline Scaled swish(int n, double x, double slope) {
    if (std::isnan(x) || !std::isfinite(slope)) return {{std::numeric_limits<double>::quiet_NaN(), 0}, 0};
    if (slope == 0) return n == 0 ? Scaled{{x, x == 0 ? x : 0}, -1} : Scaled{{n == 1 ? 0.5 : 0, 0}, 0};
    const double product = slope * x, a = std::fabs(product);
    const bool both_words = a >= 0x1p-500 && a < nothing_at_any_slope;
    const DD y = both_words ? two_product(slope, x) : DD{product, 0};
    if (n == 0) return swish_value(x, y);
    const Scaled value = a < 0x1p-500 ? silu_in_middle(n, x, slope) : a > tail ? silu_in_tail(n, y) : silu_at(n, y);
    const Scaled factor = power_of_slope(n, slope);
    if (value.value.high == 0) return signed_zero(std::signbit(value.value.high) != (factor.value.high < 0));
    return {value.value * factor.value, value.exponent + factor.exponent};
}

}  // namespace sigmajet::SIGMAJET_ISA
