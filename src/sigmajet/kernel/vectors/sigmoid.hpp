// s^(n), n <= 64, over arrays in vectors: fewer operations than in ../sigmoid_loops.cpp, because
// 2^-64 instead of 2^-69 is enough away from zeros; the other points are left to the caller.
//
//   e = exp(-|x|),  rest = e/(1 + e),  h = tanh(|x|/2)/2 = 1/2 - rest,  p = 1/4 - h^2
//
// * e = T (1 + q), T one of 16 powers of two, is a double-double good to 2^-63: 2^-64 from the series, the same
//   from rounding r^2/2.
// * rest = g + l with g a multiple of 2^-53 and |l| < 2^-52. Then
//   h = (1/2 - g) - l with an exact difference, and so has p_j - p = (grid - shifted_j) +
//   (off + below_j), where grid is the multiple of 2^-53 nearest to (1/2 - g)^2 + 1/2.
// * Products P carry their error E as in ../sigmoid_loops.cpp.
//
// An error of 2^-63 in e becomes |s^(n+1)/s^(n)| 2^-63 in the result. Where |p_j - p| < 2^-8 p
// (within about 2^-7 of a zero) the point is left to the caller, as it is where e is about one step of
// the grid, in the far tail, for nan and, if n is even, at the very middle.
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
// Beyond it the products of two low words count, because p_j falls below 2^-15.
constexpr int largest_narrow_order = 16;

// Where e is a few steps of the grid, l is much of rest, and roundings of 1 + e and p would add to 2 ulp.
constexpr double grid_ends = 33, grid_has_ended = 38.5;
// From here on h has all its digits: its error is 2^-85.
constexpr double middle = 0x1p-24;
// Nearer to a zero than 2^-8 p an error in p is amplified too much. E/P tells: it is the sum of f_low/f, f_low is
// between 3 and 5 units of 2^-53 by the choice of c below, and p/|f| is little above 1 for the factors that are
// not near, of which there are 31 at most. So p |E/P| is above (3 2^8 - 5 31) 2^-53 beside a zero, and below 2^8 2^-53
// away from all.
constexpr double near = 0x1p-44;

// e = exp(-a) = T exp(r + r_low)
struct Exponential {
    V power, r, curve, growth, high;  // growth = exp(r + r_low) - 1 = r + curve
};

SIGMAJET_INLINE void exponential(const Sixteenths& sixteenths, const V& a, Exponential& e) {
    constexpr double per_unit = powers_per_unit / 2, step = 2 * log_step, step_low = 2 * log_step_low;
    const V up = fma(a, -per_unit, magic), k = up - magic;
    V rest;
    look_up(sixteenths, up, e.power, rest);
    const V r = fnms(k, step, a), r_low = fma(k, -step_low, rest);
    e.r = r;
    // (exp(r) - 1 - r)/r^2 at six Chebyshev points of |r| <= log(2)/32: r^2 times its error < 2^-64
    const V series =
        fma(fma(fma(fma(fma(r, 0x1.a01b0c3c80bbcp-13, 0x1.6c17ed5c1f49ep-10), r,
                        0x1.11111110e1059p-7), r, 0x1.55555554e93b7p-5), r,
                0x1.5555555555556p-3), r, 0.5);
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
    V x, a, half, l, grid, off;        // h = half - l
    V p, p_low;
    V odd, odd_low;                    // p h
    bool inside, outside_middle;  // all of them, for sure
};

SIGMAJET_INLINE void place(const V& x, Points& at) {
    at.x = x, at.a = absolute(x);
    at.inside = all_below(at.a, grid_ends), at.outside_middle = all_above(at.a, middle);
}

SIGMAJET_INLINE void divide(const V& e, const V& e_low, const V& inverse, Points& at) {
    const V g = fma(e, inverse, 0.75) - 0.75;
    at.l = fma(e_low, inverse, fnma(g, e, e - g)) * inverse;
    at.half = 0.5 - g;
    at.grid = fma(at.half, at.half, 0.5);
    at.off = fnma(at.half + at.half, at.l, fma(at.half, at.half, 0.5 - at.grid));
    const V p = 0.75 - at.grid;
    at.p = p - at.off, at.p_low = (p - at.p) - at.off;
    if (__builtin_expect(!at.inside, 0)) {  // beyond the grid p is one rounded word: e - 2e^2 has two
        at.p_low = where_above(at.a, grid_has_ended, fnma(e + e, e, e_low), at.p_low);
        at.p = where_above(at.a, grid_has_ended, e, at.p);
    }
}

