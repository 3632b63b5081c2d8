"""Quantities that integrate over space, followed in time: mass, momentum, energy.

Each integral is taken by Gauss-Legendre quadrature on the blocks of the networks, with twice as
many nodes as a block has functions along an axis: for a solution that its blocks resolve, and a
product of a few such, it is exact to rounding. What moves in a conserved quantity is the error of
the solution.

The integral of the unknown itself has a closed form, differences of :math:`s^{(-1)}` over the
slopes. Quadrature gives the same to 1e-13 (`tests/test_monitor_animation.py`), loses nothing on
flat neurons, where the closed form divides by the slope, and takes nonlinear integrands as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy

from .._types import Array, Integers
from ..approximation.block_field import BlockField
from ..approximation.evolving_field import EvolvingField
from ..approximation.network.layered_field import LayeredField
from ..approximation.network.layers import Layers
from ..approximation.slanted_field import SlantedField
from ..errors import ProblemError
from ..geometry.quadrature import panel_rule, panels_between, tensor_rule
from ..problem.compiled.expressions import compile_table
from ..problem.terms.constant import expression as as_expression
from ..problem.terms.constant import real
from .asked import Asked
from .solved import Solved

__all__ = ["follow"]


def follow(solution: Solved, expression: Any, times: Any = None) -> tuple[Array, Array]:
    """Evaluate an expression in integrals over space at times; see `Solution.monitor`."""
    problem = solution.problem
    if problem.time is None:
        raise ProblemError("monitor: the problem names no time; give Problem(..., time=t)")
    walked = as_expression(expression, "monitor")
    if problem.pairs is not None:
        walked = problem.pairs.real_part(walked, "monitor")
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
    return moments, compile_table(problem, symbols, [rest])(points, values)[0]


def _moments(solution: Solved) -> Array:
    """Ends of the steps that were made; of a fit over space and time the nodes of its blocks."""
    field, problem = solution.field, solution.problem
    if isinstance(field, EvolvingField):
        return np.unique(np.concatenate([s.times for s in field.stretches]))
    if isinstance(field, SlantedField):
        nodes, _ = panel_rule(field.times, field.degree)
        return np.union1d(field.times, nodes.ravel())
    axis = problem.variables.index(problem.time)
    ends = np.array([problem.domain.lower[axis], problem.domain.upper[axis]])
    if not isinstance(field, BlockField):
        return ends
    nodes, _ = panel_rule(_edges(field.partition)[axis], _nodes(field.network))
    return np.concatenate([ends[:1], nodes.ravel(), ends[1:]])


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
    asked, axis = Asked(problem, integral.function), problem.variables.index(problem.time)
    values = np.empty(len(moments))
    for chosen, count, edges in _pieces(solution, moments):
        nodes, shares = _rule([limits[v] for v in space], count, edges)
        for held in chosen:
            points = np.insert(nodes, axis, moments[held], axis=1)
            if not np.all(problem.domain.holds(points)):
                raise ProblemError(
                    f"monitor: {integral} at {problem.time} = {moments[held]:g} reaches outside "
                    f"the domain, {problem.domain}"
                )
            values[held] = asked.of(solution.field, points) @ shares
    return values


def _pieces(solution: Solved, moments: Array) -> list[tuple[Integers, int, list[Array]]]:
    """Which moments share nodes: how many a block has along an axis, and the edges of blocks."""
    field, problem = solution.field, solution.problem
    axis = problem.variables.index(problem.time)
    if isinstance(field, EvolvingField):
        ends = np.array([s.times[-1] for s in field.stretches])
        which = np.minimum(np.searchsorted(ends, moments), len(ends) - 1)
        return [
            (np.flatnonzero(which == k), _nodes(s.basis.network), _edges(s.partition))
            for k, s in enumerate(field.stretches)
        ]
    if isinstance(field, SlantedField):
        return [
            (np.array([k]), field.degree + 1, [field.lines(moment)])
            for k, moment in enumerate(moments)
        ]
    everywhere = np.arange(len(moments))
    if isinstance(field, LayeredField):
        lower, upper = (
            np.delete(ends, axis) for ends in (problem.domain.lower, problem.domain.upper)
        )
        return [(everywhere, 2 * max(field.network.sizes), list(np.stack([lower, upper], axis=1)))]
    if isinstance(field, BlockField):
        edges = _edges(field.partition)
        return [(everywhere, _nodes(field.network), edges[:axis] + edges[axis + 1 :])]
    raise ProblemError("monitor: the solution is no evolution in space")


def _edges(partition: Any) -> list[Array]:
    both = np.concatenate([partition.lower, partition.upper])
    return [np.unique(column) for column in both.T]


def _nodes(network: Layers) -> int:
    """Twice as many as the network has functions along an axis."""
    return 2 * math.ceil(math.pow(network.width, 1 / network.dimension))


def _rule(limits: list[tuple[float, float]], count: int, edges: list[Array]) -> tuple[Array, Array]:
    """Nodes (m, d) and weights (m,) of a product of panels between edges."""
    rules = []
    for ends, cuts in zip(limits, edges, strict=True):
        nodes, weights = panel_rule(panels_between(*ends, cuts), count)
        rules.append((nodes.ravel(), weights.ravel()))
    return tensor_rule(rules)
