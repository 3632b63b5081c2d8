"""A first guess at the solution of a nonlinear problem, given as formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array, Orders
from ...errors import ProblemError
from ...expressions.table import Table
from ..statement import Problem
from ..terms.constant import finite
from .expressions import compile_table


class Formulas:
    """A formula for each unknown, differentiable to any order.

    Parameters
    ----------
    problem : Problem
    guess : expression, or mapping of unknowns to expressions
        In the variables and parameters of the problem. Unknowns not named start from zero.
    """

    def __init__(self, problem: Problem, guess: Any) -> None:
        unknowns = problem.unknowns
        if not isinstance(guess, Mapping):
            if len(unknowns) > 1:
                names = ", ".join(map(str, unknowns))
                raise ProblemError(
                    f"guess: got {guess!r} for {len(unknowns)} unknowns; "
                    f"expected a dictionary with formulas for {names}"
                )
            guess = {unknowns[0]: guess}
        self._problem = problem
        # Every block asks for the same derivatives.
        self._compiled: dict[tuple[tuple[int, Orders], ...], Table] = {}
        self._formulas: list[sympy.Expr] = [sympy.Integer(0)] * len(unknowns)
        for unknown, formula in guess.items():
            if unknown not in unknowns:
                names = ", ".join(map(str, unknowns))
                raise ProblemError(f"guess: {unknown} is no unknown; expected one of {names}")
            formula = finite(formula, f"guess for {unknown}")
            strangers = formula.free_symbols - {*problem.variables, *problem.parameters}
            strangers |= {f for f in formula.atoms(AppliedUndef) if f.func not in problem.functions}
            if strangers:
                raise ProblemError(
                    f"guess for {unknown}: {', '.join(sorted(map(str, strangers)))} is neither a "
                    "variable nor a parameter nor in `functions`; give a formula in "
                    f"{', '.join(map(str, problem.variables))}"
                )
            self._formulas[unknowns.index(unknown)] = formula

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        problem, key = self._problem, tuple(wanted)
        if key not in self._compiled:
            formulas = [
                self._formulas[i].diff(*zip(problem.variables, orders, strict=True)).doit()
                if any(orders)
                else self._formulas[i]
                for i, orders in wanted
            ]
            self._compiled[key] = compile_table(problem, (), formulas)
        values = self._compiled[key](points)
        if not np.all(np.isfinite(values)):
            raise ProblemError("guess: is not finite everywhere in the domain")
        return values
