r"""Multipoles about the holes of a plane region.

In coordinates X = T (x - c) about the middle c of a hole, in which the principal part of an
equation of second order with constant coefficients is the Laplacian, what the hole brings into a
solution is

.. math:: a_0 \log r + \operatorname{Re} \sum_{k=1}^{\infty} c_k z^{-k}, \qquad z = X_1 + i X_2,

outside of the circle about it beyond which nothing of the hole lies (P. Henrici, Applied and
Computational Complex Analysis 3, 1986, section 15). Networks on cells that are larger than the
hole have no digits of that; with these functions in common, those of all else are smooth. So it is
around an inclusion of another material, a hole of the part of the region around it.

Solutions of a system with constant second derivatives alone are functions of :math:`z = x + p y`
with p a root of the determinant of its symbol. If p is the only one, as i of elasticity, j times,
:math:`\bar z^{n} z^{-k - n}` with n below j are what a hole brings (N. I. Muskhelishvili, Some
Basic Problems of the Mathematical Theory of Elasticity, 1953), each times a vector that the
equations tell.
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
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.judgement import SLIGHT
from ...rules.samples import FEW
from .corners import MOST, constant_slopes, is_scalar


def multipoles(system: System) -> CornerFunctions:
    """Functions for the holes of a region; none where second derivatives vary, or are not all.

    Of all holes together no more than a cell has neurons: where there are many, each has fewer.
    """
    problem = system.problem
    if not is_scalar(system) and not _is_of_second_order(system):
        return NO_CORNERS
    parts = list(enumerate(problem.parts)) or [(-1, problem.domain.region)]
    holed = [(n, p) for n, p in parts if isinstance(p, PlaneRegion) and p.inner]
    count = sum(len(part.inner) for _, part in holed)
    found = NO_CORNERS
    for number, part in holed:
        coordinates = _coordinates(system, part)
        if coordinates is not None:
            slopes, times = coordinates
            most = min(2.0 * MOST, MOST**2 / (count * system.unknowns * times))
            found = found.beside(_around(part, slopes, times, most, number))
    return found


def _is_of_second_order(system: System) -> bool:
    """Whether these are as many linear equations as unknowns, of second order in all of them."""
    problem = system.problem
    alike = len(system.equations) == len(problem.orders) and set(problem.orders) == {(2, 2)}
    return alike and all(e.local and e.relation.linear for e in system.equations)


def _coordinates(system: System, part: PlaneRegion) -> tuple[NDArray[np.complex128], int] | None:
    """Complex slopes of what solutions are functions of, and how many powers of its conjugate.

    None where coefficients vary, derivatives are others than second ones, or roots differ.
    """
    if system.unknowns == 1:
        slopes = constant_slopes(system.equations[0], part)
        return None if slopes is None else (slopes, 1)
    (points,) = points_inside([part], [part.bounds], FEW, PROBES)
    entries: list[tuple[int, int, int, float]] = []  # equation, unknown, derivatives by y, factor
    for row, equation in enumerate(system.equations):
        _, partials = equation.at_zero(points)
        size = np.abs(partials).max()
        for trace, values in zip(equation.traces, partials, strict=True):
            wanted = values[0] if sum(trace.orders) == 2 else 0.0
            if np.any(np.abs(values - wanted) > SAME * size):
                return None
            entries.append((row, trace.unknown, trace.orders[1], wanted))
    degree = 2 * system.unknowns
    places = np.exp(2j * np.pi * np.arange(degree + 1) / (degree + 1))
    symbol = np.zeros((degree + 1, system.unknowns, system.unknowns), dtype=complex)
    for row, unknown, power, factor in entries:
        symbol[:, row, unknown] += factor * places**power
    values = np.linalg.det(symbol)
    coefficients = np.fft.ifft(values[np.r_[0, degree:0:-1]]).real  # by rising powers
    if not abs(coefficients[-1]) > HALF_OF_THE_DIGITS * np.abs(coefficients).max():
        return None
    roots = np.roots(coefficients[::-1])
    upper = roots[roots.imag > SLIGHT]
    if 2 * len(upper) < degree or np.any(np.abs(upper - upper[0]) > SLIGHT):
        return None
    return np.array([1.0, np.mean(upper)]), len(upper)


def _around(
    part: PlaneRegion, slopes: NDArray[np.complex128], times: int, most: float, owner: int
) -> CornerFunctions:
    """The functions of all holes of a part of a region, for one coordinate of so many powers."""
    found = NO_CORNERS
    for box, loop in zip(part.holes, part.inner, strict=True):
        middle = 0.5 * (box.lower + box.upper)
        walls = np.concatenate([arc.at(np.linspace(0.0, 1.0, SAMPLES)) for arc in loop])
        away = np.abs((walls - middle) @ slopes)
        highest = _highest(away, most)
        for n in range(times):
            found = found.beside(_about(middle, slopes / away.min(), highest, n, part.size, owner))
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
    middle: Array,
    slopes: NDArray[np.complex128],
    highest: int,
    conjugates: int,
    size: float,
    owner: int,
) -> CornerFunctions:
    """Both parts of conj(z)^n z^(-k - n), and of the logarithm the one without a cut.

    With n above 0 there is one for k = 0, z over its conjugate, and no logarithm.
    """
    first = 0.0 if conjugates else 1.0
    powers = -np.repeat(np.arange(first, highest + 1.0), 2) - conjugates
    phases = np.tile([1.0, -1.0j], len(powers) // 2)
    if not conjugates:
        powers, phases = np.append(0.0, powers), np.append(1.0, phases)
    count = len(powers)
    return CornerFunctions(
        vertices=np.tile(middle, (count, 1)),
        slopes=np.tile(slopes, (count, 1)),
        turns=np.zeros(count),
        powers=powers,
        conjugates=np.full(count, float(conjugates)),
        logarithms=(powers == 0.0).astype(float),
        phases=phases,
        reaches=np.full(count, 2.0 * size),  # they have no cut
        owners=np.full(count, float(owner)),
    )
