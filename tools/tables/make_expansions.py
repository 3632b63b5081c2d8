"""Make kernel/tables/expansions.cpp: Mills' ratio, erf, Fermi-Dirac and Bose-Einstein integrals.

Run ``python tools/tables/make_expansions.py`` to write the tables, or with ``--check`` to compare
them with the ones in the repository. Needs python-flint.

Each function is interpolated at the Chebyshev points of a few intervals in ball arithmetic, with
as many terms as bring the error below 2^-68 of the least value. The first coefficients have two
words: so many that the others together are below 2^-13 of the value and may be summed in doubles.

    mills      m(x) = exp(x^2/2) int_x^oo exp(-t^2/2) dt; beyond 16, x m(x) in (16/x)^2
    erf_small  erf(x)/x in x^2
    fermi[i]   F_k(x), k = i - 1/2: exp(-x) F_k in exp(x), x <= 0; F_k; beyond 32, F_k/x^(k+1) in
               (32/x)^2
    bose[i]    G_k(x): exp(-x) G_k in exp(x), x <= -1; G_k(-a) - Gamma(-k) a^k in a
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from flint import acb, arb, ctx
from make_tables import interpolate

TARGET = Path(__file__).parents[2] / "src" / "sigmajet" / "kernel" / "tables" / "expansions.cpp"
HEADER = """\
// Described in expansions.hpp. Made by tools/tables/make_expansions.py: do not edit.
#include "expansions.hpp"

namespace sigmajet {

"""


def mills(x: arb) -> arb:
    """Return Mills' ratio."""
    return (x * x / 2).exp() * (x / arb(2).sqrt()).erfc() * (arb.pi() / 2).sqrt()


def mills_tail(u: arb) -> arb:
    """Return x m(x) for u = (16/x)^2."""
    x = 16 / u.sqrt()
    return x * mills(x)


def erf_small(square: arb) -> arb:
    """Return erf(x)/x for x^2."""
    return square.sqrt().erf() / square.sqrt()


def polylogarithm(s: arb, z: arb) -> arb:
    """Return Li_s(z)."""
    return acb(z).polylog(acb(s)).real


def fermi(s: arb, x: arb) -> arb:
    """Return F_(s-1)(x)."""
    return -polylogarithm(s, -x.exp())


def coefficients(function: Callable[[arb], arb], low: arb, high: arb, terms: int) -> list[arb]:
    """Return those of a polynomial in t = (2v - low - high)/(high - low)."""
    points = [((2 * i + 1) * arb.pi() / (2 * terms)).cos() for i in range(terms)]
    values = [function((low + high + t * (high - low)) / 2) for t in points]
    return interpolate(points, values)


def expansion(function: Callable[[arb], arb], low: arb, high: arb, *, twice: bool = False) -> str:
    """Return one row of the table: the interval, and the coefficients.

    With `twice` the whole sum has two words, and an error below 2^-108.
    """
    bits = 108 if twice else 68
    least = min(
        float(abs(function(low + (high - low) * arb(i + 0.01) / 20)).mid()) for i in range(20)
    )
    terms = 12
    while True:
        found = coefficients(function, low, high, terms)
        last = max(float(abs(c).mid()) for c in found[-2:])
        if last < 2.0 ** (terms - 2 - bits) * least:  # the last Chebyshev coefficients
            break
        terms += 1
    sizes = [float(abs(c).mid()) for c in found]
    words = next(k for k in range(terms) if sum(sizes[k:]) < 2.0**-13 * least)
    words = terms if twice else words
    centre, per_unit = (low + high) / 2, 2 / (high - low)
    heads = [float(c.mid()) for c in found]
    rests = [float((c - arb(head)).mid()) for c, head in zip(found[:words], heads, strict=False)]
    fields = [float(centre.mid()).hex(), float(per_unit.mid()).hex(), str(terms), str(words)]
    lines = ", ".join(h.hex() for h in heads)
    lows = ", ".join(r.hex() for r in rests)
    return f"    {{{', '.join(fields)},\n     {{{lines}}},\n     {{{lows}}}}},\n"


def table(name: str, rows: list[str]) -> str:
    """Return the table of these rows in C++."""
    return f"const Expansion {name}[] = {{\n{''.join(rows)}}};\n\n"


def intervals(ends: list[int]) -> list[tuple[arb, arb]]:
    """Return the intervals between neighbours."""
    return [(arb(a), arb(b)) for a, b in pairwise(ends)]


def source() -> str:
    """Return the whole file."""
    ctx.prec = 400
    nought, one = arb(0), arb(1)
    rows = [expansion(mills, nought, one, twice=True)]
    rows += [expansion(mills, a, b) for a, b in intervals([1, 2, 4, 8, 16])]
    rows.append(expansion(mills_tail, nought, one))
    text = table("mills_ratio", rows)
    text += table("erf_small", [expansion(erf_small, nought, one)])
    fermi_rows, bose_rows = [], []
    for twice in (1, 3, 5, 7):
        s = arb(twice) / 2
        fermi_rows.append(
            expansion(lambda e, s=s: -polylogarithm(s, -e) / e, nought, one)  # type: ignore[misc]
        )
        fermi_rows += [
            expansion(lambda x, s=s: fermi(s, x), a, b)  # type: ignore[misc]
            for a, b in intervals([0, 2, 4, 8, 16, 32])
        ]

        def far(u: arb, s: arb = s) -> arb:
            x = 32 / u.sqrt()
            return fermi(s, x) / x**s

        fermi_rows.append(expansion(far, nought, one))
        cut = arb(1) / 2  # above exp(-1)
        bose_rows.append(
            expansion(lambda e, s=s: polylogarithm(s, e) / e, nought, cut)  # type: ignore[misc]
        )

        def regular(a: arb, s: arb = s) -> arb:
            return sum(((s - j).zeta() * (-a) ** j / arb(j).fac() for j in range(160)), arb(0))

        bose_rows.append(expansion(regular, nought, one))
    text += table("fermi_half", fermi_rows) + table("bose_half", bose_rows)
    return HEADER + text + "}  // namespace sigmajet\n"


if __name__ == "__main__":
    made = source()
    if "--check" in sys.argv:
        sys.exit(made != TARGET.read_text())
    TARGET.write_text(made)
