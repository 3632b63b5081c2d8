"""The regions of plane geometry, by their walls: each chain runs with the region on its left."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..._types import Array
from .arc import Arc, Wall, arcs_of, snapped
from .curve import Curve, EllipticArc, Segment
from .plane import PlaneRegion

__all__ = ["annulus", "box", "closed", "disk", "ellipse", "enclosed", "polygon", "sector", "within"]


def disk(centre: Array, radius: float) -> PlaneRegion:
    """Within a distance of a point: one wall."""
    return ellipse(centre, (radius, radius))


def ellipse(centre: Array, half_axes: tuple[float, float]) -> PlaneRegion:
    """Within an ellipse with half axes along x and y."""
    a, b = half_axes
    wall = EllipticArc(centre, np.array([a, 0.0]), np.array([0.0, b]), 0.0, 2.0 * math.pi)
    return PlaneRegion([closed([(wall, Wall(0))])])


def annulus(centre: Array, inner: float, outer: float) -> PlaneRegion:
    """Between two circles about a point: wall 0 is the outer one, wall 1 the inner one."""
    circles = _circle(centre, outer, 0.0, 2.0 * math.pi), _circle(centre, inner, 2.0 * math.pi, 0.0)
    return PlaneRegion([closed([(circle, Wall(i))]) for i, circle in enumerate(circles)])


def polygon(points: Array) -> PlaneRegion:
    """Between straight walls, of which number i begins at point i."""
    return enclosed(
        [Segment(a, b) for a, b in zip(points, np.roll(points, -1, axis=0), strict=True)]
    )


def box(lower: Sequence[float], upper: Sequence[float]) -> PlaneRegion:
    """A rectangle, its walls numbered from the bottom on and named."""
    (a, b), (c, d) = lower, upper
    points = np.array([(a, b), (c, b), (c, d), (a, d)], dtype=float)
    names = ("bottom", "right", "top", "left")
    walls = [
        (Segment(p, q), Wall(i, frozenset({name})))
        for i, (p, q, name) in enumerate(
            zip(points, np.roll(points, -1, axis=0), names, strict=True)
        )
    ]
    return PlaneRegion([closed(walls)])


def sector(centre: Array, radius: float, begin: float, end: float) -> PlaneRegion:
    """Between two rays from a point, the angle from `begin` to `end`, and the arc between them."""
    circle = _circle(centre, radius, begin, end)
    first, last = circle.at(np.array([0.0, 1.0]))
    sides: list[tuple[Curve, Wall]] = [
        (Segment(centre, first), Wall(0)),
        (circle, Wall(1, frozenset({"arc"}))),
        (Segment(last, centre), Wall(2)),
    ]
    return PlaneRegion((closed(sides),))


def enclosed(curves: Sequence[Curve]) -> PlaneRegion:
    """Within curves of which each begins where the one before ends, in either direction."""
    return within([(curve, Wall(i)) for i, curve in enumerate(curves)])


def within(walls: Sequence[tuple[Curve, Wall]]) -> PlaneRegion:
    """The same, the curves with their walls."""
    region = PlaneRegion([closed(walls)])
    return region if region.area > 0.0 else turned(region)


def turned(region: PlaneRegion) -> PlaneRegion:
    """The same walls with what was on the right of them on the left."""
    return PlaneRegion([[a.backwards() for a in reversed(loop)] for loop in region.loops])


def _circle(centre: Array, radius: float, begin: float, end: float) -> EllipticArc:
    return EllipticArc(centre, np.array([radius, 0.0]), np.array([0.0, radius]), begin, end)


def closed(walls: Sequence[tuple[Curve, Wall]]) -> tuple[Arc, ...]:
    """Curves that follow one another, as a chain of arcs that share their ends to the last bit."""
    runs = [arcs_of(curve, wall) for curve, wall in walls]
    starts = [run[0].start for run in runs]
    chain: list[Arc] = []
    for run, start, stop in zip(runs, starts, [*starts[1:], starts[0]], strict=True):
        chain += snapped(run, start, stop)
    return tuple(chain)
