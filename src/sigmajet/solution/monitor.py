"""Quantities that integrate over space, followed in time: mass, momentum, energy.

Each integral is taken by Gauss-Legendre quadrature on the blocks of the networks, with more
nodes than a block has functions: for a solution that its blocks resolve, and a product of a few
such, it is exact to rounding. What moves in a conserved quantity is the error of the solution.

The integral of the unknown itself has a closed form, differences of :math:`s^{(-1)}` over the
slopes. Quadrature gives the same to 1e-13 (`tests/test_monitor_animation.py`), loses nothing on
flat neurons, where the closed form divides by the slope, and takes nonlinear integrands as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array
from ..approximation.block_field import BlockField
from ..approximation.evolving_field import EvolvingField
from ..errors import ProblemError
from ..geometry.quadrature import panel_rule, panels_between, tensor_rule
from ..problem.compiled.expressions import Table
from ..problem.terms.constant import expression as as_expression
from ..problem.terms.constant import real
from .solved import Solved

__all__ = ["follow"]


_NODES = {1: 48, 2: 48, 3: 24}  # of each block along an axis, by the dimension of space
_MOMENTS = 201  # where the solution does not bring times of its own
_SLICE = 200_000  # points a call


def follow(solution: Solved, expression: Any, times: Any = None) -> tuple[Array, Array]:
    """Evaluate an expression in integrals over space at times; see `Solution.monitor`."""
    problem = solution.problem
    if problem.time is None:
        raise ProblemError("monitor: the problem names no time; give Problem(..., time=t)")
    walked = as_expression(expression, "monitor")
    integrals = sorted(walked.atoms(sympy.Integral), key=str)
    if not integrals:
        raise ProblemError(
            f"monitor: got {expression}, expected integrals over space, "
            "as in Integral(u(x, t)**2, (x, 0, 1))"
        )
    moments = _moments(solution) if times is None else np.atleast_1d(np.asarray(times, dtype=float))
    symbols = [sympy.Dummy(f"integral_{k}") for k in range(len(integrals))]
    rest = walked.xreplace(dict(zip(integrals, symbols, strict=True)))
    strangers = rest.free_symbols - {problem.time, *symbols, *problem.parameters}
    if strangers or rest.atoms(sympy.core.function.AppliedUndef):
        raise ProblemError(
            f"monitor: got {expression}; outside its integrals it may hold the time "
            f"{problem.time}, parameters and numbers only"
        )
    values = [_integrated(solution, integral, moments) for integral in integrals]
    points = np.zeros((len(moments), len(problem.variables)))
    points[:, problem.variables.index(problem.time)] = moments
    return moments, Table.compile(problem, symbols, [rest])(points, values)[0]


def _moments(solution: Solved) -> Array:
    """Ends of the steps that were made; evenly spaced times for a fit over space and time."""
    if isinstance(solution.field, EvolvingField):
        return np.unique(np.concatenate([s.times for s in solution.field.stretches]))
    axis = solution.problem.variables.index(solution.problem.time)
    domain = solution.problem.domain
    return np.linspace(domain.lower[axis], domain.upper[axis], _MOMENTS)


def _integrated(solution: Solved, integral: sympy.Integral, moments: Array) -> Array:
    """One integral at all moments."""
    problem = solution.problem
    space = [v for v in problem.variables if v != problem.time]
    limits: dict[sympy.Symbol, tuple[float, float]] = {}
    for limit in integral.limits:
        if len(limit) != 3 or limit[0] not in space:
            raise ProblemError(
                f"monitor: got {integral}, expected definite integrals over "
                f"{', '.join(map(str, space))}"
            )
        ends = [real(end, f"a limit of {integral}", problem.parameters) for end in limit[1:]]
        limits[limit[0]] = (ends[0], ends[1])
    missing = [v for v in space if v not in limits]
    if missing:
        raise ProblemError(
            f"monitor: {integral} leaves {', '.join(map(str, missing))} free; "
            "integrate over all variables of space"
        )
    values = np.empty(len(moments))
    for chosen, edges in _pieces(solution, moments):
        nodes, shares = _rule(space, limits, edges)
        step = max(1, _SLICE // len(shares))
        for start in range(0, len(chosen), step):
            held = chosen[start : start + step]
            axes = dict(zip(space, nodes.T, strict=True))
            coordinates = [
                moments[held, None] if v == problem.time else axes[v][None]
                for v in problem.variables
            ]
            values[held] = solution.evaluate(integral.function, *coordinates) @ shares
    return values


def _pieces(solution: Solved, moments: Array) -> list[tuple[NDArray[np.intp], list[Array]]]:
    """Which moments share the same edges of blocks along every axis of space, and those edges."""
    field, problem = solution.field, solution.problem
    axis = problem.variables.index(problem.time)
    if isinstance(field, EvolvingField):
        ends = np.array([s.times[-1] for s in field.stretches])
        which = np.minimum(np.searchsorted(ends, moments), len(ends) - 1)
        return [
            (np.flatnonzero(which == k), _edges(field.stretches[k].partition))
            for k in np.unique(which)
        ]
    everywhere = np.arange(len(moments))
    if isinstance(field, BlockField):
        edges = _edges(field.partition)
        return [(everywhere, edges[:axis] + edges[axis + 1 :])]
    ends_of = zip(problem.domain.lower, problem.domain.upper, strict=True)
    return [(everywhere, [np.array(e) for k, e in enumerate(ends_of) if k != axis])]


def _edges(partition: Any) -> list[Array]:
    both = np.concatenate([partition.lower, partition.upper])
    return [np.unique(column) for column in both.T]


def _rule(
    space: list[sympy.Symbol],
    limits: dict[sympy.Symbol, tuple[float, float]],
    edges: list[Array],
) -> tuple[Array, Array]:
    """Nodes (m, d) and weights (m,) of a product of panels between edges."""
    count = _NODES.get(len(space), 12)
    rules = []
    for variable, cuts in zip(space, edges, strict=True):
        nodes, weights = panel_rule(panels_between(*limits[variable], cuts), count)
        rules.append((nodes.ravel(), weights.ravel()))
    return tensor_rule(rules)
