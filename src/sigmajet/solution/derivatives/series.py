r"""Taylor coefficients of expressions along the one variable of a problem, grown order by order.

Of a function f at a point t they are

.. math:: f_n = f^{(n)}(t)\, h^n / n!,

with a step h that keeps them of one size (`step`). Sums add, products convolve, and of any function
F of g, whose derivative F' SymPy knows,

.. math:: n\, F_n = \sum_{k=1}^n k\, g_k\, (F')_{n-k},

for powers as J. C. P. Miller's recurrence (D. E. Knuth, The Art of Computer Programming 2,
section 4.7). A coefficient needs only earlier ones of F', so that the functions that derivatives
lead to need not end, as those of Bessel do not.

It breaks where a function has no Taylor series: at a branch point, such as the square root of
zero, coefficients are not finite. What switches, `Abs` or `Piecewise`, is taken as it is at the
point.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...problem.compiled.expressions import compile_table, partial_derivative
from ...problem.statement import Problem
from ...problem.terms.coefficient import derivative_of
from ...randomness import PROBES

__all__ = ["NoSeries", "Series", "step"]

_Rule = Callable[[int], Array]  # from an order to the coefficients at all points


class NoSeries(Exception):
    """An expression holds a function whose derivatives are not known, such as code."""


def step(order: int) -> float:
    """A step h for which h^n / n! is neither large nor small up to an order, as n! ~ (n / e)^n."""
    return max(1.0, order / math.e)


class Series:
    """Coefficients of expressions at many points, each found once.

    Parameters
    ----------
    problem : Problem
        In one variable.
    times : array (m,)
    order : int
        The highest that is asked for.
    rounding : array (m,)
        By how much each coefficient is moved, up or down by chance, relative to it: what so coarse
        a rounding does shows what that of the machine does (J. Vignes, A stochastic arithmetic for
        reliable scientific computation, Mathematics and Computers in Simulation 35, 1993).
    """

    def __init__(self, problem: Problem, times: Array, order: int, rounding: Array) -> None:
        self._problem = problem
        self._times = times
        self._rounding = rounding
        self._rng = PROBES.generator()
        self._shape = order + 1, len(times)
        self._table: dict[sympy.Basic, Array] = {}  # coefficients of a node, a row for each order
        self._known: dict[sympy.Basic, int] = {}  # how many of them
        self._rule: dict[sympy.Basic, _Rule] = {}
        self._moving: set[sympy.Basic] = set()  # what `forget` takes back
        self._alias: dict[sympy.Basic, sympy.Symbol] = {}
        (variable,) = problem.variables
        line = np.zeros(self._shape)
        line[0] = times
        line[1:2] = step(order)
        self._set(variable, line, order + 1)
        for parameter, value in problem.parameters.items():
            self._set(parameter, self._constant(value), order + 1)

    def give(self, symbol: sympy.Symbol, order: int, values: Array) -> None:
        """Let a coefficient of a symbol be these values; those of lower orders are given before."""
        if symbol not in self._table:
            self._set(symbol, np.zeros(self._shape), 0)
            self._moving.add(symbol)
        self._table[symbol][order] = values
        self._known[symbol] = order + 1

    def forget(self, order: int) -> None:
        """Take back the coefficients of an order of all that holds symbols which were given."""
        for node in self._moving:
            self._known[node] = min(self._known[node], order)

    def coefficient(self, node: sympy.Basic, order: int) -> Array:
        """One coefficient of an expression, (m,).

        Raises
        ------
        NoSeries
            If none is known.
        """
        if node not in self._table:
            self._rule[node] = self._rule_of(node)
            self._set(node, np.empty(self._shape), 0)
            if self._moving & node.free_symbols:
                self._moving.add(node)
        table = self._table[node]
        for next_one in range(self._known[node], order + 1):
            sign = self._rng.choice([-1.0, 1.0], len(self._times))
            table[next_one] = self._rule[node](next_one) * (1.0 + sign * self._rounding)
            self._known[node] = next_one + 1
        return np.asarray(table[order])

    def _set(self, node: sympy.Basic, table: Array, known: int) -> None:
        self._table[node], self._known[node] = table, known

    def _constant(self, value: float) -> Array:
        table = np.zeros(self._shape)
        table[0] = value
        return table

    def _rows(self, node: sympy.Basic, last: int) -> Array:
        """The coefficients of a node up to an order."""
        self.coefficient(node, last)
        return self._table[node][: last + 1]

    def _rule_of(self, node: sympy.Basic) -> _Rule:
        """How coefficients of a node follow from those of its parts."""
        if not node.free_symbols:
            try:
                constant = self._constant(float(node))
            except TypeError:  # code at a fixed place
                raise NoSeries(str(node)) from None
            return lambda n: constant[n]
        if isinstance(node, sympy.Add):
            return lambda n: np.sum([self.coefficient(a, n) for a in node.args], axis=0)
        if isinstance(node, sympy.Mul):
            first, rest = node.as_two_terms()
            return self._product(first, rest)
        if isinstance(node, sympy.Pow):
            return self._power(node)
        if isinstance(node, sympy.Max | sympy.Min | sympy.Mod):
            other = (
                node.args[0] - node.args[1] * sympy.floor(node.args[0] / node.args[1])
                if isinstance(node, sympy.Mod)
                else node.rewrite(sympy.Piecewise)
            )
            return lambda n: self.coefficient(other, n)
        if isinstance(node, sympy.Piecewise):
            return self._branches(node)
        if isinstance(node, sympy.Function):
            return self._function(node)
        raise NoSeries(str(node))

    def _product(self, first: sympy.Basic, other: sympy.Basic) -> _Rule:
        def rule(n: int) -> Array:
            return _convolved(self._rows(first, n), self._rows(other, n))

        return rule

    def _power(self, node: sympy.Pow) -> _Rule:
        base, power = node.args
        if power.free_symbols - set(self._problem.parameters):
            other = sympy.exp(power * sympy.log(base), evaluate=False)
            return lambda n: self.coefficient(other, n)
        if power.is_Integer and power > 0:  # without a division by the base
            if power % 2:
                return self._product(base, sympy.Pow(base, power - 1))
            half = sympy.Pow(base, power // 2)
            return self._product(half, half)
        exponent = float(power.xreplace(dict(self._problem.parameters)))

        def rule(n: int) -> Array:
            rows = self._rows(base, n)
            if n == 0:
                return np.asarray(np.power(rows[0], exponent))
            k = np.arange(1, n + 1)[:, None]
            weighted = (k * exponent - (n - k)) * rows[1:]
            return np.asarray(_convolved(weighted, self._table[node][:n]) / (n * rows[0]))

        return rule

    def _branches(self, node: sympy.Piecewise) -> _Rule:
        symbols = list(node.free_symbols & self._table.keys())
        chosen = sympy.Piecewise(
            *((number, condition) for number, (_, condition) in enumerate(node.args)),
            (sympy.nan, True),
        )
        where = self._values(chosen, symbols)
        found = [np.flatnonzero(where == number) for number in range(len(node.args))]

        def rule(n: int) -> Array:
            values = np.full(len(where), np.nan)
            for (expression, _), held in zip(node.args, found, strict=True):
                if len(held):
                    values[held] = self.coefficient(expression, n)[held]
            return values

        return rule

    def _function(self, node: sympy.Function) -> _Rule:
        """Of functions of functions, arguments that vary named by a symbol."""
        varying = [a for a in node.args if a.free_symbols - set(self._problem.parameters)]
        names = {argument: self._named(argument) for argument in varying}
        outer = node.func(*(names.get(a, a) for a in node.args))
        symbols = list(names.values())

        def rule(n: int) -> Array:
            if n == 0:
                return self._values(outer, symbols)
            if isinstance(node, sympy.floor | sympy.ceiling):
                return np.zeros(self._shape[1])
            total = np.zeros(self._shape[1])
            weights = np.arange(1, n + 1)[:, None]
            for symbol in symbols:
                slope = self._slope(outer, symbol)
                if slope != 0:
                    rows = weights * self._rows(symbol, n)[1:]
                    total += _convolved(rows, self._rows(slope, n - 1))
            return total / n

        return rule

    def _named(self, argument: sympy.Basic) -> sympy.Symbol:
        """A symbol with the coefficients of an argument."""
        if argument.is_Symbol:
            return argument
        if argument not in self._alias:
            symbol = sympy.Dummy(real=True)
            self._alias[argument] = symbol
            self._rule[symbol] = lambda n: self.coefficient(argument, n)
            self.coefficient(argument, 0)
            self._set(symbol, np.empty(self._shape), 0)
            if argument in self._moving:
                self._moving.add(symbol)
        return self._alias[argument]

    def _slope(self, outer: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
        """The derivative of a function by an argument.

        Raises
        ------
        NoSeries
            If SymPy knows none, or it is one of code or of a table that has none.
        """
        if isinstance(outer, AppliedUndef):
            known = derivative_of(sympy.Derivative(outer, symbol), self._problem.functions)
            if known is None:
                raise NoSeries(str(outer))
            return known
        slope = partial_derivative(outer, symbol)
        if slope.has(sympy.Derivative, sympy.Subs):
            raise NoSeries(str(outer))
        return slope

    def _values(self, expression: sympy.Expr, symbols: list[sympy.Symbol]) -> Array:
        """An expression where it is: the coefficient of order zero."""
        (variable,) = self._problem.variables
        held = [s for s in symbols if s != variable and s not in self._problem.parameters]
        table = compile_table(self._problem, held, [expression])
        return np.asarray(table(self._times, [self.coefficient(s, 0) for s in held])[0])


def _convolved(first: Array, other: Array) -> Array:
    """The last coefficient of a product, from as many coefficients of both."""
    return np.asarray(np.einsum("km,km->m", first, other[::-1]))
