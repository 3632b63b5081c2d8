"""Sweep the kernel with an oracle that shares no code with it; print the worst error per function.

    python tools/sweep_kernel.py [--points N] [--shells] [--orders A B] [NAME ...]

The points are random doubles of every exponent, and with --shells the doubles beside every zero of
every order, and points around it at relative distances 2^-1 to 2^-52. Every instruction set of this
processor takes them all. Errors are in units in the last place of the truth; among the subnormal
numbers in units of 2^-1074. Needs python-flint.

    s^(n)(x) = (-1)^(n+1) e A_n(-e)/(1 + e)^(n+1),  b^(n)(x) = (-1)^n e A_n(e)/(1 - e)^(n+1)

with e = exp(-x) and A_n the Eulerian polynomial, in balls as wide as the cancellation needs.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from flint import acb, arb, arb_poly, ctx
from numpy.typing import NDArray

import sigmajet as sj
from references import eulerian, nearest
from sigmajet.kernel import _special

FAMILY = ("sigmoid", "tanh", "softplus", "silu", "bose", "coth", "sigmoid_taylor")
GREATEST = {"sigmoid_taylor": 600, "softplus": 201}
LEAST = {"sigmoid": -8, "softplus": -7}


@lru_cache(maxsize=1000)
def polynomial(n: int) -> arb_poly:
    """Return A_n with exact coefficients, none of which has more than 5000 bits."""
    with ctx.workprec(6000):
        return arb_poly(eulerian(600)[n])


def fermi(n: int, x: arb) -> arb:
    """Return s^(n)(x)."""
    if n < 0:
        return -acb(-x.exp()).polylog(-n).real
    if n == 0:
        return 1 / (1 + (-x).exp())
    e = (-abs(x)).exp()
    value = e * polynomial(n)(-e) / (1 + e) ** (n + 1)
    return value if n % 2 or x < 0 else -value


def bose(n: int, x: arb) -> arb:
    """Return b^(n)(x)."""
    if n == 0:
        return -1 / (-x).expm1()
    e = (-abs(x)).exp()
    value = e * polynomial(n)(e) / (-((-abs(x)).expm1())) ** (n + 1)
    return -value if n % 2 or x < 0 else value


def family(name: str, n: int, x: arb) -> arb:
    """Return the n-th derivative of one function of the family."""
    if name == "sigmoid":
        return fermi(n, x)
    if name == "softplus":
        return (x.exp()).log1p() if n == 0 else fermi(n - 1, x)
    if name == "tanh":
        return x.tanh() if n == 0 else 2 ** (n + 1) * fermi(n, 2 * x)
    if name == "coth":
        return x.coth() if n == 0 else 2 ** (n + 1) * bose(n, 2 * x)
    if name == "silu":
        return x * fermi(n, x) + (n * fermi(n - 1, x) if n else 0)
    if name == "bose":
        return bose(n, x)
    return fermi(n, x) / arb(n).fac()


def truth(name: str, n: int, x: float) -> tuple[float, float]:
    """Return the double nearest to the value and the rest in units of its last place."""
    precision = 250 + 2 * abs(n)
    while True:
        with ctx.workprec(precision):
            ball = family(name, n, arb(x))
            if ball.rel_accuracy_bits() > 130 or ball == 0:
                high = nearest(ball)
                unit = float(np.spacing(abs(high)))
                return high, float(((ball - high) / unit).mid()) if math.isfinite(high) else 0.0
        precision *= 2
        if precision > 100_000:
            raise ArithmeticError(f"{name}({n}, {x!r}) is not resolved")


def sign(name: str, n: int, x: float) -> int:
    """Return the sign of the value, however small it is."""
    with ctx.workprec(20_000):
        ball = family(name, n, arb(x))
    return 1 if ball > 0 else -1 if ball < 0 else 0


def random_doubles(name: str, n: int, count: int) -> Iterator[float]:
    """Yield doubles of every exponent for which something is left of the function."""
    draw = random.Random(f"{name} {n}")
    for _ in range(count):
        sign = draw.choice([-1, 1])
        yield (
            sign
            * draw.uniform(1, 2)
            * 2.0 ** draw.choice([draw.randint(-1073, 9), draw.randint(-30, 9)])
        )
        yield sign * draw.uniform(0, 45)
        yield sign * draw.uniform(0, 760)


def shells(zeros: NDArray[np.float64]) -> Iterator[float]:
    """Yield the doubles beside zeros, and points around them ever closer."""
    draw = random.Random(zeros.size)
    for zero in zeros:
        yield from (zero, np.nextafter(zero, 0), np.nextafter(zero, 99))
        for k in range(1, 53):
            yield zero * (1 + 2.0 ** -draw.uniform(k - 1, k))
            yield zero * (1 - 2.0 ** -draw.uniform(k - 1, k))


def positive_zeros(name: str, n: int) -> NDArray[np.float64]:
    """Return doubles beside the positive zeros, to sweep around."""
    if name == "silu":
        x = np.geomspace(1e-2, 400, 20_000)
        low = x[np.nonzero(np.diff(np.sign(sj.silu(n, x))))[0]]
        high, sign = low * (x[1] / x[0]), np.sign(sj.silu(n, low))
        for _ in range(60):
            middle = 0.5 * (low + high)
            same = np.sign(sj.silu(n, middle)) == sign
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return low
    zeros = sj.sigmoid_zeros(n - (name == "softplus"))
    return zeros[zeros > 0] * (0.5 if name == "tanh" else 1)


def errors(
    name: str, n: int, x: NDArray[np.float64], words: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the errors at x in units in the last place."""
    high, rest = words.T
    got = getattr(sj, name)(n, x)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs((got - high) / np.spacing(np.abs(high)) - rest)
    off[(got == high) & np.isinf(high)] = 0
    return np.where(np.isnan(off), np.inf, off)


Worst = dict[str, list[tuple[float, int, float]]]


def sweep(name: str, orders: range, points: int, around_zeros: bool) -> tuple[int, Worst]:
    """Return how many points there were and the worst of each order, for each instruction set."""
    worst: Worst = {}
    count = 0
    for n in orders:
        x = list(random_doubles(name, n, points))
        if around_zeros and name not in ("bose", "coth") and 3 <= n <= 200:
            x += shells(positive_zeros(name, n))
        doubles = np.array(x)
        words = np.array([truth(name, n, v) for v in x])
        count += doubles.size
        for path in _special.instruction_sets():
            _special.use_instruction_set(path)
            off = errors(name, n, doubles, words)
            at = int(np.argmax(off))
            worst.setdefault(path, []).append((float(off[at]), n, float(doubles[at])))
    _special.use_instruction_set(_special.instruction_sets()[0])
    return count, {path: sorted(found, reverse=True) for path, found in worst.items()}


def main() -> None:
    """Print the worst four orders of each function."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--shells", action="store_true")
    parser.add_argument("--orders", type=int, nargs=2)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    for name in given.names or FAMILY:
        least, greatest = given.orders or (LEAST.get(name, 0), GREATEST.get(name, 200))
        orders = range(least, greatest + 1, given.step)
        count, worst = sweep(name, orders, given.points, given.shells)
        print(name, f"{count} points")
        for path, found in worst.items():
            most = "; ".join(f"{e:.3f} at n={n}, x={x!r}" for e, n, x in found[:4])
            print(f"  {path:10} {most}", flush=True)


if __name__ == "__main__":
    main()
