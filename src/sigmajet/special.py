"""Derivatives and integrals of the sigmoid family in floating point.

NumPy ufuncs with the order first, as in ``scipy.special.polygamma(n, x)``, and what goes with them.

    mathematics                              name
    s^(n),  s(x) = 1/(1 + exp(-x))           sigmoid(n, x), n = -8..200; also the Fermi function
    s^(-m) = -Li_m(-exp(x))                  sigmoid(-m, x): complete Fermi-Dirac integrals
    s' = s(1 - s), the logistic density      sigmoid(1, x); its n-th derivative sigmoid(n + 1, x)
    d^n/dx^n tanh(x), coth(x)                tanh(n, x), coth(n, x)
    d^n/dx^n log(1 + exp(x))                 softplus(n, x), n = -7..201
    d^n/dx^n x s(x)                          silu(n, x)
    b^(n),  b(x) = 1/(1 - exp(-x))           bose(n, x)
    s^(n)/n!                                 sigmoid_taylor(n, x), n = 0..600
    d^n/dx^n log s(x)                        log_sigmoid(n, x), n = 0..201
    d^n/dx^n log(x/(1 - x))                  logit(n, x)
    d^n/dx^n exp(-x^2/2), erf(x), x Phi(x)   gaussian(n, x), erf(n, x), gelu(n, x)
    d^n/dx^n arctan(x), x/(1 + |x|)          arctan(n, x), softsign(n, x)
    d^n/dx^n x s(b x), x tanh(log(1 + e^x))  swish(n, x, b), mish(n, x)
    F_k(x), G_k(x)                           fermi_dirac(k, x), bose_einstein(k, x)

The printed source of the formula has a sign slip: it writes 1/(1 - exp(-x)) for the logistic
function. Both functions solve s' = s(1 - s), so the same coefficients serve both; the slip is
`bose`, with its pole at 0.

How: kernel/sigmoid.hpp, and kernel/functions/ for those that are no product over zeros of s^(n).
How accurately: docs/measurements/accuracy.md.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import kernel as _kernel
from .kernel import _special
from .kernel._special import (
    arctan,
    bose,
    coth,
    erf,
    gaussian,
    gelu,
    log_sigmoid,
    logit,
    mish,
    sigmoid,
    sigmoid_taylor,
    silu,
    softplus,
    softsign,
    tanh,
)

__all__ = [
    "arctan",
    "bose",
    "bose_einstein",
    "bose_jet",
    "coth",
    "erf",
    "fermi_dirac",
    "gaussian",
    "gelu",
    "get_include",
    "log_sigmoid",
    "logit",
    "mish",
    "sigmoid",
    "sigmoid_extremes",
    "sigmoid_jet",
    "sigmoid_taylor",
    "sigmoid_zeros",
    "silu",
    "silu_jet",
    "softplus",
    "softplus_jet",
    "softsign",
    "swish",
    "tanh",
    "tanh_jet",
]


def _name_arguments(function: np.ufunc) -> None:
    """Have `help` and `inspect` say (n, x): NumPy calls the arguments of all ufuncs x1 and x2."""
    # NumPy before 2.3 lets nobody say otherwise, and that before 2.4 has no signatures.
    with contextlib.suppress(AttributeError, ValueError):
        text = function.__doc__.replace("(x1, x2, /", "(n, x, /", 1)
        setattr(function, "__doc__", text)  # noqa: B010  # which NumPy's types call read-only
        x1, x2, *others = inspect.signature(function).parameters.values()
        named = inspect.Signature([x1.replace(name="n"), x2.replace(name="x"), *others])
        setattr(function, "__signature__", named)  # noqa: B010


for _function in (
    *(arctan, bose, coth, erf, gaussian, gelu, log_sigmoid),
    *(logit, mish, sigmoid, sigmoid_taylor, silu, softplus, softsign, tanh),
):
    _name_arguments(_function)


def sigmoid_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return s, s', ..., s^(order) at x, stacked on a new leading axis.

    The exponential is shared, so this costs about a third of the calls one by one; the numbers are
    the same. The interpreter lock is released: threads may fill blocks of rows at once.

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
        At infinity the limits, 1 or 0 and zeros; at nan, nan.

    Raises
    ------
    ValueError
        If the order is no integer from 0 to 200, or `out` does not fit.
    TypeError
        If x holds no real numbers or has a mask, or `out` is no array.

    Examples
    --------
    >>> sigmoid_jet(2, 0.0)
    array([ 0.5 ,  0.25, -0.  ])
    """
    points, out = _prepare(order, x, out)
    _special.sigmoid_jet(out.shape[0] - 1, points, out)
    return out


