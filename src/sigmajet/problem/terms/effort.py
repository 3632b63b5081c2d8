"""How much work an expression is for SymPy, told from its form before anything is done with it."""

from __future__ import annotations

import math

import sympy

__all__ = ["BUDGET", "KEPT", "derivative_size", "expanded_size"]


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
