r"""What a constraint does not tell of its multiplier, on one discretisation in space.

With free coordinates y of the other unknowns and :math:`\lambda` of the multipliers
(:mod:`sigmajet.problem.checks.multipliers`),

.. math:: M y' = f(y) + B \lambda, \qquad C y = g(t),

combinations L of tests with :math:`L^T C = 0` say nothing of y, and multipliers R with
:math:`B R = 0` do nothing, as the mean of the pressure in a closed vessel. There
:math:`R^T \lambda = 0` takes the place of :math:`L^T (C y - g) = 0`, which has to hold by itself:
what flows into the vessel flows out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from numpy.typing import NDArray

from ..._types import Array

Matrix = Any


@dataclass(frozen=True, slots=True)
class NullModes:
    """These combinations, orthonormal.

    Attributes
    ----------
    first : int
        How many coordinates are not of multipliers.
    tests, functions : array (multipliers, k)
        L and R.
    size : float
        The largest singular value of C: so large is what multipliers are held by.
    least : float
        The smallest one that counts.
    """

    first: int
    tests: Array
    functions: Array
    size: float
    least: float

    @classmethod
    def of(cls, matrix: Matrix, first: int, cut: float) -> NullModes | None:
        """Those of the Jacobian by all coordinates; None where L and R are not as many.

        Singular values below `cut` against the largest are taken as zero.
        """
        dense = matrix.toarray() if scipy.sparse.issparse(matrix) else matrix
        left, values, _ = scipy.linalg.svd(dense[first:, :first], full_matrices=False)
        _, sizes, right = scipy.linalg.svd(dense[:first, first:], full_matrices=False)
        blind, idle = (each <= cut * each.max(initial=0.0) for each in (values, sizes))
        if len(values) < len(dense) - first or np.sum(blind) != np.sum(idle) or np.all(blind):
            return None
        return cls(first, left[:, blind], right[idle].T, values[0], values[~blind].min())

    def held(self, tested: NDArray[Any], free: NDArray[Any]) -> NDArray[Any]:
        """Tested equations (size, k) with those conditions of coordinates (size, k) in place."""
        if not self.tests.shape[1]:
            return tested
        found = tested.copy()
        found[self.first :] += self.tests @ (
            self.size * (self.functions.T @ free[self.first :])
            - self.tests.T @ tested[self.first :]
        )
        return found

    def matrix(self, matrix: Matrix) -> Matrix:
        """The same of the Jacobian of tested equations by coordinates."""
        if not self.tests.shape[1]:
            return matrix
        lower = matrix[self.first :]
        lower = lower.toarray() if scipy.sparse.issparse(lower) else lower.copy()
        lower -= self.tests @ (self.tests.T @ lower)
        lower[:, self.first :] += self.size * (self.tests @ self.functions.T)
        if scipy.sparse.issparse(matrix):
            return scipy.sparse.csc_array(scipy.sparse.vstack([matrix[: self.first], lower]))
        return np.vstack([matrix[: self.first], lower])

    def unmet(self, tested: Array) -> float:
        """What tested equations (size,) leave where nothing can see to them."""
        return float(np.linalg.norm(self.tests.T @ tested[self.first :]))
