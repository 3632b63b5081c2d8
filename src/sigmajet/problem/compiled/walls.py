"""The conditions on the walls of an evolution problem, compiled for the method of lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from ..._types import Array, Orders
from ...expressions.table import Table
from ...geometry.place import Place
from ...randomness import PROBES
from ...rules.samples import MANY
from ..checks.multipliers import multipliers
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from .expressions import compile_table
from .hidden_walls import hidden_conditions
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
    trace `main` is what it is solved for: one of them, of which the derivative `level` in time is
    told, or an unknown of time alone that nothing else tells.
    """

    residual: Residual
    levels: tuple[int, ...]
    main: Trace
    level: int

    @property
    def told(self) -> int | None:
        """Which trace it tells."""
        both = zip(self.residual.traces, self.levels, strict=True)
        return next((k for k, pair in enumerate(both) if pair == (self.main, self.level)), None)


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
    multipliers: Mapping[int, Orders]
    """The unknowns that constraints ask for, with the orders of their continuity by space."""

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
        both = (*stated, *implied)
        asked = multipliers(problem.stated_equations, problem.orders, time, problem.lumped)
        own = [k for k, c in enumerate(both) if not _is_built_in(c, problem, asked)]
        moves = bool(problem.lumped) or any(
            t.orders[time] or _is_inside(t, problem) for k in own for t in both[k].traces
        )
        for relation in (both[k].relation for k in own):
            fault = _fault(relation, problem)
            if fault:
                return Refusal(fault)
        bound = {t.unknown for k, c in enumerate(both) if k not in own for t in c.traces}
        told = _told([both[k].relation for k in own], bound, problem) if moves else []
        if told is None:
            sources = ", ".join(f"`{both[k].relation.source}`" for k in own)
            return Refusal(
                f"the conditions {sources} tell other things than there are to tell: values on the "
                f"walls, and unknowns of {problem.time} alone"
            )
        for index, condition in enumerate(both):
            relation = condition.relation
            levels = tuple(trace.orders[time] for trace in relation.traces)
            flat = _in_space(relation, time)
            compiled = replace(condition, relation=flat)
            if index not in own:
                rest = -relation.residual.subs(dict.fromkeys(relation.symbols, 0))
            elif moves:
                trace = told[own.index(index)]
                main = in_space(trace, time)
                moving[index] = Moving(compiled, levels, main, trace.orders[time])
                rest, compiled = sympy.Integer(0), compile_relation(problem, _alone(flat, main))
            else:
                number = max(range(len(flat.traces)), key=lambda k: sum(relation.traces[k].orders))
                drift = sympy.diff(relation.residual, problem.time)
                implicit[index] = Implicit(
                    compiled, number, compile_table(problem, relation.symbols, [drift])
                )
                alone = _alone(flat, flat.traces[number])
                rest, compiled = sympy.Integer(0), compile_relation(problem, alone)
            jets = [_in_time(rest, problem.time, k) for k in range(derivatives)]
            conditions.append(compiled)
            data.append(compile_table(problem, (), jets))
        return cls(
            problem,
            relations,
            tuple(conditions),
            tuple(data),
            derivatives,
            implicit,
            moving,
            asked,
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
        shares = PROBES.generator().random((MANY, len(lower)))
        shares[:, time] = np.linspace(0.0, 1.0, MANY)
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
            _, partials = condition.at_zero(points)
            sizes: dict[int, float] = {}
            for trace, partial in zip(condition.traces, partials, strict=True):
                factor = float(np.abs(partial).max())
                if 0.0 < factor < np.inf:
                    size = float(given / factor * np.prod(half ** np.array(trace.orders, float)))
                    sizes[trace.unknown] = min(size, sizes.get(trace.unknown, np.inf))
            for unknown, size in sizes.items():
                found[unknown] = max(found[unknown], size)
        return found


def _is_built_in(condition: Residual, problem: Problem, asked: Collection[int]) -> bool:
    """Whether functions may keep a condition: linear on the walls, with constant coefficients.

    Of multipliers that are `asked` for anywhere: what tells their mean puts no force on anything.
    """
    relation, time = condition.relation, problem.variables.index(problem.time)
    return (
        relation.linear
        and not any(problem.time in p.free_symbols for p in condition.partials)
        and not any(t.orders[time] for t in relation.traces)
        and (
            relation.across is not None
            or all(trace.unknown in asked for trace in relation.traces)
            or not any(_is_inside(trace, problem) for trace in relation.traces)
        )
        and not all(trace.unknown in problem.lumped for trace in relation.traces)
    )


def _fault(relation: Relation, problem: Problem) -> str:
    """Why a condition cannot be an equation of its own, if so."""
    time = problem.variables.index(problem.time)
    if relation.across is not None and any(t.orders[time] for t in relation.traces):
        why = "holds a time derivative across an interface"
    elif all(_is_inside(trace, problem) for trace in relation.traces) and not problem.lumped:
        why = "takes nothing on the walls"
    elif any(t.orders[time] > problem.orders[t.unknown][time] for t in relation.traces):
        why = "holds a higher derivative in time than the equations"
    else:
        return ""
    return (
        f"the condition `{relation.source}` {why}, which an evolution in time does not take; "
        'method="steady" does, over space and time at once'
    )


def _told(
    relations: Sequence[Relation], bound: Collection[int], problem: Problem
) -> list[Trace] | None:
    """What each of the conditions is solved for, no two for the same; None if there is no way.

    An unknown of time alone, best by its derivative and if it is not `bound` by conditions that are
    built in, or a trace on a wall, best of the highest derivative: in time first, for of heat that
    a wall stores, u_t = u_x, that is the value there, which changes by what flows. An unknown that
    others alone hold, as the strength of a source that keeps a mean, is told by what is left. The
    best choice for all is an assignment (H. W. Kuhn, Naval Research Logistics Quarterly 2, 1955).
    """
    time = problem.variables.index(problem.time)
    none = (0,) * len(problem.variables)
    anywhere = {k: Trace(k, none, Place([None] * len(none))) for k in problem.lumped}
    candidates: list[dict[Trace, tuple[int, Trace]]] = []
    highest = 1 + max((sum(t.orders) for r in relations for t in r.traces), default=0)
    for relation in relations:
        held: dict[Trace, tuple[int, Trace]] = {}
        for trace in relation.traces:
            is_lumped = trace.unknown in problem.lumped
            if not is_lumped and _is_inside(trace, problem):
                continue
            key = anywhere[trace.unknown] if is_lumped else in_space(trace, time)
            rank = highest * (trace.orders[time] + is_lumped) + sum(trace.orders)
            held[key] = max(held.get(key, (-1, trace)), (rank, trace), key=lambda pair: pair[0])
        candidates.append(held)
    columns = list(dict.fromkeys([*anywhere.values(), *(k for c in candidates for k in c)]))
    # Three sizes: of what is held, of what others hold, and of what cannot be.
    much = 2 + sum(rank for held in candidates for rank, _ in held.values())
    gains = np.full((len(relations), len(columns)), -(much**3))
    for row, held in enumerate(candidates):
        for column, key in enumerate(columns):
            is_lumped = key.unknown in problem.lumped
            if key in held:
                gains[row, column] = held[key][0]
            elif is_lumped:
                gains[row, column] = -much
            if is_lumped and key.unknown not in bound:
                gains[row, column] += much**2
    from scipy.optimize import linear_sum_assignment  # takes as long as a small problem

    rows, chosen = linear_sum_assignment(gains, maximize=True)
    if len(rows) < len(relations) or gains[rows, chosen].min(initial=0) <= -(much**3) + much**2:
        return None
    found = []
    for row, column in zip(rows, chosen, strict=True):
        key = columns[column]
        if key in candidates[row]:
            found.append(candidates[row][key][1])
        else:
            found.append(replace(key, place=relations[row].place))
    return found


def _in_space(relation: Relation, time: int) -> Relation:
    """A relation over the variables of space alone."""
    traces = tuple(in_space(trace, time) for trace in relation.traces)
    return replace(relation, traces=traces, place=relation.place.without(time))


def _alone(relation: Relation, main: Trace) -> Relation:
    """A trace in the place of a relation."""
    symbol = sympy.Dummy()
    return replace(relation, residual=symbol, traces=(main,), symbols=(symbol,), linear=True)


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
