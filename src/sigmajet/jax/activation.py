"""The derivatives of the sigmoid family in JAX, where the derivative of order n is order n + 1.

One primitive with the order as a parameter is closed under differentiation, so nesting
transformations costs nothing but the higher order. `family` is how it is evaluated.
"""

from __future__ import annotations

import operator

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir
from jax.typing import ArrayLike

from .family import LARGEST, evaluate

__all__ = ["activation_p", "bind", "sigmoid", "silu", "softplus", "tanh"]

activation_p = Primitive("sigmajet_activation")


def sigmoid(n: int, x: ArrayLike) -> jax.Array:
    r"""Return the n-th derivative of s(x) = 1/(1 + exp(-x)).

    Differentiable by every transformation of JAX, to any order: its derivative is
    ``sigmoid(n + 1, x)``. Correct in both tails, where ``jax.nn.sigmoid`` has derivatives 0.

    Parameters
    ----------
    n : int
        Order, 0 to 200; a Python number, not a traced one.
    x : array_like
        Real points. float16 and bfloat16 are computed in float32, integers in JAX's default type.

    Returns
    -------
    jax.Array
        Of the shape and type of `x`. At infinity the limits, 1 or 0 and zeros; at nan, nan. Errors
        are at most 4 units in the last place (for n > 1 about one), at the zeros of s^(n) too; what
        is below the least normal number may be flushed to zero, as the device does.

    Raises
    ------
    ValueError
        If `n` is no integer from 0 to 200, also for the derivative that a transformation needs.
    TypeError
        If `x` is not real.

    Examples
    --------
    >>> import jax
    >>> from sigmajet.jax import sigmoid
    >>> print(jax.grad(jax.grad(lambda x: sigmoid(1, x)))(0.0), sigmoid(3, 0.0))
    -0.125 -0.125
    """
    return bind("sigmoid", n, x)


def tanh(n: int, x: ArrayLike) -> jax.Array:
    """Return the n-th derivative of tanh(x).

    Parameters, types and errors are those of `sigmoid`.

    Examples
    --------
    >>> from sigmajet.jax import tanh
    >>> print(tanh(1, 0.0), tanh(3, 0.0))
    1.0 -2.0
    """
    return bind("tanh", n, x)


def softplus(n: int, x: ArrayLike) -> jax.Array:
    """Return the n-th derivative of log(1 + exp(x)).

    Parameters, types and errors are those of `sigmoid`; orders go to 201.

    Examples
    --------
    >>> from sigmajet.jax import softplus
    >>> print(softplus(1, 0.0), softplus(2, 0.0))
    0.5 0.25
    """
    return bind("softplus", n, x)


def silu(n: int, x: ArrayLike) -> jax.Array:
    """Return the n-th derivative of x s(x), which is x s^(n)(x) + n s^(n-1)(x).

    Parameters, types and errors are those of `sigmoid`. Where the two terms cancel, the error
    is small beside them.

    Examples
    --------
    >>> from sigmajet.jax import silu
    >>> print(silu(1, 0.0), silu(2, 0.0))
    0.5 0.5
    """
    return bind("silu", n, x)


def bind(name: str, order: int, x: ArrayLike) -> jax.Array:
    """Validate and apply the primitive."""
    n = _order(name, order)
    points = jnp.asarray(x)
    if not jnp.issubdtype(points.dtype, jnp.floating):
        if not jnp.issubdtype(points.dtype, jnp.integer) and points.dtype != bool:
            raise TypeError(f"x: got {points.dtype}, expected real numbers")
        points = points.astype(float)
    if points.dtype in (jnp.float32, jnp.float64):
        value: jax.Array = activation_p.bind(points, name=name, order=n)
        return value
    wide: jax.Array = activation_p.bind(points.astype(jnp.float32), name=name, order=n)
    return wide.astype(points.dtype)


def _order(name: str, order: int) -> int:
    try:
        n = operator.index(order)
    except TypeError:
        n = -1
    if not 0 <= n <= LARGEST[name]:
        raise ValueError(
            f"{name} of order {order!r}: expected an integer from 0 to {LARGEST[name]}; the "
            "derivative of order n has order n + 1"
        )
    return n


def _derivative(tangent: jax.Array, x: jax.Array, *, name: str, order: int) -> jax.Array:
    slope: jax.Array = activation_p.bind(x, name=name, order=_order(name, order + 1))
    return tangent * slope


def _evaluate(x: jax.Array, *, name: str, order: int) -> jax.Array:
    return evaluate(name, order, x)


activation_p.def_impl(jax.jit(_evaluate, static_argnames=("name", "order")))
activation_p.def_abstract_eval(lambda x, **_: x.update())
ad.defjvp(activation_p, _derivative)
batching.defvectorized(activation_p)
mlir.register_lowering(activation_p, mlir.lower_fun(_evaluate, multiple_results=False))
