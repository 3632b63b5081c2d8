"""The equations of an initial-value problem, compiled together over the states of all unknowns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Integers
from ...expressions.table import Table
from ..statement import Problem
from ..terms.relation import Relation
from .expressions import compile_table, partial_derivative, remainder


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative of an equation by u_unknown^(order): a row of the table."""

    equation: int
    unknown: int
    order: int
    row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The states u_i^(j), j = 0 ... k_i, as rows of one array, unknown by unknown.

    Attributes
    ----------
    orders : tuple of int
        The k_i.
    unknown, order : array of int (rows,)
        i and j of each row.
    lifts : array of int (rows,)
        k_i - j: how often the highest derivative is integrated.
    controlled : array of bool (rows,)
        The rows that carry information onwards, and unknowns without a derivative.
    top : array of int
        The rows of the highest derivatives.
    """

    orders: tuple[int, ...]
    unknown: Integers
    order: Integers
    lifts: Integers
    controlled: NDArray[np.bool_]
    top: Integers

    @classmethod
    def of(cls, orders: tuple[int, ...]) -> Layout:
        """Lay out the states of a problem of given orders."""
        unknown = np.repeat(np.arange(len(orders)), [k + 1 for k in orders])
        order = np.concatenate([np.arange(k + 1) for k in orders])
        lifts = np.array(orders)[unknown] - order
        top = np.flatnonzero(lifts == 0)
        return cls(orders, unknown, order, lifts, (lifts > 0) | (order == 0), top)

    def row(self, unknown: int, order: int) -> int:
        """The row of u_unknown^(order)."""
        return int(self.top[unknown]) - self.orders[unknown] + order

    @property
    def lower(self) -> Integers:
        """The rows below the highest derivatives: the states of a system of first order."""
        return np.flatnonzero(self.lifts)

    def first_order(self, slopes: Array) -> Array:
        """Its matrices (m, n, n), from the slopes of the highest derivatives (m, unknowns, n)."""
        lower = self.lower
        lifts = self.lifts[lower]
        matrices = np.zeros((len(slopes), len(lower), len(lower)))
        chained, last = np.flatnonzero(lifts > 1), np.flatnonzero(lifts == 1)
        matrices[:, chained, chained + 1] = 1.0
        matrices[:, last] = slopes[:, self.unknown[lower[last]]]
        return matrices

    def integrated(self, highest: Array, scaled: Sequence[Array]) -> Array:
        """All states that follow from the highest derivatives, from zero at the start."""
        states: Array = highest[self.unknown]
        for lift in range(1, len(scaled)):
            rows = self.lifts == lift
            states[rows] = states[rows] @ scaled[lift].T
        return states


@dataclass(frozen=True, slots=True)
class Equations:
    """The equations compiled together: residuals, then the partial derivatives not zero.

    Behind them, in the function, come remainders: what residuals lose as coefficients are rounded.
    """

    layout: Layout
    rows: Integers
    """Of the states that the equations hold, in the order of the function's arguments."""
    partials: tuple[Partial, ...]
    states: Integers
    """Of each partial derivative the state by which it is taken."""
    gather: Array
    """(equations, partials): 1 where a partial derivative belongs to an equation."""
    linear: bool
    table: Table
    corrected: Integers
    """The equations that have a remainder."""

    @classmethod
    def compile(cls, problem: Problem, equations: Sequence[Relation]) -> Equations:
        """Compile equations of a problem, as many as it has unknowns."""
        layout = Layout.of(tuple(order for (order,) in problem.orders))
        shared: dict[tuple[int, int], sympy.Symbol] = {}
        expressions = []
        for equation in equations:
            keys = [(t.unknown, t.orders[0]) for t in equation.traces]
            same = {
                s: shared.setdefault(key, s) for key, s in zip(keys, equation.symbols, strict=True)
            }
            expressions.append(equation.residual.xreplace(same))
        lost = [remainder(residual) for residual in expressions]
        corrected = [number for number, each in enumerate(lost) if each != 0]
        partials = []
        for number, residual in enumerate(expressions[:]):
            for (unknown, order), symbol in shared.items():
                derivative = partial_derivative(residual, symbol)
                if derivative != 0:
                    partials.append(Partial(number, unknown, order, len(expressions)))
                    expressions.append(derivative)
        return cls(
            layout,
            np.array([layout.row(*key) for key in shared]),
            tuple(partials),
            np.array([layout.row(p.unknown, p.order) for p in partials]),
            np.array([[float(p.equation == e) for p in partials] for e in range(len(equations))]),
            all(equation.linear for equation in equations),
            compile_table(
                problem,
                list(shared.values()),
                [*expressions, *(lost[number] for number in corrected)],
            ),
            np.array(corrected, dtype=np.intp),
        )

    def evaluate(self, times: Array, states: Array) -> Array:
        """Residuals and partial derivatives at states (rows, m), a row each."""
        table = self.table(times, states[self.rows])
        if not len(self.corrected):
            return table
        count = len(table) - len(self.corrected)
        with np.errstate(all="ignore"):
            table[self.corrected] += table[count:]
        return table[:count]

    def by_states(self, table: Array) -> Array:
        """The partial derivatives by all states as matrices, (m, equations, states)."""
        matrices = np.zeros((table.shape[1], len(self.gather), len(self.layout.order)))
        for p, state in zip(self.partials, self.states, strict=True):
            matrices[:, p.equation, state] = table[p.row]
        return matrices

    def slopes(self, table: Array) -> Array:
        """Partial derivatives of the highest derivatives by lower ones, (m, unknowns, lower).

        Infinite where the equations do not determine the highest derivatives.
        """
        matrices, layout = self.by_states(table), self.layout
        highest, lower = matrices[:, :, layout.top], matrices[:, :, layout.lower]
        regular = np.all(np.isfinite(matrices), axis=(1, 2))
        regular[regular] = np.linalg.det(highest[regular]) != 0.0
        found = np.full(lower.shape, np.inf)
        found[regular] = -np.linalg.solve(highest[regular], lower[regular])
        return found

    def terms(self, table: Array, states: Array) -> tuple[Array, Array]:
        """Residuals and the size of the terms in them, each (equations, m)."""
        residuals = table[: len(self.gather)]
        with np.errstate(over="ignore"):  # of a solution on its way to infinity
            sizes = np.abs(table[len(residuals) :] * states[self.states])
            return residuals, np.abs(residuals) + self.gather @ sizes
