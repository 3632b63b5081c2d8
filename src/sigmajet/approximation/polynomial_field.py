r"""Polynomials on the windows of a line: what a march of an initial-value problem computes.

On a window with middle c and half length h each unknown is a Legendre series,

.. math:: u(t) = \sum_n a_n\, P_n(\xi), \qquad \xi = (t - c) / h,

and its derivatives are those of the series, :math:`h^{-k} \sum_n a_n P_n^{(k)}(\xi)`: of every
order, zero beyond the degree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.polynomial import legendre
from numpy.typing import NDArray

from .._types import Array, Orders
from ..geometry.legendre import legendre_values
from ..geometry.partition import Partition
from .saved import check_array, check_partition
from .slices import points_at_once


@dataclass(frozen=True, slots=True)
class PolynomialField:
    """A polynomial for each unknown on every window: `series` (windows, unknowns, degree + 1).

    Windows are the blocks of a partition of a line, in rising order.
    """

    partition: Partition
    series: Array

    @property
    def degree(self) -> int:
        """Of the polynomials."""
        return int(self.series.shape[2]) - 1

    @classmethod
    def joined(cls, fields: Sequence[PolynomialField]) -> PolynomialField:
        """Fields on intervals that follow each other as one."""
        degree = max(field.degree for field in fields)
        series = [np.pad(f.series, ((0, 0), (0, 0), (0, degree - f.degree))) for f in fields]
        lower, upper = (
            np.concatenate([getattr(field.partition, side) for field in fields])
            for side in ("lower", "upper")
        )
        return cls(Partition(lower, upper), np.concatenate(series))

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, 1) for each (i, orders) wanted, (k, m)."""
        values = np.empty((len(wanted), len(points)))
        where = self.partition.locate(points)
        half = self.partition.half_widths[:, 0]
        middle = 0.5 * (self.partition.lower + self.partition.upper)[:, 0]
        orders = {order for _, (order,) in wanted}
        count = points_at_once(self.degree + 1)
        for start in range(0, len(points), count):
            held = slice(start, start + count)
            here = where[held]
            reference = (points[held, 0] - middle[here]) / half[here]
            tables = {
                order: legendre_values(reference, self.degree, order) / half[here, None] ** order
                for order in orders
            }
            series = {unknown: self.series[here, unknown] for unknown in {u for u, _ in wanted}}
            for row, (unknown, (order,)) in zip(values, wanted, strict=True):
                row[held] = np.einsum("mn,mn->m", series[unknown], tables[order])
        return values

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        return {
            "lower": self.partition.lower,
            "upper": self.partition.upper,
            "series": self.series,
        }

    @property
    def boxes(self) -> tuple[Array, Array]:
        """Lower and upper corners of what it is made of, (n, d) each."""
        return self.partition.lower, self.partition.upper

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, unknowns: int
    ) -> PolynomialField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together."""
        if dimension != 1 or arrays.keys() != {"lower", "upper", "series"}:
            raise ValueError("expected the arrays of polynomials on a line, and one variable")
        check_partition(arrays, "", dimension)
        lower, upper, series = arrays["lower"], arrays["upper"], arrays["series"]
        check_array(arrays, "series", (len(lower), unknowns, series.shape[-1]))
        if not np.array_equal(lower[1:], upper[:-1]):
            raise ValueError("lower, upper: the windows do not follow each other")
        return cls(Partition(lower, upper), series)

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Return the polynomials as formulas, window by window where there are several.

        In the coordinate of the window and nested (Horner's scheme). Powers cancel where a window
        holds a wave or two, so that evaluated in floating point a digit or two are lost.
        """
        (variable,) = variables
        ends = zip(self.partition.lower[:, 0], self.partition.upper[:, 0], strict=True)
        windows = [(float(low), float(high)) for low, high in ends]
        formulas = []
        for unknown in range(unknowns):
            pieces = []
            for (low, high), series in zip(windows, self.series[:, unknown], strict=True):
                # Multiplied out, as SymPy would by itself, t / h and c / h cancel.
                centred, scale = variable - 0.5 * (low + high), sympy.Float(2.0 / (high - low))
                reference = sympy.Mul(scale, centred, evaluate=False)
                *lower, formula = map(sympy.Float, legendre.leg2poly(series).tolist())
                for coefficient in lower[::-1]:
                    product = sympy.Mul(formula, reference, evaluate=False)
                    formula = sympy.Add(product, coefficient, evaluate=False)
                pieces.append((formula, sympy.And(low <= variable, variable <= high)))
            formulas.append(
                pieces[0][0] if len(pieces) == 1 else sympy.Piecewise(*pieces, evaluate=False)
            )
        return formulas
