// Derivatives of the logistic sigmoid s(x) = 1/(1 + exp(-x)) and its family. Knows no Python.
//
//   e   exp(-|x|)
//   p   s(1 - s) = e/(1 + e)^2, even in x
//   t   1 - 2s = -tanh(x/2), odd in x
//   s^(n) = p prod_j (1 - p/p_j) [t if n is even],  p_j = p at the j-th positive zero x_j of s^(n)
//
// No difference is taken of nearly equal numbers: near x_j the factor comes from |x| - x_j.
// The function 1/(1 - exp(-x)) of `bose` obeys s' = s(1 - s) too, so the same product serves it,
// with p = -e/(1 - e)^2 < 0 and t = -coth(x/2).
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "sigmoid_zeros.hpp"

namespace sigmajet {

struct Point {
    double x, e, p, twice_t;  // 2t is -x for every tiny x; t would underflow
};

inline Point fermi_point(double x) {
    const double e = std::exp(-std::fabs(x));
    return {x, e, e / ((1 + e) * (1 + e)), std::fabs(x) < 1e-8 ? -x : -2 * std::tanh(0.5 * x)};
}

inline Point bose_point(double x) {
    const double e = std::exp(-std::fabs(x)), gap = -std::expm1(-std::fabs(x));
    return {x, e, -e / (gap * gap), -std::copysign(2 * (1 + e) / gap, x)};
}

// Product of the factors 1 - p/p_j of order n >= 1.
inline double zero_product(int n, const Point& at) {
    double product = 1;
    for (int j = first_zero(n); j < first_zero(n + 1); ++j) {
        const Zero& zero = zeros[j];
        double factor = (zero.p - at.p) / zero.p;
        if (std::fabs(factor) < 0.0625) {  // 1 - p/p_j = (1 - e/e_j)(1 - e e_j)/(1 + e)^2
            const double d = (std::fabs(at.x) - zero.x) - zero.x_low;
            factor = std::expm1(-d) * std::expm1(-(std::fabs(at.x) + zero.x)) /
                     ((1 + at.e) * (1 + at.e));
        }
        product *= factor;
    }
    return product;
}

inline double derivative(int n, const Point& at) {
    const double product = at.p == 0 ? 0 : at.p * zero_product(n, at);
    return n % 2 ? product : 0.5 * product * at.twice_t;
}

inline double sigmoid(int n, double x) {
    if (n > 0) return derivative(n, fermi_point(x));
    const double e = std::exp(-std::fabs(x));
    return (x < 0 ? e : 1) / (1 + e);
}

inline double bose(int n, double x) {
    if (n > 0) return derivative(n, bose_point(x));
    return (x < 0 ? -std::exp(x) : 1) / -std::expm1(-std::fabs(x));
}

inline double tanh(int n, double x) {
    return n == 0 ? std::tanh(x) : std::ldexp(sigmoid(n, 2 * x), n + 1);
}

inline double softplus(int n, double x) {
    if (n > 0) return sigmoid(n - 1, x);
    return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))) + (x != x ? x : 0);
}

inline double silu(int n, double x) {
    if (n == 0) return x == -std::numeric_limits<double>::infinity() ? -0.0 : x * sigmoid(0, x);
    const double linear = std::isinf(x) && n > 0 ? 0 : x * sigmoid(n, x);
    return linear + n * sigmoid(n - 1, x);
}

inline double sigmoid_taylor(int n, double x) {
    double value = sigmoid(n, x);
    for (int k = 2; k <= n; ++k) value /= k;
    return value;
}

// Orders 0..order of s at `count` points, order k to out + k * stride.
inline void sigmoid_jet(int order, const double* x, std::ptrdiff_t count, double* out,
                        std::ptrdiff_t stride) {
    constexpr std::ptrdiff_t block = 128;
    Point at[block];
    for (std::ptrdiff_t start = 0; start < count; start += block) {
        const std::ptrdiff_t size = count - start < block ? count - start : block;
        for (std::ptrdiff_t i = 0; i < size; ++i) {
            at[i] = fermi_point(x[start + i]);
            out[start + i] = (at[i].x < 0 ? at[i].e : 1) / (1 + at[i].e);
        }
        for (int n = 1; n <= order; ++n)
            for (std::ptrdiff_t i = 0; i < size; ++i)
                out[n * stride + start + i] = derivative(n, at[i]);
    }
}

}  // namespace sigmajet
