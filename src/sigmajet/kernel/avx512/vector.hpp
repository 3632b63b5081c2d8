// A few AVX-512 vectors of doubles that take every step side by side: the chain of dependent
// operations of one point is longer than a processor's scheduler.
//
// Fields of V must stay in registers: no aggregates of V are returned, because GCC 12 copies those
// through the stack.
#pragma once

#include <immintrin.h>

#include <type_traits>

#include "../double_double.hpp"
#include "../tables/tables.hpp"

#define SIGMAJET_LANE [&](int i) __attribute__((always_inline)) -> __m512d

namespace sigmajet::SIGMAJET_ISA::avx512 {

constexpr int width = 4, lanes = 8 * width;

struct V {
    __m512d part[width];
};

template <typename Make>
SIGMAJET_INLINE V each(Make make) {
    return {{make(0), make(1), make(2), make(3)}};
}

SIGMAJET_INLINE __m512d lane(const V& a, int i) { return a.part[i]; }
SIGMAJET_INLINE __m512d lane(double a, int) { return _mm512_set1_pd(a); }

template <typename A, typename B>
using IfVector = std::enable_if_t<std::is_same_v<A, V> || std::is_same_v<B, V>, V>;

template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator+(const A& a, const B& b) {
    return each(SIGMAJET_LANE { return lane(a, i) + lane(b, i); });
}
template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator-(const A& a, const B& b) {
    return each(SIGMAJET_LANE { return lane(a, i) - lane(b, i); });
}
template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator*(const A& a, const B& b) {
    return each(SIGMAJET_LANE { return lane(a, i) * lane(b, i); });
}
// a b + c, a b - c, c - a b, -a b - c
template <typename B, typename C>
SIGMAJET_INLINE V fma(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_LANE { return _mm512_fmadd_pd(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fms(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_LANE { return _mm512_fmsub_pd(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fnma(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_LANE { return _mm512_fnmadd_pd(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fnms(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_LANE { return _mm512_fnmsub_pd(a.part[i], lane(b, i), lane(c, i)); });
}
SIGMAJET_INLINE V absolute(const V& a) {
    return each(SIGMAJET_LANE { return _mm512_abs_pd(a.part[i]); });
}
// The least of |a| and |b|
SIGMAJET_INLINE V least(const V& a, const V& b) {
    constexpr int least_absolute_value_made_positive = 0b1010;
    return each(SIGMAJET_LANE {
        return _mm512_range_pd(a.part[i], b.part[i], least_absolute_value_made_positive);
    });
}
// nan stays nan
SIGMAJET_INLINE V no_more_than(double limit, const V& a) {
    return each(SIGMAJET_LANE { return _mm512_min_pd(_mm512_set1_pd(limit), a.part[i]); });
}
// An approximation of 1/a with a relative error below 2^-14
SIGMAJET_INLINE V rough_reciprocal(const V& a) {
    return each(SIGMAJET_LANE { return _mm512_rcp14_pd(a.part[i]); });
}
// 1/(1 + e) to 2^-52 for e >= 0. A division would take longer than the five operations.
SIGMAJET_INLINE V share_of_one(const V& e) {
    const V sum = e + 1.0, guess = rough_reciprocal(sum), error = fnma(sum, guess, 1.0);
    const V better = fma(guess, error, guess);  // guess (1 + error)(1 + error^2) is good to error^4
    return fma(better, error * error, better);
}
// a where x is negative, else b
template <typename A, typename B>
SIGMAJET_INLINE V where_negative(const V& x, const A& a, const B& b) {
    return each(SIGMAJET_LANE {
        const __mmask8 negative = _mm512_movepi64_mask(_mm512_castpd_si512(x.part[i]));
        return _mm512_mask_blend_pd(negative, lane(b, i), lane(a, i));
    });
}
// a where x exceeds the limit, else b
SIGMAJET_INLINE V where_above(const V& x, double limit, const V& a, const V& b) {
    return each(SIGMAJET_LANE {
        const __mmask8 above = _mm512_cmp_pd_mask(x.part[i], _mm512_set1_pd(limit), _CMP_GT_OQ);
        return _mm512_mask_blend_pd(above, b.part[i], a.part[i]);
    });
}
// a with its sign flipped where x is positive
SIGMAJET_INLINE V flip_where_positive(const V& a, const V& x) {
    return each(SIGMAJET_LANE {
        constexpr int a_xor_not_b_and_c = 0xD2;
        return _mm512_castsi512_pd(_mm512_ternarylogic_epi64(
            _mm512_castpd_si512(a.part[i]), _mm512_castpd_si512(x.part[i]),
            _mm512_set1_epi64(static_cast<long long>(1ull << 63)), a_xor_not_b_and_c));
    });
}

SIGMAJET_INLINE V load(const double* from) {
    return each(SIGMAJET_LANE { return _mm512_loadu_pd(from + 8 * i); });
}
SIGMAJET_INLINE V load(const float* from) {
    return each(SIGMAJET_LANE { return _mm512_cvtps_pd(_mm256_loadu_ps(from + 8 * i)); });
}
SIGMAJET_INLINE void store(const V& a, double* to) {
    for (int i = 0; i < width; ++i) _mm512_storeu_pd(to + 8 * i, a.part[i]);
}
SIGMAJET_INLINE void stream(const V& a, double* to) {
    for (int i = 0; i < width; ++i) _mm512_stream_pd(to + 8 * i, a.part[i]);
}
SIGMAJET_INLINE void stream(const V& a, float* to) {
    for (int i = 0; i < width; ++i) _mm256_stream_ps(to + 8 * i, _mm512_cvtpd_ps(a.part[i]));
}
SIGMAJET_INLINE void store(const V& a, float* to) {
    for (int i = 0; i < width; ++i) _mm256_storeu_ps(to + 8 * i, _mm512_cvtpd_ps(a.part[i]));
}

// Which of the points, a bit for each.
using Mask = std::uint32_t;
constexpr Mask all_points = ~Mask{0};

template <int comparison, typename B>
SIGMAJET_INLINE Mask compare(const V& a, const B& b) {
    Mask result = 0;
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i)
        result |= Mask{_mm512_cmp_pd_mask(a.part[i], lane(b, i), comparison)} << (8 * i);
    return result;
}
// False for nan.
template <typename B>
SIGMAJET_INLINE Mask operator<(const V& a, const B& b) {
    return compare<_CMP_LT_OQ>(a, b);
}
template <typename B>
SIGMAJET_INLINE Mask operator>(const V& a, const B& b) {
    return compare<_CMP_GT_OQ>(a, b);
}

// The greatest of the |a[i]|, nan above infinity, and the least of numbers: one vector for all.
SIGMAJET_INLINE __m512d greatest(const V& a) {
    __m512i result = _mm512_castpd_si512(a.part[0]);
#pragma GCC unroll 4
    for (int i = 1; i < width; ++i)
        result = _mm512_max_epu64(result, _mm512_castpd_si512(a.part[i]));
    return _mm512_castsi512_pd(result);
}
SIGMAJET_INLINE __m512d least(const V& a) {
    __m512d result = a.part[0];
#pragma GCC unroll 4
    for (int i = 1; i < width; ++i) result = _mm512_min_pd(result, a.part[i]);
    return result;
}
SIGMAJET_INLINE bool all_below(const __m512d& a, double b) {
    return _mm512_cmp_pd_mask(a, _mm512_set1_pd(b), _CMP_LT_OQ) == 0xFF;
}
SIGMAJET_INLINE bool all_above(const __m512d& a, double b) {
    return _mm512_cmp_pd_mask(a, _mm512_set1_pd(b), _CMP_GT_OQ) == 0xFF;
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

}  // namespace sigmajet::SIGMAJET_ISA::avx512
