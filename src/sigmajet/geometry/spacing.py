"""Lengths at which so many points of a discretisation are as dense as points that are wanted."""

from __future__ import annotations

import numpy as np

from .._types import Array


def divided(edges: Array, wanted: Array, count: int) -> Array:
    """Edges, and more by halving: none of the intervals is longer than `count` gaps in it."""
    gaps = np.diff(wanted)
    waiting = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    found = [float(edges[0])]
    while waiting:
        low, high = waiting.pop(0)
        met = (wanted[1:] > low) & (wanted[:-1] < high)
        if high - low > count * gaps[met].min(initial=np.inf):
            middle = 0.5 * (low + high)
            waiting = [(low, middle), (middle, high), *waiting]
        else:
            found.append(high)
    return np.array(found)


def furthest(wanted: Array, start: float, count: int) -> float:
    """How far an interval may go from a place that is nowhere longer than `count` gaps in it."""
    ahead = wanted[np.searchsorted(wanted, start, side="right") :]
    if not len(ahead):
        return np.inf
    first = np.searchsorted(wanted, start, side="right")
    before = wanted[first - 1] if first else -np.inf
    least = np.minimum.accumulate(np.diff(ahead, prepend=before))
    far = ahead - start > count * least
    if not np.any(far):
        return np.inf
    stop = int(np.argmax(far))
    reached = ahead[stop - 1] - start if stop else 0.0
    return float(max(reached, count * least[stop]))


def denser(wanted: Array, share: float) -> Array:
    """Points whose gaps are that share of those between the points that are wanted."""
    if not len(wanted):
        return wanted
    last = len(wanted) - 1
    numbers = np.linspace(0.0, last, 1 + int(np.ceil(last / share)))
    return np.interp(numbers, np.arange(len(wanted)), wanted)
