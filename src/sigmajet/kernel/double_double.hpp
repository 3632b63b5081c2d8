// Double-double arithmetic: a number as the unevaluated sum of two doubles, about 104 bits.
//
// Error-free transformations after Dekker (1971) and Knuth; product and quotient after Joldes,
// Muller and Popescu, ACM TOMS 44 (2017). Compile with -ffp-contract=off: a contraction that the
// source does not ask for breaks them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// Loops vectorise only where all that they call is inlined, in however large a unit.
#define SIGMAJET_INLINE inline __attribute__((always_inline))

namespace sigmajet::SIGMAJET_ISA {

struct DD {
    double high, low;
};

SIGMAJET_INLINE double from_bits(std::uint64_t bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

SIGMAJET_INLINE std::uint64_t to_bits(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

// a + b exactly, if |a| >= |b| or a = 0.
SIGMAJET_INLINE DD fast_two_sum(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
}

SIGMAJET_INLINE DD two_sum(double a, double b) {
    const double s = a + b, c = s - a;
    return {s, (a - (s - c)) + (b - c)};
}

#if defined(__FP_FAST_FMA) || defined(__FMA__) || defined(__aarch64__)
SIGMAJET_INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
SIGMAJET_INLINE DD two_product(double a, double b) {
    const double p = a * b;
    return {p, fma(a, b, -p)};
}
#else
// Without the instruction: Dekker's product. The halves come from cutting off bits, which unlike his
// multiplication by 2^27 + 1 cannot overflow; a lower half has 27 bits, so that the product of both may lose
// the last of its 54, 2^-106 of the result. Nothing may underflow.
SIGMAJET_INLINE double upper_half(double a) { return from_bits(to_bits(a) & ~0x7ffffffull); }
SIGMAJET_INLINE DD two_product(double a, double b) {
    const double a1 = upper_half(a), a2 = a - a1, b1 = upper_half(b), b2 = b - b1, p = a * b;
    return {p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)};
}
// Rounds twice, which the kernel's error bounds cover.
SIGMAJET_INLINE double fma(double a, double b, double c) {
    const DD p = two_product(a, b), s = two_sum(p.high, c);
    return s.high + (s.low + p.low);
}
#endif

SIGMAJET_INLINE DD operator-(DD a) { return {-a.high, -a.low}; }

SIGMAJET_INLINE DD operator+(DD a, DD b) {
    const DD s = two_sum(a.high, b.high), t = two_sum(a.low, b.low);
    const DD u = fast_two_sum(s.high, s.low + t.high);
    return fast_two_sum(u.high, u.low + t.low);
}

SIGMAJET_INLINE DD operator-(DD a, DD b) { return a + -b; }

SIGMAJET_INLINE DD operator*(DD a, DD b) {
    const DD p = two_product(a.high, b.high);
    return fast_two_sum(p.high, p.low + fma(a.high, b.low, a.low * b.high));
}

SIGMAJET_INLINE DD operator*(DD a, double b) {
    const DD p = two_product(a.high, b);
    return fast_two_sum(p.high, fma(a.low, b, p.low));
}

SIGMAJET_INLINE DD operator/(DD a, DD b) {
    const double q = a.high / b.high;
    const DD r = a - b * q;
    return fast_two_sum(q, r.high / b.high);
}

}  // namespace sigmajet::SIGMAJET_ISA
