"""Partial derivatives and differential operators of networks, by jets along few directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from .._types import Orders
from ..deep import Plan, checked_orders, read_operator
from .jet import Function, dimension_of, expand
from .planning import (
    biharmonic_plan,
    derivative_plan,
    laplacian_plan,
    lengthening,
    text_plan,
    unit,
)
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
    return _apply(derivative_plan(checked_orders(orders, dimension_of(x))), f, x)


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
    return _apply(laplacian_plan(dimension_of(x)), f, x)


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
    return _apply(biharmonic_plan(dimension_of(x)), f, x)


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
    named = None if variables is None else tuple(variables)
    read_operator(text, len(named) if named is not None else 4, named)

    def applied(x: torch.Tensor) -> torch.Tensor:
        return _apply(text_plan(text, dimension_of(x), named), f, x)

    return applied


def _apply(plan: Plan, f: Function, x: torch.Tensor) -> torch.Tensor:
    """An operator, of all that f returns."""
    value, groups = plan
    total: torch.Tensor | None = None
    for order, directions, weights in groups:
        result = expand(f, _along(x, order, directions, weights))
        if total is None:
            total = value * result.value if value else torch.zeros_like(result.value)
        total = total + _summed(result, order, weights)
    return expand(f, Series([x])).value * value if total is None else total


def _along(
    x: torch.Tensor,
    order: int,
    directions: tuple[tuple[int, ...], ...],
    weights: tuple[tuple[float, ...], ...],
) -> Series:
    """The points as a series along directions; of several, the highest order as the sum."""
    each = torch.tensor(directions, dtype=x.dtype, device=x.device) * 2.0 ** lengthening(order)
    if len(directions) == 1:
        return Series([x, each[0].expand_as(x), *[None] * (order - 1)])
    highest = torch.tensor(weights[-1], dtype=x.dtype, device=x.device)
    if order == 1:
        return Series([x], highest, (highest @ each).expand_as(x))
    each = each.reshape(len(directions), *[1] * (x.ndim - 1), x.shape[-1])
    each = each.expand(len(directions), *x.shape)
    return Series([x, each, *[None] * (order - 2)], highest)


def _summed(result: Series, order: int, weights: tuple[tuple[float, ...], ...]) -> torch.Tensor:
    """The weighted sum over the directions and the orders from 1."""
    total = torch.zeros_like(result.value)
    for k, part in enumerate(result.terms[1:], 1):
        if part is None or not any(weights[k - 1]):
            continue
        scale = unit(k, order)
        if result.weights is None:
            total = total + weights[k - 1][0] * scale * part
        else:
            several = torch.tensor(weights[k - 1], dtype=part.dtype, device=part.device)
            total = total + scale * torch.tensordot(several, part, 1)
    if result.top is not None:
        total = total + unit(order, order) * result.top
    return total
