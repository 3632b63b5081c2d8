"""What the page shows of a derivative: its curve, zeros, extremes, coefficients, and errors.

The functions follow from the sigmoid s by a scale and a shift of the order,

    tanh^(n)(x) = 2^(n+1) s^(n)(2x),   softplus^(n)(x) = s^(n-1)(x),

and so do their zeros; the extremes of an order are the zeros of the next one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import exact, special
from .._types import Array

__all__ = ["FUNCTIONS", "describe"]

# Name -> the scale of its argument, and by how much its order is higher than that of s.
FUNCTIONS = {"sigmoid": (1, 0), "tanh": (2, 0), "softplus": (1, 1)}
_HALF_WIDTH = 12.0  # of the curve for s: beyond, all derivatives are e^-|x| and only decay
_POINTS = 481
_JUDGED = 12  # every so many points the errors are judged against exact arithmetic, 1 ms each


def describe(name: str, order: int) -> dict[str, Any]:
    """All that the page shows of the derivative of this order, as numbers for JSON."""
    scale, shift = FUNCTIONS[name]
    x = np.linspace(-_HALF_WIDTH, _HALF_WIDTH, _POINTS) / scale
    function = getattr(special, name)
    values = function(order, x)
    own = order - shift  # of s
    extremes = _zeros(own + 1) / scale
    result: dict[str, Any] = {
        "x": x.tolist(),
        "values": values.tolist(),
        "zeros": (_zeros(own) / scale).tolist(),
        "extremes": np.column_stack([extremes, function(order, extremes)]).tolist(),
    }
    if own < 1:  # no sum over powers: s itself, and its integral
        return {**result, "coefficients": [], "errors": None}
    judged = x[::_JUDGED]
    factor = float(scale) ** (own + 1)
    truth = factor * np.array([float(exact.evaluate(own, scale * x, 20)) for x in judged])
    largest = np.max(np.abs(truth))
    ours = np.abs(values[::_JUDGED] - truth) / largest
    naive = np.abs(factor * _power_sum(own, scale * judged) - truth) / largest
    return {
        **result,
        "coefficients": [str(c) for c in exact.coefficients(own)],
        "errors": {"x": judged.tolist(), "naive": naive.tolist(), "ours": ours.tolist()},
    }


def _zeros(order: int) -> Array:
    """Of s^(order) on the whole line."""
    return special.sigmoid_zeros(order) if order >= 1 else np.empty(0)


def _power_sum(order: int, x: Array) -> Array:
    """Evaluate the formula as it stands, s^(n) = sum_k c(n,k) s^k: what the product replaces."""
    s = 1.0 / (1.0 + np.exp(-x))
    coefficients = [float(c) for c in exact.coefficients(order)]
    return s * np.polynomial.polynomial.polyval(s, coefficients)
