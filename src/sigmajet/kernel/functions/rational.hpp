// Derivatives of arctan, of logit(x) = log(x/(1 - x)) and of softsign(x) = x/(1 + |x|).
//
//   arctan^(n)(x) = (-1)^(n-1) (n - 1)! Im (x - i)^-n
//   logit^(n)(x)  = (n - 1)! ((1 - x)^-n - (-1)^n x^-n)
//   softsign^(n)(x) = (-1)^(n-1) n! (1 + |x|)^-(n+1) for x > 0, times (-1)^(n-1) for x < 0
//
// Powers in double-double have an error of n 2^-102 of their modulus. Where an imaginary part is below 2^-36 of it,
// (x + i)^n is taken in 256 bits, in which x is exact. For even n, 1/2 is a zero of logit^(n):
// a^n - b^n = (a - b)(a^(n-1) + ... + b^(n-1)) with a - b = (2x - 1)/(x (1 - x)), all terms positive.
#pragma once

#include "complex_power.hpp"
#include "wide.hpp"

namespace sigmajet::SIGMAJET_ISA {

// base^n, n >= 1, the base times 2^exponent.
inline Scaled power(DD base, int n) {
    const int e = std::ilogb(base.high);
    base = shift(shift(base, -e / 2), -(e - e / 2));
    DD result = {1, 0}, square = base;
    for (int k = n; k > 0; k /= 2) {
        if (k % 2) result = result * square;
        if (k > 1) square = square * square;
    }
    return {result, e * n};
}

inline Scaled sum(Scaled a, Scaled b) {
    if (a.exponent < b.exponent) std::swap(a, b);
    const int lower = b.exponent - a.exponent;
    if (lower < -700) return a;  // the powers themselves are between 1 and 2^200
    return {a.value + shift(b.value, lower), a.exponent};
}

// atan(i/8) and pi/2
constexpr DD arctan_of_eighths[] = {
    {0.0, 0.0},
    {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
    {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
    {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
    {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
    {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
    {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
    {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
    {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55},
};
constexpr DD half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

// a >= 0: arctan of i/8 and of the rest, at most 1/16, by its series
inline DD arctan_value(double a) {
    const bool inverse = a > 1;
    const DD y = inverse ? DD{1, 0} / DD{a, 0} : DD{a, 0};
    const int i = static_cast<int>(std::nearbyint(8 * y.high));
    const double c = 0.125 * i;
    const DD z = (y - DD{c, 0}) / (DD{1, 0} + y * c), square = z * z;
    DD series = {0, 0};
    for (int k = 13; k >= 0; --k) series = series * square + DD{1, 0} / DD{k % 2 ? -2.0 * k - 1 : 2.0 * k + 1, 0};
    const DD value = arctan_of_eighths[i] + z * series;
    return inverse ? half_pi - value : value;
}

inline Scaled arctan(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    const bool negative = x < 0 && n % 2 == 0;
    if (n == 0) {
        if (a == 0) return {{x, x}, 0};
        if (a < 0x1p-40) return {{x, a < 0x1p-500 ? 0 : -x * (x * x) / 3}, 0};
        const DD value = a > 0x1p120 ? half_pi - DD{1 / a, 0} : arctan_value(a);
        return {negative ? -value : value, 0};
    }
    const bool turned = n / 2 % 2 == 1;  // the sign of arctan^(n) right of 0
    if (n % 2 == 0 && a < 0x1p-500) {
        if (a == 0) return signed_zero(turned != std::signbit(x));
        return times_factorial({{(turned ? -x : x) * 0x1p500, 0}, -500}, n);
    }
    if (std::isinf(x)) return signed_zero(n % 2 == 0 && x > 0);
    // w = (a + i)/(1 + a^2) 2^scale, 1/2 <= |w| <= 2; beyond 2^500 a^2 is all of 1 + a^2.
    const bool far = a > 0x1p500;
    const int scale = a > 1 ? std::ilogb(a) : 0;
    const double near = std::ldexp(a, -scale);  // a 2^-scale
    const double unit = std::ldexp(1.0, -scale);
    const DD size = far ? two_product(near, near) : two_product(near, near) + two_product(unit, unit);
    DD u = DD{near, 0} / size, v = DD{1, 0} / size;  // v times 2^-scale
    // Im w^n = v 2^-scale Im ((u + i v t)^n)/(v t), t = 2^-scale: beyond 2^500 only its first term counts
    if (far) {
        const Scaled first = power(u, n - 1);
        Scaled value = {first.value * v * n, first.exponent - scale * (n + 1)};
        return times_factorial(n % 2 ? value : Scaled{negative ? value.value : -value.value, value.exponent}, n - 1);
    }
    v = shift(v, -scale);
    raise(n, u, v);
    Scaled value = {v, -scale * n};
    if (a < 0x1p30 && std::fabs(v.high) < 0x1p-36 * std::fabs(u.high)) {
        Wide real = a, imaginary = 1;
        raise(n, real, imaginary);
        const Scaled exact = imaginary.scaled(), divisor = power(two_product(a, a) + DD{1, 0}, n);
        value = {exact.value / divisor.value, exact.exponent - divisor.exponent};
    }
    const bool flip = n % 2 ? false : !negative;
    return times_factorial({flip ? -value.value : value.value, value.exponent}, n - 1);
}

constexpr DD log_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

// log(r) for 1 <= r: the error of the library's logarithm is corrected.
inline DD log_of(DD r) {
    const double guess = std::log(r.high);
    const Decay d = decay(guess);
    const DD e = shift(shift(d.mantissa, d.exponent / 2), d.exponent - d.exponent / 2);
    const DD rest = r * e - DD{1, 0};
    return DD{guess, 0} + (rest - rest * rest * 0.5);
}

inline Scaled logit_value(double x) {
    const double d = 2 * x - 1;
    if (std::fabs(d) < 0.125) {
        const DD square = two_product(d, d);
        DD series = {0, 0};
        for (int k = 17; k >= 0; --k) series = series * square + DD{2, 0} / DD{2.0 * k + 1, 0};
        return {series * d, 0};
    }
    if (x < 0x1p-400) return {-(log_of(DD{1, 0} / DD{x * 0x1p400, 0}) + log_2 * 400), 0};
    const DD other = two_sum(1, -x), y = x < 0.5 ? other / DD{x, 0} : DD{x, 0} / other;
    const DD value = log_of(y);
    return {x < 0.5 ? -value : value, 0};
}

inline Scaled logit(int n, double x) {
    if (!(x >= 0 && x <= 1)) return {{std::numeric_limits<double>::quiet_NaN(), 0}, 0};
    if (x == 0) return {{n % 2 ? infinity : -infinity, 0}, 0};
    if (x == 1) return {{infinity, 0}, 0};
    if (n == 0) return logit_value(x);
    const DD other = two_sum(1, -x);
    if (n % 2 == 0 && std::fabs(x - 0.5) <= 0.25) {
        const DD a = DD{1, 0} / other, b = DD{1, 0} / DD{x, 0};
        DD first = {1, 0}, all = {1, 0};
        for (int k = 1; k < n; ++k) first = first * a, all = all * b + first;
        return times_factorial({all * a * b * (2 * x - 1), 0}, n - 1);
    }
    // 1/x overflows for subnormal x
    const Scaled right = power(other, n), left = power(DD{x, 0}, n);
    const Scaled a = {DD{1, 0} / right.value, -right.exponent}, b = {DD{1, 0} / left.value, -left.exponent};
    return times_factorial(sum(a, n % 2 ? b : Scaled{-b.value, b.exponent}), n - 1);
}

inline Scaled softsign(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    const bool negative = n == 0 ? std::signbit(x) : n % 2 == 0 && !std::signbit(x);
    if (std::isinf(x)) return n == 0 ? Scaled{{negative ? -1.0 : 1.0, 0}, 0} : signed_zero(negative);
    if (n == 0 && a < 0x1p-200) return {{x, a == 0 ? x : 0}, 0};
    const DD whole = two_sum(1, a);
    if (n == 0) {
        const DD value = DD{a, 0} / whole;
        return {negative ? -value : value, 0};
    }
    const Scaled divisor = power(whole, n + 1);
    const DD value = DD{1, 0} / divisor.value;
    return times_factorial({negative ? -value : value, -divisor.exponent}, n);
}

}  // namespace sigmajet::SIGMAJET_ISA
