r"""Multipoles about the holes of a plane region.

In coordinates X = T (x - c) about the middle c of a hole, in which the principal part of an
equation of second order with constant coefficients is the Laplacian, what the hole brings into a
solution is

.. math:: a_0 \log r + \operatorname{Re} \sum_{k=1}^{\infty} c_k z^{-k}, \qquad z = X_1 + i X_2,

outside of the circle about it beyond which nothing of the hole lies (P. Henrici, Applied and
Computational Complex Analysis 3, 1986, section 15). Networks on cells that are larger than the
hole have no digits of that; with these functions in common, those of all else are smooth.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.shapes.curve import SAMPLES
from ...geometry.shapes.plane import PlaneRegion
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS
from .corners import MOST, is_scalar, principal, to_laplacian


def multipoles(system: System) -> CornerFunctions:
    """Functions for the holes of a region; none for other equations than Poisson's.

    Of all holes together no more than a cell has neurons: where there are many, each has fewer.
    """
    region = system.problem.domain.region
    if not isinstance(region, PlaneRegion) or not region.inner or not is_scalar(system):
        return NO_CORNERS
    (equation,) = system.equations
    middles = [0.5 * (box.lower + box.upper) for box in region.holes]
    matrix, more = principal(equation, middles[0])
    change = to_laplacian(matrix)
    if more or change is None:
        return NO_CORNERS
    slopes = change[0] + 1j * change[1]
    most = min(2.0 * MOST, MOST**2 / len(middles))
    found = NO_CORNERS
    for middle, loop in zip(middles, region.inner, strict=True):
        walls = np.concatenate([arc.at(np.linspace(0.0, 1.0, SAMPLES)) for arc in loop])
        away = np.abs((walls - middle) @ slopes)
        functions = _about(middle, slopes / away.min(), _highest(away, most), region.size)
        found = found.beside(functions)
    return found


def _highest(away: Array, most: float) -> int:
    """The highest k for distances of a wall from the middle, on which z^-k keeps half its digits.

    With 20 about an ellipse of 1/20 by 2/5, on which z^-20 varies by 1e18, one cell determined no
    solution.
    """
    least = HALF_OF_THE_DIGITS ** (1.0 / most)  # nearest over farthest, for as many as there may be
    ratio = float(away.min() / away.max())
    return int(most if ratio >= least else math.log(HALF_OF_THE_DIGITS) / math.log(ratio))


def _about(
    middle: Array, slopes: NDArray[np.complex128], highest: int, size: float
) -> CornerFunctions:
    """The logarithm, and real and imaginary parts of z^-k, in a region of a size."""
    powers = np.concatenate([[0.0], -np.repeat(np.arange(1.0, highest + 1.0), 2)])
    count = len(powers)
    return CornerFunctions(
        vertices=np.tile(middle, (count, 1)),
        slopes=np.tile(slopes, (count, 1)),
        turns=np.zeros(count),
        powers=powers,
        conjugates=np.zeros(count),
        logarithms=(powers == 0.0).astype(float),
        phases=np.concatenate([[1.0 + 0.0j], np.tile([1.0, -1.0j], highest)]),
        reaches=np.full(count, 2.0 * size),  # they have no cut
    )
