"""Legendre polynomials: values, derivatives, integrals, Radau points, and products on a box."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.polynomial import legendre

from .._types import Array, Integers


@cache
def total_degrees(dimension: int, most: int) -> Integers:
    """The degrees (modes, dimension) by each variable whose sum is at most `most`; read-only."""
    products = itertools.product(range(most + 1), repeat=dimension)
    chosen = [powers for powers in products if sum(powers) <= most]
    degrees = np.array(chosen, dtype=np.intp).reshape(len(chosen), dimension)
    degrees.flags.writeable = False
    return degrees


def legendre_products(points: Array, degrees: Integers) -> Array:
    """Products of these degrees at points (m, dimension), (m, modes)."""
    values = np.ones((len(points), len(degrees)))
    for along, powers in zip(points.T, degrees.T, strict=True):
        values *= np.polynomial.legendre.legvander(along, powers.max())[:, powers]
    return values


def legendre_derivatives(positions: Array, count: int, order: int) -> Array:
    """d^order of the first `count` Legendre polynomials of [0, 1] at positions, (m, count)."""
    return 2.0**order * legendre_values(2.0 * positions - 1.0, count - 1, order)


@cache
def _derivative(count: int, order: int) -> Array:
    """Legendre coefficients of d^order of the first `count` polynomials, in columns."""
    return np.asarray(legendre.legder(np.eye(count), order))


def radau_nodes(count: int) -> Array:
    """Zeros of P_count - P_(count - 1), ascending; the last is 1.

    The others are zeros of a Jacobi polynomial, (1 - x) P^(1, 0)_(count - 1): Gauss-Radau points.
    """
    from scipy.special import roots_jacobi  # takes as long as a small problem

    inner, _ = roots_jacobi(count - 1, 1.0, 0.0)
    return np.append(inner, 1.0)


def integration_matrix(degree: int) -> Array:
    """Legendre coefficients of integrals from -1: (degree + 1, degree)."""
    matrix = np.zeros((degree + 1, degree))
    matrix[:2, 0] = 1.0
    for k in range(1, degree):  # (2k + 1) P_k = P'_(k+1) - P'_(k-1), which agree at -1
        matrix[k + 1, k] = 1.0 / (2 * k + 1)
        matrix[k - 1, k] = -1.0 / (2 * k + 1)
    return matrix


def legendre_values(points: Array, degree: int, order: int = 0) -> Array:
    """d^order of the Legendre polynomials up to a degree at points, (m, degree + 1)."""
    return legendre_jet(points, degree, (order,))[0]


def legendre_jet(points: Array, degree: int, orders: Iterable[int]) -> list[Array]:
    """Several derivatives of them, each (m, degree + 1)."""
    values: Array = np.asarray(legendre.legvander(points, degree))
    columns = ((order, _derivative(degree + 1, order)) for order in orders)
    return [np.asarray(values[:, : len(c)] @ c) if order else values for order, c in columns]
