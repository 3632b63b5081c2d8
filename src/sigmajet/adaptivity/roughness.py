"""Along which axes functions vary so fast that a cut across them is worth it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..geometry.partition import Partition
from ..geometry.quadrature import NODES, gauss_legendre
from .marking import bulk


def rough_axes(
    function: Callable[[Array], Array], partition: Partition, block: int
) -> NDArray[np.intp]:
    """Axes along which functions, (k, m) at points, vary fast on a block.

    They hold the bulk of its roughness, which is told by the upper half of Legendre modes. On a
    block that is not full of the region, where functions mean nothing outside, all axes do.
    """
    # With a quarter or all of the nodes 16 problems in the plane take as many attempts.
    count = NODES // 2
    dimension = partition.dimension
    nodes, weights = gauss_legendre(count)
    modes = np.polynomial.legendre.legvander(nodes, count - 1) * weights[:, None]
    modes *= np.sqrt(np.arange(count) + 0.5)  # orthonormal
    grids = np.meshgrid(*[nodes] * dimension, indexing="ij")
    points = partition.from_reference(np.stack([g.ravel() for g in grids], axis=-1), block)
    region = partition.filled(block)
    if region is not None and not np.all(region.contains(points)):
        return np.arange(dimension)
    rough = np.zeros(dimension)
    for row in function(points):
        spectrum = (row / (np.abs(row).max() or 1.0)).reshape((count,) * dimension)
        for axis in range(dimension):
            spectrum = np.moveaxis(np.tensordot(modes, spectrum, (0, axis)), 0, axis)
        size = np.linalg.norm(spectrum) or 1.0
        for axis in range(dimension):
            upper = np.take(spectrum, range(count // 2, count), axis)
            rough[axis] = max(rough[axis], float(np.linalg.norm(upper) / size))
    return np.flatnonzero(bulk(rough))
