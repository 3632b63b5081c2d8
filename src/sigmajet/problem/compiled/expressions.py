"""Expressions in the terms of a problem: compiled, differentiated, and in powers of a symbol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import sympy

from ...errors import ProblemError
from ...expressions.table import Table
from ..statement import Problem


def partial_derivative(residual: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """Partial derivative almost everywhere: a jump of sign(u) has none, and no step lands on it.

    That of sqrt(Max(u, 0)) is nothing where u < 0, though the other factor has no value there.
    """
    found = sympy.diff(residual, symbol).replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
    return found.replace(_is_cut_off, _cut_off)


def _is_cut_off(expression: sympy.Basic) -> bool:
    """Whether it is a product of a step and of what may be infinite at it."""
    return expression.is_Mul and any(
        isinstance(step, sympy.Heaviside)
        and any(
            isinstance(power, sympy.Pow) and power.exp.could_extract_minus_sign()
            for other in expression.args
            for power in other.atoms(sympy.Pow)
        )
        for step in expression.args
    )


def _cut_off(product: sympy.Expr) -> sympy.Expr:
    """Zero where a step of a product is zero, whatever the rest of it is."""
    steps = [factor for factor in product.args if isinstance(factor, sympy.Heaviside)]
    rest = sympy.Mul(*(factor for factor in product.args if factor not in steps))
    beyond = sympy.And(*(step.args[0] > 0 for step in steps))
    return sympy.Piecewise((rest, beyond), (0, True))


def polynomial_in(expression: sympy.Expr, symbol: sympy.Symbol) -> list[sympy.Expr] | None:
    """Coefficients by falling powers of a symbol; None of what is no polynomial in it."""
    try:
        polynomial = sympy.Poly(expression, symbol)
    except sympy.PolynomialError:
        return None
    coefficients: list[sympy.Expr] = polynomial.all_coeffs()
    return None if any(c.has(symbol) for c in coefficients) else coefficients


def remainder(expression: sympy.Expr) -> sympy.Expr:
    """What an expression loses as the rational coefficients of its terms become doubles.

    Where large terms cancel that is most of its rounding, and it is the same everywhere.
    """
    lost = sympy.Integer(0)
    for term in sympy.Add.make_args(expression):
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_Rational:
            continue
        nearest = float(coefficient)
        if np.isfinite(nearest):
            lost += sympy.Float(coefficient - sympy.Rational(nearest)) * rest
    return lost


def compile_table(
    problem: Problem,
    symbols: Sequence[sympy.Symbol],
    expressions: Sequence[sympy.Expr],
    further: Mapping[sympy.Symbol, float] = MappingProxyType({}),
) -> Table:
    """Compile expressions in the variables and parameters of a problem and in `symbols`.

    `further` parameters are none of the problem's.

    Raises
    ------
    ProblemError
        If a derivative of a special function is none that SciPy has.
    """
    parameters = {**problem.parameters, **further}
    try:
        return Table.compile(problem.variables, expressions, symbols, parameters, problem.functions)
    except ProblemError as error:
        # The statement itself is known to print: a solver has taken a derivative.
        special = {f.func.__name__ for e in expressions for f in e.atoms(sympy.Function)}
        raise ProblemError(
            "a derivative that the solver needs cannot be turned into NumPy or SciPy, of one of "
            f"{', '.join(sorted(special))}; such a function may stand in an equation, but of "
            "the variables alone"
        ) from error
