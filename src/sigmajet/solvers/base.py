"""What a caller asks of a solve, checked once and handed to the strategy as one value."""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import sympy

from .._types import Method
from ..approximation.field import Differentiable
from ..errors import ProblemError
from ..problem.terms.relation import Relation
from ..solution.outcome import Progress

OnFailure = Literal["raise", "warn", "return"]

_NARROWEST, _WIDEST = 4, 20_000  # neurons that may be asked for


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
        method: str,
        on_failure: str,
        guess: Differentiable | None,
        continuation: Mapping[sympy.Symbol, float],
        checkpoint: str | os.PathLike[str] | None,
    ) -> Options:
        """Refuse what cannot be meant.

        Raises
        ------
        ProblemError
            If so, with the name of the argument.
        """
        if not (isinstance(tol, float | int | np.number) and 0.0 < tol < 1.0):
            raise ProblemError(f"tol: got {tol!r}, expected a relative error between 0 and 1")
        neurons = None if width is None else _integer(width)
        if width is not None and (neurons is None or not _NARROWEST <= neurons <= _WIDEST):
            raise ProblemError(
                f"width: got {width!r}, expected a number of neurons, {_NARROWEST} to {_WIDEST}"
            )
        number = _integer(seed)
        if number is None or number < 0:
            raise ProblemError(f"seed: got {seed!r}, expected an integer of at least 0")
        for name, value, words in (
            ("method", method, get_args(Method)),
            ("on_failure", on_failure, get_args(OnFailure)),
        ):
            if value not in words:
                expected = ", ".join(f'"{word}"' for word in words)
                raise ProblemError(f"{name}: got {value!r}, expected one of {expected}")
        if not isinstance(checkpoint, str | os.PathLike | None):
            raise ProblemError(f"checkpoint: got {checkpoint!r}, expected the path of a file")
        return cls(
            tol=float(tol),
            width=neurons,
            seed=number,
            progress=_listener(progress),
            guess=guess,
            continuation=continuation,
            checkpoint=None if checkpoint is None else os.fspath(checkpoint),
        )


def _integer(value: Any) -> int | None:
    """An integer of Python or NumPy; None for anything else, a truth value too."""
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__"):
        return None
    return operator.index(value)


def _listener(progress: bool | Callable[[str, float], None]) -> Progress:
    if callable(progress):
        return progress
    if progress:
        return lambda message, fraction: print(f"{message} ({fraction:.0%})", file=sys.stderr)
    return lambda message, fraction: None
