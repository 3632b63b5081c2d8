"""What is estimated along random directions, and how well."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Estimate"]


class Estimate(NamedTuple):
    """A mean over random directions, and how far it is from the expectation.

    Attributes
    ----------
    value : array or tensor
        The mean, of the shape of f(x). Its expectation is the exact value.
    standard_error : array or tensor
        Of the same shape: the standard deviation of the mean, from the scatter over directions.
    """

    value: Any
    standard_error: Any
