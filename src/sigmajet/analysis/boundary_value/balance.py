r"""Whether sources balance what flows through the walls, where no wall prescribes a value.

Of :math:`\nabla \cdot S \nabla u = f` with constant S, and :math:`n \cdot S \nabla u = h` on all of
the boundary, the integral over the region says

.. math:: \int_\Omega f = \oint h ,

without which there is no solution (Gauss). Least squares then end in a compromise, which violates a
little of everything, or in the value at a point that was to make the solution unique.
"""

from __future__ import annotations

import math

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ...geometry.quadrature import NODES
from ...geometry.shapes.plane import PlanePart, PlaneRegion
from ...geometry.shapes.rules import area_rule, wall_rule
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS
from .corners import is_scalar

__all__ = ["refuse_unbalanced"]


def refuse_unbalanced(system: System, tol: float) -> None:
    """Raise where they differ by more than a tolerance, relative to all that there is of them.

    Of other problems than those above, on regions of the plane, nothing is said.

    Raises
    ------
    ProblemError
    """
    found = _amounts(system)
    if found is None:
        return
    source, flux, size = found
    if abs(source - flux) > max(tol, HALF_OF_THE_DIGITS) * size:
        raise ProblemError(
            f"the sources amount to {source:.6g} and the fluxes through all walls to {flux:.6g}; "
            "no wall prescribes a value, so that they have to be the same: there is no solution. "
            "Change one of them, or prescribe a value on a part of the boundary"
        )


def _amounts(system: System) -> tuple[float, float, float] | None:
    """What sources and fluxes amount to, if they have to be the same, and the sum of sizes."""
    problem = system.problem
    region = problem.domain.region
    if not isinstance(region, PlaneRegion) or not problem.linear or problem.parts:
        return None
    if not is_scalar(system):
        return None
    (equation,) = system.equations
    if any(sum(t.orders) != 2 for t in equation.traces):
        return None
    if any(p.free_symbols for p in equation.partials):
        return None
    places = ((condition, condition.relation.place) for condition in system.conditions)
    walls = [(condition, place) for condition, place in places if isinstance(place, PlanePart)]
    if region.bare([place for _, place in walls], 1):
        return None
    points, weights = area_rule(region, region.bounds, NODES)
    defect, partials = equation.at_zero(points)
    matrix = np.zeros((2, 2))
    for trace, (value, *_) in zip(equation.traces, partials, strict=True):
        axes = [axis for axis, order in enumerate(trace.orders) for _ in range(order)]
        matrix[axes[0], axes[1]] += 0.5 * value
        matrix[axes[1], axes[0]] += 0.5 * value
    load = -weights * defect
    fluxes = []
    for condition, place in walls:
        flux = _through(condition, place, matrix)
        if flux is None:
            return None
        fluxes.append(flux)
    source, out = math.fsum(load), math.fsum(np.concatenate(fluxes))
    size = float(np.sum(np.abs(load)) + sum(np.sum(np.abs(f)) for f in fluxes))
    return source, out, size


def _through(condition: Residual, place: PlanePart, matrix: Array) -> Array | None:
    """Terms of the integral of the flux that a condition prescribes; None if it is of another kind.

    It is a multiple of the flux where its slope goes along S n.
    """
    if any(sum(t.orders) != 1 for t in condition.traces):
        return None
    points, normals, weights = wall_rule(place, place.region.bounds, NODES)
    defect, partials = condition.at_zero(points)
    slope = np.zeros_like(points)
    for trace, values in zip(condition.traces, partials, strict=True):
        slope += values[:, None] * np.array(trace.orders)
    conormal = normals @ matrix
    across = slope[:, 0] * conormal[:, 1] - slope[:, 1] * conormal[:, 0]
    along = np.sum(slope * conormal, axis=1)
    if np.any(np.abs(across) > HALF_OF_THE_DIGITS * np.abs(along)) or np.any(along == 0.0):
        return None
    share = along / np.sum(conormal**2, axis=1)
    return np.asarray(-weights * defect / share)
