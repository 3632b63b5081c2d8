r"""Equations in the time from a place at which a term of the variable is infinite.

Beside :math:`t_0 = 1` the distance :math:`1 - t` has few digits, and with it
:math:`(1 - t)^{-2/3}`: an integral over the last :math:`10^{-15}` is :math:`3 \cdot 10^{-5}`. With
:math:`t = t_0 + \tau` in the equations, and sums multiplied out, it has all the digits of
:math:`\tau`. The places are roots of what stands below a fraction, in a power or a logarithm, as
polynomials have them exactly, and ends of the interval at which it vanishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy.core.relational import Relational

from ...problem.compiled.ordinary import Equations
from ...problem.statement import Problem
from ...problem.terms.relation import Relation


def singular_times(problem: Problem) -> dict[float, sympy.Expr]:
    """Where a power or logarithm of the variable in the equations may be infinite, exactly."""
    (variable,) = problem.variables
    (lower,), (upper,) = problem.domain.lower, problem.domain.upper
    given = _values(problem)
    found: dict[float, sympy.Expr] = {}
    for relation in problem.equations:
        for base in _bases(relation.residual.xreplace(given), variable):
            ends = [end for end in map(_exact, (lower, upper)) if base.subs(variable, end) == 0]
            for place in (*_roots(base, variable), *ends):
                if lower <= float(place) <= upper:
                    found.setdefault(float(place), place)
    return found


def framed(problem: Problem, place: sympy.Expr) -> Equations:
    """The equations in the time from a place."""
    (variable,) = problem.variables
    given, moved = _values(problem), {variable: place + variable}

    def shifted(expression: sympy.Basic) -> sympy.Basic:
        """With sums of the variable multiplied out, so that the place falls out where it can."""
        if isinstance(expression, Relational) and expression.free_symbols == {variable}:
            gap = (expression.lhs - expression.rhs).xreplace(moved)
            return expression.func(sympy.expand(gap), 0)
        alone = isinstance(expression, sympy.Expr) and expression.free_symbols == {variable}
        if alone and expression.is_polynomial(variable):
            return sympy.expand(expression.xreplace(moved))
        if expression.args and variable in expression.free_symbols:
            return expression.func(*map(shifted, expression.args))
        return expression

    relations: list[Relation] = [
        replace(relation, residual=shifted(relation.residual.xreplace(given)))
        for relation in problem.equations
    ]
    return Equations.compile(problem, relations)


def _values(problem: Problem) -> dict[sympy.Symbol, sympy.Expr]:
    return {symbol: _exact(value) for symbol, value in problem.parameters.items()}


def _exact(value: float) -> sympy.Expr:
    return sympy.Rational(float(value))


def _bases(expression: sympy.Basic, variable: sympy.Symbol) -> Iterator[sympy.Expr]:
    """What stands below a root or fraction, or in a logarithm, and holds the variable alone."""
    for atom in expression.atoms(sympy.Pow, sympy.log):
        base = atom.args[0]
        whole = atom.is_Pow and atom.exp.is_Integer and atom.exp > 0
        if not whole and base.free_symbols == {variable}:
            yield from (inner.args[0] for inner in base.atoms(sympy.Abs))
            yield base


def _roots(base: sympy.Expr, variable: sympy.Symbol) -> list[sympy.Expr]:
    """The real roots of a polynomial, of those factors whose roots cancel once multiplied out."""
    if not base.is_polynomial(variable):
        return []
    _, factors = sympy.factor_list(sympy.nsimplify(base, rational=True), variable)
    roots: dict[sympy.Expr, int] = {}
    for factor, _ in factors:
        polynomial = sympy.Poly(factor, variable)
        if polynomial.is_linear or polynomial.is_quadratic:
            roots |= sympy.roots(polynomial)
    return [root for root in roots if root.is_real]
