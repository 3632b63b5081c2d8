"""Plane regions between closed chains of arcs: inside, boundary, corners, and what cells have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...rounding import HALF_OF_THE_DIGITS
from ..mapping import AffineMap
from ..partition import Partition
from ..place import BoundaryPlace
from .arc import Arc
from .chains import (
    Corner,
    Stretch,
    area,
    chains,
    corner_between,
    cut_by,
    described,
    nearest,
)
from .curve import Motion, roots

__all__ = ["PlanePart", "PlaneRegion"]

Holds = Callable[[Array], NDArray[np.bool_]]  # at points (m, d)
Level = Callable[[Array], Array]


class PlanePart(BoundaryPlace):
    """A part of the boundary of a plane region: some of its arcs, or pieces of them."""

    region: PlaneRegion
    arcs: tuple[Arc, ...]
    _stretches: dict[bytes, list[Stretch]]  # by cell: searches ask for the same many times

    def __new__(cls, region: PlaneRegion, arcs: Iterable[Arc]) -> PlanePart:
        """Of a region."""
        part = super().__new__(cls, (None, None))
        part.region, part.arcs = region, tuple(arcs)
        part._stretches = {}
        return part

    def __getnewargs__(self) -> tuple[PlaneRegion, tuple[Arc, ...]]:  # of copies and pickles
        return self.region, self.arcs

    @property
    def _key(self) -> tuple[tuple[float, ...], ...]:
        return tuple((*arc.start, *arc.stop) for arc in self.arcs)

    @property
    def space(self) -> PlanePart:
        """Itself: it knows no time."""
        return self

    @property
    def dimension(self) -> int:
        """One coordinate runs along it."""
        return 1

    def stretches(self, cell: AffineMap | None = None) -> list[Stretch]:
        """The smooth curves of which it consists in a cell, on whose side the region is."""
        key = b"" if cell is None else cell.lower.tobytes() + cell.upper.tobytes()
        if key not in self._stretches:
            arcs = self.arcs if cell is None else self.region.arcs_in(cell, self.arcs)
            self._stretches[key] = [Stretch(tuple(chain)) for chain in chains(arcs)]
        return self._stretches[key]

    def points(self, partition: Partition, reference: Array) -> Array:
        """Points (m, 2), as `reference` (m, 1) fills a line, on every stretch in every block."""
        found = [
            stretch.at(reference[:, 0])[0]
            for block in range(len(partition))
            for stretch in self.stretches(partition.mapping(block))
        ]
        return np.concatenate(found) if found else np.empty((0, 2))

    def normals(self, points: Array) -> Array:
        """The outward unit normals (m, 2) at points of the part."""
        numbers, shares, _ = nearest(self.arcs, points)
        normals = np.empty_like(points)
        for number in np.unique(numbers):
            here = numbers == number
            normals[here] = self.arcs[number].normals(shares[here])
        return normals

    def distance(self, points: Array) -> Array:
        """How far points (m, 2) that are not far away are from it."""
        return nearest(self.arcs, points)[2]


class PlaneRegion:
    """What lies to the left of closed chains of arcs, the outer one first.

    A chain is a tuple of arcs, each of which begins where the one before ends.
    """

    def __init__(self, loops: Iterable[Sequence[Arc]]) -> None:
        self.loops = tuple(map(tuple, loops))
        self.arcs = tuple(itertools.chain(*self.loops))
        self._lower = np.array([arc.lower for arc in self.arcs])
        self._upper = np.array([arc.upper for arc in self.arcs])
        self.bounds = AffineMap(self._lower.min(axis=0), self._upper.max(axis=0))
        self._tight: dict[bytes, AffineMap] = {}  # searches ask for the same cells many times

    @property
    def size(self) -> float:
        """The longer side of its bounds."""
        return float(np.max(2.0 * self.bounds.half_widths))

    @property
    def area(self) -> float:
        """Its area, by the integral of x dy along the boundary."""
        return area(self.arcs)

    @property
    def boundary(self) -> tuple[PlanePart, ...]:
        """Its walls, each a smooth curve."""
        walls: dict[tuple[int, object], list[Arc]] = {}
        for number, loop in enumerate(self.loops):
            for arc in loop:
                walls.setdefault((number, arc.wall), []).append(arc)
        return tuple(PlanePart(self, arcs) for arcs in walls.values())

    @property
    def whole(self) -> PlanePart:
        """All of its boundary."""
        return PlanePart(self, self.arcs)

    def part(self, name: str | int) -> PlanePart | None:
        """The part of its boundary that has a name or a number, if there is one.

        "outer" are the walls around it and "hole" those within, "hole 1" the first of them;
        numbers count the walls.
        """
        arcs = [arc for arc in self.arcs if name in (arc.wall.number, *arc.wall.names)]
        holes = self.inner
        for number, loop in enumerate(holes, 1):
            if name in ("hole", f"hole {number}"):
                arcs += [arc for arc in loop if arc not in arcs]
        if name == "outer":
            arcs += [a for loop in self.loops if loop not in holes for a in loop if a not in arcs]
        return PlanePart(self, arcs) if arcs else None

    @property
    def holes(self) -> list[AffineMap]:
        """The smallest boxes that hold what it is cut out of, hole by hole."""
        ends = [
            [np.array([getattr(a, e) for a in loop]) for e in ("lower", "upper")]
            for loop in self.inner
        ]
        return [AffineMap(lower.min(axis=0), upper.max(axis=0)) for lower, upper in ends]

    @property
    def inner(self) -> list[Sequence[Arc]]:
        """The loops that go around its holes."""
        return [loop for loop in self.loops if area(loop) < 0.0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that parts of its boundary have."""
        names = {name: None for arc in self.arcs for name in sorted(arc.wall.names)}
        holes = self.inner
        several = [f"hole {number}" for number in range(1, len(holes) + 1)] if holes[1:] else []
        return (*names, "outer", *(["hole"] if holes else []), *several)

    def where(self, holds: Holds, levels: Sequence[Level]) -> PlanePart | None:
        """The part of its boundary where something holds, which changes at zeros of levels."""
        pieces = []
        for arc in self.arcs:
            found = [roots(partial(_along, level, arc)) for level in levels]
            cuts = _apart(np.concatenate([np.empty(0), *found]))
            middles = np.arange(1, 4) / 4
            pieces += [piece for piece in arc.cut(cuts) if np.all(holds(piece.at(middles)))]
        return PlanePart(self, pieces) if pieces else None

    def joined(self, parts: Sequence[PlanePart]) -> PlanePart:
        """Parts of its boundary as one; what two of them have counts once."""
        arcs: list[Arc] = []
        for part in parts:
            arcs += [arc for arc in part.arcs if arc not in arcs]
        return PlanePart(self, arcs)

    def overlap(self, first: PlanePart, second: PlanePart) -> bool:
        """Whether two parts of its boundary have more than points in common."""
        halves = np.arange(1, 4) / 4
        near = HALF_OF_THE_DIGITS * self.size
        pairs = (pair for pair in ((first, second), (second, first)))
        return any(
            bool(np.any(b.distance(arc.at(halves)) <= near)) for a, b in pairs for arc in a.arcs
        )

    def bare(self, parts: Sequence[PlanePart], needed: int) -> str:
        """What of its boundary is in fewer than so many of some parts, in words."""
        found: list[Arc] = []
        for arc in self.arcs:
            spans = [sorted(arc.share_of(p)) for part in parts for p in part.arcs if arc.holds(p)]
            places = [0.0, *_apart(np.array([share for span in spans for share in span])), 1.0]
            for low, high in itertools.pairwise(places):
                middle = 0.5 * (low + high)
                if sum(first < middle < last for first, last in spans) < needed:
                    found.append(arc.part(low, high))
        return "; ".join(map(described, chains(found)))

    @property
    def corners(self) -> tuple[Corner, ...]:
        """Where walls do not join smoothly."""
        pairs = (p for loop in self.loops for p in zip(loop, (*loop[1:], loop[0]), strict=True))
        met = (corner_between(before, after) for before, after in pairs)
        return tuple(c for c in met if abs(c.angle - math.pi) > HALF_OF_THE_DIGITS)

    def named(self, name: str) -> PlaneRegion:
        """The same with one more name for each wall."""
        return PlaneRegion(
            [
                [replace(a, wall=replace(a.wall, names=a.wall.names | {name})) for a in loop]
                for loop in self.loops
            ]
        )

    def moved(self, motion: Motion) -> PlaneRegion:
        """Its image under an affine map."""
        loops = []
        for loop in self.loops:
            images = [arc.moved(motion) for arc in loop]
            order = reversed(images) if motion.mirrors else images
            loops.append(tuple(itertools.chain(*order)))
        return PlaneRegion(loops)

    def contains(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Whether points (m, 2) lie inside, or outside by `slack` of the size of its bounds."""
        winding = np.zeros(len(points), dtype=np.intp)
        if not len(points):
            return winding > 0
        low, high = points.min(axis=0), points.max(axis=0)
        met = (self._upper[:, 1] > low[1]) & (self._lower[:, 1] <= high[1])
        for number in np.flatnonzero(met & (self._upper[:, 0] >= low[0])):
            winding += self.arcs[number].left_of(points)
        inside = winding > 0
        outside = np.flatnonzero(~inside)
        if slack and len(outside):
            room, bounds = slack * self.size, self.bounds
            near = np.all(
                (points[outside] >= bounds.lower - room) & (points[outside] <= bounds.upper + room),
                axis=1,
            )
            outside = outside[near]
            if len(outside):
                inside[outside] = nearest(self.arcs, points[outside])[2] <= room
        return np.asarray(inside)

    def overlapping(self, arc: Arc, near: float) -> NDArray[np.intp]:
        """The numbers of the arcs whose boxes come near to that of an arc."""
        met = (self._lower <= arc.upper + near) & (self._upper >= arc.lower - near)
        return np.flatnonzero(np.all(met, axis=1))

    def arcs_in(self, cell: AffineMap, arcs: Sequence[Arc] | None = None) -> list[Arc]:
        """The pieces of arcs, of all if none are given, in a cell on whose side the region is."""
        beside = HALF_OF_THE_DIGITS * self.size
        pieces = []
        if arcs is None:
            met = np.all((self._lower <= cell.upper) & (self._upper >= cell.lower), axis=1)
            arcs = [self.arcs[number] for number in np.flatnonzero(met)]
        for arc in arcs:
            if np.any(arc.lower > cell.upper) or np.any(arc.upper < cell.lower):
                continue
            for piece in cut_by(arc, cell):
                if piece.begin == piece.end:
                    continue
                middle = np.array([0.5])
                inward = (piece.at(middle) - beside * piece.normals(middle))[0]
                if np.all((inward > cell.lower) & (inward < cell.upper)):
                    pieces.append(piece)
        return pieces

    def tight(self, cell: AffineMap) -> AffineMap:
        """The smallest box that holds what a cell or a face has of it, empty if nothing."""
        key = cell.lower.tobytes() + cell.upper.tobytes()
        if key not in self._tight:
            self._tight[key] = self._fitted(cell)
        return self._tight[key]

    def _fitted(self, cell: AffineMap) -> AffineMap:
        flat = int(np.sum(cell.upper == cell.lower))
        if flat > 1 or np.any(cell.upper < cell.lower):
            return cell
        if flat:
            parts = self.sections(cell)
            found = [corner for part in parts for corner in (part.lower, part.upper)]
        else:
            found = [p for arc in self.arcs_in(cell) for p in (arc.start, arc.stop)]
            ends = np.array(list(itertools.product(*zip(cell.lower, cell.upper, strict=True))))
            nudged = ends + HALF_OF_THE_DIGITS * (cell.middle - ends)
            found += list(ends[self.contains(nudged)])
        if not found:
            return AffineMap(cell.upper, cell.lower)
        held = np.clip(found, cell.lower, cell.upper)
        return AffineMap(held.min(axis=0), held.max(axis=0))

    def sections(self, face: AffineMap) -> list[AffineMap]:
        """The pieces of a face, flat along one axis, that lie inside, in rising order."""
        (axis,) = map(int, np.flatnonzero(face.upper == face.lower))
        value, along = face.lower[axis], 1 - axis
        low, high = face.lower[along], face.upper[along]
        places = [low, high]
        for arc in self.arcs:
            if arc.lower[axis] < value < arc.upper[axis]:
                places.append(arc.at(arc.shares_at(axis, np.array([value])))[0, along])
            places += [end[along] for end in (arc.start, arc.stop) if end[axis] == value]
        inner = np.unique([p for p in places if low <= p <= high])
        inner = inner[np.diff(inner, prepend=-np.inf) > HALF_OF_THE_DIGITS**2 * self.size]
        middles = np.empty((len(inner) - 1, 2))
        middles[:, along] = 0.5 * (inner[:-1] + inner[1:])
        inside = np.ones(len(middles), dtype=bool)
        for side in (-1.0, 1.0):
            middles[:, axis] = value + side * HALF_OF_THE_DIGITS * self.size
            inside &= self.contains(middles)
        return [
            AffineMap(*(_on(face.lower, along, end) for end in (a, b)))
            for a, b, held in zip(inner[:-1], inner[1:], inside, strict=True)
            if held
        ]


def _along(level: Level, arc: Arc, shares: Array) -> Array:
    return level(arc.at(shares))


def _apart(shares: Array) -> Array:
    """Shares of the way in rising order, not at its ends and not twice."""
    inner = np.sort(shares[(shares > HALF_OF_THE_DIGITS) & (shares < 1.0 - HALF_OF_THE_DIGITS)])
    return np.asarray(inner[np.diff(inner, prepend=-1.0) > HALF_OF_THE_DIGITS])


def _on(corner: Array, axis: int, value: float) -> Array:
    corner = corner.copy()
    corner[axis] = value
    return corner
