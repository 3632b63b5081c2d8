"""What a caller may ask of boundary-value problems alone: a start, and an easier problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ...approximation.field import Differentiable
from ...approximation.network.layered_field import LayeredField
from ...approximation.shared.corner_functions import NO_CORNERS
from ...approximation.shared.formulas import FormulaFunctions
from ...approximation.shared.functions import SharedFunctions
from ...deep.modules import is_module, read_module
from ...errors import ProblemError
from ...geometry.points import points_inside
from ...problem.compiled.formulas import Formulas
from ...problem.statement import Problem
from ...problem.terms.constant import finite, real
from ...randomness import PROBES
from ...rules.samples import FEW
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
    enrich : SharedFunctions
        Functions that all cells have in common.
    """

    guess: Differentiable | None
    continuation: Mapping[sympy.Symbol, float]
    enrich: SharedFunctions

    @classmethod
    def read(
        cls, options: Options, problem: Problem, guess: Any, continuation: Any, enrich: Any
    ) -> SearchOptions:
        """Complete the options of all strategies.

        Raises
        ------
        ProblemError
            If a guess, a continuation or a function is none.
        """
        common = {name: getattr(options, name) for name in Options.__dataclass_fields__}
        return cls(
            **common,
            guess=_read_guess(problem, guess),
            continuation=_read_continuation(problem, continuation),
            enrich=_read_functions(problem, enrich),
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


def _read_functions(problem: Problem, enrich: Any) -> SharedFunctions:
    """Functions of the variables, each with values where the problem is posed.

    Some of them would be infinite at points where they are used, or have none of the space in them.
    """
    several = enrich if isinstance(enrich, list | tuple) else [enrich]
    if enrich is None or not several:
        return NO_CORNERS
    values = {p: sympy.Float(v) for p, v in problem.parameters.items()}
    expressions = []
    for number, given in enumerate(several, 1):
        what = f"enrich: function {number}"
        read = finite(given, what).xreplace(values)
        strangers = read.free_symbols - set(problem.variables)
        if strangers or read.atoms(AppliedUndef):
            raise ProblemError(
                f"{what}, {read}, expected a formula in {', '.join(map(str, problem.variables))} "
                "and the parameters of the problem alone"
            )
        expressions.append(read)
    functions = FormulaFunctions(expressions, problem.variables)
    region, dimension = problem.domain.region, len(problem.variables)
    (points,) = points_inside([region], [region.bounds], FEW, PROBES)
    highest = max(max(orders) for orders in problem.orders)
    axes = [
        tuple(n * (i == a) for i in range(dimension))
        for a in range(dimension)
        for n in (0, highest)
    ]
    try:
        tried = functions.features(points, axes)
    except ProblemError as error:
        raise ProblemError(f"enrich: a function or a derivative of it holds {error}") from None
    for values_of in tried.values():
        wrong = ~np.all(np.isfinite(values_of), axis=0)
        if np.any(wrong):
            first = int(np.argmax(wrong))
            raise ProblemError(
                f"enrich: function {first + 1}, {expressions[first]}, or a derivative of it, is "
                "infinite or has no real value inside of the domain"
            )
    return functions


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
