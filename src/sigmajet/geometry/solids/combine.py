"""Solids put together, and those of one body."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Array
from ..shapes.curve import Motion
from . import bodies
from .solid import SolidRegion
from .tree import Difference, Intersection, Leaf, Union

__all__ = ["ball", "box", "cylinder", "difference", "intersection", "union"]


def union(first: SolidRegion, second: SolidRegion) -> SolidRegion:
    """What lies in one of them or in both."""
    return SolidRegion(Union(first.tree, second.tree))


def intersection(first: SolidRegion, second: SolidRegion) -> SolidRegion:
    """What lies in both."""
    return SolidRegion(Intersection(first.tree, second.tree))


def difference(first: SolidRegion, second: SolidRegion) -> SolidRegion:
    """What lies in the first one alone."""
    return SolidRegion(Difference(first.tree, second.tree))


def ball(centre: Array, radius: float) -> SolidRegion:
    """Within a distance of a point."""
    return SolidRegion(Leaf(bodies.Ball(), Motion(radius * np.eye(3), centre)))


def box(lower: Sequence[float], upper: Sequence[float]) -> SolidRegion:
    """Between two corners."""
    low, high = np.array(lower, dtype=float), np.array(upper, dtype=float)
    return SolidRegion(Leaf(bodies.Cube(), Motion(np.diag(0.5 * (high - low)), 0.5 * (low + high))))


def cylinder(bottom: Array, top: Array, radius: float) -> SolidRegion:
    """Within a distance of a line between two points, the ends flat."""
    axis = 0.5 * (top - bottom)
    # Two directions across: of the singular vectors of the axis the first one is along it.
    _, _, directions = np.linalg.svd(axis[None])
    matrix = np.column_stack([radius * directions[1], radius * directions[2], axis])
    if np.linalg.det(matrix) < 0.0:
        matrix[:, 0] *= -1.0
    return SolidRegion(Leaf(bodies.Cylinder(), Motion(matrix, 0.5 * (bottom + top))))
