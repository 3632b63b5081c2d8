"""What a caller may ask of a deep network alone: its layers, and how long it is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ProblemError
from ..base import Options, integer

__all__ = ["TrainingOptions"]


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
    """

    layers: tuple[int, ...]
    steps: int
    seconds: float

    @classmethod
    def read(
        cls,
        options: Options,
        layers: Any = (20, 20, 20),
        steps: Any = 500,
        seconds: Any = math.inf,
    ) -> TrainingOptions:
        """Complete the options of all strategies.

        Raises
        ------
        ProblemError
            If one is none that can be meant.
        """
        if options.width is not None:
            raise ProblemError(
                'width: method="deep" has neurons in layers; give layers=(20, 20, 20) instead'
            )
        common = {name: getattr(options, name) for name in Options.__dataclass_fields__}
        return cls(
            **common,
            layers=_checked_layers(layers),
            steps=_checked_steps(steps),
            seconds=_checked_seconds(seconds),
        )


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
