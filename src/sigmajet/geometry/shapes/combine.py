r"""Regions put together: union, intersection and difference of plane regions.

Both boundaries are cut where they meet. Of the pieces those stay that the result has as walls: of a
union what is outside of the other region, of an intersection what is inside, of a difference
:math:`A \setminus B` what A has outside of B, and what B has inside of A, backwards. Where walls
of both coincide, the middle of a piece tells by the side on which each region lies.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ...rounding import HALF_OF_THE_DIGITS
from .arc import Arc
from .chains import area, written
from .crossing import meetings
from .outlines import box
from .plane import PlaneRegion

__all__ = ["box", "difference", "intersection", "refuse_unsound", "union"]


def union(first: PlaneRegion, second: PlaneRegion) -> PlaneRegion:
    """What lies in one of them or in both."""
    return _combined(first, second, inside=False, backwards=False)


def intersection(first: PlaneRegion, second: PlaneRegion) -> PlaneRegion:
    """What lies in both."""
    return _combined(first, second, inside=True, backwards=False)


def difference(first: PlaneRegion, second: PlaneRegion) -> PlaneRegion:
    """What lies in the first one alone."""
    return _combined(first, second, inside=False, backwards=True)


def refuse_unsound(region: PlaneRegion, what: str) -> None:
    """Raise where walls cross or touch each other, or there is nothing between them.

    Raises
    ------
    ProblemError
    """
    near = HALF_OF_THE_DIGITS * region.size
    arcs = region.arcs
    for number, arc in enumerate(arcs):
        for later in region.overlapping(arc, near):
            if later <= number:
                continue
            other = arcs[later]
            found = [arc.at(np.array([s]))[0] for s in meetings(arc, other, near)]
            found += [other.at(np.array([s]))[0] for s in meetings(other, arc, near)]
            if found:
                raise ProblemError(
                    f"{what}: the walls {arc.wall.number} and {other.wall.number} cross or touch "
                    f"each other at {written(found[0])}"
                )
    try:
        chained(arcs, region.size)
    except ProblemError as error:
        raise ProblemError(f"{what}: {error}") from None
    if region.area <= near * region.size:
        raise ProblemError(f"{what}: there is nothing between the walls: the region is empty")


def _combined(
    first: PlaneRegion, second: PlaneRegion, *, inside: bool, backwards: bool
) -> PlaneRegion:
    size = max(first.size, second.size)
    offset = 1 + max(arc.wall.number for arc in first.arcs)
    other = [_renumbered(arc, offset) for arc in second.arcs]
    pieces = []
    taken = False  # whether the second changes anything of the first
    for piece in _cut(first.arcs, second, size):
        side = _side(piece, second, size)
        if side is _Side.SAME:
            kept = not backwards
        elif side is _Side.OPPOSITE:
            kept = backwards
        else:
            kept = (side is _Side.INSIDE) == inside
        if kept:
            pieces.append(piece)
        else:
            taken = True
    for piece in _cut(other, first, size):
        side = _side(piece, first, size)
        if side in (_Side.INSIDE, _Side.OUTSIDE) and (side is _Side.INSIDE) == (
            inside or backwards
        ):
            pieces.append(piece.backwards() if backwards else piece)
            taken = True
    if not pieces:
        raise ProblemError("nothing is left of the region: it is empty")
    if backwards and not taken:
        raise ProblemError(
            "nothing is taken away: the second region lies outside of the first; check where it is"
        )
    return PlaneRegion(numbered(chained(pieces, size)))


class _Side(Enum):
    """Where a piece of a wall lies of another region; on a wall of it, whether both agree."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    SAME = "same"
    OPPOSITE = "opposite"


def _side(piece: Arc, region: PlaneRegion, size: float) -> _Side:
    near = HALF_OF_THE_DIGITS * size
    bounds = region.bounds  # most walls of a region of many parts are nowhere near
    if np.any(piece.lower > bounds.upper + near) or np.any(piece.upper < bounds.lower - near):
        return _Side.OUTSIDE
    middle = np.array([0.5])
    point, normal = piece.at(middle), piece.normals(middle)
    wall = region.whole
    if wall.distance(point)[0] <= near:
        agree = float(np.sum(wall.normals(point) * normal)) > 0.0
        return _Side.SAME if agree else _Side.OPPOSITE
    return _Side.INSIDE if region.contains(point)[0] else _Side.OUTSIDE


def _renumbered(arc: Arc, offset: int) -> Arc:
    return replace(arc, wall=replace(arc.wall, number=arc.wall.number + offset))


def _cut(arcs: Iterable[Arc], region: PlaneRegion, size: float) -> list[Arc]:
    """Arcs cut where walls of a region meet them."""
    near = HALF_OF_THE_DIGITS * size
    pieces = []
    for arc in arcs:
        others = [region.arcs[number] for number in region.overlapping(arc, near)]
        shares = sorted(s for other in others for s in meetings(arc, other, near))
        kept: list[float] = []
        for share in shares:
            places = arc.at(np.array([*kept[-1:], share]))
            if len(places) == 1 or np.linalg.norm(places[1] - places[0]) > near:
                kept.append(share)
        pieces += arc.cut(kept)
    return pieces


def chained(arcs: Sequence[Arc], size: float) -> list[tuple[Arc, ...]]:
    """Closed chains of arcs, ends that agree to half of the digits made the same.

    Raises
    ------
    ProblemError
        If a chain is open, or two chains meet at a point.
    """
    near = 4.0 * HALF_OF_THE_DIGITS * size
    vertices: list[Array] = []

    def vertex(point: Array) -> int:
        for number, known in enumerate(vertices):
            if np.linalg.norm(known - point) <= near:
                return number
        vertices.append(point)
        return len(vertices) - 1

    leaving: dict[int, tuple[Arc, int]] = {}
    arriving: set[int] = set()
    for arc in arcs:
        begin, end = vertex(arc.start), vertex(arc.stop)
        if begin in leaving or end in arriving:
            at = vertices[begin if begin in leaving else end]
            raise ProblemError(
                f"the walls of the region touch or cross each other at {written(at)}; leave a gap "
                "between bodies that touch, and give a slit a width"
            )
        leaving[begin] = replace(arc, start=vertices[begin], stop=vertices[end]), end
        arriving.add(end)
    for loose in leaving.keys() ^ arriving:
        raise ProblemError(f"the boundary of the region is open at {written(vertices[loose])}")
    loops = []
    while leaving:
        following, to = leaving.pop(next(iter(leaving)))
        chain = [following]
        while to in leaving:
            following, to = leaving.pop(to)
            chain.append(following)
        loops.append(tuple(chain))
    return sorted(loops, key=lambda loop: -abs(area(loop)))


def numbered(loops: Sequence[tuple[Arc, ...]]) -> list[tuple[Arc, ...]]:
    """The same chains with their walls numbered in order."""
    count = itertools.count()
    result = []
    for loop in loops:
        start = next((i for i, arc in enumerate(loop) if arc.wall != loop[i - 1].wall), 0)
        turned = loop[start:] + loop[:start]
        chain: list[Arc] = []
        for _, run in itertools.groupby(turned, key=lambda arc: arc.wall):
            number = next(count)
            chain += [replace(arc, wall=replace(arc.wall, number=number)) for arc in run]
        result.append(tuple(chain))
    return result
