// The kernel's tables, correctly rounded: tools/make_tables.py makes and certifies tables.cpp.
#pragma once

#include <cstdint>

namespace sigmajet {

// Row j of order n: x_j, the j-th positive zero of s^(n), ascending, and p_j = s(x_j)(1 - s(x_j)),
// as double-doubles. The other zeros of s^(n) are -x_j, and 0 if n is even.
struct Zero {
    double x, x_low, p, p_low;
};

constexpr int largest_order = 200;
constexpr int largest_taylor_order = 600;

// The zeros of order n are zeros[first_zero(n)] to zeros[first_zero(n + 1) - 1].
constexpr int first_zero(int n) { return n < 3 ? 0 : (n - 2) * (n - 2) / 4; }

extern const Zero zeros[];

// 2^(i/32) = bits_as_double(power_bits[i] + (i << 47)) (1 + power_rest[i]): adding k << 47 for any
// integer k = i mod 32 gives 2^(k/32) without taking k apart.
extern const std::uint64_t power_bits[32];
extern const double power_rest[32];

}  // namespace sigmajet
