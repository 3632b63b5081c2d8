// The product over the zeros of an order, at the points of a block.
#pragma once

#include "block.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

// Beyond it the product of the low words counts, because p_j falls below 2^-12.
constexpr int largest_narrow_order = 12;

// (value + low) times `count` factors p_j - p. `wide` keeps the product of the low words.
template <int count>
struct Factors {
    double c[count + 1], d[count + 1];
    explicit Factors(const Zero* zero) {
        for (int j = 0; j < count; ++j) {
            c[j] = (std::floor(zero[j].p * 0x1p53) - 1) * 0x1p-53;
            d[j] = (zero[j].p - c[j]) + zero[j].p_low;
        }
    }
    template <bool wide>
    void multiply(double grid, double off_grid, double& value, double& low) const {
        for (int j = 0; j < count; ++j) {
            const double f = c[j] - grid, f_low = d[j] - off_grid, next = value * f;
            low = fma(low, wide ? f + f_low : f, fma(value, f_low, fma(value, f, -next)));
            value = next;
        }
    }
};

template <bool wide>
void four_factors(const Zero* zero, const double* from, const double* from_low, Block& b, Index n) {
    const Factors<4> factors(zero);
    const double* __restrict grid = b.grid;
    const double* __restrict off_grid = b.off_grid;
    double* product = b.product;
    double* error = b.error;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        double value = from[i], low = from_low[i];
        factors.template multiply<wide>(grid[i], off_grid[i], value, low);
        product[i] = value, error[i] = low;
    }
}

// The last factors, t if n is even, and the rounding; what that rounds off goes to `out_low`, if any.
template <int count, bool even, bool wide>
void finish(const Zero* zero, const double* __restrict product, const double* __restrict error,
            DD scale, Block& b, Index n, double* __restrict out, double* __restrict out_low) {
    const Factors<count> factors(zero);
    const double* __restrict p = b.p;
    const double* __restrict grid = b.grid;
    const double* __restrict off_grid = b.off_grid;
    const double* __restrict t = b.t;
    const double* __restrict t_low = b.t_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i], low = error[i];
        factors.template multiply<wide>(grid[i], off_grid[i], value, low);
        if (even) {
            const double next = value * t[i];
            low = fma(low, t[i], fma(value, t_low[i], fma(value, t[i], -next)));
            value = next;
        }
        doubt[i] = fma(std::fabs(low), p[i], std::fabs(value) * -0x1p-40);
        out[i] = fma(value, scale.high, fma(value, scale.low, low * scale.high));
        if (out_low)
            out_low[i] = fma(value, scale.high, -out[i]) + fma(value, scale.low, low * scale.high);
    }
}

void finish_value(double scale, Block& b, Index n, double* __restrict out,
                  double* __restrict out_low) {
    const double* __restrict x = b.x;
    const double* __restrict rests = b.rest;
    const double* __restrict rests_low = b.rest_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double rest = rests[i], share = 1 - rest;
        const double low = x[i] < 0 ? rests_low[i] : ((1 - share) - rest) - rests_low[i];
        doubt[i] = 0 * rest;
        const double high = x[i] < 0 ? rest : share;
        out[i] = scale * (high + low);
        if (out_low) out_low[i] = (high - out[i]) + low;
    }
}

template <bool even, bool wide>
void product_of_order(int n, DD scale, Block& b, Index count, double* out, double* out_low) {
    const double *product = b.p, *error = b.p_low;
    const Zero *zero = zeros + first_zero(n), *end = zeros + first_zero(n + 1);
    for (; end - zero > 4; zero += 4) {
        four_factors<wide>(zero, product, error, b, count);
        product = b.product, error = b.error;
    }
    switch (end - zero) {
        case 0: return finish<0, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 1: return finish<1, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 2: return finish<2, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        case 3: return finish<3, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
        default: return finish<4, even, wide>(zero, product, error, scale, b, count, out,
                                                 out_low);
    }
}

// The product of any order, for p < 0 as well: p_j - p by the error-free sum, and times a power of
// two that keeps the product in range. Within 2^-14 p of a zero the point is doubtful.
struct Factor {
    double p, p_low, scale;
};

