r"""Multipoles about the holes of a plane region.

In coordinates X = T (x - c) about the middle c of a hole, in which the principal part of an
equation of second order with constant coefficients is the Laplacian, what the hole brings into a
solution is

.. math:: a_0 \log r + \operatorname{Re} \sum_{k=1}^{\infty} c_k z^{-k}, \qquad z = X_1 + i X_2,

outside of the circle about it beyond which nothing of the hole lies (P. Henrici, Applied and
Computational Complex Analysis 3, 1986, section 15). Networks on cells that are larger than the
hole have no digits of that; with these functions in common, those of all else are smooth. So it is
around an inclusion of another material, a hole of the part of the region around it.

Of a system, elasticity and Stokes' equations among them, solutions of which are functions of z
times :math:`\bar z^n` with n below j, see :mod:`.principal_parts`, a hole brings
:math:`\bar z^{n} z^{-k - n}`, in vectors that the equations tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.points import points_inside
from ...geometry.shapes.arc import Arc
from ...geometry.shapes.curve import SAMPLES
from ...geometry.shapes.plane import PlaneRegion
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.samples import FEW
from .combined import JointFunctions, null_space, values_of_terms
from .corners import MOST
from .principal_parts import Coordinate, PrincipalPart, Term


def multipoles(system: System) -> JointFunctions:
    """Functions for the holes of a region; none where coefficients vary, or are not all principal.

    Of all holes together no more than a cell has neurons: where there are many, each has fewer.
    """
    problem = system.problem
    found = JointFunctions.none(system.unknowns)
    parts = list(enumerate(problem.parts)) or [(-1, problem.domain.region)]
    holed = [(n, p) for n, p in parts if isinstance(p, PlaneRegion) and p.inner]
    principal = PrincipalPart.of(system) if holed and problem.linear else None
    if principal is None or max(principal.unknowns) != 2:  # those of plates grow about a hole
        return found
    count = sum(len(part.inner) for _, part in holed)
    # The work goes with the square of how many they are.
    most = min(2.0 * MOST, (2.0 * MOST / principal.size) ** 2 / count)
    for number, part in holed:
        equations = _constant(system, principal, part)
        coordinates = principal.coordinates(equations) if equations else []
        for box, loop in zip(part.holes, part.inner, strict=True):
            hole = _Hole(0.5 * (box.lower + box.upper), loop, part.size, number)
            for functions in _about(principal, equations, coordinates, hole, most):
                found = found.beside(functions)
    return found


def _constant(system: System, principal: PrincipalPart, part: PlaneRegion) -> list[Term]:
    """The terms of the equations; none where coefficients vary, or others are there."""
    (points,) = points_inside([part], [part.bounds], FEW, PROBES)
    for equation, weight in zip(system.equations, principal.rows, strict=True):
        _, partials = equation.at_zero(points)
        size = np.abs(partials).max()
        for trace, values in zip(equation.traces, partials, strict=True):
            leads = sum(trace.orders) == weight + principal.unknowns[trace.unknown]
            wanted = values[0] if leads else 0.0
            if np.any(np.abs(values - wanted) > SAME * size):
                return []
    return list(principal.terms(system.equations, points[:1]))


class _Hole(NamedTuple):
    """A hole about a middle, in a part of a region of a size and a number."""

    middle: Array
    loop: Sequence[Arc]
    size: float
    number: int


def _about(
    principal: PrincipalPart,
    equations: Sequence[Term],
    coordinates: Sequence[Coordinate],
    hole: _Hole,
    most: float,
) -> Iterator[JointFunctions]:
    """Functions of a hole, degree by degree: log r first, then z^-k and so on."""
    walls = np.concatenate([arc.at(np.linspace(0.0, 1.0, SAMPLES)) for arc in hole.loop])
    scaled, highest = [], most
    for slopes, times in coordinates:
        away = np.abs((walls - hole.middle) @ slopes)
        highest = min(highest, _highest(away, most))
        scaled.append(Coordinate(slopes / away.min(), times))
    turns = 2.0 * np.pi * np.arange(FEW) / FEW
    far = hole.middle + 0.5 * hole.size * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    for degree in range(0, -int(highest) - 1, -1) if coordinates else ():
        functions, below = _of_degree(principal, scaled, hole, degree)
        used = np.array(principal.below)[:, None] == below
        values, sizes = values_of_terms(equations, functions, far, used)
        vectors = null_space(list(zip(values, sizes, strict=True)))
        yield JointFunctions.of_vectors(functions, used, vectors)


def _highest(away: Array, most: float) -> int:
    """The highest k for distances of a wall from the middle, on which z^-k keeps half its digits.

    With 20 about an ellipse of 1/20 by 2/5, on which z^-20 varies by 1e18, one cell determined no
    solution.
    """
    least = HALF_OF_THE_DIGITS ** (1.0 / most)  # nearest over farthest, for as many as there may be
    ratio = float(away.min() / away.max())
    return int(most if ratio >= least else math.log(HALF_OF_THE_DIGITS) / math.log(ratio))


def _of_degree(
    principal: PrincipalPart, coordinates: Sequence[Coordinate], hole: _Hole, degree: int
) -> tuple[CornerFunctions, Array]:
    """Functions, and by how much the unknowns that use each are below the highest degree.

    Both parts of conj(z)^n z^(degree - n), and of the logarithm the one without a cut.
    """
    found, below = NO_CORNERS, []
    for slopes, times in coordinates:
        terms = []
        for less in sorted(set(principal.below)):
            for n in range(times):
                power, logarithm = float(degree - less - n), float(degree == less == n == 0)
                for phase in (1.0,) if logarithm else (1.0, -1.0j):
                    terms.append((power, float(n), logarithm, phase))
                    below.append(less)
        reach = 2.0 * hole.size  # they have no cut
        functions = CornerFunctions.about(hole.middle, slopes, 0.0, reach, terms, hole.number)
        found = found.beside(functions)
    return found, np.array(below)
