"""Arcs: pieces of curves along which neither x nor y turns back.

Such a piece lies in the box between its ends, and meets a line across an axis once at most. With
that, whether a point is inside, and what a cell has of a region, are questions of comparisons and
of one root each: exact to rounding for every kind of curve.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...rounding import BISECTIONS, HALF_OF_THE_DIGITS
from ...rules.samples import FEW
from .curve import Curve, Motion

__all__ = ["Arc", "Wall", "arcs_of"]


@dataclass(frozen=True, slots=True)
class Wall:
    """The smooth curve to which an arc belongs, as the user counts and names it."""

    number: int
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """The part of a curve from t = `begin` to `end`, the region on its left.

    `start` and `stop` are its ends, to the last bit those of its neighbours.
    """

    curve: Curve
    begin: float
    end: float
    start: Array
    stop: Array
    wall: Wall

    @property
    def lower(self) -> Array:
        """The lower corner of its box."""
        return np.minimum(self.start, self.stop)

    @property
    def upper(self) -> Array:
        """The upper corner of its box."""
        return np.maximum(self.start, self.stop)

    def parameter(self, shares: Array) -> Array:
        """The t of shares (m,) of the way, 0 to 1."""
        return np.asarray(self.begin * (1.0 - shares) + self.end * shares)

    def at(self, shares: Array) -> Array:
        """Points (m, 2) at shares of the way."""
        return self.curve.at(self.parameter(shares))

    def speed(self, shares: Array) -> Array:
        """Length by share, (m,)."""
        velocity = self.curve.velocity(self.parameter(shares))
        return np.asarray(np.abs(self.end - self.begin) * np.linalg.norm(velocity, axis=1))

    def normals(self, shares: Array) -> Array:
        """Unit normals (m, 2) to the right: outward."""
        velocity = np.sign(self.end - self.begin) * self.curve.velocity(self.parameter(shares))
        right = np.stack([velocity[:, 1], -velocity[:, 0]], axis=-1)
        return np.asarray(right / np.linalg.norm(right, axis=1, keepdims=True))

    def shares_at(self, axis: int, values: Array) -> Array:
        """The share at which a coordinate has values (m,) between those of the ends.

        Newton's steps, and a bisection where one would leave what brackets the root.
        """
        rising = self.stop[axis] > self.start[axis]
        low, high = np.zeros(len(values)), np.ones(len(values))
        span = self.end - self.begin
        shares = (self.curve.near(axis, values, self.begin, self.end) - self.begin) / span
        shares = np.where((shares > 0.0) & (shares < 1.0), shares, 0.5)
        rounding = 2.0 * np.spacing(max(abs(self.start[axis]), abs(self.stop[axis])))
        for _ in range(BISECTIONS):
            parameter = self.parameter(shares)
            excess = self.curve.at(parameter)[:, axis] - values
            found = np.abs(excess) <= rounding
            below = (excess < 0.0) == rising
            low, high = np.where(below, shares, low), np.where(below, high, shares)
            if np.all(found | (high - low <= np.spacing(1.0))):
                break
            slope = span * self.curve.velocity(parameter)[:, axis]
            with np.errstate(all="ignore"):
                following = shares - excess / slope
            outside = ~((following > low) & (following < high))
            following = np.where(outside, 0.5 * (low + high), following)
            settled = np.abs(following - shares) <= np.spacing(1.0)
            shares = np.where(found, shares, following)
            if np.all(found | settled):
                break
        return np.asarray(shares)

    def nearest(self, points: Array) -> Array:
        """The shares of the places next to points (m, 2) that are not far from it."""
        samples = np.linspace(0.0, 1.0, FEW + 1)
        places = self.at(samples)
        away = np.sum((points[:, None] - places) ** 2, axis=-1)
        shares = samples[np.argmin(away, axis=1)]
        span = self.end - self.begin
        for _ in range(BISECTIONS):
            velocity = span * self.curve.velocity(self.parameter(shares))
            gap = points - self.at(shares)
            size = np.sum(velocity**2, axis=1)
            step = np.sum(gap * velocity, axis=1) / np.where(size > 0.0, size, 1.0)
            following = np.clip(shares + step, 0.0, 1.0)
            settled = np.all(np.abs(following - shares) <= np.spacing(1.0))
            shares = following
            if settled:
                break
        return np.asarray(shares)

    def part(self, first: float, last: float) -> Arc:
        """What lies between two shares of the way."""
        ends = self.at(np.array([first, last]))
        start = self.start if first == 0.0 else ends[0]
        stop = self.stop if last == 1.0 else ends[1]
        begin, end = self.parameter(np.array([first, last]))
        return replace(self, begin=float(begin), end=float(end), start=start, stop=stop)

    def cut(self, shares: Iterable[float]) -> list[Arc]:
        """The arcs between rising shares of the way."""
        places = [0.0, *shares, 1.0]
        return [self.part(a, b) for a, b in itertools.pairwise(places)]

    def holds(self, piece: Arc) -> bool:
        """Whether something is a piece of it."""
        low, high = sorted((self.begin, self.end))
        room = HALF_OF_THE_DIGITS * (high - low)
        return piece.curve is self.curve and bool(
            min(piece.begin, piece.end) >= low - room and max(piece.begin, piece.end) <= high + room
        )

    def share_of(self, piece: Arc) -> tuple[float, float]:
        """The shares of the way between which a piece of it lies."""
        span = self.end - self.begin
        return (piece.begin - self.begin) / span, (piece.end - self.begin) / span

    def backwards(self) -> Arc:
        """The same arc, the other side of it on the left."""
        return replace(self, begin=self.end, end=self.begin, start=self.stop, stop=self.start)

    def moved(self, motion: Motion) -> list[Arc]:
        """Its image, which may turn where this does not."""
        moved = arcs_of(self.curve.moved(motion), self.wall, sorted((self.begin, self.end)))
        forward = self.end > self.begin
        if not forward:
            moved = [arc.backwards() for arc in reversed(moved)]
        moved = snapped(moved, motion(self.start), motion(self.stop))
        return [arc.backwards() for arc in reversed(moved)] if motion.mirrors else moved

    def left_of(self, points: Array) -> NDArray[np.intp]:
        """Whether a ray from points (m, 2) to the right crosses it: 1 upwards, -1 downwards."""
        lower, upper = self.lower, self.upper
        crossed = (points[:, 1] >= lower[1]) & (points[:, 1] < upper[1])
        crossed &= points[:, 0] <= upper[0]
        between = np.flatnonzero(crossed & (points[:, 0] >= lower[0]))
        if len(between):
            near = points[between]
            x = self.at(self.shares_at(1, near[:, 1]))[:, 0]
            crossed[between] = near[:, 0] < x
        return np.where(crossed, 1 if self.stop[1] > self.start[1] else -1, 0)


def arcs_of(curve: Curve, wall: Wall, span: Sequence[float] = (0.0, 1.0)) -> list[Arc]:
    """The arcs of a curve between two t, in its direction."""
    turns = curve.turns()
    inner = turns[(turns > span[0]) & (turns < span[1])]
    t = np.concatenate([[span[0]], inner, [span[1]]])
    places = curve.at(t)
    return [
        Arc(curve, float(a), float(b), p, q, wall)
        for a, b, p, q in zip(t[:-1], t[1:], places[:-1], places[1:], strict=True)
    ]


def snapped(arcs: Sequence[Arc], start: Array, stop: Array) -> list[Arc]:
    """The same arcs between two given ends."""
    moved = list(arcs)
    moved[0] = replace(moved[0], start=start)
    moved[-1] = replace(moved[-1], stop=stop)
    return moved
