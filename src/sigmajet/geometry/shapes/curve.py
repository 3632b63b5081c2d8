r"""Smooth plane curves :math:`c(t)`, t from 0 to 1, as exact as their formulas.

A circle stays a circle: nothing here is replaced by chords, for an answer of ten digits needs
walls of ten digits. All kinds are closed under affine maps :math:`x \mapsto A x + b`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from ..._types import Array
from ...rounding import SAME, bisected

__all__ = ["SAMPLES", "Curve", "EllipticArc", "FormulaCurve", "Motion", "Segment", "roots"]

# Of a function whose roots are looked for: it turns less often than that. With 64 to 512 the curves
# of `tests/geometry/shapes/test_closed_curve.py` are read and refused alike.
SAMPLES = 256


@dataclass(frozen=True, slots=True)
class Motion:
    """The affine map x -> A x + b."""

    matrix: Array
    shift: Array

    def __call__(self, points: Array) -> Array:
        """Move points (m, d)."""
        return np.asarray(points @ self.matrix.T + self.shift)

    def direction(self, vectors: Array) -> Array:
        """Move vectors (m, d)."""
        return np.asarray(vectors @ self.matrix.T)

    @property
    def mirrors(self) -> bool:
        """Whether left becomes right."""
        return bool(np.linalg.det(self.matrix) < 0.0)


class Curve(Protocol):
    """A smooth curve, t from 0 to 1."""

    def at(self, t: Array) -> Array:
        """Return the points c(t), (m, 2)."""
        ...

    def velocity(self, t: Array) -> Array:
        """Return c'(t), (m, 2)."""
        ...

    def turns(self) -> Array:
        """Return the rising t inside (0, 1) where x or y turns back, or the curve is not smooth."""
        ...

    def near(self, axis: int, values: Array, begin: float, end: float) -> Array:
        """Return about the t between two where a coordinate that does not turn has values (m,)."""
        ...

    def moved(self, motion: Motion) -> Curve:
        """Return its image."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line from one point to another."""

    start: Array
    end: Array

    def at(self, t: Array) -> Array:
        """The points, the ends exactly."""
        t = t[:, None]
        return np.asarray(self.start * (1.0 - t) + self.end * t)

    def velocity(self, t: Array) -> Array:
        """The difference of the ends."""
        return np.broadcast_to(self.end - self.start, (len(t), len(self.start)))

    def turns(self) -> Array:
        """Nowhere."""
        return np.empty(0)

    def near(self, axis: int, values: Array, begin: float, end: float) -> Array:
        """Where a coordinate has values (m,)."""
        with np.errstate(all="ignore"):
            return np.asarray((values - self.start[axis]) / (self.end[axis] - self.start[axis]))

    def moved(self, motion: Motion) -> Segment:
        """Between the images of the ends."""
        return Segment(motion(self.start), motion(self.end))


@dataclass(frozen=True, slots=True)
class EllipticArc:
    """centre + cos(a) cosine + sin(a) sine, the angle a from `begin` to `end`."""

    centre: Array
    cosine: Array
    sine: Array
    begin: float
    end: float

    def at(self, t: Array) -> Array:
        """The points."""
        angles = self._angles(t)
        return np.asarray(self.centre + np.cos(angles) * self.cosine + np.sin(angles) * self.sine)

    def velocity(self, t: Array) -> Array:
        """The derivative by t."""
        angles = self._angles(t)
        around = np.cos(angles) * self.sine - np.sin(angles) * self.cosine
        return np.asarray((self.end - self.begin) * around)

    def turns(self) -> Array:
        """Where one of the coordinates is largest or smallest, a half turn apart."""
        first = np.arctan2(self.sine, self.cosine)
        low, high = sorted((self.begin, self.end))
        counts = np.arange(math.floor((low - math.pi) / math.pi), math.ceil(high / math.pi) + 2)
        angles = (first[:, None] + math.pi * counts).ravel()
        found = np.unique((angles - self.begin) / (self.end - self.begin))
        return _inside(found)

    def near(self, axis: int, values: Array, begin: float, end: float) -> Array:
        """Where a coordinate has values (m,): radius cos(a - largest) above the centre."""
        radius = math.hypot(self.cosine[axis], self.sine[axis])
        largest = math.atan2(self.sine[axis], self.cosine[axis])
        away = np.arccos(np.clip((values - self.centre[axis]) / (radius or 1.0), -1.0, 1.0))
        middle = self.begin + 0.5 * (begin + end) * (self.end - self.begin)
        turns = round((middle - largest) / (2.0 * math.pi))
        side = 1.0 if middle - largest >= 2.0 * math.pi * turns else -1.0
        angles = largest + 2.0 * math.pi * turns + side * away
        return np.asarray((angles - self.begin) / (self.end - self.begin))

    def moved(self, motion: Motion) -> EllipticArc:
        """An arc of an ellipse too."""
        cosine, sine = motion.direction(self.cosine), motion.direction(self.sine)
        return EllipticArc(motion(self.centre), cosine, sine, self.begin, self.end)

    def _angles(self, t: Array) -> Array:
        return np.asarray(self.begin * (1.0 - t) + self.end * t)[:, None]


@dataclass(frozen=True, slots=True)
class FormulaCurve:
    """A curve by functions of t, which give its points and their derivative, (m, 2)."""

    points: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    motion: Motion

    def at(self, t: Array) -> Array:
        """The points."""
        return self.motion(self.points(t))

    def velocity(self, t: Array) -> Array:
        """The derivative by t."""
        return self.motion.direction(self.derivative(t))

    def turns(self) -> Array:
        """Where x' or y' changes its sign, to rounding."""
        found = [roots(partial(self._component, axis)) for axis in (0, 1)]
        return _inside(np.unique(np.concatenate(found)))

    def _component(self, axis: int, t: Array) -> Array:
        return self.velocity(t)[:, axis]

    def near(self, axis: int, values: Array, begin: float, end: float) -> Array:
        """Where the chord has values (m,)."""
        ends = self.at(np.array([begin, end]))[:, axis]
        with np.errstate(all="ignore"):
            return np.asarray(begin + (end - begin) * (values - ends[0]) / (ends[1] - ends[0]))

    def moved(self, motion: Motion) -> FormulaCurve:
        """One map after the other."""
        matrix = motion.matrix @ self.motion.matrix
        return FormulaCurve(self.points, self.derivative, Motion(matrix, motion(self.motion.shift)))


def roots(function: Callable[[Array], Array], begin: float = 0.0, end: float = 1.0) -> Array:
    """Where a function changes its sign between two places, to the last bits, in rising order."""
    t = np.linspace(begin, end, SAMPLES + 1)
    signs = np.sign(function(t))
    signs[signs == 0.0] = 1.0
    here = np.flatnonzero(signs[:-1] != signs[1:])
    low, high, sign = t[here], t[here + 1], signs[here]
    low, high = bisected(lambda middle: np.sign(function(middle)) == sign, low, high)
    return np.sort(0.5 * (low + high))


def _inside(t: Array) -> Array:
    """Those not at the ends, and not twice."""
    t = t[(t > SAME) & (t < 1.0 - SAME)]
    return t[np.diff(t, prepend=-1.0) > SAME]
