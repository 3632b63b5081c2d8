"""Where two arcs meet: crossings as roots of their distance along an axis, and ends that touch."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..._types import Array
from ...rounding import HALF_OF_THE_DIGITS, bisected
from ...rules.samples import FEW
from .arc import Arc

__all__ = ["meetings"]


def meetings(arc: Arc, other: Arc, near: float) -> list[float]:
    """The shares of the way along `arc` inside of it where `other` crosses it or ends on it.

    What is nearer than `near` is met.
    """
    if np.any(arc.lower > other.upper + near) or np.any(arc.upper < other.lower - near):
        return []
    found = list(_crossings(arc, other, near))
    ends = np.array([other.start, other.stop])
    shares = arc.nearest(ends)
    touching = np.linalg.norm(arc.at(shares) - ends, axis=1) <= near
    found += list(shares[touching])
    # Not at its own ends, which are cuts already.
    places = arc.at(np.array(found)) if found else np.empty((0, 2))
    apart = np.minimum(
        np.linalg.norm(places - arc.start, axis=1), np.linalg.norm(places - arc.stop, axis=1)
    )
    return [float(s) for s, d in zip(found, apart, strict=True) if d > near and 0.0 < s < 1.0]


def _crossings(arc: Arc, other: Arc, near: float) -> Array:
    """Shares of the way along `arc` where it passes from one side of `other` to the other."""
    low = np.maximum(arc.lower, other.lower)
    high = np.minimum(arc.upper, other.upper)
    flat = [np.minimum(a.upper - a.lower, np.inf) for a in (arc, other)]
    room = np.minimum(flat[0], flat[1])
    axis = int(np.argmax(np.where(room > near, high - low, -np.inf)))
    if room[axis] <= near:  # one along each axis: they cross at a corner of the common box
        along = int(np.argmax(flat[0]))
        if flat[0][along] <= near or not np.all(low <= high + near):
            return np.empty(0)
        return arc.shares_at(along, low[along : along + 1])
    if high[axis] - low[axis] <= near:
        return np.empty(0)

    def apart(values: Array) -> Array:
        one, two = (a.at(a.shares_at(axis, values))[:, 1 - axis] for a in (arc, other))
        return np.asarray(one - two)

    values = np.linspace(low[axis], high[axis], FEW)
    gaps = np.abs(apart(values))
    if np.all(gaps <= near):
        return np.empty(0)  # one and the same curve
    # Where the distance turns back before zero it may have reached it between two samples.
    drop = np.maximum(gaps[:-2], gaps[2:]) - gaps[1:-1]
    turns = (gaps[1:-1] < gaps[:-2]) & (gaps[1:-1] <= gaps[2:]) & (gaps[1:-1] <= drop + near)
    turning = np.flatnonzero(turns)
    closest = _closest(apart, values[turning], values[turning + 2])
    values = np.unique([*values, *closest])
    gaps = apart(values)
    signs = np.where(np.abs(gaps) <= near, 0.0, np.sign(gaps))
    told = np.flatnonzero(signs)
    here = told[:-1][signs[told[:-1]] != signs[told[1:]]]
    after = told[1:][signs[told[:-1]] != signs[told[1:]]]
    lower, upper, sign = values[here], values[after], signs[here]
    told_of = np.any((lower[:, None] <= closest) & (closest <= upper[:, None]), axis=0)
    touched = closest[~told_of & (np.abs(apart(closest)) <= near)]
    lower, upper = bisected(lambda middle: np.sign(apart(middle)) == sign, lower, upper)
    return arc.shares_at(axis, np.concatenate([0.5 * (lower + upper), touched]))


def _closest(apart: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Where distances of one sign are smallest between pairs of places, by thirds."""
    enough = math.ceil(math.log(HALF_OF_THE_DIGITS, 2 / 3))
    for _ in range(enough if len(low) else 0):
        third = (high - low) / 3.0
        left = np.abs(apart(low + third)) < np.abs(apart(high - third))
        low, high = np.where(left, low, low + third), np.where(left, high - third, high)
    return np.asarray(0.5 * (low + high))
