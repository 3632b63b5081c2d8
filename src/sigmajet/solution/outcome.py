"""What every strategy hands back to `solve`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..approximation.field import Field
from .report import Attempt
from .status import Status

Progress = Callable[[str, float], None]
"""Told `(message, fraction done)` while a strategy works."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best field of a strategy, and how it was reached.

    Attributes
    ----------
    field : Field
    status : Status
    attempts : tuple of Attempt
    best : Attempt
        The one that `field` comes from.
    notes : tuple of str
        What the user should know, likely causes of a failure among them.
    ending : str
        Why the field ends before the domain does, or the search before its aim; else empty.
    reached : tuple of float
        Where on a line or in time the field ends, if before the end of the domain; at most two
        places, of a march both ways.
    check : Field or None
        An independent solution, from which errors are told.
    at_once : bool
        Whether it ended at the far end of a line beside which the solution is bounded: going
        towards a singular point errors grow as in no fit to all of the line at once.
    """

    field: Field
    status: Status
    attempts: tuple[Attempt, ...]
    best: Attempt
    notes: tuple[str, ...] = ()
    ending: str = ""
    reached: tuple[float, ...] = ()
    check: Field | None = None
    at_once: bool = False
