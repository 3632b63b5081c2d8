// Derivatives of s(z) = 1/(1 + exp(-z)) at complex points, in plain double arithmetic.
//
// The product of sigmoid.hpp with w = exp(-z), Re z >= 0, for which |w| <= 1:
//   p = w/(1 + w)^2,  t = -(1 - w)/(1 + w),  1 - p/p_j = (1 - w/e_j)(1 - w e_j)/(1 + w)^2
// Elsewhere s^(n)(-z) = (-1)^(n+1) s^(n)(z). All zeros of s^(n) are x_j + 2 pi i k, because all p_j are
// in (0, 1/4); near one the last form keeps its digits. The poles are at i pi (2k + 1): beside one the
// relative error grows as the inverse of the distance, times n + 1.
#pragma once

#include <cmath>
#include <complex>

#include "tables/tables.hpp"

namespace sigmajet {

using Complex = std::complex<double>;

// 1 - exp(-z) without cancellation at 0
inline Complex one_minus_exp(Complex z) {
    const double x = -z.real(), half = std::sin(0.5 * z.imag()), decay = std::exp(x);
    return {2 * half * half * decay - std::expm1(x), decay * std::sin(z.imag())};
}

inline Complex complex_sigmoid(int n, Complex z) {
    const bool left = std::signbit(z.real());
    if (left) z = -z;
    constexpr double turn = 6.283185307179586;
    if (std::fabs(z.imag()) > turn / 2) z.imag(std::remainder(z.imag(), turn));
    const double size = std::exp(-z.real());  // exp(-inf) is 0 whatever the imaginary part
    const Complex w = size == 0 ? Complex(0) : std::polar(size, -z.imag());
    const Complex sum = 1.0 + w;
    if (n == 0) return (left ? w : Complex(1)) / sum;
    const Complex p = w / (sum * sum);
    Complex value = p;
    for (int j = first_zero(n); j < first_zero(n + 1); ++j) {
        const Zero& zero = zeros[j];
        Complex factor = 1.0 - p / zero.p;
        if (std::norm(factor) < 0.0625)
            factor = one_minus_exp((z - zero.x) - zero.x_low) *
                     one_minus_exp((z + zero.x) + zero.x_low) / (sum * sum);
        value *= factor;
    }
    if (n % 2) return value;
    value *= one_minus_exp(z) / sum;
    return left ? value : -value;
}

inline Complex complex_tanh(int n, Complex z) {
    if (n > 0) return std::ldexp(1.0, n + 1) * complex_sigmoid(n, 2.0 * z);
    const bool left = std::signbit(z.real());
    if (left) z = -z;
    const Complex gap = one_minus_exp(2.0 * z), value = gap / (2.0 - gap);
    return left ? -value : value;
}

}  // namespace sigmajet
