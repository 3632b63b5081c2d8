r"""Singular axes: where an equation loses its highest derivative, and what regularity asks there.

Near r = 0 an equation in polar, cylindrical or spherical coordinates is

.. math:: u_{rr} + \frac{m}{r} u_r + \frac{c}{r^2} u + \dots = 0,

with solutions :math:`r^s`, :math:`s^2 + (m - 1) s + c = 0` (Fuchs and Frobenius). Where one
exponent is negative, or both are zero and a logarithm belongs to them, a single one of the two
conditions that the order asks for is left to the user: solutions without a singularity meet the
other one, which is the equation itself times the lowest power of r that leaves no pole, at r = 0.
For m = 1, c = 0 that is :math:`u_r = 0`; for :math:`c < 0` it is u = 0; for
:math:`u_{\theta\theta} / r^2` it says that u is one value on the axis. Of powers of Laplacians the
even solutions are the regular ones: :math:`u_r = u_{rrr} = 0`. Where both exponents are
admissible, as for m < 1, nothing is added.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import sympy
from sympy.core.function import AppliedUndef

from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import A_DIGIT
from ..stated import Stated
from ..terms.constant import DIGITS, number
from ..terms.domain import Box, Domain
from ..terms.relation import Relation
from ..terms.trace import Trace

__all__ = ["on_axes", "without_poles"]


_UNBOUNDED = (sympy.cot, sympy.csc, sympy.tan, sympy.sec, sympy.coth, sympy.csch)

Orders = Sequence[Sequence[int]]


def on_axes(
    equations: Sequence[Relation],
    conditions: Sequence[Relation],
    orders: Orders,
    unknowns: Sequence[AppliedUndef],
    domain: Domain,
    values: dict[sympy.Symbol, float],
    time: sympy.Symbol | None,
    read: Callable[[sympy.Eq, str], Relation],
) -> list[Relation]:
    """The conditions that regularity on singular axes adds to those that are stated.

    None for a variable across which as many are stated as the orders of the equations ask for, and
    none that holds derivatives by time: the equation itself at the axis, which evolutions go by.
    """
    known = {symbol: sympy.Float(value) for symbol, value in values.items()}
    added: list[Relation] = []
    for axis, (variable, *ends) in enumerate(domain):
        lacking = sum(each[axis] for each in orders) - sum(_across(c, axis) for c in conditions)
        places = [(end, equation) for end in ends for equation in equations]
        for end, equation in places if lacking > 0 else ():
            beside = _Axis(equation, axis, variable, end, known)
            for meant in beside.regular(orders):
                if lacking <= 0:
                    break
                statement = sympy.Eq(_placed(meant, beside.symbols, unknowns, domain, axis, end), 0)
                relation = read(statement, f"the axis {variable} = {number(end)}")
                if _moves(relation, domain, time):
                    continue
                if all(relation.canonical != c.canonical for c in conditions):
                    added.append(relation)
                    lacking -= 1
    return added


def _moves(relation: Relation, domain: Domain, time: sympy.Symbol | None) -> bool:
    """Whether a condition holds derivatives by time."""
    return time is not None and any(
        t.orders[domain.variables.index(time)] > 0 for t in relation.traces
    )


def without_poles(problem: Stated) -> list[sympy.Expr]:
    """For each equation a factor that takes poles of second and higher order off its ends.

    Fitted at points, rows that grow as 1/r^2 leave nothing of the others: Laplace's equation in a
    disk reached 7e-4 at a tolerance of 1e-5, and with the factor r^2 2e-9 at one of 1e-8.
    """
    if not isinstance(problem.domain, Box):
        return [sympy.S.One] * len(problem.equations)
    known = {symbol: sympy.Float(value) for symbol, value in problem.parameters.items()}
    factors = []
    for equation in problem.equations:
        factor = sympy.S.One
        for axis, (variable, *ends) in enumerate(problem.domain):
            if not _may_have_pole(equation.residual, variable):
                continue
            for end in ends:
                power = _Axis(equation, axis, variable, end, known).pole
                if power > 1:
                    factor *= (variable - sympy.Float(end)) ** power
        factors.append(factor)
    return factors


def _may_have_pole(expression: sympy.Expr, variable: sympy.Symbol) -> bool:
    return any(
        node.has(variable)
        and (isinstance(node, _UNBOUNDED) or (node.is_Pow and node.exp.is_negative))
        for node in expression.atoms(sympy.Pow, *_UNBOUNDED)
    )


def _across(condition: Relation, axis: int) -> bool:
    """Whether a condition is one across a variable: on its walls, or an integral over it."""
    return any(
        t.place[axis] is not None and all(p is None for i, p in enumerate(t.place) if i != axis)
        for t in condition.traces
    )


class _Axis:
    """An equation beside an end of a variable."""

    def __init__(
        self,
        equation: Relation,
        axis: int,
        variable: sympy.Symbol,
        end: float,
        known: dict[sympy.Symbol, sympy.Float],
    ) -> None:
        self._axis = axis
        self._distance = sympy.Dummy("distance", positive=True)
        place = sympy.sympify(number(end))  # exact multiples of pi, where angles end
        self._residual = equation.residual.xreplace(known).xreplace(
            {variable: place + self._distance}
        )
        self._slopes = {
            t: sympy.diff(self._residual, s)
            for t, s in zip(equation.traces, equation.symbols, strict=True)
        }
        self.symbols = dict(zip(equation.traces, equation.symbols, strict=True))

    def regular(self, orders: Orders) -> list[sympy.Expr]:
        """What regularity asks for on the axis, each zero; nothing if it is no singular one."""
        leading = [
            t
            for t in self._slopes
            if t.orders[self._axis] == orders[t.unknown][self._axis] > 1
            and sum(t.orders) == t.orders[self._axis]
        ]
        if len(leading) != 1:
            return []
        (first,) = leading
        order = first.orders[self._axis]
        shares = {order: sympy.S.One}
        for trace, slope in self._slopes.items():
            along = trace.orders[self._axis]
            if trace.unknown == first.unknown and sum(trace.orders) == along < order:
                share = self._limit(self._distance ** (order - along) * slope / self._slopes[first])
                if share is None or not share.is_number:
                    return []
                shares[along] = share
        m, c = (shares.get(order - k, sympy.S.Zero) for k in (1, 2))
        if order == 2:
            left = self._on_axis(first) if c < 0 or (c == 0 and m >= 1) else None
            return [] if left is None else [left]
        if m >= sympy.Rational(order, 2) and self._is_even(first, shares):
            return [self._derivative(first, odd) for odd in range(1, order, 2)]
        return []

    def _is_even(self, first: Trace, shares: dict[int, sympy.Expr]) -> bool:
        """Whether an equation has half as many even solutions as its order, as Laplacians have."""
        order = first.orders[self._axis]
        exponents = [
            sum(share * sympy.ff(s, k) for k, share in shares.items()) for s in range(0, order, 2)
        ]
        mirrored = {s: (-1) ** t.orders[self._axis] * s for t, s in self.symbols.items()}
        other = self._residual.xreplace({self._distance: -self._distance}).xreplace(mirrored)
        return not any(exponents) and sympy.expand(other - self._residual) == 0

    def _derivative(self, first: Trace, order: int) -> sympy.Expr:
        """A symbol for a derivative that the equation may not hold."""
        steps = tuple(order * (i == self._axis) for i in range(len(first.orders)))
        trace = replace(first, orders=steps)
        return self.symbols.setdefault(trace, sympy.Dummy(real=True))

    def _on_axis(self, first: Trace) -> sympy.Expr | None:
        left = self._limit(self._distance**self.pole * self._residual)
        if left is None:
            return None
        factors = [
            f
            for f in sympy.Mul.make_args(sympy.factor(left))
            if f.free_symbols & set(self.symbols.values())
        ]
        # Of k(u) u_r = 0 the slope is meant.
        chosen = max(factors, key=self._highest, default=None)
        if chosen is None or self.symbols[first] in chosen.free_symbols:
            return None
        return chosen

    @property
    def pole(self) -> int:
        """The order of the highest pole of a coefficient or of what is known."""
        rest = self._residual.xreplace(dict.fromkeys(self.symbols.values(), sympy.S.Zero))
        growths = [self._growth(each) for each in (*self._slopes.values(), rest)]
        return max((g for g in growths if g is not None), default=0)

    def _highest(self, factor: sympy.Expr) -> int:
        held = factor.free_symbols
        return max(sum(t.orders) for t, s in self.symbols.items() if s in held)

    def _growth(self, expression: sympy.Expr) -> int | None:
        """The order of its pole, negative for a zero; None if it has neither.

        Told twice, since what is steep but no power, as a narrow Gaussian, grows unevenly.
        """
        if expression == 0:
            return None
        others = expression.free_symbols - {self._distance}
        anywhere = PROBES.generator().uniform(size=len(others)).tolist()
        point = dict(zip(sorted(others, key=str), map(sympy.Float, anywhere), strict=True))
        at = [
            expression.xreplace({**point, self._distance: sympy.Rational(distance)}).evalf(
                2 * DIGITS
            )
            for distance in (HALF_OF_THE_DIGITS * A_DIGIT**k for k in (3, 1, -1))
        ]
        if not all(a.is_Float and a for a in at):
            return None
        far, near = (
            round(float(sympy.log(abs(after / before), A_DIGIT)) / 2)
            for before, after in itertools.pairwise(at)
        )
        return near if near == far else None

    def _limit(self, expression: sympy.Expr) -> sympy.Expr | None:
        try:
            limit = sympy.limit(sympy.cancel(sympy.expand(expression)), self._distance, 0)
        except (NotImplementedError, ValueError, sympy.PolynomialError):
            return None
        if limit.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.Limit, sympy.AccumBounds):
            return None
        return limit


def _placed(
    meant: sympy.Expr,
    symbols: Mapping[Trace, sympy.Symbol],
    unknowns: Sequence[AppliedUndef],
    domain: Domain,
    axis: int,
    end: float,
) -> sympy.Expr:
    """An expression in symbols of traces, taken at an end."""
    taken = {}
    for trace, symbol in symbols.items():
        steps = [(v, n) for v, n in zip(domain.variables, trace.orders, strict=True) if n]
        unknown = unknowns[trace.unknown]
        derivative = sympy.Derivative(unknown, *steps) if steps else unknown
        taken[symbol] = sympy.Subs(derivative, domain.variables[axis], sympy.Float(end))
    return meant.xreplace(taken)
