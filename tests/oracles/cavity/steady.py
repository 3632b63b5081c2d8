"""Flow in a square cavity under a lid of velocity 4 x (1 - x), by Chebyshev collocation.

Newton's method for velocities at n points a side, given on the walls, and a pressure at the
n - 2 inner ones, two degrees lower so that no spurious pressure is left (P_N - P_{N-2}:
C. Bernardi, Y. Maday, Int. J. Numer. Methods Fluids 8, 1988); momentum and continuity hold at
the inner points, and the pressure is zero at (0, 0) instead of continuity at one of them.

At the upper corners the data do not fit together, u_x = 4 but v_y = 0: convergence is
algebraic, and the pressure has a logarithm there. `test_oracles.py` states the accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from ..chebyshev import differentiation, interpolation, points

VISCOSITY = 0.01
_SIDE = 32
_NEWTON = 8  # steps, from rest; quadratic from the fourth


def lid_driven(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Velocities and pressure, (3, ...)."""
    return flow(_SIDE)(x, y)


@cache
def flow(n: int) -> Callable[..., np.ndarray]:
    """The same by n points a side."""
    nodes, d = points(n, 0, 1), differentiation(n, 0, 1)
    inner = nodes[1:-1]
    u, v = np.zeros((n, n)), np.zeros((n, n))
    u[:, -1] = 4 * nodes * (1 - nodes)
    pressure = np.zeros((n - 2, n - 2))
    slope, to = _inner_basis(inner)
    count = (n - 2) ** 2
    identity = np.eye(n - 2)
    first, second = d[1:-1, 1:-1], (d @ d)[1:-1, 1:-1]
    dx, dy = np.kron(first, identity), np.kron(identity, first)
    px, py = np.kron(slope, identity), np.kron(identity, slope)
    friction = VISCOSITY * (np.kron(second, identity) + np.kron(identity, second))
    corner = np.kron(to(np.zeros(1)), to(np.zeros(1)))
    for _ in range(_NEWTON):
        slopes = [[(d @ w)[1:-1, 1:-1], (w @ d.T)[1:-1, 1:-1]] for w in (u, v)]
        bends = [(d @ d @ w + w @ (d @ d).T)[1:-1, 1:-1] for w in (u, v)]
        ui, vi = u[1:-1, 1:-1], v[1:-1, 1:-1]
        push = [px @ pressure.ravel(), py @ pressure.ravel()]
        defects = [
            (ui * sx + vi * sy - VISCOSITY * bend).ravel() + p
            for (sx, sy), bend, p in zip(slopes, bends, push, strict=True)
        ]
        defects.append((slopes[0][0] + slopes[1][1]).ravel())
        carried = ui.ravel()[:, None] * dx + vi.ravel()[:, None] * dy - friction
        (ux, uy), (vx, vy) = [[np.diag(s.ravel()) for s in pair] for pair in slopes]
        jacobian = np.block([[carried + ux, uy, px], [vx, carried + vy, py], [dx, dy, 0 * dx]])
        right = np.concatenate(defects)
        pin = 2 * count + count // 2
        jacobian[pin] = np.concatenate([np.zeros(2 * count), corner[0]])
        right[pin] = corner[0] @ pressure.ravel()
        step = np.linalg.solve(jacobian, right).reshape(3, n - 2, n - 2)
        u[1:-1, 1:-1] -= step[0]
        v[1:-1, 1:-1] -= step[1]
        pressure = pressure - step[2]

    def solution(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        ends = [interpolation(np.ravel(q), n, 0, 1) for q in (x, y)]
        inner_ends = [to(np.ravel(q)) for q in (x, y)]
        sides = [(ends, u), (ends, v), (inner_ends, pressure)]
        values = [np.einsum("pi,ij,pj->p", a, f, b, optimize=True) for (a, b), f in sides]
        return np.array(values).reshape(3, *np.shape(x))

    return solution


def _inner_basis(inner: np.ndarray) -> tuple[np.ndarray, Callable[..., np.ndarray]]:
    """Differentiation at the inner points, and interpolation from them."""
    table = np.polynomial.chebyshev.chebvander(2 * inner - 1, len(inner) - 1)
    back = np.linalg.inv(table)
    derivatives = 2 * np.polynomial.chebyshev.chebder(np.eye(len(inner)), axis=0)
    slope = table[:, :-1] @ derivatives @ back

    def to(x: np.ndarray) -> np.ndarray:
        return np.polynomial.chebyshev.chebvander(2 * x - 1, len(inner) - 1) @ back

    return slope, to
