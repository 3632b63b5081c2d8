r"""Whether sources balance what flows through the walls, where no wall prescribes a value.

Of :math:`\nabla \cdot S \nabla u = f`, and :math:`n \cdot S \nabla u = h` on all of
the boundary but walls that are periodic, the integral over the region says

.. math:: \int_\Omega f = \oint h ,

without which there is no solution (Gauss). Least squares then end in a compromise, which violates a
little of everything, or in the value at a point that was to make the solution unique.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...errors import ProblemError
from ...geometry.integration.places import Inside, OnBoundary, rules_inside, rules_on_boundary
from ...geometry.partition import Partition
from ...geometry.quadrature import NODES
from ...geometry.region import BoxRegion, Wall
from ...geometry.shapes.plane import PlanePart
from ...geometry.solids.solid import SolidPart
from ...problem.compiled.expressions import compile_table
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import A_DIGIT
from ..singular.corners import is_scalar, second_order

__all__ = ["Amounts", "refuse_unbalanced", "unbalanced"]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What sources and fluxes amount to, and the sum of the sizes of all there is of them."""

    source: float
    flux: float
    size: float

    @classmethod
    def of(cls, sources: Array, fluxes: Array) -> Amounts:
        """Of terms of both."""
        size = float(np.sum(np.abs(sources)) + np.sum(np.abs(fluxes)))
        return cls(math.fsum(sources), math.fsum(fluxes), size)

    @property
    def missing(self) -> float:
        """What sources make beyond what flows out."""
        return self.source - self.flux


def refuse_unbalanced(system: System, blocks: Partition, tol: float) -> None:
    """Raise where they differ by more than a tolerance, relative to all that there is of them.

    Of other problems than those above nothing is said, nor where quadrature over the blocks, each
    of which sees all that is in it, does not tell.

    Raises
    ------
    ProblemError
    """
    region = system.problem.domain.region
    if not isinstance(region, Inside):
        return
    walls = _walls(system, region)
    if walls is None or any(sum(t.orders) != 1 for wall, _ in walls for t in wall.traces):
        return
    if not _is_divergence(system, region, blocks):
        return
    found = unbalanced(partial(_amounts, system, region, blocks, walls), tol)
    if found is not None:
        raise ProblemError(
            f"the sources amount to {found.source:.6g} and the fluxes through all walls to "
            f"{found.flux:.6g}; no wall prescribes a value, so that they have to be the same: "
            "there is no solution. Change one of them, or prescribe a value on a part of the "
            "boundary"
        )


