"""Plane regions between closed chains of arcs: inside, boundary, corners, and what cells have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...rounding import HALF_OF_THE_DIGITS
from ..mapping import AffineMap
from ..partition import Partition
from ..place import Place
from ..quadrature import gauss_legendre
from .arc import Arc
from .curve import Motion, roots

__all__ = ["Corner", "PlanePart", "PlaneRegion", "Stretch"]

Holds = Callable[[Array], NDArray[np.bool_]]  # at points (m, d)
Level = Callable[[Array], Array]

# Half of the digits, against the size of a region: points are moved so far to see which side of a
# line is inside. Arcs that meet with less of a turn are one smooth curve.
_NODES = 32  # of a quadrature along an arc


@dataclass(frozen=True, slots=True)
class Corner:
    """Where two smooth walls meet at an angle, or one condition ends and another begins.

    The region is on the left of `before`, which arrives, and of `after`, which leaves; `angle` is
    the one inside, pi on a smooth wall, and `direction` that in which `after` leaves.
    """

    vertex: Array
    angle: float
    direction: float
    before: Arc
    after: Arc


@dataclass(frozen=True, slots=True)
class Stretch:
    """Arcs that follow one another smoothly, within a cell, as one curve over [-1, 1]."""

    arcs: tuple[Arc, ...]

    @property
    def length(self) -> float:
        """Of the curve."""
        return float(sum(map(_length, self.arcs)))

    def at(self, reference: Array) -> tuple[Array, Array, Array]:
        """Points (m, 2), outward normals (m, 2) and length by reference coordinate (m,)."""
        lengths = np.array([_length(arc) for arc in self.arcs])
        ends = np.concatenate([[0.0], np.cumsum(lengths)])
        along = 0.5 * ends[-1] * (1.0 + reference)
        which = np.clip(np.searchsorted(ends, along, side="right") - 1, 0, len(self.arcs) - 1)
        points, normals = np.empty((len(reference), 2)), np.empty((len(reference), 2))
        speeds = np.empty(len(reference))
        for number, arc in enumerate(self.arcs):
            here = which == number
            if not np.any(here):
                continue
            shares = np.clip((along[here] - ends[number]) / lengths[number], 0.0, 1.0)
            points[here], normals[here] = arc.at(shares), arc.normals(shares)
            speeds[here] = arc.speed(shares) * 0.5 * ends[-1] / lengths[number]
        return points, normals, speeds


class PlanePart(Place):
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanePart) and self._key == other._key

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[tuple[float, ...], ...]:
        return tuple((*arc.start, *arc.stop) for arc in self.arcs)

    @property
    def place(self) -> Place:
        """Itself."""
        return self

    @property
    def start(self) -> Place:
        """Itself: nothing is integrated over it."""
        return self

    @property
    def dimension(self) -> int:
        """One coordinate runs along it."""
        return 1

    @property
    def everywhere(self) -> bool:
        """It is a part of the boundary."""
        return False

    def stretches(self, cell: AffineMap | None = None) -> list[Stretch]:
        """The smooth curves of which it consists in a cell, on whose side the region is."""
        key = b"" if cell is None else cell.lower.tobytes() + cell.upper.tobytes()
        if key not in self._stretches:
            arcs = self.arcs if cell is None else self.region.arcs_in(cell, self.arcs)
            self._stretches[key] = [Stretch(tuple(chain)) for chain in _chains(arcs)]
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
        nearest, shares, _ = _nearest(self.arcs, points)
        normals = np.empty_like(points)
        for number in np.unique(nearest):
            here = nearest == number
            normals[here] = self.arcs[number].normals(shares[here])
        return normals

    def distance(self, points: Array) -> Array:
        """How far points (m, 2) that are not far away are from it."""
        return _nearest(self.arcs, points)[2]


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
        return math.fsum(map(area, self.arcs))

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
        holes = [loop for loop in self.loops if sum(map(area, loop)) < 0.0]
        for number, loop in enumerate(holes, 1):
            if name in ("hole", f"hole {number}"):
                arcs += [arc for arc in loop if arc not in arcs]
        if name == "outer":
            arcs += [a for loop in self.loops if loop not in holes for a in loop if a not in arcs]
        return PlanePart(self, arcs) if arcs else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that parts of its boundary have."""
        names = {name: None for arc in self.arcs for name in sorted(arc.wall.names)}
        holes = [loop for loop in self.loops if sum(map(area, loop)) < 0.0]
        several = [f"hole {number}" for number in range(1, len(holes) + 1)] if holes[1:] else []
        return (*names, "outer", *(["hole"] if holes else []), *several)

    def where(self, holds: Holds, levels: Sequence[Level]) -> PlanePart | None:
        """The part of its boundary where something holds, which changes at zeros of levels."""
        pieces = []
        for arc in self.arcs:
            found = [roots(partial(_along, level, arc)) for level in levels]
            cuts = _apart(np.concatenate([np.empty(0), *found]))
            middles = np.array([0.25, 0.5, 0.75])
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
        halves = np.array([0.25, 0.5, 0.75])
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
        return "; ".join(map(_described, _chains(found)))

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
                inside[outside] = _nearest(self.arcs, points[outside])[2] <= room
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
            for piece in _cut_by(arc, cell):
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


