r"""Derivatives at a regular singular point, where the highest has a coefficient that vanishes.

Let an equation F = 0 of order k have :math:`\partial F / \partial u^{(k)} = O((x - x_0)^p)`, and
:math:`\partial F / \partial u^{(j)} = b_j (x - x_0)^{p - k + j} + \dots`, p <= k. With
:math:`u = \sum_m a_m (x - x_0)^m` the highest unknown in the Taylor coefficient of F of order
m - k + p is :math:`a_m`, and that linearly, with the indicial polynomial

.. math:: I(m) = \sum_j b_j\, m (m - 1) \cdots (m - j + 1)

as its factor (G. Frobenius, Ueber die Integration der linearen Differentialgleichungen durch
Reihen, Journal fuer die reine und angewandte Mathematik 76, 1873). So one coefficient follows after
the other. Where I(m) = 0 it is free: it is that of a solution which is known by other means, with
the error of those.

It breaks where a solution is no power series there: where logarithms enter, an equation with
I(m) = 0 is left unfulfilled; powers that are not whole show in values beside the point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..._types import Array
from ...problem.compiled.expressions import partial_derivative
from ...rounding import BISECTIONS, HALF_OF_THE_DIGITS, relative_rounding
from ...rules.judgement import A_DIGIT, SEVERAL
from .series import NoSeries, Series, step

if TYPE_CHECKING:
    from .implied import Implied

__all__ = ["further", "taylor"]

_Told = Callable[[Array], tuple[Array, Array]]  # values at points, and what they may be off by


def further(implied: Implied) -> int:
    """How many terms beyond those asked for tell whether a solution is its series at all."""
    return 4 * max(implied.layout.orders)


def taylor(
    implied: Implied, place: float, given: tuple[Array, Array], told: _Told
) -> tuple[Array, Array] | None:
    """Derivatives of the one unknown at a regular singular point, and their errors.

    Parameters
    ----------
    implied : Implied
    place : float
    given : arrays (n,)
        Derivatives that are known by other means, from order zero on, and what they are off by.
    told : callable
        The same of values, at any points of the domain.

    Returns
    -------
    arrays (n,), or None
        None where the point is no regular singular one of a single equation. A derivative is
        infinite where it does not exist.
    """
    try:
        with np.errstate(all="ignore"):
            found = _Point.of(implied, place, *given)
            if found is None:
                return None
            coefficients, errors = found.solve()
    except NoSeries:
        return None
    rough = np.arange(len(errors)) >= found.smoothness(coefficients, errors, told)
    coefficients[rough] = errors[rough] = np.inf
    return coefficients / found.scale, errors / found.scale


class _Point:
    """A regular singular point, with all in units of the step of series."""

    def __init__(self, implied: Implied, place: float, given: Array, off: Array) -> None:
        orders = np.arange(float(len(given)))
        self.implied = implied
        self.place = place
        self.step = step(len(given) - 1)
        self.scale = np.cumprod(np.where(orders, self.step / np.maximum(orders, 1.0), 1.0))
        known = np.isfinite(given)
        self.given: Array = np.where(known, given, 0.0) * self.scale
        self.off: Array = np.where(known, off, np.inf) * self.scale
        (self.order,) = implied.layout.orders
        self.falling = {  # m (m - 1) ... (m - j + 1) / h^j
            j: np.prod([self.scale**0, *((orders - i) / self.step for i in range(j))], axis=0)
            for _, j in implied.symbols
        }
        self.shift, self.limit = 0, len(given)  # derivatives from the limit on do not exist
        self.factors = np.zeros(len(given))
        self.free = np.ones(len(given), dtype=bool)

    @classmethod
    def of(cls, implied: Implied, place: float, given: Array, off: Array) -> _Point | None:
        """None where there is more than one equation, or it is regular or irregular there."""
        if len(implied.residuals) > 1:
            return None
        (residual,) = implied.residuals
        partials = {j: partial_derivative(residual, s) for (_, j), s in implied.symbols.items()}
        point = cls(implied, place, given, off)
        k = point.order
        if partials[k].free_symbols & set(implied.symbols.values()) or len(given) <= k:
            return None
        series = Series(implied.problem, np.array([place]), len(given) - 1, np.zeros(1))
        point.give(series, point.given[:, None], 0)
        table = {
            j: np.array([series.coefficient(each, i)[0] for i in range(k + 1)])
            for j, each in partials.items()
        }
        least = relative_rounding(SEVERAL) * np.abs(list(table.values())).max()
        if not np.isfinite(least):  # a root or a logarithm among the coefficients
            point.shift, point.limit = len(given), k
            return point if table[k][0] == 0.0 else None
        holds = {j: np.abs(rows) > least for j, rows in table.items()}
        if holds[k][0] or not np.any(holds[k]):
            return None
        point.shift = k - int(np.argmax(holds[k]))
        if any(np.any(rows[: max(j - point.shift, 0)]) for j, rows in holds.items()):
            return None
        terms = [table[j][j - point.shift] * point.falling[j] for j in table if j >= point.shift]
        point.factors = np.sum(terms, axis=0)
        size = np.sum(np.abs(terms), axis=0)
        point.free = np.abs(point.factors) <= relative_rounding(SEVERAL) * size
        point.free[: point.shift] = True
        return point

    def give(self, series: Series, table: Array, order: int) -> None:
        """Let a series hold coefficients of the unknown (n, m), those from an order on anew."""
        series.forget(max(order - self.order, 0))
        for (_, j), symbol in self.implied.symbols.items():
            rows = np.zeros_like(table)
            rows[: len(table) - j] = (self.falling[j][:, None] * table)[j:]
            for n, row in enumerate(rows):
                series.give(symbol, n, row)

    def solve(self) -> tuple[Array, Array]:
        """Coefficients (n,), and how far they move with those that are free, and with rounding."""
        free = np.flatnonzero(self.free)
        known = np.abs(self.given[: self.order + 1])  # what is higher may be nothing but error
        least = HALF_OF_THE_DIGITS * np.maximum(np.abs(self.given[free]), known.max())
        shifts = np.where(np.isfinite(self.off[free]), np.maximum(self.off[free], least), least)
        rounding = np.repeat([0.0, HALF_OF_THE_DIGITS, 0.0], [1, SEVERAL, len(free)])
        shares = np.repeat([0.0, relative_rounding() / HALF_OF_THE_DIGITS], [1, SEVERAL])
        shares = np.append(shares, self.off[free] / np.where(shifts > 0.0, shifts, 1.0))
        places = np.full(len(shares), self.place)
        series = Series(self.implied.problem, places, len(self.given) - 1, rounding)
        (residual,) = self.implied.residuals
        table = np.zeros((len(self.given), len(shares)))
        exists = self.limit

        def moved(row: Array) -> float:
            return float(shares @ np.abs(row - row[0]))

        for m, factor in enumerate(self.factors):
            if self.free[m] or m <= 2 * self.order:  # beyond, it enters linearly
                table[m] = self.given[m]
            if self.free[m]:
                number = np.searchsorted(free, m)
                table[m, 1 + SEVERAL + number] += shifts[number]
            for _ in range(1 if self.free[m] else SEVERAL):
                self.give(series, table, m)
                if m < self.shift:
                    break
                left = series.coefficient(residual, m - self.shift)
                if not self.free[m]:
                    table[m] -= left / factor
                elif abs(left[0]) > A_DIGIT * moved(left):
                    exists = min(exists, m)  # a logarithm
        errors = np.array([moved(row) for row in table])
        errors += relative_rounding(2 * len(table)) * np.abs(table[:, 0])
        table[exists:] = errors[exists:] = np.inf
        return table[:, 0].copy(), np.where(np.isnan(errors), np.inf, errors)

    def smoothness(self, coefficients: Array, errors: Array, told: _Told) -> float:
        """Up to which order a solution is its series: how fast they part beside the point.

        Told where they are farther apart than their errors.
        """
        ((_, low, high),) = self.implied.problem.domain
        toward = high if high - self.place > self.place - low else low
        distances = (toward - self.place) * 0.5 ** np.arange(1, BISECTIONS)
        values, off = told(np.asarray(self.place + distances)[:, None])
        powers = np.abs(distances / self.step)[:, None] ** np.arange(len(errors))
        signs = np.copysign(1.0, toward - self.place) ** np.arange(len(errors))
        known = np.isfinite(errors)
        series = powers[:, known] @ (signs * coefficients)[known]
        apart = np.abs(values - series)
        seen = apart > A_DIGIT * (off + powers[:, known] @ errors[known])
        pairs = np.flatnonzero(seen[:-1] & seen[1:])  # from far to near
        if not len(pairs):
            return np.inf
        nearest = pairs[-1]
        return float(np.log2(apart[nearest] / apart[nearest + 1]))
