r"""Derivatives that the equations of a line imply from the lower ones, of any order.

Ordinary equations :math:`F(t, u, \dots, u^{(k)}) = 0` determine :math:`u^{(k)}` by what is below,
and their derivatives the next ones. In Taylor coefficients the n-th of F holds the n-th of
:math:`u^{(k)}` only as

.. math:: F_n = J\,(u^{(k)})_n + \dots, \qquad J = \partial F / \partial u^{(k)},

so that each follows from a linear system with the same matrix J (A. Jorba and M. Zou, A software
package for the numerical integration of ODEs by means of high-order Taylor methods, Experimental
Mathematics 14, 2005). A derivative of a network or a polynomial loses two or three digits with
each order; these lose none but what the equations themselves take, J where it is nearly singular.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import sympy

from ..._types import Array
from ...approximation.slices import points_at_once
from ...problem.compiled.ordinary import Equations, Layout
from ...problem.statement import Problem
from ...rounding import HALF_OF_THE_DIGITS
from .series import NoSeries, Series, step

__all__ = ["Implied"]

_NEWTON = sys.float_info.mant_dig.bit_length()  # steps that each double the bits, from one bit


@dataclass(frozen=True, slots=True)
class Implied:
    """The equations of a problem, ready to give derivatives."""

    problem: Problem
    equations: Equations
    residuals: tuple[sympy.Expr, ...]
    symbols: dict[tuple[int, int], sympy.Symbol]

    @classmethod
    def of(cls, problem: Problem) -> Implied | None:
        """Of ordinary equations, as many as there are unknowns, that hold no fixed place."""
        relations = problem.equations
        if len(problem.variables) != 1 or len(relations) != len(problem.unknowns):
            return None
        if any(t.place != relation.place for relation in relations for t in relation.traces):
            return None
        symbols: dict[tuple[int, int], sympy.Symbol] = {}
        residuals = []
        for relation in relations:
            keys = [(t.unknown, t.orders[0]) for t in relation.traces]
            same = {
                symbol: symbols.setdefault(key, symbol)
                for key, symbol in zip(keys, relation.symbols, strict=True)
            }
            residuals.append(relation.residual.xreplace(same))
        return cls(problem, Equations.compile(problem, relations), tuple(residuals), symbols)

    @property
    def layout(self) -> Layout:
        """Which derivatives the equations hold."""
        return self.equations.layout

    def derivatives(
        self, times: Array, states: Array, highest: tuple[int, ...], rounding: Array
    ) -> list[Array]:
        """Derivatives from the order of the equations on, (n, m) for each unknown.

        Parameters
        ----------
        times : array (m,)
        states : array (rows, m)
            Rows of the layout: the lower derivatives, and a guess of the highest.
        highest : tuple of int
            The order wanted of each unknown.
        rounding : array (m,)
            By how much, relative to it, the result of each operation is moved.

        Returns
        -------
        list of array
            Not-a-number where the equations do not determine them, or are not known to.
        """
        extra = max(h - k for h, k in zip(highest, self.layout.orders, strict=True))
        found = np.full((len(self.layout.orders), extra + 1, len(times)), np.nan)
        count = points_at_once(found[..., 0].size)
        for start in range(0, len(times), count):
            part = slice(start, start + count)
            with np.errstate(all="ignore"):
                self._fill(times[part], states[:, part], rounding[part], found[:, :, part])
        return list(found)

    def _fill(self, times: Array, states: Array, rounding: Array, found: Array) -> None:
        """Fill in derivatives from the highest of the equations on, (unknowns, n, m)."""
        layout, count = self.layout, found.shape[1]
        states = states.copy()
        matrices = self._solve(times, states)
        found[:, 0] = states[layout.top]
        if count == 1:
            return
        series = Series(self.problem, times, count - 1, rounding)
        h, scale = step(count - 1), 1.0
        table = np.zeros((count, *states.shape))  # coefficients of all states
        table[0] = states
        lower = layout.lower
        for n in range(count):
            if n:
                table[n, lower] = table[n - 1, lower + 1] * (h / n)
            self._give(series, n, table[n])
            if n == 0:
                continue
            try:
                defects = np.array([series.coefficient(each, n) for each in self.residuals])
            except NoSeries:
                return
            table[n, layout.top] = -_solved(matrices, defects)
            series.forget(n)
            self._give(series, n, table[n])
            scale *= n / h
            found[:, n] = table[n, layout.top] * scale

    def _give(self, series: Series, n: int, states: Array) -> None:
        for (unknown, order), symbol in self.symbols.items():
            series.give(symbol, n, states[self.layout.row(unknown, order)])

    def _solve(self, times: Array, states: Array) -> Array:
        """Solve for the highest derivatives in place; returns the matrices of J, (m, n, n).

        By Newton's method from the guess; not-a-number where it does not come to rest.
        """
        top = self.layout.top
        for number in range(_NEWTON):
            table = self.equations.evaluate(times, states)
            matrices = self.equations.by_states(table)[:, :, top]
            change = _solved(matrices, table[: len(top)])
            states[top] -= change
            size = np.abs(states[top]).max(axis=0)
            rests = np.abs(change).max(axis=0) <= HALF_OF_THE_DIGITS * size
            if number and np.all(rests | ~np.isfinite(size)):
                break
        states[np.ix_(top, ~rests)] = np.nan
        return self.equations.by_states(self.equations.evaluate(times, states))[:, :, top]


def _solved(matrices: Array, right: Array) -> Array:
    """Solve for right sides (n, m) with a matrix each (m, n, n); NaN where one is singular."""
    regular = np.all(np.isfinite(matrices), axis=(1, 2))
    regular[regular] = np.linalg.det(matrices[regular]) != 0.0
    found = np.full(right.shape, np.nan)
    solved = np.linalg.solve(matrices[regular], right.T[regular][:, :, None])
    found[:, regular] = solved[:, :, 0].T
    return found
