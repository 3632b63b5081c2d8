r"""Lines x' = c(x, t) as polynomials of time, and where the first of them meet.

By Picard's iteration at the nodes :math:`t_i` of Gauss,

.. math:: x_{k+1}(t) = x(0) + \int_0^t P[c(x_k(t_i), t_i)]\, ds,

which converges the faster the shorter a duration is; where it does not, a shorter one is taken.
Lines start between two places at which velocities need not be smooth and are followed up to these:
beyond them a velocity is that of the place. So a line that would cross one is right up to there,
once time ends there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from ..._types import Array
from ...geometry.quadrature import gauss_legendre
from .waves import Family

_MOST_ITERATIONS = sys.float_info.mant_dig  # by a half each, or a shorter duration is better


@dataclass(frozen=True, slots=True)
class Start:
    """Where a line starts, of which family, and the places that it stays between."""

    family: Family
    place: float
    between: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Paths:
    """Lines from `start` to `end` as Legendre series (lines, terms) over these times."""

    start: float
    end: float
    series: Array

    def at(self, moments: Array) -> Array:
        """Places at times from -1, the start, to 1, the end, (lines, m)."""
        return np.asarray(legendre.legval(moments, self.series.T))


def straight(lines: Sequence[Start]) -> bool:
    """Whether all of some lines have constant velocities."""
    return all(line.family.constant is not None for line in lines)


def followed(lines: Sequence[Start], start: float, end: float, count: int, same: float) -> Paths:
    """Lines at so many nodes of Gauss, iterated until they stand still to within `same`.

    Not-a-number where they never do.
    """
    half = 0.5 * (end - start)
    if straight(lines):
        speeds = half * np.array([line.family.constant or 0.0 for line in lines])
        return Paths(
            start, end, np.stack([[line.place for line in lines] + speeds, speeds], axis=1)
        )
    nodes, weights = gauss_legendre(count)
    times = start + half * (1.0 + nodes)
    fitted = (legendre.legvander(nodes, count - 1) * weights[:, None]).T
    fitted *= np.arange(count)[:, None] + 0.5
    integral = half * legendre.legint(fitted, lbnd=-1)
    values = legendre.legvander(nodes, count)
    places = np.array([[line.place] * count for line in lines])
    starts = places[:, 0].copy()
    lower, upper = np.array([line.between for line in lines]).T[:, :, None]
    kinds = {id(line.family): line.family for line in lines}
    series = np.zeros((len(lines), count + 1))
    for _ in range(_MOST_ITERATIONS):
        held = np.clip(places, lower, upper)
        speeds = np.empty_like(places)
        for key, family in kinds.items():
            mine = [k for k, line in enumerate(lines) if id(line.family) == key]
            speeds[mine] = family.velocity(held[mine].ravel(), np.tile(times, len(mine))).reshape(
                -1, count
            )
        series = speeds @ integral.T
        series[:, 0] += starts
        moved = series @ values.T
        change = float(np.abs(moved - places).max(initial=0.0))
        places = moved
        if change <= same:
            return Paths(start, end, series)
        if not np.isfinite(change):
            break
    return Paths(start, end, np.full_like(series, np.nan))


def _resolved(paths: Paths, same: float) -> bool:
    """Whether the last terms of all lines are nothing; straight lines are as they are."""
    return paths.series.shape[1] == 2 or bool(np.all(np.abs(paths.series[:, -2:]) <= same))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What is between neighbours from left to right, the walls among them, of different kinds."""

    paths: Paths
    series: Array

    @classmethod
    def between(cls, paths: Paths, lines: Sequence[Start], walls: tuple[float, float]) -> _Gaps:
        ends = np.zeros((2, paths.series.shape[1]))
        ends[:, 0] = walls
        series = np.diff(np.concatenate([ends[:1], paths.series, ends[1:]]), axis=0)
        kinds = [None, *(id(line.family) for line in lines), None]
        # Lines of one kind never meet.
        series[[a == b and a is not None for a, b in itertools.pairwise(kinds)]] = [
            1.0,
            *(0.0,) * (series.shape[1] - 1),
        ]
        return cls(paths, series)

    def closed(self) -> tuple[int, float] | None:
        """The first gap that closes, and when; None if none does."""
        moments = -np.cos(np.pi * np.linspace(0.0, 1.0, 2 * self.series.shape[1]))
        values = legendre.legval(moments, self.series.T)
        found: tuple[int, float] | None = None
        for number in np.flatnonzero((values[:, 1:] <= 0.0).any(axis=1)):
            after = 1 + int(np.argmax(values[number, 1:] <= 0.0))
            low, high = float(moments[after - 1]), float(moments[after])
            while low < (middle := 0.5 * (low + high)) < high:
                closed = legendre.legval(middle, self.series[number]) <= 0.0
                low, high = (low, middle) if closed else (middle, high)
            time = self.paths.start + 0.5 * (1.0 + high) * (self.paths.end - self.paths.start)
            if found is None or time < found[1]:
                found = int(number), time
        return found

    def at_end(self, number: int) -> tuple[float, float]:
        """One of them at the end, and how fast it grows."""
        series = self.series[number]
        rate = 2.0 / (self.paths.end - self.paths.start)
        return float(series.sum()), float(legendre.legval(1.0, legendre.legder(series))) * rate


def until_meeting(
    lines: Sequence[Start],
    span: tuple[float, float],
    walls: tuple[float, float],
    count: int,
    same: float,
) -> Paths | None:
    """Lines up to where the first meets its neighbour or a wall, or to the end of a span of time.

    Or to where polynomials tell them yet; None where they do not at all.
    """
    (start, end), width = span, walls[1] - walls[0]
    while end - start > same * (span[1] - span[0]):
        paths = followed(lines, start, end, count, same)
        gaps = _Gaps.between(paths, lines, walls)
        met = gaps.closed()
        if met is not None:
            # What a line does beyond a place at which velocities change is no more than that.
            number, end = met
            before, apart = np.inf, 0.5 * width
            while same < apart < before:
                paths = followed(lines, start, end, count, same)
                gap, rate = _Gaps.between(paths, lines, walls).at_end(number)
                if not rate:  # they only touch: the end is where they do
                    break
                before, apart, end = apart, abs(gap), end - gap / rate
        if _resolved(paths, same):
            return paths
        end = start + 0.5 * (end - start)
    return None
