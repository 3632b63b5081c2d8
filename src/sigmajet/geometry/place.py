"""Places: the parts of a box where conditions hold and traces are taken."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, Protocol

import numpy as np

from .._types import Array
from ..rounding import HALF_OF_THE_DIGITS
from .mapping import AffineMap
from .partition import Partition


class Interval(NamedTuple):
    """The part of a variable's axis over which a trace is integrated."""

    lower: float
    upper: float


class Part(Protocol):
    """A part of a domain that points can be spread over: a piece of its boundary, or a point."""

    @property
    def dimension(self) -> int:
        """Return how many coordinates run along it."""
        ...

    def points(self, partition: Partition, reference: Array) -> Array:
        """Return points (m, d), as `reference` fills a box of its dimension, in every block met."""
        ...


class Place(tuple[float | Interval | None, ...]):
    """A part of a box by coordinates: the whole, a wall, an edge, a point; integrals over them.

    For each variable None where it runs free, a float where it is fixed, an `Interval` where
    something is integrated over it.
    """

    __slots__ = ()

    @property
    def free(self) -> list[int]:
        """Axes along which it runs."""
        return [axis for axis, value in enumerate(self) if value is None]

    @property
    def fixed(self) -> list[int]:
        """Axes along which it does not."""
        return [axis for axis, value in enumerate(self) if value is not None]

    @property
    def dimension(self) -> int:
        """How many coordinates run along it; a point has none."""
        return len(self.free)

    @property
    def everywhere(self) -> bool:
        """Whether it is the whole domain."""
        return not self.fixed

    @property
    def start(self) -> Place:
        """The same with the lower limit in place of every interval."""
        return Place(value.lower if isinstance(value, Interval) else value for value in self)

    def without(self, axis: int) -> Place:
        """The same over the other variables."""
        return Place((*self[:axis], *self[axis + 1 :]))

    def points(self, partition: Partition, reference: Array) -> Array:
        """Points (m, d), as `reference` fills a box of its dimension, in every block it meets."""
        free, fixed = self.free, self.fixed
        values = np.array([self[axis] for axis in fixed], dtype=float)
        if not free:
            return values[None]
        chosen = []
        for block in range(len(partition)):
            low, high = partition.lower[block], partition.upper[block]
            if np.all((low[fixed] <= values) & (values <= high[fixed])):
                points = np.empty((len(reference), partition.dimension))
                points[:, fixed] = values
                points[:, free] = AffineMap(low[free], high[free]).from_reference(reference)
                filled = partition.filled(block)
                if partition.owner is not None and filled is not None:
                    points = points[filled.contains(points, HALF_OF_THE_DIGITS)]
                chosen.append(points)
        return np.concatenate(chosen)


class BoundaryPlace(Place):
    """A part of a boundary that coordinates do not tell: equal to others by its key alone."""

    @property
    def _key(self) -> Hashable:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundaryPlace) and self._key == other._key

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def place(self) -> Place:
        """Where conditions on it hold: itself."""
        return self

    @property
    def start(self) -> Place:
        """Itself: nothing is integrated over it."""
        return self

    @property
    def everywhere(self) -> bool:
        """It is never the whole domain."""
        return False
