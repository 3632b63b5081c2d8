"""Whether an expression is affine in some of its symbols, decided exactly."""

from __future__ import annotations

from collections.abc import Collection

import sympy

from .effort import BUDGET, expanded_size

__all__ = ["expand_if_small", "is_affine"]


def is_affine(expression: sympy.Basic, symbols: Collection[sympy.Symbol]) -> bool:
    """Whether `expression` is a sum of `symbols` times coefficients free of them, and a rest.

    Examples
    --------
    >>> import sympy
    >>> u, v, x = sympy.symbols("u v x")
    >>> is_affine(sympy.sin(x) * u - abs(x) * v + 1, {u, v}), is_affine(u * v, {u, v})
    (True, False)
    >>> is_affine((u + 1) ** 2 - u**2, {u})
    True
    """
    wanted = frozenset(symbols)
    if _degree(expression, wanted) <= 1:
        return True
    expanded = expand_if_small(expression)
    return expanded is not None and _degree(expanded, wanted) <= 1


def expand_if_small(expression: sympy.Basic) -> sympy.Basic | None:
    """Expand products and powers; None if that would give very many terms."""
    return sympy.expand(expression) if expanded_size(expression) <= BUDGET else None


def _degree(node: sympy.Basic, symbols: frozenset[sympy.Symbol]) -> int:
    """0: free of the symbols, 1: affine by its form, 2: anything else."""
    if not node.free_symbols & symbols:
        return 0
    if node in symbols:
        return 1
    if isinstance(node, sympy.Add):
        return max(_degree(a, symbols) for a in node.args)
    if isinstance(node, sympy.Mul):
        return min(2, sum(_degree(a, symbols) for a in node.args))
    if isinstance(node, sympy.Piecewise):
        if any(case.cond.free_symbols & symbols for case in node.args):
            return 2
        return max(_degree(case.expr, symbols) for case in node.args)
    return 2
