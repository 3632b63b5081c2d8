"""Functions of Taylor series by the differential equations that the functions satisfy.

    mathematics                                                       name
    y = F(u),  y' = p u',  p = F'(u)                                  slope
    k y_k = sum_{j=1..k} j u_j p_{k-j}                                integrate
    s' = s (1 - s):   p_k = y_k (1 - 2 y_0) - sum_{0<i<k} y_i y_{k-i}
    tanh' = 1 - y^2:  p_k = -2 y_0 y_k - sum_{0<i<k} y_i y_{k-i}
    y = a/b:          y_k = (a_k - sum_{j=1..k} b_j y_{k-j})/b_0

On the CPU s, tanh and products are operators of the kernel (`fused`); their tensor code here is for
other devices. The cost is proportional to the square of the order (Griewank and Walther, Evaluating
Derivatives, chapter 13). p_0 and 1 - 2 y_0 come from the kernel: neither is a difference of rounded
numbers, so that the coefficients keep their digits in both tails.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch

from . import activation, fused
from .series import Part, Series

__all__ = [
    "compose",
    "cosine_and_sine",
    "divide",
    "error_function",
    "exponential",
    "logarithm",
    "multiply",
    "power",
    "sigmoid",
    "silu",
    "softplus",
    "tanh",
]

Parts = list[Part]


def integrate(u: Series, value: torch.Tensor, slope: Callable[[Parts, int], Part]) -> Series:
    """The series y with y' = p u' and a given value.

    Parameters
    ----------
    slope : callable
        ``slope(y, k)`` gives p_k; the list holds y_0 to y_k, and is called for k = 0, 1, 2, ...
    """
    y: Parts = [value]
    p = [slope(y, 0)]
    ascent = [_times(part, float(k)) for k, part in enumerate(u.terms)]
    length = len(u.terms)
    for k in range(1, length):
        y.append(_times(_convolved(ascent, p, k), 1 / k))
        if k < length - 1 or u.weights is not None:
            p.append(slope(y, k))
    if u.weights is None:
        return Series(y)
    rest = u.weighted(_times(_convolved(ascent, p, length), 1 / length))
    return Series(y, u.weights, _plus(_times(u.top, p[0]), rest))


def sigmoid(u: Series) -> Series:
    """Return s(u)."""
    if fused.takes(u):
        return fused.activated(u, activation.sigmoid)
    opposite = activation.tanh(0, u.value / -2)  # 1 - 2 s

    def slope(y: Parts, k: int) -> Part:
        if k == 0:
            return activation.sigmoid(1, u.value)
        return _minus(_times(y[k], opposite), _square(y, k))

    return integrate(u, activation.sigmoid(0, u.value), slope)


def tanh(u: Series) -> Series:
    """Return tanh(u)."""
    if fused.takes(u):
        return fused.activated(u, activation.tanh)

    def slope(y: Parts, k: int) -> Part:
        if k == 0:
            return activation.tanh(1, u.value)
        return _minus(_times(_times(y[k], y[0]), -2.0), _square(y, k))

    return integrate(u, activation.tanh(0, u.value), slope)


def softplus(u: Series) -> Series:
    """Return log(1 + exp(u))."""
    slope = [activation.sigmoid(0, u.value), *sigmoid(_one_by_one(u)).terms[1:]]
    return integrate(u, activation.softplus(0, u.value), _known(slope))


def silu(u: Series) -> Series:
    """The product u s(u)."""
    return multiply(u, sigmoid(u))


def exponential(u: Series, value: torch.Tensor) -> Series:
    """Return exp(u), or exp(u) - 1 if that is the value."""
    start = torch.exp(u.value)
    return integrate(u, value, lambda y, k: y[k] if k else start)


def cosine_and_sine(u: Series, sign: int) -> tuple[Series, Series]:
    """The cosine and the sine of u for sign = -1, the hyperbolic ones for sign = 1."""
    functions = (torch.cos, torch.sin) if sign < 0 else (torch.cosh, torch.sinh)
    cosine, sine = (function(u.value) for function in functions)
    ascent = [_times(part, float(k)) for k, part in enumerate(u.terms)]
    cosines: Parts = [cosine]

    def slope(sines: Parts, k: int) -> Part:
        if k:
            cosines.append(_times(_convolved(ascent, sines, k), sign / k))
        return cosines[k]

    sines = integrate(u, sine, slope)
    return integrate(u, cosine, lambda _, k: _times(sines.terms[k], float(sign))), sines


def logarithm(u: Series, value: torch.Tensor) -> Series:
    """Return log(u), or log(1 + v) with u = 1 + v if that is the value."""
    inverse: Parts = []

    def slope(_: Parts, k: int) -> Part:
        inverse.append(
            _over(_times(_convolved(u.terms, inverse, k), -1.0), u.value) if k else 1 / u.value
        )
        return inverse[k]

    return integrate(u, value, slope)


def power(u: Series, exponent: float) -> Series:
    """Return a constant power of u; whole positive ones by products, which hold at 0 as well."""
    if exponent == int(exponent) and exponent > 0:
        half = int(exponent) // 2
        if half == 0:
            return u
        even = power(multiply(u, u), half)
        return multiply(even, u) if exponent % 2 else even
    slopes: Parts = []  # p = exponent y/u

    def slope(y: Parts, k: int) -> Part:
        if k == 0:
            slopes.append(exponent * torch.pow(u.value, exponent - 1))
        else:
            rest = _minus(_times(y[k], exponent), _convolved(u.terms, slopes, k))
            slopes.append(_over(rest, u.value))
        return slopes[k]

    return integrate(u, torch.pow(u.value, exponent), slope)


def error_function(u: Series) -> Series:
    """Return erf(u), with erf' = 2/sqrt(pi) exp(-u^2)."""
    alone = _one_by_one(u)
    square = multiply(alone, alone).linear(torch.neg)
    slope = [torch.exp(-(u.value**2)), *exponential(square, torch.exp(square.value)).terms[1:]]
    factor = 2 / math.sqrt(math.pi)
    return integrate(u, torch.erf(u.value), lambda _, k: _times(slope[k], factor))


