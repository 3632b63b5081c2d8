"""The derivatives of the sigmoid in tensor code, for devices that the kernel cannot reach.

    mathematics                                          name
    a = |x|, w = exp(-a)                                 distance, decay
    q = 1/(1 + w) = s(a), p = s (1 - s) = w q^2          share
    x_j > 0, the positive zeros of s^(n)                 zeros, rests (what rounding leaves of them)

    s^(n) = p prod_j (1 - p/p_j) [(1 - 2s) if n is even],
    1 - p/p_j = (1 - exp(x_j - a)) (1 - exp(-x_j - a)) q^2

The last form keeps its relative accuracy beside the zeros, where 1 - p/p_j loses it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from .. import special

__all__ = ["sigmoid", "silu", "softplus", "tanh"]


def sigmoid(x: torch.Tensor, n: int) -> torch.Tensor:
    """s^(n)."""
    distance = x.abs()
    decay = torch.exp(-distance)
    share = 1 / (1 + decay)
    if n == 0:
        return torch.where(x < 0, decay * share, share)
    square = share * share
    result = decay * square
    for zero, rest in _zeros(n, x.dtype):
        beside = torch.expm1(zero - distance + rest)
        result = result * (beside * torch.expm1(-zero - distance) * square)
    if n % 2 == 0:
        result = result * (torch.expm1(-distance) * share * torch.sign(x))
    # beyond all zeros infinitely many decays against infinitely far zeros would leave nan
    return torch.where(torch.isinf(x), torch.zeros_like(x), result)


def tanh(x: torch.Tensor, n: int) -> torch.Tensor:
    """The n-th derivative of tanh(x) = 2 s(2x) - 1."""
    return torch.tanh(x) if n == 0 else 2.0 ** (n + 1) * sigmoid(2 * x, n)


def softplus(x: torch.Tensor, n: int) -> torch.Tensor:
    """The n-th derivative of log(1 + exp(x))."""
    if n == 0:
        return torch.clamp(x, min=0) + torch.log1p(torch.exp(-x.abs()))
    return sigmoid(x, n - 1)


def silu(x: torch.Tensor, n: int) -> torch.Tensor:
    """The n-th derivative of x s(x)."""
    finite = torch.where(torch.isinf(x), torch.zeros_like(x), x)
    if n == 0:
        return torch.where(x == -torch.inf, finite, x * sigmoid(x, 0))
    return finite * sigmoid(x, n) + n * sigmoid(x, n - 1)


@cache
def _zeros(n: int, dtype: torch.dtype) -> list[tuple[float, float]]:
    """The positive zeros of s^(n), each as two numbers of a type that add up to it."""
    zeros = special.sigmoid_zeros(n)
    zeros = zeros[zeros > 0]
    # The kernel keeps its digits at the doubles beside a zero: one step of the secant through two
    # of them gives the next digits of the zero.
    step = np.spacing(zeros)
    here, there = special.sigmoid(n, zeros), special.sigmoid(n, zeros + step)
    rests = -here * step / (there - here)
    if dtype == torch.float32:
        rounded = zeros.astype(np.float32).astype(np.float64)
        zeros, rests = rounded, (zeros - rounded) + rests
    return list(zip(zeros.tolist(), rests.tolist(), strict=True))
