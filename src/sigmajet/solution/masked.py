"""Functions on a region, at points that may lie outside of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .._types import Array
from ..problem.statement import Problem
from ..problem.terms.domain import Shaped

__all__ = ["inside"]


def inside(
    problem: Problem,
    function: Callable[..., Array],
    rows: int,
    points: Sequence[Array],
) -> Array:
    """Rows of a function at points of the domain that broadcast, not-a-number outside of it."""
    broadcast = np.broadcast_arrays(*points)
    shape = broadcast[0].shape
    if not isinstance(problem.domain, Shaped):
        return np.reshape(function(*points), (rows, *shape))
    places = np.stack([np.ravel(each) for each in broadcast], axis=-1)
    held = problem.domain.holds(places)
    values = np.full((rows, len(places)), np.nan)
    if np.any(held):
        values[:, held] = np.reshape(function(*places[held].T), (rows, -1))
    return values.reshape((rows, *shape))
