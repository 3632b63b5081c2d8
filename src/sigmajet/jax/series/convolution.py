"""Products of truncated power series, and recurrences that build one coefficient after another.

    mathematics                                            name
    c_k = sum_{i+j=k} a_i b_j,  k < length                 convolve(a, b, length)
    x_k = F(k, sum_{j=1..k} a_j x_{k-j}, ...)              march

Coefficients stand on the leading axis. This is traced code, for devices where the kernel does not
run and for recurrences that it does not have.

Short ones are written out, and XLA makes one kernel of each. Beyond `_WRITTEN_OUT` coefficients
that takes it longer to compile than it is worth, as its fusions compute again what several of them
need: there a loop on the device takes one coefficient a turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

__all__ = ["convolve", "march"]

# Coefficients. Through 3 x 64, 1024 points, value and gradient: at 24 written out compiles in 4.1 s
# and takes 0.20 s, the loop 2.0 s and 0.75 s; at 40 it is 11 s and 0.46 s, and 2.1 s and 1.8 s.
_WRITTEN_OUT = 24
# Elements, of which all coefficients stay in cache. The same at order 32: 1.1 s with 2048 and with
# 8192, 1.6 s with 512, 2.4 s with 65536.
_BLOCK = 2048


def convolve(a: jax.Array, b: jax.Array, length: int) -> jax.Array:
    """The first coefficients of a product; behind the leading axis shapes are the same."""
    if length == 0 or 0 in (len(a), len(b)):
        return jnp.zeros((length, *a.shape[1:]), a.dtype)
    a, b = a[:length], b[:length]
    if length <= _WRITTEN_OUT:
        rows = [
            _sum([a[i] * b[k - i] for i in range(max(0, k + 1 - len(b)), min(k + 1, len(a)))], a[0])
            for k in range(length)
        ]
        return jnp.stack(rows)
    if len(a) > len(b):
        a, b = b, a
    turned = _reversed(b, length, len(a))
    rows_in_turn: jax.Array = lax.map(lambda k: _dot(a, turned, length - 1 - k), jnp.arange(length))
    return rows_in_turn


def _sum(terms: Sequence[jax.Array], like: jax.Array) -> jax.Array:
    """The sum by pairs, which keeps the chain of additions short."""
    if not terms:
        return jnp.zeros_like(like)
    while len(terms) > 1:
        pairs = [x + y for x, y in zip(terms[::2], terms[1::2], strict=False)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
    return terms[0]


def _reversed(b: jax.Array, length: int, zeros: int) -> jax.Array:
    """Row length - 1 - i is b_i, and zeros stand for those with negative or too large an index."""
    below = jnp.zeros((length - len(b), *b.shape[1:]), b.dtype)
    return jnp.concatenate([below, b[::-1], jnp.zeros((zeros, *b.shape[1:]), b.dtype)])


def _dot(a: jax.Array, turned: jax.Array, start: jax.Array) -> jax.Array:
    """sum_j a_j turned[start + j]."""
    rows = [
        a[j] * lax.dynamic_index_in_dim(turned, start + j, keepdims=False) for j in range(len(a))
    ]
    return _sum(rows, a[0])


Rows = tuple[jax.Array, ...]
Sum = Callable[[int, int], jax.Array]
Square = Callable[[int], jax.Array]
Step = Callable[[Any, Rows, Sum, Square], Rows]


def march(order: int, rows: Rows, starts: Rows, constants: Rows, step: Step) -> Rows:
    """The coefficients 1..order of series x, y, ... that determine each other in turn.

    Parameters
    ----------
    rows : arrays, each of shape (m, *s)
        Known coefficients a_1..a_m, b_1..b_m, ...
    starts : arrays of shape s
        x_0, y_0, ...
    constants : arrays of shape s
        What a step needs beside them.
    step : callable
        ``step(k, constants, sums, squares)`` gives x_k, y_k, ...; ``sums(r, i)`` is
        sum_{j=1..k} rows[r]_j x_{k-j} of the i-th series, ``squares(i)`` sum_{0<j<k} x_j x_{k-j}.
    """
    shape = jnp.broadcast_shapes(*(a.shape[1:] for a in rows), *(x.shape for x in starts))
    rows = tuple(jnp.broadcast_to(a[:order], (min(order, len(a)), *shape)) for a in rows)
    starts, constants = (
        tuple(jnp.broadcast_to(x, shape) for x in group) for group in (starts, constants)
    )
    if order <= _WRITTEN_OUT:
        return _march_written_out(order, rows, starts, constants, step)
    count = math.prod(shape)
    blocks = -(-count // _BLOCK)

    def in_blocks(x: jax.Array, lead: int) -> jax.Array:
        flat = x.reshape(*x.shape[:lead], count)
        flat = jnp.pad(flat, [(0, 0)] * lead + [(0, blocks * _BLOCK - count)], mode="edge")
        return jnp.moveaxis(flat.reshape(*x.shape[:lead], blocks, _BLOCK), lead, 0)

    def march_block(block: tuple[Rows, Rows, Rows]) -> Rows:
        return _march_in_a_loop(order, *block, step)

    found = lax.map(
        march_block,
        (
            tuple(in_blocks(a, 1) for a in rows),
            tuple(in_blocks(x, 0) for x in starts),
            tuple(in_blocks(x, 0) for x in constants),
        ),
    )
    return tuple(
        jnp.moveaxis(x, 0, 1).reshape(order, -1)[:, :count].reshape(order, *shape) for x in found
    )


def _march_written_out(order: int, rows: Rows, starts: Rows, constants: Rows, step: Step) -> Rows:
    series = [[x] for x in starts]
    for k in range(1, order + 1):

        def sums(r: int, i: int, k: int = k) -> jax.Array:
            a, x = rows[r], series[i]
            return _sum([a[j - 1] * x[k - j] for j in range(1, min(k, len(a)) + 1)], x[0])

        def squares(i: int, k: int = k) -> jax.Array:
            x = series[i]
            pairs = _sum([x[j] * x[k - j] for j in range(1, (k + 1) // 2)], x[0])
            return 2 * pairs + (0 if k % 2 else x[k // 2] * x[k // 2])

        for x, new in zip(series, step(k, constants, sums, squares), strict=True):
            x.append(new)
    return tuple(jnp.stack(x[1:]) for x in series)


def _march_in_a_loop(order: int, rows: Rows, starts: Rows, constants: Rows, step: Step) -> Rows:
    def turn(k: jax.Array, series: Rows) -> Rows:
        def sums(r: int, i: int) -> jax.Array:
            return _dot(rows[r], series[i], order - k + 1)

        def squares(i: int) -> jax.Array:
            x = series[i]
            return _dot(x[order - 1 : 0 : -1], x, order - k + 1)

        new = step(k, constants, sums, squares)
        return tuple(
            lax.dynamic_update_index_in_dim(x, row, order - k, 0)
            for x, row in zip(series, new, strict=True)
        )

    begin = tuple(_reversed(x[None], order + 1, order) for x in starts)
    found = lax.fori_loop(1, order + 1, turn, begin)
    return tuple(x[:order][::-1] for x in found)
