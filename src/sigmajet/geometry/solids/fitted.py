"""The smallest box about what a cell has of a solid, by levels that are not steeper than distance.

A box whose middle is farther outside than its corners are away holds nothing. Of the others those
are cut that may reach beyond what is known to be inside.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ..mapping import AffineMap
from ..shapes.curve import SAMPLES

__all__ = ["fitted"]


def fitted(level: Callable[[Array], Array], cell: AffineMap) -> AffineMap | None:
    """The box about what a cell or a face has of a solid, to a part in 256; None if nothing."""
    free = np.flatnonzero(cell.upper > cell.lower)
    lower, upper = cell.lower[None], cell.upper[None]
    low, high = np.full(len(cell.lower), np.inf), np.full(len(cell.lower), -np.inf)
    divided, some = 1, False
    while len(lower) and divided < SAMPLES:
        divided *= 2
        for axis in free:
            middle = 0.5 * (lower[:, axis] + upper[:, axis])
            first, second = upper.copy(), lower.copy()
            first[:, axis] = second[:, axis] = middle
            lower, upper = np.concatenate([lower, second]), np.concatenate([first, upper])
        if some:  # and within the box that is known nothing makes it larger
            beyond = _beyond(low, high, lower, upper)
            lower, upper = lower[beyond], upper[beyond]
        middles = 0.5 * (lower + upper)
        found = level(middles)
        some |= bool(np.any(found < 0.0))
        low, high = _grown(low, high, middles[found <= 0.0])
        # Ends may be on flat walls, as those of cells are that are cut along them.
        for ends in (lower, upper):
            outer = ends[_beyond(low, high, ends, ends)]
            low, high = _grown(low, high, outer[level(outer) <= 0.0])
        away = 0.5 * np.linalg.norm(upper - lower, axis=1)
        open_ = (found <= away) & _beyond(low, high, lower, upper)
        lower, upper = lower[open_], upper[open_]
    if not some:
        return None
    return AffineMap(*_grown(low, high, np.concatenate([lower, upper])))


def _beyond(low: Array, high: Array, lower: Array, upper: Array) -> NDArray[np.bool_]:
    """Which boxes (m, d) are not within one."""
    return np.asarray(np.any((lower < low) | (upper > high), axis=1))


def _grown(low: Array, high: Array, points: Array) -> tuple[Array, Array]:
    """A box with points in it."""
    if not len(points):
        return low, high
    return np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