def unbalanced(amounts: Callable[[int], Amounts | None], tol: float) -> Amounts | None:
    """What amounts differ by more than a tolerance, and by more than two rules tell them apart by.

    They are given for so many nodes of a rule; None where there are none.
    """
    worse, better = amounts(NODES // 2), amounts(NODES)
    if worse is None or better is None:
        return None
    unknown = A_DIGIT * abs(better.missing - worse.missing)
    differ = abs(better.missing) > max(tol, HALF_OF_THE_DIGITS) * better.size + unknown
    return better if differ else None


def _is_divergence(system: System, region: Inside, blocks: Partition) -> bool:
    """Whether the coefficients of slopes are what the divergence makes of those of S."""
    (equation,) = system.equations
    variables = system.problem.variables
    slopes = [sympy.S.Zero] * len(variables)
    left = [sympy.S.Zero] * len(variables)
    for trace, factor in zip(equation.traces, equation.partials, strict=True):
        axes = trace.axes
        if len(axes) not in (1, 2) or factor.atoms(AppliedUndef):
            return False
        if len(axes) == 1:
            slopes[axes[0]] += factor
            left[axes[0]] += factor
        else:
            left[axes[0]] -= factor.diff(variables[axes[1]]) / 2
            left[axes[1]] -= factor.diff(variables[axes[0]]) / 2
    if all(each == 0 for each in left):
        return True
    try:
        table = compile_table(system.problem, (), [*slopes, *left])
    except ProblemError:  # a coefficient of which no derivative can be evaluated
        return False
    points = np.concatenate([p for p, _ in rules_inside(region, blocks, NODES // 2)])
    sizes, rests = np.split(np.abs(table(points)).max(axis=1), 2)
    return bool(np.all(rests <= HALF_OF_THE_DIGITS * sizes))


def _walls(system: System, region: Inside) -> list[tuple[Residual, OnBoundary]] | None:
    """The conditions on all of the boundary; None if walls are bare, or jumps lie between."""
    problem = system.problem
    if not problem.linear or problem.parts or problem.interfaces or not is_scalar(system):
        return None
    if isinstance(region, BoxRegion):
        return _walls_of_a_box(system, region)
    walls: list[tuple[Residual, OnBoundary]] = []
    for condition in system.conditions:
        place = condition.relation.place
        if isinstance(place, PlanePart | SolidPart):
            walls.append((condition, place))
    parts: list[Any] = [part for _, part in walls]
    return None if region.bare(parts, 1) else walls


def _walls_of_a_box(system: System, region: BoxRegion) -> list[tuple[Residual, OnBoundary]] | None:
    walls: list[tuple[Residual, OnBoundary]] = []
    for axis in range(len(region.lower)):
        ends = [wall for wall in region.boundary if wall.axis == axis]
        if _periodic(system, ends):
            continue
        for wall in ends:
            stated = [c for c in system.conditions if c.relation.place == wall.place]
            alone = [c for c in stated if all(t.place == wall.place for t in c.traces)]
            if len(stated) != 1 or stated != alone:
                return None
            walls.append((stated[0], wall))
    return walls


def _periodic(system: System, ends: Sequence[Wall]) -> bool:
    """Whether conditions equate the values at both ends of an axis, and the slopes, and no more."""
    places = [wall.place for wall in ends]
    matched = []
    for condition in system.conditions:
        taken = [trace.place for trace in condition.traces]
        if not any(place in places for place in (*taken, condition.relation.place)):
            continue
        values = [p for p in condition.partials if not p.free_symbols]
        opposite = len(taken) == len(values) == 2 and sum(values) == 0 and set(taken) == {*places}
        if not opposite or condition.relation.residual.free_symbols - {*condition.relation.symbols}:
            return False
        matched.append({trace.orders for trace in condition.traces})
    value = (0,) * len(places[0])
    slope = tuple(int(axis == ends[0].axis) for axis in range(len(value)))
    return len(matched) == 2 and {value} in matched and {slope} in matched


def _amounts(
    system: System,
    region: Inside,
    blocks: Partition,
    walls: Sequence[tuple[Residual, OnBoundary]],
    count: int,
) -> Amounts | None:
    """By a rule of so many nodes in a block; None where a condition is none on a flux."""
    (equation,) = system.equations
    load, out = [np.empty(0)], [np.empty(0)]
    for condition, part in walls:
        for points, normals, weights in rules_on_boundary(part, blocks, count):
            conormals = np.einsum("mi,mij->mj", normals, second_order(equation, points))
            flux = _through(condition, points, conormals, weights)
            if flux is None:
                return None
            out.append(flux)
    for points, weights in rules_inside(region, blocks, count):  # of a body the dearest by far
        load.append(-weights * equation.at_zero(points)[0])
    return Amounts.of(np.concatenate(load), np.concatenate(out))


def _through(condition: Residual, points: Array, conormals: Array, weights: Array) -> Array | None:
    """Terms of the integral of the flux that a condition on slopes prescribes; None without any.

    It is a multiple of the flux where its slope goes along S n. Where S n vanishes, as on an axis,
    nothing flows through.
    """
    defect, partials = condition.at_zero(points)
    slope = np.zeros_like(points)
    for trace, values in zip(condition.traces, partials, strict=True):
        slope += values[:, None] * np.array(trace.orders)
    squares = np.sum(conormals**2, axis=1)
    if not np.all(np.isfinite(squares)):
        return None
    flows = squares > 0.0
    share = np.sum(slope * conormals, axis=1)[flows] / squares[flows]
    across = np.linalg.norm(slope[flows] - share[:, None] * conormals[flows], axis=1)
    lengths = np.linalg.norm(slope[flows], axis=1)
    if np.any(across > HALF_OF_THE_DIGITS * lengths) or np.any(share == 0.0):
        return None
    return np.asarray(-weights[flows] * defect[flows] / share)
