// s^(n)(x)/n! for orders whose zeros no table holds. s has simple poles of residue 1 at i pi (2k + 1), hence
//
//   s^(n)(x)/n! = (-1)^n 2 Re sum_k (x - i pi (2k + 1))^-(n+1),  k = 0, 1, ...
//
// In two words the error is 2^-90 of the first term. Zeros are where the real part of the first term is small:
// beside them the sum is taken again with 256 bits. A zero is simple, and doubles come no nearer to one than
// about 2^-64 of its size, which leaves 2^-130 of the first term; the words of pi reach to 2^-210.
#pragma once

#include "complex_power.hpp"
#include "wide.hpp"

namespace sigmajet::SIGMAJET_ISA {

constexpr double pi_words[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, -0x1.f1976b7ed8fbcp-109,
                               0x1.4cf98e804177dp-163};

// What the sum needs to know of its two kinds of numbers: a number from a double, pi, 1/a, and the bits that count.
struct InTwoWords {
    using Number = DD;
    static constexpr double bits = 110;
    static DD number(double a) { return {a, 0}; }
    static DD pi() { return {pi_words[0], pi_words[1]}; }
    static DD inverse(DD a) { return DD{1, 0} / a; }
    static Scaled scaled(DD a) { return {a, 0}; }
};
struct InWide {
    using Number = Wide;
    static constexpr double bits = 210;
    static Wide number(double a) { return Wide(a); }
    static Wide pi() {
        return Wide(pi_words[0]) + Wide(pi_words[1]) + Wide(pi_words[2]) + Wide(pi_words[3]);
    }
    static Wide inverse(const Wide& a) { return SIGMAJET_ISA::inverse(a); }
    static Scaled scaled(const Wide& a) { return a.scaled(); }
};

// The sum times 2^(scale (n+1)), which keeps the powers near 1, and the size of its first term.
template <typename In>
inline Scaled sum_over_poles(int n, double a, int scale, double& first) {
    using Number = typename In::Number;
    const Number unit = In::number(power_of_two(scale));
    Number sum = In::number(0);
    double nearest = 0;  // |x - i pi|^2
    for (int k = 0;; ++k) {
        const Number point = In::number(a), y = In::pi() * In::number(2 * k + 1), size = point * point + y * y;
        const double distance = a * a + pi_words[0] * pi_words[0] * (2 * k + 1) * (2 * k + 1);
        if (k == 0) nearest = distance;
        if (0.5 * (n + 1) * std::log2(distance / nearest) > In::bits) return In::scaled(sum);
        const Number inverse = In::inverse(size) * unit;
        Number real = point * inverse, imaginary = y * inverse;  // 2^scale/(a - i y)
        raise(n + 1, real, imaginary);
        if (k == 0) {
            const Scaled re = In::scaled(real), im = In::scaled(imaginary);
            first = std::fabs(std::ldexp(re.value.high, re.exponent)) + std::fabs(std::ldexp(im.value.high, im.exponent));
        }
        sum = sum + real;
    }
}

inline Scaled taylor_by_poles(int n, double x) {
    const double a = std::fabs(x);
    if (std::isnan(x)) return {{x, 0}, 0};
    const bool odd = n % 2 == 0;
    if (odd && a == 0) return signed_zero((n / 2 % 2 == 1) != std::signbit(x));
    if (a > 60) return signed_zero(odd && x > 0);  // below 60^-202
    const int scale = std::ilogb(std::hypot(a, pi_words[0]));
    double first = 0;
    Scaled sum = sum_over_poles<InTwoWords>(n, a, scale, first);
    // 2^-90 of the first term is then 2^-58 of the sum.
    if (std::fabs(sum.value.high) < 0x1p-32 * first) sum = sum_over_poles<InWide>(n, a, scale, first);
    // s^(n) is even for odd n and odd for even n >= 2
    const bool flip = (n % 2 == 1) != (n % 2 == 0 && x < 0);
    return {flip ? -sum.value : sum.value, sum.exponent + 1 - scale * (n + 1)};
}

}  // namespace sigmajet::SIGMAJET_ISA
