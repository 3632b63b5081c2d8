r"""Polynomials on cells between lines that move: what follows the characteristics of a line.

Time is cut into slabs, and each slab by lines :math:`x_i(t)` that do not meet inside of it:
straight ones, or polynomials of time by their places at Chebyshev points. On the cell between two
of them each unknown is a polynomial of a total degree n,

.. math:: u = \sum_{j + k \le n} a_{jk}\, P_j(\eta)\, P_k(\theta), \qquad
          \eta = \frac{x - \bar x - \sigma (t - \bar t)}{\delta}, \quad
          \theta = \frac{t - \bar t}{h},

with the mean velocity :math:`\sigma` of its two sides from their first to their last place, h half
of its duration and :math:`\delta` half of what it takes up in :math:`x - \sigma t`. So
:math:`\partial_x = \delta^{-1} \partial_\eta` and
:math:`\partial_t = h^{-1} \partial_\theta - \sigma \delta^{-1} \partial_\eta`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array, Integers, Orders
from ..errors import ProblemError
from ..geometry.legendre import legendre_jet, total_degrees
from .saved import check_array
from .slices import points_at_once


def moments(count: int) -> Array:
    """The times in [-1, 1] at which places tell a line: Chebyshev points with both ends."""
    return -np.cos(np.pi * np.arange(count) / (count - 1))


def between(places: Array, along: Array) -> Array:
    """Lines (k, n), by their places at the :func:`moments`, at times (m,) in [-1, 1]: (k, m).

    By the barycentric formula (J.-P. Berrut, L. N. Trefethen, "Barycentric Lagrange Interpolation",
    SIAM Review 46, 2004).
    """
    count = places.shape[1]
    if count == 2:
        return places[:, :1] + 0.5 * (1.0 + along) * (places[:, 1:] - places[:, :1])
    apart = along[:, None] - moments(count)
    met = apart == 0.0
    weights = (-1.0) ** np.arange(count)
    weights[[0, -1]] *= 0.5
    shares = weights / np.where(met, 1.0, apart)
    there = met.any(axis=1)
    shares[there] = met[there]
    return np.asarray(places @ (shares / shares.sum(axis=1, keepdims=True)).T)


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies between two lines from `start` to `end`.

    `left` and `right` are the places of its sides at the :func:`moments` between these times; at
    the first and the last they may agree.
    """

    start: float
    end: float
    left: tuple[float, ...]
    right: tuple[float, ...]

    @property
    def height(self) -> float:
        """Half of its duration."""
        return 0.5 * (self.end - self.start)

    @property
    def velocity(self) -> float:
        """The mean of its sides."""
        moved = self.left[-1] - self.left[0] + self.right[-1] - self.right[0]
        return 0.5 * moved / (self.end - self.start)

    @property
    def extent(self) -> tuple[float, float]:
        """The middle and the half width of what it takes up, seen with its velocity."""
        shifts = -self.velocity * self.height * moments(len(self.left))
        corners = np.concatenate([self.left + shifts, self.right + shifts])
        most, least = float(corners.max()), float(corners.min())
        return 0.5 * (most + least), 0.5 * (most - least)

    def inside(self, across: Array, along: Array) -> tuple[Array, Array]:
        """Places and times, as two coordinates in [-1, 1] fill the cell."""
        left, right = between(np.array([self.left, self.right]), along)
        times = self.start + 0.5 * (1.0 + along) * (self.end - self.start)
        return left + 0.5 * (1.0 + across) * (right - left), times

    def functions(
        self, degree: int, orders: set[tuple[int, int]], places: Array, times: Array
    ) -> dict[tuple[int, int], Array]:
        """Derivatives (by x, by t) of all products of a total degree, (m, modes) each."""
        middle, width = self.extent
        height, velocity = self.height, self.velocity
        moments = times - 0.5 * (self.start + self.end)
        eta, theta = (places - middle - velocity * moments) / width, moments / height
        degrees = total_degrees(2, degree)
        highest = max((a + b for a, b in orders), default=0)
        by_eta, by_theta = (
            [values[:, powers] for values in legendre_jet(along, degree, range(highest + 1))]
            for along, powers in zip((eta, theta), degrees.T, strict=True)
        )
        found = {}
        for a, b in orders:
            total = np.zeros((len(places), len(degrees)))
            for k in range(b + 1):
                factor = math.comb(b, k) * (-velocity / width) ** k / height ** (b - k) / width**a
                total += factor * by_eta[a + k] * by_theta[b - k]
            found[a, b] = total
        return found


