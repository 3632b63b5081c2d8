"""The words of problem files: constants, functions, and what may be a name."""

from __future__ import annotations

import difflib
import keyword
import math
import sys
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import mpmath
import sympy

__all__ = ["CONSTANTS", "FUNCTIONS", "NUMBERS", "RESERVED", "Word", "did_you_mean", "name_fault"]


# Constants are worked out in a float's precision; unlike floats, these numbers reach beyond 1e308.
NUMBERS = mpmath.MPContext()
NUMBERS.prec = sys.float_info.mant_dig


class Word(NamedTuple):
    """A function of problem files: how SymPy and how mpmath or SciPy computes it."""

    symbolic: Callable[..., Any]
    numeric: Callable[..., Any]
    arguments: int | None = 1  # None: two or more


def _rounded(rounding: Callable[[float], int], x: Any) -> Any:
    if abs(x) * sys.float_info.epsilon > 1.0:  # SymPy would look for one among ever more digits
        raise OverflowError
    return NUMBERS.mpf(rounding(float(x)))


def _sign(x: Any) -> int:
    return int(x > 0) - int(x < 0)


def _in_floats(function: Callable[..., float]) -> Callable[..., Any]:
    """Let SciPy compute what could take mpmath for ever at large arguments."""
    return lambda *arguments: NUMBERS.mpf(float(function(*map(float, arguments))))


def _of_scipy(name: str) -> Callable[..., Any]:
    """A function of SciPy's, which take as long to load as a small problem to solve."""

    def function(*arguments: float) -> Any:
        from scipy import special

        return getattr(special, name)(*arguments)

    return function


def _airy(kind: int) -> Callable[..., Any]:
    """Ai, Ai', Bi or Bi'."""
    return _in_floats(lambda x: _of_scipy("airy")(x)[kind])


CONSTANTS = {
    "pi": (sympy.pi, NUMBERS.mpf(math.pi)),
    "E": (sympy.E, NUMBERS.mpf(math.e)),
    "I": (sympy.I, NUMBERS.j),
}

_ELEMENTARY = [
    *("sqrt", "exp", "log"),
    *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh"),
]

# The keys are the names of the SymPy classes, so that what SymPy prints reads back.
FUNCTIONS: dict[str, Word] = {
    name: Word(getattr(sympy, name), getattr(NUMBERS, name)) for name in _ELEMENTARY
} | {
    "Abs": Word(sympy.Abs, abs),
    "re": Word(sympy.re, NUMBERS.re),
    "im": Word(sympy.im, NUMBERS.im),
    "conjugate": Word(sympy.conjugate, NUMBERS.conj),
    "arg": Word(sympy.arg, NUMBERS.arg),
    "sign": Word(sympy.sign, _sign),
    "floor": Word(sympy.floor, lambda x: _rounded(math.floor, x)),
    "ceiling": Word(sympy.ceiling, lambda x: _rounded(math.ceil, x)),
    "Heaviside": Word(sympy.Heaviside, lambda x: NUMBERS.mpf((1 + _sign(x)) / 2)),
    "erf": Word(sympy.erf, _in_floats(math.erf)),
    "erfc": Word(sympy.erfc, _in_floats(math.erfc)),
    "erfi": Word(sympy.erfi, _in_floats(_of_scipy("erfi"))),
    "gamma": Word(sympy.gamma, _in_floats(math.gamma)),
    # SymPy computes gamma on the way, which must not overflow.
    "loggamma": Word(sympy.loggamma, _in_floats(lambda x: math.log(math.gamma(x)))),
    "airyai": Word(sympy.airyai, _airy(0)),
    "airyaiprime": Word(sympy.airyaiprime, _airy(1)),
    "airybi": Word(sympy.airybi, _airy(2)),
    "airybiprime": Word(sympy.airybiprime, _airy(3)),
    "atan2": Word(sympy.atan2, NUMBERS.atan2, 2),
    "besselj": Word(sympy.besselj, _in_floats(_of_scipy("jv")), 2),
    "bessely": Word(sympy.bessely, _in_floats(_of_scipy("yv")), 2),
    "besseli": Word(sympy.besseli, _in_floats(_of_scipy("iv")), 2),
    "besselk": Word(sympy.besselk, _in_floats(_of_scipy("kv")), 2),
    "Max": Word(sympy.Max, max, None),
    "Min": Word(sympy.Min, min, None),
}
FUNCTIONS |= {
    "abs": FUNCTIONS["Abs"],
    "heaviside": FUNCTIONS["Heaviside"],
    "max": FUNCTIONS["Max"],
    "min": FUNCTIONS["Min"],
    "ln": FUNCTIONS["log"],
    "ceil": FUNCTIONS["ceiling"],
}

# Words that others may give to a current, a moment or a modulus, or to a ratio of heats; these have
# then the meaning that a file gives them.
_FREE = frozenset({"E", "I", "re", "im", "arg", "conjugate", "gamma"})
RESERVED = frozenset({*FUNCTIONS, *CONSTANTS, "diff", "integral", "where", "nan", "inf"}) - _FREE


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that it may stand for, if any.

    Examples
    --------
    >>> did_you_mean("omge", ["x", "omega"]), did_you_mean("y", ["x", "omega"])
    ('; did you mean omega?', '')
    """
    spelt = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(name.casefold(), spelt, n=1)
    return "".join(f"; did you mean {spelt[found]}?" for found in close)


_LONGEST_NAME = 40  # two to a line of a terminal


def name_fault(name: str) -> str | None:
    """Say why `name` cannot name a variable, an unknown or a parameter; None if it can."""
    if name in RESERVED:
        return f"{name} is a word of the notation"
    if name == "lambda":  # common in physics, and no statement needs Python's
        return None
    if not name.isidentifier() or name.startswith("_") or len(name) > _LONGEST_NAME:
        return f"a name is a letter, then letters, digits and underscores, {_LONGEST_NAME} at most"
    if keyword.iskeyword(name):
        return f"{name} is a word of Python"
    if unicodedata.normalize("NFKC", name) != name:
        return "it holds letters that look like others"
    return None
