r"""Singular functions where what is given on a wall is singular at a place of it.

Where the base of a root or a power on a wall vanishes like the m-th
power of the way s from a place, the e-th power of it is :math:`s^{a}(c_0 + c_1 s + \dots)` with
:math:`a = m e`. Solutions of equations of second order then hold :math:`z^{a + n}` about the place,
where slopes are given :math:`z^{a + 1 + n}`, beside what a corner there has by itself (P. Grisvard,
Elliptic Problems in Nonsmooth Domains, 1985, section 4.4), see :mod:`.corners`. Where a is whole,
as of the size of what changes its sign, that is resonant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...expressions.table import Table
from ...geometry.points import points_inside
from ...geometry.shapes.arc import Arc
from ...geometry.shapes.chains import chains, corner_between, described
from ...geometry.shapes.plane import PlanePart, PlaneRegion
from ...problem.compiled.expressions import compile_table
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME, lowest
from ...rules.judgement import SLIGHT
from ...rules.samples import FEW, MANY
from ..features.features import known_terms
from .corners import affordable, is_scalar, of_exponent

__all__ = ["singular_along_walls", "wall_functions"]


def wall_functions(system: System) -> CornerFunctions:
    """Functions for singular places of what is given on walls; none for systems."""
    problem = system.problem
    region = problem.domain.region
    if not isinstance(region, PlaneRegion) or not is_scalar(system) or problem.parts:
        return NO_CORNERS
    pieces = [
        (arc, condition)
        for condition in system.conditions
        if isinstance(condition.relation.place, PlanePart)
        for arc in condition.relation.place.arcs
    ]
    seen: list[tuple[Array, float]] = []
    found = NO_CORNERS
    near = HALF_OF_THE_DIGITS * region.size
    for arc, condition in pieces:
        for share, exponent in _singular(system, condition, arc):
            vertex = arc.at(np.array([share]))[0]
            if any(np.linalg.norm(v - vertex) <= near and e == exponent for v, e in seen):
                continue
            seen.append((vertex, exponent))
            before, after = _beside(arc, share, [piece for piece, _ in pieces])
            if before is None or after is None:
                continue
            order = max(sum(trace.orders) for trace in condition.traces)
            corner = corner_between(before, after)
            found = found.beside(of_exponent(system, region, corner, exponent + order))
    return affordable(found)


def _beside(arc: Arc, share: float, arcs: list[Arc]) -> tuple[Arc | None, Arc | None]:
    """The arcs that arrive at a place of one, and leave."""
    if share == 0.0:
        return next((a for a in arcs if np.array_equal(a.stop, arc.start)), None), arc
    if share == 1.0:
        return arc, next((a for a in arcs if np.array_equal(a.start, arc.stop)), None)
    before, after = arc.cut([share])
    return before, after


def _singular(system: System, condition: Residual, arc: Arc) -> Iterator[tuple[float, float]]:
    """Shares of the way along an arc at which data are singular, with their exponents there."""
    problem = system.problem
    known = {*problem.variables, *problem.parameters}
    powers = {
        (atom.args[0], sympy.Integer(1) if isinstance(atom, sympy.Abs) else atom.exp)
        for term in known_terms(condition.relation.residual, known)
        for atom in term.atoms(sympy.Pow, sympy.Abs)
        if isinstance(atom, sympy.Abs) or (atom.exp.is_number and not atom.exp.is_integer)
    }
    for base, exponent in sorted(powers, key=str):
        table = compile_table(problem, (), [base])

        def values(shares: Array, table: Table = table) -> Array:
            points = arc.at(shares)
            with np.errstate(all="ignore"):
                return np.asarray(table(points, np.zeros((0, len(points))))[0])

        for share, order in _zeros(values):
            power = order * float(exponent)
            if abs(power - round(power)) > SAME:
                yield share, power
            elif order % 2 or round(power) % 2:  # |s|^n with n even is smooth
                yield share, float(round(power))


def singular_along_walls(system: System) -> Iterator[str]:
    """What equations hold that is singular all along a wall of the plane, in words."""
    problem = system.problem
    region = problem.domain.region
    if not isinstance(region, PlaneRegion):
        return
    known = {*problem.variables, *problem.parameters}
    (inner,) = points_inside([region], [region.bounds], FEW, PROBES)
    shares = np.linspace(0.0, 1.0, FEW)
    for equation in system.equations:
        terms = known_terms(equation.relation.residual, known)
        powers = {p for term in terms for p in term.atoms(sympy.Pow) if p.exp.is_number}
        for power in sorted(powers, key=str):
            if power.exp.is_integer and power.exp > 0:
                continue
            base = compile_table(problem, (), [power.base])
            largest = HALF_OF_THE_DIGITS * float(np.nanmax(np.abs(base(inner))))
            for chain in chains(region.arcs):
                if all(np.nanmax(np.abs(base(arc.at(shares)))) <= largest for arc in chain):
                    yield (
                        f"the equation `{equation.relation.source}` holds `{power}`, which is "
                        f"{'infinite' if power.exp < 0 else 'not smooth'} all along "
                        f"{described(chain)}: so is the solution, in one of its derivatives, and "
                        "networks follow that slowly; add what is known of it by enrich="
                    )


def _zeros(values: Callable[[Array], Array]) -> Iterator[tuple[float, int]]:
    """Where a function of [0, 1] vanishes, at its ends or between, and its order there."""
    samples = np.linspace(0.0, 1.0, MANY + 1)
    sizes = np.abs(values(samples))
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    varied = np.abs(np.diff(np.nan_to_num(sizes))).sum()
    if not largest > 0.0 or varied > FEW * largest:  # zero all along, up to rounding
        return
    before, after = np.append(np.inf, sizes[:-1]), np.append(sizes[1:], np.inf)
    # The farther neighbour is three times as far from a zero, or more; dips of rounding are flat.
    dips = np.flatnonzero(
        (sizes <= before) & (sizes <= after) & (2.0 * sizes <= np.maximum(before, after))
    )
    for place in samples[dips]:
        nearest = lowest(
            lambda at: np.abs(values(at)),
            max(place - 1.0 / MANY, 0.0),
            min(place + 1.0 / MANY, 1.0),
        )
        share = next((e for e in (0.0, 1.0) if abs(e - nearest) <= SLIGHT**2), nearest)
        if not np.abs(values(np.array([share])))[0] <= HALF_OF_THE_DIGITS * largest:
            continue
        side = -1.0 if share > 0.5 else 1.0
        near, far = np.abs(values(share + side * SLIGHT * np.array([0.5, 1.0])))
        if not (near > 0.0 and np.isfinite(far)):
            continue
        order = float(np.log2(far / near))
        if abs(order - round(order)) <= 2.0 * SLIGHT and round(order) > 0:
            yield share, round(order)
