// s^(n), n <= 16, over arrays with AVX-512: fewer operations than in sigmoid_loops.cpp,
// because 2^-64 instead of 2^-69 is enough away from zeros; the other points are left to the caller.
//
//   e = exp(-|x|),  rest = e/(1 + e),  t = 1 - 2 rest,  p = rest - rest^2
//
// * e = T (1 + q), T one of 16 powers of two, is a double-double good to 2^-64.
// * rest = g + l with g a multiple of 2^-53. Then t = 1 - 2g - 2l, the first difference exact, and
//   p + 1/2 = grid + off, grid the multiple of 2^-53 in [1/2, 3/4] nearest to g - g^2 + 1/2. So
//   p_j - p = (shifted_j - grid) + (below_j - off), again with an exact first difference.
// * Products carry their error as in sigmoid_loops.cpp.
//
// An error of 2^-64 in e becomes |s^(n+1)/s^(n)| 2^-64 in the result. below_j - off >= 2^-54, so
// that the carried error grows beside a zero: where it exceeds 2^-44/p of the product (within
// about 2^-9 of a zero) the point is left to the caller, as it is in the far tail, for nan and, if n
// is even, near x = 0.
//
// The chain of dependent operations of one point is longer than the processor's scheduler, so
// `width` vectors take every step side by side. Fields of V must stay in registers: no aggregates
// of V are returned, because GCC 12 copies those through the stack.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <vector>

#include "sigmoid.hpp"
#include "sigmoid_loops.hpp"

#define SIGMAJET_INLINE inline __attribute__((always_inline))

#define SIGMAJET_LANE [&](int i) __attribute__((always_inline)) -> __m512d

namespace sigmajet::SIGMAJET_ISA::avx512 {

// Beyond it the products of two low words count, because p_j falls below 2^-15.
constexpr int largest_order = 16;
constexpr int width = 4, lanes = 8 * width;

struct V {
    __m512d part[width];
};

template <typename Make>
SIGMAJET_INLINE V each(Make make) {
    return {{make(0), make(1), make(2), make(3)}};
}

// One function of V for each shape of its arguments.
SIGMAJET_INLINE V fma(const V& a, const V& b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fmadd_pd(a.part[i], b.part[i], c.part[i]); });
}
SIGMAJET_INLINE V fma(const V& a, const V& b, double c) {
    return each(SIGMAJET_LANE { return _mm512_fmadd_pd(a.part[i], b.part[i], _mm512_set1_pd(c)); });
}
SIGMAJET_INLINE V fma(const V& a, double b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fmadd_pd(a.part[i], _mm512_set1_pd(b), c.part[i]); });
}
SIGMAJET_INLINE V fma(const V& a, double b, double c) {
    return each(SIGMAJET_LANE {
        return _mm512_fmadd_pd(a.part[i], _mm512_set1_pd(b), _mm512_set1_pd(c));
    });
}
// c - a b, a b - c, -a b - c
SIGMAJET_INLINE V fnma(const V& a, const V& b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fnmadd_pd(a.part[i], b.part[i], c.part[i]); });
}
SIGMAJET_INLINE V fnma(const V& a, const V& b, double c) {
    return each(
        SIGMAJET_LANE { return _mm512_fnmadd_pd(a.part[i], b.part[i], _mm512_set1_pd(c)); });
}
SIGMAJET_INLINE V fms(const V& a, double b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fmsub_pd(a.part[i], _mm512_set1_pd(b), c.part[i]); });
}
SIGMAJET_INLINE V fms(const V& a, const V& b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fmsub_pd(a.part[i], b.part[i], c.part[i]); });
}
SIGMAJET_INLINE V fnms(const V& a, double b, const V& c) {
    return each(SIGMAJET_LANE { return _mm512_fnmsub_pd(a.part[i], _mm512_set1_pd(b), c.part[i]); });
}
SIGMAJET_INLINE V operator+(const V& a, const V& b) {
    return each(SIGMAJET_LANE { return a.part[i] + b.part[i]; });
}
SIGMAJET_INLINE V operator+(const V& a, double b) {
    return each(SIGMAJET_LANE { return a.part[i] + _mm512_set1_pd(b); });
}
SIGMAJET_INLINE V operator-(const V& a, const V& b) {
    return each(SIGMAJET_LANE { return a.part[i] - b.part[i]; });
}
SIGMAJET_INLINE V operator-(const V& a, double b) {
    return each(SIGMAJET_LANE { return a.part[i] - _mm512_set1_pd(b); });
}
SIGMAJET_INLINE V operator*(const V& a, const V& b) {
    return each(SIGMAJET_LANE { return a.part[i] * b.part[i]; });
}
SIGMAJET_INLINE V operator*(const V& a, double b) {
    return each(SIGMAJET_LANE { return a.part[i] * _mm512_set1_pd(b); });
}
SIGMAJET_INLINE V operator-(double a, const V& b) {
    return each(SIGMAJET_LANE { return _mm512_set1_pd(a) - b.part[i]; });
}
// To 2^-52, by Newton's iteration: the division is not pipelined.
SIGMAJET_INLINE V reciprocal(const V& a) {
    const V guess = each(SIGMAJET_LANE {
        return _mm512_rcp14_pd(a.part[i]);
    });
    const V error = fnma(a, guess, 1.0), better = fma(guess, fma(error, error, error), guess);
    return fma(better, fnma(a, better, 1.0), better);
}
SIGMAJET_INLINE V absolute(const V& a) {
    return each(SIGMAJET_LANE { return _mm512_abs_pd(a.part[i]); });
}
SIGMAJET_INLINE V load(const double* from) {
    return each(SIGMAJET_LANE { return _mm512_loadu_pd(from + 8 * i); });
}
SIGMAJET_INLINE void store(const V& a, double* to) {
    for (int i = 0; i < width; ++i) _mm512_storeu_pd(to + 8 * i, a.part[i]);
}
// table[k mod 16], k the integer in the low bits
SIGMAJET_INLINE V look_up(const double* table, const V& k) {
    const __m512d lower = _mm512_load_pd(table), upper = _mm512_load_pd(table + 8);
    return each(SIGMAJET_LANE {
        return _mm512_permutex2var_pd(lower, _mm512_castpd_si512(k.part[i]), upper);
    });
}
// The bits of a plus k 2^48
SIGMAJET_INLINE V add_sixteenths(const V& a, const V& k) {
    return each(SIGMAJET_LANE {
        const __m512i shifted = _mm512_slli_epi64(_mm512_castpd_si512(k.part[i]), 48);
        return _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(a.part[i]), shifted));
    });
}

