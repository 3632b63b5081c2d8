"""Numbers as users write them: Python's, NumPy's and SymPy's, read as floats, and written."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from ...rules.samples import FEW
from .effort import fault

__all__ = ["expression", "finite", "number", "numbers", "real", "worked_out"]

DIGITS = sys.float_info.dig + 2  # that tell a float from all others
_HYPERBOLIC = (sympy.sinh, sympy.cosh)  # sums of exponentials, beyond floats where these are


_NO_PARAMETERS: Mapping[sympy.Symbol, float] = {}


def expression(value: Any, what: object) -> sympy.Expr:
    """Return `value` as a SymPy expression; strings are refused: SymPy would execute them."""
    if isinstance(value, str):
        raise ProblemError(
            f"{what}: got the text {value!r}, expected a number or SymPy expression; "
            "statements written as text are read from a file by load_problem"
        )
    result = None
    # Texts within a list or an array SymPy would execute as well.
    holds_many = isinstance(value, Mapping | Sequence | Set) or getattr(value, "shape", ()) != ()
    if isinstance(value, sympy.Basic | sympy.MatrixBase) or not holds_many:
        with contextlib.suppress(sympy.SympifyError, TypeError, ValueError, AttributeError):
            result = sympy.sympify(value, strict=True)
    if isinstance(result, sympy.NDimArray) and result.rank() == 0:  # a NumPy array of one number
        result = result[()]
    if isinstance(result, sympy.MatrixBase | sympy.NDimArray):
        raise ProblemError(
            f"{what}: got a matrix, expected one scalar; give its entries one by one"
        )
    if not isinstance(result, sympy.Expr):
        is_function = isinstance(value, sympy.core.function.UndefinedFunction)
        raise ProblemError(
            f"{what}: got {value!r:.200} ({type(value).__name__}), expected a number or SymPy "
            f"expression{'; apply it, as in u(x)' if is_function else ''}"
        )
    if (why := fault(result)) is not None:
        raise ProblemError(f"{what}: {why}")
    return result


def finite(value: Any, what: str) -> sympy.Expr:
    """The same, without infinite and undefined numbers in it."""
    result = expression(value, what)
    if result.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise ProblemError(f"{what}: a number in it is infinite or undefined, got {result}")
    return result


def real(
    value: Any, what: object, parameters: Mapping[sympy.Symbol, float] = _NO_PARAMETERS
) -> float:
    """Return `value` as a finite float, its parameters replaced by their values."""
    constant = expression(value, what)
    constant = constant.xreplace({p: sympy.Float(v) for p, v in parameters.items()})
    without_value = constant.free_symbols or constant.atoms(AppliedUndef)
    if without_value:
        unknown = ", ".join(sorted(map(str, without_value)))
        raise ProblemError(
            f"{what}: got {value}, expected a number; {unknown} has no value "
            "(give it in parameters)"
        )
    evaluated = constant.evalf(DIGITS + 3)
    if evaluated.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
        raise ProblemError(f"{what}: got {value}, expected a finite number")
    if not evaluated.is_Float and not evaluated.is_Rational:
        kind = "a complex number" if evaluated.has(sympy.I) else "not a number"
        raise ProblemError(f"{what}: got {value}, which is {kind}; expected a real number")
    result = float(evaluated)
    if not math.isfinite(result):
        raise ProblemError(f"{what}: got {value}, which is too large for a float")
    return result


_MULTIPLES = (1, 2, 3, 4, 6)  # of pi over these: angles as people write them


def number(value: float) -> str:
    """Write a short text that reads back as the same float: `2`, `0.1`, `2*pi`."""
    if value == int(value) and abs(value) < 10**sys.float_info.dig:
        return str(int(value))
    if abs(value) < FEW * math.pi:
        for divisor in _MULTIPLES:
            multiple = round(value * divisor / math.pi) * sympy.pi / divisor
            if value == float(multiple):
                return str(multiple)
    return repr(float(value))


def numbers(values: Iterable[float]) -> str:
    """Write several, with commas between them."""
    return ", ".join(number(float(value)) for value in values)


def worked_out(node: sympy.Basic, named: object) -> sympy.Basic:
    """Replace constants with functions in them by floats: SymPy gets them right.

    NumPy may not: log(cosh(745)) overflows on the way, and erfi(1) is no NumPy function.
    """
    if isinstance(node, sympy.Mul) and node.free_symbols:
        node = _within_floats(node)
    if not node.args or isinstance(node, AppliedUndef):
        return node
    is_constant = isinstance(node, sympy.Expr) and not node.free_symbols
    if is_constant and node.has(sympy.Function) and not node.atoms(AppliedUndef):
        return _as_float(node, named)
    arguments = [worked_out(argument, named) for argument in node.args]
    if all(new is old for new, old in zip(arguments, node.args, strict=True)):
        return node
    return node.func(*arguments)


def _within_floats(product: sympy.Mul) -> sympy.Expr:
    """A product of exponentials as one, and with it what no float holds.

    Apart one vanishes where another overflows: exp(-1000)*exp(2000*x)*exp(-1000*x**2) is a pulse,
    and sinh(1000*x)/sinh(1000) a layer.
    """
    joined = _with_one_exponential(product)
    beyond = [each for each in sympy.Mul.make_args(joined) if _is_beyond_floats(each)]
    if not beyond or not any(each.free_symbols for each in joined.atoms(sympy.exp, *_HYPERBOLIC)):
        return joined
    constant = sympy.Mul(*beyond)
    size = sympy.Rational(sympy.log(sympy.Abs(constant)).evalf(DIGITS))
    factor = sympy.sign(constant) * sympy.exp(size)
    others = (joined / constant).rewrite(_HYPERBOLIC, sympy.exp)
    terms = sympy.Add.make_args(sympy.expand(others, power_exp=False, power_base=False))
    return sympy.Add(*(_with_one_exponential(factor * term) for term in terms))


def _with_one_exponential(product: sympy.Expr) -> sympy.Expr:
    factors = sympy.Mul.make_args(product)
    exponents = [factor.exp for factor in factors if isinstance(factor, sympy.exp)]
    if len(exponents) < 2:
        return product
    others = [factor for factor in factors if not isinstance(factor, sympy.exp)]
    return sympy.Mul(*others, sympy.exp(sympy.Add(*exponents)))


def _is_beyond_floats(factor: sympy.Expr) -> bool:
    if factor.free_symbols or not factor.has(sympy.Function):
        return False
    value = factor.evalf(DIGITS)
    return bool(value.is_Float and value and not 0.0 < abs(float(value)) < math.inf)


def _as_float(constant: sympy.Expr, named: object) -> sympy.Basic:
    value = constant.evalf(DIGITS)
    if not value.is_Float:  # nothing that SymPy can evaluate: refused where it is printed
        return constant
    if not math.isfinite(float(value)):
        raise ProblemError(f"{named}: {constant} is too large for a float")
    return sympy.Float(float(value))
