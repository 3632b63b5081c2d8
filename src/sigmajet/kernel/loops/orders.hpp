// Orders that change from point to point, as in sigmoid(np.arange(50), x[:, None]).
//
// Each of a few points side by side takes the factors of its own order, by the operations of products.hpp one after
// another: a number does not depend on what stands beside it. A point that has all its factors takes the factor 1.
#pragma once

#include <memory>
#include <numeric>

#include "bose.hpp"
#include "silu.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

// As many as hide the time that one operation waits for another.
constexpr int side_by_side = 32;

// Row j holds factor j of every order, so that orders that follow one another find theirs in a row too. Made at the
// first call.
template <int largest>
struct Rows {
    static constexpr int count = largest / 2;
    double row[count][largest + side_by_side] = {};
    template <typename Entry>
    explicit Rows(Entry entry) {
        for (int n = 1; n <= largest; ++n)
            for (int j = 0; j < first_zero(n + 1) - first_zero(n); ++j) row[j][n] = entry(zeros[first_zero(n) + j]);
    }
};

struct FastRows {  // as `Factors` splits the zeros, p_j = c + d
    Rows<largest_fast_order> c{[](const Zero& zero) { return Factors<1>(&zero).c[0]; }};
    Rows<largest_fast_order> d{[](const Zero& zero) { return Factors<1>(&zero).d[0]; }};
};

struct GeneralRows {
    Rows<largest_order> p{[](const Zero& zero) { return zero.p; }};
    Rows<largest_order> p_low{[](const Zero& zero) { return zero.p_low; }};
    Rows<largest_order> scale{[](const Zero& zero) { return balance(zero.p); }};
};

template <typename Table>
const Table& rows() {
    static const std::unique_ptr<const Table> instance = std::make_unique<const Table>();
    return *instance;
}

// A few numbers; kept apart from all others, so that compilers make vectors of them.
struct Few {
    double at[side_by_side];
    double& operator[](int k) { return at[k]; }
    double operator[](int k) const { return at[k]; }
};
Few few(const double* from) {
    Few result;
    std::copy(from, from + side_by_side, result.at);
    return result;
}

// Of the orders of some points those from `least` to `greatest`; the other points have no factor.
struct Lanes {
    int n[side_by_side], start, most = 0;  // `most` factors
    bool any = false, in_sequence = true;
    Few factors, even, wide;  // numbers, for the vectors' sake
    Lanes(const int* orders, int least, int greatest) : start(orders[0]) {
        for (int k = 0; k < side_by_side; ++k) {
            const bool mine = orders[k] >= least && orders[k] <= greatest;
            n[k] = mine ? orders[k] : 1;
            any |= mine;
            in_sequence &= orders[k] == start + k;
            most = std::max(most, (n[k] - 1) / 2);
            factors[k] = (n[k] - 1) / 2, even[k] = n[k] % 2 == 0, wide[k] = n[k] > largest_narrow_order;
        }
    }
    template <bool in_sequence>
    Few entries(const double* row) const {
        if constexpr (in_sequence) return few(row + start);
        Few result;
        for (int k = 0; k < side_by_side; ++k) result[k] = row[n[k]];
        return result;
    }
};

// What products carry.
struct Running {
    Few value, low;
    Running(const Block& b, Index i) : value(few(b.p + i)), low(few(b.p_low + i)) {}
};

// The last steps: t if n is even, the scale, and what the rounding takes off.
template <typename Scale>
void finish_lanes(const Lanes& lanes, Scale scale_of_n, const Block& b, Index i, Running& at, double* result,
                  double* result_low) {
    for (int k = 0; k < side_by_side; ++k) {
        const double t = b.t[i + k], next = at.value[k] * t;
        const double low = fma(at.low[k], t, fma(at.value[k], b.t_low[i + k], fma(at.value[k], t, -next)));
        at.value[k] = lanes.even[k] > 0 ? next : at.value[k], at.low[k] = lanes.even[k] > 0 ? low : at.low[k];
    }
    for (int k = 0; k < side_by_side; ++k) {
        const DD scale = scale_of_n(lanes.n[k]);
        const double value = at.value[k], low = at.low[k];
        result[k] = fma(value, scale.high, fma(value, scale.low, low * scale.high));
        result_low[k] = fma(value, scale.high, -result[k]) + fma(value, scale.low, low * scale.high);
    }
}

