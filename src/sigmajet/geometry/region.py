"""Regions: where a problem is posed, its boundary, and what cells have of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from .mapping import AffineMap
from .partition import Filled, Partition
from .place import Part, Place


class BoundaryPart(Part, Protocol):
    """A part of a region's boundary."""

    @property
    def place(self) -> Place:
        """Where the conditions hold that are posed on it."""
        ...

    @property
    def space(self) -> BoundaryPart:
        """The part of the boundary of the region in space that it is at all times."""
        ...

    def normals(self, points: Array) -> Array:
        """Return the outward unit normals (m, d) at points of the part."""
        ...


class Region(Filled, Protocol):
    """A bounded part of the space of d variables."""

    @property
    def boundary(self) -> Sequence[BoundaryPart]:
        """Return the parts of its boundary."""
        ...


class Shape(Region, Protocol):
    """A region of a shape of its own, which knows the parts of its boundary."""

    @property
    def whole(self) -> BoundaryPart:
        """All of its boundary."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """The names that parts of its boundary have."""
        ...

    def part(self, name: str | int) -> BoundaryPart | None:
        """Return the part of its boundary that has a name or a number, if there is one."""
        ...

    def where(
        self,
        holds: Callable[[Array], NDArray[np.bool_]],
        levels: Sequence[Callable[[Array], Array]],
    ) -> BoundaryPart | None:
        """Return the part where something holds at points, which changes at zeros of levels."""
        ...

    def moved(self, motion: Any) -> Shape:
        """Return its image under an affine map."""
        ...

    def joined(self, parts: Sequence[Any]) -> BoundaryPart:
        """Return parts of its boundary as one."""
        ...

    def overlap(self, first: Any, second: Any) -> bool:
        """Return whether two parts of its boundary have more than points in common."""
        ...

    def bare(self, parts: Sequence[Any], needed: int) -> str:
        """Return in words what of its boundary is in fewer than so many of some parts."""
        ...


@dataclass(frozen=True, slots=True)
class Wall:
    """The face of a box across an axis at `value`, whose outward normal is `outward` times it."""

    axis: int
    value: float
    outward: float
    box: int  # number of its variables

    @property
    def place(self) -> Place:
        """The wall by coordinates."""
        return Place(self.value if axis == self.axis else None for axis in range(self.box))

    @property
    def space(self) -> Wall:
        """Itself: a box knows no time."""
        return self

    @property
    def dimension(self) -> int:
        """How many coordinates run along it."""
        return self.box - 1

    def points(self, partition: Partition, reference: Array) -> Array:
        """Points (m, d), as `reference` fills a box of its dimension, in every block it meets."""
        return self.place.points(partition, reference)

    def normals(self, points: Array) -> Array:
        """The outward unit normals (m, d) at points of the wall."""
        normals = np.zeros_like(points)
        normals[:, self.axis] = self.outward
        return normals


@dataclass(frozen=True, slots=True)
class BoxRegion:
    """A box between two corners."""

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    @property
    def bounds(self) -> AffineMap:
        """The box itself."""
        return AffineMap(np.array(self.lower), np.array(self.upper))

    @property
    def boundary(self) -> tuple[Wall, ...]:
        """The lower and the upper wall across each axis."""
        dimension = len(self.lower)
        return tuple(
            Wall(axis, value, outward, dimension)
            for axis, ends in enumerate(zip(self.lower, self.upper, strict=True))
            for value, outward in zip(ends, (-1.0, 1.0), strict=True)
        )

    def contains(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Whether points (m, d) lie inside, or outside by `slack` of the size along an axis."""
        lower, upper = np.array(self.lower), np.array(self.upper)
        room = slack * (upper - lower)
        inside = (points >= lower - room) & (points <= upper + room)
        return np.asarray(np.all(inside, axis=1))

    def tight(self, cell: AffineMap) -> AffineMap:
        """The part of a cell or a face in the box."""
        return AffineMap(np.maximum(cell.lower, self.lower), np.minimum(cell.upper, self.upper))

    def sections(self, face: AffineMap) -> tuple[AffineMap, ...]:
        """The part of a face in the box."""
        return (self.tight(face),)
