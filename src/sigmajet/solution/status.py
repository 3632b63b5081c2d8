"""What a search for a solution, or one attempt of it, has come to."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Status"]


class Status(StrEnum):
    """What is known of an answer; of the first two alone the error estimate means something."""

    CONVERGED = "converged"
    """The error estimate is within the tolerance."""
    INACCURATE = "inaccurate"
    """The error estimate is above the tolerance."""
    UNCHECKED = "unchecked"
    """There is no independent solution yet to compare with."""
    NOT_AT_REST = "not at rest"
    """A nonlinear iteration ended before it came to rest."""
    CONTRADICTED = "contradicted"
    """Conditions are violated alike by independent solutions, or contradict each other."""
    UNDETERMINED = "undetermined"
    """Next to nothing decides between many solutions."""
    ENDED = "ended early"
    """The solution could be followed to a place before the end of its domain only."""
    INTERRUPTED = "interrupted"
    """The user ended the solve."""

    @property
    def is_estimated(self) -> bool:
        """Whether the error estimate that goes with it is one."""
        return self in (Status.CONVERGED, Status.INACCURATE)

    @classmethod
    def of(cls, estimate: float, tol: float) -> Status:
        """That of an error estimate."""
        return cls.CONVERGED if estimate <= tol else cls.INACCURATE
