"""A triangular factor by blocks: substitution backwards and forwards along an elimination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from ..._types import Array


@dataclass(frozen=True, slots=True)
class BlockTriangle:
    """Rows of R in the order of elimination.

    Each of `fronts` holds the block that was eliminated and those left that it met, and its rows
    (size of the block, columns of all of them), whose leading square is upper triangular.
    """

    fronts: Sequence[tuple[tuple[int, ...], Array]]
    sizes: Sequence[int]

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return sum(self.sizes)

    def solve(self, values: Array) -> Array:
        """Return R^-1 values, (n, k), joined by block."""
        return np.concatenate(self.substitute(self._split(values)))

    def substitute(self, values: Sequence[Array]) -> list[Array]:
        """Return R^-1 values, both by block, (size, k)."""
        solution = [np.empty(0)] * len(self.sizes)
        for (block, *others), matrix in reversed(self.fronts):
            size, right = self.sizes[block], values[block]
            if others:
                right = right - matrix[:, size:] @ np.concatenate([solution[b] for b in others])
            solution[block] = scipy.linalg.solve_triangular(
                matrix[:, :size], right, check_finite=False
            )
        return solution

    def solve_transposed(self, values: Array) -> Array:
        """Return R^-T values, (n, k), joined by block."""
        left = [part.copy() for part in self._split(values)]
        for (block, *others), matrix in self.fronts:
            edges = np.cumsum([self.sizes[b] for b in (block, *others)])[:-1]
            square, *across = np.split(matrix, edges, axis=1)
            left[block] = scipy.linalg.solve_triangular(
                square, left[block], trans="T", check_finite=False
            )
            for other, part in zip(others, across, strict=True):
                left[other] -= part.T @ left[block]
        return np.concatenate(left)

    def _split(self, values: Array) -> list[Array]:
        return np.split(values, np.cumsum(self.sizes)[:-1])
