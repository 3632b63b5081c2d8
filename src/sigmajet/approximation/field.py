r"""What a function that solves a problem is asked for.

Every field answers one question, :meth:`Field.derivatives`: the values of
:math:`\partial^\alpha u_i` at points, in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import sympy
from numpy.typing import NDArray

from .._types import Array, Orders


class Differentiable(Protocol):
    """A function of all variables, one component for each unknown."""

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        ...


class Field(Differentiable, Protocol):
    """What a strategy returns: a function that can be saved and written as a formula."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        ...

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Return a formula for each unknown."""
        ...
