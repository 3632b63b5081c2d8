"""Derivatives as people write them: `u''` on a line, `u_xx` and `u_xt` by subscripts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import sympy

__all__ = ["read_short", "with_primes"]


# Modifier letters, which Python takes as parts of names: they stand for primes while it parses.
_PRIME, _DOUBLE = "\u02b9", "\u02ba"
_LETTERS = str.maketrans({"'": _PRIME, "\u2019": _PRIME, "\u2032": _PRIME, "\u2033": _DOUBLE})


def with_primes(text: str, unknowns: Collection[str]) -> str:
    """The text, as long as before, with the primes after unknowns made parts of their names.

    Examples
    --------
    >>> with_primes("u'' + x*u'(0)", ["u"]).isascii()
    False
    """
    if not unknowns:
        return text
    names = "|".join(map(re.escape, unknowns))
    primed = re.compile(rf"(?<![\w'\"])(?:{names})['\u2019\u2032\u2033]+")
    return primed.sub(lambda found: found[0].translate(_LETTERS), text)


def read_short(
    name: str, unknowns: Mapping[str, Any], variables: Mapping[str, sympy.Symbol]
) -> tuple[str, list[sympy.Symbol]] | None:
    """The unknown and the variables of a derivative that a name stands for; None if for none.

    Raises
    ------
    ValueError
        If primes do not tell by which variable.

    Examples
    --------
    >>> x, t = sympy.symbols("x t")
    >>> read_short("u_xxt", {"u": sympy.Function("u")(x, t)}, {"x": x, "t": t})
    ('u', [x, x, t])
    """
    base = name.rstrip(_PRIME + _DOUBLE)
    primes = name[len(base) :]
    if primes and base in unknowns:
        arguments = unknowns[base].args
        if len(arguments) != 1:
            shown = f"{base}_{arguments[0]}"
            raise ValueError(f"primes are for unknowns of one variable; write {shown}")
        return base, list(arguments) * (len(primes) + primes.count(_DOUBLE))
    base, _, subscript = name.rpartition("_")
    if base not in unknowns:
        return None
    letters = _split(subscript, [v for v in variables if variables[v] in unknowns[base].args])
    return None if letters is None else (base, [variables[letter] for letter in letters])


def _split(subscript: str, names: Collection[str]) -> list[str] | None:
    """A subscript as names written one after another, long ones first; None if it is not that."""
    if not subscript:
        return None
    for name in sorted(names, key=len, reverse=True):
        if subscript == name:
            return [name]
        rest = _split(subscript[len(name) :], names) if subscript.startswith(name) else None
        if rest is not None:
            return [name, *rest]
    return None
