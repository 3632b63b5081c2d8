"""Rules of quadrature over a region or a part of its boundary, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..._types import Array
from ..mapping import AffineMap
from ..partition import Partition
from ..quadrature import gauss_legendre, tensor_rule
from ..region import BoxRegion, Wall
from ..shapes.plane import PlanePart, PlaneRegion
from ..shapes.rules import area_rule, wall_rule
from ..solids.rules import boundary_rule, volume_rule
from ..solids.solid import SolidPart, SolidRegion

__all__ = ["Inside", "OnBoundary", "rules_inside", "rules_on_boundary"]

Inside = BoxRegion | PlaneRegion | SolidRegion
OnBoundary = Wall | PlanePart | SolidPart


def rules_inside(region: Inside, blocks: Partition, count: int) -> Iterator[tuple[Array, Array]]:
    """Points (m, d) and weights (m,), block by block; of a solid all at once.

    Parameters
    ----------
    region : BoxRegion, PlaneRegion or SolidRegion
    blocks : Partition
        In each of which what is integrated is smooth.
    count : int
        Points along a line in a block.
    """
    if isinstance(region, SolidRegion):
        yield volume_rule(region, count)
        return
    for block in range(len(blocks)):
        cell = blocks.mapping(block)
        if isinstance(region, PlaneRegion):
            yield area_rule(region, cell, count)
            continue
        held = region.tight(cell)
        if np.all(held.upper > held.lower):
            yield _along(held, range(len(held.lower)), count)


def rules_on_boundary(
    part: OnBoundary, blocks: Partition, count: int
) -> Iterator[tuple[Array, Array, Array]]:
    """Points (m, d), outward unit normals (m, d) and weights (m,), as above."""
    if isinstance(part, SolidPart):
        yield boundary_rule(part, count)
        return
    for block in range(len(blocks)):
        cell = blocks.mapping(block)
        if isinstance(part, PlanePart):
            yield wall_rule(part, cell, count)
        elif part.value in (cell.lower[part.axis], cell.upper[part.axis]):
            axes = [axis for axis in range(part.box) if axis != part.axis]
            points, weights = _along(cell, axes, count)
            points[:, part.axis] = part.value
            yield points, part.normals(points), weights


def _along(cell: AffineMap, axes: Sequence[int], count: int) -> tuple[Array, Array]:
    """Points (m, d) of a cell that run along some axes, in the middle of others, and weights."""
    nodes, weights = tensor_rule([gauss_legendre(count)] * len(axes))
    reference = np.zeros((len(nodes), len(cell.lower)))
    reference[:, list(axes)] = nodes
    size = float(np.prod(cell.half_widths[list(axes)]))
    return cell.from_reference(reference), weights * size
