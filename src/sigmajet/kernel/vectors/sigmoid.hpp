// s^(n), n <= 64, over arrays in vectors: fewer operations than in ../sigmoid_loops.cpp, because
// 2^-63 instead of 2^-69 is enough away from zeros; the other points are left to the caller.
//
//   e = exp(-|x|),  u = 2e/(1 + e),  t = tanh(|x|/2) = 1 - u,  4p = 1 - t^2
//
// * e = T (1 + q), T a power of two: one of 256 an octave with AVX2, where e = e_high + e_low is good to 2^-66, and
//   one of 16 with AVX-512, which fit into registers, where it is good to 2^-63: 2^-64 from the series, the same from
//   rounding r^2/2.
// * u = g + l with g a multiple of 2^-52 and |l| < 2^-51. Then t = (1 - g) - l with an exact difference. Of
//   (1 - g)^2 + 1 the nearest multiple of 2^-52 is `grid`; what t^2 has besides is `off`. So 4p = (2 - grid) - off
//   and 4 (p_j - p) = (grid - shifted_j) + (off + below_j), with exact differences.
// * Products P carry their error E as in ../sigmoid_loops.cpp.
//
// An error of 2^-k in e becomes |s^(n+1)/s^(n)| 2^-k in the result. Where |p_j - p| is below 2^-10 p, with AVX-512
// 2^-8 p, the point is left to the caller, as it is where e is about one step of the grid, in the far tail, for nan
// and, if n is even, at the very middle.
#pragma once

#include <vector>

#include "groups.hpp"
#include "../sigmoid.hpp"
#include "vector.hpp"

