"""QR of a triangle on top of rows, by LAPACK's `dtpqrt` with the interpreter's lock released.

Blocks are triangularised side by side. `scipy.linalg.lapack.dtpqrt` (SciPy 1.17) holds the lock
while it runs, so that two threads take as long as one; `numpy.linalg.qr` releases it, but takes 1.4
to 3 times as long with the triangle as dense rows, and 3 times where the rows are triangular too
(100 to 800 columns, one thread). `_tpqrt.cpp` calls the routine of SciPy's LAPACK without the lock.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Array
from ._tpqrt import tpqrt

# Columns of a panel over the square root of all, and at most: with panels of 64 a hundred columns
# take twice as long, three hundred 1.3 times; from a thousand on it makes no difference.
_PANEL, WIDEST_PANEL = 1.4, 48


def absorb(triangle: Array, groups: Sequence[Array], *, triangular: bool = False) -> Array:
    """Triangular factor of a triangle (n, n) on top of groups of rows (m, n).

    It takes half as long as a QR with the triangle as dense rows, and a sixth where the rows too
    are `triangular`. What is below the diagonal of the triangle is not read.
    """
    if not groups:
        return triangle
    factor = np.array(triangle, order="F")
    rows = np.empty((sum(map(len, groups)), len(factor)), order="F")
    np.concatenate(groups, out=rows)
    wide = len(factor)
    panel = max(1, min(int(_PANEL * np.sqrt(wide)), WIDEST_PANEL))
    tpqrt(factor, rows, panel, triangular)
    return np.triu(factor)
