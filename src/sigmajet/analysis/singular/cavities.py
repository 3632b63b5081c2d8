"""Which solid harmonics the cavities of a region of space ask for.

What a cavity brings into a solution of Poisson's equation is harmonic outside of it and fades: a
sum of derivatives of 1/r about its middle (Kelvin's inversion of what a ball takes). Networks on
cells larger than the cavity have no digits of 1/r; with these functions in common, those of all
else are smooth. An inclusion of another material is a cavity of the part around it.
"""

from __future__ import annotations

import numpy as np

from ..._types import Array
from ...approximation.shared.harmonics import NO_HARMONICS, Harmonics
from ...geometry.points import interior_points, points_inside
from ...geometry.solids.solid import SolidRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import SAME
from ...rules.samples import FEW
from .corners import MOST, is_scalar

__all__ = ["harmonics"]


def harmonics(system: System) -> Harmonics:
    """Functions for the cavities of a region; none for other equations than Poisson's.

    Of all cavities together no more than one has to itself: where there are many, each has fewer.
    A charge at 2/5 of a cavity's radius from its middle is met to 3e-6 with degrees up to 10, 3e-7
    with 12 and 5e-8 with 14, of which a solve takes 3, 3.8 and 4.7 s.
    """
    problem = system.problem
    if not is_scalar(system):
        return NO_HARMONICS
    parts = list(enumerate(problem.parts)) or [(-1, problem.domain.region)]
    found: list[tuple[Array, float, int]] = []
    for number, part in parts:
        if isinstance(part, SolidRegion) and part.holes and _poisson(system.equations[0], part):
            found += [(*place, number) for place in _cavities(part)]
    if not found:
        return NO_HARMONICS
    centres, radii, owners = zip(*found, strict=True)
    degree = np.floor(MOST * np.sqrt(2.0 / len(found)))
    degrees = np.full(len(found), degree)
    return Harmonics(np.array(centres), np.array(radii), degrees, np.array(owners, dtype=float))


def _cavities(part: SolidRegion) -> list[tuple[Array, float]]:
    """The middle of every cavity that has it within, and how near to it its walls come."""
    shares = 0.5 * (1.0 + interior_points(2, FEW, PROBES))
    walls: dict[tuple[int, int], list[Array]] = {}
    for wall in part.holes:
        walls.setdefault(wall.cavity, []).append(wall.at(shares))
    found = []
    for pieces in walls.values():
        points = np.concatenate(pieces)
        middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
        if not part.contains(middle[None])[0]:  # as within a ring
            found.append((middle, float(np.linalg.norm(points - middle, axis=1).min())))
    return found


def _poisson(equation: Residual, part: SolidRegion) -> bool:
    """Whether an equation is Poisson's in a part of a region, up to a factor."""
    (points,) = points_inside([part], [part.bounds], FEW, PROBES)
    _, partials = equation.at_zero(points)
    size = float(np.abs(partials).max())
    leading = []
    for trace, values in zip(equation.traces, partials, strict=True):
        if max(trace.orders) == 2:
            leading.append(values)
        elif np.any(np.abs(values) > SAME * size):
            return False
    return len(leading) == 3 and bool(np.ptp(leading) <= SAME * size)
