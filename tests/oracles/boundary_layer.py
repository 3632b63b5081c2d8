"""Similarity solutions of the flow along a plate and a wedge, by Newton's method on
Chebyshev collocation: f''' + a f f'' + b (1 - f'^2) = 0, f(0) = f'(0) = 0, f'(L) = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from .chebyshev import differentiation, interpolation, points

POINTS = 44


def blasius(x: np.ndarray) -> np.ndarray:
    """f on [0, 8] of 2 f''' + f f'' = 0."""
    return similarity(0.5, 0.0, 8.0, POINTS)(x)


def falkner_skan(x: np.ndarray) -> np.ndarray:
    """f on [0, 6] of f''' + f f'' + (1 - f'^2)/2 = 0."""
    return similarity(1.0, 0.5, 6.0, POINTS)(x)


@cache
def similarity(a: float, b: float, length: float, n: int) -> Callable[..., np.ndarray]:
    """The solution by n points, as a function on [0, length]."""
    nodes, d = points(n, 0, length), differentiation(n, 0, length)
    zeroth, first = np.eye(n), d
    second, third = d @ d, d @ d @ d
    inner = n - 3
    gauss = length / 2 * (1 + np.sin(np.pi * np.arange(1 - inner, inner, 2) / (2 * inner)))
    down = interpolation(gauss, n, 0, length)
    conditions, values = np.array([zeroth[0], first[0], first[-1]]), np.array([0.0, 0.0, 1.0])
    f = nodes + np.exp(-nodes) - 1.0
    for _ in range(20):
        f1, f2, f3 = first @ f, second @ f, third @ f
        defect = f3 + a * f * f2 + b * (1 - f1**2)
        jacobian = third + a * (f2[:, None] * zeroth + f[:, None] * second)
        jacobian -= 2 * b * f1[:, None] * first
        rows = np.concatenate([down @ jacobian, conditions])
        right = np.concatenate([down @ defect, conditions @ f - values])
        f = f - np.linalg.solve(rows, right)
    return lambda x: (interpolation(np.ravel(x), n, 0, length) @ f).reshape(np.shape(x))
