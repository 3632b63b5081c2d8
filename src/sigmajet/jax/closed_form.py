"""A function whose partial derivatives are all known, as a function of JAX.

Its derivative in a variable is the same function with one order more: what transformations ask for
is evaluated on the host, never differentiated, so that it has the accuracy of the values.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir
from jax.typing import ArrayLike
from numpy.typing import NDArray

from .._types import Derivatives, Orders
from .jet import checked_points

__all__ = ["ClosedForm"]


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """A function of points (..., d), with values (..., n), or (...) for one component.

    It can be differentiated any number of times, by all transformations.

    Parameters
    ----------
    derivatives : callable
    dimension : int
        How many variables d there are.
    components : int
        How many components n there are.
    """

    derivatives: Derivatives
    dimension: int
    components: int

    def __call__(self, x: ArrayLike) -> jax.Array:
        """Values at points, in the type of the points; computed in float64 on the host.

        Raises
        ------
        TypeError, ValueError
            If x is not real, or has not one column for each variable.
        """
        points = checked_points(x)
        if points.ndim == 0 or points.shape[-1] != self.dimension:
            raise ValueError(
                f"x: got shape {points.shape}, expected (..., {self.dimension}), a column for each "
                "variable"
            )
        values = _bind(points, self, (0,) * self.dimension)
        return values[..., 0] if self.components == 1 else values

    def at(self, orders: Orders, x: NDArray[np.floating]) -> NDArray[np.floating]:
        """A derivative at points (..., d), (..., n) in their type."""
        points = np.asarray(x, dtype=np.float64).reshape(-1, self.dimension)
        rounding = float(jnp.finfo(x.dtype).eps)  # type: ignore[no-untyped-call]
        values = self.derivatives(orders, points, rounding)
        return values.reshape(*x.shape[:-1], self.components).astype(x.dtype)


closed_form_p = Primitive("sigmajet_closed_form")


def _bind(x: jax.Array, function: ClosedForm, orders: Orders) -> jax.Array:
    values: jax.Array = closed_form_p.bind(x, function=function, orders=orders)
    return values


def _evaluated(x: jax.Array, *, function: ClosedForm, orders: Orders) -> jax.Array:
    return jnp.asarray(function.at(orders, np.asarray(x)))


def _called_back(x: jax.Array, *, function: ClosedForm, orders: Orders) -> jax.Array:
    like = jax.ShapeDtypeStruct((*x.shape[:-1], function.components), x.dtype)
    values: jax.Array = jax.pure_callback(
        lambda points: function.at(orders, np.asarray(points)), like, x
    )
    return values


def _along(dx: jax.Array, x: jax.Array, *, function: ClosedForm, orders: Orders) -> jax.Array:
    raised = (tuple(k + (i == j) for j, k in enumerate(orders)) for i in range(function.dimension))
    return sum(
        (_bind(x, function, more) * dx[..., i, None] for i, more in enumerate(raised)),
        start=jnp.zeros((*x.shape[:-1], function.components), x.dtype),
    )


def _batched(
    arguments: tuple[jax.Array], axes: tuple[int], *, function: ClosedForm, orders: Orders
) -> tuple[jax.Array, int]:
    return _bind(jnp.moveaxis(arguments[0], axes[0], 0), function, orders), 0


closed_form_p.def_impl(_evaluated)
closed_form_p.def_abstract_eval(
    lambda x, *, function, orders: x.update(shape=(*x.shape[:-1], function.components))
)
ad.defjvp(closed_form_p, _along)
batching.primitive_batchers[closed_form_p] = _batched
mlir.register_lowering(closed_form_p, mlir.lower_fun(_called_back, multiple_results=False))
