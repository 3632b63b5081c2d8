// Derivatives of mish, x w(x) with w(x) = tanh(log(1 + exp(x))).
//
//   w(x) = 1 - 2/((1 + e^x)^2 + 1) = Re s(z) + Im s(z),   z = x - log(2)/2 + i pi/4
//
// by partial fractions, hence w^(n) = Re s^(n)(z) + Im s^(n)(z): the product of sigmoid.hpp at a complex point, where no
// factor vanishes. With q = e^x (1 + i)/2, which is e^z, for x <= 0 and q = e^-x (1 - i), which is e^-z, for x > 0,
//
//   p = q/(1 + q)^2,   t = 1 - 2s(z) = +-(1 - q)/(1 + q)
//
// On the right real and imaginary part of the first term of s^(n) cancel. Where 2^n e^-x is small that term leads, and
// the series is taken without it:
//
//   mish = x - 2x sum_k c_k E^(k+2),   1/(1 + 2E + 2E^2) = sum_k c_k E^k,   E = e^-x
//   d^n/dx^n (x E^k) = (-k)^(n-1) (n - k x) E^k
//
// n - k x keeps its sign there, and a term is below a quarter of the one before it. Elsewhere all has an error of 2^-90
// of its terms; beside zeros of mish^(n), where they cancel, they are taken again in 256 bits.
#pragma once

#include "rational.hpp"
#include "wide_sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA {

struct ComplexDD {
    DD real, imaginary;
};

inline ComplexDD operator*(const ComplexDD& a, const ComplexDD& b) {
    return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}
inline ComplexDD operator*(const ComplexDD& a, DD b) { return {a.real * b, a.imaginary * b}; }
inline ComplexDD operator/(const ComplexDD& a, const ComplexDD& b) {
    const DD size = b.real * b.real + b.imaginary * b.imaginary;
    const ComplexDD product = a * ComplexDD{b.real, -b.imaginary};
    return {product.real / size, product.imaginary / size};
}

class MishPoint {
   public:
    explicit MishPoint(double x) : right_(x > 0) {
        const Decay d = decay(std::fabs(x));
        const DD e = shift(d.mantissa, d.exponent), half = e * 0.5;
        q_ = right_ ? ComplexDD{e, -e} : ComplexDD{half, half};
        const ComplexDD sum = {DD{1, 0} + q_.real, q_.imaginary};
        const ComplexDD difference = {DD{1, 0} - q_.real, -q_.imaginary};
        share_ = ComplexDD{{1, 0}, {0, 0}} / sum;
        p_ = q_ * share_ * share_;
        twice_t_ = difference * share_ * DD{right_ ? -2.0 : 2.0, 0};
    }

    // w^(n)
    DD order(int n) const {
        const ComplexDD s = n == 0 ? (right_ ? share_ : q_ * share_) : product(n);
        return s.real + s.imaginary;
    }

   private:
    // The product of `zero_product`
    ComplexDD product(int n) const {
        ComplexDD value = p_ * scales().derivative(n);
        for (int j = first_zero(n); j < first_zero(n + 1); ++j) {
            const Zero& zero = zeros[j];
            const double scale = balance(zero.p);
            const DD real = (DD{zero.p, zero.p_low} - p_.real) * scale;
            value = value * ComplexDD{real, p_.imaginary * -scale};
        }
        return n % 2 ? value : value * twice_t_;
    }

    bool right_;
    ComplexDD q_, share_, p_, twice_t_;
};

// mish^(n) by the series on the right, without x^(n)
inline Scaled mish_beyond_x(int n, double x, const Decay& d) {
    const DD e = d.exponent < -1000 ? DD{0, 0} : shift(d.mantissa, d.exponent);
    DD sum = {0, 0}, power_of_e = {-2, 0};
    int exponent = 0;
    double c = 1, before = 0;  // c_k and c_(k-1)
    for (int k = 2;; ++k) {
        const Scaled size = n > 1 ? power({static_cast<double>(k), 0}, n - 1) : Scaled{{1, 0}, 0};
        if (k == 2) exponent = size.exponent;
        DD term = shift(size.value, size.exponent - exponent) * power_of_e;
        if (n == 0)
            term = term * x;
        else
            term = term * (two_product(-k, x) + DD{static_cast<double>(n), 0});
        if (n > 0 && n % 2 == 0) term = -term;
        sum = sum + term * c;
        if (!(std::fabs(term.high) > 0x1p-160 * std::fabs(sum.high))) break;  // c_k < 2^(k/2 + 1), k < 60
        const double next = -2 * (c + before);
        before = c, c = next, power_of_e = power_of_e * e;
    }
    return {sum * d.mantissa * d.mantissa, exponent + 2 * d.exponent};
}

// x w^(n) + n w^(n-1), n >= 1, in 256 bits
inline Scaled wide_mish(int n, double x) {
    const bool right = x > 0;
    const Wide e = wide_exponential(Wide(std::fabs(x))), part = right ? e : e * Wide(0.5);
    const WidePoint<ComplexWide> at({part, right ? -part : part}, right);
    const ComplexWide value = at.order(n) * ComplexWide(Wide(x)) + at.order(n - 1);
    return times_factorial((value.real + value.imaginary).scaled(), n);
}

inline Scaled mish(int n, double x) {
    if (std::isnan(x)) return {{x, 0}, 0};
    if (x > tail) return n < 2 ? Scaled{{n == 0 ? x : 1.0, 0}, 0} : signed_zero(n % 2 == 0);
    if (x < -nothing) return signed_zero(true);
    const Decay d = decay(std::fabs(x));
    if (x < -tail) return {d.mantissa * (x + n), d.exponent};
    if (n == 0 && std::fabs(x) < 0x1p-500)  // w(0) x, times 2^500 to keep the low word from underflow
        return x == 0 ? Scaled{{x, x}, 0} : Scaled{DD{3, 0} / DD{5, 0} * (x * 0x1p500), -500};
    constexpr double log_2_up = 0.6931471805599454;
    if (x > (n + 3) * log_2_up) {  // 2^(n + 3) e^-x < 1
        const Scaled rest = mish_beyond_x(n, x, d);
        if (n > 1) return rest;
        const DD first = {n == 0 ? x : 1, 0};
        return {rest.exponent < -1000 ? first : first + shift(rest.value, rest.exponent), 0};
    }
    const MishPoint at(x);
    const DD first = at.order(n) * x;
    if (n == 0) return {first, 0};
    const DD value = first + at.order(n - 1) * n;
    if (std::fabs(value.high) < cancelled * std::fabs(first.high)) return wide_mish(n, x);
    return {value, 0};
}

}  // namespace sigmajet::SIGMAJET_ISA
