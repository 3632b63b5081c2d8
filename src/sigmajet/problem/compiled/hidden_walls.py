r"""Conditions on walls that follow from those stated and an equation without derivatives in space.

Where u_t = v, what holds for u on a wall at all times holds for its rate: from B u = g(t) follows

.. math:: B v = g'(t) - B_t u .

Exact solutions obey it by themselves. Functions of a Galerkin method do not: v off the wall would
be projected, for u cannot follow it, and the energy of a wave, say, would not be kept. In a
differential-algebraic system it is a hidden constraint (E. Hairer, G. Wanner, "Solving Ordinary
Differential Equations II", VII.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from ..terms.wording import Wording
from .expressions import partial_derivative


@dataclass(frozen=True, slots=True)
class _Rate:
    """u_t = sum of constants times unknowns, and what is known."""

    shares: dict[int, sympy.Expr]
    known: sympy.Expr


def hidden_conditions(problem: Problem, relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """The time derivatives of linear conditions whose unknowns have such rates.

    And theirs in turn, as often as there are unknowns.
    """
    time = problem.variables.index(problem.time)
    rates = _rates(problem, time)
    found: list[Relation] = []
    latest = list(relations)
    for _ in problem.unknowns[1:]:
        derived = [_derived(problem, r, rates, time) for r in latest if _follows(r, rates, time)]
        latest = [relation for relation in derived if relation.traces]
        found += latest
    return tuple(found)


def _rates(problem: Problem, time: int) -> dict[int, _Rate]:
    found = {}
    for equation in problem.equations:
        moving = [k for k, t in enumerate(equation.traces) if t.orders[time]]
        still = [k for k, t in enumerate(equation.traces) if not t.orders[time]]
        plain = all(sum(t.orders) == t.orders[time] <= 1 for t in equation.traces)
        if not (equation.linear and plain and len(moving) == 1 and still):
            continue
        leading = partial_derivative(equation.residual, equation.symbols[moving[0]])
        shares = {
            equation.traces[k].unknown: -sympy.cancel(
                partial_derivative(equation.residual, equation.symbols[k]) / leading
            )
            for k in still
        }
        unknown = equation.traces[moving[0]].unknown
        if set(shares) == {unknown} or any(
            s.free_symbols & set(problem.variables) for s in shares.values()
        ):
            continue
        rest = equation.residual.subs(dict.fromkeys(equation.symbols, 0))
        found[unknown] = _Rate(shares, -rest / leading)
    return found


def _follows(relation: Relation, rates: dict[int, _Rate], time: int) -> bool:
    """Whether the time derivative of a condition is told by the rates of its unknowns."""
    return relation.linear and all(
        t.unknown in rates and not t.orders[time] for t in relation.traces
    )


def _derived(problem: Problem, relation: Relation, rates: dict[int, _Rate], time: int) -> Relation:
    """The time derivative of a condition."""
    symbols: dict[Trace, sympy.Symbol] = dict(zip(relation.traces, relation.symbols, strict=True))
    residual = sympy.diff(relation.residual, problem.time)
    for trace, symbol in list(symbols.items()):
        rate = rates[trace.unknown]
        known = rate.known
        for variable, order, at in zip(problem.variables, trace.orders, trace.place, strict=True):
            known = sympy.diff(known, variable, order)
            if isinstance(at, float):
                known = known.subs(variable, at)
        slope = known
        for unknown, share in rate.shares.items():
            other = replace(trace, unknown=unknown)
            slope += share * symbols.setdefault(other, sympy.Dummy())
        residual += partial_derivative(relation.residual, symbol) * slope
    held = sorted(symbols, key=lambda t: t.sort_key)
    held = [t for t in held if residual.has(symbols[t])]
    return replace(
        relation,
        residual=residual,
        traces=tuple(held),
        symbols=tuple(symbols[t] for t in held),
        wording=Wording(lambda: f"d/d{problem.time} of {relation.source}"),
    )
