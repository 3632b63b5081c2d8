"""SymPy expressions as one NumPy function, with one meaning of what has no real value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from ..._types import Array
from ...errors import ProblemError
from ..statement import Problem
from ..terms.printer import Printer


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


@dataclass(frozen=True, slots=True)
class Table:
    """Expressions as one function: a row of real numbers for each.

    A value that is not real, as that of a root of a negative number, is not-a-number; one beyond
    all floating-point numbers is infinite. Neither is warned of: what it means, the caller knows.
    """

    _function: Callable[..., Sequence[Any]]
    parameters: Mapping[sympy.Symbol, np.float64]
    """As NumPy's own scalars: of floats of Python 1/0 is an error, not infinite."""

    @classmethod
    def compile(
        cls,
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
        function = _compiled(problem, [*symbols, *parameters], expressions)
        return cls(function, _scalars(parameters))

    def at(self, parameters: Mapping[sympy.Symbol, float]) -> Table:
        """The same expressions for other values of the parameters."""
        return replace(self, parameters=_scalars({p: parameters[p] for p in self.parameters}))

    def __call__(self, points: Array, traces: Array | Sequence[Array] = ()) -> Array:
        """Evaluate at points (m, d), or times (m,), and values of the symbols (k, m).

        Returns
        -------
        array (expressions, m)
        """
        variables = points.T if points.ndim > 1 else (points,)
        with np.errstate(all="ignore"):
            results = self._function(*variables, *traces, *self.parameters.values())
            table: Array = np.empty((len(results), len(points)))
            for row, result in zip(table, results, strict=True):
                row[:] = _real(result) if _is_complex(result) else result
        return table


def _scalars(parameters: Mapping[sympy.Symbol, float]) -> Mapping[sympy.Symbol, np.float64]:
    return {symbol: np.float64(value) for symbol, value in parameters.items()}


def _is_complex(result: Any) -> bool:
    """As `numpy.iscomplexobj`, in a tenth of its time: this is asked of every row."""
    if isinstance(result, np.ndarray):
        return bool(result.dtype.kind == "c")
    return isinstance(result, complex)


def _real(values: Any) -> Array:
    """Real part, not-a-number where an imaginary part shows that a branch was left."""
    return np.where(np.imag(values) == 0.0, np.real(values), np.nan)


def _may_overflow(expression: sympy.Basic) -> bool:
    """Whether it is a product of an exponential and of a sum that holds one.

    So SymPy simplifies second derivatives of narrow peaks, exp(-w) (2 exp(w) + ...), and where
    exp(w) overflows the product is none.
    """
    return expression.is_Mul and any(
        isinstance(factor, sympy.exp) and other.is_Add and other.has(sympy.exp)
        for factor in expression.args
        for other in expression.args
    )


def _multiplied_out(product: sympy.Expr) -> sympy.Expr:
    """Each term with its exponentials in one."""
    terms = sympy.Add.make_args(sympy.expand_mul(product, deep=False))
    return sympy.Add(*(sympy.powsimp(term, combine="exp") for term in terms))


def _compiled(
    problem: Problem, symbols: Sequence[sympy.Symbol], expressions: Sequence[sympy.Expr]
) -> Callable[..., Sequence[Any]]:
    """NumPy function of the variables and `symbols`, in this order."""
    functions = {function.__name__: call for function, call in problem.functions.items()}
    arguments = [*problem.variables, *symbols]
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
            [sympy.sympify(e).replace(_may_overflow, _multiplied_out) for e in expressions],
            # What it prints of SciPy the printer imports by name: all of it would take as long to
            # load as a small problem takes.
            modules=[functions, "numpy"],
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
