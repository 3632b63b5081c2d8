"""What fields and rows ask of a network: features of points of the reference box.

A network is known by what its last hidden layer makes of points, with all derivatives; the outer
weights, which a problem's least squares find, are not part of it. How it comes to its features,
and what several derivatives have in common, is its own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, Self

import sympy
from numpy.typing import NDArray

from ..._types import Array, Integers, Orders

Combination = Callable[[Array, Sequence[Array]], list[Array]]


class Layers(Protocol):
    """Hidden layers over the reference box, `width` features of `dimension` variables."""

    @property
    def width(self) -> int:
        """Number of features."""
        ...

    @property
    def dimension(self) -> int:
        """Number of variables."""
        ...

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Return the derivatives of every feature at points (m, d), each (m, width)."""
        ...

    def contracted(self, points: Array, wanted: Sequence[tuple[Orders, Array]]) -> Array:
        """Return derivatives of functions with outer weights (width,) at points, (k, m)."""
        ...

    def combination(self, groups: Sequence[Sequence[Orders]]) -> Combination:
        """Return what adds up derivatives of features, weighted at every point.

        It takes points (m, d) and for each group factors (k, m), one for each of the derivatives in
        the group, and returns for each group the sum of factor times feature, (m, width).
        """
        ...

    def image(self, axes: Integers, signs: Array) -> Self:
        """Return the features at y of this one, y[axes[i]] = signs[i] x[i], as features at x."""
        ...

    def beside(self, others: Sequence[Self]) -> Self:
        """Return one network with the features of this one, then those of others."""
        ...

    def formulas(self, variables: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """Return every feature as an expression in the variables of the reference box."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the network, for saving."""
        ...
