"""An oracle for the functions that go point by point, and points that are hard for them.

    python tools/sweep_functions.py [NAME ...]

prints the worst error of each, in units in the last place, at the fastest instruction set. The
oracle is the power series of flint at the point itself, n! times its n-th coefficient, in balls as
wide as the cancellation needs; of the integrals it is flint's polylogarithm. Needs python-flint.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from flint import acb, arb, arb_series, ctx

import sigmajet as sj
from references import nearest

SLOPE = 1.702  # with which swish is nearly gelu

SERIES: dict[str, Callable[[arb_series], arb_series]] = {
    "gaussian": lambda u: (-u * u / 2).exp(),
    "erf": lambda u: u.erf(),
    "gelu": lambda u: u * (-u / arb(2).sqrt()).erfc() / 2,
    "arctan": lambda u: u.atan(),
    "logit": lambda u: (u / (1 - u)).log(),
    "softsign": lambda u: u / (1 + u) if u.coeffs()[0] >= 0 else u / (1 - u),
    "log_sigmoid": lambda u: -((1 + (-u).exp()).log()),
    "swish": lambda u: u / (1 + (-u * arb(SLOPE)).exp()),
    "mish": lambda u: u * (1 - 2 / ((u.exp() + 1) ** 2 + 1)),
}
INTEGRALS: dict[str, Callable[[arb, arb], arb]] = {
    "fermi_dirac": lambda k, x: -acb(-(x.exp())).polylog(acb(k + 1)).real,
    "bose_einstein": lambda k, x: acb(x.exp()).polylog(acb(k + 1)).real,
}
WITH_ZEROS = ("gaussian", "erf", "gelu", "arctan", "swish", "mish")
ORDERS = (0, 1, 2, 3, 4, 5, 8, 13, 20, 31, 64, 101, 150, 199, 200)
HALVES = (-0.5, 0.5, 1.5, 2.5)


def ball(name: str, n: float, x: float) -> arb:
    """Return order n at x, as wide as the present precision makes it."""
    if name in INTEGRALS:
        return INTEGRALS[name](arb(n), arb(x))
    ctx.cap = int(n) + 1
    terms = SERIES[name](arb_series([arb(x), 1])).coeffs()
    return (terms[int(n)] if len(terms) > n else arb(0)) * arb(n).fac()


def truth(name: str, n: float, x: float) -> tuple[float, float]:
    """Return the double nearest to the value and the rest in units of its last place."""
    precision = 300 + 4 * abs(int(n))
    while precision < 10_000:
        with ctx.workprec(precision):
            value = ball(name, n, x)
            if value.rel_accuracy_bits() > 120 or value == 0:
                high = nearest(value)
                unit = float(np.spacing(abs(high)))
                return high, float(((value - high) / unit).mid()) if math.isfinite(high) else 0.0
        precision *= 2
    return 0.0, 0.0  # a zero that is a double, as 1 is of He_2


def call(name: str, n: float, x: Any) -> Any:
    """Return order n of a function of sigmajet."""
    return sj.swish(n, x, SLOPE) if name == "swish" else getattr(sj, name)(n, x)


def error(name: str, n: float, x: float) -> float:
    """Return the error at x in units in the last place."""
    return error_of(float(call(name, n, x)), name, n, x)


def error_of(got: float, name: str, n: float, x: float) -> float:
    """Return the error of a value that something else gives."""
    high, rest = truth(name, n, x)
    if math.isinf(high):
        return 0.0 if got == high else math.inf
    return math.inf if math.isnan(got) else abs((got - high) / float(np.spacing(abs(high))) - rest)


def sides(name: str, n: int, count: int) -> Iterator[float]:
    """Yield the doubles at both sides of some sign changes, and points ever nearer to them."""
    grid = np.linspace(-30, 30, 4001) + 1e-3
    signs = np.sign(call(name, n, grid))
    changes = np.nonzero(np.diff(signs))[0]
    for i in changes[:: max(1, len(changes) // count)]:
        low, high = float(grid[i]), float(grid[i + 1])
        while (middle := 0.5 * (low + high)) not in (low, high):
            same = np.sign(call(name, n, middle)) == signs[i]
            low, high = (middle, high) if same else (low, middle)
        yield from (low, high)
        yield from (low * (1 + s * 2.0**-k) for k in (3, 9, 20, 31, 37, 43) for s in (1, -1))


def points(name: str, n: float, count: int) -> Iterator[float]:
    """Yield points of every size where the function lives."""
    draw = random.Random(f"{name} {n}")
    for _ in range(count):
        sign = draw.choice([-1, 1])
        if name == "logit":
            yield draw.random()
            yield draw.uniform(1, 2) * 2.0 ** -draw.randint(2, 300)
            yield 1 - 2.0 ** -draw.uniform(1, 50)
            yield 0.5 + sign * 2.0 ** -draw.uniform(3, 50)
            continue
        wide = (
            sign * draw.uniform(1, 2) * 2.0 ** draw.randint(-1000, 5),
            sign * draw.uniform(0, 4),
        )
        far = 760 if name in (*INTEGRALS, "log_sigmoid", "swish", "mish") else 40
        for x in (*wide, sign * 2.0 ** draw.uniform(-10, 6), sign * draw.uniform(0, far)):
            yield -abs(x) if name == "bose_einstein" else x
    if name in WITH_ZEROS and n > 0:
        yield from sides(name, int(n), count)


def worst(name: str, count: int) -> tuple[float, float, float]:
    """Return the greatest error, its order and its place."""
    orders = HALVES if name in INTEGRALS else ORDERS
    return max((error(name, n, x), n, x) for n in orders for x in points(name, n, count))


def main() -> None:
    """Print the worst error of each function."""
    for name in sys.argv[1:] or (*SERIES, *INTEGRALS):
        print(name, *worst(name, 20), flush=True)


if __name__ == "__main__":
    main()
