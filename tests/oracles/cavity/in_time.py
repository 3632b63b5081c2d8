r"""Flow in a square cavity whose lid is set in motion, by a streamfunction in time.

No slip on all walls, the lid moves with :math:`16 x^2 (1 - x)^2 f(t)`. With a lift L that has
the lid's velocity, :math:`\psi = f L + \sum a_{ij} \phi_i(x) \phi_j(y)` where :math:`\phi` and
:math:`\phi'` vanish at both ends, and for all such products v

.. math:: (\nabla \psi_t, \nabla v) + \nu (\Delta \psi, \Delta v)
          + \int \Delta \psi\, (\psi_y v_x - \psi_x v_y) = 0 .

Functions are :math:`(1 - \xi^2)^2` times Jacobi polynomials, quadrature is Gauss's, and time goes
by exponential Runge-Kutta steps of fourth order in the modes of the linear part (S. M. Cox,
P. C. Matthews, J. Comput. Phys. 176, 2002; contours of A.-K. Kassam, L. N. Trefethen, SIAM J. Sci.
Comput. 26, 2005), with Hermite's cubic between steps. `test_oracles.py` states the accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import scipy.linalg
from scipy.special import eval_jacobi

VISCOSITY = 0.01
RATE = 5.0  # f(t) = 1 - exp(-RATE t)
_SIDE, _STEPS = 20, 200
_CONTOUR = 64


def lid_driven(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Streamfunction, vorticity and both velocities, (4, ...), for times from 0 to 1."""
    return flow(_SIDE, _STEPS)(x, y, t)


