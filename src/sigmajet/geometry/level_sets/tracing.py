r"""Curves along the zeros of a function: graphs over tangents, each certain to be one branch.

From a point p of the curve with the tangent :math:`\tau` and the unit gradient n, zeros are looked
for in :math:`p + \sigma \tau + h n`, :math:`0 \le \sigma \le s`, :math:`|h| \le s`. Where bounds of
the gradient over that rectangle say

.. math:: |\nabla f \cdot \tau| \le \nabla f \cdot n,

the curve from p stays in it up to :math:`\sigma = s` as a graph h(σ), and there is no other: the
step is halved until they do. The curve goes around what is below zero with that on its left. Points
of it are found by Newton's steps of h, and their normals are gradients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...rounding import HALF_OF_THE_DIGITS, bisected
from ..shapes.arc import Arc, Wall
from ..shapes.chains import area, written
from ..shapes.outlines import closed
from ..shapes.plane import PlaneRegion
from .chord import Chord
from .level import Level
from .search import places

__all__ = ["below_zero"]


def below_zero(level: Level) -> PlaneRegion:
    """Where a function is below zero, its walls the closed curves of its zeros, the longest first.

    Raises
    ------
    ProblemError
        If the region is empty or unbounded, or its boundary is no smooth curve.
    """
    lower, upper = places(level)
    extent = float(np.max(upper.max(axis=0) - lower.min(axis=0)))
    loops: list[list[_Graph]] = []
    seeds = _seeds(level, lower, upper)
    while len(seeds):
        loops.append(_traced(level, seeds[0], extent))
        for graph in loops[-1]:
            seeds = seeds[~graph.holds(seeds)]
    if not loops:
        raise ProblemError("the inequality holds nowhere: the region is empty")
    walls = [
        closed([(chord.curve, Wall(number)) for chord in _chords(level, loop)])
        for number, loop in enumerate(loops)
    ]
    walls.sort(key=lambda arcs: -abs(area(arcs)))
    if area(walls[0]) <= 0.0:
        raise ProblemError("the region is unbounded: it lies around its boundary, not within it")
    return PlaneRegion([_numbered(arcs, number) for number, arcs in enumerate(walls)])


def _chords(level: Level, loop: Sequence[_Graph]) -> list[Chord]:
    """The same curve in pieces that turn by a radian at most, and are near to polynomials."""
    groups: list[list[_Graph]] = []
    for graph, following in zip(loop, [*loop[1:], loop[0]], strict=True):
        if groups and groups[-1][0].across @ following.across >= math.cos(1.0):
            groups[-1].append(graph)
        else:
            groups.append([graph])
    ends = [group[0].origin for group in groups]
    runs = [
        [*(graph.origin for graph in group), end]
        for group, end in zip(groups, [*ends[1:], ends[0]], strict=True)
    ]
    chords = []
    while runs:
        points = runs.pop()
        chord = Chord.through(level, points)
        if chord.resolved(points):
            chords.append(chord)
        elif len(points) == 2:
            middle = chord.points(np.array([0.5]))[0]
            if chord.length < HALF_OF_THE_DIGITS * np.max(np.abs(middle)):
                raise ProblemError(f"the curve turns too sharply at {written(middle)}")
            runs += [[points[0], middle], [middle, points[1]]]
        else:
            half = len(points) // 2
            runs += [points[: half + 1], points[half:]]
    return chords[::-1]


def _numbered(arcs: tuple[Arc, ...], number: int) -> list[Arc]:
    return [replace(arc, wall=Wall(number)) for arc in arcs]


@dataclass(frozen=True, slots=True)
class _Graph:
    """A piece of the curve: h over a tangent, from 0 to `length`."""

    level: Level
    origin: Array
    along: Array
    across: Array
    length: float

    def stop(self) -> Array:
        """Find its end."""
        base = self.origin + self.length * self.along
        ends = np.array([-self.length]), np.array([self.length])
        low, high = bisected(
            lambda middle: self.level.values(base + middle[:, None] * self.across) < 0.0, *ends
        )
        return np.asarray(base + 0.5 * (low[0] + high[0]) * self.across)

    def holds(self, points: Array) -> NDArray[np.bool_]:
        """Which points (m, 2) of the curve are in the rectangle, and so on the piece."""
        away = points - self.origin
        ahead, room = away @ self.along, HALF_OF_THE_DIGITS * self.length
        return np.asarray(
            (ahead >= -room)
            & (ahead <= self.length + room)
            & (np.abs(away @ self.across) <= self.length)
        )

    @property
    def certain(self) -> bool:
        """Whether the curve is a graph with slopes up to 1 over the rectangle."""
        ends = np.array([[0.0, -1.0], [0.0, 1.0], [1.0, -1.0], [1.0, 1.0]]) * self.length
        corners = self.origin + ends @ np.array([self.along, self.across])
        low, high = self.level.slopes(corners.min(axis=0)[None], corners.max(axis=0)[None])
        with np.errstate(invalid="ignore"):
            middle, half = 0.5 * (low + high)[0], 0.5 * (high - low)[0]
            steep = middle @ self.across - half @ np.abs(self.across)
            lean = abs(middle @ self.along) + half @ np.abs(self.along)
        return bool(lean <= steep)


def _traced(level: Level, start: Array, extent: float) -> list[_Graph]:
    """The closed curve through a point."""
    loop: list[_Graph] = []
    point, step = start, extent
    while True:
        slopes = level.gradients(point[None])[0]
        steep = float(np.linalg.norm(slopes))
        if not 0.0 < steep < np.inf:
            raise ProblemError(f"the gradient is zero or has no value at {written(point)}")
        across = slopes / steep
        along = np.array([-across[1], across[0]])
        piece = _Graph(level, point, along, across, step)
        while not piece.certain:
            step *= 0.5
            if step < HALF_OF_THE_DIGITS * extent:
                raise ProblemError(
                    f"the curve ends at {written(point)}, or turns too sharply there"
                )
            piece = _Graph(level, point, along, across, step)
        back = float((start - point) @ along)
        if len(loop) > 1 and piece.holds(start[None])[0] and back > 0.0:
            return [*loop, replace(piece, length=back)]
        if len(loop) > 1 and 0.0 < back < 2.0 * step and abs((start - point) @ across) < step:
            step = 0.5 * back  # two alike, not a long one and a tiny one
        piece = replace(piece, length=step)
        loop.append(piece)
        point, step = piece.stop(), 2.0 * step


def _seeds(level: Level, lower: Array, upper: Array) -> Array:
    """Points (n, 2) of the curve, where signs change between corners and middles of boxes."""
    shares = np.array([0.0, 0.5, 1.0])
    grid = np.stack(np.meshgrid(shares, shares, indexing="ij"), axis=-1)
    points = lower[:, None, None] + (upper - lower)[:, None, None] * grid
    inside = level.values(points.reshape(-1, 2)).reshape(points.shape[:-1]) < 0.0
    ends = [np.empty((0, 2, 2))]
    for axis in (1, 2):
        a, b, p, q = (np.take(v, at, axis) for v in (inside, points) for at in ([0, 1], [1, 2]))
        ends.append(np.stack([p, q], axis=-2)[a != b])
    low, high = np.concatenate(ends).transpose(1, 0, 2)
    sign = level.values(low) < 0.0
    return bisected(lambda middle: ((level.values(middle) < 0.0) == sign)[:, None], low, high)[0]
