"""An event that ends a march: the first time at which an expression changes its sign.

It is sampled on every window, as densely as what it holds of the variable asks for, and where
samples turn back near zero their extremum is looked for, so that two changes of sign between
samples are seen. A jump through zero is an event; a pole, beside which the expression grows without
bound, is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._types import Array
from ...analysis.features.features import Features
from ...errors import ProblemError
from ...geometry.legendre import legendre_values
from ...problem.compiled.expressions import compile_table
from ...problem.statement import Problem
from ...problem.terms.relation import Relation, RelationReader, sides
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...rules.judgement import A_DIGIT
from ...rules.samples import FEW
from .trajectory import Trajectory
from .window import Window


def read_event(problem: Problem, statement: Any) -> Relation:
    """Read `stop_when`, an equation in unknowns, their derivatives and the variable.

    Raises
    ------
    ProblemError
        If it holds no unknown, or one at a fixed place.
    """
    reader = RelationReader(problem.unknowns, problem.domain, problem.parameters, problem.functions)
    if problem.pairs is not None:
        left, right = sides(statement, "stop_when")
        statement = problem.pairs.real_part(left - right, "stop_when")
    relation = reader.equation(statement, "stop_when")
    for trace in relation.traces:
        (highest,) = problem.orders[trace.unknown]
        if trace.orders[0] > highest:
            raise ProblemError(
                f"stop_when, `{relation.source}`, holds a derivative of order {trace.orders[0]}; "
                f"the equations are of order {highest}, which is the highest that it may hold"
            )
    return relation


def watch(
    problem: Problem, relation: Relation, tolerance: float, wanted: Features
) -> Callable[[Trajectory, Window, bool], Any]:
    """What tells at which share of a window the event happens, None if it does not.

    A touch that goes no further than `tolerance`, of the values in the window, is none. `wanted`
    is what the relation holds of the variable.
    """
    table = compile_table(problem, relation.symbols, [relation.residual])
    grid = np.linspace(-1.0, 1.0, FEW + 1)
    (dense,), (ends,) = wanted.points, wanted.ends
    between = 0.5 * (ends[1:] + ends[:-1])
    ended = 0.0  # the sign at the end of the window before

    def values(trajectory: Trajectory, window: Window, points: Array) -> Array:
        layout, method = trajectory.layout, trajectory.method
        rows = [layout.row(t.unknown, t.orders[0]) for t in relation.traces]
        powers = legendre_values(points, method.degree - 1)
        states = window.states[rows] @ method.to_legendre.T @ powers.T
        times = window.start + 0.5 * window.length * (points + 1.0)
        (found,) = table(times, states)
        return np.asarray(found)

    def happens(trajectory: Trajectory, window: Window, first: bool) -> float | None:
        nonlocal ended
        # As many to each wanted point as the grid has to each node of a window.
        shares = np.arange(0.0, len(dense), window.states.shape[1] / FEW)
        denser = np.interp(shares, np.arange(len(dense)), dense) if len(dense) else dense
        known = np.concatenate([denser, ends, between])
        places = 2.0 * (known - window.start) / window.length - 1.0
        points = np.union1d(grid, places[np.abs(places) < 1.0])
        if first:  # a zero where the integration starts is no event
            points[0] += HALF_OF_THE_DIGITS

        def function(points: Array) -> Array:
            return values(trajectory, window, points)

        points = _with_dips(function, points, tolerance)
        signs = np.sign(function(points))
        touched = (signs[1:-1] == 0) & (signs[:-2] * signs[2:] > 0)
        signs[1:-1][touched] = signs[:-2][touched]
        before, ended = ended, float(signs[-1])
        if before * signs[0] <= 0 and before * signs[1] < 0:
            return 0.0
        # A zero at a point belongs to the interval that it ends.
        for k in np.flatnonzero((signs[:-1] != 0) & (signs[:-1] * signs[1:] <= 0)):
            place = _change(function, points[k], points[k + 1])
            if place is not None:
                return float(0.5 * (place + 1.0))
        return None

    return happens


def _with_dips(function: Callable[[Array], Array], points: Array, tolerance: float) -> Array:
    """Points, and between them those at which values turn back after a change of sign."""
    values = function(points)
    size = np.abs(values)
    bend = np.pad(np.abs(np.diff(values, 2)), 1, mode="edge")
    beside = np.pad(size, 1, constant_values=np.inf)
    # A parabola lies below its lowest sample by an eighth of the second difference at most.
    low = (size <= beside[:-2]) & (size <= beside[2:]) & (size <= bend) & (values != 0.0)
    dips = []
    for k in np.flatnonzero(low):
        sign = np.sign(values[k])
        left, right = points[max(int(k) - 1, 0)], points[min(int(k) + 1, len(points) - 1)]
        finer, at = points, int(k)
        # a minimum is flat: its place is known to half the digits
        while right - left > HALF_OF_THE_DIGITS:
            finer = np.linspace(left, right, FEW + 1)
            at = int(np.argmin(sign * function(finer)))
            left, right = finer[max(at - 1, 0)], finer[min(at + 1, len(finer) - 1)]
        if sign * function(finer[at : at + 1])[0] < -tolerance * np.nanmax(size):
            dips.append(finer[at])
    return np.union1d(points, dips)


def _change(function: Callable[[Array], Array], left: float, right: float) -> float | None:
    """The first place of a bracket at which the sign is not that of its left end.

    None if values grow towards it without bound, on both sides: then it is a pole.
    """
    far = np.abs(function(np.array([left, right]))).max()
    while right - left > relative_rounding():
        points = np.linspace(left, right, FEW + 1)
        signs = np.sign(function(points))
        first = int(np.argmax(signs != signs[0]))
        left, right = points[first - 1], points[first]
    near = np.abs(function(np.array([left, right])))
    return None if near.min() > A_DIGIT * far else right
