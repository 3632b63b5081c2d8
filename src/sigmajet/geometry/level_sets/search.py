r"""Where the zeros of a function lie: boxes cut in four until each holds one direction of them.

A box on which bounds of the function exclude zero holds none. Of the others those are done over
which the gradient turns by less than a right angle,

.. math:: \nabla f(p) \cdot \nabla f(q) > 0 \quad \text{for all } p, q \text{ of the box},

as bounds of it tell: there zeros are a graph, and no closed curve has room (S. Plantinga and
G. Vegter, Isotopic approximation of implicit curves and surfaces, Proc. Symposium on Geometry
Processing, 2004). A curve that crosses or touches itself never gets there, and is named.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ..shapes.chains import written
from ..shapes.curve import SAMPLES
from .level import Level

__all__ = ["places"]

# Of the plane that is searched, and the inverse of the smallest box: what floats resolve beside 1.
_REACH = 1.0 / relative_rounding()


def places(level: Level) -> tuple[Array, Array]:
    """Corners (m, 2) of boxes that hold all zeros of a function, in each a graph.

    Raises
    ------
    ProblemError
        If there are none, they leave the plane, or the gradient is zero at one of them.
    """
    lower, upper = _plane()
    below = False
    while True:
        zeros, negative = _told(level, lower, upper)
        below |= bool(np.any(negative))
        _refuse_far(lower[negative], upper[negative])
        lower, upper = lower[zeros], upper[zeros]
        if not len(lower):
            what = "everywhere: it is unbounded" if below else "nowhere: the region is empty"
            raise ProblemError(f"the inequality holds {what}")
        extent = float(np.max(upper.max(axis=0) - lower.min(axis=0)))
        size = float(np.max(upper - lower))
        if size * SAMPLES <= extent < 2.0 * _REACH:
            break
        if size * _REACH < 1.0:
            raise ProblemError(
                f"both sides are equal at {written(lower[0])} alone: the region is empty, or a "
                "curve without an inside"
            )
        if len(lower) > SAMPLES**2:
            _refuse_far(lower, upper)
            raise ProblemError(_intricate(lower[0]))
        lower, upper = _quartered(lower, upper)
    return _resolved(level, lower, upper, extent)


def _plane() -> tuple[Array, Array]:
    """Boxes between powers of two, (m, 2) each, so that bounds far away are not too wide."""
    powers = 2.0 ** np.arange(math.log2(_REACH) + 1.0)
    edges = np.concatenate([-powers[::-1], [0.0], powers])
    low, high = (np.stack(np.meshgrid(e, e), axis=-1) for e in (edges[:-1], edges[1:]))
    return low.reshape(-1, 2), high.reshape(-1, 2)


def _refuse_far(lower: Array, upper: Array) -> None:
    """Raise where one of the boxes is at the end of the plane."""
    far = np.flatnonzero(np.any((lower == -_REACH) | (upper == _REACH), axis=1))
    if len(far):
        raise ProblemError(
            f"the region is unbounded: it goes on beyond {written(lower[far[0]])}; bound it by a "
            "further inequality and &, or turn the inequality around"
        )


def _told(level: Level, lower: Array, upper: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes may hold zeros, and on which the function is negative."""
    low, high = level.range(lower, upper)
    nowhere = np.isnan(low) & np.isnan(high)
    negative = high < 0.0
    return ~((low > 0.0) | negative | nowhere), negative


def _resolved(level: Level, lower: Array, upper: Array, extent: float) -> tuple[Array, Array]:
    """The same boxes, those cut over which the gradient turns too far."""
    done: list[tuple[Array, Array]] = []
    while len(lower):
        low, high = level.slopes(lower, upper)
        with np.errstate(all="ignore"):
            least = np.where(low * high > 0.0, np.minimum(low**2, high**2), low * high)
            turned = ~(np.sum(least, axis=1) > 0.0)  # no number where the gradient is not known
        done.append((lower[~turned], upper[~turned]))
        lower, upper = lower[turned], upper[turned]
        if len(lower):
            size = float(np.min(upper - lower))
            if size < HALF_OF_THE_DIGITS * extent or len(lower) > SAMPLES**2:
                raise ProblemError(_singular(0.5 * (lower + upper)[0]))
            lower, upper = _quartered(lower, upper)
            zeros, _ = _told(level, lower, upper)
            lower, upper = lower[zeros], upper[zeros]
    corners = [np.concatenate([each[end] for each in done]) for end in (0, 1)]
    return corners[0], corners[1]


def _intricate(point: Array) -> str:
    return (
        f"too many boxes of the plane may hold its boundary, that at {written(point)} among them: "
        "it is not bounded, or too intricate"
    )


def _singular(point: Array) -> str:
    return (
        f"the gradient is zero or has no value on the curve, about {written(point)}: it crosses or "
        "touches itself there, or ends in a cusp; put such a region together from smooth ones by "
        "|, & and -"
    )


def _quartered(lower: Array, upper: Array) -> tuple[Array, Array]:
    """The halves of boxes along their longer sides: quarters of squares."""
    sides = upper - lower
    for axis in (0, 1):
        long = sides[:, axis] > 0.5 * sides.max(axis=1)
        middle = 0.5 * (lower[long, axis] + upper[long, axis])
        first, second = upper.copy(), lower[long].copy()
        first[long, axis] = second[:, axis] = middle
        lower, upper = np.concatenate([lower, second]), np.concatenate([first, upper[long]])
        sides = np.concatenate([sides, sides[long]])
    return lower, upper