@dataclass(frozen=True, slots=True)
class SlantedField:
    """A polynomial for each unknown on every cell; `axis` says which variable is time.

    Attributes
    ----------
    times : array (slabs + 1,)
    slab : array of int (cells,)
        Of each cell, in rising order; the cells of a slab stand from left to right.
    sides : array (cells, 2, n)
        Places of the left and the right side at the :func:`moments` of the slab.
    coefficients : array (cells, unknowns, modes)
    degree : int
    """

    axis: int
    times: Array
    slab: Integers
    sides: Array
    coefficients: Array
    degree: int

    def followed_by(self, later: SlantedField) -> SlantedField:
        """Both, where a later one of the same degree starts where this ends."""
        return SlantedField(
            self.axis,
            np.concatenate([self.times, later.times[1:]]),
            np.concatenate([self.slab, len(self.times) - 1 + later.slab]),
            np.concatenate([self.sides, later.sides]),
            np.concatenate([self.coefficients, later.coefficients]),
            self.degree,
        )

    def cell(self, number: int) -> Cell:
        """One of the cells."""
        (left, right), slab = self.sides[number].tolist(), int(self.slab[number])
        start, end = self.times[slab : slab + 2].tolist()
        return Cell(start, end, tuple(left), tuple(right))

    def locate(self, places: Array, times: Array) -> Integers:
        """The cell of each point, of those beyond the walls the nearest."""
        slabs = np.clip(
            np.searchsorted(self.times, times, side="right") - 1, 0, len(self.times) - 2
        )
        found = np.zeros(len(times), dtype=np.intp)
        for slab in np.unique(slabs):
            here = slabs == slab
            first = int(np.flatnonzero(self.slab == slab)[0])
            lines = self._left_sides(int(slab), times[here])[:, 1:]
            found[here] = first + np.sum(places[here, None] >= lines, axis=1)
        return found

    def lines(self, time: float) -> Array:
        """Where the lines are at a time, the walls among them, in rising order."""
        slab = int(np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, self.slab[-1]))
        left = self._left_sides(slab, np.array([time]))[0]
        return np.unique([*left, self.sides[self.slab == slab][-1, 1, 0]])

    def _left_sides(self, slab: int, times: Array) -> Array:
        """Of the cells of a slab at times, (m, cells)."""
        share = (times - self.times[slab]) / (self.times[slab + 1] - self.times[slab])
        return between(self.sides[self.slab == slab, 0], 2.0 * share - 1.0).T

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, 2) for each (i, orders) wanted, (k, m)."""
        places, times = points[:, 1 - self.axis], points[:, self.axis]
        split = [(unknown, (o[1 - self.axis], o[self.axis])) for unknown, o in wanted]
        where = self.locate(places, times)
        values = np.empty((len(wanted), len(points)))
        count = points_at_once(self.coefficients.shape[-1])
        for number in np.unique(where):
            held, cell = np.flatnonzero(where == number), self.cell(int(number))
            for begin in range(0, len(held), count):
                here = held[begin : begin + count]
                functions = cell.functions(
                    self.degree, {orders for _, orders in split}, places[here], times[here]
                )
                for row, (unknown, orders) in zip(values, split, strict=True):
                    row[here] = functions[orders] @ self.coefficients[number, unknown]
        return values

    def reversed(self, total: float) -> SlantedField:
        """The field whose value at a time is that of this one at `total` less the time."""
        cells = [np.flatnonzero(self.slab == slab) for slab in range(len(self.times) - 1)][::-1]
        order = np.concatenate(cells)
        signs = (-1.0) ** total_degrees(2, self.degree)[:, 1]
        return SlantedField(
            self.axis,
            total - self.times[::-1],
            len(self.times) - 2 - self.slab[order],
            self.sides[order][:, :, ::-1],
            self.coefficients[order] * signs,
            self.degree,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        return {
            "axis": np.array(self.axis),
            "times": self.times,
            "slab": self.slab,
            "sides": self.sides,
            "coefficients": self.coefficients,
            "degree": np.array(self.degree),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, unknowns: int
    ) -> SlantedField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together."""
        names = {"axis", "times", "slab", "sides", "coefficients", "degree"}
        if dimension != 2 or arrays.keys() != names:
            raise ValueError("expected the arrays of cells between lines, and two variables")
        axis, degree, slab = arrays["axis"], arrays["degree"], arrays["slab"]
        modes = arrays["coefficients"].shape[-1]  # always more than the degree
        for name, number, most in (("axis", axis, 1), ("degree", degree, modes)):
            if number.shape != () or number.dtype.kind != "i" or not 0 <= number <= most:
                raise ValueError(f"{name}: expected a number of at most {most}")
        slabs, cells = len(arrays["times"]) - 1, len(slab)
        check_array(arrays, "times", (slabs + 1,))
        if arrays["sides"].ndim != 3 or arrays["sides"].shape[2] < 2:
            raise ValueError("sides: expected two places at least of both sides of a cell")
        check_array(arrays, "sides", (cells, 2, arrays["sides"].shape[2]))
        modes = len(total_degrees(2, int(degree)))
        check_array(arrays, "coefficients", (cells, unknowns, modes))
        rising = np.all(np.diff(arrays["times"]) > 0.0) and np.all(np.diff(slab) >= 0)
        if slab.dtype.kind != "i" or not rising or set(slab.tolist()) != set(range(slabs)):
            raise ValueError("times, slab: the slabs do not follow each other")
        return cls(
            int(axis),
            arrays["times"],
            slab.astype(np.intp),
            arrays["sides"],
            arrays["coefficients"],
            int(degree),
        )

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Refuse: polynomials on many cells are no formula."""
        raise ProblemError(
            "to_sympy: this evolution is a table of polynomials between characteristics, not one "
            "formula; evaluate it, or solve with method='steady'"
        )
