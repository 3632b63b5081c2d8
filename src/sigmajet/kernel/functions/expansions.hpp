// Functions by their expansions: erf, x Phi(x) (GELU) and its slope, and the Fermi-Dirac and Bose-Einstein integrals of
// half-integer order.
//
//   Phi(-x) = phi(x) m(x),  erfc(x) = sqrt(2/pi) exp(-x^2) m(sqrt(2) x),   m Mills' ratio
//   F_k(x) = 1/Gamma(k+1) int_0^oo t^k/(1 + exp(t - x)) dt = -Li_(k+1)(-exp(x))
//   G_k(x) = 1/Gamma(k+1) int_0^oo t^k/(exp(t - x) - 1) dt =  Li_(k+1)(exp(x)),  x <= 0
//
// Polynomials are good to 2^-66: the first coefficients have two words, the sum of the others is below 2^-13 of the value.
// Beside the zero of the slope of x Phi(x), where m(0.75...) and 0.75... cancel, all of them have two.
#pragma once

#include "../sigmoid.hpp"
#include "../tables/expansions.hpp"

namespace sigmajet::SIGMAJET_ISA {

inline DD evaluate(const Expansion& f, DD v) {
    const DD t = (v - DD{f.centre, 0}) * f.per_unit;
    double tail = 0;
    int k = f.terms - 1;
    for (; k >= f.words; --k) tail = fma(tail, t.high, f.high[k]);
    DD sum = {tail, 0};
    for (; k >= 0; --k) sum = sum * t + DD{f.high[k], f.low[k]};
    return sum;
}

// The row of intervals [0, 2], [2, 4], [4, 8], ... that holds x < 2^rows.
inline int doubling_interval(double x) { return x < 2 ? 0 : std::ilogb(x); }

// m(x), x >= 0
inline DD mills(DD x) {
    if (x.high < 1) return evaluate(mills_ratio[0], x);
    if (x.high < 16) return evaluate(mills_ratio[1 + std::ilogb(x.high)], x);
    const DD ratio = DD{16, 0} / x;
    return evaluate(mills_ratio[5], ratio * ratio) * ratio * 0.0625;
}

// exp(-c x^2/2), c a power of two, for |x| <= 70
inline Decay bell(double x, double c) {
    const DD square = two_product(x, x);
    return decay(0.5 * c * square.high, std::fabs(x) < 0x1p-500 ? 0 : 0.5 * c * square.low);
}

constexpr double far_from_bell = 70;  // exp(-x^2/2) times any polynomial here is below the smallest number
constexpr DD root_of_half_over_pi = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56};  // 1/sqrt(2 pi)
constexpr DD two_over_root_pi = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};
constexpr DD root_of_two = {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};

inline Scaled erf_value(double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    if (a > 7) return {{x < 0 ? -1.0 : 1.0, 0}, 0};
    if (a == 0) return {{x, x}, 0};
    if (a < 0x1p-500) return {two_over_root_pi * (x * 0x1p500), -500};
    DD value;
    if (a <= 1) {
        value = evaluate(erf_small[0], two_product(a, a)) * a;
    } else {
        const Decay d = bell(a, 2);
        value = DD{1, 0} - shift(d.mantissa, d.exponent) * mills(root_of_two * a) * root_of_half_over_pi * 2;
    }
    return {x < 0 ? -value : value, 0};
}

// x Phi(x), and Phi(x) + x phi(x)
inline Scaled gelu_value(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    if (a > far_from_bell) return x < 0 ? signed_zero(true) : Scaled{{n == 0 ? x : 1, 0}, 0};
    const Decay d = bell(a, 1);
    DD lower = mills({a, 0});  // of Phi(-a) = phi(a) m(a)
    if (n == 1) lower = lower - DD{a, 0};
    Scaled value = {d.mantissa * root_of_half_over_pi * lower, d.exponent};
    if (x > 0) value = {DD{1, 0} - (d.exponent < -1000 ? DD{0, 0} : shift(value.value, value.exponent)), 0};
    if (n == 1) return value;
    const bool tiny = a < 0x1p-500;  // times 2^500 to keep the low words from underflow
    if (x == 0) return {{x, x}, 0};
    return {value.value * (tiny ? x * 0x1p500 : x), value.exponent - (tiny ? 500 : 0)};
}

// x^(twice/2) for x > 0 and odd `twice` >= -1
inline Scaled half_power(double x, int twice) {
    const int exponent = std::ilogb(x) & ~1;
    const double m = std::ldexp(x, -exponent);  // in [1, 4)
    const double root = std::sqrt(m);
    DD value = fast_two_sum(root, fma(-root, root, m) / (2 * root));
    if (twice < 0) value = value / DD{m, 0};
    for (int k = 1; k < twice; k += 2) value = value * m;
    return {value, exponent / 2 * twice};
}

// F_k, twice_k = 2k = -1, 1, 3, 5
inline Scaled fermi_dirac_half(int twice_k, double x) {
    const Expansion* rows = fermi_half + 7 * ((twice_k + 1) / 2);
    if (std::isnan(x)) return {{x, 0}, 0};
    if (x <= 0) {
        if (x < -nothing) return signed_zero(false);
        const Decay d = decay(-x);
        const DD e = d.exponent < -1000 ? DD{0, 0} : shift(d.mantissa, d.exponent);
        return {evaluate(rows[0], e) * d.mantissa, d.exponent};
    }
    if (x < 32) return {evaluate(rows[1 + doubling_interval(x)], {x, 0}), 0};
    if (std::isinf(x)) return {{x, 0}, 0};
    const DD ratio = DD{32, 0} / DD{x, 0};
    const Scaled leading = half_power(x, twice_k + 2);
    return {evaluate(rows[6], ratio * ratio) * leading.value, leading.exponent};
}

// Gamma(-k) for k = -1/2, 1/2, 3/2, 5/2
constexpr DD gamma_of_minus[] = {
    {0x1.c5bf891b4ef6bp+0, -0x1.618f13eb7ca89p-54},
    {-0x1.c5bf891b4ef6bp+1, 0x1.618f13eb7ca89p-53},
    {0x1.2e7fb0bcdf4f2p+1, -0x1.d7696fe4a6361p-54},
    {-0x1.e3ff812e32183p-1, 0x1.58a8b30770569p-56},
};

// G_k
inline Scaled bose_einstein_half(int twice_k, double x) {
    const int row = (twice_k + 1) / 2;
    const Expansion* rows = bose_half + 2 * row;
    if (!(x <= 0)) return {{std::numeric_limits<double>::quiet_NaN(), 0}, 0};
    if (x < -1) {
        if (x < -nothing) return signed_zero(false);
        const Decay d = decay(-x);
        const DD e = d.exponent < -1000 ? DD{0, 0} : shift(d.mantissa, d.exponent);
        return {evaluate(rows[0], e) * d.mantissa, d.exponent};
    }
    const DD regular = evaluate(rows[1], {-x, 0});
    if (x == 0) return {twice_k < 0 ? DD{infinity, 0} : regular, 0};
    const Scaled singular = half_power(-x, twice_k);
    const DD term = shift(singular.value, singular.exponent < -1000 ? -1000 : singular.exponent) * gamma_of_minus[row];
    return {regular + term, 0};
}

}  // namespace sigmajet::SIGMAJET_ISA
