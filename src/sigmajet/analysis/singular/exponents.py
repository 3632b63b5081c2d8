r"""Exponents of the solutions of a system at a corner: a polynomial eigenvalue problem on an arc.

About a corner, of the principal part with the coefficients of the corner, solutions are

.. math:: u_j = r^{\lambda - d_j} \Phi_j(\theta)

(V. A. Kondrat'ev, Boundary problems for elliptic equations in domains with conical or angular
points, Trans. Moscow Math. Soc. 16, 1967), with :math:`d_j` by how much the degree of an unknown is
below the highest one. With :math:`z = r e^{i\theta}`,

.. math:: \partial_z (r^\mu \Phi) = \tfrac12 r^{\mu - 1} e^{-i\theta} (\mu \Phi - i \Phi'),

so that the equations, and what holds on both walls, are polynomials in :math:`\lambda` whose
coefficients are operators on the arc. Polynomials in :math:`\theta`, of a degree as high above n
as the weight t of the unknown, make them square matrices: of equations at n - s points, and of R
conditions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...linalg.eigen import pencil_eigenvalues
from .principal_parts import PrincipalPart, Term

__all__ = ["exponents"]


def exponents(
    principal: PrincipalPart,
    equations: Sequence[Term],
    walls: Sequence[tuple[float, Sequence[Term]]],
    most: float,
) -> NDArray[np.complex128]:
    """All lambda with real parts in (0, most], and imaginary ones not negative.

    Walls are an angle each, with what holds on them.
    """
    first, last = (angle for angle, _ in walls)
    # Moffatt's eddies then have ten digits.
    count = int(0.5 * most * (last - first)) + np.finfo(float).precision
    sizes = [count + t for t in principal.unknowns]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    highest = max(sum(term.orders) for term in equations)
    matrices = np.zeros((highest + 1, starts[-1], starts[-1]))
    row = 0
    places: list[tuple[Array, list[Term]]] = []
    for number, weight in enumerate(principal.rows):
        nodes = chebyshev.chebpts1(count - weight)
        places.append((nodes, [term for term in equations if term.row == number]))
    for end, (_, terms) in zip((-1.0, 1.0), walls, strict=True):
        for number in sorted({term.row for term in terms}):
            places.append((np.array([end]), [term for term in terms if term.row == number]))
    half = 0.5 * (last - first)
    for nodes, terms in places:
        rows = slice(row, row + len(nodes))
        row += len(nodes)
        for term in terms:
            columns = slice(starts[term.unknown], starts[term.unknown + 1])
            below = principal.below[term.unknown]
            basis = np.eye(sizes[term.unknown])
            for (order, power), factor in _derivative(
                term.orders, below, first + half * (nodes + 1.0)
            ):
                values = chebyshev.chebval(nodes, chebyshev.chebder(basis, order)) / half**order
                matrices[power, rows, columns] += term.factor * factor[:, None] * values.T
    if row != starts[-1]:
        return np.empty(0, dtype=complex)
    sizes_of_rows = np.abs(matrices).max(axis=(0, 2), keepdims=True)
    found = pencil_eigenvalues(matrices / np.where(sizes_of_rows > 0.0, sizes_of_rows, 1.0))
    kept = np.isfinite(found) & (found.real > 0.0) & (found.real <= most) & (found.imag >= 0.0)
    return np.asarray(found[kept][np.argsort(found[kept].real)])


def _derivative(
    orders: Orders, below: int, angles: Array
) -> Iterator[tuple[tuple[int, int], Array]]:
    """A derivative of r^(lambda - below) Phi at r = 1: factors by the order of Phi's and of lambda.

    A factor is a sum of e^(i n theta) until it is evaluated.
    """
    terms: dict[tuple[int, int], dict[int, complex]] = {(0, 0): {0: 1.0}}
    for step, axis in enumerate([a for a, order in enumerate(orders) for _ in range(order)]):
        following: dict[tuple[int, int], dict[int, complex]] = {}

        def add(place: tuple[int, int], wave: int, factor: complex) -> None:
            held = following.setdefault(place, {})  # noqa: B023
            held[wave] = held.get(wave, 0.0) + factor

        for (order, power), waves in terms.items():
            for wave, factor in waves.items():
                # d/dx is that by z and by its conjugate; d/dy is i times their difference.
                for sign, weight in (
                    (-1, 1.0 if axis == 0 else 1j),
                    (1, 1.0 if axis == 0 else -1j),
                ):
                    half = 0.5 * weight * factor
                    add((order, power + 1), wave + sign, half)
                    add((order, power), wave + sign, -(below + step) * half - sign * wave * half)
                    add((order + 1, power), wave + sign, sign * 1j * half)
        terms = following
    for place, waves in terms.items():
        value = sum(factor * np.exp(1j * wave * angles) for wave, factor in waves.items())
        yield place, np.asarray(value).real
