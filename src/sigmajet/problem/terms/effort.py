"""How much work an expression is for SymPy, told from its form before anything is done with it."""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

import sympy
from sympy.functions.combinatorial.factorials import CombinatorialFunction

__all__ = ["BUDGET", "KEPT", "derivative_size", "expanded_size", "fault"]


# Operations, of which SymPy does about 4000 a second (a laptop of 2020): what one statement may
# cost, and how far an expression may grow.
BUDGET = 4000
# The same of a statement that is kept with its solution, which was built once already: it may take
# the seconds that it took then. Poisson's equation in twenty variables with a Gaussian for its
# solution costs 13178 operations, 3.8 s.
KEPT = 4 * BUDGET


def expanded_size(node: sympy.Basic) -> float:
    """Bound the number of terms after expansion, arguments of functions included."""
    sizes = [expanded_size(a) for a in node.args]
    if isinstance(node, sympy.Mul):
        size = math.prod(sizes)
    elif isinstance(node, sympy.Pow) and node.exp.is_number:
        exponent = min(abs(node.exp), BUDGET)
        size = sizes[0] ** float(exponent) if sizes[0] > 1 else sizes[0]
    else:
        size = sum(sizes) + (not isinstance(node, sympy.Add))
    return min(size, 2.0 * BUDGET)


def derivative_size(node: sympy.Basic) -> int:
    """Bound the number of nodes of a derivative, about: of n factors it has n terms of n."""
    return _sizes(node)[1]


def _sizes(node: sympy.Basic) -> tuple[int, int]:
    """The number of nodes of an expression, and a bound on that of its derivative."""
    sizes = [_sizes(a) for a in node.args]
    size = 1 + sum(own for own, _ in sizes)
    derivative = 1 + sum(derived for _, derived in sizes)
    if not isinstance(node, sympy.Add):
        derivative += size * len(sizes)
    return size, derivative


class _Cost(NamedTuple):
    """Of an expression: nodes, and if it is an exact constant its bits and a bound on its size."""

    nodes: float
    bits: float = 0.0
    value: float = 0.0


def fault(expression: sympy.Basic) -> str | None:
    """Say why nothing can be done with an expression in finite time; None if it can.

    Written out it may be far longer than it is in memory, where equal parts are one, and its
    constants may have more digits than memory holds before anything is worked out.
    """
    known: dict[sympy.Basic, _Cost] = {}
    waiting = [expression]
    while waiting:
        node = waiting[-1]
        missing = [part for part in node.args if part not in known]
        if not missing:
            waiting.pop()
            known[node] = _cost(node, [known[part] for part in node.args])
        waiting += missing
    if known[expression].nodes > BUDGET**2:  # an hour of SymPy's work
        return f"it has {known[expression].nodes:.0e} terms and factors when it is written out"
    if max(cost.bits for cost in known.values()) > 2 * sys.float_info.max_exp:
        return "it holds a number beyond the range of floats"
    return None


def _cost(node: sympy.Basic, parts: list[_Cost]) -> _Cost:
    """The cost of a node by those of its arguments."""
    nodes = 1 + sum(part.nodes for part in parts)
    if isinstance(node, sympy.Rational):
        bits = max(abs(node.p), node.q).bit_length()
        small = bits < sys.float_info.max_exp
        return _Cost(nodes, bits, float(abs(node)) if small else math.inf)
    if not parts or not all(part.bits for part in parts):
        return _Cost(nodes)
    if isinstance(node, sympy.Add):
        return _Cost(nodes, sum(p.bits for p in parts), sum(p.value for p in parts))
    if isinstance(node, sympy.Mul):
        return _Cost(nodes, sum(p.bits for p in parts), math.prod(p.value for p in parts))
    if isinstance(node, sympy.Pow):
        base, exponent = parts
        bits = base.bits * max(exponent.value, 1.0)
        return _Cost(nodes, bits, 2.0 ** min(bits, sys.float_info.max_exp - 1))
    if isinstance(node, sympy.gamma | CombinatorialFunction) and node.args[0].is_Integer:
        return _Cost(nodes, parts[0].bits * parts[0].value)
    return _Cost(nodes)