void general_factor(Factor c, Block& b, Index n) {
    const double* __restrict p = b.p;
    const double* __restrict p_low = b.p_low;
    double* __restrict product = b.product;
    double* __restrict error = b.error;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double sum = c.p - p[i], back = sum - c.p;
        const double rest = (c.p - (sum - back)) - (p[i] + back);
        const double f = sum * c.scale, f_low = (rest + (c.p_low - p_low[i])) * c.scale;
        const double next = product[i] * f;
        error[i] = fma(error[i], f, fma(product[i], f_low, fma(product[i], f, -next)));
        product[i] = next;
        const double nearness = fma(p[i], 0x1p-14, -std::fabs(sum));
        doubt[i] = nearness > doubt[i] ? nearness : doubt[i];
    }
}

template <bool even>
void finish_general(DD scale, Block& b, Index n, double* __restrict out, double* __restrict out_low) {
    const double* __restrict product = b.product;
    const double* __restrict error = b.error;
    const double* __restrict t = b.t;
    const double* __restrict t_low = b.t_low;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i], low = error[i];
        if (even) {
            const double next = value * t[i];
            low = fma(low, t[i], fma(value, t_low[i], fma(value, t[i], -next)));
            value = next;
        }
        const double result = fma(value, scale.high, fma(value, scale.low, low * scale.high));
        const double size = std::fabs(result);
        // What overflows or loses digits below the normal numbers is doubtful too; nan is by itself.
        doubt[i] = (size > 0x1p-960) & (size < infinity) ? doubt[i] : not_a_number;
        out[i] = result;
        if (out_low)
            out_low[i] = fma(value, scale.high, -result) + fma(value, scale.low, low * scale.high);
    }
}

// scale p prod_j (p_j - p) balance(p_j) [t]
void general_order(int n, DD scale, Block& b, Index count, double* out, double* out_low = nullptr) {
    std::copy(b.p, b.p + count, b.product);
    std::copy(b.p_low, b.p_low + count, b.error);
    std::fill(b.doubt, b.doubt + count, -1.0);
    for (int j = first_zero(n); j < first_zero(n + 1); ++j)
        general_factor({zeros[j].p, zeros[j].p_low, balance(zeros[j].p)}, b, count);
    n % 2 ? finish_general<false>(scale, b, count, out, out_low)
          : finish_general<true>(scale, b, count, out, out_low);
}

// `scales` halves for even n, because there t is doubled.
DD general_scale(int n, double times) {
    const DD scale = scales().derivative(n);
    const double factor = n % 2 ? times : 2 * times;
    return {scale.high * factor, scale.low * factor};
}

// What multiplies the product of order n >= 1 in all.
DD scale_of_order(int n, double times) {
    if (n > largest_fast_order) return general_scale(n, times);
    const DD factorial = shift(scales().factorial[n], scales().exponent[n] - (n % 2 == 0));
    return {factorial.high * times, factorial.low * times};
}

void one_order(int n, double scale, Block& b, Index count, double* out,
               double* out_low = nullptr) {
    if (n == 0) return finish_value(scale, b, count, out, out_low);
    const DD k = scale_of_order(n, scale);
    if (n > largest_fast_order) return general_order(n, k, b, count, out, out_low);
    const bool wide = n > largest_narrow_order;
    if (n % 2)
        wide ? product_of_order<false, true>(n, k, b, count, out, out_low)
             : product_of_order<false, false>(n, k, b, count, out, out_low);
    else
        wide ? product_of_order<true, true>(n, k, b, count, out, out_low)
             : product_of_order<true, false>(n, k, b, count, out, out_low);
}

double careful(int n, double x, double scale) {
    Scaled value = fermi(n, x);
    value.exponent += std::ilogb(scale);
    return round(value);
}

// Do the doubtful points again.
template <typename Real>
void settle(int n, const Block& b, Index count, double scale, Real* out) {
    std::uint64_t any = 0;
    for (Index i = 0; i < count; ++i) any |= !(b.doubt[i] <= 0);
    if (!any) return;
    for (Index i = 0; i < count; ++i)
        if (!(b.doubt[i] <= 0)) out[i] = static_cast<Real>(careful(n, b.x[i], scale));
}

// What order n of a jet is multiplied by: scale^(n+1), so that 2 gives the derivatives of 2 s(2x).
double scale_of(int n, double scale) { return std::ldexp(1.0, (n + 1) * std::ilogb(scale)); }

void settled_order(int n, double scale, Block& b, Index count, double* out) {
    const Index whole = padded(count);
    one_order(n, scale, b, whole, count == whole ? out : b.r);
    if (count != whole) std::copy(b.r, b.r + count, out);
    settle(n, b, count, scale, out);
}

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
