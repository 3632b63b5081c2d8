"""Numbers as unevaluated sums of two words, in traced code that a compiler may contract.

XLA lets its back ends round a b + c once instead of twice wherever they like. That leaves sums
that must be exact so only if none of their operands is a product that rounds. Hence three rules:

- products that must be exact are of numbers with few bits, so that contractions change nothing;
- the high word of a product has passed a mask of bits, which no contraction looks through; it is at
  most two units from the product, and the low word makes up for it;
- constants in sums come through `held`, so that algebra on constants does not undo (c - x) - c.

Sums after Knuth, products after Dekker with halves cut by mask (1971), which cannot overflow.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

__all__ = ["Pair", "fast_two_sum", "held", "reciprocal", "two_product", "two_sum"]


class Pair(NamedTuple):
    """high + low, where low is at most a few units in the last place of high."""

    high: jax.Array
    low: jax.Array

    def __add__(self, other: Pair) -> Pair:  # type: ignore[override]  # a tuple's sum is no use here
        high, low = two_sum(self.high, other.high)
        return fast_two_sum(high, low + (self.low + other.low))

    def __mul__(self, other: Pair) -> Pair:  # type: ignore[override]
        high, low = two_product(self.high, other.high)
        return Pair(high, low + (self.high * other.low + self.low * other.high))

    def __neg__(self) -> Pair:
        return Pair(-self.high, -self.low)

    def scaled(self, power: jax.Array | float) -> Pair:
        """The product with a power of two, which is exact."""
        return Pair(self.high * power, self.low * power)

    def value(self) -> jax.Array:
        """The sum, rounded; an overflow leaves no low word to add."""
        return jnp.where(jnp.isfinite(self.high), self.high + self.low, self.high)


def held(words: np.ndarray, dtype: np.dtype) -> jax.Array:
    """Constants as the compiler's algebra cannot see them, rounded to the type."""
    constants: jax.Array = lax.optimization_barrier(jnp.asarray(words.astype(dtype)))
    return constants


def _masked(x: jax.Array, cut: int) -> jax.Array:
    """The number without its last `cut` bits."""
    integers = np.dtype(f"uint{8 * x.dtype.itemsize}")
    bits = lax.bitcast_convert_type(x, integers) & np.array(-1 << cut).astype(integers)
    return lax.bitcast_convert_type(bits, x.dtype)


_pinned = partial(_masked, cut=1)


def _halves(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    upper = _masked(x, {8: 27, 4: 12}[x.dtype.itemsize])
    return upper, x - upper


def two_sum(a: jax.Array, b: jax.Array) -> Pair:
    """The sum of two words exactly."""
    s = a + b
    c = s - a
    return Pair(s, (a - (s - c)) + (b - c))


def fast_two_sum(a: jax.Array, b: jax.Array) -> Pair:
    """The sum exactly, where |a| >= |b|; b may be a product."""
    s = _pinned(a + b)
    return Pair(s, b - (s - a))


def two_product(a: jax.Array, b: jax.Array) -> Pair:
    """The product exactly, its high word without the last bit."""
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    high = _pinned(a * b)
    return Pair(high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2)


def reciprocal(a: Pair, one: jax.Array) -> Pair:
    """1/a, where `one` is a held 1."""
    guess = _pinned(1 / a.high)
    product = two_product(guess, a.high)
    rest = (one - product.high) - product.low - guess * a.low
    return Pair(guess, guess * rest)
