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
    region = partition.region
    if not isinstance(region, PlaneRegion):
        return partition
    for box in region.holes:
        wide = 2.0 * float(np.max(box.half_widths))
        while True:
            gaps = np.maximum(partition.lower - box.upper, box.lower - partition.upper)
            away = np.linalg.norm(np.maximum(gaps, 0.0), axis=1)
            sides = 2.0 * partition.half_widths
            large = np.flatnonzero(sides.max(axis=1) >= wide + away)
            if not len(large):
                break
            partition = partition.cut({int(b): _longest(sides[b]) for b in large})
    return partition


def _longest(sides: Array) -> Integers:
    """The axes whose halves are no shorter than the longest is after its next cut but one."""
    return np.flatnonzero(2.0 * sides > sides.max())
