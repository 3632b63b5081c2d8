// Double-double arithmetic: a number as the unevaluated sum of two doubles, about 104 bits.
//
// Error-free transformations after Dekker (1971) and Knuth; product and quotient after Joldes,
// Muller and Popescu, ACM TOMS 44 (2017). Compile with -ffp-contract=off: a contraction that the
// source does not ask for breaks them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace sigmajet::SIGMAJET_ISA {

struct DD {
    double high, low;
};

inline double from_bits(std::uint64_t bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline std::uint64_t to_bits(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

// a + b exactly, if |a| >= |b| or a = 0.
inline DD fast_two_sum(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
}

inline DD two_sum(double a, double b) {
    const double s = a + b, c = s - a;
    return {s, (a - (s - c)) + (b - c)};
}

#if defined(__FP_FAST_FMA) || defined(__FMA__) || defined(__aarch64__)
inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline DD two_product(double a, double b) {
    const double p = a * b;
    return {p, fma(a, b, -p)};
}
#else
// Without the instruction: Dekker's product, exact while |a|, |b| < 2^970 and nothing underflows.
inline DD two_product(double a, double b) {
    constexpr double splitter = 134217729;  // 2^27 + 1
    const double s = splitter * a, t = splitter * b;
    const double a1 = s - (s - a), a2 = a - a1, b1 = t - (t - b), b2 = b - b1, p = a * b;
    return {p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)};
}
// Rounds twice, which the kernel's error bounds cover.
inline double fma(double a, double b, double c) {
    const DD p = two_product(a, b), s = two_sum(p.high, c);
    return s.high + (s.low + p.low);
}
#endif

inline DD operator-(DD a) { return {-a.high, -a.low}; }

inline DD operator+(DD a, DD b) {
    const DD s = two_sum(a.high, b.high), t = two_sum(a.low, b.low);
    const DD u = fast_two_sum(s.high, s.low + t.high);
    return fast_two_sum(u.high, u.low + t.low);
}

inline DD operator-(DD a, DD b) { return a + -b; }

inline DD operator*(DD a, DD b) {
    const DD p = two_product(a.high, b.high);
    return fast_two_sum(p.high, p.low + fma(a.high, b.low, a.low * b.high));
}

inline DD operator*(DD a, double b) {
    const DD p = two_product(a.high, b);
    return fast_two_sum(p.high, fma(a.low, b, p.low));
}

inline DD operator/(DD a, DD b) {
    const double q = a.high / b.high;
    const DD r = a - b * q;
    return fast_two_sum(q, r.high / b.high);
}

}  // namespace sigmajet::SIGMAJET_ISA
