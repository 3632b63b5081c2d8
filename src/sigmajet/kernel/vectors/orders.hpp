// Orders that change from point to point in vectors: each lane takes the factors of its own order by the operations
// of sigmoid.hpp, so that a number does not depend on what stands beside it.
//
// Factor j of all orders is a row of a table. Where the orders of a part follow one another, as in an np.arange, what
// they need of the row does too; elsewhere it is gathered. A lane that has all its factors takes the factor 1.
#pragma once

#include <numeric>

#include "sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA::vectors {

// Made at the first call, for either scale.
struct OrderTable {
    static constexpr int columns = largest_order + per_part;  // parts that go on after the last order read that far
    double factors[columns] = {}, narrow_factors[columns] = {}, scale[columns] = {}, scale_low[columns] = {};
    double shifted[largest_order / 2][columns] = {}, below[largest_order / 2][columns] = {};
    explicit OrderTable(double base) {
        scale[0] = base;
        for (int n = 1; n <= largest_order; ++n) {
            const Order order(n, std::ldexp(1.0, (n + 1) * std::ilogb(base)));
            factors[n] = order.factors, narrow_factors[n] = order.narrow_factors, scale[n] = order.scale;
            scale_low[n] = n > largest_narrow_order ? order.scale_low : 0;  // of n! <= 2^53 there is none
            for (int j = 0; j < order.factors; ++j) shifted[j][n] = order.shifted[j], below[j][n] = order.below[j];
        }
    }
    static const OrderTable& of(double scale) {
        static const OrderTable single(1), twice(2);
        return scale == 1 ? single : twice;
    }
};

// The orders of a group of lanes; those above `largest_order` count as 1.
struct Group {
    int n[lanes];
    bool in_sequence[width];
    V order, even;
    int most = 0;  // factors
    explicit Group(const int* orders) {
        double number[lanes], parity[lanes];
        for (int k = 0; k < lanes; ++k) {
            n[k] = orders[k] <= largest_order ? orders[k] : 1;
            number[k] = n[k], parity[k] = n[k] % 2 == 0;
            most = std::max(most, (n[k] - 1) / 2);
        }
        for (int i = 0; i < width; ++i) {
            const int* part = orders + per_part * i;
            in_sequence[i] = part[0] <= largest_order;
            for (int k = 1; k < per_part; ++k) in_sequence[i] &= part[k] == part[0] + k;
        }
        order = load(number), even = load(parity);
    }
    SIGMAJET_INLINE V of(const double* row) const {
        return each(SIGMAJET_PART {
            const int* at = n + per_part * i;
            return in_sequence[i] ? load_part(row + *at) : gather_part(row, at);
        });
    }
};

// scale^(n+1) s^(n), n >= 0, scale 1 or 2. Which points are good.
SIGMAJET_INLINE Mask derivatives(const Group& group, const OrderTable& table, const Powers& powers, const V& x,
                                 V& result) {
    Points at;
    Exponential e;
    place(x, at);
    exponential(powers, at.a, e);
    const V twice = share_of(2, e.high);
    V order_0 = value(x, e.high, short_rest(e), twice * 0.5);
    divide(e.high, long_rest(e), twice, at);
    times_odd(at);
    const V factors = group.of(table.factors), narrow_factors = group.of(table.narrow_factors);
    const V scale = group.of(table.scale);
    const V one = each(SIGMAJET_PART { return (void)i, everywhere(1.0); });
    const V nothing = each(SIGMAJET_PART { return (void)i, everywhere(0.0); });
    V product = one, low = nothing;
    for (int j = 0; j < group.most; ++j) {
        const V f = where_above(factors, j, at.grid - group.of(table.shifted[j]), one);
        const V f_low = where_above(factors, j, at.off + group.of(table.below[j]), nothing);
        const V next = product * f;
        low = fma(low, where_above(narrow_factors, j, f, f + f_low),
                  fma(product, f_low, fms(product, f, next)));
        product = next;
    }
    const V distance = fnma(absolute(low), at.p, absolute(product) * near);
    const V first = where_above(group.even, 0.5, at.odd, at.p_high);
    const V sum = where_above(group.even, 0.5, at.odd_sum, at.p);
    const V first_low = where_above(group.even, 0.5, at.odd_low, nothing - at.p_less);
    const V next = product * first;
    low = fma(low, sum, fma(product, first_low, fms(product, first, next)));
    result = fma(next, scale, fma(next, group.of(table.scale_low), low * scale));
    result = where_above(group.even, 0.5, flip_where_positive(result, x), result);
    result = where_above(group.order, 0.5, result, order_0 * scale);
    const V deep = where_above(group.order, largest_order_everywhere, one, nothing);
    const V end = where_above(group.order, 0.5, one * grid_ends, one * tail);
    const Mask is_zero = group.order < 0.5, is_even = group.even > 0.5;
    return ((at.a < end) | ((at.a > grid_has_ended) & (at.a < tail))) & ((deep < 0.5) | (at.a < shallow)) &
           (~is_even | is_zero | (at.a > middle)) & ((distance > 0.0) | is_zero);
}

// careful(n, x, count, scale, out) takes what is left, `block` points at most.
template <typename Careful>
void orders(const int* n, const double* from, Index count, double scale, double* out, Careful careful) {
    const OrderTable& table = OrderTable::of(scale);
    const Powers& powers = power_table();
    int left = 0, left_n[block];
    double left_x[block], again[block];
    Index place[block];
    for (Index i = 0; i < count; i += lanes) {
        const Index here = std::min<Index>(lanes, count - i);
        double x[lanes] = {}, whole[lanes];
        int order[lanes];
        std::copy(from + i, from + i + here, x);
        std::iota(std::copy(n + i, n + i + here, order), order + lanes, n[i + here - 1] + 1);
        const Group group(order);
        V result;
        const Mask good = derivatives(group, table, powers, load(x), result);
        store(result, whole);
        for (Index k = 0; k < here; ++k) {
            out[i + k] = whole[k];
            if (!(good >> k & 1) || n[i + k] > largest_order)
                left_n[left] = n[i + k], left_x[left] = x[k], place[left] = i + k, ++left;
        }
    }
    if (!left) return;
    careful(left_n, left_x, left, scale, again);
    for (int k = 0; k < left; ++k) out[place[k]] = again[k];
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
