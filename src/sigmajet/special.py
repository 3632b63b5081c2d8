"""Derivatives of the sigmoid family in floating point: NumPy ufuncs with the order first.

The formulas and the reasons are in `sigmoid.hpp`; the exact numbers are in `sigmajet.exact`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _special
from ._special import bose, sigmoid, sigmoid_taylor, silu, softplus, tanh

__all__ = [
    "bose",
    "sigmoid",
    "sigmoid_jet",
    "sigmoid_taylor",
    "sigmoid_zeros",
    "silu",
    "softplus",
    "tanh",
]


def sigmoid_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return s, s', ..., s^(order) at x, stacked on a new leading axis.

    Parameters
    ----------
    order : int
        The highest derivative, 0 to 200.
    x : array_like
        Real points. float32 and float16 give float32, everything else float64.
    out : ndarray, optional
        C-contiguous array of the result's shape and type to fill. For large results this pays:
        fresh memory costs more than the numbers in it.

    Returns
    -------
    ndarray, shape (order + 1, *x.shape), C-contiguous

    Examples
    --------
    >>> sigmoid_jet(2, 1.0)
    array([ 0.73105858,  0.19661193, -0.09085775])
    """
    order = _order(order)
    points = np.asarray(x)
    real = np.float32 if points.dtype in (np.float16, np.float32) else np.float64
    shape = (order + 1, *points.shape)
    if out is None:
        out = np.empty(shape, real)
    elif out.shape != shape or out.dtype != real or not out.flags.carray:
        raise ValueError(
            f"out: got {out.dtype} of shape {out.shape}, expected a writable C-contiguous array "
            f"of {np.dtype(real)} and shape {shape}"
        )
    if np.may_share_memory(points, out):
        points = points.copy()
    _special.sigmoid_jet(order, np.ascontiguousarray(points, real), out)
    return out


def sigmoid_zeros(n: int) -> NDArray[np.float64]:
    """Return the n - 1 real zeros of s^(n), ascending; each is correctly rounded.

    Parameters
    ----------
    n : int
        Order of the derivative, 0 to 200.

    Examples
    --------
    >>> sigmoid_zeros(3)
    array([-1.3169579,  1.3169579])
    """
    positive = _special.positive_zeros(_order(n))
    middle = [0.0] if n and n % 2 == 0 else []
    return np.concatenate([-positive[::-1], middle, positive])


def _order(n: int) -> int:
    if not isinstance(n, int | np.integer) or not 0 <= n <= _special.largest_order:
        raise ValueError(f"order = {n!r}: expected an integer from 0 to {_special.largest_order}")
    return int(n)
