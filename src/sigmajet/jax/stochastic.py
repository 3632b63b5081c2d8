"""Laplacians in hundreds of variables, estimated along random directions.

    mathematics                                              name
    E (v.d)^2 u = u_11 + ... + u_dd,  v_i = 1 or -1          estimate_laplacian
    E (v.d)^4 u = 3 (Laplacian of the Laplacian), v normal   estimate_biharmonic

Hutchinson's estimate (1990) and its analogue of order four (Hu, Shi, Karniadakis and Kawaguchi,
2024).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from ..deep import Estimate, checked_samples
from .jet import Function, checked_rows, expand
from .propagation import Propagation, Series

__all__ = ["Estimate", "estimate_biharmonic", "estimate_laplacian"]


def estimate_laplacian(f: Function, x: ArrayLike, samples: int, *, key: jax.Array) -> Estimate:
    """Return an unbiased estimate of the Laplacian of f at x and its standard error.

    Second derivatives along `samples` random directions, drawn for each point by itself.

    Parameters
    ----------
    f : callable
        As for `jet`.
    x : array_like, shape (..., d)
        Points, one a row.
    samples : int
        How many directions, 2 or more. The standard error falls like 1/sqrt(samples); it vanishes
        if there are no mixed second derivatives.
    key : jax.Array
        Of `jax.random`.

    Raises
    ------
    ValueError
        If there are fewer than 2 samples.
    NotImplementedError
        If f calls a function that jets do not pass through.

    Examples
    --------
    >>> import jax
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import estimate_laplacian
    >>> f = lambda x: jnp.sum(x**2, -1)
    >>> found = estimate_laplacian(f, jnp.zeros(300), 8, key=jax.random.key(0))
    >>> print(found.value, found.standard_error)
    600.0 0.0
    """
    points, samples = checked_rows(x), checked_samples(samples)
    directions = jax.random.rademacher(key, (samples, *points.shape), points.dtype)
    return _mean(f, points, directions, 2, 2.0)


def estimate_biharmonic(f: Function, x: ArrayLike, samples: int, *, key: jax.Array) -> Estimate:
    """Return an unbiased estimate of the Laplacian of the Laplacian and its standard error.

    Fourth derivatives along normally distributed directions. Parameters and errors are those of
    `estimate_laplacian`; the scatter is that of fourth powers, so more samples are needed.

    Examples
    --------
    >>> import jax
    >>> import jax.numpy as jnp
    >>> from sigmajet.jax import estimate_biharmonic
    >>> f = lambda x: jnp.sum(x**2, -1) ** 2
    >>> found = estimate_biharmonic(f, jnp.zeros(4), 4000, key=jax.random.key(0))
    >>> bool(abs(found.value - 192) < 4 * found.standard_error)
    True
    """
    points, samples = checked_rows(x), checked_samples(samples)
    directions = jax.random.normal(key, (samples, *points.shape), points.dtype)
    return _mean(f, points, directions, 4, 24.0 / 3)


def _mean(f: Function, x: jax.Array, directions: jax.Array, order: int, scale: float) -> Estimate:
    def mean(u: Series) -> jax.Array:
        return jnp.mean(scale * u.rest[order - 1], 0) if len(u.rest) == order else 0 * u.first

    def error(u: Series) -> jax.Array:
        if len(u.rest) < order:
            return 0 * u.first
        return jnp.std(scale * u.rest[order - 1], 0, ddof=1) / float(u.rest.shape[1] ** 0.5)

    result = expand(f, Series(x, directions[None]), Propagation(order))
    both = (jax.tree.map(g, result, is_leaf=lambda u: isinstance(u, Series)) for g in (mean, error))
    return Estimate(*both)
