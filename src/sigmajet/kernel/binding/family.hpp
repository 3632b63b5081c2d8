// The functions of the family over arrays, by the loops in use.
#pragma once

#include <algorithm>
#include <cmath>

#include "../sigmoid_loops.hpp"

namespace sigmajet::family {

inline const Loops* loops = &fastest_loops();

// A rule fills out[0..count) with order n of its function at x[0..count), count <= block or, where
// both are dense, `longest<Real, rule>`.

// Call a rule of double precision on either.
template <typename Real, typename Call>
void in_double(const Real* x, Index count, Real* out, Call call) {
    if constexpr (sizeof(Real) == sizeof(double)) {
        call(x, out);
    } else {
        double from[block], to[block];
        std::copy(x, x + count, from);
        call(from, to);
        for (Index i = 0; i < count; ++i) out[i] = static_cast<Real>(to[i]);
    }
}

template <typename Real>
void sigmoid(int n, const Real* x, Index count, Real* out, double scale) {
    if (n < 0)
        for (Index i = 0; i < count; i += block) {
            const Index here = std::min(block, count - i);
            in_double(x + i, here, out + i, [=](const double* from, double* to) {
                loops->fermi_dirac(-n, from, here, to);
            });
        }
    else if constexpr (sizeof(Real) == sizeof(double))
        loops->sigmoid(n, x, count, scale, out);
    else
        loops->sigmoid_single(n, x, count, scale, out);
}

template <typename Real>
void sigmoid(int n, const Real* x, Index count, Real* out) {
    sigmoid<Real>(n, x, count, out, 1);
}

// tanh(x) = 2 s(2x) - 1
template <typename Real>
void tanh(int n, const Real* x, Index count, Real* out) {
    if (n == 0)
        return in_double(x, count, out, [=](const double* from, double* to) {
            loops->tanh(from, count, to);
        });
    Real twice[block];
    for (Index i = 0; i < count; ++i) twice[i] = 2 * x[i];
    sigmoid<Real>(n, twice, count, out, std::ldexp(1.0, n + 1));
}

template <typename Real>
void softplus(int n, const Real* x, Index count, Real* out) {
    sigmoid<Real>(n - 1, x, count, out);
}

template <typename Real, void (*Loops::* loop)(int, const double*, Index, double*)>
void in_blocks(int n, const Real* x, Index count, Real* out) {
    in_double(x, count, out,
              [=](const double* from, double* to) { (loops->*loop)(n, from, count, to); });
}

template <typename Real>
using Rule = void (*)(int, const Real*, Index, Real*);

// Long runs spare sigmoid the repeated start.
template <typename Real, Rule<Real> rule>
inline constexpr Index longest = block;
template <>
inline constexpr Index longest<double, sigmoid<double>> = 1 << 20;
template <>
inline constexpr Index longest<double, softplus<double>> = 1 << 20;
template <>
inline constexpr Index longest<float, sigmoid<float>> = 1 << 20;
template <>
inline constexpr Index longest<float, softplus<float>> = 1 << 20;

}  // namespace sigmajet::family
