"""A differential operator as what jets do: series along some directions, and what to sum of them.

Directions of one highest order go through a network together; of several, only the weighted sum of
that order does.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import NamedTuple

from .._types import Orders
from .directions import along_directions

__all__ = ["Group", "Plan", "planned"]


class Group(NamedTuple):
    """Directions of one highest order, and the weights of each order from 1 along each of them."""

    order: int
    directions: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[float, ...], ...]


class Plan(NamedTuple):
    """The weight of the function itself, and groups of directions."""

    value: float
    groups: tuple[Group, ...]


@functools.cache
def planned(terms: tuple[tuple[Orders, Fraction | int], ...]) -> Plan:
    """The plan of a sum of partial derivatives, each with its coefficient.

    Examples
    --------
    >>> value, (group,) = planned((((2, 0), 1), ((0, 2), 1)))
    >>> print(group.order, group.directions, group.weights)
    2 ((1, 0), (0, 1)) ((0.0, 0.0), (1.0, 1.0))
    """
    operator = along_directions(dict(terms))
    groups: dict[int, list[tuple[int, ...]]] = {}
    for direction, weights in operator.along.items():
        groups.setdefault(max(weights), []).append(direction)
    found = (
        Group(
            order,
            tuple(directions),
            tuple(
                tuple(float(operator.along[v].get(k, 0)) for v in directions)
                for k in range(1, order + 1)
            ),
        )
        for order, directions in groups.items()
    )
    return Plan(float(operator.value), tuple(found))
