"""Products of Legendre polynomials up to a total degree, on the reference box."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


def total_degrees(dimension: int, most: int) -> Integers:
    """The degrees (modes, dimension) by each variable whose sum is at most `most`."""
    products = itertools.product(range(most + 1), repeat=dimension)
    chosen = [powers for powers in products if sum(powers) <= most]
    return np.array(chosen, dtype=np.intp).reshape(len(chosen), dimension)


def legendre_products(points: Array, degrees: Integers) -> Array:
    """Products of these degrees at points (m, dimension), (m, modes)."""
    values = np.ones((len(points), len(degrees)))
    for along, powers in zip(points.T, degrees.T, strict=True):
        values *= np.polynomial.legendre.legvander(along, powers.max())[:, powers]
    return values