// 2^(i/16) = (power + i 2^48 on its bits) (1 + rest)
struct Sixteenths {
    alignas(64) double power[16], rest[16];
    Sixteenths() {
        for (std::uint64_t i = 0; i < 16; ++i) {
            power[i] = from_bits(power_bits[2 * i]);
            rest[i] = power_rest[2 * i];
        }
    }
};
// Made at the first call: other processors must not run a line of this at import.
inline const Sixteenths& sixteenths() {
    static const Sixteenths instance;
    return instance;
}

// What all orders share.
struct Points {
    V x, a, g, l, t, grid, off;
    V lost;  // what l rounds off, which counts where all of p is below the grid
};

SIGMAJET_INLINE void prepare(const Sixteenths& sixteenths, const double* from, Points& at) {
    constexpr double per_unit = powers_per_unit / 2, step = 2 * log_step, step_low = 2 * log_step_low;
    at.x = load(from), at.a = absolute(at.x);
    const V up = fma(at.a, -per_unit, magic), k = up - magic, r = fnms(k, step, at.a);
    const V power = add_sixteenths(look_up(sixteenths.power, up), up);
    const V r_low = fma(k, -step_low, look_up(sixteenths.rest, up));
    // (exp(r) - 1 - r)/r^2 at six Chebyshev points of |r| <= log(2)/32: r^2 times its error < 2^-64
    const V series =
        fma(r, fma(r, fma(r, fma(r, fma(r, 0x1.a01b0c3c80bbcp-13, 0x1.6c17ed5c1f49ep-10),
                                 0x1.11111110e1059p-7), 0x1.55555554e93b7p-5),
                   0x1.5555555555556p-3), 0.5);
    const V square = r * r, curve = square * series;
    const V e = fma(power, fma(square, series, r), power);
    const V e_low = fma(e, r_low, fma(power, curve, fma(power, r, power - e)));
    const V inverse = reciprocal(e + 1.0);
    at.g = fma(e, inverse, 0.75) - 0.75;
    const V residual = fnma(at.g, e, e - at.g), full = fma(e_low, inverse, residual);
    at.l = full * inverse;
    at.lost = fma(e_low, inverse, residual - full);
    at.t = fma(at.g, -2.0, 1.0);
    const V half = at.g + 0.5;
    at.grid = fnma(at.g, at.g, half);
    at.off = fma(at.l, at.t, fnma(at.g, at.g, half - at.grid));
}