// As `product_of_order`
template <bool in_sequence>
void fast_factors(const Lanes& lanes, const Block& b, Index i, Running& at) {
    const FastRows& table = rows<FastRows>();
    const Few grid = few(b.grid + i), off_grid = few(b.off_grid + i), factors = lanes.factors, wide = lanes.wide;
    Few values = at.value, lows = at.low;
    for (int j = 0; j < lanes.most; ++j) {
        const Few c = lanes.entries<in_sequence>(table.c.row[j]), d = lanes.entries<in_sequence>(table.d.row[j]);
        for (int k = 0; k < side_by_side; ++k) {
            const bool here = factors[k] > j;
            const double f = here ? c[k] - grid[k] : 1.0, f_low = here ? d[k] - off_grid[k] : 0.0;
            const double value = values[k], next = value * f, slope = wide[k] > 0 ? f + f_low : f;
            lows[k] = fma(lows[k], slope, fma(value, f_low, fma(value, f, -next)));
            values[k] = next;
        }
    }
    at.value = values, at.low = lows;
}

// As `general_factor`
template <bool in_sequence>
void general_factors(const Lanes& lanes, const Block& b, Index i, Running& at, Few& doubt) {
    const GeneralRows& table = rows<GeneralRows>();
    const Few p = few(b.p + i), p_low = few(b.p_low + i), factors = lanes.factors;
    Few values = at.value, lows = at.low, doubts = doubt;
    for (int j = 0; j < lanes.most; ++j) {
        const Few zero = lanes.entries<in_sequence>(table.p.row[j]);
        const Few zero_low = lanes.entries<in_sequence>(table.p_low.row[j]);
        const Few scale = lanes.entries<in_sequence>(table.scale.row[j]);
        for (int k = 0; k < side_by_side; ++k) {
            const bool here = factors[k] > j;
            const double sum = zero[k] - p[k], back = sum - zero[k];
            const double rest = (zero[k] - (sum - back)) - (p[k] + back);
            const double f = here ? sum * scale[k] : 1.0;
            const double f_low = here ? (rest + (zero_low[k] - p_low[k])) * scale[k] : 0.0;
            const double value = values[k], next = value * f;
            lows[k] = fma(lows[k], f, fma(value, f_low, fma(value, f, -next)));
            values[k] = next;
            const double nearness = fma(p[k], 0x1p-14, -std::fabs(sum));
            const double more = nearness > doubts[k] ? nearness : doubts[k];
            doubts[k] = here ? more : doubts[k];
        }
    }
    at.value = values, at.low = lows, doubt = doubts;
}

// Order n[i] >= 1 of point i of a block whose shares are known, count a multiple of `side_by_side`. Orders up to
// `fast` go the way of `product_of_order`, the others that of `general_order`. scale(n) multiplies the product.
template <typename Scale>
void each_order(const int* n, int fast, Scale scale, Block& b, Index count, double* out, double* out_low) {
    double result[side_by_side], result_low[side_by_side];
    Few doubt;
    const auto keep = [&](int least, int greatest, Index i) {
        for (int k = 0; k < side_by_side; ++k)
            if (n[i + k] >= least && n[i + k] <= greatest) {
                out[i + k] = result[k], b.doubt[i + k] = doubt[k];
                if (out_low) out_low[i + k] = result_low[k];
            }
    };
    for (Index i = 0; i < count; i += side_by_side) {
        const Lanes low(n + i, 1, fast), high(n + i, fast + 1, largest_order);
        if (low.any) {
            Running at(b, i);
            low.in_sequence ? fast_factors<true>(low, b, i, at) : fast_factors<false>(low, b, i, at);
            finish_lanes(low, scale, b, i, at, result, result_low);
            for (int k = 0; k < side_by_side; ++k)
                doubt[k] = fma(std::fabs(at.low[k]), b.p[i + k], std::fabs(at.value[k]) * -0x1p-40);
            keep(1, fast, i);
        }
        if (high.any) {
            Running at(b, i);
            std::fill(doubt.at, doubt.at + side_by_side, -1.0);
            high.in_sequence ? general_factors<true>(high, b, i, at, doubt)
                             : general_factors<false>(high, b, i, at, doubt);
            finish_lanes(high, scale, b, i, at, result, result_low);
            for (int k = 0; k < side_by_side; ++k) {
                const double size = std::fabs(result[k]);
                doubt[k] = (size > 0x1p-960) & (size < infinity) ? doubt[k] : not_a_number;
            }
            keep(fast + 1, largest_order, i);
        }
    }
}

