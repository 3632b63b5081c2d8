// The kernel's loops over arrays: compiled once for each instruction set, chosen at run time.
#pragma once

#include <cstddef>

namespace sigmajet {

using Index = std::ptrdiff_t;

// At most this many points a call, except for `sigmoid`, `jet` and these in single precision, which
// take any number.
constexpr Index block = 256;

// Functions that go point by point.
enum class Function { gaussian, erf, gelu, arctan, logit, softsign, mish, fermi_dirac_half, bose_einstein_half };
constexpr int functions = 9;

// Taylor series through an activation (loops/series.hpp): `given` rows of u in, `order` rows out. Without slopes
// their pointers are null.
enum class Activation { tanh, sigmoid };
template <typename Real>
struct ActivatedSeries {
    int order, given;
    Index directions, count;
    const Real *first, *rest;
    Real *value, *values, *slope, *slopes;
};

// A product of two series, or the correlation that is its transpose: `order` rows out.
template <typename Real>
struct SeriesProduct {
    int order, given_a, given_b;
    Index directions, count;
    const Real *a_first, *a_rest, *b_first, *b_rest;
    Real *first, *rest;
};

// Of each task the elements from the first index to before the second.
template <typename Real>
struct SeriesLoops {
    void (*activated)(Activation, const ActivatedSeries<Real>&, Index, Index);
    void (*multiplied)(const SeriesProduct<Real>&, Index, Index);
    void (*correlated)(const SeriesProduct<Real>&, Index, Index);
};

struct Loops {
    const char* name;
    // scale s^(n)(x[i]) for n = 0..200 and scale a power of two.
    void (*sigmoid)(int n, const double* x, Index count, double scale, double* out);
    void (*sigmoid_single)(int n, const float* x, Index count, double scale, float* out);
    // Orders 0..order: scale^(n+1) s^(n)(x[i]) to out[i + n * stride], scale a power of two.
    void (*jet)(int order, const double* x, Index count, double scale, double* out, Index stride);
    void (*jet_single)(int order, const float* x, Index count, double scale, float* out, Index stride);
    // s^(-m), m = 1..8: repeated integrals from -infinity, the complete Fermi-Dirac integrals.
    void (*fermi_dirac)(int m, const double* x, Index count, double* out);
    void (*tanh)(const double* x, Index count, double* out);
    // Order n of x s(x).
    void (*silu)(int n, const double* x, Index count, double* out);
    // The rest of the family, to the same accuracy.
    void (*bose)(int n, const double* x, Index count, double* out);
    void (*coth)(int n, const double* x, Index count, double* out);
    void (*sigmoid_taylor)(int n, const double* x, Index count, double* out);
    // Orders 0..order, any number of points: order n to out + n * stride.
    void (*tanh_jet)(int order, const double* x, Index count, double* out, Index stride);
    void (*silu_jet)(int order, const double* x, Index count, double* out, Index stride);
    void (*bose_jet)(int order, const double* x, Index count, double* out, Index stride);
    void (*tanh_jet_single)(int order, const float* x, Index count, float* out, Index stride);
    void (*silu_jet_single)(int order, const float* x, Index count, float* out, Index stride);
    void (*bose_jet_single)(int order, const float* x, Index count, float* out, Index stride);
    // An order for each point, at most `block` of them. Of sigmoid and bose scale^(n+1) times order n, scale 1 or 2;
    // n >= 0, bose_orders n >= 1.
    void (*sigmoid_orders)(const int* n, const double* x, Index count, double scale, double* out);
    void (*silu_orders)(const int* n, const double* x, Index count, double* out);
    void (*bose_orders)(const int* n, const double* x, Index count, double scale, double* out);
    void (*taylor_orders)(const int* n, const double* x, Index count, double* out);
    // Order n of a function; of the integrals n is twice the order.
    void (*pointwise[functions])(int n, const double* x, Index count, double* out);
    // Order n of x s(slope x).
    double (*swish)(int n, double x, double slope);
    SeriesLoops<double> series;
    SeriesLoops<float> series_single;
};

// The fastest set that this processor has.
const Loops& fastest_loops();
// All sets that this processor has, the fastest first; null-terminated.
const Loops* const* usable_loops();

}  // namespace sigmajet
