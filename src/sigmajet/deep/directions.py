"""Mixed partial derivatives as sums of directional ones, with exact rational weights.

    mathematics                                             name
    d^a = d_1^a_1 ... d_m^a_m,  k = |a|                     orders
    d^a = sum_v w_v (v.d)^k                                 along_directions({a: 1})

A jet gives all (v.d)^k u of one direction v at once; polarisation turns these into mixed ones. From

    x_1^a_1 ... x_m^a_m = 1/(2^k k!) sum_{0 <= j <= a} (-1)^|j| C(a, j) (sum_i (a_i - 2 j_i) x_i)^k,

where j and a - j stand for the same direction, prod (a_i + 1)/2 directions are enough. (Griewank,
Utke and Walther, Mathematics of Computation 69, 2000, interpolate in all multi-indices of size k
instead, which takes more as soon as there are three variables.) The weights alternate: for
exp(x_1 + ... + x_8) and one derivative in each variable the terms are together 6 times their sum.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from .._types import Orders

__all__ = ["AlongDirections", "along_directions", "biharmonic_terms", "laplacian_terms"]


@dataclass(frozen=True)
class AlongDirections:
    """A linear differential operator: value u + sum_v sum_k along[v][k] (v.d)^k u.

    Parameters
    ----------
    value : Fraction
        Weight of the function itself.
    along : mapping of direction to mapping of order to Fraction
        Directions are coprime integers of which the first that is not 0 is positive.
    """

    value: Fraction
    along: Mapping[tuple[int, ...], Mapping[int, Fraction]]


def along_directions(terms: Mapping[Orders, Fraction | int]) -> AlongDirections:
    """Write sum_a c_a d^a as directional derivatives; directions of several terms are shared.

    Parameters
    ----------
    terms : mapping of orders to coefficient
        Each key has an order for each variable, `(2, 0, 1)` for u_xxz.

    Examples
    --------
    >>> for direction, weights in along_directions({(1, 1): 1}).along.items():
    ...     print(direction, {order: str(weight) for order, weight in weights.items()})
    (1, 1) {2: '1/4'}
    (1, -1) {2: '-1/4'}
    """
    value = Fraction(0)
    along: dict[tuple[int, ...], dict[int, Fraction]] = {}
    for orders, coefficient in terms.items():
        if not any(orders):
            value += coefficient
        for direction, weight in _polarised(orders).items():
            weights = along.setdefault(direction, defaultdict(Fraction))
            weights[sum(orders)] += coefficient * weight
    kept = {
        direction: {order: weight for order, weight in sorted(weights.items()) if weight}
        for direction, weights in along.items()
    }
    return AlongDirections(value, {v: weights for v, weights in kept.items() if weights})


def _polarised(orders: Orders) -> dict[tuple[int, ...], Fraction]:
    """The weight of (v.d)^k in d^a for each direction v; none for k = 0."""
    total = sum(orders)
    active = [i for i, order in enumerate(orders) if order]
    weights: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for steps in product(*(range(orders[i] + 1) for i in active)):
        components = [orders[i] - 2 * step for i, step in zip(active, steps, strict=True)]
        length = math.gcd(*components)
        if length == 0:
            continue
        if next(component for component in components if component) < 0:
            length = -length
        direction = [0] * len(orders)
        for i, component in zip(active, components, strict=True):
            direction[i] = component // length
        ways = math.prod(math.comb(orders[i], step) for i, step in zip(active, steps, strict=True))
        size = (-1) ** sum(steps) * ways * length**total
        weights[tuple(direction)] += Fraction(size, 2**total * math.factorial(total))
    return weights


def laplacian_terms(dimension: int) -> dict[Orders, int]:
    """The terms of u_11 + ... + u_dd.

    Examples
    --------
    >>> laplacian_terms(2)
    {(2, 0): 1, (0, 2): 1}
    """
    return {_orders(dimension, {i: 2}): 1 for i in range(dimension)}


def biharmonic_terms(dimension: int) -> dict[Orders, int]:
    """The terms of the Laplacian applied twice.

    Examples
    --------
    >>> biharmonic_terms(2)
    {(4, 0): 1, (0, 4): 1, (2, 2): 2}
    """
    pure = {_orders(dimension, {i: 4}): 1 for i in range(dimension)}
    pairs = combinations(range(dimension), 2)
    return pure | {_orders(dimension, {i: 2, j: 2}): 2 for i, j in pairs}


def _orders(dimension: int, given: Mapping[int, int]) -> Orders:
    return tuple(given.get(i, 0) for i in range(dimension))
