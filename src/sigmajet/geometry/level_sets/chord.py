"""A piece of the zeros of a function as a curve over its chord."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ..._types import Array
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...rules.samples import FEW
from ..quadrature import NODES
from ..shapes.curve import FormulaCurve, Motion
from .level import Level

__all__ = ["Chord", "newton"]


@dataclass(frozen=True, slots=True)
class Chord:
    """From one point to another: h over the chord, near to a polynomial."""

    level: Level
    start: Array
    along: Array
    across: Array
    length: float
    heights: Array

    @classmethod
    def through(cls, level: Level, points: Sequence[Array]) -> Chord:
        """Past points of the curve between which it is nearly straight."""
        start, stop = points[0], points[-1]
        length = float(np.linalg.norm(stop - start))
        along = (stop - start) / length
        across = np.array([along[1], -along[0]])  # the function rises to the right
        away = np.array(points) - start
        nodes = chebyshev.chebpts2(NODES)
        places = 0.5 * length * (nodes + 1.0)
        guess = np.interp(places, away @ along, away @ across)
        base = start + places[:, None] * along
        heights = newton(level, base, across, guess)
        fitted = np.asarray(chebyshev.chebfit(nodes, heights, NODES - 1), dtype=float)
        return cls(level, start, along, across, length, fitted)

    def resolved(self, points: Sequence[Array]) -> bool:
        """Whether the polynomial is the curve to half of the digits: at its points, and between."""
        away = np.array(points) - self.start
        shares = (away @ self.along) / self.length
        between = np.linspace(0.0, 1.0, 2 * NODES)
        guess = chebyshev.chebval(2.0 * between - 1.0, self.heights)
        found = (self.points(between) - self.start) @ self.across
        known = chebyshev.chebval(2.0 * shares - 1.0, self.heights)
        gaps = np.concatenate([found - guess, away @ self.across - known])
        rising = bool(np.all(np.diff(shares) > 0.0))
        room = HALF_OF_THE_DIGITS * self.length + _rounding(np.array(points))
        return rising and bool(np.max(np.abs(gaps)) <= room)

    @property
    def curve(self) -> FormulaCurve:
        """It as a curve of the plane."""
        return FormulaCurve(self.points, self.derivative, Motion(np.eye(2), np.zeros(2)))

    def points(self, t: Array) -> Array:
        """The points at shares of the chord, (m, 2)."""
        base = self.start + (self.length * t)[:, None] * self.along
        guess = np.asarray(chebyshev.chebval(2.0 * t - 1.0, self.heights), dtype=float)
        return np.asarray(
            base + newton(self.level, base, self.across, guess)[:, None] * self.across
        )

    def derivative(self, t: Array) -> Array:
        """The derivative of the points by t, at a right angle to the gradient."""
        slopes = self.level.gradients(self.points(t))
        lean = (slopes @ self.along) / (slopes @ self.across)
        return np.asarray(self.length * (self.along - lean[:, None] * self.across))


def newton(level: Level, base: Array, across: Array, guess: Array) -> Array:
    """The heights h at which a function is zero in base + h across, from some nearby."""
    h = guess
    enough = _rounding(base)
    last = np.inf
    while True:
        at = base + h[:, None] * across
        with np.errstate(all="ignore"):
            step = level.values(at) / (level.gradients(at) @ across)
        size = float(np.max(np.abs(step), initial=0.0))
        if not size < 0.5 * last:  # rounding, or no number
            return h
        h, last = h - step, size
        if size <= enough:
            return np.asarray(h)


def _rounding(points: Array) -> float:
    """What rounding takes from coordinates of this size, and the function makes of it."""
    return relative_rounding(FEW) * float(np.max(np.abs(points), initial=0.0))
