r"""Which blocks are cut: those that hold the bulk of the defect (Doerfler's criterion).

With :math:`\eta_b` the defect of block b, the smallest set M is marked for which

.. math:: \sum_{b \in M} \eta_b^2 \ge \theta \sum_b \eta_b^2

(W. Doerfler, A convergent adaptive algorithm for Poisson's equation, SIAM J. Numer. Anal. 33,
1996). What stays unmarked then is a share :math:`\sqrt{1 - \theta}` of the whole, so that
:math:`\theta` says how much a cut has to gain before other blocks matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from .estimate import NO_SOLUTION

# Networks gain more by a cut than elements of low order do, for which 1/2 is usual: blocks of a
# tenth of the worst defect wait. At 0.9999 problems in the plane took up to twice the blocks for
# the same error, and the time that goes with them.
THETA = 0.99
# Of a block that is cut on a line. For a layer of 1e-5 of the interval 2, 4 and 8 at most took
# 14, 9 and 6 attempts to 33, 38 and 53 blocks.
MOST_PIECES = 4


def bulk(defects: Array) -> NDArray[np.bool_]:
    """Mark the fewest blocks that hold the bulk of the defect."""
    known = np.nan_to_num(defects, posinf=np.finfo(float).max)
    order = np.argsort(-known)
    held = np.cumsum((known[order] / (known[order[0]] or 1.0)) ** 2)
    marked = np.zeros(len(defects), dtype=bool)
    marked[order[: 1 + int(np.searchsorted(held, THETA * held[-1]))]] = True
    return marked


def lost(defects: Array) -> bool:
    """Whether the defect says nothing about places: large, and the same nearly everywhere.

    Least squares spreads a layer that it cannot resolve over the whole box. Most layers are at
    an end or a wall: there the search closes in, once all has been cut twice.
    """
    alike = float(np.mean(bulk(defects)))
    return len(defects) >= MOST_PIECES**2 and bool(defects.max() > NO_SOLUTION) and alike > 0.5
