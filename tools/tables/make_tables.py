"""Make kernel/tables/tables.cpp, certified: zeros of s^(n), powers 2^(i/32), Fermi-Dirac series.

Run ``python tools/tables/make_tables.py`` to write the tables, or with ``--check`` to compare them
with the ones in the repository. Needs python-flint.

The polynomials R_n of s^(n) = p R_n(p) [(1 - 2s) if n is even], p = s(1 - s), follow from an
integer recurrence; flint encloses their zeros p_j in disjoint balls; x_j = 2 atanh(sqrt(1 - 4 p_j))
follows in ball arithmetic. A number is printed only when every point of its ball rounds to the same
double-double, so the tables are correctly rounded by construction.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from math import inf, nextafter
from pathlib import Path
from struct import pack, unpack

from flint import acb, arb, arb_poly, ctx, fmpz_poly

LARGEST_ORDER = 200
POWERS = 32
LARGEST_INTEGRAL = 8
SERIES_LENGTH = 25
TARGET = Path(__file__).parents[2] / "src" / "sigmajet" / "kernel" / "tables" / "tables.cpp"

HEADER = """\
// Tables of the kernel, described in tables.hpp. Made by tools/tables/make_tables.py: do not edit.
#include "tables.hpp"

namespace sigmajet {

"""


def reduced_polynomials(largest: int) -> dict[int, fmpz_poly]:
    """Return R_1, ..., R_largest of s^(n) = p R_n(p) (times 1 - 2s if n is even)."""
    p, square = fmpz_poly([0, 1]), fmpz_poly([1, -4])  # square = (1 - 2s)^2
    result = {1: fmpz_poly([1])}
    for n in range(1, largest):
        grown = result[n] + p * result[n].derivative()
        result[n + 1] = grown if n % 2 else square * grown - 2 * p * result[n]
    return result


def round_to_double(ball: arb) -> float:
    """Return the double nearest to every point of `ball`, or raise if there is no such double."""
    mantissa, exponent = ball.mid().man_exp()
    value = float(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    below, above = (arb(nextafter(value, target)) for target in (-inf, inf))
    if not below + value < 2 * ball < above + value:
        raise ArithmeticError(f"{ball} does not decide its rounding; raise ctx.prec")
    return value


def words(ball: arb, count: int) -> list[float]:
    """Round a ball to a double, the rest to the next, and so on."""
    found: list[float] = []
    for _ in range(count):
        found.append(round_to_double(ball))
        ball = ball - arb(found[-1])
    return found


def double_double(ball: arb) -> tuple[float, float]:
    """Round a ball to a double and the double nearest to the rest."""
    high, low = words(ball, 2)
    return high, low


def positive_zeros(n: int, polynomial: fmpz_poly) -> list[tuple[arb, arb]]:
    """Return (x_j, p_j) for the positive zeros of s^(n), x ascending."""
    roots = [root.real for root, _ in polynomial.complex_roots()]
    if len(roots) != (n - 1) // 2 or not all(r > 0 and 4 * r < 1 for r in roots):
        raise ArithmeticError(f"order {n}: the zeros are not (n-1)//2 simple numbers in (0, 1/4)")
    pairs = [(2 * (1 - 4 * p).sqrt().atanh(), p) for p in roots]
    return sorted(pairs, key=lambda pair: float(pair[0].mid()))


def zero_row(x: arb, p: arb) -> str:
    """Return {x_j, two words of the rest, p_j, low word}."""
    return "{" + ", ".join(word.hex() for word in (*words(x, 3), *words(p, 2))) + "}"


def zero_rows() -> str:
    """Return the rows of all orders."""
    polynomials = reduced_polynomials(LARGEST_ORDER)
    pairs = [pair for n, r in polynomials.items() for pair in positive_zeros(n, r)]
    return "".join(f"    {zero_row(*pair)},\n" for pair in pairs)


def power_rows() -> tuple[str, str]:
    """Return the bits of 2^(i/32) less i in the exponent's place, and the relative rests."""
    bits, rests = [], []
    for i in range(POWERS):
        power = arb(2) ** (arb(i) / POWERS)
        high = round_to_double(power)
        (word,) = unpack("<Q", pack("<d", high))
        bits.append(f"    0x{word - (i << 47):016x},\n")
        rest = (power - arb(high)) / arb(high)
        rests.append(f"    {round_to_double(rest).hex() if i else '0.0'},\n")
    return "".join(bits), "".join(rests)


def fermi_dirac_rows() -> tuple[str, str, str]:
    """Return the coefficients of F_m = -Li_m(-exp(x)), m = 1..8, left and right of 0.

    Left of 0 the low words of the first two are a row of their own.

    Left of 0, F_m = e + e^2 T_m(e) with e = exp(x): T_m is interpolated at the Chebyshev points of
    [0, 1], which is within 2^-62 because its singularity is at e = -1. Right of 0,
    F_m(x) - (-1)^(m+1) F_m(-x) = 2 sum_k eta(2k) x^(m-2k)/(m-2k)! exactly, with Dirichlet's eta.
    """
    left, low_words, right = [], [], []
    for m in range(1, LARGEST_INTEGRAL + 1):
        points = [
            (1 + ((2 * i + 1) * arb.pi() / (2 * SERIES_LENGTH)).cos()) / 2
            for i in range(SERIES_LENGTH)
        ]
        values = [(-acb(-e).polylog(m).real / e - 1) / e for e in points]
        balls = interpolate(points, values)
        coefficients = [float(c.mid()) for c in balls]
        left.append("    {" + ", ".join(c.hex() for c in coefficients) + "},\n")
        rests = [float((balls[k] - coefficients[k]).mid()) for k in range(2)]
        low_words.append("    {" + ", ".join(rest.hex() for rest in rests) + "},\n")
        pairs = ""
        for power in range(m % 2, m + 1, 2):
            eta = arb(0.5) if power == m else dirichlet_eta(m - power)
            high, low = double_double(2 * eta / arb(power).fac())
            pairs += f"{{{high.hex()}, {low.hex()}}}, "
        right.append("    {" + pairs[:-2] + "},\n")
    return "".join(left), "".join(low_words), "".join(right)


def dirichlet_eta(s: int) -> arb:
    """Return sum_k (-1)^(k-1)/k^s."""
    return (1 - arb(2) ** (1 - s)) * arb(s).zeta()


def interpolate(points: list[arb], values: list[arb]) -> list[arb]:
    """Return the coefficients, constant first, of the polynomial through the points (Newton)."""
    divided = list(values)
    for order in range(1, len(points)):
        for i in range(len(points) - 1, order - 1, -1):
            divided[i] = (divided[i] - divided[i - 1]) / (points[i] - points[i - order])
    polynomial = arb_poly([divided[-1]])
    for point, value in zip(reversed(points[:-1]), reversed(divided[:-1]), strict=True):
        polynomial = polynomial * arb_poly([-point, 1]) + value
    return [polynomial[k] for k in range(len(points))]


def tables() -> str:
    """Return the source file."""
    ctx.prec = 512
    bits, rests = power_rows()
    left, left_low, right = fermi_dirac_rows()
    return (
        f"{HEADER}alignas(64) const std::uint64_t power_bits[{POWERS}] = {{\n{bits}}};\n\n"
        f"alignas(64) const double power_rest[{POWERS}] = {{\n{rests}}};\n\n"
        f"const double fermi_dirac_left[{LARGEST_INTEGRAL}][{SERIES_LENGTH}] = {{\n{left}}};\n\n"
        f"const double fermi_dirac_left_low[{LARGEST_INTEGRAL}][2] = {{\n{left_low}}};\n\n"
        f"const double fermi_dirac_right[{LARGEST_INTEGRAL}][5][2] = {{\n{right}}};\n\n"
        f"const Zero zeros[] = {{\n{zero_rows()}}};\n\n}}  // namespace sigmajet\n"
    )


def main() -> None:
    """Write the tables, or with --check compare them."""
    text = tables()
    if "--check" in sys.argv[1:]:
        sys.exit(None if TARGET.read_text() == text else f"{TARGET} differs from what this makes")
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
