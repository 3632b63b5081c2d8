"""Relations as NumPy functions: the residual and its exact partial derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import sympy

from ..._types import Array
from ...expressions.table import Table
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from .expressions import compile_table, partial_derivative


@dataclass(frozen=True, slots=True)
class Residual:
    """A relation ready to evaluate.

    `__call__` takes points (m, d) and the values of the traces (k, m) and returns the
    residual (m,) together with its partial derivatives by each trace (k, m).
    """

    relation: Relation
    partials: tuple[sympy.Expr, ...]
    """By each trace, as an expression."""
    table: Table

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The derivatives that the relation is about."""
        return self.relation.traces

    @property
    def local(self) -> bool:
        """Whether all of them are taken at one point."""
        return all(trace.place.everywhere for trace in self.traces)

    def __call__(self, points: Array, traces: Array) -> tuple[Array, Array]:
        """Evaluate the residual and its partial derivatives."""
        relation = self.relation
        if relation.part is not None and relation.normals:
            components = relation.part.normals(points).T
            traces = np.vstack([traces, *(components[axis] for _, axis in relation.normals)])
        table = self.table(points, traces)
        return table[0], table[1:]

    def at_zero(self, points: Array) -> tuple[Array, Array]:
        """The same where all traces are zero: of a linear relation its data and coefficients."""
        return self(points, np.zeros((len(self.traces), len(points))))

    def at(self, parameters: Mapping[sympy.Symbol, float]) -> Residual:
        """The same relation for other values of the parameters."""
        return replace(self, table=self.table.at(parameters))


def compile_relation(
    problem: Problem,
    relation: Relation,
    further: Mapping[sympy.Symbol, float] = MappingProxyType({}),
) -> Residual:
    """Turn a relation into NumPy code, once; `further` parameters are none of the problem's."""
    partials = tuple(partial_derivative(relation.residual, s) for s in relation.symbols)
    expressions = [relation.residual, *partials]
    symbols = [*relation.symbols, *(symbol for symbol, _ in relation.normals)]
    table = compile_table(problem, symbols, expressions, further)
    return Residual(relation, partials, table)
