r"""The matrix whose eigenvalues solve a polynomial eigenvalue problem of any degree.

.. math:: s^D v = \sum_{k < D} A_k s^k v

holds for :math:`v` and :math:`s` if :math:`(v, s v, \dots, s^{D - 1} v)` is an eigenvector of the
block companion matrix of the :math:`A_k`.

An eigenvalue of a Jordan block of size n is parted by a change :math:`\delta` of the block by
:math:`\delta^{1/n}` (J. H. Wilkinson, "The Algebraic Eigenvalue Problem", 1965, chapter 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from ..rounding import relative_rounding


def parted(size: int) -> float:
    """How far rounding may part equal eigenvalues of matrices (size, size) of norm one.

    By the root of its size, of the rounding of size^2 entries; and of a pair at least, for
    coefficients that cancel are known to half of their digits.
    """
    return float(relative_rounding(size**2) ** (1.0 / max(size, 2)))


def companion(matrices: NDArray[Any]) -> NDArray[Any]:
    """Block companion matrices (m, D n, D n) of A_0, A_1, ... (m, D, n, n)."""
    points, degree, count, _ = matrices.shape
    size = degree * count
    found = np.zeros((points, size, size), dtype=matrices.dtype)
    found[:, : size - count, count:] = np.eye(size - count)
    found[:, size - count :] = matrices.transpose(0, 2, 1, 3).reshape(points, count, size)
    return found


def pencil_eigenvalues(matrices: NDArray[Any]) -> NDArray[np.complex128]:
    """All s, infinite ones too, where A_0 + s A_1 + ... + s^D A_D, (D + 1, n, n), is singular."""
    leading = matrices[-1]
    left = companion(-matrices[None, :-1])[0]
    right = np.eye(len(left), dtype=matrices.dtype)
    right[-len(leading) :, -len(leading) :] = leading
    return np.asarray(scipy.linalg.eigvals(left, right))
