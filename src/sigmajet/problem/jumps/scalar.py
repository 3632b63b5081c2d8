"""What an argument of a word of statements may be, before SymPy reads it: it executes texts."""

from __future__ import annotations

from numbers import Number
from typing import Any

import sympy

from ...errors import ProblemError

__all__ = ["scalar", "several", "symbols"]


def scalar(value: Any, what: str) -> sympy.Expr:
    """A SymPy expression or a number, as an expression.

    Raises
    ------
    ProblemError
        If it is neither, or an undefined number; `what` names it.
    """
    if isinstance(value, Number) and not isinstance(value, bool | sympy.Basic):
        value = sympy.sympify(value, strict=True)
    if isinstance(value, sympy.Expr):
        return value
    raise ProblemError(
        f"{what}: got {value!r:.60}, expected a number or SymPy expression, as u(x, y)"
    )


def several(value: Any) -> list[Any]:
    """The parts of a sequence or matrix, or a thing alone."""
    many = isinstance(value, list | tuple | sympy.Tuple | sympy.MatrixBase)
    return list(value) if many else [value]


def symbols(value: Any, what: str) -> list[sympy.Symbol]:
    """One variable or several.

    Raises
    ------
    ProblemError
        If there are others than symbols; `what` names them.
    """
    found = several(value)
    if not all(isinstance(each, sympy.Symbol) for each in found):
        raise ProblemError(f"{what}: got {value!r:.60}, expected variables, as x or (x, y)")
    return found
