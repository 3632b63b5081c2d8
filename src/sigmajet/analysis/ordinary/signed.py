r"""Unknowns whose sign the equations need: those under a root, a power or a logarithm.

In :math:`y' = -y - y^{5/2}` no negative y has a meaning, and in :math:`y' = -y (1 - \log y)` not
even zero. A march whose errors count against the largest y so far loses the sign as soon as y has
decayed to them; with errors that count against y itself it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy
from numpy.typing import NDArray

from ...problem.compiled.ordinary import Layout
from ...problem.statement import Problem
from ...problem.terms.relation import Relation


def signed_rows(problem: Problem, layout: Layout, jet: NDArray[np.float64]) -> NDArray[np.intp]:
    """The states of a start that are positive and have to stay so."""
    rows = {
        layout.row(trace.unknown, trace.orders[0])
        for equation in problem.equations
        for base in _bases(equation.residual)
        for trace in _alone(equation, base)
    }
    return np.array(sorted(row for row in rows if jet[row] > 0.0), dtype=np.intp)


def _bases(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    """What stands where a number below zero has no real value."""
    for power in expression.atoms(sympy.Pow):
        if not power.exp.is_integer:
            yield power.base
    for logarithm in expression.atoms(sympy.log):
        yield logarithm.args[0]


def _alone(equation: Relation, base: sympy.Expr) -> Iterator[sympy.Basic]:
    """The trace that a base is a multiple of, if it is one of one."""
    for trace, symbol in zip(equation.traces, equation.symbols, strict=True):
        rest = base / symbol
        if rest.free_symbols.isdisjoint(equation.symbols):
            yield trace
