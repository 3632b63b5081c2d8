"""What pictures and monitors ask of a solution, whoever holds it."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import ArrayLike

from .._types import Array
from ..approximation.field import Field
from ..problem.statement import Problem

__all__ = ["Solved"]


class Solved(Protocol):
    """The parts of a :class:`.Solution`; see there."""

    problem: Problem
    error_estimate: float
    converged: bool

    @property
    def field(self) -> Field:
        """The function itself."""
        ...

    @property
    def failure(self) -> str | None:
        """Why it is not converged."""
        ...

    def __call__(self, *coordinates: ArrayLike) -> Array:
        """Values at coordinates."""
        ...

    def parts(self, *coordinates: ArrayLike) -> Array:
        """Values of the real unknowns, on a leading axis."""
        ...

    def evaluate(self, expression: Any, *coordinates: ArrayLike) -> Array:
        """An expression in the unknowns."""
        ...

    def residual(self, *coordinates: ArrayLike) -> Array:
        """What is left of each equation."""
        ...
