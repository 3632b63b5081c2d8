"""What is asked of a function whose zeros bound a region."""

from __future__ import annotations

from typing import Protocol

from ..._types import Array

__all__ = ["Level"]


class Level(Protocol):
    """A function of the plane with bounds that hold over boxes."""

    def values(self, points: Array) -> Array:
        """Return it at points (m, 2), (m,)."""
        ...

    def gradients(self, points: Array) -> Array:
        """Return its gradient at points (m, 2), (m, 2)."""
        ...

    def range(self, lower: Array, upper: Array) -> tuple[Array, Array]:
        """Return bounds (m,) of its values over boxes with corners (m, 2).

        Where it has no value at all both are no numbers.
        """
        ...

    def slopes(self, lower: Array, upper: Array) -> tuple[Array, Array]:
        """Return bounds (m, 2) of its gradient over boxes with corners (m, 2), in the same way."""
        ...
