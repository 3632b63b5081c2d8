"""The sigmoid family on arrays of any library: whom each kind of array goes to."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

from .. import special
from ..kernel import _special
from . import composed

__all__ = ["sigmoid", "silu", "softplus", "tanh"]


def sigmoid(n: int, x: Any, *, xp: Any = None) -> Any:
    """Return the n-th derivative of s(x) = 1/(1 + exp(-x)).

    Parameters
    ----------
    n : int
        Order, 0 to 200. Composed, to 64 in float64 and to 32 in float32, which hold what is formed
        on the way.
    x : array
        Real floating-point points, of any library that keeps the array API standard.
    xp : namespace, optional
        Functions for `x` where it names none itself: ``abs``, ``exp``, ``expm1``, ``log1p``,
        ``tanh``, ``where``, ``isdtype``, and ``finfo``.

    Returns
    -------
    array
        Of the type and shape of `x`. At infinity the limits, at nan nan. Composed, the relative
        error is below 2 (n + 3) units of rounding, beside the zeros of s^(n) too, down to the least
        normal number.

    Raises
    ------
    ValueError
        If the order is no integer from 0 to 200, or too high to be composed.
    TypeError
        If x is no array of a known namespace or holds no real floating-point numbers.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid(1, np.array([0.0, 40.0]))
    array([2.50000000e-01, 4.24835426e-18])
    """
    return _dispatch("sigmoid", n, x, xp)


def tanh(n: int, x: Any, *, xp: Any = None) -> Any:
    """Return the n-th derivative of tanh. Parameters, results and errors as of `sigmoid`.

    Examples
    --------
    >>> import numpy as np
    >>> tanh(1, np.array([0.0]))
    array([1.])
    """
    return _dispatch("tanh", n, x, xp)


def softplus(n: int, x: Any, *, xp: Any = None) -> Any:
    """Return the n-th derivative of log(1 + exp(x)), n = 0..200. Otherwise as `sigmoid`.

    Examples
    --------
    >>> import numpy as np
    >>> softplus(1, np.array([0.0]))
    array([0.5])
    """
    return _dispatch("softplus", n, x, xp)


def silu(n: int, x: Any, *, xp: Any = None) -> Any:
    """Return the n-th derivative of x s(x). Otherwise as `sigmoid`.

    Composed, the error is 2 (n + 3) units of rounding of the terms x s^(n) and n s^(n-1), which
    cancel beside zeros of the result.

    Examples
    --------
    >>> import numpy as np
    >>> silu(1, np.array([0.0]))
    array([0.5])
    """
    return _dispatch("silu", n, x, xp)


def _dispatch(name: str, n: int, x: Any, xp: Any) -> Any:
    """Return order n of a function by what knows arrays of this kind best."""
    if not isinstance(n, int | np.integer) or not 0 <= n <= _special.largest_order:
        raise ValueError(f"n = {n!r}: expected an integer from 0 to {_special.largest_order}")
    if xp is None:
        own = _own(x)
        if own is not None:
            return getattr(own, name)(int(n), x)
        if not hasattr(x, "__array_namespace__"):
            raise TypeError(
                f"x: got {type(x).__name__}, expected an array that keeps the array API standard, "
                "or its functions as xp="
            )
        xp = x.__array_namespace__()
    if not xp.isdtype(x.dtype, "real floating"):
        raise TypeError(f"x: got {x.dtype}, expected real floating-point numbers")
    bits = xp.finfo(x.dtype).bits
    if n > composed.HIGHEST.get(bits, -1):
        raise ValueError(
            f"n = {n}: arrays of {type(x).__module__} of {x.dtype} have orders to "
            f"{composed.HIGHEST.get(bits, 'none')}; sigmajet.{name} takes those of NumPy to 200"
        )
    return getattr(composed, name)(int(n), x, xp)


def _own(x: Any) -> ModuleType | None:
    """Return the module of sigmajet that is made for arrays of this kind, if one is."""
    library = type(x).__module__.partition(".")[0]
    if isinstance(x, np.ndarray | np.generic | int | float | list | tuple):
        return special
    if library == "torch":
        from .. import torch

        return torch
    if library in ("jax", "jaxlib") and "jax" in sys.modules:
        from .. import jax

        return jax
    return None
