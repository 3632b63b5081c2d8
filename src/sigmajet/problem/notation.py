"""Mathematics written in the notation of problem files: `diff(u, x)(0, t) = -k*u(0, t)`.

`written` is the inverse of `parsed` (in `expression`): what it writes, that reads back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from .trace import Interval, Trace

__all__ = ["number", "trace_text", "written"]


def number(value: float) -> str:
    """Write the shortest text that reads back as the same float."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


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
    text: str = _Writer(names).doprint(expression)
    return text


class _Writer(StrPrinter):  # type: ignore[misc]
    def __init__(self, names: Mapping[sympy.Basic, str]) -> None:
        super().__init__()
        self._names = names

    def _print_Dummy(self, node: sympy.Dummy) -> str:
        return self._names.get(node, str(node.name))

    def _print_Float(self, node: sympy.Float) -> str:
        return number(float(node))

    def _print_Piecewise(self, node: sympy.Piecewise) -> str:
        *cases, (last, condition) = node.args
        if condition != True:  # noqa: E712
            text = f"where({self._print(condition)}, {self._print(last)}, nan)"
        else:
            text = self._print(last)
        for value, when in reversed(cases):
            text = f"where({self._print(when)}, {self._print(value)}, {text})"
        return text

    def _print_And(self, node: sympy.And) -> str:
        return " and ".join(f"({self._print(a)})" for a in node.args)

    def _print_Or(self, node: sympy.Or) -> str:
        return " or ".join(f"({self._print(a)})" for a in node.args)

    def _print_Not(self, node: sympy.Not) -> str:
        return f"not ({self._print(node.args[0])})"
