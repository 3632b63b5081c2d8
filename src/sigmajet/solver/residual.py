"""Relations as NumPy functions: the residual and its exact partial derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from ..errors import ProblemError
from ..problem import Problem, Relation, Trace
from ..problem.printer import Printer

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Residual:
    """A relation ready to evaluate.

    `__call__` takes points (m, d) and the values of the traces (k, m) and returns the
    residual (m,) together with its partial derivatives by each trace (k, m).
    """

    relation: Relation
    _function: Callable[..., Sequence[Any]]
    parameters: tuple[float, ...]

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The derivatives that the relation is about."""
        return self.relation.traces

    @property
    def local(self) -> bool:
        """Whether all of them are taken at one point."""
        return all(p is None for trace in self.traces for p in trace.place)

    def __call__(self, points: Array, traces: Array) -> tuple[Array, Array]:
        """Evaluate the residual and its partial derivatives."""
        with np.errstate(all="ignore"):  # what is not finite is the caller's to judge
            results = self._function(*points.T, *traces, *self.parameters)
        table = np.empty((len(results), len(points)))
        for row, result in zip(table, results, strict=True):
            row[:] = np.real(result) if np.isrealobj(result) else _real(np.asarray(result))
        return table[0], table[1:]


def compile_relation(problem: Problem, relation: Relation) -> Residual:
    """Turn a relation into NumPy code, once."""
    return Residual(
        relation,
        compile_expressions(
            problem,
            relation.symbols,
            [
                relation.residual,
                *(partial_derivative(relation.residual, s) for s in relation.symbols),
            ],
        ),
        tuple(problem.parameters.values()),
    )


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


def _real(values: NDArray[Any]) -> Array:
    """Real part, not-a-number where an imaginary part shows that a branch was left."""
    return np.where(values.imag == 0.0, values.real, np.nan)
