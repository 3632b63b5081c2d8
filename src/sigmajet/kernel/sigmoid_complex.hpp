// The sigmoid family at complex points, in plain double arithmetic.
//
// The product of sigmoid.hpp with w = exp(-z), Re z >= 0, for which |w| <= 1:
//   p = w/(1 + w)^2,  t = -(1 - w)/(1 + w),  1 - p/p_j = (1 - w/e_j)(1 - w e_j)/(1 + w)^2
// Elsewhere s^(n)(-z) = (-1)^(n+1) s^(n)(z). All zeros of s^(n) are x_j + 2 pi i k, because all p_j are
// in (0, 1/4); near one the last form keeps its digits. The Bose function is b(z) = s(z + i pi): w = -exp(-z).
//
// 1 + w and 1 - w keep their digits beside poles and zeros as well: sines and cosines of y and y/2 are reduced
// by the mathematical library, which takes as many digits of pi as y has, and 1 + cos y = 2 cos^2(y/2).
#pragma once

#include <cmath>
#include <complex>
#include <limits>

#include "tables/tables.hpp"

namespace sigmajet {

using Complex = std::complex<double>;

// 1 - exp(-z) and 1 + exp(-z): beside their zeros the modulus keeps its digits, and so it is for Re z >= 0 everywhere.
inline Complex one_minus_exp(Complex z) {
    const double x = -z.real(), half = std::sin(0.5 * z.imag()), decay = std::exp(x);
    return {2 * half * half * decay - std::expm1(x), decay * std::sin(z.imag())};
}
inline Complex one_plus_exp(Complex z) {
    const double x = -z.real(), half = std::cos(0.5 * z.imag()), turn = std::cos(z.imag());
    return {2 * half * half + turn * std::expm1(x), -std::exp(x) * std::sin(z.imag())};
}

// 2z. Where that overflows, an angle to an ulp stands for the imaginary part.
inline Complex twice(Complex z) {
    const double y = z.imag();
    if (!std::isfinite(y) || std::isfinite(2 * y)) return {2 * z.real(), 2 * y};
    return {2 * z.real(), 2 * std::atan2(std::sin(y), std::cos(y))};
}

template <bool bose>
Complex complex_derivative(int n, Complex z) {
    const bool left = std::signbit(z.real());
    if (left) z = -z;
    const double size = std::exp(-z.real());  // exp(-inf) is 0 whatever the imaginary part
    if (size == 0) return n == 0 && !left ? 1 : 0;
    const auto vanishing = bose ? one_plus_exp : one_minus_exp, other = bose ? one_minus_exp : one_plus_exp;
    const double signed_size = bose ? -size : size;
    const Complex w = {signed_size * std::cos(z.imag()), -signed_size * std::sin(z.imag())};
    const Complex plain = 1.0 + w, sum = std::norm(plain) > 0.25 ? plain : other(z);
    if (sum == 0.0) return std::numeric_limits<double>::infinity();  // a pole
    if (n == 0) return (left ? w : Complex(1)) / sum;
    const Complex square = sum * sum, p = w / square;
    Complex value = p;
    for (int j = first_zero(n); j < first_zero(n + 1); ++j) {
        const Zero& zero = zeros[j];
        Complex factor = 1.0 - p / zero.p;
        if (std::norm(factor) < 0.0625)
            factor = vanishing((z - zero.x) - zero.x_low) / square * vanishing((z + zero.x) + zero.x_low);
        value *= factor;
    }
    if (n % 2) return value;
    value *= vanishing(z) / sum;
    return left ? value : -value;
}

inline Complex complex_sigmoid(int n, Complex z) { return complex_derivative<false>(n, z); }
inline Complex complex_bose(int n, Complex z) { return complex_derivative<true>(n, z); }

// (1 - w)/(1 + w) or its inverse, w = exp(-2z)
template <bool inverse>
Complex complex_tanh_or_coth(int n, Complex z) {
    if (n > 0) return std::ldexp(1.0, n + 1) * complex_derivative<inverse>(n, twice(z));
    const bool left = std::signbit(z.real());
    if (left) z = -z;
    Complex value = 1;
    if (std::exp(-2 * z.real()) != 0) {
        const Complex gap = one_minus_exp(twice(z)), sum = one_plus_exp(twice(z));
        value = inverse ? sum / gap : gap / sum;
        if ((inverse ? gap : sum) == 0.0) value = std::numeric_limits<double>::infinity();
    }
    return left ? -value : value;
}
inline Complex complex_tanh(int n, Complex z) { return complex_tanh_or_coth<false>(n, z); }
inline Complex complex_coth(int n, Complex z) { return complex_tanh_or_coth<true>(n, z); }

inline Complex complex_silu(int n, Complex z) {
    if (std::exp(-std::fabs(z.real())) == 0) return z.real() < 0 ? 0 : n == 0 ? z : n == 1 ? 1 : 0;
    const Complex value = z * complex_sigmoid(n, z);
    return n == 0 ? value : value + static_cast<double>(n) * complex_sigmoid(n - 1, z);
}

// log(1 + exp(z)), the principal value, and its derivatives
inline Complex complex_softplus(int n, Complex z) {
    if (n > 0) return complex_sigmoid(n - 1, z);
    const bool right = z.real() > 0;
    if (std::exp(-std::fabs(z.real())) == 0) {  // exp(z) is nothing, or all of it
        if (!right) return 0;
        return {z.real(), std::isfinite(z.imag()) ? std::atan2(std::sin(z.imag()), std::cos(z.imag())) : z.imag()};
    }
    const Complex sum = one_plus_exp(right ? z : -z), rest = std::polar(std::exp(-std::fabs(z.real())), z.imag());
    const double u = rest.real(), v = rest.imag();
    const double size = std::abs(rest) < 0.5 ? 0.5 * std::log1p(2 * u + (u * u + v * v)) : std::log(std::abs(sum));
    if (!right) return {size, std::atan2(sum.imag(), sum.real())};
    const double half = std::cos(0.5 * z.imag());
    return {z.real() + size, std::atan2(std::sin(z.imag()), 2 * half * half + std::expm1(-z.real()))};
}

}  // namespace sigmajet
