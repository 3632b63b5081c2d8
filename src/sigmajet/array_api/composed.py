"""The product of kernel/sigmoid.hpp, composed of the functions of a namespace.

    s^(n) = p prod_j (1 - p/p_j) [t = 1 - 2s if n is even],   e = exp(-|x|),   p = e/(1 + e)^2
    1 - p/p_j = (1 - e/e_j)(1 - e e_j)/(1 + e)^2,   1 - e/e_j = -expm1(x_j - |x|)

so that every factor keeps its digits beside its zero x_j, which is subtracted in two words.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernel import _special

__all__ = ["HIGHEST", "sigmoid", "silu", "softplus", "tanh"]

# Bits of a number -> the highest order composed: exp(x_j) and s^(n) are far from overflow, and all
# factors are 1 where p is subnormal.
HIGHEST = {64: 64, 32: 32}


def sigmoid(n: int, x: Any, xp: Any) -> Any:
    """Return s^(n) at x, by the functions of xp."""
    a = xp.abs(x)
    e = xp.exp(-a)
    share = 1 / (1 + e)
    if n == 0:
        return xp.where(x < 0, e * share, share)
    value = e * share * share
    if n % 2 == 0:
        t = -xp.expm1(-a) * share
        value = value * xp.where(x > 0, -t, t)
    for x_j, x_j_low in _special.zero_words(n)[:, :2].tolist():
        high = float(np.float32(x_j)) if xp.finfo(x.dtype).bits == 32 else x_j
        d = (high - a) + (x_j - high + x_j_low)
        one_over_e_j = math.exp(x_j) * (1 + x_j_low)
        # From afar the rounding of d would count; nearby that of e.
        factor = xp.where(xp.abs(d) < 1, -xp.expm1(d), 1 - e * one_over_e_j)
        value = value * factor * (1 - e * math.exp(-x_j)) * (share * share)
    return value


def tanh(n: int, x: Any, xp: Any) -> Any:
    """Return the n-th derivative of tanh."""
    return xp.tanh(x) if n == 0 else sigmoid(n, 2 * x, xp) * 2.0 ** (n + 1)


def softplus(n: int, x: Any, xp: Any) -> Any:
    """Return the n-th derivative of log(1 + exp(x))."""
    if n > 0:
        return sigmoid(n - 1, x, xp)
    rest = xp.log1p(xp.exp(-xp.abs(x)))
    return xp.where(x > 0, x + rest, rest)


def silu(n: int, x: Any, xp: Any) -> Any:
    """Return the n-th derivative of x s(x)."""
    order = sigmoid(n, x, xp)
    # where s^(n) is 0, so is the product, at infinity too
    value = xp.where(order == 0, order, x * order)
    return value if n == 0 else value + n * sigmoid(n - 1, x, xp)
