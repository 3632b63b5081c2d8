// A few vectors of doubles that take every step side by side: the chain of dependent operations of one
// point is longer than a processor's scheduler. What differs between instruction sets is in avx512.hpp,
// avx2.hpp and neon.hpp: a register `Part` of `per_part` doubles, how many make a V, and what one instruction does.
//
// Fields of V must stay in registers: no aggregates of V are returned, because GCC 12 copies those
// through the stack.
#pragma once

#if !defined(__aarch64__)
#include <immintrin.h>
#endif

#include <type_traits>
#include <utility>

#include "../sigmoid.hpp"

#define SIGMAJET_PART [&](int i) __attribute__((always_inline)) -> Part

#if defined(__AVX512F__)
#include "avx512.hpp"
#elif defined(__aarch64__)
#include "pairs.hpp"
#include "neon.hpp"
#else
#include "pairs.hpp"
#include "avx2.hpp"
#endif

namespace sigmajet::SIGMAJET_ISA::vectors {

constexpr int lanes = per_part * width;

struct V {
    Part part[width];
};

template <typename Make, int... i>
SIGMAJET_INLINE V each_of(Make make, std::integer_sequence<int, i...>) {
    return {{make(i)...}};
}
template <typename Make>
SIGMAJET_INLINE V each(Make make) {
    return each_of(make, std::make_integer_sequence<int, width>());
}

SIGMAJET_INLINE Part lane(const V& a, int i) { return a.part[i]; }
SIGMAJET_INLINE Part lane(double a, int) { return everywhere(a); }

template <typename A, typename B>
using IfVector = std::enable_if_t<std::is_same_v<A, V> || std::is_same_v<B, V>, V>;

template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator+(const A& a, const B& b) {
    return each(SIGMAJET_PART { return lane(a, i) + lane(b, i); });
}
template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator-(const A& a, const B& b) {
    return each(SIGMAJET_PART { return lane(a, i) - lane(b, i); });
}
template <typename A, typename B>
SIGMAJET_INLINE IfVector<A, B> operator*(const A& a, const B& b) {
    return each(SIGMAJET_PART { return lane(a, i) * lane(b, i); });
}
// a b + c, a b - c, c - a b, -a b - c
template <typename B, typename C>
SIGMAJET_INLINE V fma(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_PART { return fmadd(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fms(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_PART { return fmsub(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fnma(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_PART { return fnmadd(a.part[i], lane(b, i), lane(c, i)); });
}
template <typename B, typename C>
SIGMAJET_INLINE V fnms(const V& a, const B& b, const C& c) {
    return each(SIGMAJET_PART { return fnmsub(a.part[i], lane(b, i), lane(c, i)); });
}
SIGMAJET_INLINE V absolute(const V& a) {
    return each(SIGMAJET_PART { return absolute(a.part[i]); });
}
// The least of |a| and |b|
SIGMAJET_INLINE V least(const V& a, const V& b) {
    return each(SIGMAJET_PART { return least_size(a.part[i], b.part[i]); });
}
// nan stays nan
SIGMAJET_INLINE V no_more_than(double limit, const V& a) {
    return each(SIGMAJET_PART { return lesser(everywhere(limit), a.part[i]); });
}
// top/(1 + e), top 1 or 2, to 2^-52 for e >= 0
SIGMAJET_INLINE V share_of(double top, const V& e) {
    const V sum = e + 1.0;
    if constexpr (exact_reciprocal) return each(SIGMAJET_PART { return everywhere(top) / sum.part[i]; });
    const V guess = each(SIGMAJET_PART { return reciprocal(sum.part[i]); });
    const V error = fnma(sum, guess, 1.0), first = top == 1 ? guess : guess + guess;
    const V better = fma(first, error, first);  // guess (1 + error)(1 + error^2) is good to error^4
    return fma(better, error * error, better);
}
// a where x is negative, else b
template <typename A, typename B>
SIGMAJET_INLINE V where_negative(const V& x, const A& a, const B& b) {
    return each(SIGMAJET_PART { return select_negative(x.part[i], lane(a, i), lane(b, i)); });
}
// a where x exceeds the limit, else b
SIGMAJET_INLINE V where_above(const V& x, double limit, const V& a, const V& b) {
    return each(SIGMAJET_PART {
        return select_above(x.part[i], everywhere(limit), a.part[i], b.part[i]);
    });
}
// a with its sign flipped where x is positive
SIGMAJET_INLINE V flip_where_positive(const V& a, const V& x) {
    return each(SIGMAJET_PART { return flip_where_positive(a.part[i], x.part[i]); });
}

template <typename Real>
SIGMAJET_INLINE V load(const Real* from) {
    return each(SIGMAJET_PART { return load_part(from + per_part * i); });
}
template <typename Real>
SIGMAJET_INLINE void store(const V& a, Real* to) {
    for (int i = 0; i < width; ++i) store_part(a.part[i], to + per_part * i);
}
// Past the caches; `to` is the place of a whole part.
template <typename Real>
SIGMAJET_INLINE void stream(const V& a, Real* to) {
    for (int i = 0; i < width; ++i) stream_part(a.part[i], to + per_part * i);
}

// Which of the points, a bit for each.
using Mask = std::uint32_t;
constexpr Mask all_points = ~Mask{0};

// False for nan.
template <typename B>
SIGMAJET_INLINE Mask operator<(const V& a, const B& b) {
    Mask result = 0;
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) result |= below(a.part[i], lane(b, i)) << (per_part * i);
    return result;
}
template <typename B>
SIGMAJET_INLINE Mask operator>(const V& a, const B& b) {
    Mask result = 0;
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) result |= below(lane(b, i), a.part[i]) << (per_part * i);
    return result;
}
// Of numbers >= 0 or nan: whether all are below the limit
SIGMAJET_INLINE bool all_below(const V& a, double limit) {
    Part result = a.part[0];
#pragma GCC unroll 4
    for (int i = 1; i < width; ++i) result = greater_or_nan(result, a.part[i]);
    return below(result, everywhere(limit)) == whole_part;
}
// Of numbers: whether all are above it
SIGMAJET_INLINE bool all_above(const V& a, double limit) {
    Part result = a.part[0];
#pragma GCC unroll 4
    for (int i = 1; i < width; ++i) result = lesser(result, a.part[i]);
    return below(everywhere(limit), result) == whole_part;
}

// 2^(k/powers_per_octave) = power (1 + rest), k the integer in the low bits of `up`
SIGMAJET_INLINE void look_up(const Powers& table, const V& up, V& power, V& rest) {
#pragma GCC unroll 4
    for (int i = 0; i < width; ++i) look_up_part(table, up.part[i], power.part[i], rest.part[i]);
}

// Made at the first call: other processors must not run a line of this at import.
inline const Powers& power_table() {
    static const Powers instance;
    return instance;
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
