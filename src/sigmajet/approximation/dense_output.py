"""Dense output of a step in time: the polynomial through values at fixed positions of the step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._types import Array
from ..geometry.legendre import legendre_derivatives, legendre_values


@dataclass(frozen=True)
class DenseOutput:
    """Of a method that knows values at `positions` of a step, from 0, its start, to 1, its end.

    A collocation method knows them at its start and its nodes; a method whose dense output is
    another polynomial of degree k gives its values at any k + 1 positions.
    """

    positions: Array

    @classmethod
    def linear(cls) -> DenseOutput:
        """A line through the values at both ends."""
        return cls(np.array([0.0, 1.0]))

    @cached_property
    def _to_legendre(self) -> Array:
        degree = len(self.positions) - 1
        return np.asarray(np.linalg.inv(legendre_values(2.0 * self.positions - 1.0, degree)))

    def weights(self, positions: Array, order: int = 0) -> Array:
        """What the values weigh in a derivative at positions of a step of length 1, (m, k + 1)."""
        count = len(self.positions)
        return np.asarray(legendre_derivatives(positions, count, order) @ self._to_legendre)