// s^(n) is scale * p prod_j (p_j - p) [t].
struct Order {
    int n, factors;
    double scale, shifted[largest_order / 2], below[largest_order / 2];
    Order(int order, double times)
        : n(order), factors(first_zero(n + 1) - first_zero(n)),
          scale(std::ldexp(scales().factorial[n].high,
                           scales().exponent[n] - (n > 0 && n % 2 == 0)) * times) {
        for (int j = 0; j < factors; ++j) {
            const Zero& zero = zeros[first_zero(n) + j];
            const double c = (std::floor(zero.p * 0x1p53) - 1) * 0x1p-53;
            shifted[j] = 0.5 + c, below[j] = (zero.p - c) + zero.p_low;
        }
    }
};

// Which points are good, a bit for each.
using Good = std::uint32_t;
constexpr Good all_good = ~Good{0};

SIGMAJET_INLINE Good value(const Points& at, double scale, V& result) {
    const V rest = at.g + at.l, share = 1.0 - rest;
    Good good = 0;
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) {
        const __mmask8 left = _mm512_movepi64_mask(_mm512_castpd_si512(at.x.part[i]));
        result.part[i] = _mm512_mask_blend_pd(left, share.part[i], rest.part[i]) * _mm512_set1_pd(scale);
        const __mmask8 near = _mm512_cmp_pd_mask(at.a.part[i], _mm512_set1_pd(tail), _CMP_LT_OQ);
        good |= Good{near} << (8 * i);
    }
    return good;
}

template <bool even, bool zeros>
SIGMAJET_INLINE Good derivative(const Points& at, const Order& order, V& result) {
    V product, low;
    if (zeros) {
        product = order.shifted[0] - at.grid, low = order.below[0] - at.off;
        for (int j = 1; j < order.factors; ++j) {
            const V f = order.shifted[j] - at.grid, f_low = order.below[j] - at.off;
            const V next = product * f;
            low = fma(low, f, fma(product, f_low, fms(product, f, next)));
            product = next;
        }
    }
    if (even && zeros) {
        const V next = product * at.t;
        low = fma(low, at.t, fma(product, at.l * -2.0, fms(product, at.t, next)));
        product = next;
    } else if (even) {
        product = at.t, low = at.l * -2.0;
    }
    const V p = at.grid - 0.5, off = at.off * order.scale, scaled = fma(p, order.scale, off);
    V error, doubt, bound;
    result = scaled;
    if (even || zeros) {
        const V rounded = fma(at.lost, order.scale, fms(p, order.scale, scaled) + off);
        error = fma(product, rounded, low * scaled), result = fma(product, scaled, error);
    }
    if (zeros) doubt = absolute(error * (p * 0x1p44)), bound = absolute(result);
    const __m512i sign_bits = _mm512_set1_epi64(static_cast<long long>(1ull << 63));
    Good good = 0;
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) {
        __mmask8 fine = _mm512_cmp_pd_mask(at.a.part[i], _mm512_set1_pd(tail), _CMP_LT_OQ);
        if (zeros) fine = _mm512_mask_cmp_pd_mask(fine, doubt.part[i], bound.part[i], _CMP_LE_OQ);
        if (even) {
            fine = _mm512_mask_cmp_pd_mask(fine, at.a.part[i], _mm512_set1_pd(0x1p-9), _CMP_GT_OQ);
            constexpr int a_xor_not_b_and_c = 0xD2;  // the sign is opposite to that of x
            result.part[i] = _mm512_castsi512_pd(_mm512_ternarylogic_epi64(
                _mm512_castpd_si512(result.part[i]), _mm512_castpd_si512(at.x.part[i]), sign_bits,
                a_xor_not_b_and_c));
        }
        good |= Good{fine} << (8 * i);
    }
    return good;
}

// Order n to out + n * stride; what is left goes to careful(n, x, count, scale, out), for at most
// `block` points at a time.
template <typename Careful>
class Writer {
   public:
    Writer(double* out, Index stride, double scale, Careful careful)
        : out_(out), stride_(stride), scale_(scale), careful_(careful) {}

