r"""Powers that a solution on a line has beside places where known terms are infinite.

Beside a place of a term :math:`s^e` with :math:`s = |x - x_0|` and :math:`e < 0`, of an equation of
order n with the leading coefficient one, a solution is smooth functions times powers
(E. A. Coddington, N. Levinson, Theory of Ordinary Differential Equations, 1955, ch. 4):

.. math:: s^{e + n + k} \text{ of a source}, \quad
    s^{m + j (e + n - m) + k} \text{ of a factor of } u^{(m)}, \quad j = 1, 2, \dots,
    k = 0, 1, \dots,

of a source with an integer e times :math:`\log s`. Blocks that get smaller and smaller do not do
for them: after the smallest, of length h, the slope is off by :math:`h^{e + 1}`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import sympy

from ...problem.compiled.system import System
from ...rounding import SAME, relative_rounding


def singular_powers(system: System, width: int) -> list[sympy.Expr]:
    """Those that so many functions of a block do not represent to rounding."""
    problem = system.problem
    if len(problem.variables) != 1:
        return []
    highest = represented(width)
    found: dict[tuple[float, float], list[sympy.Expr]] = {}
    for number, equation in enumerate(system.equations):
        order = max((trace.orders[0] for trace in equation.traces), default=0)
        for place, exponent, level in _singular_terms(system, number, order):
            start = level or 0
            step = exponent + order - start
            most = 1 if level is None else int((highest - start) / step)
            for times in range(1, 1 + most):
                for more in range(math.ceil(highest - start - times * step)):
                    power = start + times * step + more
                    key = float(place), round(float(power) / SAME) * SAME
                    if exponent.is_Integer or abs(power - round(power)) > SAME:
                        found[key] = _beside(system, place, power, exponent.is_Integer)
    # Those of a factor s^(-99/100) of u' are too many, and too near each other to help.
    lowest = sorted(found, key=lambda key: key[1])[:width]
    return [one for key in lowest for one in found[key]]


def represented(width: int) -> float:
    """The exponent from which on so many functions of a block represent powers to rounding.

    Polynomials of degree N represent s^mu to N^(-2 mu) (S. N. Bernstein, 1938).
    """
    return -math.log(relative_rounding()) / (2.0 * math.log(width))


def _singular_terms(
    system: System, number: int, order: int
) -> Iterator[tuple[sympy.Expr, sympy.Expr, int | None]]:
    """Places, exponents, and of which order what they are factors of is; None of sources."""
    equation, problem = system.equations[number], system.problem
    relation = equation.relation
    leading = [
        symbol
        for trace, symbol in zip(equation.traces, relation.symbols, strict=True)
        if order and trace.orders[0] == order
    ]
    values = {p: sympy.nsimplify(v, rational=True) for p, v in problem.parameters.items()}
    residual = relation.residual.xreplace(values)
    if len(leading) != 1:
        return
    factor = sympy.diff(residual, leading[0])
    if factor == 0 or factor.free_symbols & set(relation.symbols):
        return
    scaled, (variable,) = residual / factor, problem.variables
    if all(_zero(power.base, variable) is None for power in scaled.atoms(sympy.Pow)):
        return
    orders = dict(zip(relation.symbols, (t.orders[0] for t in equation.traces), strict=True))
    (lower,), (upper,) = problem.domain.lower, problem.domain.upper
    for term in sympy.Add.make_args(sympy.expand_mul(scaled)):
        level = max((orders[s] for s in term.free_symbols if s in orders), default=None)
        exponents: dict[sympy.Expr, sympy.Expr] = {}
        for base, exponent in term.as_powers_dict().items():
            place = _zero(base, variable)
            if place is not None and exponent.is_number and exponent.is_real:
                exponents[place] = exponents.get(place, sympy.Integer(0)) + exponent
        for place, exponent in exponents.items():
            inside = lower - SAME < float(place) < upper + SAME
            weak = (level or 0) - order < exponent < 0
            if inside and weak and not (exponent.is_Integer and level is not None):
                yield place, exponent, level


def _zero(base: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr | None:
    """Where a factor vanishes that is x - x_0 or its size, but for a number."""
    inner = base.args[0] if isinstance(base, sympy.Abs) else base
    slope = sympy.diff(inner, variable)
    if inner.free_symbols != {variable} or not slope.is_number or slope == 0:
        return None
    place = sympy.expand(variable - inner / slope)
    return place if place.is_real else None


def _beside(
    system: System, place: sympy.Expr, power: sympy.Expr, logarithm: bool
) -> list[sympy.Expr]:
    """A power on each side of a place, where there is something of the line."""
    (variable,) = system.problem.variables
    (lower,), (upper,) = system.problem.domain.lower, system.problem.domain.upper
    same, found = SAME * (upper - lower), []
    for away in (variable - place, place - variable):
        ends = [float(away.subs(variable, end)) for end in (lower, upper)]
        function = away**power * (sympy.log(away) if logarithm else 1)
        if min(ends) < -same or logarithm:
            function = sympy.Piecewise((function, away > 0), (0, True))
        if max(ends) > same:
            found.append(function)
    return found