def tanh_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return tanh and its derivatives up to `order` at x.

    Parameters, types and errors are those of `sigmoid_jet`.
    At infinity: 1 and -1, and zeros; nan gives nan.

    Examples
    --------
    >>> tanh_jet(1, 0.0)
    array([0., 1.])
    """
    points, out = _prepare(order, x, out)
    _special.tanh_jet(out.shape[0] - 1, points, out)
    return out


def softplus_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return softplus and its derivatives up to `order` at x.

    Parameters, types and errors are those of `sigmoid_jet`.
    At infinity: inf, 1 and zeros, at -infinity zeros; nan gives nan.

    Examples
    --------
    >>> softplus_jet(1, 0.0)
    array([0.69314718, 0.5       ])
    """
    points, out = _prepare(order, x, out)
    softplus(0, points, out=out[0, ...])
    if out.shape[0] > 1:
        _special.sigmoid_jet(out.shape[0] - 2, points, out[1:])
    return out


def silu_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return x s(x) and its derivatives up to `order` at x.

    Parameters, types and errors are those of `sigmoid_jet`.
    At infinity: inf, 1 and zeros, at -infinity zeros; nan gives nan.

    Examples
    --------
    >>> silu_jet(1, 0.0)
    array([0. , 0.5])
    """
    points, out = _prepare(order, x, out)
    _special.silu_jet(out.shape[0] - 1, points, out)
    return out


def bose_jet(order: int, x: ArrayLike, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return 1/(1 - exp(-x)) and its derivatives up to `order` at x.

    Parameters, types and errors are those of `sigmoid_jet`.
    At infinity: 1, at -infinity 0, and zeros; at the pole 0 infinite, with
    the sign of the limit from above; nan gives nan.

    Examples
    --------
    >>> bose_jet(1, float('inf'))
    array([ 1., -0.])
    """
    points, out = _prepare(order, x, out)
    _special.bose_jet(out.shape[0] - 1, points, out)
    return out


def sigmoid_zeros(n: int) -> NDArray[np.float64]:
    """Return the n - 1 real zeros of s^(n), ascending; each is correctly rounded.

    Parameters
    ----------
    n : int
        Order of the derivative, 0 to 200.

    Returns
    -------
    ndarray, float64, shape (max(n - 1, 0),)
        Symmetric about 0, which is one of them where n is even and not zero.

    Raises
    ------
    ValueError
        If n is no integer from 0 to 200.

    Examples
    --------
    >>> sigmoid_zeros(3)
    array([-1.3169579,  1.3169579])
    """
    positive = _special.positive_zeros(_order(n))
    middle = [0.0] if n and n % 2 == 0 else []
    return np.concatenate([-positive[::-1], middle, positive])


