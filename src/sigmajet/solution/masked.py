"""Functions on a region, at points that may lie outside of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .._types import Array
from ..errors import ProblemError
from ..problem.statement import Problem
from ..problem.terms.domain import Shaped
from ..rules.samples import MANY

__all__ = ["inside", "refuse_grid"]


def refuse_grid(count: int) -> None:
    """Raise if a grid has more points than any screen, before it is made.

    A million take about a second, and an unknown at as many as are allowed 130 MB.
    """
    most = MANY * MANY
    if count > most:
        raise ProblemError(
            f"points: asks for {count:.1e} values on a grid, at most {most:.1e}; ask for fewer, "
            "or call the solution at points of your own, in parts"
        )


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
