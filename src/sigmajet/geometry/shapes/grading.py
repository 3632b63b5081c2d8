"""Cells that are no larger than the holes of a plane region beside them.

What a hole does to a solution fades with the distance from it, on the scale of the hole: near by
cells have to be smaller than it is wide, farther off than they are far from it. Equal cells of
which a hole is a small part tell nothing before they are small enough everywhere; where fluxes are
to balance, as those of a flow past a cylinder, they spread the loss over all cells alike, so that
defects do not say where to cut.
"""

from __future__ import annotations

import numpy as np

from ..._types import Array, Integers
from ..mapping import AffineMap
from ..partition import Partition
from .plane import PlaneRegion


def graded(partition: Partition) -> Partition:
    """Cells cut until none is as large as a hole is wide and its distance from it together.

    A cell is cut across its longest sides, and those nearly as long. Without holes, and in space,
    cells stay as they are.

    Parameters
    ----------
    partition : Partition

    Returns
    -------
    Partition
        The same one where no cell is too large.
    """
    regions = enumerate(partition.parts) if partition.parts else [(None, partition.region)]
    for number, region in regions:
        for box in region.holes if isinstance(region, PlaneRegion) else ():
            partition = _beside(partition, box, number)
    return partition


def _beside(partition: Partition, hole: AffineMap, part: int | None) -> Partition:
    """Cells, those of a part if one is named, cut for one hole."""
    wide = 2.0 * float(np.max(hole.half_widths))
    while True:
        gaps = np.maximum(partition.lower - hole.upper, hole.lower - partition.upper)
        away = np.linalg.norm(np.maximum(gaps, 0.0), axis=1)
        sides = 2.0 * partition.half_widths
        large = sides.max(axis=1) >= wide + away
        if part is not None:
            large &= partition.owner == part
        if not np.any(large):
            return partition
        partition = partition.cut({int(b): _longest(sides[b]) for b in np.flatnonzero(large)})


def _longest(sides: Array) -> Integers:
    """The axes whose halves are no shorter than the longest is after its next cut but one."""
    return np.flatnonzero(2.0 * sides > sides.max())
