r"""The matrix whose eigenvalues solve a polynomial eigenvalue problem of any degree.

.. math:: s^D v = \sum_{k < D} A_k s^k v

holds for :math:`v` and :math:`s` if :math:`(v, s v, \dots, s^{D - 1} v)` is an eigenvector of the
block companion matrix of the :math:`A_k`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def companion(matrices: NDArray[Any]) -> NDArray[Any]:
    """Block companion matrices (m, D n, D n) of A_0, A_1, ... (m, D, n, n)."""
    points, degree, count, _ = matrices.shape
    size = degree * count
    found = np.zeros((points, size, size), dtype=matrices.dtype)
    found[:, : size - count, count:] = np.eye(size - count)
    found[:, size - count :] = matrices.transpose(0, 2, 1, 3).reshape(points, count, size)
    return found
