"""Bratu's equation on a square, and Troesch's on an interval.

Bratu: the iteration Lap u_{k+1} = -2 e^{u_k} contracts by about 1/8, the strength 2 times the
largest e^u over the lowest eigenvalue 2 pi^2. In the corners the solution behaves like
r^2 log r, which limits Chebyshev collocation; `test_oracles.py` states to what.

Troesch, u'' = n sinh(n u), u(0) = 0, u(1) = 1: with the slope s at 0 (S. M. Roberts,
J. S. Shipman, J. Comput. Phys. 21, 1976),

    u(x) = (2/n) asinh((s/2) sc(n x | 1 - s^2/4)).

The parameter is close to 1 and n close to the pole of sc: all in mpmath.
"""

from __future__ import annotations

from functools import cache

import mpmath
import numpy as np

from .chebyshev import solve_poisson

STRENGTH = 2.0
_SIDE = 96
_ITERATIONS = 20  # an eighth each: 1e-18


def bratu_square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Solution of Lap u + 2 e^u = 0 on the unit square, zero on its boundary."""
    return bratu(_SIDE)(x, y)


@cache
def bratu(n: int):
    """The same by n points a side."""

    def solution(x, y):
        return np.zeros(np.broadcast(x, y).shape)

    for _ in range(_ITERATIONS):
        solution = _step(solution, n)
    return solution


def _step(before, n: int):
    def source(x, y):
        grid = np.broadcast_arrays(x, y)
        return -STRENGTH * np.exp(before(*grid))

    return solve_poisson(source, lambda x, y: 0 * x * y, ((0, 1), (0, 1)), n)


def troesch(number: float, x: np.ndarray) -> np.ndarray:
    """Solution of u'' = n sinh(n u), u(0) = 0, u(1) = 1."""
    slope = _slope(number)

    def at(place: float) -> float:
        with mpmath.workdps(40):
            return float(2 / mpmath.mpf(number) * mpmath.asinh(_half_sinh(slope, number, place)))

    return np.vectorize(at, otypes=[float])(x)


def _half_sinh(slope, number: float, place: float):
    """sinh(n u / 2)."""
    argument = mpmath.mpf(number) * mpmath.mpf(float(place))
    return slope / 2 * mpmath.ellipfun("sc", argument, m=1 - slope**2 / 4)


@cache
def _slope(number: float):
    """u'(0): where the pole of sc just misses the interval, near 8 e^-n."""
    with mpmath.workdps(40):
        target = mpmath.sinh(mpmath.mpf(number) / 2)
        low, high = mpmath.mpf(0), 8 * mpmath.exp(-mpmath.mpf(number))
        # The pole lies at K(1 - s^2/4), about log(8/s): beyond n for every s below 8 e^-n.
        for _ in range(140):
            middle = (low + high) / 2
            if _half_sinh(middle, number, 1.0) < target:
                low = middle
            else:
                high = middle
        return low