def compose(u: Series, derivative: Callable[[int], torch.Tensor]) -> Series:
    """F(u) for a function given by its derivatives at the value, ``derivative(i)``.

    The series of F^(i) is the slope of that of F^(i-1), from the highest down, so that this costs
    the cube of the order.
    """
    order = len(u.terms) - 1 + (u.weights is not None)
    slope: Sequence[Part] = [derivative(order)]
    for i in range(order - 1, 0, -1):
        slope = integrate(Series(u.terms[: order - i + 1]), derivative(i), _known(slope)).terms
    return integrate(u, derivative(0), _known(slope))


def multiply(a: Series, b: Series, product: Callable[..., torch.Tensor] = torch.mul) -> Series:
    """The series of a product, or of any other bilinear function of two series."""
    length = len(a.terms)
    # Elements of the same place in both need no care for the axis of directions.
    by_element = product is torch.mul and a.ndim == b.ndim
    if product is torch.mul and a.shape == b.shape and fused.takes(a) and a.dtype == b.dtype:
        return fused.multiplied(a, b)

    def convolved(k: int) -> Part:
        total: Part = None
        for i in range(max(0, k - length + 1), min(k + 1, length)):
            left, right = a.terms[i], b.terms[k - i]
            if left is not None and right is not None:
                part = left * right if by_element else a.across(product, (left, i), (right, k - i))
                total = _plus(total, part)
        return total

    terms = [convolved(k) for k in range(length)]
    if a.weights is None:
        return Series(terms)
    top = a.weighted(convolved(length))
    if a.top is not None:
        top = _plus(top, product(a.top, b.value))
    if b.top is not None:
        top = _plus(top, product(a.value, b.top))
    return Series(terms, a.weights, top)


def divide(a: Series, b: Series) -> Series:
    """Return a/b."""
    y: Parts = []
    for k, part in enumerate(a.terms):
        y.append(_over(_minus(part, _convolved(b.terms, y, k)), b.value))
    if a.weights is None:
        return Series(y)
    rest = _minus(a.top, a.weighted(_convolved(b.terms, y, len(y))))
    return Series(y, a.weights, _over(_minus(rest, _times(b.top, y[0])), b.value))


def _known(slope: Sequence[Part]) -> Callable[[Parts, int], Part]:
    return lambda _, k: slope[k]


def _one_by_one(u: Series) -> Series:
    """The terms of all directions without the sum over them, as one direction of more elements."""
    if u.weights is None:
        return u
    return Series([u.value.expand(len(u.weights), *u.shape), *u.terms[1:]])


def _convolved(a: Sequence[Part], b: Sequence[Part], k: int) -> Part:
    """sum_{j=1..k} a_j b_{k-j}, of the coefficients that there are."""
    total: Part = None
    for j in range(max(1, k - len(b) + 1), min(k + 1, len(a))):
        total = _plus_product(total, a[j], b[k - j])
    return total


def _square(a: Sequence[Part], k: int) -> Part:
    """sum_{0<i<k} a_i a_{k-i}, each pair once."""
    pairs: Part = None
    for i in range(1, (k + 1) // 2):
        pairs = _plus_product(pairs, a[i], a[k - i])
    pairs = _times(pairs, 2.0)
    return pairs if k % 2 else _plus_product(pairs, a[k // 2], a[k // 2])


def _plus_product(total: Part, a: Part, b: Part) -> Part:
    if a is None or b is None:
        return total
    return a * b if total is None else torch.addcmul(total, a, b)


def _plus(a: Part, b: Part) -> Part:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _minus(a: Part, b: Part) -> Part:
    if a is None or b is None:
        return a if b is None else -b
    return a - b


def _times(a: Part, b: Part | float) -> Part:
    return None if a is None or b is None else a * b


def _over(a: Part, b: torch.Tensor) -> Part:
    return None if a is None else a / b
