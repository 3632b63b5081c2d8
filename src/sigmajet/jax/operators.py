"""Partial derivatives and differential operators of functions, by jets along few directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from .._types import Orders
from ..deep import (
    Group,
    Plan,
    biharmonic_plan,
    checked_orders,
    derivative_plan,
    laplacian_plan,
    lengthening,
    read_operator,
    text_plan,
    unit,
)
from .jet import Function, checked_rows, expand
from .propagation import Propagation, Series

__all__ = ["biharmonic", "derivative", "laplacian", "operator"]


def derivative(f: Function, x: ArrayLike, orders: Orders) -> Any:
    """Return a partial derivative of f at x.

    A derivative of order k in several variables is a sum, with exact rational weights, of k-th
    derivatives along integer directions, of which only the sum goes through the network.

    Parameters
    ----------
    f : callable
        As for `jet`. It treats points one by one: its result at a point must not depend on others.
    x : array_like, shape (..., d)
        Points, one a row.
    orders : tuple of int
        The order in each of the d variables, ``(2, 0, 1)`` for u_xxz.

    Returns
    -------
    jax.Array
        Of the shape of f(x).

    Raises
    ------
    NotImplementedError
        If f calls a function that jets do not pass through.
    TypeError, ValueError
        If the arguments do not fit each other.

    Examples
    --------
    >>> from sigmajet.jax import derivative
    >>> print(derivative(lambda x: x[..., 0] ** 3 * x[..., 1] ** 2, [1.0, 2.0], (2, 1)))
    24.0
    """
    points = checked_rows(x)
    return _apply(derivative_plan(checked_orders(orders, points.shape[-1])), f, points)


def laplacian(f: Function, x: ArrayLike) -> Any:
    """Return u_11 + ... + u_dd of f at x.

    One pass with first derivatives in d directions and a single sum of second ones.

    Parameters and errors are those of `derivative`.

    Returns
    -------
    jax.Array
        Of the shape of f(x).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import laplacian
    >>> print(laplacian(lambda x: jnp.sum(x**2, -1), jnp.zeros((1, 3))))
    [6.]
    """
    points = checked_rows(x)
    return _apply(laplacian_plan(points.shape[-1]), f, points)


def biharmonic(f: Function, x: ArrayLike) -> Any:
    """Return the Laplacian of the Laplacian of f at x.

    Parameters and errors are those of `derivative`. There are about d^2 directions.

    Returns
    -------
    jax.Array
        Of the shape of f(x).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import biharmonic
    >>> print(biharmonic(lambda x: (x[..., 0] * x[..., 1]) ** 2, jnp.ones((1, 2))))
    [8.]
    """
    points = checked_rows(x)
    return _apply(biharmonic_plan(points.shape[-1]), f, points)


def operator(
    text: str, f: Function, *, variables: Sequence[str] | None = None
) -> Callable[[ArrayLike], Any]:
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
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import operator
    >>> wave = operator("u_tt - 4*u_xx", lambda x: jnp.sin(x[..., 0] + 2 * x[..., 1]))
    >>> print(wave(jnp.ones((3, 2))))
    [0. 0. 0.]
    """
    named = None if variables is None else tuple(variables)
    read_operator(text, len(named) if named is not None else 4, named)

    def applied(x: ArrayLike) -> Any:
        points = checked_rows(x)
        return _apply(text_plan(text, points.shape[-1], named), f, points)

    return applied


def _apply(plan: Plan, f: Function, x: jax.Array) -> Any:
    """An operator, of all that f returns."""
    parts = [_along(f, x, group) for group in plan.groups]
    if plan.value or not parts:
        parts.append(jax.tree.map(lambda y: plan.value * y, f(x)))
    return jax.tree.map(lambda *rows: sum(rows[1:], rows[0]), *parts)


def _along(f: Function, x: jax.Array, group: Group) -> Any:
    """The weighted sum over the directions and orders of a group, from one pass."""
    order = group.order
    rows = np.array(group.directions, dtype=float) * 2.0 ** lengthening(order)
    scales = [np.array(row) * unit(k, order) for k, row in enumerate(group.weights, 1)]
    highest = jnp.asarray(scales[-1])
    each = jnp.asarray(rows.reshape(len(rows), *[1] * (x.ndim - 1), -1), x.dtype)
    each = jnp.broadcast_to(each, (len(rows), *x.shape))
    if order == 1:  # the highest order is all there is, so that the sum enters
        start = Series(x, each[None][:0], jnp.tensordot(highest, each, 1).astype(x.dtype))
    else:
        start = Series(x, each[None])

    def total(u: Series) -> jax.Array:
        result = jnp.zeros_like(u.first) if u.top is None else u.top
        for scale, row in zip(scales, u.rest, strict=False):
            if scale.any():
                result = result + jnp.tensordot(jnp.asarray(scale, row.dtype), row, 1)
        return result

    result = expand(f, start, Propagation(order, highest))
    return jax.tree.map(total, result, is_leaf=lambda u: isinstance(u, Series))
