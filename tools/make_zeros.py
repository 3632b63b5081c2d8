"""Make src/sigmajet/sigmoid_zeros.hpp: the zeros of s^(n), n <= 200, as certified double-doubles.

Run ``python tools/make_zeros.py`` to write the table, or with ``--check`` to compare it with the
one in the repository. Needs python-flint.

The polynomials R_n of s^(n) = p R_n(p) [(1 - 2s) if n is even], p = s(1 - s), follow from an
integer recurrence; flint encloses their zeros p_j in disjoint balls; x_j = 2 atanh(sqrt(1 - 4 p_j))
follows in ball arithmetic. A number is printed only when every point of its ball rounds to the same
double-double, so the table is correctly rounded by construction.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from math import inf, nextafter
from pathlib import Path

from flint import arb, ctx, fmpz_poly

LARGEST_ORDER = 200
TARGET = Path(__file__).parents[1] / "src" / "sigmajet" / "sigmoid_zeros.hpp"

HEADER = """\
// The zeros of the derivatives of the logistic sigmoid. Made by tools/make_zeros.py: do not edit.
//
// Row j of order n: the j-th positive zero x_j of s^(n), ascending, and p_j = s(x_j)(1 - s(x_j)),
// each as a correctly rounded double-double (high word, low word). The other zeros are -x_j, and 0
// if n is even.
#pragma once

namespace sigmajet {

struct Zero {
    double x, x_low, p, p_low;
};

constexpr int largest_order = %d;

// The zeros of order n are zeros[first_zero(n)] to zeros[first_zero(n + 1) - 1].
constexpr int first_zero(int n) { return n < 3 ? 0 : (n - 2) * (n - 2) / 4; }

constexpr Zero zeros[] = {
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


def double_double(ball: arb) -> tuple[float, float]:
    """Round a ball to a double and the double nearest to the rest."""
    high = round_to_double(ball)
    return high, round_to_double(ball - arb(high))


def positive_zeros(n: int, polynomial: fmpz_poly) -> list[tuple[arb, arb]]:
    """Return (x_j, p_j) for the positive zeros of s^(n), x ascending."""
    roots = [root.real for root, _ in polynomial.complex_roots()]
    if len(roots) != (n - 1) // 2 or not all(r > 0 and 4 * r < 1 for r in roots):
        raise ArithmeticError(f"order {n}: the zeros are not (n-1)//2 simple numbers in (0, 1/4)")
    pairs = [(2 * (1 - 4 * p).sqrt().atanh(), p) for p in roots]
    return sorted(pairs, key=lambda pair: float(pair[0].mid()))


def table() -> str:
    """Return the header file."""
    ctx.prec = 512
    rows = []
    for n, polynomial in reduced_polynomials(LARGEST_ORDER).items():
        for pair in positive_zeros(n, polynomial):
            words = [word.hex() for ball in pair for word in double_double(ball)]
            rows.append("    {" + ", ".join(words) + "},\n")
    return HEADER % LARGEST_ORDER + "".join(rows) + "};\n\n}  // namespace sigmajet\n"


def main() -> None:
    """Write the table, or with --check compare it."""
    text = table()
    if "--check" in sys.argv[1:]:
        sys.exit(None if TARGET.read_text() == text else f"{TARGET} differs from what this makes")
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
