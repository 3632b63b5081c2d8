"""Products of Taylor series along several directions, and their transposes, as primitives.

    mathematics                                                    name
    a(t) = a_0 + sum_k a_k t^k along each of R directions          first (*s), rest (m, R, *s)
    (a b)_k = sum_{i+j=k} a_i b_j                                  product_p
    x_j = sum_{k>=j} a_{k-j} c_k, for x_0 summed over directions   correlation_p

Both are linear in each operand, and each is what the other's derivative is made of, so that
differentiating them any number of times gives such again, of the same price.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching

from . import fused
from .convolution import convolve

__all__ = ["batched", "correlation_p", "padded", "product_p"]

Pair = tuple[jax.Array, jax.Array]


def padded(rest: jax.Array, order: int) -> jax.Array:
    """Exactly `order` rows, with zeros for those that are missing."""
    rest = rest[:order]
    zeros = jnp.zeros((order - len(rest), *rest.shape[1:]), rest.dtype)
    return jnp.concatenate([rest, zeros]) if len(zeros) else rest


def _product(
    a0: jax.Array, a: jax.Array, b0: jax.Array, b: jax.Array, *, order: int
) -> list[jax.Array]:
    mixed = convolve(a, b, order - 1)
    mixed = jnp.concatenate([jnp.zeros((1, *mixed.shape[1:]), mixed.dtype), mixed])
    return [a0 * b0, a0 * padded(b, order) + b0 * padded(a, order) + mixed]


def _correlation(
    a0: jax.Array, a: jax.Array, c0: jax.Array, c: jax.Array, *, order: int
) -> list[jax.Array]:
    shared = min(len(a), len(c))
    first = a0 * c0 + jnp.sum(a[:shared] * c[:shared], axis=(0, 1))
    mixed = convolve(c[::-1], a, max(len(c) - 1, 0))[::-1]
    return [first, a0 * padded(c, order) + padded(mixed, order)]


def batched(
    arguments: Sequence[jax.Array], axes: Sequence[int | None], primitive: Primitive, order: int
) -> tuple[list[jax.Array], tuple[int, ...]]:
    """Map a primitive of pairs first, rest over an axis, which comes before those of elements."""
    size = next(x.shape[axis] for x, axis in zip(arguments, axes, strict=True) if axis is not None)
    moved = []
    for number, (x, axis) in enumerate(zip(arguments, axes, strict=True)):
        place = 2 * (number % 2)
        if axis is None:
            shape = (*x.shape[:place], size, *x.shape[place:])
            moved.append(jnp.broadcast_to(jnp.expand_dims(x, place), shape))
        else:
            moved.append(jnp.moveaxis(x, axis, place))
    results = primitive.bind(*moved, order=order)
    return results, tuple(2 * (number % 2) for number in range(len(results)))


def _shapes(a0: Any, a: Any, _b0: Any, _b: Any, *, order: int) -> list[Any]:
    return [a0, a.update(shape=(order, *a.shape[1:]))]


def _tangent(
    primitive: Primitive, primals: Sequence[Any], tangents: Sequence[Any], *, order: int
) -> tuple[Any, Any]:
    values = primitive.bind(*primals, order=order)
    parts = []
    for side in (slice(0, 2), slice(2, 4)):
        if all(isinstance(tangent, ad.Zero) for tangent in tangents[side]):
            continue
        operands = list(primals)
        operands[side] = map(ad.instantiate_zeros, tangents[side])
        parts.append(primitive.bind(*operands, order=order))
    return values, [sum(terms[1:], terms[0]) for terms in zip(*parts, strict=True)]


def _transposed(
    of_left: Callable[..., Any],
    of_right: Callable[..., Any],
    cotangents: Sequence[Any],
    *operands: Any,
    order: int,
) -> list[Any]:
    """The cotangents of what is linear: of a pair, or of one of it beside zeros."""
    unknown = [isinstance(operand, ad.UndefinedPrimal) for operand in operands]
    above = [ad.instantiate_zeros(cotangent) for cotangent in cotangents]
    if any(unknown[:2]):
        found = [*of_left(operands[2:], above, _rows_of(operands[1])), None, None]
    else:
        found = [None, None, *of_right(operands[:2], above, _rows_of(operands[3]))]
    return [x if here else None for x, here in zip(found, unknown, strict=True)]


def _rows_of(rest: Any) -> int:
    """How many rows a known or unknown operand has."""
    shape = rest.aval.shape if isinstance(rest, ad.UndefinedPrimal) else rest.shape
    return int(shape[0])


def _make(name: str, target: str, traced: Callable[..., Any]) -> Primitive:
    primitive = Primitive(name)
    primitive.multiple_results = True
    primitive.def_abstract_eval(_shapes)
    fused.lower(primitive, target, traced, "order")
    ad.primitive_jvps[primitive] = partial(_tangent, primitive)
    batching.primitive_batchers[primitive] = partial(batched, primitive=primitive)
    return primitive


product_p = _make("sigmajet_product", "sigmajet_series_product", _product)
correlation_p = _make("sigmajet_correlation", "sigmajet_series_correlation", _correlation)


def _correlated(a: Any, c: Any, rows: int) -> Any:
    return correlation_p.bind(*a, *c, order=rows)


def _multiplied(a: Any, b: Any, rows: int) -> Any:
    return product_p.bind(*a, *b, order=rows)


ad.primitive_transposes[product_p] = partial(_transposed, _correlated, _correlated)
ad.primitive_transposes[correlation_p] = partial(
    _transposed, lambda c, above, rows: _correlated(above, c, rows), _multiplied
)
