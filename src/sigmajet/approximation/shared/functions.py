"""What is asked of functions that cells have in common, and several kinds of them as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Orders
from .corner_functions import NO_CORNERS, CornerFunctions
from .formulas import FormulaFunctions
from .harmonics import Harmonics

__all__ = ["SharedFunctions", "Together", "added", "read", "together"]


class SharedFunctions(Protocol):
    """Functions that have one weight for all cells that hold them."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Return derivatives of every function at points (m, d), each (m, functions)."""
        ...

    def held(
        self, lower: Array, upper: Array, owner: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """Return which cells have which functions, (cells, functions)."""
        ...

    def formulas(self, variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
        """Return every function as a formula."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the functions, for saving."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Functions of several kinds, one kind after the other."""

    kinds: tuple[SharedFunctions, ...]

    def __len__(self) -> int:
        return sum(map(len, self.kinds))

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every function at points (m, d), each (m, functions)."""
        wanted = set(orders)
        every = [kind.features(points, wanted) for kind in self.kinds]
        return {alpha: np.hstack([found[alpha] for found in every]) for alpha in wanted}

    def held(
        self, lower: Array, upper: Array, owner: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """Which cells have which functions, (cells, functions)."""
        return np.hstack([kind.held(lower, upper, owner) for kind in self.kinds])

    def formulas(self, variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
        """Every function as a formula."""
        return [formula for kind in self.kinds for formula in kind.formulas(variables)]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that defines the functions, for saving."""
        found: dict[str, NDArray[Any]] = {}
        for kind in self.kinds:
            found |= kind.arrays()
        return found


def together(*kinds: SharedFunctions) -> SharedFunctions:
    """Functions of some kinds as one set."""
    some = tuple(kind for kind in kinds if len(kind))
    if len(some) > 1:
        return Together(some)
    return some[0] if some else NO_CORNERS


def added(functions: SharedFunctions) -> tuple[sympy.Expr, ...]:
    """Those by formulas, which users added."""
    kinds = functions.kinds if isinstance(functions, Together) else (functions,)
    return tuple(
        e for kind in kinds if isinstance(kind, FormulaFunctions) for e in kind.expressions
    )


def read(arrays: Mapping[str, NDArray[Any]], formulas: SharedFunctions) -> SharedFunctions:
    """Rebuild functions from their arrays, and those by formulas; ValueError where unfit."""
    return together(CornerFunctions.from_arrays(arrays), Harmonics.from_arrays(arrays), formulas)
