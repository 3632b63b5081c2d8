"""Derivatives of the sigmoid family at points, as traced code for any device.

    a        |x|                             2^-k (1 + growth)    exp(-a)
    share    1/(1 + e) = s(a)                complement           e/(1 + e) = s(-a)
    p        s(1 - s) = e/(1 + e)^2          bend                 tanh(a/2) = (1 - e)/(1 + e)
    s^(n) = p prod_j (1 - p/p_j) [t = 1 - 2s if n is even],  p_j = p at the j-th positive zero

The kernel's algorithm (kernel/sigmoid.hpp) in pairs of words (`pairs`). The exponential is good to
some 2^-66 in float64, 2^-37 in float32. A factor p_j - p loses what it cancels, so within 1/64 of
x_j it is

    p_j - p = tanh((a - x_j)/2) (complement bend_j + complement_j) (bend + bend_j)/2,

a product of positive sums beside the first factor. Powers of two are kept apart until the end,
because e^-a may be near the least number, and devices may flush subnormal numbers to zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..kernel import _special
from .pairs import Pair, fast_two_sum, held, reciprocal, two_product, two_sum

__all__ = ["FAMILY", "LARGEST", "evaluate"]

FAMILY = ("sigmoid", "tanh", "softplus", "silu")
LARGEST = {"sigmoid": _special.largest_order, "tanh": _special.largest_order}
LARGEST |= {"softplus": _special.largest_order + 1, "silu": _special.largest_order}

_NEAR = 2.0**-6  # of a zero; less than half the least distance of two, as in the kernel
_UNROLLED = 20  # factors: orders to 42


def evaluate(name: str, order: int, x: jax.Array) -> jax.Array:
    """The derivative of a float32 or float64 array; the order is valid."""
    match name:
        case "tanh" if order == 0:
            return _tanh(x)
        case "tanh":  # 2^(n+1) s^(n)(2 x)
            return sigmoid(order, 2 * x, order + 1)
        case "softplus" if order == 0:
            return jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-jnp.abs(x)))
        case "softplus":
            return sigmoid(order - 1, x)
        case "silu":
            return silu(order, x)
    return sigmoid(order, x)


def sigmoid(n: int, x: jax.Array, shift: int = 0) -> jax.Array:
    """2^shift s^(n)(x)."""
    if n == 0:
        e = jnp.exp(-jnp.abs(x))
        return jnp.where(x < 0, e, 1) / (1 + e)
    if n == 1 and shift == 0:  # of every backward pass: a seventh of the time, at 4 units
        e = jnp.exp(-jnp.abs(x))
        return e / ((1 + e) * (1 + e))
    value, power = _derivative(n, _point(x))
    return _powered(value.value(), power - shift)


def silu(n: int, x: jax.Array) -> jax.Array:
    """The n-th derivative of x s(x), which is x s^(n) + n s^(n-1)."""
    if n == 0:
        return jnp.maximum(x, -_limit(x.dtype)) * sigmoid(0, x)
    at = _point(x)
    inside = jnp.clip(x, -_limit(x.dtype), _limit(x.dtype))
    if n == 1:  # with y = s(-x): s(x) (1 + x y)
        left = at.mantissa * at.share * (_times(at.share, inside) + Pair(at.one, 0 * at.one))
        e = _powered(at.mantissa.high, at.power)
        right = at.share.high * (1 + inside * (e * at.share.high))
        return jnp.where(x < 0, _powered(left.value(), at.power), right)
    first, power = _derivative(n, at)
    second = _derivative(n - 1, at)[0] if n > 1 else at.p
    several = two_product(second.high, jnp.full_like(x, n))
    total = _times(first, inside) + Pair(several.high, several.low + second.low * n)
    return _powered(total.value(), power)


def _tanh(x: jax.Array) -> jax.Array:
    a = -2 * jnp.abs(x)
    return jnp.copysign(-jnp.expm1(a) / (1 + jnp.exp(a)), x)


class _Point(NamedTuple):
    """What the derivatives of all orders at a point share; e = mantissa 2^-power."""

    x: jax.Array
    one: jax.Array
    power: jax.Array
    mantissa: Pair
    share: Pair
    p: Pair  # times 2^power
    bend: Pair


def _point(x: jax.Array) -> _Point:
    dtype = x.dtype
    one = held(np.ones(()), dtype)
    a = jnp.minimum(jnp.abs(x), _limit(dtype))
    k = jnp.round(a * (1 / math.log(2)))
    first, second, third = _log_2_in_short_words(dtype)
    rest, low = two_sum(k * first - a, k * second)  # = k log(2) - a; both products are exact
    growth = _growth(fast_two_sum(rest, low + k * third), one)
    power = k.astype(jnp.int32)
    mantissa = Pair(*two_sum(jnp.broadcast_to(one, x.shape), growth.high))
    mantissa = fast_two_sum(mantissa.high, mantissa.low + growth.low)
    shrunk = growth.scaled(_power_of_two(-power, dtype))
    decayed = mantissa.scaled(_power_of_two(-power, dtype))
    sum_ = two_sum(jnp.broadcast_to(one, x.shape), decayed.high)
    share = reciprocal(fast_two_sum(sum_.high, sum_.low + decayed.low), one)
    gap = two_sum(one - _power_of_two(-power, dtype), -shrunk.high)
    gap = fast_two_sum(gap.high, gap.low - shrunk.low)
    return _Point(x, one, power, mantissa, share, mantissa * share * share, gap * share)


def _growth(r: Pair, one: jax.Array) -> Pair:
    """exp(r) - 1 for |r| <= log(2)/2: of r/8 by the series, then doubled three times."""
    q = r.scaled(1 / 8)
    terms = 11 if r.high.dtype == jnp.float64 else 6  # (log(2)/16)^11/11! < 2^-75
    tail = jnp.zeros_like(q.high)
    for j in range(terms, 2, -1):  # q/3! + q^2/4! + ...
        tail = (tail + 1 / math.factorial(j)) * q.high
    half = fast_two_sum(jnp.broadcast_to(0.5 * one, q.high.shape), tail)
    growth = q + (q * q) * half
    for _ in range(3):
        growth = growth.scaled(2.0) + growth * growth
    return growth


def _derivative(n: int, at: _Point) -> tuple[Pair, jax.Array]:
    """s^(n) at a point, n >= 1, times 2^power, and the power."""
    dtype = at.x.dtype
    value = at.p
    rows = _zeros(n, dtype)
    if len(rows):
        table = held(rows, dtype)
        p = at.p.scaled(_power_of_two(-at.power, dtype))
        near = _near_factor(at, table)

        def times_factor(row: jax.Array, product: Pair) -> Pair:
            zero = _Zero(*row)
            far = two_sum(zero.p, -p.high * zero.balance)
            far = Pair(far.high, far.low + (zero.p_low - p.low * zero.balance))
            here = _is_near(at, zero)
            return product * Pair(
                jnp.where(here, near.high * zero.balance, far.high),
                jnp.where(here, near.low * zero.balance, far.low),
            )

        value = value * Pair(*held(_scale(n, dtype), dtype))
        value = _over_rows(times_factor, table, value)
    if n % 2 == 0:
        value = (value * at.bend).scaled(jnp.copysign(at.one, -at.x))
    return value, at.power


T = TypeVar("T")


class _Zero(NamedTuple):
    """A row of `_zeros`."""

    x: jax.Array
    x_low: jax.Array
    p: jax.Array  # times the balance, a power of two: from 1 to 2
    p_low: jax.Array
    complement: jax.Array
    complement_low: jax.Array
    bend: jax.Array
    bend_low: jax.Array
    balance: jax.Array


def _over_rows(step: Callable[[jax.Array, T], T], table: jax.Array, start: T) -> T:
    """Apply the step for each row: in one kernel where rows are few, else in a loop."""
    if len(table) > _UNROLLED:
        end: T = lax.fori_loop(0, len(table), lambda j, value: step(table[j], value), start)
        return end
    for row in table:
        start = step(row, start)
    return start


def _is_near(at: _Point, zero: _Zero) -> jax.Array:
    return jnp.abs(jnp.abs(at.x) - zero.x) < _NEAR


def _near_factor(at: _Point, table: jax.Array) -> Pair:
    """p_j - p for the zero x_j that is near, if there is one; otherwise anything finite."""

    def choose(row: jax.Array, found: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
        here = _is_near(at, _Zero(*row))
        return tuple(jnp.where(here, row[i], old) for i, old in zip(chosen, found, strict=True))

    chosen = (0, 1, 4, 5, 6, 7)
    found = _over_rows(choose, table, tuple(jnp.zeros_like(at.x) for _ in chosen))
    x, x_low, *words = found
    complement, bend = Pair(*words[:2]), Pair(*words[2:])
    a = jnp.minimum(jnp.abs(at.x), _limit(at.x.dtype))
    d = two_sum(a - x, -x_low)  # a - x is exact where it is small
    square = d.high * d.high  # tanh(d/2) = d/2 - d^3/24 + d^5/240 - 17 d^7/40320 + ...
    curve = -square * (1 / 24 - square * (1 / 240 - square * (17 / 40320)))
    slope = fast_two_sum(jnp.broadcast_to(0.5 * at.one, square.shape), curve)
    there = at.mantissa.scaled(_power_of_two(-at.power, at.x.dtype)) * at.share
    return d * slope * (there * bend + complement) * (at.bend + bend).scaled(0.5)


@lru_cache(maxsize=512)
def _zeros(n: int, dtype: np.dtype) -> np.ndarray:
    """The words of each zero, to be rounded to the type; tanh(x_j/2) = sqrt(1 - 4 p_j)."""
    rows = []
    for x, x_low, _, p, p_low in _special.zero_words(n):
        balance = 2.0 ** -math.floor(math.log2(p))
        exact = Fraction(p) + Fraction(p_low)
        square = 1 - 4 * exact
        bend = Fraction(math.isqrt((square.numerator << 256) // square.denominator), 2**128)
        complement = 2 * exact / (1 + bend)
        words = (Fraction(x) + Fraction(x_low), exact * Fraction(balance), complement, bend)
        rows.append((*(w for word in words for w in _two_words(word, dtype)), balance))
    return np.array(rows, np.float64).reshape(-1, len(_Zero._fields))


@lru_cache(maxsize=512)
def _scale(n: int, dtype: np.dtype) -> np.ndarray:
    """1/prod_j (p_j balance_j) in two words."""
    product = Fraction(1)
    for *_, p, p_low in _special.zero_words(n):
        product /= (Fraction(p) + Fraction(p_low)) * Fraction(2.0 ** -math.floor(math.log2(p)))
    return np.array(_two_words(product, dtype))


def _two_words(number: Fraction, dtype: np.dtype) -> tuple[float, float]:
    high = float(np.dtype(dtype).type(float(number)))
    return high, float(number - Fraction(high))


@lru_cache(maxsize=2)
def _log_2_in_short_words(dtype: np.dtype) -> tuple[float, float, float]:
    """log(2) = sum of three words, the first two short enough for exact products with k."""
    log_2 = Fraction(0.6931471805599453) + Fraction(2.3190468138462996e-17)
    bits = {"float64": 42, "float32": 16}[np.dtype(dtype).name]
    first = Fraction(math.floor(log_2 * 2**bits), 2**bits)
    second = Fraction(math.floor((log_2 - first) * 4**bits), 4**bits)
    return float(first), float(second), float(log_2 - first - second)


def _limit(dtype: np.dtype) -> float:
    """Beyond it everything underflows, 2^201 e^-a included, and all is still finite."""
    return 1000.0 if dtype == jnp.float64 else 250.0


def _power_of_two(k: jax.Array, dtype: np.dtype) -> jax.Array:
    """2^k in two steps, since 2^k may be subnormal or zero; k >= -1443."""
    half = k // 2
    return _exact_power(half, dtype) * _exact_power(k - half, dtype)


def _exact_power(k: jax.Array, dtype: np.dtype) -> jax.Array:
    if dtype == jnp.float64:
        return lax.bitcast_convert_type((k.astype(jnp.int64) + 1023) << 52, jnp.float64)
    return lax.bitcast_convert_type((k + 127) << 23, jnp.float32)


def _powered(value: jax.Array, power: jax.Array) -> jax.Array:
    half = power // 2
    dtype = value.dtype
    return value * _exact_power(-half, dtype) * _exact_power(half - power, dtype)


def _times(a: Pair, x: jax.Array) -> Pair:
    product = two_product(a.high, x)
    return Pair(product.high, product.low + a.low * x)
