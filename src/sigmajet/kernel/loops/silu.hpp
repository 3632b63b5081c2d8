// x s(x).
#pragma once

#include "../functions/wide_sigmoid.hpp"
#include "products.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

// x s^(n) + n s^(n-1), the two terms added in double-double, and beside zeros in 256 bits.
double silu_point(int n, double x) {
    if (std::fabs(x) > nothing)  // the exponential times x + n or x - n is nothing
        return x < 0 ? -0.0 : n == 0 ? x : n == 1 ? 1 : n % 2 ? 0.0 : -0.0;
    if (n == 1 && x > tail) return 1;  // s + x s' with x s' < 2^-856: their exponents are too far apart
    if (x == 0 && n != 1 && n % 2 == (n > 0)) return n ? round(fermi(n - 1, x)) : x;
    Scaled sum = fermi(n, x);
    const bool tiny = std::fabs(x) < 0x1p-500;  // times 2^500 to keep the low words from underflow
    sum.value = sum.value * (tiny ? x * 0x1p500 : x), sum.exponent -= tiny ? 500 : 0;
    if (n == 0) return round(sum);
    const Scaled other = fermi(n - 1, x);
    // They differ only where x is tiny; then one term is scaled up, and the greater leads.
    const int exponent = n % 2 ? std::min(sum.exponent, other.exponent)
                               : std::max(sum.exponent, other.exponent);
    const auto align = [exponent](Scaled s) {
        return DD{std::ldexp(s.value.high, s.exponent - exponent),
                  std::ldexp(s.value.low, s.exponent - exponent)};
    };
    const DD first = align(sum), value = first + align(other) * n;
    if (std::fabs(value.high) < cancelled * std::fabs(first.high)) return round(wide_silu(n, {x, 0}));
    return round({value, exponent});
}

// An order of s with what its rounding took off, and where it is doubtful.
struct alignas(64) Rounded {
    double high[block], low[block], doubt[block];
    void fill(int n, Block& b, Index count) {
        one_order(n, 1, b, count, high, low);
        std::copy(b.doubt, b.doubt + count, doubt);
    }
};

// n(i) is the order at point i.
template <typename OrderAt>
void silu_order(OrderAt n, const Block& b, const Rounded& before, const Rounded& order, Index count,
                double* out) {
    for (Index i = 0; i < count; ++i) {
        const double y = b.x[i], first = order.high[i] * y, second = before.high[i] * n(i);
        const double sum = first + second, back = sum - first;
        const double rest = ((first - (sum - back)) + (second - back)) +
                            fma(order.high[i], y, -first) + fma(before.high[i], n(i), -second) +
                            fma(order.low[i], y, before.low[i] * n(i));
        // Where the terms cancel, beside zeros of silu^(n), one point at a time has as many digits as it takes.
        const bool apart = std::fabs(sum) > 0x1p-10 * std::fabs(first);
        const bool fine = (before.doubt[i] <= 0) & (order.doubt[i] <= 0) & apart;
        out[i] = fine ? sum + rest : not_a_number;
    }
    for (Index i = 0; i < count; ++i)
        if (out[i] != out[i]) out[i] = silu_point(n(i), b.x[i]);
}

void silu_jet(int order, const double* x, Index count, double* out, Index stride) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i), whole = padded(here);
        Block b;
        Rounded odd = {}, even;  // order -1 counts zero times
        load(x + i, here, b);
        prepare(order, true, b, whole);
        double result[block];
        for (int n = 0; n <= order; ++n) {
            Rounded &now = n % 2 ? odd : even, &before = n % 2 ? even : odd;
            now.fill(n, b, whole);
            silu_order([n](Index) { return n; }, b, before, now, here, result);
            std::copy(result, result + here, out + i + n * stride);
        }
    }
}

void silu(int n, const double* x, Index count, double* out) {
    Block b;
    Rounded before = {}, now;
    load(x, count, b);
    const Index whole = padded(count);
    prepare(n, true, b, whole);
    if (n > 0) before.fill(n - 1, b, whole);
    now.fill(n, b, whole);
    silu_order([n](Index) { return n; }, b, before, now, count, out);
}

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
