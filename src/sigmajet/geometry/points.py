"""Points that fill boxes and their faces evenly: scrambled Sobol sequences, Chebyshev on a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._types import Array
from .partition import Interface, Partition
from .sobol import sobol_points


def interior_points(dimension: int, count: int, seed: int | Sequence[int]) -> Array:
    """Points inside the reference box: Chebyshev points on a line, Sobol points beyond."""
    if dimension == 1:
        return np.cos(np.pi * (np.arange(count)[::-1, None] + 0.5) / count)
    return 2.0 * sobol_points(dimension, count, seed) - 1.0


def face_points(face: Interface, count: int, seed: int = 0) -> Array:
    """Points (m, d) of an interface; the one point that it is on a line."""
    dimension = len(face.lower)
    free = [axis for axis in range(dimension) if axis != face.axis]
    if not free:
        return face.lower[None]
    reference = embed(interior_points(len(free), count, seed), free, dimension)
    return Partition(face.lower[None], face.upper[None]).from_reference(reference, 0)


def embed(reference: Array, axes: Sequence[int], dimension: int) -> Array:
    """Points over some axes as points (m, dimension), zero along the others."""
    embedded = np.zeros((len(reference), dimension))
    embedded[:, axes] = reference
    return embedded
