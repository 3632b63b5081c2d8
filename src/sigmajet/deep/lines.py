r"""Truncated Taylor series along several lines at once, through tanh and back.

    mathematics                                          name
    u(x + s v) = u_0 + u_1 s + ... + u_K s^K             rows of a series (rows, m, n)
    t = tanh(z), w = 1 - t^2                             hyperbolic_tangent
    d^a u = sum_v c_v k! u_k along v                     combined

With t = tanh(z) and w = 1 - t^2 = t' along a line,

.. math:: k\,t_k = \sum_{j=1}^k j\,z_j w_{k-j}, \qquad w_k = -\sum_{j=0}^k t_j t_{k-j} .

To first order tanh(z + dz) = t + w dz, as functions along the line: the derivative of the series t
by the series z is multiplication with w, and its transpose one correlation,

.. math:: \bar z_j = \sum_{k \ge j} w_{k-j}\,\bar t_k .

Row 0 is the value, which all lines share; the others follow bundle by bundle, order by order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._types import Array, Orders
from .plan import derivative_plan

__all__ = ["Bundle", "Lines"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Lines of one highest order: their directions (v, d), and the first of their rows."""

    first: int
    order: int
    directions: Array

    def rows(self, k: int) -> slice:
        """Where the coefficients of an order from 1 stand."""
        start = self.first + (k - 1) * len(self.directions)
        return slice(start, start + len(self.directions))


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that some derivatives are combined from.

    Parameters
    ----------
    bundles : tuple of Bundle
    outputs : array of int, shape (k,)
        Of which output each derivative is.
    weights : array, shape (k, rows)
        Of each coefficient in each derivative.
    """

    bundles: tuple[Bundle, ...]
    outputs: np.ndarray[tuple[int], np.dtype[np.intp]]
    weights: Array

    @classmethod
    def of(cls, wanted: Sequence[tuple[int, Orders]]) -> Lines:
        """Return the lines for d^orders of outputs.

        Examples
        --------
        >>> lines = Lines.of([(0, (0, 0)), (0, (2, 0)), (0, (1, 0)), (0, (0, 1))])
        >>> [(bundle.order, bundle.directions.tolist()) for bundle in lines.bundles]
        [(1, [[0.0, 1.0]]), (2, [[1.0, 0.0]])]
        """
        plans = [derivative_plan(orders) for _, orders in wanted]
        highest: dict[tuple[int, ...], int] = {}
        for plan in plans:
            for group in plan.groups:
                for direction in group.directions:
                    highest[direction] = max(group.order, highest.get(direction, 0))
        bundles, first = [], 1
        for order in sorted(set(highest.values())):
            chosen = [direction for direction, last in highest.items() if last == order]
            bundles.append(Bundle(first, order, np.array(chosen, dtype=float)))
            first += order * len(chosen)
        weights = np.zeros((len(wanted), first))
        for row, plan in zip(weights, plans, strict=True):
            row[0] = plan.value
            for group in plan.groups:
                for k, shares in enumerate(group.weights, 1):
                    for direction, share in zip(group.directions, shares, strict=True):
                        row[_row(bundles, direction, k)] += share * math.factorial(k)
        return cls(tuple(bundles), np.array([i for i, _ in wanted], dtype=np.intp), weights)

    @property
    def rows(self) -> int:
        """How many coefficients a series has."""
        return int(self.weights.shape[1])

    def start(self, points: Array) -> Array:
        """The series of x itself at points (m, d): (rows, m, d)."""
        series = np.zeros((self.rows, *points.shape))
        series[0] = points
        for bundle in self.bundles:
            series[bundle.rows(1)] = bundle.directions[:, None]
        return series

    def combined(self, series: Array) -> Array:
        """The derivatives (k, m) that are wanted of outputs with these series (rows, m, n)."""
        if not len(self.outputs):
            return np.empty((0, series.shape[1]))
        of_outputs = series[:, :, self.outputs]
        values: Array = np.einsum("ks,smk->km", self.weights, of_outputs)
        return values

    def spread(self, shares: Array, outputs: int) -> Array:
        """The transpose of `combined`: from (k, m) to (rows, m, n)."""
        adjoint = np.zeros((self.rows, shares.shape[1], outputs))
        for output in range(outputs):
            of_output = self.outputs == output
            adjoint[:, :, output] = self.weights[of_output].T @ shares[of_output]
        return adjoint

    def hyperbolic_tangent(self, series: Array) -> tuple[Array, Array]:
        """The series of t = tanh(z) and of w = 1 - t^2, for that of z."""
        value, slope = np.empty_like(series), np.empty_like(series)
        np.tanh(series[0], out=value[0])
        np.subtract(1.0, value[0] ** 2, out=slope[0])
        for bundle in self.bundles:
            z = [series[0], *(series[bundle.rows(k)] for k in range(1, bundle.order + 1))]
            t = [value[0], *(value[bundle.rows(k)] for k in range(1, bundle.order + 1))]
            w = [slope[0], *(slope[bundle.rows(k)] for k in range(1, bundle.order + 1))]
            for k in range(1, bundle.order + 1):
                np.multiply(z[k], w[0], out=t[k])
                for j in range(1, k):
                    t[k] += (j / k) * z[j] * w[k - j]
                np.multiply(t[0], t[k], out=w[k])
                w[k] *= -2.0
                for j in range(1, k):
                    w[k] -= t[j] * t[k - j]
        return value, slope

    def correlated(self, slope: Array, adjoint: Array) -> Array:
        """The adjoint of z, for that of t = tanh(z), with w of `hyperbolic_tangent`."""
        result: Array = adjoint * slope[0]
        for bundle in self.bundles:
            w = [slope[0], *(slope[bundle.rows(k)] for k in range(1, bundle.order + 1))]
            for k in range(1, bundle.order + 1):
                of_order = adjoint[bundle.rows(k)]
                result[0] += np.sum(w[k] * of_order, axis=0)
                for j in range(1, k):
                    result[bundle.rows(j)] += w[k - j] * of_order
        return result


def _row(bundles: Sequence[Bundle], direction: tuple[int, ...], k: int) -> int:
    """Where a coefficient along a direction stands."""
    for bundle in bundles:
        for number, other in enumerate(bundle.directions):
            if tuple(other) == direction:
                return bundle.first + (k - 1) * len(bundle.directions) + number
    raise KeyError(direction)
