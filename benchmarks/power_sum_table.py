"""The table of README and docs/explanation/mathematics.md: the source formula as an algorithm.

    python benchmarks/power_sum_table.py           print the table
    python benchmarks/power_sum_table.py --write   and put it into the pages, between the markers

The reference is a certified ball of python-flint, which shares no code with sigmajet. The sum
over powers of s is taken by Horner's rule with the exact coefficients, rounded once.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from math import factorial
from pathlib import Path
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

import sigmajet as sj

ORDERS = (2, 4, 8, 10, 16, 24, 32, 64)
GRID = np.arange(-40 * 32, 40 * 32 + 1) / 32  # exact in float32 too
TAIL = np.array([20.0])
ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "explanation" / "mathematics.md")
MARKED = re.compile(r"(<!-- power-sum-table -->\n).*?(<!-- end -->)", re.DOTALL)


def reference(order: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return s^(n) as two rows, head and tail: a sum that is exact far below the last bit."""
    flint.ctx.prec, flint.ctx.cap = 640, order + 1
    pairs = []
    for point in points:
        series = 1 / (1 + (-flint.arb_series([float(point), 1])).exp())
        ball = series[order] * factorial(order)
        assert ball.rad() < 1e-60, (order, point)  # |s^(n)| is above 1e-18 here, or exactly zero
        head = float(ball)
        pairs.append((head, float(ball - head)))
    return np.array(pairs).T


def error(method: Callable[..., Any], order: int, x: NDArray[Any], exact: NDArray[Any]) -> Any:
    """Return |s^(n) as computed in the precision of x - exact|."""
    head, tail = exact
    return np.abs(method(order, x).astype(float) - head - tail)


def power_sum(order: int, x: NDArray[Any]) -> NDArray[Any]:
    """Return the sum over k of c(n,k) s^k in the precision of x."""
    s = 1 / (1 + np.exp(-x))
    total = np.zeros_like(x)
    for coefficient in reversed(sj.exact.coefficients(order)):
        total = (total + x.dtype.type(float(coefficient))) * s
    return total


def rows() -> list[tuple[float, ...]]:
    """Return order, error over max|s^(n)| in float64 and float32, relative error at 20."""
    table = []
    for order in ORDERS:
        everywhere, at_tail = reference(order, GRID), reference(order, TAIL)
        errors = [
            np.max(error(method, order, GRID.astype(dtype), everywhere)) / np.max(abs(everywhere))
            for dtype in (np.float64, np.float32)
            for method in (power_sum, sj.sigmoid)
        ]
        errors += [
            (error(method, order, TAIL, at_tail) / abs(at_tail[0])).item()
            for method in (power_sum, sj.sigmoid)
        ]
        table.append((order, *map(float, errors)))
    return table


def markdown(table: list[tuple[float, ...]]) -> str:
    lines = [
        "| n | float64, sum | float64, sigmajet | float32, sum | float32, sigmajet "
        "| x = 20, sum | x = 20, sigmajet |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [f"| {row[0]} | " + " | ".join(f"{e:.1e}" for e in row[1:]) + " |" for row in table]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into the pages")
    write = parser.parse_args().write
    with np.errstate(all="ignore"):  # overflow of the sum is a result here
        text = markdown(rows())
    print(text, end="")
    if write:
        for page in PAGES:
            old = page.read_text(encoding="utf-8")
            new, count = MARKED.subn(lambda match: match[1] + text + match[2], old)
            if count != 1:
                raise SystemExit(f"{page}: expected the markers of the table once, got {count}")
            page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
