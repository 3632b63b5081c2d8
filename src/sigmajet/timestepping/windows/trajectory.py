"""The solution of an initial-value problem while it is computed: window after window."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._types import Array, Integers
from ...approximation.polynomial_field import PolynomialField
from ...geometry.legendre import legendre_values
from ...geometry.partition import Partition
from ...geometry.quadrature import panel_rule
from ...problem.compiled.ordinary import Layout
from ...rounding import relative_rounding
from ...rules.samples import MANY
from ..radau_rule import RadauRule
from .window import Window


@dataclass(slots=True)
class Trajectory:
    """Legendre series of every state on each window.

    Attributes
    ----------
    method : RadauRule
    layout : Layout
    edges : list of float
        Of the windows; they rise or, where the march runs backwards, fall.
    series : list of array (rows, degree + highest order)
    squares, rounding : list of array (rows,)
        Mean squares of the states of each window, and their rounding.
    defects : list of array (unknowns,)
        The defect of each equation that a window expects of itself.
    """

    method: RadauRule
    layout: Layout
    edges: list[float]
    series: list[Array] = field(default_factory=list)
    squares: list[Array] = field(default_factory=list)
    rounding: list[Array] = field(default_factory=list)
    defects: list[Array] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.series)

    @property
    def degree(self) -> int:
        """Of the series."""
        return len(self.method.integrate) - 1

    @property
    def reach(self) -> float:
        """How far from the start it leads."""
        return abs(self.edges[-1] - self.edges[0])

    def crawls(self, windows: int, share: float) -> bool:
        """Whether the last windows together made less than a share of the way so far."""
        return len(self) > windows and abs(self.edges[-1] - self.edges[-1 - windows]) < share * abs(
            self.edges[-1] - self.edges[0]
        )

    def append(self, window: Window, end: float) -> None:
        """Add a window that was accepted; `end` is where it ends, to the last bit."""
        method, lifts = self.method, self.layout.lifts
        series = np.zeros((len(lifts), len(method.integrate)))
        top = self.layout.top
        series[top, : method.degree] = window.states[top] @ method.to_legendre.T
        # Integrals of what is known best: differentiating the unknown would amplify its rounding.
        for lift in range(1, len(method.integrals)):
            rows = np.flatnonzero(lifts == lift)
            series[rows] = 0.5 * window.length * (series[rows + 1, :-1] @ method.integrate.T)
            # The value at the end is the one from which the next window starts.
            series[rows, 0] += window.states[rows, -1] - series[rows].sum(axis=1)
        self.series.append(series)
        self.squares.append(np.mean(window.states**2, axis=1))
        self.rounding.append(window.rounding)
        self.defects.append(window.defect)
        self.edges.append(end)

    def hold(self, states: Array, end: float) -> None:
        """Go on with the states as they are: on a way on which they change by rounding alone."""
        if end == self.edges[-1]:
            return
        values = np.nan_to_num(states)
        series = np.zeros((len(values), self.degree + 1))
        series[:, 0] = values
        self.series.append(series)
        self.squares.append(values**2)
        self.rounding.append(relative_rounding() * np.abs(values))
        self.defects.append(np.full(len(self.layout.orders), np.inf))
        self.edges.append(end)

    def drop(self, count: int) -> None:
        """Forget the last windows."""
        for rows in (self.edges, self.series, self.squares, self.rounding, self.defects):
            del rows[-count:]

    def cut(self, share: float) -> None:
        """Keep of the last window the part up to `share` of it, from 0, next to nothing, to 1."""
        left, right = self.edges[-2:]
        end = left + share * (right - left)
        self.stretch(share, end if end != left else float(np.nextafter(left, right)))

    def stretch(self, share: float, end: float) -> None:
        """Let the polynomials of the last window hold up to `end`, at `share` of its length."""
        degree = self.series[-1].shape[1] - 1
        points = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
        values = legendre_values(share * (points + 1.0) - 1.0, degree) @ self.series[-1].T
        series = np.linalg.solve(legendre_values(points, degree), values)
        self.series[-1] = np.asarray(series.T, dtype=np.float64)
        self.edges[-1] = end

    def ending_at(self, time: float) -> Trajectory:
        """The part up to a time inside."""
        distances = np.abs(np.array(self.edges) - self.edges[0])
        count = int(np.searchsorted(distances, abs(time - self.edges[0])))
        rows = (self.series, self.squares, self.rounding, self.defects)
        part = Trajectory(
            self.method, self.layout, self.edges[: count + 1], *(r[:count] for r in rows)
        )
        left, right = part.edges[-2:]
        part.cut((time - left) / (right - left))
        return part

    def states(self, times: Array) -> Array:
        """Every state at times, (rows, m)."""
        edges = np.array(self.edges)
        sign = 1.0 if edges[-1] >= edges[0] else -1.0
        which = np.searchsorted(sign * edges, sign * times, side="right") - 1
        which = np.clip(which, 0, len(self.series) - 1)
        left, right = edges[which], edges[which + 1]
        used, position = np.unique(which, return_inverse=True)
        table = np.array([self.series[k] for k in used])[position]
        reference = 2.0 * (times - left) / (right - left) - 1.0
        powers = legendre_values(reference, table.shape[2] - 1)
        return np.asarray(np.einsum("prk,pk->rp", table, powers))

    @property
    def field(self) -> PolynomialField:
        """The unknowns as polynomials on the windows."""
        series = np.array(self.series)[:, self.layout.order == 0]
        edges = np.array(self.edges)
        if edges[-1] < edges[0]:  # a window that runs backwards starts at its right end
            series = series[::-1] * (-1.0) ** np.arange(series.shape[2])
            edges = edges[::-1]
        return PolynomialField(Partition.between(edges), series)

    def unknowns(self, times: Array) -> Array:
        """The unknowns at times, (unknowns, m)."""
        return np.asarray(self.states(times)[self.layout.order == 0])

    def sample(self) -> tuple[Array, Array]:
        """Times (windows, q) and their weights: Gauss points, exact for squares of states."""
        times, weights = panel_rule(np.array(self.edges), self.degree + 1)
        return times, np.abs(weights)

    def shares(self) -> Array:
        """How many of the times between its nodes belong to each window by its length."""
        lengths = np.abs(np.diff(self.edges))
        return np.asarray(MANY * lengths / lengths.sum())

    def counts(self) -> Integers:
        """How many times to look at in each window: at least as many as it has nodes."""
        return np.asarray(self.method.degree + np.rint(self.shares()), dtype=np.intp)
