"""Do initial data keep the conditions on the walls? What does not starts with a singularity.

The initial conditions are solved for the unknowns as formulas, which are put into each
condition on a wall. No discretisation is involved: a kink of 1e-5 is seen as well as one of 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import sympy

from ..._types import Array
from ...expressions.table import Table
from ...geometry.place import Place
from ...rules.samples import MANY
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from .expressions import compile_table

VIOLATED = 1e-6  # against the size of what the condition is about; data rounded to print pass


def contradictions(start: InitialState, walls: Sequence[Relation]) -> tuple[tuple[str, ...], bool]:
    """Name the conditions that the initial state does not keep, and by how much.

    A state that is given as code whose derivatives are unknown is not judged; neither is a place
    where it has no value. The second result says whether all were.
    """
    found = [start.judge(relation) for relation in walls]
    return tuple(note for note in found if note), None not in found


class InitialState:
    """The initial state as formulas: a Taylor polynomial in time with coefficients in space.

    Attributes
    ----------
    points : array (m, d)
        Of all variables, on a grid over space with its walls, at the start of time.
    """

    def __init__(self, problem: Problem, initial: Sequence[Relation]) -> None:
        self._problem = problem
        self._axis = problem.variables.index(problem.time)
        self._time = problem.variables[self._axis]
        self._begin = problem.domain.lower[self._axis]
        self._order = max(orders[self._axis] for orders in problem.orders)
        # Of unknown assumptions SymPy differentiates Abs(x) to a formula in complex numbers.
        self._real = {v: sympy.Dummy(v.name, real=True) for v in problem.variables}
        self.points = self._grid()
        # The same derivatives are asked for on every wall.
        self._compiled: dict[sympy.Expr, Table] = {}
        symbols: dict[tuple[int, int], sympy.Dummy] = {}
        equations = []
        for relation in initial:
            names = {
                symbol: symbols.setdefault(
                    (trace.unknown, trace.orders[self._axis]), sympy.Dummy(real=True)
                )
                for symbol, trace in zip(relation.symbols, relation.traces, strict=True)
            }
            equations.append(relation.residual.xreplace(names))
        (values,) = sympy.linsolve(equations, list(symbols.values()))
        elapsed = problem.time - sympy.Float(self._begin)
        self._states: dict[int, sympy.Expr] = dict.fromkeys(
            range(len(problem.unknowns)), sympy.Integer(0)
        )
        for (unknown, level), value in zip(symbols, values, strict=True):
            at_start = value.subs(problem.time, sympy.Float(self._begin))
            self._states[unknown] += at_start * elapsed**level / math.factorial(level)

    def judge(self, relation: Relation) -> str | None:
        """What there is to say of one condition: nothing if it is kept, None if it is not known."""
        known = True
        for level in range(self._order):
            apart, size, parts = self._measured(relation, level)
            known = known and bool(np.isfinite(apart))
            if np.isfinite(apart) and apart > VIOLATED * size:
                return self._text(relation, level, apart, parts)
        return "" if known else None

    def values(self, traces: Sequence[Trace], points: Array) -> Array:
        """Derivatives of the state, (traces, m); not-a-number where a formula has no value."""
        return self.evaluate([self._taken(trace) for trace in traces], points)

    def _measured(self, relation: Relation, level: int) -> tuple[float, float, Array]:
        """Largest defect of a time derivative, its scale, and the traces where it is largest."""
        time = self._time
        taken = [self._taken(trace) for trace in relation.traces]
        points = self.on(relation.place)
        values = dict(zip(relation.symbols, taken, strict=True))
        defect = relation.residual.xreplace(values).diff(time, level)
        shares = [t.diff(time, level) for t in taken]
        table = self.evaluate([defect, *shares], points)
        # The same terms over the whole of space, and what is given beside them.
        given = relation.residual.xreplace(dict.fromkeys(relation.symbols, sympy.Integer(0)))
        slopes = [relation.residual.diff(s).xreplace(values) for s in relation.symbols]
        free = [self._free(trace).diff(time, level) for trace in relation.traces]
        beside = self.evaluate([given.diff(time, level), *slopes], points)
        whole = np.abs(self.evaluate(free, self.points)).max(axis=1)
        size = np.abs(beside[0]).max() + np.abs(beside[1:]).max(axis=1) @ whole
        worst = int(np.argmax(np.abs(table[0])))
        return float(np.abs(table[0, worst])), float(size), table[1:, worst]

    def _free(self, trace: Trace) -> sympy.Expr:
        """A derivative of the state, as a formula on the whole domain."""
        formula = self._states[trace.unknown].xreplace(self._real)
        for variable, order in zip(self._problem.variables, trace.orders, strict=True):
            formula = formula.diff(self._real[variable], order)
        return formula.xreplace({dummy: v for v, dummy in self._real.items()})

    def _taken(self, trace: Trace) -> sympy.Expr:
        """The same at the place of a trace."""
        ends = {
            variable: sympy.Float(place)
            for variable, place in zip(self._problem.variables, trace.place, strict=True)
            if isinstance(place, float)
        }
        return self._free(trace).subs(ends)

    def evaluate(self, expressions: Sequence[sympy.Expr], points: Array) -> Array:
        """Values at points, not-a-number where an expression has none."""
        table = np.full((len(expressions), len(points)), np.nan)
        for row, expression in zip(table, expressions, strict=True):
            if expression.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
                continue
            if expression not in self._compiled:
                self._compiled[expression] = compile_table(self._problem, (), [expression])
            row[:] = self._compiled[expression](points)[0]
        return table

    def _grid(self) -> Array:
        domain = self._problem.domain
        each = max(2, round(MANY ** (1 / (len(domain.variables) - 1))))
        axes = [np.linspace(a, b, each) for a, b in zip(domain.lower, domain.upper, strict=True)]
        axes[self._axis] = np.array([self._begin])
        return np.stack([g.ravel() for g in np.meshgrid(*axes, indexing="ij")], axis=-1)

    def on(self, place: Place) -> Array:
        """Points of a wall: of the grid, moved there."""
        points = self.points.copy()
        for axis, at in enumerate(place):
            if isinstance(at, float):
                points[:, axis] = at
        return np.unique(points, axis=0)

    def _text(self, relation: Relation, level: int, apart: float, parts: Array) -> str:
        traces, variables = relation.traces, self._problem.variables
        walls = [
            " and ".join(
                f"{v} = {place:.3g}"
                for v, place in zip(variables, trace.place, strict=True)
                if isinstance(place, float)
            )
            for trace in traces
        ]
        name = self._name(traces[0], level)
        consequence = (
            "the initial state and the conditions on the walls contradict each other, and the "
            "solution starts with a singularity there"
        )
        same = {(trace.unknown, trace.orders) for trace in traces}
        if len(traces) == 2 and len(same) == 1 and self._is_difference(relation):
            return (
                f"the initial {name} differs by {apart:.3g} between {walls[0]} and "
                f"{walls[1]}, which the periodic condition joins: {consequence}"
            )
        if len(traces) == 1 and relation.linear and level == 0:
            slope = relation.residual.diff(relation.symbols[0])
            if slope in (1, -1):
                had = f"{parts[0]:.3g}"
                return (
                    f"the initial {name} is {had} at {walls[0]} and off by {apart:.3g} "
                    f"from the condition `{relation.source}`: {consequence}"
                )
        moved = f", differentiated {level} time(s) by {self._time}," if level else ""
        return (
            f"the initial state violates the condition `{relation.source}`{moved} by "
            f"{apart:.3g}: {consequence}"
        )

    def _is_difference(self, relation: Relation) -> bool:
        first, second = relation.symbols
        ratio = sympy.simplify(relation.residual / (first - second))
        return bool(ratio in (1, -1))

    def _name(self, trace: Trace, level: int) -> str:
        orders: Mapping[sympy.Symbol, int] = dict(
            zip(self._problem.variables, trace.orders, strict=True)
        )
        letters = "".join(v.name * order for v, order in orders.items())
        letters += self._time.name * level
        name = self._problem.unknowns[trace.unknown].func.__name__
        return f"{name}_{letters}" if letters else name
