// s^(n) at one real or complex point with 256 bits, for functions made of several orders that cancel beside zeros which
// no table holds (silu, swish, mish).
//
// The product of ../sigmoid.hpp. The p_j come from the three words of x_j, so that they are good to 2^-159 x_j; the
// exponential is good to 2^-200. A zero is simple, and doubles come no nearer to one than about 2^-64 of its size.
#pragma once

#include "complex_power.hpp"
#include "wide.hpp"

namespace sigmajet::SIGMAJET_ISA {

// exp(-a) for 0 <= a <= tail: 2^k exp(r) with |r| <= log(2)/2, and exp(r) = exp(r/256)^256 by 18 terms of its series, whose
// coefficients times 18! are integers below 2^53.
inline Wide wide_exponential(const Wide& a) {
    constexpr double log_2_words[] = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0x1.7b57a079a1934p-111,
                                      -0x1.ace93a4ebe5d1p-165};
    constexpr int terms = 18, halvings = 8;
    static const Wide over_factorial = inverse(Wide(6402373705728000.0));
    Wide log_2 = 0;
    for (const double word : log_2_words) log_2 = log_2 + Wide(word);
    const Scaled size = a.scaled();
    const double k = std::nearbyint(std::ldexp(size.value.high, size.exponent) / log_2_words[0]);
    const Wide r = (Wide(k) * log_2 - a) * Wide(power_of_two(-halvings));
    Wide sum = 1;
    double coefficient = 1;  // 18!/i!
    for (int i = terms; i > 0; --i) coefficient *= i, sum = sum * r + Wide(coefficient);
    sum = sum * over_factorial;
    for (int i = 0; i < halvings; ++i) sum = sum * sum;
    return sum * Wide(power_of_two(-static_cast<int>(k)));
}

struct ComplexWide {
    Wide real, imaginary;
    ComplexWide(const Wide& a, const Wide& b = 0) : real(a), imaginary(b) {}

    friend ComplexWide operator+(const ComplexWide& a, const ComplexWide& b) {
        return {a.real + b.real, a.imaginary + b.imaginary};
    }
    friend ComplexWide operator-(const ComplexWide& a, const ComplexWide& b) {
        return {a.real - b.real, a.imaginary - b.imaginary};
    }
    friend ComplexWide operator*(const ComplexWide& a, const ComplexWide& b) {
        return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
    }
};

inline ComplexWide inverse(const ComplexWide& a) {
    const Wide share = inverse(a.real * a.real + a.imaginary * a.imaginary);
    return {a.real * share, -(a.imaginary * share)};
}

// The point z with q = exp(-z), Re z > 0 or `right`, and with q = exp(z) otherwise.
template <typename Number>
class WidePoint {
   public:
    WidePoint(const Number& q, bool right)
        : share_(inverse(one() + q)), s_(right ? share_ : q * share_), p_(q * share_ * share_),
          half_t_((one() - q) * share_ * Number(Wide(right ? -0.5 : 0.5))) {}

    // s^(n)/n!
    Number order(int n) const {
        if (n == 0) return s_;
        Number value = p_;
        for (int j = first_zero(n); j < first_zero(n + 1); ++j) value = value * (p_of(zeros[j]) - p_);
        return n % 2 ? value : value * half_t_;
    }

   private:
    static Number one() { return Number(Wide(1)); }

    static Number p_of(const Zero& zero) {
        const Wide e = wide_exponential(Wide(zero.x) + Wide(zero.x_low) + Wide(zero.x_rest));
        const Wide share = inverse(Wide(1) + e);
        return e * share * share;
    }

    Number share_, s_, p_, half_t_;
};

// Where less than this of its terms is left of a sum, 256 bits are called for: two words have an error of 2^-86 of the
// terms (measured at order 85), which is 2^-62 of the sum then.
constexpr double cancelled = 0x1p-24;

// y s^(n)(y) + n s^(n-1)(y), n >= 1, |y| <= tail
inline Scaled wide_silu(int n, DD y) {
    const Wide point = Wide(y.high) + Wide(y.low);
    const bool right = y.high > 0;
    const WidePoint<Wide> at(wide_exponential(right ? point : -point), right);
    return times_factorial((point * at.order(n) + at.order(n - 1)).scaled(), n);
}

}  // namespace sigmajet::SIGMAJET_ISA
