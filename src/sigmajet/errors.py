"""The exceptions of problems, solves and files, in one tree.

Arguments of `special` and `exact` that are no numbers or orders raise ValueError or TypeError, as
NumPy's functions do.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "FileError",
    "MissingExtra",
    "NotConverged",
    "PrecisionWarning",
    "ProblemError",
    "SigmajetError",
]


class SigmajetError(Exception):
    """Base class of all errors that sigmajet raises on purpose."""


class ProblemError(SigmajetError, ValueError):
    """The statement cannot be meant: the message names the culprit and what to change."""


class FileError(SigmajetError):
    """A file cannot be read as what it should be: the message names file, key and column."""


class MissingExtra(SigmajetError, ModuleNotFoundError):
    """A library that NumPy alone does not replace is not installed: the message names the extra."""


class PrecisionWarning(UserWarning):
    """None of the digits of a number that was asked for is certain."""


class NotConverged(SigmajetError):
    """The error estimate stayed above the tolerance, or the solution ends before its domain does.

    Attributes
    ----------
    solution : Solution
        The best solution reached, with its report; `solution.converged` is False.
    """

    solution: Any  # the class stands higher in the house

    def __init__(self, message: str, solution: Any) -> None:
        super().__init__(message)
        self.solution = solution

    def __reduce__(self) -> tuple[type[NotConverged], tuple[str, Any]]:
        return type(self), (str(self), self.solution)
