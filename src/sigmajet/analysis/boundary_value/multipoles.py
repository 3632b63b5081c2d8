r"""Multipoles about the holes of a plane region.

In coordinates X = T (x - c) about the middle c of a hole, in which the principal part of an
equation of second order with constant coefficients is the Laplacian, what the hole brings into a
solution is

.. math:: a_0 \log r + \operatorname{Re} \sum_{k=1}^{\infty} c_k z^{-k}, \qquad z = X_1 + i X_2,

outside of the circle about it beyond which nothing of the hole lies (P. Henrici, Applied and
Computational Complex Analysis 3, 1986, section 15). Networks on cells that are larger than the
hole have no digits of that; with these functions in common, those of all else are smooth. So it is
around an inclusion of another material, a hole of the part of the region around it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.points import points_inside
from ...geometry.shapes.curve import SAMPLES
from ...geometry.shapes.plane import PlaneRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.samples import FEW
from .corners import MOST, is_scalar, principal, to_laplacian


def multipoles(system: System) -> CornerFunctions:
    """Functions for the holes of a region; none for other equations than Poisson's.

    Of all holes together no more than a cell has neurons: where there are many, each has fewer.
    """
    problem = system.problem
    if not is_scalar(system):
        return NO_CORNERS
    parts = list(enumerate(problem.parts)) or [(-1, problem.domain.region)]
    holed = [(n, p) for n, p in parts if isinstance(p, PlaneRegion) and p.inner]
    count = sum(len(part.inner) for _, part in holed)
    found = NO_CORNERS
    for number, part in holed:
        slopes = _slopes(system.equations[0], part)
        if slopes is not None:
            most = min(2.0 * MOST, MOST**2 / count)
            found = found.beside(_around(part, slopes, most, part.size, number))
    return found


def _slopes(equation: Residual, part: PlaneRegion) -> NDArray[np.complex128] | None:
    """Complex slopes in which an equation is Laplace's; None if it is another, or varies."""
    (points,) = points_inside([part], [part.bounds], FEW, PROBES)
    _, partials = equation.at_zero(points)
    matrix, _ = principal(equation, points[0])
    change = to_laplacian(matrix)
    size = np.abs(matrix).max()
    for trace, values in zip(equation.traces, partials, strict=True):
        wanted = values[0] if sum(trace.orders) == 2 else 0.0
        if np.any(np.abs(values - wanted) > SAME * size):
            return None
    return None if change is None else np.asarray(change[0] + 1j * change[1])


def _around(
    part: PlaneRegion, slopes: NDArray[np.complex128], most: float, size: float, owner: int
) -> CornerFunctions:
    """The functions of all holes of a part of a region of a size."""
    found = NO_CORNERS
    for box, loop in zip(part.holes, part.inner, strict=True):
        middle = 0.5 * (box.lower + box.upper)
        walls = np.concatenate([arc.at(np.linspace(0.0, 1.0, SAMPLES)) for arc in loop])
        away = np.abs((walls - middle) @ slopes)
        found = found.beside(_about(middle, slopes / away.min(), _highest(away, most), size, owner))
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
    middle: Array, slopes: NDArray[np.complex128], highest: int, size: float, owner: int
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
        owners=np.full(count, float(owner)),
    )
