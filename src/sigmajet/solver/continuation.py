r"""Continuation: reach a nonlinear solution through easier problems.

Where Gauss-Newton does not find the solution from the start at hand, the equations are made
easier by their own leading terms. With :math:`c\, \partial^m u` the terms of highest order,

.. math:: F_\mu(u) = F(u) + (\mu - 1)\, c\, \partial^m u

is F for :math:`\mu = 1` and close to linear for large :math:`\mu`: for a layer equation
:math:`\lambda u'' + \dots` it is the same equation with the coefficient :math:`\mu \lambda`.
From the smallest power of ten that can be solved, :math:`\mu` is lowered to one in steps that
shrink where Gauss-Newton fails, and on a line the blocks follow the layers as they sharpen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import sympy

from ..problem import Problem, Relation
from .collocation import System
from .residual import compile_relation

State = TypeVar("State")

_LARGEST = 3  # powers of ten tried for an easier problem
_MOST_STEPS = 24  # on the way down
_SMALLEST_STEP = 1.1  # ratio of two values of mu below which no way is left


def continued(
    system: System, solve: Callable[[System, State | None], State | None]
) -> State | None:
    """Follow the solution from an easier problem to the one asked for.

    Parameters
    ----------
    system : System
    solve : callable
        Takes a system and the state of an easier one (None: no start) and returns its
        own, or None where it found no solution.

    Returns
    -------
    The state just before the problem itself, as a start for it; None where there is no way.
    """
    easier = 0
    state: State | None = None
    while state is None:
        easier += 1
        if easier > _LARGEST:
            return None
        state = solve(eased(system, 10.0**easier), None)
    mu, ratio = 10.0**easier, 10.0
    for _ in range(_MOST_STEPS):
        if mu == 1.0:
            return state
        target = max(1.0, mu / ratio)
        reached = solve(system if target == 1.0 else eased(system, target), state)
        if reached is None:
            ratio = np.sqrt(ratio)
            if ratio < _SMALLEST_STEP:
                return None
        else:
            state, mu, ratio = reached, target, min(10.0, ratio**1.5)
    return None


def eased(system: System, mu: float) -> System:
    """The system with its leading terms multiplied by `mu`."""
    problem = system.problem
    equations = tuple(
        compile_relation(problem, _with_leading(problem, equation.relation, mu))
        for equation in system.equations
    )
    return replace(system, equations=equations)


def _with_leading(problem: Problem, relation: Relation, mu: float) -> Relation:
    order = max(sum(trace.orders) for trace in relation.traces)
    leading = sympy.Integer(0)
    for symbol, trace in zip(relation.symbols, relation.traces, strict=True):
        coefficient = sympy.diff(relation.residual, symbol)
        if sum(trace.orders) == order and not coefficient.free_symbols & set(relation.symbols):
            leading += coefficient * symbol
    return replace(relation, residual=relation.residual + (mu - 1.0) * leading)
