r"""An evolution with its coefficients frozen at one time: what short waves see of it.

Solved for the highest derivatives in time and linearised about a state, that of the start if no
other is given, it reads

.. math:: \partial_t^m u = \sum_{k, \alpha} A_{k \alpha}\, \partial_x^\alpha \partial_t^k u,
          \qquad q = \max \frac{|\alpha|}{m - k}.

A wave exp(i xi x + s t) of a short length has s of the size of |xi|^q, and only the terms in which
the maximum is attained, the principal ones, decide about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..._types import Array, Orders
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.walls import without
from ...problem.terms.trace import Trace


@dataclass(frozen=True, slots=True)
class Term:
    """A derivative of all unknowns with its matrices: `gain` (unknowns, unknowns, m)."""

    level: int
    alpha: Orders
    gain: Array


def degree(model: EvolutionModel, traces: Sequence[Trace]) -> Fraction:
    """The exponent q of some derivatives."""
    axis, order = model.axis, model.order
    below = [t for t in traces if t.orders[axis] < order]
    shares = (Fraction(sum(without(t.orders, axis)), order - t.orders[axis]) for t in below)
    return max(shares, default=Fraction(0))


State = Callable[[Sequence[Trace], Array], Array]
"""Derivatives of a state (traces, m), at points (m, d) of all variables."""


def principal(
    model: EvolutionModel, traces: Sequence[Trace], points: Array, state: State | None = None
) -> list[Term]:
    """The principal ones of some derivatives, with coefficients at those points where they exist.

    There are none where the initial state, if no other is given, has no formula that tells them.
    """
    q = degree(model, traces)
    chosen = [t for t in traces if t.orders[model.axis] < model.order and q > 0]
    chosen = [t for t in chosen if degree(model, [t]) == q]
    leading, partials = _partials(model, points, chosen, state or model.start.values)
    kept = np.all(np.isfinite(partials), axis=(0, 1, 2)) & np.all(np.isfinite(leading), axis=(0, 1))
    matrices = leading[..., kept].transpose(2, 0, 1)
    regular = np.linalg.matrix_rank(matrices) == matrices.shape[-1]
    kept[kept] = regular
    terms: dict[tuple[int, Orders], Array] = {}
    for trace, columns in zip(chosen, partials, strict=True):
        key = (trace.orders[model.axis], without(trace.orders, model.axis))
        right = columns[..., kept].transpose(2, 0, 1)
        gain = -np.linalg.solve(matrices[regular], right).transpose(1, 2, 0)
        terms[key] = terms.get(key, np.zeros_like(gain)) + gain
    return [Term(level, alpha, gain) for (level, alpha), gain in terms.items()]


def _partials(
    model: EvolutionModel, points: Array, chosen: Sequence[Trace], state: State
) -> tuple[Array, Array]:
    """Partial derivatives of the equations by the highest time derivatives, and by others.

    (equations, unknowns, m) and (chosen, equations, unknowns, m), of which each of the chosen
    fills the column of its unknown.
    """
    count = len(model.problem.unknowns)
    tables = []
    for equation in model.system.equations:
        table = np.zeros((len(equation.traces), len(points)))
        below = [k for k, t in enumerate(equation.traces) if t.orders[model.axis] < model.order]
        if not equation.relation.linear:
            table[:] = np.nan  # reaches the coefficients that depend on a highest derivative
            table[below] = state([equation.traces[k] for k in below], points)
        tables.append(table)
    leading = np.zeros((count, count, len(points)))
    partials = np.zeros((len(chosen), count, count, len(points)))
    # Of unknowns of time alone nothing is asked: they have no waves.
    fields = len(model.problem.stated_equations)
    leading[range(fields, count), model.problem.lumped] = 1.0
    pairs = zip(model.system.equations[:fields], tables, strict=False)
    for row, (equation, table) in enumerate(pairs):
        for trace, partial in zip(equation.traces, equation(points, table)[1], strict=True):
            if trace.orders[model.axis] == model.order:
                leading[row, trace.unknown] += partial
            elif trace in chosen:
                partials[chosen.index(trace), row, trace.unknown] += partial
    return leading, partials
