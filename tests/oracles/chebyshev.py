"""Chebyshev collocation on an interval and on a rectangle, dense and in plain NumPy.

Smooth solutions on intervals and boxes converge geometrically, down to rounding times the
condition of the matrices: 1e-13 for second order, 1e-11 for a beam. `solve_interval` borders
the equations, taken at Gauss points, with the conditions (rectangular collocation:
T. A. Driscoll, N. Hale, IMA J. Numer. Anal. 36, 2016), so that any order and any linear
conditions are stated alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import solve_sylvester

Coefficient = Callable[[np.ndarray], np.ndarray | float]
Condition = tuple[float, Sequence[float], float]


def points(n: int, a: float = -1.0, b: float = 1.0) -> np.ndarray:
    """n Chebyshev points of the second kind on [a, b], ascending."""
    return (a + b) / 2 + (b - a) / 2 * np.sin(np.pi * np.arange(1 - n, n, 2) / (2 * (n - 1)))


def interpolation(x: np.ndarray, n: int, a: float, b: float) -> np.ndarray:
    """Values at `points(n, a, b)` -> values at x, by the barycentric formula."""
    nodes = points(n, a, b)
    weights = (-1.0) ** np.arange(n)
    weights[[0, -1]] /= 2
    difference = np.asarray(x, float)[:, None] - nodes
    hit = difference == 0
    ratio = weights / np.where(hit, 1.0, difference)
    matrix = ratio / ratio.sum(1, keepdims=True)
    return np.where(hit.any(1, keepdims=True), hit.astype(float), matrix)


def differentiation(n: int, a: float, b: float) -> np.ndarray:
    """d/dx at `points(n, a, b)`; the diagonal makes each row sum to zero."""
    x = points(n, a, b)
    weights = (-1.0) ** np.arange(n)
    weights[[0, -1]] *= 2
    difference = x[:, None] - x + np.eye(n)
    matrix = np.outer(weights, 1 / weights) / difference
    return matrix - np.diag(matrix.sum(1))


def solve_interval(
    coefficients: Sequence[Coefficient],
    right: Coefficient,
    conditions: Sequence[Condition],
    interval: tuple[float, float],
    n: int,
) -> Callable[[np.ndarray], np.ndarray]:
    """Solve sum_k coefficients[k](x) u^(k) = right(x).

    A condition (x0, (c0, c1, ...), value) means c0 u(x0) + c1 u'(x0) + ... = value.
    """
    a, b = interval
    order = len(coefficients) - 1
    d = differentiation(n, a, b)
    powers = [np.linalg.matrix_power(d, k) for k in range(order + 1)]
    inner = n - len(conditions)
    gauss = (a + b) / 2 + (b - a) / 2 * np.sin(np.pi * np.arange(1 - inner, inner, 2) / (2 * inner))
    down = interpolation(gauss, n, a, b)
    rows = [
        sum(
            np.reshape(c(gauss) * np.ones(inner), (-1, 1)) * (down @ p)
            for c, p in zip(coefficients, powers, strict=True)
        )
    ]
    values = [right(gauss) * np.ones(inner)]
    for place, factors, value in conditions:
        trace = interpolation(np.array([place]), n, a, b)
        rows.append(sum(f * (trace @ p) for f, p in zip(factors, powers, strict=False)))
        values.append(np.array([value]))
    matrix, vector = np.concatenate(rows), np.concatenate(values)
    scale = np.abs(matrix).max(1)
    u = np.linalg.solve(matrix / scale[:, None], vector / scale)
    return lambda x: (interpolation(np.ravel(x), n, a, b) @ u).reshape(np.shape(x))


def solve_poisson(
    source: Callable[..., np.ndarray],
    boundary: Callable[..., np.ndarray],
    rectangle: tuple[tuple[float, float], tuple[float, float]],
    n: int,
) -> Callable[..., np.ndarray]:
    """Solve u_xx + u_yy = source with u = boundary on the sides, as a Sylvester equation."""
    (a, b), (c, d) = rectangle
    x, y = points(n, a, b)[:, None], points(n, c, d)[None, :]
    dx, dy = (np.linalg.matrix_power(differentiation(n, *ends), 2) for ends in rectangle)
    u = boundary(x, y) * np.ones((n, n))
    u[1:-1, 1:-1] = 0
    inside = (slice(1, -1), slice(1, -1))
    right = (source(x, y) * np.ones((n, n)) - dx @ u - u @ dy.T)[inside]
    u[inside] = solve_sylvester(dx[inside], dy[inside].T, right)

    def solution(px: np.ndarray, py: np.ndarray) -> np.ndarray:
        left = interpolation(np.ravel(px), n, a, b)
        other = interpolation(np.ravel(py), n, c, d)
        return np.einsum("pi,ij,pj->p", left, u, other, optimize=True).reshape(np.shape(px))

    return solution
