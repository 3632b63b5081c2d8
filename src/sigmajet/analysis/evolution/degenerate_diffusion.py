r"""Diffusion that vanishes where an unknown does: it stays at zero, and does not run backwards.

With :math:`a(u) = 0` where the initial state of

.. math:: u_t = (-1)^{k + 1} a(u)\, \partial_x^{2k} u + \dots

is zero (a porous medium, a thin film), the smallest undershoot of an approximation has short waves
grow, though the solution, :math:`a(u) \ge 0`, does not know them. So a is taken as
:math:`\max(a, 0)`. What a solution makes of the difference is its negative part of a, measured as
part of its error: a solution with diffusion that really turns round is not accepted.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import sympy

from ...approximation.field import Field
from ...approximation.norm import Sampled
from ...expressions.table import Table
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.expressions import compile_table
from ...problem.compiled.initial_state import VIOLATED
from ...problem.compiled.refusal import Refusal
from ...problem.compiled.system import System
from ...problem.compiled.walls import without
from ...problem.terms.relation import Relation
from ...problem.terms.trace import Trace


@dataclass(frozen=True, slots=True)
class Diffusion:
    """A coefficient of diffusion that depends on unknowns, as a table of its traces."""

    traces: tuple[Trace, ...]
    table: Table

    def negative(self, seen: Sampled[Field]) -> float:
        """The root mean square of its negative part over that of all."""
        values = seen.derivatives([(t.unknown, t.orders) for t in self.traces])
        (found,) = self.table(seen.sample.points, values)
        found = np.nan_to_num(found, nan=-np.inf)
        whole = seen.sample.norm(found)
        return seen.sample.norm(np.minimum(found, 0.0)) / whole if whole else 0.0


def kept_forwards(model: EvolutionModel) -> tuple[EvolutionModel, tuple[Diffusion, ...]]:
    """The model with its vanishing coefficients of diffusion kept from zero on, and these."""
    problem = model.problem
    if problem.linear or model.order != 1 or model.singular:
        return model, ()
    found: list[Diffusion] = []
    equations = tuple(_kept(model, equation, found) for equation in problem.equations)
    if not found:
        return model, ()
    changed = copy.copy(problem)
    object.__setattr__(changed, "equations", equations)
    kept = EvolutionModel.read(System.compile(changed), backwards=model.backwards)
    return (model, ()) if isinstance(kept, Refusal) else (kept, tuple(found))


def _kept(model: EvolutionModel, equation: Relation, found: list[Diffusion]) -> Relation:
    """An equation whose coefficients of that kind are not negative, which are added to `found`."""
    rates = [
        equation.residual.diff(symbol)
        for trace, symbol in zip(equation.traces, equation.symbols, strict=True)
        if trace.orders[model.axis]
    ]
    if len(rates) != 1 or not rates[0].is_number:
        return equation
    residual = equation.residual
    most = max(sum(trace.orders) for trace in equation.traces)
    for trace, symbol in zip(equation.traces, equation.symbols, strict=True):
        orders = without(trace.orders, model.axis)
        if sum(orders) != max(orders) or sum(orders) != most or most % 2:
            continue
        gain = equation.residual.diff(symbol)
        sign = sympy.Integer(-1) ** (most // 2) * rates[0]  # of the coefficient of diffusion
        diffusion = gain / sign
        among = [
            (t, s) for t, s in zip(equation.traces, equation.symbols, strict=True) if gain.has(s)
        ]
        if not among or any(sum(t.orders) == most for t, _ in among):
            continue
        symbols, traces = [s for _, s in among], tuple(t for t, _ in among)
        table = compile_table(model.problem, symbols, [diffusion])
        points = model.start.points
        (values,) = table(points, model.start.values(traces, points))
        if np.all(np.isfinite(values)) and abs(values.min()) <= VIOLATED * values.max():
            residual += (sign * sympy.Max(diffusion, 0) - gain) * symbol
            found.append(Diffusion(traces, table))
    return replace(equation, residual=residual)
