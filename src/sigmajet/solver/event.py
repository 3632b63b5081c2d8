"""An event that ends a march: the first time at which an expression changes its sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problem import Problem, Relation
from ..problem.relation import RelationReader
from .radau_points import legendre_values
from .residual import compile_expressions
from .trajectory import Trajectory
from .window import Window

Array = NDArray[np.float64]

_POINTS = 65  # of a window, between which a change of sign is looked for
_AT_START = 1e-9  # of the first window: a zero where the integration starts is no event
_PRECISION = 4.0 * np.finfo(float).eps  # of the place in the window, the best that brentq takes


def read_event(problem: Problem, statement: Any) -> Relation:
    """Read `stop_when`, an equation in unknowns, their derivatives and the variable.

    Raises
    ------
    ProblemError
        If it holds no unknown, or one at a fixed place.
    """
    reader = RelationReader(problem.unknowns, problem.domain, problem.parameters, problem.functions)
    relation = reader.equation(statement, "stop_when")
    for trace in relation.traces:
        (highest,) = problem.orders[trace.unknown]
        if trace.orders[0] > highest:
            raise ProblemError(
                f"stop_when, `{relation.source}`, holds a derivative of order {trace.orders[0]}; "
                f"the equations are of order {highest}, which is the highest that it may hold"
            )
    return relation


def watch(problem: Problem, relation: Relation) -> Callable[[Trajectory, Window, bool], Any]:
    """What tells at which share of a window the event happens, None if it does not."""
    function = compile_expressions(problem, relation.symbols, [relation.residual])
    parameters = tuple(problem.parameters.values())
    grid = np.linspace(-1.0, 1.0, _POINTS)

    def values(trajectory: Trajectory, window: Window, points: Array) -> Array:
        layout, method = trajectory.layout, trajectory.method
        rows = [layout.row(t.unknown, t.orders[0]) for t in relation.traces]
        powers = legendre_values(points, method.degree - 1)
        states = window.states[rows] @ method.to_legendre.T @ powers.T
        times = window.start + 0.5 * window.length * (points + 1.0)
        with np.errstate(all="ignore"):
            (result,) = function(times, *states, *parameters)
        return np.broadcast_to(np.asarray(np.real(result), dtype=float), points.shape)

    def happens(trajectory: Trajectory, window: Window, first: bool) -> float | None:
        points = grid.copy()
        if first:
            points[0] += _AT_START
        signs = np.sign(values(trajectory, window, points))
        # A zero at a point belongs to the interval that it ends.
        changed = np.flatnonzero((signs[:-1] != 0) & (signs[:-1] * signs[1:] <= 0))
        if not len(changed):
            return None
        left, right = points[changed[0]], points[changed[0] + 1]
        if signs[changed[0] + 1] != 0:
            right = scipy.optimize.brentq(
                lambda x: float(values(trajectory, window, np.array([x]))[0]),
                left,
                right,
                xtol=_PRECISION,
            )
        return float(0.5 * (right + 1.0))

    return happens
