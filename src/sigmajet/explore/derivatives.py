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
    values = getattr(special, name)(order, x)
    own = order - shift  # of s
    result: dict[str, Any] = {
        "x": x.tolist(),
        "values": values.tolist(),
        "zeros": _zeros(own).tolist() if scale == 1 else (_zeros(own) / scale).tolist(),
    }
    extremes = _zeros(own + 1) / scale
    result["extremes"] = [
        [place, value]
        for place, value in zip(
            extremes.tolist(), getattr(special, name)(order, extremes).tolist(), strict=True
        )
    ]
    if own < 1:  # no sum over powers: s itself, and its integral
        return {**result, "coefficients": [], "errors": None}
    judged = x[::_JUDGED]
    truth = np.array([float(exact.evaluate(own, scale * point, 20)) for point in judged])
    truth *= 1.0 if scale == 1 else 2.0 ** (own + 1)
    largest = np.max(np.abs(truth))
    ours = np.abs(values[::_JUDGED] - truth) / largest
    factor = 1.0 if scale == 1 else 2.0 ** (own + 1)
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