// The orders of a block and its points, and as many at 0 as a whole number of lanes needs; their orders go on.
struct Orders {
    Index count;
    int n[block];
    double x[block];
    Orders(const int* from, const double* points, Index many)
        : count((many + side_by_side - 1) / side_by_side * side_by_side) {
        std::iota(std::copy(from, from + many, n), n + count, from[many - 1] + 1);
        std::fill(std::copy(points, points + many, x), x + count, 0.0);
    }
};

// What multiplies the products of all orders, for the scales 1 and 2 of `scale_of`.
class OrderScales {
   public:
    template <typename Make>
    explicit OrderScales(Make make) {
        for (int n = 1; n <= largest_order; ++n) single_[n] = make(n, 1.0), twice_[n] = make(n, scale_of(n, 2));
    }
    const DD* of(double scale) const { return scale == 1 ? single_ : twice_; }

   private:
    DD single_[largest_order + 1] = {}, twice_[largest_order + 1] = {};
};

// scale^(n+1) s^(n), n >= 0
void orders_of_block(const int* n, double scale, Block& b, Index count, double* out, double* out_low) {
    static const OrderScales all(scale_of_order);
    const DD* scales = all.of(scale);
    each_order(n, largest_fast_order, [scales](int m) { return scales[m]; }, b, count, out, out_low);
    if (std::find(n, n + count, 0) == n + count) return;
    double doubt[block], value[block], value_low[block];
    std::copy(b.doubt, b.doubt + count, doubt);
    finish_value(scale, b, count, value, value_low);
    for (Index i = 0; i < count; ++i)
        if (n[i] == 0) out[i] = value[i], out_low[i] = value_low[i], doubt[i] = b.doubt[i];
    std::copy(doubt, doubt + count, b.doubt);
}

void sigmoid_block_orders(const int* n, const double* x, Index count, double scale, double* out) {
    const Orders orders(n, x, count);
    Block b;
    load(orders.x, orders.count, b);
    prepare(2, true, b, orders.count);
    double result[block], rest[block];
    orders_of_block(orders.n, scale, b, orders.count, result, rest);
    for (Index i = 0; i < count; ++i)
        out[i] = b.doubt[i] <= 0 ? result[i] : careful(n[i], b.x[i], scale_of(n[i], scale));
}

void silu_orders(const int* n, const double* x, Index count, double* out) {
    const Orders orders(n, x, count);
    Block b;
    load(orders.x, orders.count, b);
    prepare(2, true, b, orders.count);
    int lower[block];
    for (Index i = 0; i < orders.count; ++i) lower[i] = std::max(orders.n[i] - 1, 0);
    Rounded before, now;
    orders_of_block(lower, 1, b, orders.count, before.high, before.low);
    std::copy(b.doubt, b.doubt + count, before.doubt);
    orders_of_block(orders.n, 1, b, orders.count, now.high, now.low);
    std::copy(b.doubt, b.doubt + count, now.doubt);
    silu_order([n](Index i) { return n[i]; }, b, before, now, count, out);
}

// scale^(n+1) b^(n), n >= 1
void bose_orders(const int* n, const double* x, Index count, double scale, double* out) {
    const Orders orders(n, x, count);
    Block b;
    prepare_bose(orders.x, orders.count, b);
    double result[block];
    static const OrderScales all(general_scale);
    const DD* scales = all.of(scale);
    each_order(orders.n, 0, [scales](int m) { return scales[m]; }, b, orders.count, result, nullptr);
    for (Index i = 0; i < count; ++i)
        out[i] = (b.doubt[i] <= 0) & (result[i] == result[i])
                     ? result[i]
                     : bose_point(n[i], b.x[i], scale_of(n[i], scale));
}

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
