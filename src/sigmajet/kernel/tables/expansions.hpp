// Functions without a product or a recurrence, as polynomials on a few intervals: tools/tables/make_expansions.py.
#pragma once

namespace sigmajet {

// sum_k c_k t^k, t = (v - centre) per_unit, |t| <= 1, to 2^-68, or to 2^-108 where all coefficients have a low word; the
// first `words` of them do.
struct Expansion {
    double centre, per_unit;
    int terms, words;
    double high[40], low[40];
};

// m(x) = exp(x^2/2) int_x^oo exp(-t^2/2) dt on [0, 1], [1, 2], ..., [8, 16], then x m(x) in (16/x)^2.
extern const Expansion mills_ratio[];
// erf(x)/x in x^2, x <= 1
extern const Expansion erf_small[];
// F_k(x) = -Li_(k+1)(-exp(x)), k = -1/2, 1/2, 3/2, 5/2, in seven rows each: exp(-x) F_k in exp(x) for x <= 0; F_k on
// [0, 2], [2, 4], ..., [16, 32]; F_k/x^(k+1) in (32/x)^2.
extern const Expansion fermi_half[];
// G_k(x) = Li_(k+1)(exp(x)), the same k, in two rows each: exp(-x) G_k in exp(x) for x <= -1; G_k(-a) - Gamma(-k) a^k
// in a <= 1.
extern const Expansion bose_half[];

}  // namespace sigmajet
