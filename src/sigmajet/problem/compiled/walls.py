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
class Walls:
    """The conditions in space.

    `conditions[k]` is a relation over the variables of space alone, linear with constant
    coefficients, `data[k]` a table of g and its derivatives in time, `derivatives` rows in all
    variables; those that follow from the ones stated come after them. What is not linear or has
    coefficients that change in time has an entry in `implicit`, by k; see `ImplicitWalls`.
    """

    problem: Problem
    relations: tuple[Relation, ...]
    """As stated."""
    conditions: tuple[Residual, ...]
    data: tuple[Table, ...]
    derivatives: int
    implicit: dict[int, Implicit]

    @classmethod
    def read(cls, problem: Problem, stated: Sequence[Residual]) -> Walls | Refusal:
        """Prepare the conditions, or say why one cannot be built in.

        None may hold time derivatives, an integral or an inner point.
        """
        time = problem.variables.index(problem.time)
        derivatives = 1 + max(orders[time] for orders in problem.orders)
        conditions, data, implicit = [], [], {}
        relations = tuple(condition.relation for condition in stated)
        on_walls = [r for r in relations if r.across is None]
        implied = [compile_relation(problem, r) for r in hidden_conditions(problem, on_walls)]
        for index, condition in enumerate((*stated, *implied)):
            relation = condition.relation
            # What pins an integral or an inner point puts a force there into a Galerkin method,
            # which solves another problem: no force acts there in the one that is stated.
            moving = any(t.orders[time] for t in relation.traces)
            if moving or (relation.across is None and _is_inside(relation, problem)):
                return Refusal(
                    f"the condition `{relation.source}` "
                    + ("holds a time derivative" if moving else "is not on the walls alone")
                    + ', which an evolution in time does not take; method="steady" does, '
                    "over space and time at once"
                )
            place = relation.place.without(time)
            traces = tuple(in_space(trace, time) for trace in relation.traces)
            flat = replace(relation, traces=traces, place=place)
            compiled = replace(condition, relation=flat)
            steady = not any(problem.time in p.free_symbols for p in condition.partials)
            if relation.linear and steady:
                rest = -relation.residual.subs(dict.fromkeys(relation.symbols, 0))
            else:
                main = max(range(len(traces)), key=lambda k: sum(traces[k].orders))
                drift = sympy.diff(relation.residual, problem.time)
                implicit[index] = Implicit(
                    compiled, main, Table.compile(problem, relation.symbols, [drift])
                )
                rest, symbol = sympy.Integer(0), relation.symbols[main]
                alone = replace(
                    relation,
                    residual=symbol,
                    traces=(traces[main],),
                    symbols=(symbol,),
                    place=place,
                )
                compiled = compile_relation(problem, alone)
            jets = [_in_time(rest, problem.time, k) for k in range(derivatives)]
            conditions.append(compiled)
            data.append(Table.compile(problem, (), jets))
        return cls(problem, relations, tuple(conditions), tuple(data), derivatives, implicit)

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


def _is_inside(relation: Relation, problem: Problem) -> bool:
    """Whether a condition takes a trace elsewhere than on the walls."""
    time = problem.variables.index(problem.time)
    ends = list(zip(problem.domain.lower, problem.domain.upper, strict=True))
    return any(
        place is not None and place not in end
        for trace in relation.traces
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
