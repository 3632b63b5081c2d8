"""Mathematics written in the notation of problem files: `diff(u, x)(0, t) = -k*u(0, t)`.

What `written` writes of the words in `vocabulary`, `expression` reads back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from ...geometry.place import Interval
from ..jumps.inside import Inside
from .constant import number
from .trace import Trace
from .vocabulary import FUNCTIONS

__all__ = ["trace_text", "written"]


_LAST = "\U0010ffff"  # no text holds it, and it sorts behind every letter


def trace_text(trace: Trace, unknowns: Sequence[Any], variables: Sequence[sympy.Symbol]) -> str:
    """Write a trace as a problem file writes it."""
    unknown = unknowns[trace.unknown]
    name: str = unknown.func.__name__
    by_variable = dict(zip(variables, zip(trace.orders, trace.place, strict=True), strict=True))
    text = name
    steps = [
        str(v) if by_variable[v][0] == 1 else f"{v}, {by_variable[v][0]}"
        for v in unknown.args
        if by_variable[v][0]
    ]
    if steps:
        text = f"diff({name}, {', '.join(steps)})"
    places = [by_variable[v][1] for v in unknown.args]
    if any(isinstance(p, float) for p in places):
        inner = (
            number(p) if isinstance(p, float) else str(v)
            for v, p in zip(unknown.args, places, strict=True)
        )
        text = f"{text}({', '.join(inner)})"
    limits = [
        f"({v}, {number(p.lower)}, {number(p.upper)})"
        for v, p in zip(unknown.args, places, strict=True)
        if isinstance(p, Interval)
    ]
    return f"integral({text}, {', '.join(limits)})" if limits else text


def written(expression: sympy.Basic, names: Mapping[sympy.Basic, str]) -> str:
    """Write a SymPy expression as text, the symbols in `names` by those names."""
    # SymPy sorts factors by name: marks put unknowns behind coefficients, derivatives last.
    marked = {
        symbol: sympy.Symbol(_LAST * (1 + name.startswith("diff")) + name)
        for symbol, name in names.items()
    }
    text: str = _Writer().doprint(expression.xreplace(marked))
    return text.replace(_LAST, "")


class _Writer(StrPrinter):  # type: ignore[misc]
    def _print_Float(self, node: sympy.Float) -> str:
        return repr(float(node))

    def _print_Function(self, node: sympy.Function) -> str:
        if isinstance(node, Inside):
            return f"inside({json.dumps(node.region.text)})"
        if node.func.__name__ not in FUNCTIONS and node.is_number:
            value = complex(node)
            whole = f"({value.real!r} + {value.imag!r}*I)"
            return whole if value.imag else repr(value.real)
        return str(super()._print_Function(node))

    def _print_NumberSymbol(self, node: sympy.NumberSymbol) -> str:
        return str(node) if node in (sympy.pi, sympy.E) else repr(float(node))

    def _print_Piecewise(self, node: sympy.Piecewise) -> str:
        *cases, (last, condition) = node.args
        if condition != True:  # noqa: E712
            text = f"where({self._print(condition)}, {self._print(last)}, nan)"
        else:
            text = self._print(last)
        for value, when in reversed(cases):
            text = f"where({self._print(when)}, {self._print(value)}, {text})"
        return text

    def _print_Relational(self, node: sympy.core.relational.Relational) -> str:
        return f"{self._print(node.lhs)} {node.rel_op} {self._print(node.rhs)}"

    def _print_And(self, node: sympy.And) -> str:
        return " and ".join(f"({self._print(a)})" for a in node.args)

    def _print_Or(self, node: sympy.Or) -> str:
        return " or ".join(f"({self._print(a)})" for a in node.args)

    def _print_Not(self, node: sympy.Not) -> str:
        return f"not ({self._print(node.args[0])})"