@cache
def flow(n: int, steps: int) -> Callable[..., np.ndarray]:
    """The same by n functions a side and so many steps."""
    nodes, weights = np.polynomial.legendre.leggauss(2 * n + 6)
    nodes, weights = (nodes + 1) / 2, weights / 2
    table = _functions(nodes, n)  # (3, points, n)
    grams = [[(table[i].T * weights) @ table[j] for j in range(3)] for i in range(3)]
    gradients = np.kron(grams[1][1], grams[0][0]) + np.kron(grams[0][0], grams[1][1])
    laplacians = (
        np.kron(grams[2][2], grams[0][0])
        + np.kron(grams[0][0], grams[2][2])
        + np.kron(grams[2][0], grams[0][2])
        + np.kron(grams[0][2], grams[2][0])
    )
    rates, modes = scipy.linalg.eigh(VISCOSITY * laplacians, gradients)  # modes.T M modes = 1
    across, up = _lid(nodes)
    tested = table * weights[:, None]

    def lifted(i: int, j: int) -> np.ndarray:
        return np.outer(across[i], up[j])

    def moments(values: np.ndarray, i: int, j: int) -> np.ndarray:
        return (tested[i].T @ values @ tested[j]).ravel()

    bend = lifted(2, 0) + lifted(0, 2)
    pushed = -moments(lifted(1, 0), 1, 0) - moments(lifted(0, 1), 0, 1)
    dragged = -VISCOSITY * (moments(bend, 2, 0) + moments(bend, 0, 2))

    def push(amplitudes: np.ndarray, time: float) -> np.ndarray:
        """All but the linear part, by modes."""
        height, slope = 1 - np.exp(-RATE * time), RATE * np.exp(-RATE * time)
        a = (modes @ amplitudes).reshape(n, n)

        def values(i: int, j: int) -> np.ndarray:
            return table[i] @ a @ table[j].T + height * lifted(i, j)

        curl = values(2, 0) + values(0, 2)
        carried = moments(curl * values(0, 1), 1, 0) - moments(curl * values(1, 0), 0, 1)
        return modes.T @ (slope * pushed + height * dragged - carried)

    length = 1.0 / steps
    whole, half, weigh = _exponentials(-rates * length)
    states, slopes = [np.zeros(n * n)], [push(np.zeros(n * n), 0.0)]
    for step in range(steps):
        time, now = step * length, states[-1]
        first = push(now, time)
        a = half * now + 0.5 * length * weigh[0] * first
        second = push(a, time + length / 2)
        b = half * now + 0.5 * length * weigh[0] * second
        third = push(b, time + length / 2)
        c = half * a + 0.5 * length * weigh[0] * (2 * third - first)
        fourth = push(c, time + length)
        states.append(
            whole * now
            + length * (weigh[1] * first + weigh[2] * (second + third) + weigh[3] * fourth)
        )
        slopes.append(push(states[-1], time + length) - rates * states[-1])
    known = np.array(states) @ modes.T, np.array(slopes) @ modes.T

    def solution(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        x, y, t = np.broadcast_arrays(x, y, t)
        shape, (x, y, t) = x.shape, (np.ravel(q).astype(float) for q in (x, y, t))
        a = _hermite(*known, t * steps, length).reshape(-1, n, n)
        height = 1 - np.exp(-RATE * t)
        (left, lower), (lid, rise) = (_functions(q, n) for q in (x, y)), _lid(x, y)

        def values(i: int, j: int) -> np.ndarray:
            inside = np.einsum("pi,pij,pj->p", left[i], a, lower[j], optimize=True)
            return inside + height * lid[i] * rise[j]

        curl = -values(2, 0) - values(0, 2)
        found = np.array([values(0, 0), curl, values(0, 1), -values(1, 0)])
        return found.reshape(4, *shape)

    return solution


def _functions(x: np.ndarray, n: int) -> np.ndarray:
    """phi and its first two derivatives at x, (3, points, n)."""
    xi, k = 2 * x[:, None] - 1, np.arange(n)
    scale = np.sqrt((2 * k + 9.0) / 2)
    jets = [eval_jacobi(k, 4, 4, xi)]
    for order in (1, 2):  # d/dx P_k^(a,a) = (k + 2 a + 1)/2 P_(k-1)^(a+1,a+1)
        factor = np.prod([(k + 8 + m) / 2 for m in range(1, order + 1)], axis=0)
        lower = eval_jacobi(np.maximum(k - order, 0), 4 + order, 4 + order, xi)
        jets.append(np.where(k >= order, factor * lower, 0.0))
    bubble = (1 - xi**2) ** 2, -4 * xi * (1 - xi**2), 12 * xi**2 - 4
    value = bubble[0] * jets[0]
    slope = bubble[1] * jets[0] + bubble[0] * jets[1]
    bend = bubble[2] * jets[0] + 2 * bubble[1] * jets[1] + bubble[0] * jets[2]
    return np.array([value, 2 * slope, 4 * bend]) * scale


def _lid(x: np.ndarray, y: np.ndarray | None = None) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """16 x^2 (1 - x)^2 and y^2 (y - 1), each with two derivatives."""
    y = x if y is None else y
    across = [16 * x**2 * (1 - x) ** 2, 32 * x * (1 - x) * (1 - 2 * x), 32 * (1 - 6 * x + 6 * x**2)]
    return across, [y**3 - y**2, 3 * y**2 - 2 * y, 6 * y - 2]


def _exponentials(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """exp(z), exp(z/2) and the weights of the four stages, by means over circles."""
    circle = z[:, None] + np.exp(2j * np.pi * (np.arange(_CONTOUR) + 0.5) / _CONTOUR)
    grown = np.exp(circle)
    parts = [
        2 * (np.exp(circle / 2) - 1) / circle,
        (-4 - circle + grown * (4 - 3 * circle + circle**2)) / circle**3,
        2 * (2 + circle + grown * (circle - 2)) / circle**3,
        (-4 - 3 * circle - circle**2 + grown * (4 - circle)) / circle**3,
    ]
    return np.exp(z), np.exp(z / 2), [part.mean(1).real for part in parts]


def _hermite(
    values: np.ndarray, slopes: np.ndarray, position: np.ndarray, length: float
) -> np.ndarray:
    """Between steps, at positions in steps."""
    step = np.clip(position.astype(int), 0, len(values) - 2)
    s = (position - step)[:, None]
    before, after = (values[step], slopes[step]), (values[step + 1], slopes[step + 1])
    return (
        (1 + 2 * s) * (1 - s) ** 2 * before[0]
        + s * (1 - s) ** 2 * length * before[1]
        + s**2 * (3 - 2 * s) * after[0]
        + s**2 * (s - 1) * length * after[1]
    )
