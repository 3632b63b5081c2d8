"""What every strategy hands back to `solve`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..approximation.field import Field
from ..geometry.partition import Partition
from .report import Attempt

Progress = Callable[[str, float], None]
"""Told `(message, fraction done)` while a strategy works."""

# A response to unit noise in the rows beyond which double precision determines nothing.
# Problems that determine their solution stay below 1e3 in the registry, the others rise above 1e8.
UNDETERMINED = 1e7


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best field of a strategy, and how it was reached.

    Attributes
    ----------
    method : str
    field : Field
    partition : Partition
        Of all variables: where quadratures and samples should split.
    attempts : tuple of Attempt
    best : Attempt
        The one that `field` comes from.
    amplification : float
        See `Fit.amplification`.
    converged : bool
        Whether iterations came to rest; the estimate is judged apart.
    notes : tuple of str
    ending : str
        Why the field ends before the domain does, or the search before its aim; else empty.
    reached : float or None
        Where on a line or in time the field ends, if before the end of the domain.
    growing : bool
        Whether the response to noise is larger by far than that of fewer neurons.
    mismatch : float
        Of the condition that is met least, relative to its terms.
    contradiction : float
        Residual, relative to its terms, that independent solutions have in common, see
        `estimate.common_residual`; zero where the estimate says enough.
    exhausted : bool
        Whether the next discretisation would have been too large.
    """

    method: str
    field: Field
    partition: Partition
    attempts: tuple[Attempt, ...]
    best: Attempt
    amplification: float
    converged: bool
    notes: tuple[str, ...] = ()
    ending: str = ""
    reached: float | None = None
    # Of the steady strategy alone, which stops by them; `solve` explains a failure by them.
    growing: bool = False
    mismatch: float = 0.0
    contradiction: float = 0.0
    exhausted: bool = False
