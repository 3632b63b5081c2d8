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

__all__ = [
    "SharedFunctions",
    "Together",
    "added",
    "joint_weights",
    "read",
    "together",
    "weights_each",
]


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
    """Functions of several kinds, one kind after the other.

    Attributes
    ----------
    kinds : tuple
    joint : array (unknowns, functions, weights), or None
        How much of every function the unknowns of a system have for each weight; None where each
        unknown has weights of its own.
    """

    kinds: tuple[SharedFunctions, ...]
    joint: Array | None = None

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


def together(*kinds: SharedFunctions, joint: Array | None = None) -> SharedFunctions:
    """Functions of some kinds as one set; the first ones may have `joint` weights."""
    some = tuple(one for kind in kinds for one in _kinds(kind) if len(one))
    if len(some) > 1 or joint is not None:
        return Together(some, _completed(joint, sum(map(len, some))))
    return some[0] if some else NO_CORNERS


def _kinds(functions: SharedFunctions) -> tuple[SharedFunctions, ...]:
    if isinstance(functions, Together) and functions.joint is None:
        return functions.kinds
    return (functions,)


def _completed(joint: Array | None, count: int) -> Array | None:
    """The joint weights of some functions, then those of single unknowns for the rest."""
    if joint is None:
        return None
    unknowns, functions, weights = joint.shape
    rest = count - functions
    found = np.zeros((unknowns, count, weights + unknowns * rest))
    found[:, :functions, :weights] = joint
    for unknown in range(unknowns):
        start = weights + unknown * rest
        found[unknown, functions:, start : start + rest] = np.eye(rest)
    return found


def joint_weights(functions: SharedFunctions, unknowns: int) -> Array | None:
    """Of functions of a system (unknowns * functions, weights); None where unknowns have theirs."""
    joint = functions.joint if isinstance(functions, Together) else None
    return None if joint is None else joint.reshape(unknowns * len(functions), -1)


def weights_each(functions: SharedFunctions, unknowns: int) -> int:
    """How many weights functions have for each unknown, in the mean."""
    joint = joint_weights(functions, unknowns)
    return len(functions) if joint is None else -(-joint.shape[1] // unknowns)


def added(functions: SharedFunctions) -> tuple[sympy.Expr, ...]:
    """Those by formulas, which users added."""
    kinds = functions.kinds if isinstance(functions, Together) else (functions,)
    return tuple(
        e for kind in kinds if isinstance(kind, FormulaFunctions) for e in kind.expressions
    )


def read(arrays: Mapping[str, NDArray[Any]], formulas: SharedFunctions) -> SharedFunctions:
    """Rebuild functions from their arrays, and those by formulas; ValueError where unfit."""
    return together(CornerFunctions.from_arrays(arrays), Harmonics.from_arrays(arrays), formulas)
