"""The words of problem files: constants, functions, and what may be a name."""

from __future__ import annotations

import keyword
import math
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy
from scipy import special

__all__ = ["CONSTANTS", "FUNCTIONS", "RESERVED", "Word", "name_fault"]


class Word(NamedTuple):
    """A function of problem files: how SymPy and how a float computes it."""

    symbolic: Callable[..., Any]
    numeric: Callable[..., float]
    arguments: int | None = 1  # None: two or more


def _rounded(rounding: Callable[[float], int], x: float) -> float:
    if abs(x) > 2**52:  # SymPy would look for an integer among ever more digits
        raise OverflowError
    return float(rounding(x))


CONSTANTS = {"pi": sympy.pi, "E": sympy.E}

_ONE_ARGUMENT: dict[str, tuple[Any, Callable[..., float]]] = {
    "sqrt": (sympy.sqrt, math.sqrt),
    "exp": (sympy.exp, math.exp),
    "log": (sympy.log, math.log),
    "sin": (sympy.sin, math.sin),
    "cos": (sympy.cos, math.cos),
    "tan": (sympy.tan, math.tan),
    "cot": (sympy.cot, lambda x: 1 / math.tan(x)),
    "sec": (sympy.sec, lambda x: 1 / math.cos(x)),
    "csc": (sympy.csc, lambda x: 1 / math.sin(x)),
    "asin": (sympy.asin, math.asin),
    "acos": (sympy.acos, math.acos),
    "atan": (sympy.atan, math.atan),
    "sinh": (sympy.sinh, math.sinh),
    "cosh": (sympy.cosh, math.cosh),
    "tanh": (sympy.tanh, math.tanh),
    "coth": (sympy.coth, lambda x: 1 / math.tanh(x)),
    "sech": (sympy.sech, lambda x: 1 / math.cosh(x)),
    "csch": (sympy.csch, lambda x: 1 / math.sinh(x)),
    "asinh": (sympy.asinh, math.asinh),
    "acosh": (sympy.acosh, math.acosh),
    "atanh": (sympy.atanh, math.atanh),
    "Abs": (sympy.Abs, abs),
    "sign": (sympy.sign, lambda x: float((x > 0) - (x < 0))),
    "floor": (sympy.floor, lambda x: _rounded(math.floor, x)),
    "ceiling": (sympy.ceiling, lambda x: _rounded(math.ceil, x)),
    "Heaviside": (sympy.Heaviside, lambda x: 0.5 * (1 + (x > 0) - (x < 0))),
    "erf": (sympy.erf, math.erf),
    "erfc": (sympy.erfc, math.erfc),
    "gamma": (sympy.gamma, math.gamma),
    "loggamma": (sympy.loggamma, lambda x: math.log(math.gamma(x))),  # SymPy computes gamma
    "airyai": (sympy.airyai, lambda x: float(special.airy(x)[0])),
    "airybi": (sympy.airybi, lambda x: float(special.airy(x)[2])),
}

# The keys are the names of the SymPy classes, so that what SymPy prints reads back.
FUNCTIONS: dict[str, Word] = {name: Word(*both) for name, both in _ONE_ARGUMENT.items()} | {
    "atan2": Word(sympy.atan2, math.atan2, 2),
    "besselj": Word(sympy.besselj, lambda n, x: float(special.jv(n, x)), 2),
    "bessely": Word(sympy.bessely, lambda n, x: float(special.yv(n, x)), 2),
    "besseli": Word(sympy.besseli, lambda n, x: float(special.iv(n, x)), 2),
    "besselk": Word(sympy.besselk, lambda n, x: float(special.kv(n, x)), 2),
    "Max": Word(sympy.Max, max, None),
    "Min": Word(sympy.Min, min, None),
}
FUNCTIONS |= {
    "abs": FUNCTIONS["Abs"],
    "max": FUNCTIONS["Max"],
    "min": FUNCTIONS["Min"],
    "ln": FUNCTIONS["log"],
    "ceil": FUNCTIONS["ceiling"],
}

RESERVED = frozenset({*FUNCTIONS, *CONSTANTS, "diff", "integral", "where", "nan", "inf"})


def name_fault(name: str) -> str | None:
    """Say why `name` cannot name a variable, an unknown or a parameter; None if it can."""
    if name in RESERVED:
        return f"{name} is a word of the notation"
    if name == "lambda":  # common in physics, and no statement needs Python's
        return None
    if not name.isidentifier() or name.startswith("_") or len(name) > 40:
        return "a name is a letter, then letters, digits and underscores, 40 at most"
    if keyword.iskeyword(name):
        return f"{name} is a word of Python"
    if unicodedata.normalize("NFKC", name) != name:
        return "it holds letters that look like others"
    return None