def sigmoid_extremes(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where s^(n) is extreme, ascending, and its values there.

    The extremes of s^(n) are the zeros of s^(n+1).

    Parameters
    ----------
    n : int
        Order of the derivative, 0 to 199.

    Returns
    -------
    places, values : ndarray, float64, shape (n,)

    Raises
    ------
    ValueError
        If n is no integer from 0 to 199.

    Examples
    --------
    >>> sigmoid_extremes(2)
    (array([-1.3169579,  1.3169579]), array([ 0.09622504, -0.09622504]))
    """
    if n == _special.largest_order:
        raise ValueError(f"order = {n}: expected an integer from 0 to {_special.largest_order - 1}")
    places = sigmoid_zeros(_order(n) + 1)
    return places, sigmoid(n, places)


def fermi_dirac(k: ArrayLike, x: ArrayLike) -> NDArray[Any]:
    """Return the complete Fermi-Dirac integral F_k at x.

    F_k(x) = 1/Gamma(k + 1) int_0^oo t^k/(1 + exp(t - x)) dt = -Li_(k+1)(-exp(x)), the density of
    electrons at the reduced Fermi level x in semiconductors for k = 1/2. F_k' = F_(k-1). From
    polynomials on a few intervals, or by `sigmoid` for whole k; within 1 unit in the last place
    everywhere (docs/measurements/accuracy.md).

    Parameters
    ----------
    k : array_like
        -1/2, 1/2, 3/2, 5/2, or a whole number from 0 to 7.
    x : array_like
        Real points, which broadcast with k. float32 and float16 give float32, others float64.

    Returns
    -------
    ndarray or scalar
        Tends to 0 on the left and to infinity on the right; nan gives nan.

    Raises
    ------
    ValueError
        If k is another number.

    Examples
    --------
    >>> float(fermi_dirac(0.5, 0.0))
    0.765147024625408
    """
    known = (-1, 1, 3, 5, *range(0, 16, 2))
    twice = _twice(k, known, "-1/2, 1/2, 3/2, 5/2 or a whole number from 0 to 7")
    half = twice % 2 == 1
    result: NDArray[Any]
    if np.all(half):
        result = _special.fermi_dirac_half(twice, x)
    elif not np.any(half):
        result = sigmoid(-(twice // 2) - 1, x)
    else:
        result = np.where(
            half,
            _special.fermi_dirac_half(np.where(half, twice, 1), x),
            sigmoid(np.where(half, 0, -(twice // 2) - 1), x),
        )
    return result


def bose_einstein(k: ArrayLike, x: ArrayLike) -> NDArray[Any]:
    """Return the Bose-Einstein integral G_k at x <= 0.

    G_k(x) = 1/Gamma(k + 1) int_0^oo t^k/(exp(t - x) - 1) dt = Li_(k+1)(exp(x)). G_k' = G_(k-1).
    From polynomials on two intervals, beside 0 after the singular term Gamma(-k) (-x)^k; within 1
    unit in the last place everywhere (docs/measurements/accuracy.md).

    Parameters
    ----------
    k : array_like
        -1/2, 1/2, 3/2 or 5/2.
    x : array_like
        Real points, which broadcast with k. float32 and float16 give float32, others float64.

    Returns
    -------
    ndarray or scalar
        At 0 infinite for k = -1/2, else zeta(k + 1); nan for x > 0 and nan.

    Raises
    ------
    ValueError
        If k is another number.

    Examples
    --------
    >>> float(bose_einstein(0.5, 0.0))
    2.612375348685488
    """
    twice = _twice(k, (-1, 1, 3, 5), "-1/2, 1/2, 3/2 or 5/2")
    result: NDArray[Any] = _special.bose_einstein_half(twice, x)
    return result


def swish(n: ArrayLike, x: ArrayLike, slope: ArrayLike = 1.0) -> NDArray[Any]:
    """Return the n-th derivative in x of swish, x s(slope x).

    slope^(n-1) (y s^(n)(y) + n s^(n-1)(y)) with y = slope x in two words, in double-double
    and beside zeros of the result in 256 bits: within 1 unit in the last place. With slope 1 it is
    `silu`, with 1.702 nearly `gelu`.

    Parameters
    ----------
    n : array_like of int
        Orders 0 to 200.
    x : array_like
        Real points. float32 and float16 give float32, others float64.
    slope : array_like
        Real numbers, taken in the type of x. All three broadcast.

    Returns
    -------
    ndarray or scalar
        At infinity the limits: 0 where slope x is negative, else infinity, 1 and 0 for n = 0, 1 and
        more. With slope 0 the derivatives of x/2. nan for nan, and where the slope is infinite.

    Raises
    ------
    ValueError
        If an order is out of range.
    TypeError
        If an order is no integer, or x or the slope no real number.

    Examples
    --------
    >>> float(swish(1, 0.0, 1.702))
    0.5
    """
    orders, points, slopes = np.asarray(n), np.asarray(x), np.asarray(slope)
    if orders.dtype.kind not in "biu":
        raise TypeError(f"n: got {orders.dtype}, expected integers from 0 to the largest order")
    for name, given in (("x", points), ("slope", slopes)):
        if given.dtype.kind not in "biuf":
            raise TypeError(f"{name}: got {given.dtype}, expected real numbers")
    outside = orders[(orders < 0) | (orders > _special.largest_order)]
    if outside.size:
        raise ValueError(f"swish: order {outside.flat[0]} is outside 0..{_special.largest_order}")
    real = np.float32 if points.dtype in (np.float16, np.float32) else np.float64
    result: NDArray[Any] = _special.swish(
        orders.astype(np.int64), points.astype(real), slopes.astype(real)
    )
    return result


def get_include() -> str:
    """Return the folder of the C header `sigmajet.h`, for the -I of a compiler.

    The header gives C and C++ extensions the functions at a point and over arrays, without the
    interpreter lock. Cython finds those at a point by
    ``from sigmajet.kernel._special cimport sigmoid``, numba by
    ``numba.extending.get_cython_function_address("sigmajet.kernel._special", "sigmoid")``.

    Returns
    -------
    str

    Examples
    --------
    >>> from pathlib import Path
    >>> Path(get_include(), "sigmajet.h").exists()
    True
    """
    return str(Path(_kernel.__file__).parent / "include")


def _prepare(
    order: int, x: ArrayLike, out: NDArray[Any] | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the points and the array to fill, both C-contiguous and of one real type."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            "x: got a masked array, expected numbers without a mask; jets keep none, so fill or "
            "compress it first"
        )
    points = np.asarray(x)
    if points.dtype.kind not in "biuf":
        raise TypeError(
            f"x: got {points.dtype}, expected real numbers; at complex points call the function "
            "once for each order"
            if points.dtype.kind == "c"
            else f"x: got {points.dtype}, expected an array of real numbers"
        )
    real = np.float32 if points.dtype in (np.float16, np.float32) else np.float64
    shape = (_order(order) + 1, *points.shape)
    if out is None:
        out = np.empty(shape, real)
    elif not isinstance(out, np.ndarray):
        raise TypeError(f"out: got {type(out).__name__}, expected an array of NumPy")
    elif out.shape != shape or out.dtype != real or not out.flags.carray:
        raise ValueError(
            f"out: got {out.dtype} of shape {out.shape}, expected a writable C-contiguous array "
            f"of {np.dtype(real)} and shape {shape}"
        )
    if np.may_share_memory(points, out):
        points = points.copy()
    return np.asarray(points, real, order="C"), out


def _twice(k: ArrayLike, known: Iterable[int], expected: str) -> NDArray[np.int64]:
    """Return 2k, which has to be known."""
    twice = 2 * np.asarray(k, np.float64)
    if not np.all(np.isin(twice, list(known))):
        raise ValueError(f"k = {k!r}: expected {expected}")
    return twice.astype(np.int64)


def _order(n: int) -> int:
    if not isinstance(n, int | np.integer) or not 0 <= n <= _special.largest_order:
        raise ValueError(f"order = {n!r}: expected an integer from 0 to {_special.largest_order}")
    return int(n)