    // The results of order n from place i on, of which `count` are wanted. The points are noted first:
    // `out` may be the very array that they come from.
    SIGMAJET_INLINE void write(int n, const V& results, Good good, const double* x, Index i,
                               Index count) {
        if (count < lanes) good |= all_good << count;
        if (__builtin_expect(good != all_good, 0)) note(n, ~good, x, i);
        if (count == lanes) {
            store(results, out_ + n * stride_ + i);
        } else {
            double whole[lanes];
            store(results, whole);
            std::copy(whole, whole + count, out_ + n * stride_ + i);
        }
        if (__builtin_expect(left_ > room - lanes, 0)) finish();
    }

    __attribute__((noinline)) void finish() {
        double x[block], again[block];
        Index place[block];
        while (left_ > 0) {
            const int n = n_[0];
            int chosen = 0, kept = 0;
            for (int k = 0; k < left_; ++k)
                if (n_[k] == n && chosen < block)
                    x[chosen] = x_[k], place[chosen] = place_[k], ++chosen;
                else
                    n_[kept] = n_[k], x_[kept] = x_[k], place_[kept] = place_[k], ++kept;
            left_ = kept;
            careful_(n, x, chosen, scale_, again);
            for (int k = 0; k < chosen; ++k) out_[place[k]] = again[k];
        }
    }

   private:
    __attribute__((noinline)) void note(int n, Good bad, const double* x, Index i) {
        for (; bad; bad &= bad - 1, ++left_) {
            const int k = __builtin_ctz(bad);
            n_[left_] = n, x_[left_] = x[k], place_[left_] = n * stride_ + i + k;
        }
    }

    static constexpr int room = 1024;
    double* out_;
    Index stride_;
    double scale_;
    Careful careful_;
    int left_ = 0, n_[room];
    double x_[room];
    Index place_[room];
};

// body(points, from, i, count) for `lanes` points at a time, of which `count` are there.
template <typename Body>
SIGMAJET_INLINE void in_groups(const double* x, Index count, Body body) {
    const Sixteenths& powers = sixteenths();
    Points at;
    Index i = 0;
    for (; i + lanes <= count; i += lanes) {
        prepare(powers, x + i, at);
        body(at, x + i, i, lanes);
    }
    if (i == count) return;
    double whole[lanes] = {};
    std::copy(x + i, x + count, whole);
    prepare(powers, whole, at);
    body(at, whole, i, count - i);
}

template <bool even, bool zeros, typename Careful>
void one_derivative(int n, const double* x, Index count, double scale, double* out,
                    Careful careful) {
    const Order order(n, scale);
    Writer<Careful> writer(out, 0, scale, careful);
    in_groups(x, count, [&](const Points& at, const double* from, Index i, Index here)
                  __attribute__((always_inline)) {
        V result;
        const Good good = derivative<even, zeros>(at, order, result);
        writer.write(n, result, good, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void sigmoid(int n, const double* x, Index count, double scale, double* out, Careful careful) {
    if (n > 2)
        return n % 2 ? one_derivative<false, true>(n, x, count, scale, out, careful)
                     : one_derivative<true, true>(n, x, count, scale, out, careful);
    if (n > 0)
        return n % 2 ? one_derivative<false, false>(n, x, count, scale, out, careful)
                     : one_derivative<true, false>(n, x, count, scale, out, careful);
    Writer<Careful> writer(out, 0, scale, careful);
    in_groups(x, count, [&](const Points& at, const double* from, Index i, Index here)
                  __attribute__((always_inline)) {
        V result;
        const Good good = value(at, scale, result);
        writer.write(0, result, good, from, i, here);
    });
    writer.finish();
}

template <typename Careful>
void jet(int largest, const double* x, Index count, double* out, Index stride, Careful careful) {
    std::vector<Order> orders;
    for (int n = 0; n <= largest; ++n) orders.emplace_back(n, 1);
    Writer<Careful> writer(out, stride, 1, careful);
    in_groups(x, count, [&](const Points& at, const double* from, Index i, Index here) {
        V result;
        Good good = value(at, 1, result);
        writer.write(0, result, good, from, i, here);
        for (int n = 1; n <= largest; ++n) {
            if (n > 2)
                good = n % 2 ? derivative<false, true>(at, orders[n], result)
                             : derivative<true, true>(at, orders[n], result);
            else
                good = n % 2 ? derivative<false, false>(at, orders[n], result)
                             : derivative<true, false>(at, orders[n], result);
            writer.write(n, result, good, from, i, here);
        }
    });
    writer.finish();
}

}  // namespace sigmajet::SIGMAJET_ISA::avx512

#undef SIGMAJET_LANE
#undef SIGMAJET_INLINE
