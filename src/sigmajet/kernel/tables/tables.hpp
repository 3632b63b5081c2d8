// The kernel's tables, correctly rounded: tools/tables/make_tables.py makes and certifies tables.cpp.
#pragma once

#include <cstdint>

namespace sigmajet {

// Row j of order n: x_j, the j-th positive zero of s^(n), ascending, in three words, and
// p_j = s(x_j)(1 - s(x_j)) in two. The other zeros of s^(n) are -x_j, and 0 if n is even. The third word counts
// at the double x_j itself, where the distance to the zero is what the other two words are.
struct Zero {
    double x, x_low, x_rest, p, p_low;
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

// F_m = -Li_m(-exp(x)), the complete Fermi-Dirac integral, m = 1..8, in row m - 1.
//   x <= 0: F_m = e + e^2 sum_k left[k] e^k, e = exp(x), to 2^-62
//           left_low: the low words of the first two coefficients
//   x >= 0: F_m(x) = (-1)^(m+1) F_m(-x) + x^(m mod 2) sum_k (right[k][0] + right[k][1]) x^(2k)
constexpr int largest_integral = 8;
constexpr int series_length = 25;
extern const double fermi_dirac_left[largest_integral][series_length];
extern const double fermi_dirac_left_low[largest_integral][2];
extern const double fermi_dirac_right[largest_integral][5][2];

}  // namespace sigmajet
