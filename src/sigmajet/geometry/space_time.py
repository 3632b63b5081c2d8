"""What a region of space sweeps over in time, and the sides of that: time is the last variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from .mapping import AffineMap
from .partition import Partition
from .place import BoundaryPlace, Place
from .region import BoundaryPart, Region

__all__ = ["Side", "SpaceTime"]


class Side(BoundaryPlace):
    """A part of the boundary of a region, at all times."""

    space: BoundaryPart

    def __new__(cls, space: BoundaryPart) -> Side:
        """Of a part of the boundary in space."""
        side = super().__new__(cls, (*space.place, None))
        side.space = space
        return side

    def __getnewargs__(self) -> tuple[BoundaryPart]:  # of copies and pickles
        return (self.space,)

    @property
    def _key(self) -> tuple[type, BoundaryPart]:
        return Side, self.space

    @property
    def dimension(self) -> int:
        """One more than that of the part."""
        return self.space.dimension + 1

    def without(self, axis: int) -> Place:
        """Over the other variables; without time the part."""
        return self.space.place if axis == len(self) - 1 else super().without(axis)

    def points(self, partition: Partition, reference: Array) -> Array:
        """Points (m, d + 1): those of the part in every block, each time at some time of it."""
        found = [np.empty((0, partition.dimension))]
        for low, high in zip(partition.lower, partition.upper, strict=True):
            block = Partition(low[None, :-1], high[None, :-1])
            places = self.space.points(block, reference[:, :-1])
            times = AffineMap(low[-1:], high[-1:]).from_reference(reference[:, -1:])
            copies = len(places) // len(reference)
            found.append(np.hstack([places, np.tile(times, (copies, 1))]))
        return np.concatenate(found)

    def normals(self, points: Array) -> Array:
        """The outward unit normals (m, d + 1), those of space: none of them leaves along time."""
        normals = self.space.normals(points[:, :-1])
        return np.hstack([normals, np.zeros((len(points), 1))])


@dataclass(frozen=True, slots=True)
class SpaceTime:
    """A region from the beginning of time to its end."""

    space: Region
    begin: float
    end: float

    @property
    def bounds(self) -> AffineMap:
        """The smallest box that holds it."""
        return self._with_time(self.space.bounds, self.begin, self.end)

    @property
    def boundary(self) -> tuple[Side, ...]:
        """Its sides, without the region at the beginning and at the end."""
        return tuple(map(Side, self.space.boundary))

    def contains(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Whether points (m, d + 1) lie inside, or outside by `slack` of the size of bounds."""
        room = slack * (self.end - self.begin)
        during = (points[:, -1] >= self.begin - room) & (points[:, -1] <= self.end + room)
        inside = during.copy()
        inside[during] = self.space.contains(points[during, :-1], slack)
        return np.asarray(inside)

    def tight(self, cell: AffineMap) -> AffineMap:
        """The smallest box that holds what a cell or a face has of it, empty if nothing."""
        space = self.space.tight(AffineMap(cell.lower[:-1], cell.upper[:-1]))
        return self._with_time(
            space, max(self.begin, float(cell.lower[-1])), min(self.end, float(cell.upper[-1]))
        )

    def sections(self, face: AffineMap) -> tuple[AffineMap, ...]:
        """The pieces of a face, flat along one axis; of one flat in time the box that holds it."""
        whole = self.tight(face)
        if face.upper[-1] == face.lower[-1]:
            return (whole,)
        pieces = self.space.sections(AffineMap(face.lower[:-1], face.upper[:-1]))
        ends = float(whole.lower[-1]), float(whole.upper[-1])
        return tuple(self._with_time(piece, *ends) for piece in pieces)

    @staticmethod
    def _with_time(space: AffineMap, begin: float, end: float) -> AffineMap:
        return AffineMap(np.append(space.lower, begin), np.append(space.upper, end))
