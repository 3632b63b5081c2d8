"""What a caller may ask of boundary-value problems alone: a start, and an easier problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from ...approximation.field import Differentiable
from ...approximation.network.layered_field import LayeredField
from ...deep.modules import is_module, read_module
from ...errors import ProblemError
from ...problem.compiled.formulas import Formulas
from ...problem.statement import Problem
from ...problem.terms.constant import real
from ...solution.solution import Solution
from ..base import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions(Options):
    """Options of a search.

    Attributes
    ----------
    guess : Differentiable or None
        Where to start a nonlinear problem.
    continuation : mapping
        Easy values of some parameters.
    """

    guess: Differentiable | None
    continuation: Mapping[sympy.Symbol, float]

    @classmethod
    def read(
        cls, options: Options, problem: Problem, guess: Any, continuation: Any
    ) -> SearchOptions:
        """Complete the options of all strategies.

        Raises
        ------
        ProblemError
            If a guess or a continuation is none.
        """
        common = {name: getattr(options, name) for name in Options.__dataclass_fields__}
        return cls(
            **common,
            guess=_read_guess(problem, guess),
            continuation=_read_continuation(problem, continuation),
        )


def _read_guess(problem: Problem, guess: Any) -> Differentiable | None:
    if guess is None:
        return None
    if not isinstance(guess, Solution) and is_module(guess):
        domain = problem.domain
        network = read_module(guess, len(problem.unknowns), domain.lower, domain.upper)
        return LayeredField(network)
    if not isinstance(guess, Solution):
        if problem.pairs is not None:
            guess = problem.pairs.formulas(guess)
        return Formulas(problem, guess)
    if len(guess.problem.unknowns) != len(problem.unknowns) or (
        guess.problem.domain != problem.domain
    ):
        raise ProblemError(
            f"guess: got {guess!r}, expected a solution with as many unknowns on the same domain"
        )
    return guess.field


def _read_continuation(
    problem: Problem, continuation: Mapping[Any, Any] | None
) -> dict[sympy.Symbol, float]:
    if continuation is None:
        return {}
    if not isinstance(continuation, Mapping):
        raise ProblemError(
            f"continuation: got {continuation!r:.200}, expected a dictionary of parameters and "
            "their easy values, {nu: 1}"
        )
    easy = {}
    for symbol, value in continuation.items():
        if symbol not in problem.parameters:
            known = ", ".join(map(str, problem.parameters)) or "none"
            raise ProblemError(
                f"continuation: got {symbol}, expected a parameter of the problem ({known}); "
                "name the coefficient in Problem(..., parameters={...})"
            )
        easy[symbol] = real(value, f"continuation in {symbol}")
    return easy
