"""Similarity solutions of the flow along a plate and a wedge, by Taylor series and shooting.

f''' + a f f'' + b (1 - f'^2) = 0, f(0) = f'(0) = 0, f'(L) = 1, in 25 digits. (Chebyshev collocation
in double precision, which stood here before, was off by 8e-13.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import mpmath
import numpy as np

DIGITS, DEGREE, STEP = 25, 40, 0.25


def blasius(x: np.ndarray) -> np.ndarray:
    """f on [0, 8] of 2 f''' + f f'' = 0."""
    return similarity(0.5, 0.0, 8.0, 0.33)(x)


def falkner_skan(x: np.ndarray) -> np.ndarray:
    """f on [0, 6] of f''' + f f'' + (1 - f'^2)/2 = 0."""
    return similarity(1.0, 0.5, 6.0, 0.93)(x)


@cache
def similarity(a: float, b: float, length: float, slope: float) -> Callable[..., np.ndarray]:
    """The solution as a function on [0, length]; `slope` is near f''(0)."""
    with mpmath.workdps(DIGITS):
        root = mpmath.findroot(
            lambda s: march(a, b, length, s)[0] - 1, (slope, 1.001 * slope), tol=1e-20
        )
        _, pieces = march(a, b, length, root)
    table = np.array([[float(c) for c in piece] for piece in pieces])

    def solution(x: np.ndarray) -> np.ndarray:
        piece = np.clip((np.asarray(x) / STEP).astype(int), 0, len(table) - 1)
        powers = (np.asarray(x) - STEP * piece)[..., None] ** np.arange(table.shape[1])
        return np.sum(table[piece] * powers, axis=-1)

    return solution


def march(
    a: float, b: float, length: float, slope: mpmath.mpf
) -> tuple[mpmath.mpf, list[list[mpmath.mpf]]]:
    """f'(length), and the Taylor coefficients of every step, from f''(0)."""
    state = [mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(slope)]
    pieces = []
    for _ in range(round(length / STEP)):
        f = [state[0], state[1], state[2] / 2]
        for k in range(DEGREE - 2):
            first = [(i + 1) * f[i + 1] for i in range(k + 1)]
            second = [(i + 2) * (i + 1) * f[i + 2] for i in range(k + 1)]
            drag = mpmath.fdot(f[: k + 1], second[::-1])
            squares = mpmath.fdot(first, first[::-1])
            f.append((b * (squares - (k == 0)) - a * drag) / ((k + 3) * (k + 2) * (k + 1)))
        pieces.append(f)
        state = [
            mpmath.fsum(
                mpmath.ff(n, order) * f[n] * mpmath.mpf(STEP) ** (n - order)
                for n in range(order, len(f))
            )
            for order in range(3)
        ]
    return state[1], pieces
