"""A differential operator as what jets do: series along some directions, and what to sum of them.

Directions of one highest order go through a network together; of several, only the weighted sum of
that order does.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from .._types import Orders
from .arguments import checked_order
from .directions import along_directions, biharmonic_terms, laplacian_terms
from .operator_text import read_operator

__all__ = [
    "Group",
    "Plan",
    "biharmonic_plan",
    "derivative_plan",
    "laplacian_plan",
    "text_plan",
]


class Group(NamedTuple):
    """Directions of one highest order, and the weights of each order from 1 along each of them."""

    order: int
    directions: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[float, ...], ...]


class Plan(NamedTuple):
    """The weight of the function itself, and groups of directions."""

    value: float
    groups: tuple[Group, ...]


def derivative_plan(orders: Orders) -> Plan:
    """The plan of a partial derivative.

    Examples
    --------
    >>> value, (group,) = derivative_plan((1, 1))
    >>> print(group.directions, group.weights)
    ((1, 1), (1, -1)) ((0.0, 0.0), (0.25, -0.25))
    """
    return _planned({orders: 1})


def laplacian_plan(dimension: int) -> Plan:
    """The plan of u_11 + ... + u_dd.

    Examples
    --------
    >>> value, (group,) = laplacian_plan(2)
    >>> print(group.order, group.directions, group.weights)
    2 ((1, 0), (0, 1)) ((0.0, 0.0), (1.0, 1.0))
    """
    return _planned(laplacian_terms(dimension))


def biharmonic_plan(dimension: int) -> Plan:
    """The plan of the Laplacian applied twice.

    Examples
    --------
    >>> len(biharmonic_plan(3).groups[0].directions)
    9
    """
    return _planned(biharmonic_terms(dimension))


def text_plan(text: str, dimension: int, variables: tuple[str, ...] | None) -> Plan:
    """The plan of an operator that is written as text; ValueError as of `read_operator`.

    Examples
    --------
    >>> text_plan("u_xx + 3*u", 1, None).value
    3.0
    """
    return _planned(read_operator(text, dimension, variables))


def _planned(terms: Mapping[Orders, Fraction | int]) -> Plan:
    return _plan_of(tuple(terms.items()))


@functools.cache
def _plan_of(terms: tuple[tuple[Orders, Fraction | int], ...]) -> Plan:
    for orders, _ in terms:
        checked_order(sum(orders))
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
