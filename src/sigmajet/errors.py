"""The exceptions of problems, solves and files, in one tree.

`NotConverged`, which carries a solution, lives beside it in :mod:`sigmajet.solution`.

Arguments of `special` and `exact` that are no numbers or orders raise ValueError or TypeError, as
NumPy's functions do.
"""

from __future__ import annotations

__all__ = ["FileError", "ProblemError", "SigmajetError"]


class SigmajetError(Exception):
    """Base class of all errors that sigmajet raises on purpose."""


class ProblemError(SigmajetError, ValueError):
    """The statement cannot be meant: the message names the culprit and what to change."""


class FileError(SigmajetError):
    """A file cannot be read as what it should be: the message names file, key and column."""
