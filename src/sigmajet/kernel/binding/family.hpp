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

template <typename Real, Function function>
void pointwise(int n, const Real* x, Index count, Real* out) {
    in_double(x, count, out, [=](const double* from, double* to) {
        loops->pointwise[static_cast<int>(function)](n, from, count, to);
    });
}

// log s(x) = -softplus(-x)
template <typename Real>
void log_sigmoid(int n, const Real* x, Index count, Real* out) {
    Real from[block];
    for (Index i = 0; i < count; ++i) from[i] = n < 2 ? -x[i] : x[i];
    sigmoid<Real>(n - 1, from, count, out);
    if (n == 1) return;  // s(-x); from there on -s^(n-1)
    for (Index i = 0; i < count; ++i) out[i] = -out[i];
}

template <typename Real>
using Rule = void (*)(int, const Real*, Index, Real*);

// A mixed rule takes an order for each point, count <= block; `out` is not `x`.
template <typename Real>
using MixedRule = void (*)(const int* n, const Real* x, Index count, Real* out);

template <typename Real, MixedRule<double> rule>
void mixed(const int* n, const Real* x, Index count, Real* out) {
    in_double(x, count, out, [=](const double* from, double* to) { rule(n, from, count, to); });
}

// Do the points of order n again, by a rule for one order.
template <typename Call>
void again(int order, const int* n, const double* x, Index count, double* out, Call call) {
    double from[block], to[block];
    Index place[block], found = 0;
    for (Index i = 0; i < count; ++i)
        if (n[i] == order) from[found] = x[i], place[found++] = i;
    if (found == 0) return;
    call(from, found, to);
    for (Index k = 0; k < found; ++k) out[place[k]] = to[k];
}

inline void sigmoid_orders(const int* n, const double* x, Index count, double* out) {
    int positive[block], least = 0;
    for (Index i = 0; i < count; ++i) positive[i] = std::max(n[i], 0), least = std::min(least, n[i]);
    loops->sigmoid_orders(positive, x, count, 1, out);
    for (int m = least; m < 0; ++m)
        again(m, n, x, count, out, [m](const double* points, Index many, double* to) {
            loops->fermi_dirac(-m, points, many, to);
        });
}

inline void softplus_orders(const int* n, const double* x, Index count, double* out) {
    int lower[block];
    for (Index i = 0; i < count; ++i) lower[i] = n[i] - 1;
    sigmoid_orders(lower, x, count, out);
}

inline void tanh_orders(const int* n, const double* x, Index count, double* out) {
    double twice[block];
    for (Index i = 0; i < count; ++i) twice[i] = 2 * x[i];
    loops->sigmoid_orders(n, twice, count, 2, out);
    again(0, n, x, count, out, loops->tanh);
}

inline void bose_orders(const int* n, const double* x, Index count, double* out) {
    int positive[block];
    for (Index i = 0; i < count; ++i) positive[i] = std::max(n[i], 1);
    loops->bose_orders(positive, x, count, 1, out);
    again(0, n, x, count, out, [](const double* points, Index many, double* to) {
        loops->bose(0, points, many, to);
    });
}

inline void coth_orders(const int* n, const double* x, Index count, double* out) {
    int positive[block];
    double twice[block];
    for (Index i = 0; i < count; ++i) positive[i] = std::max(n[i], 1), twice[i] = 2 * x[i];
    loops->bose_orders(positive, twice, count, 2, out);
    again(0, n, x, count, out, [](const double* points, Index many, double* to) {
        loops->coth(0, points, many, to);
    });
}

template <void (*Loops::* loop)(const int*, const double*, Index, double*)>
void orders_in_blocks(const int* n, const double* x, Index count, double* out) {
    (loops->*loop)(n, x, count, out);
}

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
