"""Formulas over boxes: both ends of what they may be, a box each, to infinity.

Each end is moved outwards by what rounding may take from it (R. E. Moore, R. B. Kearfott and
M. J. Cloud, Introduction to Interval Analysis, SIAM, 2009). What has no value on a box, as a
logarithm left of zero, has no numbers for both ends; what has values on a part of a box is enclosed
there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np
import sympy

from ..._types import Array
from ...errors import ProblemError
from ...rounding import relative_rounding

__all__ = ["bounds"]

Ends = tuple[Array, Array]

# Which rise everywhere, and those that rise from the first number on alone.
_RISING: Mapping[type, Callable[[Array], Array]] = {
    sympy.exp: np.exp,
    sympy.sinh: np.sinh,
    sympy.tanh: np.tanh,
    sympy.atan: np.arctan,
    sympy.asinh: np.arcsinh,
    sympy.log: np.log,
    sympy.asin: np.arcsin,
    sympy.acosh: np.arccosh,
    sympy.atanh: np.arctanh,
}


def bounds(expression: sympy.Expr, inputs: Mapping[sympy.Symbol, Ends]) -> Ends:
    """Both ends (m,) of an expression over boxes, given those of its symbols.

    Raises
    ------
    ProblemError
        If it holds a function of which no bounds are known.
    """
    known: dict[sympy.Basic, Ends] = dict(inputs)

    def of(node: sympy.Basic) -> Ends:
        if node not in known:
            known[node] = _of(node, [of(each) for each in node.args])
        return known[node]

    with np.errstate(all="ignore"):
        low, high = of(expression)
    shape = np.broadcast_shapes(*(ends[0].shape for ends in inputs.values()))
    return np.broadcast_to(low, shape), np.broadcast_to(high, shape)


def _of(node: sympy.Basic, parts: Sequence[Ends]) -> Ends:
    if node.is_Number or node.is_NumberSymbol:
        value = np.array(float(node))
        return value if node.is_Integer else np.asarray(value - _spare(value)), np.asarray(
            value if node.is_Integer else value + _spare(value)
        )
    if isinstance(node, sympy.Add):
        return reduce(_sum, parts)
    if isinstance(node, sympy.Mul):
        return reduce(_product, parts)
    if isinstance(node, sympy.Pow):
        return _power(parts[0], node.exp, parts[1])
    if type(node) in _RISING:
        return _rising(_RISING[type(node)], parts[0])
    if isinstance(node, sympy.cosh):
        size = _absolute(parts[0])
        return _wider(np.cosh(size[0]), np.cosh(size[1]))
    if isinstance(node, sympy.cos):
        return _cosine(parts[0])
    if isinstance(node, sympy.sin):
        return _cosine((parts[0][0] - 0.5 * np.pi, parts[0][1] - 0.5 * np.pi))
    raise ProblemError(
        f"of {type(node).__name__} no bounds over boxes are known; write it in powers, "
        "exponentials, logarithms and trigonometric functions, or use ClosedCurve"
    )


def _wider(low: Array, high: Array) -> Ends:
    return np.asarray(low - _spare(low)), np.asarray(high + _spare(high))


def _spare(value: Array) -> Array:
    size = np.abs(value)
    return np.where(np.isfinite(size), relative_rounding(4) * size, 0.0)  # some units


def _sum(first: Ends, second: Ends) -> Ends:
    low, high = first[0] + second[0], first[1] + second[1]
    known = ~(np.isnan(first[0]) | np.isnan(second[0]))
    # The difference of two infinities may be anything.
    low = np.where(known & np.isnan(low), -np.inf, low)
    return _wider(low, np.where(known & np.isnan(high), np.inf, high))


def _rising(function: Callable[[Array], Array], ends: Ends) -> Ends:
    """Of a function that rises; beyond where it has values nothing is known."""
    low, high = _wider(function(ends[0]), function(ends[1]))
    some = (np.isnan(low) != np.isnan(high)) | (np.isnan(low) & (ends[0] < 0.0) & (ends[1] > 0.0))
    return (
        np.where(some & np.isnan(low), -np.inf, low),
        np.where(some & np.isnan(high), np.inf, high),
    )


def _product(first: Ends, second: Ends) -> Ends:
    products = [_times(a, b) for a in first for b in second]
    # `minimum` keeps what is no number.
    return _wider(reduce(np.minimum, products), reduce(np.maximum, products))


def _times(a: Array, b: Array) -> Array:
    """The product of two ends, zero if one is zero and the other infinite."""
    return np.asarray(np.where((a == 0.0) | (b == 0.0), 0.0 * (np.sign(a) + np.sign(b)), a * b))


def _absolute(ends: Ends) -> Ends:
    low, high = ends
    inner = np.maximum(np.maximum(low, -high), 0.0)
    return inner, np.maximum(-low, high)


def _power(base: Ends, exponent: sympy.Expr, given: Ends) -> Ends:
    low, high = base
    if exponent.is_Integer:
        power = abs(int(exponent))
        if power % 2 == 0:
            low, high = _absolute(base)
        found = _wider(low**power, high**power)
        if int(exponent) > 0:
            return found
        apart = (found[0] > 0.0) | (found[1] < 0.0) | np.isnan(found[0])
        inverse = _wider(1.0 / found[1], 1.0 / found[0])
        return np.where(apart, inverse[0], -np.inf), np.where(apart, inverse[1], np.inf)
    if exponent.is_Number:  # a root: no number where the base is negative
        root = float(exponent)
        some = np.where(high < 0.0, low, np.maximum(low, 0.0)), high
        rises = _rising(lambda ends: np.asarray(ends ** abs(root)), some)
        if root > 0.0:
            return rises
        return _wider(1.0 / rises[1], np.where(rises[0] <= 0.0, np.inf, 1.0 / rises[0]))
    logarithm = _rising(np.log, base)
    product = _product(logarithm, given)
    return _wider(np.exp(product[0]), np.exp(product[1]))


def _cosine(ends: Ends) -> Ends:
    low, high = _wider(*ends)
    values = np.cos(low), np.cos(high)
    peak = np.ceil(low / (2.0 * np.pi)) * 2.0 * np.pi <= high
    trough = np.ceil((low - np.pi) / (2.0 * np.pi)) * 2.0 * np.pi + np.pi <= high
    all_around = ~(high - low < 2.0 * np.pi)
    spare = relative_rounding(4)
    least, most = np.minimum(*values) - spare, np.maximum(*values) + spare
    return np.where(trough | all_around, -1.0, least), np.where(peak | all_around, 1.0, most)
