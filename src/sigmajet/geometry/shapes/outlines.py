"""The regions of plane geometry, by their walls: each chain runs with the region on its left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Array
from .arc import Arc, Wall, arcs_of, snapped
from .curve import Curve, EllipticArc, Segment
from .plane import PlaneRegion

__all__ = ["disk", "polygon", "sector"]


def disk(centre: Array, radius: float) -> PlaneRegion:
    """Within a distance of a point: one wall."""
    circle = EllipticArc(centre, np.array([radius, 0.0]), np.array([0.0, radius]))
    return PlaneRegion((_closed([(circle, Wall(0))]),))


def polygon(points: Array) -> PlaneRegion:
    """Between straight walls, of which number i begins at point i."""
    following = np.roll(points, -1, axis=0)
    sides = [
        (Segment(start, end), Wall(number))
        for number, (start, end) in enumerate(zip(points, following, strict=True))
    ]
    region = PlaneRegion((_closed(sides),))
    if region.area > 0.0:
        return region
    (loop,) = region.loops
    return PlaneRegion((tuple(arc.backwards() for arc in reversed(loop)),))


def sector(centre: Array, radius: float, begin: float, end: float) -> PlaneRegion:
    """Between two rays from a point, the angle from `begin` to `end`, and the arc between them."""
    circle = EllipticArc(centre, np.array([radius, 0.0]), np.array([0.0, radius]), begin, end)
    first, last = circle.at(np.array([0.0, 1.0]))
    sides: list[tuple[Curve, Wall]] = [
        (Segment(centre, first), Wall(0)),
        (circle, Wall(1, frozenset({"arc"}))),
        (Segment(last, centre), Wall(2)),
    ]
    return PlaneRegion((_closed(sides),))


def _closed(walls: Sequence[tuple[Curve, Wall]]) -> tuple[Arc, ...]:
    """Curves that follow one another, as a chain of arcs that share their ends to the last bit."""
    runs = [arcs_of(curve, wall) for curve, wall in walls]
    starts = [run[0].start for run in runs]
    chain: list[Arc] = []
    for run, start, stop in zip(runs, starts, [*starts[1:], starts[0]], strict=True):
        chain += snapped(run, start, stop)
    return tuple(chain)
