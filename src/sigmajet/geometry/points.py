"""Points that fill boxes and their faces evenly: scrambled Sobol sequences, Chebyshev on a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .._types import Array
from ..randomness import Seed
from ..rules.samples import FEW
from .mapping import AffineMap
from .partition import Filled, Interface
from .sobol import sobol_points


def interior_points(dimension: int, count: int, seed: Seed) -> Array:
    """Points inside the reference box: Chebyshev points on a line, Sobol points beyond."""
    if dimension == 1:
        return np.cos(np.pi * (np.arange(count)[::-1, None] + 0.5) / count)
    return 2.0 * sobol_points(dimension, count, seed) - 1.0


def points_inside(
    regions: Sequence[Filled], cells: Sequence[AffineMap], count: int, seed: Seed
) -> list[Array]:
    """Points (count, d) of each of some regions in a cell, fewer where it has next to nothing.

    A cell that its region fills gets those of its reference cell.
    """
    references: list[Array] = []
    found = []
    for region, cell in zip(regions, cells, strict=True):
        for number, drawn in enumerate(_drawn(count)):
            if number == len(references):
                references.append(interior_points(len(cell.lower), drawn, seed))
            points = cell.from_reference(references[number])
            points = points[region.contains(points)]
            if len(points) >= count:
                break
        found.append(points[:count])
    return found


def face_points(face: Interface, count: int, seed: Seed, region: Filled | None = None) -> Array:
    """Points (m, d) of an interface in a region; the one point that it is on a line."""
    dimension = len(face.lower)
    free = [axis for axis in range(dimension) if axis != face.axis]
    if not free:
        return face.lower[None]
    cell = AffineMap(face.lower, face.upper)
    points = np.empty((0, dimension))
    for drawn in _drawn(count):
        reference = embed(interior_points(len(free), drawn, seed), free, dimension)
        points = cell.from_reference(reference)
        if region is None or len(free) == 1:  # a piece of a line is inside
            break
        points = points[region.contains(points)]
        if len(points) >= count:
            break
    return points[:count]


def _drawn(count: int) -> Iterator[int]:
    """How many points of a cell to draw for so many in a region, twice as many each time."""
    drawn = count
    while drawn <= FEW * count:
        yield drawn
        drawn *= 2


def embed(reference: Array, axes: Sequence[int], dimension: int) -> Array:
    """Points over some axes as points (m, dimension), zero along the others."""
    embedded = np.zeros((len(reference), dimension))
    embedded[:, axes] = reference
    return embedded
