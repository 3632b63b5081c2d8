"""SymPy expressions as NumPy functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from ...errors import ProblemError
from ..statement import Problem
from ..terms.printer import Printer


def partial_derivative(residual: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """Partial derivative almost everywhere: a jump of sign(u) has none, and no step lands on it."""
    return sympy.diff(residual, symbol).replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))


def polynomial_in(expression: sympy.Expr, symbol: sympy.Symbol) -> list[sympy.Expr] | None:
    """Coefficients by falling powers of a symbol; None of what is no polynomial in it."""
    try:
        polynomial = sympy.Poly(expression, symbol)
    except sympy.PolynomialError:
        return None
    coefficients: list[sympy.Expr] = polynomial.all_coeffs()
    return None if any(c.has(symbol) for c in coefficients) else coefficients


def compile_expressions(
    problem: Problem, symbols: Sequence[sympy.Symbol], expressions: Sequence[sympy.Expr]
) -> Callable[..., Sequence[Any]]:
    """NumPy function of the variables, `symbols` and the parameters, in this order.

    Raises
    ------
    ProblemError
        If a derivative of a special function is none that SciPy has.
    """
    functions = {function.__name__: call for function, call in problem.functions.items()}
    arguments = [*problem.variables, *symbols, *problem.parameters]
    printer = Printer(
        {  # as `lambdify` sets up its own, but for the unknown functions
            "fully_qualified_modules": False,
            "inline": True,
            "allow_unknown_functions": False,
            "user_functions": {name: name for name in functions},
        }
    )
    try:
        compiled: Callable[..., Sequence[Any]] = sympy.lambdify(
            arguments,
            list(expressions),
            modules=[functions, "scipy", "numpy"],
            printer=printer,
            cse=_common_subexpressions,
            dummify=True,
        )
    except (PrintMethodNotImplementedError, ValueError) as problem:
        # The statement itself is known to print: a solver has taken a derivative.
        special = {f.func.__name__ for e in expressions for f in e.atoms(sympy.Function)}
        raise ProblemError(
            "a derivative that the solver needs cannot be turned into NumPy or SciPy, of one of "
            f"{', '.join(sorted(special))}; such a function may stand in an equation, but of "
            "the variables alone"
        ) from problem
    return compiled


def _common_subexpressions(expressions: Any) -> Any:
    """What `lambdify` takes as `cse`, with symbols that no statement can hold.

    SymPy's own are x0, x1, ...: a variable of that name that an expression does not hold would be
    taken for them.
    """
    names = sympy.numbered_symbols(cls=sympy.Dummy)
    return sympy.cse(expressions, symbols=names, list=False)
