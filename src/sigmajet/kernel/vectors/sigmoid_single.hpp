// s^(n) over arrays of single precision in vectors: the product of sigmoid.hpp in plain doubles.
//
// exp(-|x|) = T 2^(r/16), with AVX2 T 2^(r/256), has an error of 2^-47, everything after it of 2^-52. A factor 1 - p/p_j
// loses what it cancels: where it is below 2^-17, and for even n near x = 0, the point is left to the
// caller, so that 2^-30 remains, a sixtieth of an ulp. From |x| = 250 on 2^201 e^-|x| is 0 in
// single precision (and the value 1 for n = 0 and x > 0).
#pragma once

#include <vector>

#include "groups.hpp"
#include "../sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA::vectors {

constexpr double single_middle = 0x1p-18, single_tail = 250;

// -1/p_j for all orders. Made at the first call.
inline const std::vector<double>& slopes() {
    static const std::vector<double> instance = [] {
        std::vector<double> made;
        for (int j = 0; j < first_zero(sigmajet::largest_order + 1); ++j)
            made.push_back(-1 / zeros[j].p);
        return made;
    }();
    return instance;
}

struct SinglePoints {
    V x, a, e, inverse, p, t;
    bool outside_middle;
};

// 2^(r/powers_per_octave) for |r| <= 1/2: by its series, whose next term is below 2^-54, and at six Chebyshev points.
SIGMAJET_INLINE V part_of_power(const V& r) {
    constexpr double c = 0x1.62e42fefa39efp-9;  // log(2)/256
    if constexpr (powers_per_octave == 256)
        return fma(fma(fma(fma(r, c * c * c * c / 24, c * c * c / 6), r, c * c / 2), r, c), r, 1.0);
    return fma(fma(fma(fma(fma(r, 0x1.5d897e525c216p-30, 0x1.3b2c9b8a6caeap-23), r,
                           0x1.c6b08d6f2a289p-17), r, 0x1.ebfbdff555824p-11), r,
                   0x1.62e42fefa39f3p-5), r, 1.0);
}

SIGMAJET_INLINE void single_shares(const Powers& table, const V& x, SinglePoints& at) {
    constexpr double per_unit = powers_per_unit * powers_per_octave / 32;
    at.x = x, at.a = no_more_than(single_tail, absolute(x));
    const V up = fma(at.a, -per_unit, magic), k = up - magic, r = fms(at.a, -per_unit, k);
    V power, rest;
    look_up(table, up, power, rest);
    at.e = power * part_of_power(r);
    at.inverse = share_of(1, at.e);
}

SIGMAJET_INLINE V single_value(const SinglePoints& at) {
    return where_negative(at.x, at.e, 1.0) * at.inverse;
}

// What the orders >= 1 share: p and t = 1 - 2s(a)
SIGMAJET_INLINE void single_products(SinglePoints& at) {
    const V rest = at.e * at.inverse;
    at.p = fnma(rest, rest, rest), at.t = (1.0 - rest) - rest;
    at.outside_middle = all_above(at.a, single_middle);
}

template <bool even>
SIGMAJET_INLINE Mask single_derivative(int n, double scale, const SinglePoints& at, V& result) {
    constexpr double near = 0x1p-17;
    result = even ? at.p * at.t : at.p;
    bool clean = even ? at.outside_middle : true;
    const double *slope = slopes().data() + first_zero(n), *end = slopes().data() + first_zero(n + 1);
    const bool factors = slope != end;
    V smallest;
    if (factors) {
        smallest = fma(at.p, *slope, 1.0), result = result * smallest;
        smallest = absolute(smallest);
        while (++slope != end) {
            const V f = fma(at.p, *slope, 1.0);
            smallest = least(smallest, f), result = result * f;
        }
        clean &= all_above(smallest, near);
    }
    if (scale != 1) result = result * scale;
    if (even) result = flip_where_positive(result, at.x);
    if (__builtin_expect(clean, 1)) return all_points;
    Mask good = all_points;
    if (even) good &= at.a > single_middle;
    if (factors) good &= smallest > near;
    return good;
}

template <bool even, typename Careful>
void one_single_derivative(int n, const float* from, Index count, double scale, float* out,
                           Careful careful) {
    const Powers& table = power_table();
    Writer<float, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        SinglePoints at;
        single_shares(table, x, at);
        single_products(at);
        V result;
        const Mask good = single_derivative<even>(n, scale, at, result);
        writer.write(n, result, good, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void sigmoid_single(int n, const float* from, Index count, double scale, float* out,
                    Careful careful) {
    if (n > 0)
        return n % 2 ? one_single_derivative<false>(n, from, count, scale, out, careful)
                     : one_single_derivative<true>(n, from, count, scale, out, careful);
    const Powers& table = power_table();
    Writer<float, Careful> writer(out, 0, scale, careful);
    in_groups(from, count, out, SIGMAJET_BODY {
        SinglePoints at;
        single_shares(table, x, at);
        V result = single_value(at);
        if (scale != 1) result = result * scale;
        writer.write(0, result, all_points, from, i, here);
    });
}

template <typename Careful>
void jet_single(int largest, const float* from, Index count, double scale, float* out, Index stride,
                Careful careful) {
    const Powers& table = power_table();
    Writer<float, Careful> writer(out, stride, scale, careful,
                                  past_the_caches<float>(largest + 1, count, stride));
    in_groups(from, count, out, SIGMAJET_BODY {
        SinglePoints at;
        single_shares(table, x, at);
        V result = single_value(at);
        if (scale != 1) result = result * scale;
        writer.write(0, result, all_points, from, i, here);
        single_products(at);
        double times = scale;
        for (int n = 1; n <= largest; ++n) {
            times *= scale;
            const Mask good = n % 2 ? single_derivative<false>(n, times, at, result)
                                    : single_derivative<true>(n, times, at, result);
            writer.write(n, result, good, from, i, here);
        }
    });
    writer.finish();
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
