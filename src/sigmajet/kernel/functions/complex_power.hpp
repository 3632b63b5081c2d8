// Powers of complex numbers whose parts are of any type with +, - and *.
#pragma once

namespace sigmajet::SIGMAJET_ISA {

// (real + i imaginary)^n, n >= 1, in place: by squaring, from the first bit of n to the last.
template <typename Number>
inline void raise(int n, Number& real, Number& imaginary) {
    const Number u = real, v = imaginary;
    int bit = 1;
    while (bit <= n / 2) bit *= 2;
    while (bit /= 2) {
        const Number square = real * real - imaginary * imaginary, half = real * imaginary;
        real = square, imaginary = half + half;
        if (n & bit) {
            const Number product = real * u - imaginary * v;
            imaginary = real * v + imaginary * u, real = product;
        }
    }
}

}  // namespace sigmajet::SIGMAJET_ISA
