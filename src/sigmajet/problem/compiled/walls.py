"""The conditions on the walls of an evolution problem, compiled for the method of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from ..._types import Array
from ...randomness import PROBES
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from .expressions import Table
from .hidden_walls import hidden_conditions
from .initial_state import POINTS
from .refusal import Refusal
from .residual import Residual, compile_relation


@dataclass(frozen=True, slots=True)
class Implicit:
    """A condition over the variables of space alone, with the trace that is its unknown."""

    residual: Residual
    main: int
    drift: Table
    """The partial derivative by time of the residual."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A condition that is an equation of its own: it holds time derivatives, or stands beside one.

    Over the variables of space alone; `levels` are the derivatives in time of its traces, and the
    trace `main`, without those, is what it is solved for.
    """

    residual: Residual
    main: int
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Walls:
    """The conditions in space.

    `conditions[k]` is a relation over the variables of space alone, linear with constant
    coefficients, `data[k]` a table of g and its derivatives in time, `derivatives` rows in all
    variables; those that follow from the ones stated come after them. What is not linear, has
    coefficients that change in time or takes traces off the walls too has an entry in `implicit`,
    by k, see `ImplicitWalls`; where a condition holds time derivatives, all such have one in
    `moving` instead, see `MovingWalls`.
    """

    problem: Problem
    relations: tuple[Relation, ...]
    """As stated."""
    conditions: tuple[Residual, ...]
    data: tuple[Table, ...]
    derivatives: int
    implicit: dict[int, Implicit]
    moving: dict[int, Moving]

    @classmethod
    def read(cls, problem: Problem, stated: Sequence[Residual]) -> Walls | Refusal:
        """Prepare the conditions, or say why one cannot be built in.

        One that takes no trace on the walls would put a force where its traces are into a Galerkin
        method, which solves another problem: no force acts there in the one that is stated.
        """
        time = problem.variables.index(problem.time)
        derivatives = 1 + max(orders[time] for orders in problem.orders)
        conditions, data, implicit, moving = [], [], {}, {}
        relations = tuple(condition.relation for condition in stated)
        on_walls = [r for r in relations if r.across is None]
        implied = [compile_relation(problem, r) for r in hidden_conditions(problem, on_walls)]
        moves = any(t.orders[time] or _is_inside(t, problem) for r in on_walls for t in r.traces)
        for index, condition in enumerate((*stated, *implied)):
            relation = condition.relation
            fault = _fault(relation, problem)
            if fault:
                return Refusal(fault)
            levels = tuple(trace.orders[time] for trace in relation.traces)
            flat = _in_space(relation, time)
            compiled = replace(condition, relation=flat)
            steady = not any(problem.time in p.free_symbols for p in condition.partials)
            at_walls = relation.across is not None or not any(
                _is_inside(trace, problem) for trace in relation.traces
            )
            if relation.linear and steady and at_walls and not any(levels):
                rest = -relation.residual.subs(dict.fromkeys(relation.symbols, 0))
            else:
                main = _main(relation, problem)
                if moves:
                    moving[index] = Moving(compiled, main, levels)
                else:
                    drift = sympy.diff(relation.residual, problem.time)
                    implicit[index] = Implicit(
                        compiled, main, Table.compile(problem, relation.symbols, [drift])
                    )
                rest, compiled = sympy.Integer(0), compile_relation(problem, _alone(flat, main))
            jets = [_in_time(rest, problem.time, k) for k in range(derivatives)]
            conditions.append(compiled)
            data.append(Table.compile(problem, (), jets))
        return cls(
            problem, relations, tuple(conditions), tuple(data), derivatives, implicit, moving
        )

    @property
    def planes(self) -> tuple[tuple[int, float], ...]:
        """The axis of space and the place of each interface."""
        time = self.problem.variables.index(self.problem.time)
        return tuple((axis - (axis > time), place) for axis, place in self.problem.planes)

    def driven(self) -> Array:
        """How large the data on the walls make each unknown in the time of the problem, about.

        Of a condition whose terms are c times derivatives of order alpha, data g are balanced by
        functions of size |g| h^alpha / |c| at least, h the half lengths of space. (unknowns,)
        """
        problem = self.problem
        time = problem.variables.index(problem.time)
        lower, upper = np.array(problem.domain.lower), np.array(problem.domain.upper)
        shares = PROBES.generator().random((POINTS, len(lower)))
        shares[:, time] = np.linspace(0.0, 1.0, POINTS)
        half = np.delete(0.5 * (upper - lower), time)
        found = np.zeros(len(problem.unknowns))
        for condition, table in zip(self.conditions, self.data, strict=True):
            points = lower + shares * (upper - lower)
            place = [*condition.relation.place[:time], None, *condition.relation.place[time:]]
            for axis, at in enumerate(place):
                if isinstance(at, float):
                    points[:, axis] = at
            data = np.abs(table(points)[0])
            given = float(data[np.isfinite(data)].max(initial=0.0))
            _, partials = condition(points, np.zeros((len(condition.traces), len(points))))
            sizes: dict[int, float] = {}
            for trace, partial in zip(condition.traces, partials, strict=True):
                factor = float(np.abs(partial).max())
                if 0.0 < factor < np.inf:
                    size = float(given / factor * np.prod(half ** np.array(trace.orders, float)))
                    sizes[trace.unknown] = min(size, sizes.get(trace.unknown, np.inf))
            for unknown, size in sizes.items():
                found[unknown] = max(found[unknown], size)
        return found


def _fault(relation: Relation, problem: Problem) -> str:
    """Why a condition has no trace on a wall that it could be solved for, if so."""
    time = problem.variables.index(problem.time)
    if relation.across is not None and any(t.orders[time] for t in relation.traces):
        why = "holds a time derivative across an interface"
    elif all(_is_inside(trace, problem) for trace in relation.traces):
        why = "takes nothing on the walls"
    elif any(t.orders[time] > problem.orders[t.unknown][time] for t in relation.traces):
        why = "holds a higher derivative in time than the equations"
    else:
        return ""
    return (
        f"the condition `{relation.source}` {why}, which an evolution in time does not take; "
        'method="steady" does, over space and time at once'
    )


def _main(relation: Relation, problem: Problem) -> int:
    """The trace that a condition is solved for: on a wall, of the highest derivative.

    In time first: of heat that a wall stores, u_t = u_x, that is the value there, which changes by
    what flows.
    """
    time = problem.variables.index(problem.time)
    at_walls = [k for k, t in enumerate(relation.traces) if not _is_inside(t, problem)]
    return max(
        at_walls, key=lambda k: (relation.traces[k].orders[time], sum(relation.traces[k].orders))
    )


def _in_space(relation: Relation, time: int) -> Relation:
    """A relation over the variables of space alone."""
    traces = tuple(in_space(trace, time) for trace in relation.traces)
    return replace(relation, traces=traces, place=relation.place.without(time))


def _alone(relation: Relation, main: int) -> Relation:
    """One of its traces in the place of a relation."""
    symbol, trace = relation.symbols[main], relation.traces[main]
    return replace(relation, residual=symbol, traces=(trace,), symbols=(symbol,))


def _is_inside(trace: Trace, problem: Problem) -> bool:
    """Whether a trace is taken elsewhere than on the walls."""
    time = problem.variables.index(problem.time)
    ends = zip(problem.domain.lower, problem.domain.upper, strict=True)
    return any(
        place is not None and place not in end
        for axis, (place, end) in enumerate(zip(trace.place, ends, strict=True))
        if axis != time
    )


def without(values: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """A tuple of one entry for each variable, without that of time."""
    return values[:axis] + values[axis + 1 :]


def in_space(trace: Trace, time: int) -> Trace:
    """A trace over the variables of space alone."""
    return replace(trace, orders=without(trace.orders, time), place=trace.place.without(time))


def _in_time(given: sympy.Expr, time: sympy.Symbol, order: int) -> sympy.Expr:
    """A derivative of what is given on a wall, on both sides of a kink.

    Of unknown assumptions SymPy differentiates Abs(t) to a formula in complex numbers, and a jump
    to a delta, which no step sees.
    """
    real = sympy.Dummy(time.name, real=True)
    found = given.xreplace({time: real}).diff(real, order)
    return found.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0)).xreplace({real: time})
