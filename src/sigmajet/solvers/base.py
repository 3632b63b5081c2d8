"""What a caller asks of a solve, and what a strategy answers before it starts: a plan."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from .._types import Method
from ..errors import ProblemError
from ..randomness import Seed
from ..solution.outcome import Outcome, Progress
from .progress import listener

OnFailure = Literal["raise", "warn", "return"]

_NARROWEST = 3  # neurons, of which two checks have fewer, and not as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The arguments of `solve` that all strategies look at; see there."""

    tol: float
    width: int | None
    seed: Seed
    progress: Progress

    @classmethod
    def check(
        cls,
        tol: float,
        width: int | None,
        seed: int,
        progress: bool | Callable[[str, float], None],
        method: str,
        on_failure: str,
    ) -> Options:
        """Refuse what cannot be meant.

        Raises
        ------
        ProblemError
            If so, with the name of the argument.
        """
        if not (isinstance(tol, float | int | np.number) and 0.0 < tol < 1.0):
            raise ProblemError(f"tol: got {tol!r}, expected a relative error between 0 and 1")
        neurons = None if width is None else integer(width)
        if width is not None and (neurons is None or neurons < _NARROWEST):
            raise ProblemError(
                f"width: got {width!r}, expected a number of neurons, at least {_NARROWEST}"
            )
        number = integer(seed)
        if number is None or number < 0:
            raise ProblemError(f"seed: got {seed!r}, expected an integer of at least 0")
        for name, value, words in (
            ("method", method, get_args(Method)),
            ("on_failure", on_failure, get_args(OnFailure)),
        ):
            if not (isinstance(value, str) and value in words):
                expected = ", ".join(f'"{word}"' for word in words)
                raise ProblemError(f"{name}: got {value!r}, expected one of {expected}")
        return cls(
            tol=float(tol),
            width=neurons,
            seed=Seed(number),
            progress=listener(progress),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A strategy made ready for a statement.

    Attributes
    ----------
    method : Method
    run : callable
        Takes options, and by keyword those arguments of `solve` that the strategy `takes`.
    takes : tuple of str
        Arguments of `solve` beside the options.
    """

    method: Method
    run: Callable[..., Outcome]
    takes: tuple[str, ...] = ()


def integer(value: Any) -> int | None:
    """An integer of Python or NumPy; None for anything else, a truth value too."""
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__"):
        return None
    return operator.index(value)
