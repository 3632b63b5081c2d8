"""SymPy expressions as one NumPy function, with one meaning of what has no real value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy
from sympy.logic.boolalg import BooleanFunction
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from .._types import Array
from ..errors import ProblemError
from .printer import Printer, unprintable

__all__ = ["Table"]

NONE: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Table:
    """Expressions as one function: a row of real numbers for each.

    A value that is not real, as that of a root of a negative number, is not-a-number; one beyond
    all floating-point numbers is infinite. Neither is warned of: what it means, the caller knows.
    """

    _function: Callable[..., Sequence[Any]]
    parameters: Mapping[sympy.Symbol, np.float64]
    """As NumPy's own scalars: of floats of Python 1/0 is an error, not infinite."""
    _given: tuple[Any, ...]
    _combined: bool
    """Whether conditions are combined, for which NumPy wants all of them as arrays."""

    @classmethod
    def compile(
        cls,
        variables: Sequence[sympy.Symbol],
        expressions: Sequence[sympy.Expr],
        symbols: Sequence[sympy.Symbol] = (),
        parameters: Mapping[sympy.Symbol, float] = NONE,
        functions: Mapping[Any, Callable[..., Any]] = NONE,
    ) -> Table:
        """Compile expressions in variables, further symbols, parameters and users' functions.

        Raises
        ------
        ProblemError
            If one holds what neither NumPy nor SciPy has; the text goes on after `holds`.
        """
        safe = [sympy.sympify(e).replace(_may_overflow, _multiplied_out) for e in expressions]
        named = {function.__name__: call for function, call in functions.items()}
        try:
            function: Callable[..., Sequence[Any]] = sympy.lambdify(
                [*variables, *symbols, *parameters],
                safe,
                # What it prints of SciPy the printer imports by name: all of it would take as long
                # to load as a small problem takes.
                modules=[named, "numpy"],
                printer=Printer.of(named),
                cse=_common_subexpressions,
                dummify=True,
            )
        except (PrintMethodNotImplementedError, ValueError) as error:
            raise ProblemError(
                f"{unprintable(error)}, which cannot be turned into NumPy or SciPy; write it with "
                "other functions"
            ) from error
        given = tuple(variables), tuple(expressions), tuple(symbols), dict(functions)
        combined = any(e.has(BooleanFunction) for e in safe)
        return cls(function, _scalars(parameters), given, combined)

    def __reduce__(self) -> tuple[Callable[..., Table], tuple[Any, ...]]:
        *given, functions = self._given
        return Table.compile, (*given, dict(self.parameters), functions)  # code is not pickled

    def at(self, parameters: Mapping[sympy.Symbol, float]) -> Table:
        """The same expressions for other values of the parameters."""
        return replace(self, parameters=_scalars({p: parameters[p] for p in self.parameters}))

    def __call__(self, points: Array, values: Array | Sequence[Array] = ()) -> Array:
        """Evaluate at points (m, d), or of one variable (m,), and values of the symbols (k, m).

        Returns
        -------
        array (expressions, m)
        """
        variables = points.T if points.ndim > 1 else (points,)
        given = [*variables, *values, *self.parameters.values()]
        if self._combined:
            given = [np.broadcast_to(each, len(points)) for each in given]
        with np.errstate(all="ignore"):
            results = self._function(*given)
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


def _common_subexpressions(expressions: Any) -> Any:
    """What `lambdify` takes as `cse`, with symbols that no statement can hold.

    SymPy's own are x0, x1, ...: a variable of that name that an expression does not hold would be
    taken for them.
    """
    names = sympy.numbered_symbols(cls=sympy.Dummy)
    return sympy.cse(expressions, symbols=names, list=False)
