// Derivatives of exp(-x^2/2), of erf and of x Phi(x) (GELU, Phi the normal distribution function).
//
//   d^n/dx^n exp(-x^2/2) = (-1)^n He_n(x) exp(-x^2/2)
//   erf^(n)(x)           = (-1)^(n-1) H_(n-1)(x) 2/sqrt(pi) exp(-x^2),                          n >= 1
//   gelu^(n)(x)          = (-1)^n (n He_(n-2)(x) - x He_(n-1)(x)) exp(-x^2/2)/sqrt(2 pi),       n >= 2
//   P_(j+1) = c (x P_j - j P_(j-1)), P_0 = 1, P_1 = c x: He with c = 1, H with c = 2
//
// The recurrence in double-double has an error of about n 2^-104 of the terms of its last step. Where these cancel to
// less than 2^-36 of themselves, beside a zero, it is done again in 256 bits, in which x is exact.
#pragma once

#include "expansions.hpp"
#include "wide.hpp"

namespace sigmajet::SIGMAJET_ISA {

// u x P_(m-1) + v P_(m-2), m >= 1
struct LastStep {
    int m;
    double u, v, c;
};

inline LastStep hermite_step(int n, double c) { return {n, c, c * (1 - n), c}; }
inline LastStep gelu_step(int n) { return {n, -1, static_cast<double>(n), 1}; }

inline Wide last_step_in_wide(const LastStep& step, double x) {
    Wide before = 0, now = 1;
    const Wide point = x;
    for (int j = 0; j < step.m - 1; ++j) {
        const Wide next = (point * now - before * Wide(j)) * Wide(step.c);
        before = now, now = next;
    }
    return point * now * Wide(step.u) + before * Wide(step.v);
}

inline Scaled last_step(const LastStep& step, double x) {
    constexpr double large = 0x1p400, cancelled = 0x1p-36;
    DD before = {0, 0}, now = {1, 0};
    int exponent = 0;
    for (int j = 0; j < step.m - 1; ++j) {
        const DD next = (now * x - before * j) * step.c;
        before = now, now = next;
        if (std::fabs(now.high) > large)
            now = shift(now, -400), before = shift(before, -400), exponent += 400;
    }
    const DD first = now * (x * step.u), second = before * step.v, value = first + second;
    if (std::fabs(value.high) < cancelled * std::fabs(first.high)) return last_step_in_wide(step, x).scaled();
    return {value, exponent};
}

// Below it the even and the odd part of a polynomial are their first terms.
constexpr double tiny_argument = 0x1p-500;

// The last step times exp(-c x^2/2) times `constant`; `slope` is the derivative of the polynomial at 0.
inline Scaled hermite_function(const LastStep& step, double x, DD constant, DD slope) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    if (a < tiny_argument && step.m % 2) {
        if (a == 0) return signed_zero((slope.high < 0) != std::signbit(x));
        return {slope * constant * (x * 0x1p500), -500};
    }
    if (a > far_from_bell) return signed_zero((step.u < 0) != (x < 0 && step.m % 2));
    const Decay d = bell(a, step.c);
    const Scaled polynomial = last_step(step, x);
    return {polynomial.value * d.mantissa * constant, polynomial.exponent + d.exponent};
}

inline Scaled opposite(Scaled s) { return {-s.value, s.exponent}; }

// P_m(0) = (-c)^(m/2) (m - 1)!!, m even
inline DD hermite_at_zero(int m, double c) {
    DD value = {1, 0};
    for (int j = 1; j < m; j += 2) value = value * (-c * j);
    return value;
}

inline Scaled bell_function(double x, double c, DD constant) {
    if (std::isnan(x)) return {{x, 0}, 0};
    if (std::fabs(x) > far_from_bell) return signed_zero(false);
    const Decay d = bell(x, c);
    return {d.mantissa * constant, d.exponent};
}

inline Scaled gaussian(int n, double x) {
    if (n == 0) return bell_function(x, 1, {1, 0});
    const DD slope = n % 2 ? hermite_at_zero(n - 1, 1) * n : DD{0, 0};
    const Scaled value = hermite_function(hermite_step(n, 1), x, {1, 0}, slope);
    return n % 2 ? opposite(value) : value;
}

inline Scaled erf(int n, double x) {
    if (n == 0) return erf_value(x);
    if (n == 1) return bell_function(x, 2, two_over_root_pi);
    const int m = n - 1;
    const DD slope = m % 2 ? hermite_at_zero(m - 1, 2) * (2 * m) : DD{0, 0};
    const Scaled value = hermite_function(hermite_step(m, 2), x, two_over_root_pi, slope);
    return m % 2 ? opposite(value) : value;
}

// Phi(x) + x phi(x) at a distance d below 2^-24 from its zero, where both terms cancel: by the derivatives at x,
//   d phi(x) ((2 - x^2) - d/2 (x^3 - 4x) + d^2/6 (7x^2 - x^4 - 4) - ...)
constexpr double zero_of_gelu_slope[] = {-0x1.80ead197f00b4p-1, 0x1.13e74c58cada8p-56, 0x1.65d4b5b9cdd03p-111};
constexpr double beside_zero_of_gelu_slope = 0x1p-24;

inline Scaled gelu_slope_beside_zero(double x, DD d) {
    const DD square = two_product(x, x);
    const double y = square.high, rest = 0.5 * x * (4 - y) + d.high / 6 * (y * (7 - y) - 4);
    const Decay b = bell(x, 1);
    return {(DD{2, 0} - square + d * rest) * d * root_of_half_over_pi * b.mantissa, b.exponent};
}

inline Scaled gelu(int n, double x) {
    if (n == 1) {
        const DD d = two_sum(x, -zero_of_gelu_slope[0]) - DD{zero_of_gelu_slope[1], zero_of_gelu_slope[2]};
        if (std::fabs(d.high) < beside_zero_of_gelu_slope) return gelu_slope_beside_zero(x, d);
    }
    if (n < 2) return gelu_value(n, x);
    // The derivative of He_(n-2) - He_n at 0.
    DD slope = {0, 0};
    if (n % 2) slope = hermite_at_zero(n - 3, 1) * (n - 2) - hermite_at_zero(n - 1, 1) * n;
    const Scaled value = hermite_function(gelu_step(n), x, root_of_half_over_pi, slope);
    return n % 2 ? opposite(value) : value;
}

}  // namespace sigmajet::SIGMAJET_ISA
