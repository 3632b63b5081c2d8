"""Functions that users add to the space, by formulas, with all derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...expressions.table import Table

__all__ = ["FormulaFunctions"]


class FormulaFunctions:
    """Functions by formulas in the variables.

    Parameters
    ----------
    expressions : sequence of Expr
        In nothing but the variables.
    variables : sequence of Symbol
    """

    def __init__(
        self, expressions: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]
    ) -> None:
        self.expressions, self._variables = tuple(expressions), tuple(variables)
        self._tables: dict[Orders, Table] = {}

    def __len__(self) -> int:
        return len(self.expressions)

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every function at points (m, d), each (m, functions)."""
        found = {}
        for alpha in orders:
            if alpha not in self._tables:
                steps = [(v, n) for v, n in zip(self._variables, alpha, strict=True) if n]
                slopes = [e.diff(*steps) if steps else e for e in self.expressions]
                self._tables[alpha] = Table.compile(self._variables, slopes)
            found[alpha] = np.ascontiguousarray(self._tables[alpha](points).T)
        return found

    def held(
        self, lower: Array, upper: Array, owner: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """All cells have all of them."""
        return np.ones((len(lower), len(self)), dtype=bool)

    def formulas(self, variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
        """They themselves."""
        return list(self.expressions)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """None: what writes a file keeps them as text."""
        return {}