def _described(chain: Sequence[Arc]) -> str:
    """A smooth piece of a wall in words."""
    wall, ends = chain[0].wall, (chain[0].start, chain[-1].stop)
    names = f" ({', '.join(sorted(wall.names))})" if wall.names else ""
    if np.all(ends[0] == ends[1]):
        return f"wall {wall.number}{names}, all around"
    first, last = (f"({', '.join(f'{float(each):.6g}' for each in end)})" for end in ends)
    return f"wall {wall.number}{names} from {first} to {last}"


def _along(level: Level, arc: Arc, shares: Array) -> Array:
    return level(arc.at(shares))


def _apart(shares: Array) -> Array:
    """Shares of the way in rising order, not at its ends and not twice."""
    inner = np.sort(shares[(shares > HALF_OF_THE_DIGITS) & (shares < 1.0 - HALF_OF_THE_DIGITS)])
    return np.asarray(inner[np.diff(inner, prepend=-1.0) > HALF_OF_THE_DIGITS])


def corner_between(before: Arc, after: Arc) -> Corner:
    """The corner at which one arc arrives and another leaves."""
    arrives = _turned(before.normals(np.array([1.0]))[0])
    leaves = _turned(after.normals(np.array([0.0]))[0])
    turn = math.atan2(
        arrives[0] * leaves[1] - arrives[1] * leaves[0], float(np.dot(arrives, leaves))
    )
    direction = math.atan2(leaves[1], leaves[0])
    return Corner(after.start, math.pi - turn, direction, before, after)


def _turned(normal: Array) -> Array:
    """The direction along an arc that has an outward normal."""
    return np.array([-normal[1], normal[0]])


def _cut_by(arc: Arc, cell: AffineMap) -> list[Arc]:
    """An arc cut where it meets the lines through the sides of a cell, the cuts on them exactly."""
    cuts: list[tuple[float, int, float]] = []
    for axis in (0, 1):
        for value in (cell.lower[axis], cell.upper[axis]):
            if arc.lower[axis] < value < arc.upper[axis]:
                cuts.append((float(arc.shares_at(axis, np.array([value]))[0]), axis, value))
    cuts = sorted(c for c in cuts if 0.0 < c[0] < 1.0)
    pieces = arc.cut(share for share, _, _ in cuts)
    for number, (_, axis, value) in enumerate(cuts):
        pieces[number].stop[axis] = pieces[number + 1].start[axis] = value
    return pieces


def _on(corner: Array, axis: int, value: float) -> Array:
    corner = corner.copy()
    corner[axis] = value
    return corner


def _chains(arcs: Sequence[Arc]) -> list[list[Arc]]:
    """Arcs in chains: each the continuation of the one before, smoothly and of the same wall."""
    chains: list[list[Arc]] = []
    for arc in arcs:
        if chains and _continues(chains[-1][-1], arc):
            chains[-1].append(arc)
        else:
            chains.append([arc])
    if len(chains) > 1 and _continues(chains[-1][-1], chains[0][0]):
        chains[0] = chains.pop() + chains[0]
    return chains


def _continues(before: Arc, after: Arc) -> bool:
    return before.wall == after.wall and bool(
        np.all(before.stop == after.start)
        and abs(corner_between(before, after).angle - math.pi) <= HALF_OF_THE_DIGITS
    )


def _nearest(arcs: Sequence[Arc], points: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """The arcs next to points (m, 2), the shares of the next places on them, and how far."""
    nearest = np.zeros(len(points), dtype=np.intp)
    shares, away = np.zeros(len(points)), np.full(len(points), np.inf)
    for number, arc in enumerate(arcs):
        # No place of an arc is nearer than its box.
        beyond = np.maximum(np.maximum(arc.lower - points, points - arc.upper), 0.0)
        here = np.flatnonzero(np.linalg.norm(beyond, axis=1) < away)
        if not len(here):
            continue
        at = arc.nearest(points[here])
        distance = np.linalg.norm(points[here] - arc.at(at), axis=1)
        closer = distance < away[here]
        chosen = here[closer]
        nearest[chosen], shares[chosen], away[chosen] = number, at[closer], distance[closer]
    return nearest, shares, away


def _rule() -> tuple[Array, Array]:
    """Gauss's rule on shares of an arc, exact to rounding where its curve is smooth."""
    nodes, weights = gauss_legendre(_NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights


def _length(arc: Arc) -> float:
    shares, weights = _rule()
    return float(weights @ arc.speed(shares))


def area(arc: Arc) -> float:
    """The integral of x dy along an arc: of all around a region, its area."""
    shares, weights = _rule()
    velocity = arc.curve.velocity(arc.parameter(shares))[:, 1]
    return float((arc.end - arc.begin) * (weights @ (arc.at(shares)[:, 0] * velocity)))