namespace sigmajet::SIGMAJET_ISA::vectors {

// Beyond it the error passes a quarter of an ulp.
constexpr int largest_order = 64;
// Up to here p_j > 2^-37: where p is about one step of the grid no p_j is. Higher orders stay nearer than `shallow`,
// where p > 2^-37: there the low words, up to five steps of the grid each, are small beside the factors.
constexpr int largest_order_everywhere = 36;
constexpr double shallow = 25;
// Of factors with a smaller p_j the products of two low words count. Up to order 16 there are none.
constexpr double narrow = 0x1p-16;
constexpr int largest_narrow_order = 16;

// Where e is a few steps of the grid, l is much of rest, and roundings of 1 + e and p would add to 2 ulp.
constexpr double grid_ends = 33, grid_has_ended = 38.5;
// From here on h has all its digits: its error is 2^-85.
constexpr double middle = 0x1p-24;
// Nearer to a zero than 2^-10 p, 2^-8 p where e is good to 2^-63 only, an error in p is amplified too much. E/P tells:
// it is the sum of f_low/f, f = 4 (p_j - p), and f_low is between 3 and 5 units of 2^-51 by the choice of c below. So
// 4p |E/P| has 3 2^10 units beside a zero, or 3 2^8, and hardly 5 from each of the other 30 factors at most, which are not
// near: together more than 2^11 units, or 2^9.
constexpr double near = powers_per_octave == 256 ? 0x1p-40 : 0x1p-42;

// e = exp(-a) = T exp(r + r_low)
struct Exponential {
    V power, r, curve, growth, high;  // growth = exp(r + r_low) - 1 = r + curve
};

// (exp(r) - 1 - r)/r^2: by its series for |r| <= log(2)/512, where the next term r^4/720 is below 2^-47, and at six
// Chebyshev points of |r| <= log(2)/32. r^2 times the error is below 2^-66 and below 2^-64.
SIGMAJET_INLINE V curvature(const V& r) {
    if constexpr (powers_per_octave == 256)
        return fma(fma(fma(r, 1 / 120.0, 1 / 24.0), r, 1 / 6.0), r, 0.5);
    return fma(fma(fma(fma(fma(r, 0x1.a01b0c3c80bbcp-13, 0x1.6c17ed5c1f49ep-10), r,
                           0x1.11111110e1059p-7), r, 0x1.55555554e93b7p-5), r,
                   0x1.5555555555556p-3), r, 0.5);
}

SIGMAJET_INLINE void exponential(const Powers& table, const V& a, Exponential& e) {
    constexpr double part = powers_per_octave / 32.0;
    constexpr double per_unit = powers_per_unit * part, step = log_step / part, step_low = log_step_low / part;
    const V up = fma(a, -per_unit, magic), k = up - magic;
    V rest;
    look_up(table, up, e.power, rest);
    const V r = fnms(k, step, a), r_low = fma(k, -step_low, rest), series = curvature(r);
    e.r = r;
    e.curve = fma(fma(series, r, r_low), r, r_low), e.growth = r + e.curve;
    e.high = fma(e.power, e.growth, e.power);
}
// exp(-a) - high, to 2^-58 and to 2^-64
SIGMAJET_INLINE V short_rest(const Exponential& e) {
    return fma(e.power, e.growth, e.power - e.high);
}
SIGMAJET_INLINE V long_rest(const Exponential& e) {
    return fma(e.power, e.curve, fma(e.power, e.r, e.power - e.high));
}

// s from e = e.high + e_low and an approximate 1/(1 + e): numerator/(1 + e) with one correction
SIGMAJET_INLINE V value(const V& x, const V& e, const V& e_low, const V& inverse) {
    const V numerator = where_negative(x, e, 1.0), guess = numerator * inverse;
    const V residual = fnma(guess, e, numerator - guess);
    const V weight = where_negative(x, inverse, 0.0 - guess);  // of e_low in the residual
    return fma(inverse, fma(e_low, weight, residual), guess);
}

// What the orders >= 1 share.
struct Points {
    V x, a, high, twice_l, grid, off;  // t = high - l
    V p, p_high, p_less;               // 4p = p_high - p_less, and in one word
    V odd, odd_low, odd_sum;           // 4p t, and the same in one word
    bool inside, outside_middle;       // all of them, for sure
};

SIGMAJET_INLINE void place(const V& x, Points& at) {
    at.x = x, at.a = absolute(x);
    at.inside = all_below(at.a, grid_ends), at.outside_middle = all_above(at.a, middle);
}

// From e and an approximate 2/(1 + e). Beyond the grid 4p is 4e - 8e^2.
SIGMAJET_INLINE void divide(const V& e, const V& e_low, const V& twice, Points& at) {
    const V g = fma(e, twice, 1.0) - 1.0;
    at.twice_l = fma(e_low, twice, fnma(g, e, fms(e, 2.0, g))) * twice;
    at.high = 1.0 - g;
    at.grid = fma(at.high, at.high, 1.0);
    at.off = fnma(at.high, at.twice_l, fma(at.high, at.high, 1.0 - at.grid));
    at.p_high = 2.0 - at.grid, at.p_less = at.off;
    if (__builtin_expect(!at.inside, 0)) {
        at.p_high = where_above(at.a, grid_has_ended, e * 4.0, at.p_high);
        at.p_less = where_above(at.a, grid_has_ended, fms(e * 8.0, e, e_low * 4.0), at.off);
    }
    at.p = at.p_high - at.p_less;
}

SIGMAJET_INLINE void times_odd(Points& at) {
    at.odd = at.p_high * at.high;
    at.odd_low = fnma(at.twice_l, at.p_high * 0.5, fnma(at.p_less, at.high, fms(at.p_high, at.high, at.odd)));
    at.odd_sum = at.odd + at.odd_low;
}

// s^(n) is scale * 4p prod_j 4 (p_j - p) [t].
struct Order {
    int n, factors, narrow_factors = 0;  // those come first
    double scale, scale_low, shifted[largest_order / 2], below[largest_order / 2];
    Order(int order, double times)
        : n(order), factors(first_zero(n + 1) - first_zero(n)) {
        const DD factorial = shift(scales().factorial[n], scales().exponent[n]);
        times = std::ldexp(times, -2 * (factors + 1) - (n % 2 == 0));
        scale = factorial.high * times, scale_low = factorial.low * times;
        for (int j = 0; j < factors; ++j) {
            const Zero& zero = zeros[first_zero(n) + j];
            narrow_factors += zero.p > narrow;
            const double c = (std::nearbyint(zero.p * 0x1p53) - 4) * 0x1p-51;
            shifted[j] = 2 - c, below[j] = (4 * zero.p - c) + 4 * zero.p_low;
        }
    }
};

// Which points are good: away from zeros, from the tail and from what the loops do not reckon with.
template <bool even, bool zeros, bool wide>
SIGMAJET_INLINE Mask derivative(const Points& at, const Order& order, V& result) {
    const bool deep = zeros && order.n > largest_order_everywhere;
    bool clean = even ? at.inside & at.outside_middle : at.inside;
    if (deep) clean &= all_below(at.a, shallow);
    V distance;
    if (zeros) {
        V product = at.grid - order.shifted[0], low = at.off + order.below[0];
        for (int j = 1; j < order.narrow_factors; ++j) {
            const V f = at.grid - order.shifted[j], f_low = at.off + order.below[j];
            const V next = product * f;
            low = fma(low, f, fma(product, f_low, fms(product, f, next)));
            product = next;
        }
        for (int j = order.narrow_factors; wide && j < order.factors; ++j) {
            const V f = at.grid - order.shifted[j], f_low = at.off + order.below[j];
            const V next = product * f;
            low = fma(low, f + f_low, fma(product, f_low, fms(product, f, next)));
            product = next;
        }
        distance = fnma(absolute(low), at.p, absolute(product) * near);
        const V& first = even ? at.odd : at.p_high;
        const V next = product * first, rest = fms(product, first, next);
        low = fma(low, even ? at.odd_sum : at.p, even ? fma(product, at.odd_low, rest) : fnma(product, at.p_less, rest));
        if (wide) low = fma(next, order.scale_low, low * order.scale);
        result = fma(next, order.scale, wide ? low : low * order.scale);
        clean &= all_above(distance, 0);
    } else {
        result = (even ? at.odd_sum : at.p) * order.scale;
    }
    if (even) result = flip_where_positive(result, at.x);
    if (__builtin_expect(clean, 1)) return all_points;
    Mask good = (at.a < grid_ends) | ((at.a > grid_has_ended) & (at.a < tail));
    if (deep) good = at.a < shallow;
    if (even) good &= at.a > middle;
    if (zeros) good &= distance > 0.0;
    return good;
}

template <bool even, bool zeros, bool wide, typename Careful>
void one_derivative(int n, const double* from, Index count, double scale, double* out,
                    Careful careful) {
    const Powers& table = power_table();
    const Order order(n, scale);
    Writer<double, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        Points at;
        Exponential e;
        place(x, at);
        exponential(table, at.a, e);
        divide(e.high, long_rest(e), share_of(2, e.high), at);
        if (even) times_odd(at);
        V result;
        const Mask good = derivative<even, zeros, wide>(at, order, result);
        writer.write(n, result, good, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void sigmoid(int n, const double* from, Index count, double scale, double* out, Careful careful) {
    if (n > largest_narrow_order)
        return n % 2 ? one_derivative<false, true, true>(n, from, count, scale, out, careful)
                     : one_derivative<true, true, true>(n, from, count, scale, out, careful);
    if (n > 2)
        return n % 2 ? one_derivative<false, true, false>(n, from, count, scale, out, careful)
                     : one_derivative<true, true, false>(n, from, count, scale, out, careful);
    if (n > 0)
        return n % 2 ? one_derivative<false, false, false>(n, from, count, scale, out, careful)
                     : one_derivative<true, false, false>(n, from, count, scale, out, careful);
    const Powers& table = power_table();
    Writer<double, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        Exponential e;
        const V a = absolute(x);
        exponential(table, a, e);
        V result = value(x, e.high, short_rest(e), share_of(1, e.high));
        if (scale != 1) result = result * scale;
        const bool inside = all_below(a, tail);
        writer.write(0, result, __builtin_expect(inside, 1) ? all_points : a < tail, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void jet(int largest, const double* from, Index count, double scale, double* out, Index stride,
         Careful careful) {
    const Powers& table = power_table();
    std::vector<Order> orders;
    for (int n = 0; n <= largest; ++n) orders.emplace_back(n, std::ldexp(1.0, (n + 1) * std::ilogb(scale)));
    Writer<double, Careful> writer(out, stride, scale, careful,
                                   past_the_caches<double>(largest + 1, count, stride));
    in_groups(from, count, out, SIGMAJET_BODY {
        Points at;
        Exponential e;
        place(x, at);
        exponential(table, at.a, e);
        const V twice = share_of(2, e.high);
        V result = value(x, e.high, short_rest(e), twice * 0.5);
        if (scale != 1) result = result * scale;
        writer.write(0, result, __builtin_expect(at.inside, 1) ? all_points : at.a < tail, from, i,
                     here);
        divide(e.high, long_rest(e), twice, at);
        times_odd(at);
        for (int n = 1; n <= largest; ++n) {
            Mask good;
            if (n > largest_narrow_order)
                good = n % 2 ? derivative<false, true, true>(at, orders[n], result)
                             : derivative<true, true, true>(at, orders[n], result);
            else if (n > 2)
                good = n % 2 ? derivative<false, true, false>(at, orders[n], result)
                             : derivative<true, true, false>(at, orders[n], result);
            else
                good = n % 2 ? derivative<false, false, false>(at, orders[n], result)
                             : derivative<true, false, false>(at, orders[n], result);
            writer.write(n, result, good, from, i, here);
        }
    });
    writer.finish();
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
