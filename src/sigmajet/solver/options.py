"""What a caller asks of a solve, checked once and handed to the strategy as one value."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import sympy

from ..errors import ProblemError
from ..problem import Relation
from .fields import Differentiable
from .outcome import Progress

Method = Literal["auto", "steady", "initial_value", "evolution"]
OnFailure = Literal["raise", "warn", "return"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "method": ("auto", "steady", "initial_value", "evolution"),
    "on_failure": ("raise", "warn", "return"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The arguments of `solve` that strategies look at; see there."""

    tol: float
    width: int | None
    seed: int
    progress: Progress
    guess: Differentiable | None
    continuation: Mapping[sympy.Symbol, float]
    stop_when: Relation | None = None
    checkpoint: str | None = None

    @classmethod
    def check(
        cls,
        tol: float,
        width: int | None,
        seed: int,
        progress: bool | Callable[[str, float], None],
        guess: Differentiable | None,
        continuation: Mapping[sympy.Symbol, float],
        checkpoint: str | os.PathLike[str] | None = None,
        **choices: str,
    ) -> Options:
        """Refuse what cannot be meant; `choices` are the arguments that take one of few words."""
        if not (isinstance(tol, float | int | np.number) and 0.0 < tol < 1.0):
            raise ProblemError(f"tol: got {tol!r}, expected a relative error between 0 and 1")
        if width is not None and not (isinstance(width, int) and 4 <= width <= 20_000):
            raise ProblemError(f"width: got {width!r}, expected a number of neurons, 4 to 20000")
        if not (isinstance(seed, int) and seed >= 0):
            raise ProblemError(f"seed: got {seed!r}, expected an integer of at least 0")
        for name, value in choices.items():
            if value not in _CHOICES[name]:
                expected = ", ".join(f'"{choice}"' for choice in _CHOICES[name])
                raise ProblemError(f"{name}: got {value!r}, expected one of {expected}")
        if not isinstance(checkpoint, str | os.PathLike | None):
            raise ProblemError(f"checkpoint: got {checkpoint!r}, expected the path of a file")
        return cls(
            tol=float(tol),
            width=width,
            seed=seed,
            progress=_listener(progress),
            guess=guess,
            continuation=continuation,
            checkpoint=None if checkpoint is None else os.fspath(checkpoint),
        )


def _listener(progress: bool | Callable[[str, float], None]) -> Progress:
    if callable(progress):
        return progress
    if progress:
        return lambda message, fraction: print(f"{message} ({fraction:.0%})", file=sys.stderr)
    return lambda message, fraction: None