SIGMAJET_INLINE void times_half(Points& at) {
    at.odd = at.p * at.half;
    at.odd_low = fma(at.p_low, at.half, fnma(at.p, at.l, fms(at.p, at.half, at.odd)));
}

// s^(n) is scale * p prod_j (p_j - p) [h].
struct Order {
    int n, factors;
    double scale, scale_low, shifted[largest_order / 2], below[largest_order / 2];
    Order(int order, double times)
        : n(order), factors(first_zero(n + 1) - first_zero(n)) {
        const DD factorial = shift(scales().factorial[n], scales().exponent[n]);
        scale = factorial.high * times, scale_low = factorial.low * times;
        for (int j = 0; j < factors; ++j) {
            const Zero& zero = zeros[first_zero(n) + j];
            const double c = (std::nearbyint(zero.p * 0x1p53) - 4) * 0x1p-53;
            shifted[j] = 0.75 - c, below[j] = (zero.p - c) + zero.p_low;
        }
    }
};

// Which points are good: away from zeros, from the tail and from what the loops do not reckon with.
template <bool even, bool zeros, bool wide>
SIGMAJET_INLINE Mask derivative(const Points& at, const Order& order, V& result) {
    const V& first = even ? at.odd : at.p;
    const V& first_low = even ? at.odd_low : at.p_low;
    const bool deep = zeros && order.n > largest_order_everywhere;
    bool clean = even ? at.inside & at.outside_middle : at.inside;
    if (deep) clean &= all_below(at.a, shallow);
    V distance;
    if (zeros) {
        V product = at.grid - order.shifted[0], low = at.off + order.below[0];
        for (int j = 1; j < order.factors; ++j) {
            const V f = at.grid - order.shifted[j], f_low = at.off + order.below[j];
            const V next = product * f;
            low = fma(low, wide ? f + f_low : f, fma(product, f_low, fms(product, f, next)));
            product = next;
        }
        distance = fnma(absolute(low), at.p, absolute(product) * near);
        const V next = product * first;
        low = fma(low, first, fma(product, first_low, fms(product, first, next)));
        if (wide) low = fma(next, order.scale_low, low * order.scale);
        result = fma(next, order.scale, wide ? low : low * order.scale);
        clean &= all_above(distance, 0);
    } else if (even) {
        result = fma(first, order.scale, first_low * order.scale);
    } else {
        result = order.scale == 1 ? first : first * order.scale;
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
    const Sixteenths& powers = sixteenths();
    const Order order(n, scale);
    Writer<double, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        Points at;
        Exponential e;
        place(x, at);
        exponential(powers, at.a, e);
        divide(e.high, long_rest(e), share_of_one(e.high), at);
        if (even) times_half(at);
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
    const Sixteenths& powers = sixteenths();
    Writer<double, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        Exponential e;
        const V a = absolute(x);
        exponential(powers, a, e);
        V result = value(x, e.high, short_rest(e), share_of_one(e.high));
        if (scale != 1) result = result * scale;
        const bool inside = all_below(a, tail);
        writer.write(0, result, __builtin_expect(inside, 1) ? all_points : a < tail, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void jet(int largest, const double* from, Index count, double scale, double* out, Index stride,
         Careful careful) {
    const Sixteenths& powers = sixteenths();
    std::vector<Order> orders;
    for (int n = 0; n <= largest; ++n) orders.emplace_back(n, std::ldexp(1.0, (n + 1) * std::ilogb(scale)));
    Writer<double, Careful> writer(out, stride, scale, careful,
                                   past_the_caches<double>(largest + 1, count, stride));
    in_groups(from, count, out, SIGMAJET_BODY {
        Points at;
        Exponential e;
        place(x, at);
        exponential(powers, at.a, e);
        const V inverse = share_of_one(e.high);
        V result = value(x, e.high, short_rest(e), inverse);
        if (scale != 1) result = result * scale;
        writer.write(0, result, __builtin_expect(at.inside, 1) ? all_points : at.a < tail, from, i,
                     here);
        divide(e.high, long_rest(e), inverse, at);
        times_half(at);
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
