"""Make src/sigmajet/tables.cpp: the zeros of s^(n), n <= 200, and the powers 2^(i/32), certified.

Run ``python tools/make_tables.py`` to write the tables, or with ``--check`` to compare them with
the ones in the repository. Needs python-flint.

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

from flint import arb, ctx, fmpz_poly

LARGEST_ORDER = 200
POWERS = 32
TARGET = Path(__file__).parents[1] / "src" / "sigmajet" / "tables.cpp"

HEADER = """\
// Tables of the kernel, described in tables.hpp. Made by tools/make_tables.py: do not edit.
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


def zero_rows() -> str:
    """Return the rows {x_j, low word, p_j, low word} of all orders."""
    rows = []
    for n, polynomial in reduced_polynomials(LARGEST_ORDER).items():
        for pair in positive_zeros(n, polynomial):
            words = [word.hex() for ball in pair for word in double_double(ball)]
            rows.append("    {" + ", ".join(words) + "},\n")
    return "".join(rows)


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


def tables() -> str:
    """Return the source file."""
    ctx.prec = 512
    bits, rests = power_rows()
    return (
        f"{HEADER}alignas(64) const std::uint64_t power_bits[{POWERS}] = {{\n{bits}}};\n\n"
        f"alignas(64) const double power_rest[{POWERS}] = {{\n{rests}}};\n\n"
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
