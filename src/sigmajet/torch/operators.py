"""Partial derivatives and differential operators of networks, by jets along few directions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import torch

from .._types import Orders
from ..deep import (
    AlongDirections,
    along_directions,
    biharmonic_terms,
    laplacian_terms,
    read_operator,
)
from .jet import Function, checked_points, expand
from .series import Series

__all__ = ["biharmonic", "derivative", "laplacian", "operator"]


def derivative(f: Function, x: torch.Tensor, orders: Orders) -> torch.Tensor:
    """Return a partial derivative of f at x.

    A derivative of order k in several variables is a sum, with exact rational weights, of k-th
    derivatives along integer directions, of which only the sum goes through the network.

    Parameters
    ----------
    f : callable
        As for `jet`. It treats points one by one: its result at a point must not depend on others.
    x : Tensor, shape (..., d)
        Points, one a row.
    orders : tuple of int
        The order in each of the d variables, ``(2, 0, 1)`` for u_xxz.

    Returns
    -------
    Tensor
        Of the shape of f(x).

    Raises
    ------
    NotImplementedError
        If f calls a function that jets do not pass through.
    TypeError, ValueError
        If the arguments do not fit each other.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 2.0]])
    >>> derivative(lambda x: x[..., 0] ** 3 * x[..., 1] ** 2, x, (2, 1))
    tensor([24.])
    """
    dimension = _dimension(x)
    if len(orders) != dimension or any(not isinstance(k, int) or k < 0 for k in orders):
        raise ValueError(
            f"orders: got {orders}, expected {dimension} integers from 0, one for each column of x"
        )
    return _apply(along_directions({tuple(orders): 1}), f, x)


def laplacian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """Return u_11 + ... + u_dd of f at x.

    One pass with first derivatives in d directions and a single sum of second ones.

    Parameters and errors are those of `derivative`.

    Returns
    -------
    Tensor
        Of the shape of f(x).

    Examples
    --------
    >>> laplacian(lambda x: (x**2).sum(-1), torch.zeros(1, 3))
    tensor([6.])
    """
    return _apply(along_directions(laplacian_terms(_dimension(x))), f, x)


def biharmonic(f: Function, x: torch.Tensor) -> torch.Tensor:
    """Return the Laplacian of the Laplacian of f at x.

    Parameters and errors are those of `derivative`. There are about d^2 directions.

    Returns
    -------
    Tensor
        Of the shape of f(x).

    Examples
    --------
    >>> biharmonic(lambda x: (x[..., 0] * x[..., 1]) ** 2, torch.ones(1, 2))
    tensor([8.])
    """
    return _apply(along_directions(biharmonic_terms(_dimension(x))), f, x)


def operator(
    text: str, f: Function, *, variables: Sequence[str] | None = None
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the function that a linear differential operator, written as text, makes of f.

    Parameters
    ----------
    text : str
        A sum of derivatives times numbers, ``"u_xxxx + 2*u_xxyy + u_yyyy"``; `u` is f itself.
    f : callable
        As for `derivative`.
    variables : sequence of str, optional
        What the columns of the points are called. Without it x, y and z are the first three, and t
        is the last one.

    Returns
    -------
    callable
        From points of shape (..., d) to values of the shape of f(x).

    Raises
    ------
    ValueError
        If the text is no such sum, or, when called, if its variables do not fit the points.

    Examples
    --------
    >>> wave = operator("u_tt - 4*u_xx", lambda x: torch.sin(x[..., 0] + 2 * x[..., 1]))
    >>> wave(torch.ones(3, 2))
    tensor([0., 0., 0.])
    """
    read_operator(text, len(variables) if variables is not None else 4, variables)
    known: dict[int, AlongDirections] = {}

    def applied(x: torch.Tensor) -> torch.Tensor:
        dimension = _dimension(x)
        if dimension not in known:
            known[dimension] = along_directions(read_operator(text, dimension, variables))
        return _apply(known[dimension], f, x)

    return applied


def _dimension(x: torch.Tensor) -> int:
    checked_points(x)
    if x.ndim == 0:
        raise ValueError("x: got a number, expected points in rows, with an axis for the variables")
    return x.shape[-1]


def _apply(operator: AlongDirections, f: Function, x: torch.Tensor) -> torch.Tensor:
    """An operator given by directions, of all that f returns."""
    groups: dict[int, dict[tuple[int, ...], Mapping[int, Fraction]]] = defaultdict(dict)
    for direction, weights in operator.along.items():
        groups[max(weights)][direction] = weights
    total: Any = None
    for order, group in groups.items():
        result = expand(f, _along(x, group, order))
        parts = [_summed(result, group, order, x)]
        if total is None and operator.value:
            parts.append(float(operator.value) * result.value)
        for part in parts:
            total = part if total is None else total + part
    if total is None:
        total = expand(f, Series([x])).value * float(operator.value)
    result_at_points: torch.Tensor = total
    return result_at_points


def _along(
    x: torch.Tensor, group: Mapping[tuple[int, ...], Mapping[int, Fraction]], order: int
) -> Series:
    """The points as a series along the directions of a group."""
    directions = torch.tensor(list(group), dtype=x.dtype, device=x.device)
    if len(group) == 1:
        return Series([x, directions[0].expand_as(x), *[None] * (order - 1)])
    weights = _weights(group, order, x)
    each = directions.reshape(len(group), *[1] * (x.ndim - 1), x.shape[-1])
    each = each.expand(len(group), *x.shape)
    if order == 1:
        return Series([x], weights, torch.tensordot(weights, each, 1))
    return Series([x, each, *[None] * (order - 2)], weights)


def _summed(
    result: Series,
    group: Mapping[tuple[int, ...], Mapping[int, Fraction]],
    order: int,
    x: torch.Tensor,
) -> torch.Tensor:
    """The weighted sum over the directions and orders of a group."""
    total = torch.zeros_like(result.value)
    for k, part in enumerate(result.terms[1:], 1):
        scale = _weights(group, k, x) * math.factorial(k)
        if part is not None and scale.any():
            if result.weights is None:
                total = total + scale[0] * part
            else:
                total = total + torch.tensordot(scale.to(part.dtype), part, 1)
    if result.top is not None:
        total = total + math.factorial(order) * result.top
    return total


def _weights(
    group: Mapping[tuple[int, ...], Mapping[int, Fraction]], order: int, x: torch.Tensor
) -> torch.Tensor:
    given = [float(weights.get(order, 0)) for weights in group.values()]
    return torch.tensor(given, dtype=x.dtype, device=x.device)
