"""What a caller may ask of a deep network alone: its layers, and how long it is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...approximation.network.layered_field import LayeredField
from ...deep.modules import is_module, read_module
from ...deep.network import Layered
from ...errors import ProblemError
from ...problem.statement import Problem
from ...solution.solution import Solution
from ..base import Options, integer

__all__ = ["TrainingOptions"]


# Hidden, of as many neurons: those of the page of deep networks. Allen and Cahn's equation gains
# nothing by 24, errors of 1.3e-5 to 2.1e-5 against 1.1e-5 to 3.1e-5, in twice the time.
LAYERS = (20, 20, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions(Options):
    """Options of a training.

    Attributes
    ----------
    layers : tuple of int
        Neurons of each hidden layer.
    steps : int
        Of Levenberg and Marquardt, at most.
    seconds : float
        Of wall time, at most.
    guess : Layered or None
        What the network starts from, one with these layers.
    """

    layers: tuple[int, ...]
    steps: int
    seconds: float
    guess: Layered | None

    @classmethod
    def read(
        cls,
        options: Options,
        problem: Problem,
        layers: Any = None,
        steps: Any = 500,
        seconds: Any = math.inf,
        guess: Any = None,
    ) -> TrainingOptions:
        """Complete the options of all strategies.

        Raises
        ------
        ProblemError
            If one is none that can be meant.
        """
        if options.width is not None:
            raise ProblemError(
                f'width: method="deep" has neurons in layers; give layers={LAYERS} instead'
            )
        common = {name: getattr(options, name) for name in Options.__dataclass_fields__}
        start = None if guess is None else _read_guess(problem, guess)
        usual = LAYERS if start is None else start.sizes[1:-1]
        asked = usual if layers is None else _checked_layers(layers)
        if start is not None and asked != start.sizes[1:-1]:
            raise ProblemError(
                f"layers: got {asked}, and those of the guess are {start.sizes[1:-1]}: leave one "
                "of the two out"
            )
        return cls(
            **common,
            layers=asked,
            steps=_checked_steps(steps),
            seconds=_checked_seconds(seconds),
            guess=start,
        )


def _read_guess(problem: Problem, guess: Any) -> Layered:
    """The network that a module or the solution of a training is."""
    domain, unknowns = problem.domain, len(problem.unknowns)
    if not isinstance(guess, Solution) and is_module(guess):
        return read_module(guess, unknowns, domain.lower, domain.upper)
    if not (isinstance(guess, Solution) and isinstance(guess.field, LayeredField)):
        raise ProblemError(
            f'guess: got {guess!r:.60}; method="deep" starts from a trained module of PyTorch or '
            'Equinox, or from a solution of method="deep"'
        )
    if len(guess.problem.unknowns) != unknowns or guess.problem.domain != domain:
        raise ProblemError(
            f"guess: got {guess!r}, expected a solution with as many unknowns on the same domain"
        )
    return guess.field.network


def _checked_layers(layers: Any) -> tuple[int, ...]:
    given = layers if isinstance(layers, Sequence | np.ndarray) else ()
    found = tuple(integer(width) or 0 for width in given)
    if isinstance(layers, str) or not found or min(found) < 1:
        raise ProblemError(
            f"layers: got {layers!r:.60}, expected the neurons of each hidden layer, as in (20, 20)"
        )
    return found


def _checked_steps(steps: Any) -> int:
    found = integer(steps)
    if found is None or found < 1:
        raise ProblemError(f"steps: got {steps!r:.60}, expected an integer of at least 1")
    return found


def _checked_seconds(seconds: Any) -> float:
    number = isinstance(seconds, float | int | np.number) and not isinstance(seconds, bool)
    if not (number and seconds > 0.0):
        raise ProblemError(f"seconds: got {seconds!r:.60}, expected a positive number")
    return float(seconds)
