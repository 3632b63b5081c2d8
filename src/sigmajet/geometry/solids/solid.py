"""Regions of space between faces of bodies: inside, boundary, and what cells have of them.

A face of a body bounds the region at a point of it if the region is on one side alone: that decides
for every way in which bodies are put together, and cuts no surfaces.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS
from ..mapping import AffineMap
from ..partition import Partition
from ..place import BoundaryPlace
from ..shapes.chains import written
from ..shapes.curve import SAMPLES, Motion
from ..sobol import sobol_points
from .bodies import Face
from .fitted import fitted
from .polyhedron import shared_out
from .tree import Leaf, Tree

__all__ = ["Outside", "SolidPart", "SolidRegion"]

Holds = Callable[[Array], NDArray[np.bool_]]
Level = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """A face of a body of the region, a wall: the number and the names by which users know it."""

    face: Face
    leaf: Leaf
    taken: bool
    number: int
    names: frozenset[str]

    def at(self, shares: Array) -> Array:
        """Points (m, 3) at places (m, 2) of the unit square."""
        return self.leaf.motion(self.face.at(shares))

    def normals(self, points: Array) -> Array:
        """The unit normals out of the region at points (m, 3) of it."""
        return self.outward(self.face.normals(self.leaf.back(points)))

    def outward(self, normals: Array) -> Array:
        """Normals (m, 3) of the body as unit normals out of the region."""
        vectors = self.leaf.normals(normals)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray((-vectors if self.taken else vectors) / length)

    def sizes(self, points: Array) -> Array:
        """Area by area of the unit square at points (m, 3) of it."""
        vectors = self.leaf.normals(self.face.normals(self.leaf.back(points)))
        stretched = abs(np.linalg.det(self.leaf.motion.matrix))
        return np.asarray(self.face.area * stretched * np.linalg.norm(vectors, axis=1))

    def gap(self, points: Array) -> Array:
        """About how far points (m, 3) near to it are from it."""
        return np.asarray(self.leaf.least * np.maximum(self.face.gap(self.leaf.back(points)), 0.0))

    @property
    def cavity(self) -> tuple[int, int]:
        """What walls of one cavity have in common."""
        return id(self.leaf), self.face.cavity

    def within(self, cell: AffineMap) -> Outside | None:
        """A wall that has of it all in a cell and no less; None if there is nothing."""
        corners = cell.from_reference(np.array(list(itertools.product((-1.0, 1.0), repeat=3))))
        placed = self.leaf.back(corners)
        face = self.face.within(placed.min(axis=0), placed.max(axis=0))
        return None if face is None else replace(self, face=face)


class SolidPart(BoundaryPlace):
    """A part of the boundary of a solid: some of its walls, or where something holds on them."""

    region: SolidRegion
    walls: tuple[Outside, ...]
    holds: Holds | None

    def __new__(
        cls, region: SolidRegion, walls: Iterable[Outside], holds: Holds | None = None
    ) -> SolidPart:
        """Of a region."""
        part = super().__new__(cls, (None, None, None))
        part.region, part.walls, part.holds = region, tuple(walls), holds
        return part

    def __getnewargs__(self) -> tuple[SolidRegion, tuple[Outside, ...], Holds | None]:
        return self.region, self.walls, self.holds  # of copies and pickles

    @property
    def _key(self) -> tuple[tuple[int, bytes, bytes], ...]:
        placed = [(wall, wall.at(_spread())) for wall in self.walls]
        return tuple((w.number, at.tobytes(), self.exposed(w, at).tobytes()) for w, at in placed)

    @property
    def space(self) -> SolidPart:
        """Itself: it knows no time."""
        return self

    @property
    def dimension(self) -> int:
        """Two coordinates run along it."""
        return 2

    def exposed(self, wall: Outside, points: Array) -> NDArray[np.bool_]:
        """Which points of a wall belong to the part."""
        found = self.region.exposed(wall, points)
        if self.holds is not None:
            found[found] = self.holds(points[found])
        return found

    def points(self, partition: Partition, reference: Array) -> Array:
        """Points (m, 3), as many as `reference` (m, 2), on every wall in every block that has it.

        The unit square is cut in four until that many lie in the block. Walls of triangles
        share those of a box by their areas.
        """
        found = [np.empty((0, 3))]
        for wall in self._sampled:
            for block in range(len(partition)):
                cell = partition.mapping(block)
                held = wall.within(cell)
                if held is not None:
                    found.append(self._in(held, cell, 0.5 * (reference + 1.0)))
        return np.concatenate(found)

    @cached_property
    def _sampled(self) -> list[Outside]:
        """Walls by which points are chosen."""
        bodies: dict[int, list[Outside]] = {}
        for wall in self.walls:
            bodies.setdefault(id(wall.leaf), []).append(wall)
        found = []
        for walls in bodies.values():
            faces = shared_out([wall.face for wall in walls], walls[0].leaf.body)
            found += [replace(walls[0], face=face) for face in faces]
        return found

    def _in(self, wall: Outside, cell: AffineMap, shares: Array) -> Array:
        places, corners, size = np.empty((0, 3)), np.zeros((1, 2)), 1.0
        while size * np.sqrt(SAMPLES) >= 1.0:
            squares = corners[:, None] + size * shares
            points = wall.at(squares.reshape(-1, 2))
            held = np.all((points >= cell.lower) & (points <= cell.upper), axis=1)
            held[held] = self.exposed(wall, points[held])
            places = points[held]
            if len(places) >= len(shares):
                # Evenly of all: they come in the order of the squares.
                return places[np.arange(len(shares)) * len(places) // len(shares)]
            size *= 0.5
            halves = size * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
            corners = (corners[:, None] + halves).reshape(-1, 2)
        return places

    def normals(self, points: Array) -> Array:
        """The outward unit normals (m, 3) at points of the part."""
        return self._of_nearest(points)[0]

    def distance(self, points: Array) -> Array:
        """About how far points (m, 3) that are near to the walls are from them."""
        return self._of_nearest(points)[1]

    def _of_nearest(self, points: Array) -> tuple[Array, Array]:
        normals, away = np.zeros_like(points), np.full(len(points), np.inf)
        for wall in self.walls:
            gaps = wall.gap(points)
            nearer = gaps < away
            normals[nearer], away[nearer] = wall.normals(points[nearer]), gaps[nearer]
        return normals, away


class SolidRegion:
    """What a tree of bodies makes."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known: dict[bytes, AffineMap] = {}  # searches ask for the same cells many times
        leaves = list(tree.leaves())
        bounds, held = tree.bounds, None
        if np.all(bounds.upper > bounds.lower):
            held = bounds if len(leaves) == 1 else fitted(tree.level, bounds)
        if held is None or not np.all(held.upper - held.lower > 0.0):
            raise ProblemError("nothing is left of the region: it is empty")
        self.bounds = held
        self.walls: tuple[Outside, ...] = ()
        every = [
            Outside(face, leaf, taken, 0, leaf.names | ({name} if name else set()))
            for leaf, taken in leaves
            for face, name in zip(leaf.body.faces, leaf.body.names, strict=True)
        ]
        self._every = every
        for wall in every:
            if np.any(self.exposed(wall, wall.at(_spread()))):
                self.walls += (replace(wall, number=len(self.walls)),)
        if len(leaves) > 1:
            self._refuse_touching(leaves)

    @property
    def size(self) -> float:
        """The longest side of its bounds."""
        return float(np.max(2.0 * self.bounds.half_widths))

    def exposed(self, wall: Outside, points: Array) -> NDArray[np.bool_]:
        """At which points (m, 3) of the face of a body the region is on one side alone.

        What two faces have in common belongs to the first.
        """
        near = HALF_OF_THE_DIGITS * self.size
        normals = wall.normals(points)
        inner, outer = points - 4.0 * near * normals, points + 4.0 * near * normals
        found = (self.tree.level(inner) < 0.0) & (self.tree.level(outer) > 0.0)
        for other in self._every:
            if other.leaf is wall.leaf:
                break
            if np.any(found):
                here = np.flatnonzero(found)
                close = other.gap(points[here]) <= near
                agree = np.sum(other.normals(points[here]) * normals[here], axis=1)
                found[here] = ~(close & (agree > 1.0 - HALF_OF_THE_DIGITS))
        return np.asarray(found)

    def _refuse_touching(self, leaves: Sequence[tuple[Leaf, bool]]) -> None:
        """Raise where a body that is taken away has no part in the region's boundary."""
        for leaf, taken in leaves:
            if taken and not any(wall.leaf is leaf for wall in self.walls):
                raise ProblemError(
                    "nothing is taken away by one of the regions: it lies outside of what it is "
                    f"cut from, about {written(leaf.motion.shift)}; check where it is"
                )

    @property
    def boundary(self) -> tuple[SolidPart, ...]:
        """Its walls, each a smooth surface."""
        return tuple(SolidPart(self, [wall]) for wall in self.walls)

    @property
    def whole(self) -> SolidPart:
        """All of its boundary."""
        return SolidPart(self, self.walls)

    @cached_property
    def holes(self) -> list[Outside]:
        """The walls of cavities: bodies taken away, or left out by one, that bound the region."""
        found: dict[tuple[int, int], list[Outside]] = {}
        for wall in self._every:
            if wall.taken != (wall.face.cavity > 0):
                found.setdefault(wall.cavity, []).append(wall)
        cavities = {
            cavity
            for cavity, walls in found.items()
            if all(np.all(self.exposed(wall, wall.at(_spread()))) for wall in walls)
        }
        return [wall for wall in self.walls if wall.cavity in cavities]

    def part(self, name: str | int) -> SolidPart | None:
        """The part of its boundary that has a name or a number, if there is one.

        "hole" are the walls of cavities, "hole 1" those of the first, "outer" all others; numbers
        count the walls.
        """
        walls = [w for w in self.walls if name in (w.number, *w.names)]
        if isinstance(name, str) and name.startswith(("hole", "outer")):
            holes = self.holes
            cavities = list(dict.fromkeys(w.cavity for w in holes))
            for number, cavity in enumerate(cavities, 1):
                if name in ("hole", f"hole {number}"):
                    walls += [w for w in holes if w.cavity == cavity and w not in walls]
            if name == "outer":
                walls += [w for w in self.walls if w not in holes and w not in walls]
        return SolidPart(self, walls) if walls else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that parts of its boundary have."""
        names = {name: None for wall in self.walls for name in sorted(wall.names)}
        count = len({wall.cavity for wall in self.holes})
        several = [f"hole {number}" for number in range(1, count + 1)] if count > 1 else []
        return (*names, "outer", *(["hole"] if count else []), *several)

    def where(self, holds: Holds, levels: Sequence[Level]) -> SolidPart | None:
        """The part of its boundary where something holds."""
        part = SolidPart(self, self.walls, holds)
        walls = [w for w in self.walls if np.any(part.exposed(w, w.at(_spread())))]
        return SolidPart(self, walls, holds) if walls else None

    def joined(self, parts: Sequence[SolidPart]) -> SolidPart:
        """Parts of its boundary as one; what two of them have counts once."""
        walls = [w for w in self.walls if any(w in part.walls for part in parts)]
        if all(part.holds is None for part in parts):
            return SolidPart(self, walls)
        return SolidPart(self, walls, _Joined(tuple(parts)))

    def overlap(self, first: SolidPart, second: SolidPart) -> bool:
        """Whether two parts of its boundary have more than lines in common."""
        for wall in first.walls:
            if wall in second.walls:
                points = wall.at(_spread())
                if np.any(first.exposed(wall, points) & second.exposed(wall, points)):
                    return True
        return False

    def bare(self, parts: Sequence[SolidPart], needed: int) -> str:
        """What of its boundary is in fewer than so many of some parts, in words."""
        found = []
        for wall in self.walls:
            points = wall.at(_spread())
            points = points[self.exposed(wall, points)]
            within = [part.exposed(wall, points) for part in parts if wall in part.walls]
            counts = np.sum(within, axis=0) if within else np.zeros(len(points))
            lacking = points[counts < needed]
            if len(lacking):
                names = f" ({', '.join(sorted(wall.names))})" if wall.names else ""
                some = "" if len(lacking) == len(points) else f" about {written(lacking[0])}"
                found.append(f"wall {wall.number}{names}{some or ', all of it'}")
        return "; ".join(found)

    def named(self, name: str) -> SolidRegion:
        """The same with one more name for each wall."""
        return SolidRegion(self.tree.named(name))

    def moved(self, motion: Motion) -> SolidRegion:
        """Its image under an affine map."""
        return SolidRegion(self.tree.moved(motion))

    def contains(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Whether points (m, 3) lie inside, or outside by `slack` of the size of its bounds."""
        return np.asarray(self.tree.level(points) <= slack * self.size)

    def tight(self, cell: AffineMap) -> AffineMap:
        """The smallest box that holds what a cell or a face has of it, empty if nothing."""
        key = cell.lower.tobytes() + cell.upper.tobytes()
        if key not in self._known:
            self._known[key] = self._fitted(cell)
        return self._known[key]

    def _fitted(self, cell: AffineMap) -> AffineMap:
        if np.any(cell.upper < cell.lower):
            return cell
        if np.all(cell.lower <= self.bounds.lower) and np.all(cell.upper >= self.bounds.upper):
            return self.bounds
        flat = np.flatnonzero(cell.upper == cell.lower)
        level = self.tree.level
        if len(flat):  # inside is what has the region on both sides
            aside = HALF_OF_THE_DIGITS * self.size * np.eye(3)[flat[0]]

            def level(points: Array) -> Array:
                sides = (self.tree.level(points + s * aside) for s in (-1.0, 1.0))
                return np.asarray(np.maximum(*sides))

        held = fitted(level, cell)
        return AffineMap(cell.upper, cell.lower) if held is None else held

    def sections(self, face: AffineMap) -> list[AffineMap]:
        """The box about what a face has of it."""
        held = self.tight(face)
        return [held] if np.all(held.upper >= held.lower) else []


@dataclass(frozen=True, slots=True, eq=False)
class _Joined:
    """Whether points are in one of several parts."""

    parts: tuple[SolidPart, ...]

    def __call__(self, points: Array) -> NDArray[np.bool_]:
        found = np.zeros(len(points), dtype=bool)
        for part in self.parts:
            near = part.distance(points) <= HALF_OF_THE_DIGITS * part.region.size
            if part.holds is not None:
                near[near] = part.holds(points[near])
            found |= near
        return found


@cache
def _spread() -> Array:
    """Places of the unit square on which whatever a face has is looked for."""
    return sobol_points(2, SAMPLES, PROBES)
