// Derivatives of s(x) = 1/(1 + exp(-x)) and its family at one point, in double-double arithmetic.
//
//   a        |x|
//   e        exp(-a)                        gap      1 - e
//   share    1/(1 + e) = s(a)               twice_t  2 tanh(a/2)
//   p        s(1 - s) = e/(1 + e)^2
//   s^(n) = p prod_j (1 - p/p_j) [t = 1 - 2s if n is even],  p_j = p at the j-th positive zero
//         = p prod_j (p_j - p) n! [t/2]         because 1/p_1 ... 1/p_m = n! [/2 if n is even]
//
// Accuracy: e, gap and p carry a relative error below 2^-97. A factor p_j - p loses what it
// cancels, so within 1/64 of x_j it is formed from a - x_j instead, with x_j in three words: that
// keeps the digits at the very doubles beside the zero. The error before the final rounding stays
// below 2^-56 of the result (docs/measurements/accuracy.md measures it).
//
// The Bose function b(x) = 1/(1 - exp(-x)) obeys s' = s(1 - s) too: the same product with
// p = -e/(1 - e)^2 < 0 and t = -coth(x/2), and no factor vanishes.
#pragma once

#include <array>
#include <limits>

#include "double_double.hpp"
#include "tables/tables.hpp"

namespace sigmajet::SIGMAJET_ISA {

// A value as (high + low) 2^exponent, so that tails are rounded once, at the end.
struct Scaled {
    DD value;
    int exponent;
};

// 2^k for -1022 <= k <= 1023
inline double power_of_two(int k) { return from_bits(static_cast<std::uint64_t>(k + 1023) << 52); }

// The nearest double, gradual underflow included: adding 2^52 units of the subnormal numbers
// rounds to them at once, where rounding to 53 bits first could meet a tie.
inline double round(Scaled s) {
    const double value = s.value.high + s.value.low;
    if (s.exponent == 0 || !(std::fabs(value) > 0)) return value;
    const double result = std::ldexp(value, s.exponent);
    if (std::fabs(result) >= std::numeric_limits<double>::min()) return result;
    if (s.exponent + std::ilogb(value) < -1080) return std::copysign(0.0, value);
    const double shift = std::copysign(std::ldexp(1.0, 52 - 1074 - s.exponent), value);
    const double sum = shift + s.value.high, rest = ((shift - sum) + s.value.high) + s.value.low;
    return std::copysign(std::ldexp((sum + rest) - shift, s.exponent), value);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double magic = 0x1.8p52;  // adding it leaves a double's integer in its low bits
constexpr double powers_per_unit = 0x1.71547652b82fep+5;                          // 32/log(2)
constexpr double log_step = 0x1.62e42fefa39efp-6, log_step_low = 0x1.abc9e3b39803fp-61;  // log(2)/32

// Beyond it e^-a is all of s^(n), n <= 200: the next term is smaller by 2^200 e^-600.
constexpr double tail = 600;
// Beyond it everything underflows, 2^201 e^-a included.
constexpr double nothing = 1000;

// exp(-a) = mantissa 2^exponent and gap = 1 - exp(-a), for 0 <= a <= nothing. With k the integer
// nearest to -32 a/log(2), exp(-a) = 2^(k/32) exp(r), |r| <= log(2)/64.
struct Decay {
    DD mantissa, gap;
    int exponent;
};

constexpr DD one_over_6 = {0x1.5555555555555p-3, 0x1.5555555555555p-57};
constexpr DD one_over_24 = {0x1.5555555555555p-5, 0x1.5555555555555p-59};
constexpr DD one_over_120 = {0x1.1111111111111p-7, 0x1.1111111111111p-63};

// exp(r + r_low) - 1 for |r| <= 1/64: e^r - 1 - r - r^2/2 = r^3 (1/6 + r/24 + r^2/120 + ...), of which the first three
// terms count in two words.
inline DD growth_of(double r, double r_low) {
    const double tail_series =
        fma(r, fma(r, fma(r, fma(r, 1 / 3628800.0, 1 / 362880.0), 1 / 40320.0), 1 / 5040.0), 1 / 720.0);
    const DD square = two_product(r, r);
    const DD series = one_over_6 + (one_over_24 + (one_over_120 + DD{r * tail_series, 0}) * r) * r;
    const DD curve = DD{0.5 * square.high, 0.5 * square.low} + series * (square * r);
    return fast_two_sum(r, curve.high) + DD{fma(r_low, 1 + (r + curve.high), curve.low), 0};
}

inline Decay decay(double a, double a_low = 0) {
    const double shifted = fma(a, -powers_per_unit, magic), k = shifted - magic;
    const std::uint64_t i = to_bits(shifted) & 31;
    const double r = fma(k, -log_step, -a), r_low = fma(k, -log_step_low, -a_low);
    const DD growth = growth_of(r, power_rest[i] + r_low);
    const double power = from_bits(power_bits[i] + (i << 47));
    const int exponent = static_cast<int>(std::floor(k / 32));
    const double scaled = exponent < -1000 ? 0 : power * power_of_two(exponent);
    return {DD{power, 0} + growth * power, DD{1, 0} - DD{scaled, 0} - growth * scaled, exponent};
}

// 2^y, 0 <= y < 1
inline DD fraction_of_octave(double y) {
    const DD a = DD{log_step, log_step_low} * (32 * (1 - y));
    const Decay d = decay(a.high, a.low);
    return {std::ldexp(d.mantissa.high, d.exponent + 1), std::ldexp(d.mantissa.low, d.exponent + 1)};
}

struct Point {
    double x, a;
    DD e, share, p, twice_t;
    bool bose;
    double a_low = 0;
};

inline DD shift(DD a, int k) {
    const double power = power_of_two(k);
    return {a.high * power, a.low * power};
}

// At x + x_low
inline Point fermi_point(double x, double x_low = 0) {
    const double a_low = x < 0 ? -x_low : x_low;
    const Decay d = decay(std::fabs(x), a_low);
    const DD e = shift(d.mantissa, d.exponent), share = DD{1, 0} / (DD{1, 0} + e);
    return {x, std::fabs(x), e, share, e * share * share, d.gap * share * 2, false, a_low};
}

inline Point bose_point(double x) {
    const Decay d = decay(std::fabs(x));
    const DD e = shift(d.mantissa, d.exponent), share = DD{1, 0} / d.gap;
    return {x, std::fabs(x), e, share, -(e * share * share), (DD{1, 0} + e) * share * 2, true};
}

// The power of two 2^q with 1 <= p_j 2^q < 2 keeps products of up to 99 factors in range.
inline double balance(double p) { return from_bits((2046ull << 52) - (to_bits(p) & (2047ull << 52))); }

// n! = factorial[n] 2^exponent[n], 1 <= factorial < 2, and 2^balance[n], which undoes the powers of
// two that `zero_product` multiplies in, and halves if n is even, because t comes doubled.
struct Scales {
    std::array<DD, largest_taylor_order + 1> factorial;
    std::array<int, largest_taylor_order + 1> exponent;
    std::array<int, largest_order + 1> balance_exponent;
    Scales() {
        factorial[0] = {1, 0}, exponent[0] = 0;
        for (int n = 1; n <= largest_taylor_order; ++n) {
            const DD next = factorial[n - 1] * n;
            const int e = std::ilogb(next.high);
            factorial[n] = shift(next, -e), exponent[n] = exponent[n - 1] + e;
        }
        for (int n = 0; n <= largest_order; ++n) {
            balance_exponent[n] = n % 2 || n == 0 ? 0 : -2;
            for (int j = first_zero(n); j < first_zero(n + 1); ++j)
                balance_exponent[n] -= std::ilogb(balance(zeros[j].p));
        }
    }
    DD derivative(int n) const { return shift(factorial[n], exponent[n] + balance_exponent[n]); }
};

inline const Scales& scales() {
    static const Scales instance;
    return instance;
}

inline Scaled times_factorial(Scaled s, int n) {
    return {s.value * scales().factorial[n], s.exponent + scales().exponent[n]};
}

constexpr double near_zero = 0x1p-6;  // less than half the least distance of two zeros

// (p_j - p)/p_j from d = a - x_j: 1 - p/p_j = (1 - e/e_j)(1 - e e_j)/(1 + e)^2, e_j = exp(-x_j).
inline DD factor_near(const Point& at, const Zero& zero, DD d) {
    const DD first = -growth_of(-d.high, -d.low);
    const DD sum = two_sum(at.a, zero.x);
    return first * decay(sum.high, sum.low + zero.x_low + at.a_low).gap * at.share * at.share;
}

// start * prod_j (p_j - p) balance(p_j)
inline DD zero_product(int n, const Point& at, DD start) {
    double product = start.high, error = start.low;
    for (int j = first_zero(n); j < first_zero(n + 1); ++j) {
        const Zero& zero = zeros[j];
        DD factor;
        if (!at.bose && std::fabs(at.a - zero.x) < near_zero) {
            const DD d = two_sum(at.a, -zero.x) + DD{at.a_low, 0} + DD{-zero.x_low, -zero.x_rest};
            factor = factor_near(at, zero, d) * DD{zero.p, zero.p_low};
        } else {
            factor = two_sum(zero.p, -at.p.high);
            factor.low += zero.p_low - at.p.low;
        }
        const double scale = balance(zero.p);
        factor = {factor.high * scale, factor.low * scale};
        const DD next = two_product(product, factor.high);
        error = fma(error, factor.high, fma(product, factor.low, next.low));
        product = next.high;
    }
    return std::isfinite(product) ? fast_two_sum(product, error) : DD{product, 0};
}

// Both words have the sign, which their sum would lose otherwise.
inline Scaled signed_zero(bool negative) { return negative ? Scaled{{-0.0, -0.0}, 0} : Scaled{{0, 0}, 0}; }

// scale p prod_j (p_j - p) [t] at a point, n >= 1, with the scale from `scales`.
inline Scaled derivative(int n, const Point& at, DD scale) {
    const DD even_part = zero_product(n, at, scale * at.p);
    if (n % 2 || !std::isfinite(even_part.high)) {
        const bool negative = n % 2 == 0 && at.x > 0;
        return {negative ? -even_part : even_part, 0};
    }
    // Tiny a: twice_t is a, times 2^500 to keep the low words from underflow.
    const bool tiny = !at.bose && at.a < 0x1p-500;
    const DD odd_part = tiny ? DD{at.a * 0x1p500, 0} : at.twice_t;
    const DD value = even_part * odd_part;
    if (!std::isfinite(value.high)) {
        const double pole = std::copysign(infinity, even_part.high);
        return {{at.x > 0 ? -pole : pole, 0}, 0};
    }
    return {at.x > 0 ? -value : value, tiny ? -500 : 0};
}

// s^(n)(x)
inline Scaled fermi(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    if (n == 0 && x > 50) return {{1, -std::exp(-a)}, 0};
    const bool odd = n > 0 && n % 2 == 0, negative = odd && x > 0;
    if (odd && a == 0) return signed_zero((n / 2 % 2 == 1) != std::signbit(x));  // s^(n+1)(0) x
    if (a > nothing) return signed_zero(negative);
    if (a > tail) {
        const Decay d = decay(a);
        return {negative ? -d.mantissa : d.mantissa, d.exponent};
    }
    const Point at = fermi_point(x);
    if (n == 0) return {x < 0 ? at.e * at.share : at.share, 0};
    return derivative(n, at, scales().derivative(n));
}

// s^(n)(x)/n! for n up to `largest_order`
inline Scaled taylor(int n, double x) {
    const Scaled s = fermi(n, x);
    if (s.value.high == 0) return s;  // with its sign
    return {s.value / scales().factorial[n], s.exponent - scales().exponent[n]};
}

// b^(n)(x)
inline Scaled bose(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    const bool negative = n % 2 == 1 || std::signbit(x);
    if (a < 0x1p-300) {  // the pole: b^(n) = (-1)^n n!/x^(n+1) to the last bit
        DD value = {1, 0};
        for (int k = 0; k <= n && std::isfinite(value.high); ++k)
            value = value * (k > 1 ? k : 1) / DD{a, 0};
        if (!std::isfinite(value.high)) value = {infinity, 0};
        return {negative ? -value : value, 0};
    }
    if (n == 0 && x > 50) return {{1, std::exp(-a)}, 0};
    if (a > nothing) return signed_zero(negative);
    if (a > tail) {
        const Decay d = decay(a);
        return {negative ? -d.mantissa : d.mantissa, d.exponent};
    }
    const Point at = bose_point(x);
    if (n == 0) return {x < 0 ? -(at.e * at.share) : at.share, 0};
    return derivative(n, at, scales().derivative(n));
}

// F_m = -Li_m(-exp(x)) = s^(-m), the m-th repeated integral of s from -infinity, for |x| > tail:
// there F_m is exp(x) on the left and a polynomial on the right.
inline Scaled fermi_dirac_tail(int m, double x) {
    if (std::isnan(x)) return {{x, 0}, 0};
    if (x < 0) {
        if (x < -nothing) return {{0, 0}, 0};
        const Decay d = decay(-x);
        return {d.mantissa, d.exponent};
    }
    const auto& right = fermi_dirac_right[m - 1];
    const DD y = two_product(x, x);
    DD sum = {0, 0};
    for (int k = m / 2; k >= 0; --k) sum = sum * y + DD{right[k][0], right[k][1]};
    if (m % 2) sum = sum * x;
    if (std::isfinite(sum.high)) return {sum, 0};
    double power = right[m / 2][0];  // where squares overflow, x^m/m! is all there is
    for (int k = 0; k < m; ++k) power *= x;
    return {{power, 0}, 0};
}

}  // namespace sigmajet::SIGMAJET_ISA
