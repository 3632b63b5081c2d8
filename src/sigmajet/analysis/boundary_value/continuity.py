r"""Whether as much flows out through the walls as sources make, where walls prescribe all flows.

Of an equation :math:`\sum_k a_k\, \partial u_k / \partial x_{i(k)} = f` of a system, as what cannot
be compressed obeys, and values :math:`u_k = g_k` on the walls, the integral over the region says

.. math:: \int_\Omega f = \oint \sum_k a_k\, n_{i(k)}\, g_k ,

without which there is no solution (Gauss). It holds whatever the other equations are, nonlinear
ones too. What balances sources where walls prescribe slopes says :mod:`.balance`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...errors import ProblemError
from ...geometry.integration.places import Inside, OnBoundary, rules_inside, rules_on_boundary
from ...geometry.partition import Partition
from ...geometry.region import BoxRegion
from ...geometry.shapes.plane import PlanePart
from ...geometry.solids.solid import SolidPart
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.terms.trace import Trace
from .balance import Amounts, unbalanced

__all__ = ["refuse_unbalanced_flows"]

_Given = tuple[Residual, OnBoundary]


def refuse_unbalanced_flows(system: System, blocks: Partition, tol: float) -> None:
    """Raise where they differ by more than a tolerance, relative to all that there is of them.

    Raises
    ------
    ProblemError
    """
    problem, region = system.problem, system.problem.domain.region
    if problem.parts or problem.interfaces or not isinstance(region, Inside):
        return
    for equation in system.equations:
        if not _is_divergence(system, equation):
            continue
        given = [_given(system, region, trace) for trace in equation.traces]
        walls = [each for each in given if each is not None]
        if len(walls) < len(given):
            continue
        found = unbalanced(partial(_amounts, equation, walls, region, blocks), tol)
        if found is not None:
            raise ProblemError(
                f"by `{equation.relation.source}` what flows out through all walls has to be what "
                f"sources make, {found.source:.6g}, and the values there make it "
                f"{found.flux:.6g}: there is no solution. Change one of them, or leave a part of "
                "the boundary open"
            )


def _is_divergence(system: System, equation: Residual) -> bool:
    """Whether its terms are first derivatives of unknowns, with the same factors everywhere."""
    varying = {*system.problem.variables, *equation.relation.symbols}
    return bool(equation.traces) and all(
        len(trace.axes) == 1
        and trace.place.everywhere
        and not factor.free_symbols & varying
        and not factor.atoms(AppliedUndef)
        for trace, factor in zip(equation.traces, equation.partials, strict=True)
    )


def _given(system: System, region: Inside, flow: Trace) -> Sequence[_Given] | None:
    """Conditions that prescribe a flow, and where; None where some of the boundary lets it free."""
    (axis,) = flow.axes
    values = [c for c in system.conditions if _is_value(c, flow.unknown)]
    if isinstance(region, BoxRegion):
        ends = [wall for wall in region.boundary if wall.axis == axis]
        found: list[_Given] = [
            (c, wall) for wall in ends for c in values if c.relation.place == wall.place
        ]
        return found if [wall for _, wall in found] == ends else None
    whole: list[_Given] = []
    for condition in values:
        part = condition.relation.place
        if isinstance(part, PlanePart | SolidPart):
            whole.append((condition, part))
    parts: list[Any] = [part for _, part in whole]
    return None if region.bare(parts, 1) else whole


def _is_value(condition: Residual, unknown: int) -> bool:
    """Whether it prescribes the value of an unknown."""
    if len(condition.traces) != 1:
        return False
    (trace,), (factor,) = condition.traces, condition.partials
    linear = not factor.free_symbols & {*condition.relation.symbols}
    return trace.unknown == unknown and not trace.axes and linear


def _along(
    walls: Sequence[_Given], blocks: Partition, count: int
) -> Iterator[tuple[Residual, Array, Array, Array]]:
    """Conditions with points (m, d), normals (m, d) and weights (m,) of where they hold."""
    for condition, part in walls:
        for points, normals, weights in rules_on_boundary(part, blocks, count):
            yield condition, points, normals, weights


def _amounts(
    equation: Residual,
    given: Sequence[Sequence[_Given]],
    region: Inside,
    blocks: Partition,
    count: int,
) -> Amounts | None:
    """By a rule of so many nodes in a block; None where a value is none."""
    load = [-weights * equation.at_zero(p)[0] for p, weights in rules_inside(region, blocks, count)]
    out = [np.empty(0)]
    for number, (flow, walls) in enumerate(zip(equation.traces, given, strict=True)):
        (axis,) = flow.axes
        for condition, points, normals, weights in _along(walls, blocks, count):
            defect, (factor,) = condition.at_zero(points)
            if np.any(factor == 0.0):
                return None
            share = equation.at_zero(points)[1][number]
            out.append(-weights * normals[:, axis] * share * defect / factor)
    return Amounts.of(np.concatenate(load), np.concatenate(out))
