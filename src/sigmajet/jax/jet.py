"""All directional derivatives of a function in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from ..deep import checked_order, lengthening, unit
from . import rules
from .propagation import Kinked, Propagation, Series, not_passed

__all__ = ["Function", "checked_points", "checked_rows", "expand", "jet"]

_ = rules  # its rules are what a propagation knows

Function = Callable[[Any], Any]
"""A function of one array, such as a module of Equinox or Flax."""


def jet(f: Function, x: ArrayLike, v: ArrayLike, order: int) -> Any:
    """Return f and its directional derivatives (v.d)^k f at x, k = 0 ... order.

    One pass with truncated Taylor series: time grows like the square of the order, where nested
    differentiation multiplies it with each. The result is differentiable, also with respect to what
    f closes over, by every transformation of JAX.

    Parameters
    ----------
    f : callable
        A function of one array, such as a module of Equinox or Flax, traced once; what it closes
        over may be traced itself. It may hold + - * / **, matrix products and convolutions, exp,
        log, sin, cos, tan, sinh, cosh and their inverses, sqrt, erf, the activations of this
        package and the smooth ones of `jax.nn`, sums, indexing, reshaping, concatenation,
        `jnp.where` whose condition is a comparison, `jnp.maximum` and `jnp.minimum` (the mean of
        both derivatives where they are equal), `jit`, `checkpoint`, `scan` and what is made of
        them. Derivatives that a function brings along (`custom_jvp`, `custom_vjp`) are not asked
        for: its definition counts.
    x : array_like
        Points, of any shape that f takes.
    v : array_like
        Directions; broadcast to the shape of x.
    order : int
        The highest derivative, a Python number.

    Returns
    -------
    jax.Array, shape (order + 1, *f(x).shape)
        A tree of them if f returns a tree of arrays.

    Raises
    ------
    NotImplementedError
        If f calls something else, which is named; also for functions with kinks such as relu, the
        absolute value and the largest of an axis.
    TypeError, ValueError
        If x is not real, v does not fit it, or the order is not from 0 to 170: 171! is beyond
        float64.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import jet
    >>> print(jet(jnp.sin, 0.0, 1.0, 3))
    [ 0.  1. -0. -1.]
    """
    points, along = checked_points(x), checked_points(v, "v")
    highest = checked_order(order)
    try:
        along = jnp.broadcast_to(along.astype(points.dtype), points.shape)
    except ValueError:
        raise ValueError(
            f"v: got shape {along.shape}, expected one that broadcasts to that of x, {points.shape}"
        ) from None
    if highest == 0:
        return jax.tree.map(lambda y: jnp.asarray(y)[None], f(points))
    longer = along[None, None] * 2.0 ** lengthening(highest)
    result = expand(f, Series(points, longer), Propagation(highest))
    return jax.tree.map(
        lambda u: _derivatives(u, highest), result, is_leaf=lambda u: isinstance(u, Series)
    )


def _derivatives(u: Series, order: int) -> jax.Array:
    """K! u_k, k = 0 ... order, of directions that were lengthened."""
    rows = [u.first]
    for k in range(1, order + 1):
        if k > len(u.rest):
            rows.append(jnp.zeros_like(u.first))
            continue
        rows.append(u.rest[k - 1, 0] * unit(k, order))
    return jnp.stack(rows)


def expand(f: Function, u: Series, way: Propagation) -> Any:
    """Return the series of f in a tree like that of f; what does not depend on u is one as well."""
    closed, shapes = jax.make_jaxpr(f, return_shape=True)(u.first)
    results = way.through(closed, [u])
    for value in results:
        if isinstance(value, Kinked):
            raise not_passed(value.name)
    directions = u.rest.shape[1]
    series = [
        value
        if isinstance(value, Series)
        else Series(value, jnp.zeros((0, directions, *jnp.shape(value)), jnp.result_type(value)))
        for value in results
    ]
    return jax.tree.unflatten(jax.tree.structure(shapes), series)


def checked_points(x: ArrayLike, name: str = "x") -> jax.Array:
    """Return an array of real numbers, or refuse what is none."""
    points = jnp.asarray(x)
    if jnp.issubdtype(points.dtype, jnp.integer):
        return points.astype(float)
    if not jnp.issubdtype(points.dtype, jnp.floating):
        raise TypeError(f"{name}: got {points.dtype}, expected real numbers")
    return points


def checked_rows(x: ArrayLike) -> jax.Array:
    """Return points in rows, or refuse what has no axis for the variables."""
    points = checked_points(x)
    if points.ndim == 0:
        raise ValueError("x: got a number, expected points in rows, with an axis for the variables")
    return points
