"""What users ask of jets, checked once for every framework."""

from __future__ import annotations

import operator
from typing import Any

from .._types import Orders

__all__ = ["HIGHEST", "checked_order", "checked_orders", "checked_samples"]

HIGHEST = 170
"""The highest order of a jet: 171! is beyond float64."""


def checked_order(order: Any) -> int:
    """Return the order of a jet, or refuse it.

    Examples
    --------
    >>> checked_order(171)
    Traceback (most recent call last):
    ValueError: order = 171: expected an integer from 0 to 170
    """
    try:
        highest = operator.index(order)
    except TypeError:
        raise TypeError(f"order: got {type(order).__name__}, expected an integer") from None
    if not 0 <= highest <= HIGHEST:
        raise ValueError(f"order = {order}: expected an integer from 0 to {HIGHEST}")
    return highest


def checked_orders(orders: Any, dimension: int) -> Orders:
    """Return the orders of a partial derivative, one for each variable, or refuse them.

    Examples
    --------
    >>> checked_orders((2, 0), 2)
    (2, 0)
    """
    try:
        found = tuple(map(operator.index, orders))
    except TypeError:
        found = ()
    if len(found) != dimension or min(found, default=0) < 0:
        raise ValueError(
            f"orders: got {orders}, expected {dimension} integers from 0, one for each column of x"
        )
    return found


def checked_samples(samples: int) -> int:
    """Return how many random directions to draw, or refuse it.

    Examples
    --------
    >>> checked_samples(2)
    2
    """
    if samples < 2:
        raise ValueError(f"samples = {samples}: expected 2 or more, as an error needs a scatter")
    return samples
