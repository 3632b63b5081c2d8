"""Pieces on which code is a polynomial, as far as samples tell.

On a piece the polynomial through Chebyshev points is compared with values between them. Nothing is
promised of what is narrower than a `SAMPLES`-th of the interval. Pieces shrink towards a jump until
they are as narrow, and between two of those numbers it is bisected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..._types import Array
from ...problem.jumps.places import JUMP, SAMPLES
from ...rounding import bisected
from .pieces import NODES, Piece, Pieces

SERIES = np.linalg.inv(chebyshev.chebvander(NODES, len(NODES) - 1))  # from values at them


def sampled_pieces(
    values: Callable[[Array], Array], edges: Array, tol: float, floor: float = 0.0
) -> Pieces | None:
    """The pieces of an interval on which code is resolved; None if it is rough in many places.

    `values` returns not-a-number where there is none. The tolerance is relative to their size, or
    to `floor` where that is larger.
    """
    span = float(edges[-1] - edges[0])
    points = np.linspace(edges[0], edges[-1], SAMPLES)
    size = max(floor, float(np.sqrt(np.mean(np.nan_to_num(values(points)) ** 2))))
    waiting = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    pieces, ends, taken = [], [], SAMPLES
    while waiting:
        low, high = waiting.pop()
        if high - low <= span / SAMPLES:
            ends.append(0.5 * (low + high))
            continue
        if taken > SAMPLES.bit_length() * SAMPLES:  # as many passes as there are halvings
            return None
        share = (high - low) / span
        count = max(len(NODES), round(share * SAMPLES))
        between = (2.0 * np.arange(count) + 1.0) / count - 1.0
        at = 0.5 * (low + high) + 0.5 * (high - low) * np.concatenate([NODES, between])
        found = values(at)
        taken += len(at)
        limit = tol * size / share**0.5
        series = SERIES @ found[: len(NODES)]
        rest = np.abs(chebyshev.chebval(between, series) - found[len(NODES) :])
        if np.all(rest <= limit):
            pieces.append(Piece(low, high, _degree(series, limit), limit))
        else:
            middle = 0.5 * (low + high)
            waiting += [(low, middle), (middle, high)]
    return Pieces(tuple(pieces), tuple(ends))


def jumps(values: Callable[[Array], Array], pieces: Pieces, edges: Array) -> Array:
    """The first numbers beyond the jumps at which pieces of code end, to the last bit."""
    near = float(edges[-1] - edges[0]) / SAMPLES
    ends = np.array(pieces.ends)
    low, high = np.maximum(ends - near, edges[0]), np.minimum(ends + near, edges[-1])
    first, last = values(low), values(high)

    def as_first(middle: Array) -> NDArray[np.bool_]:
        found = values(middle)
        return np.asarray(np.abs(found - first) < np.abs(found - last))

    low, high = bisected(as_first, low, high)
    before, after = values(low), values(high)
    apart = np.abs(after - before) > JUMP * np.maximum(np.abs(before), np.abs(after))
    return np.unique(high[apart])


def merged(pieces: Sequence[Piece], lines: Sequence[Callable[[Array], Array]]) -> list[Piece]:
    """Pieces, halves where the polynomial of the whole is as good: bounds overstate degrees.

    The pieces are resolved, so that values at their own nodes tell of all between them.
    """
    waiting = [_with_series(piece, lines) for piece in sorted(pieces, key=lambda p: p.lower)]
    found: list[Piece] = []
    for piece in waiting:
        found.append(piece)
        while len(found) > 1:
            left, right = found[-2:]
            length = right.upper - right.lower
            aligned = left.upper == right.lower and left.upper - left.lower == length
            if not aligned:
                break
            whole = replace(left, upper=right.upper, limit=left.limit / np.sqrt(2.0))
            if not all(_holds(whole, np.concatenate([_at(left), _at(right)]), v) for v in lines):
                break
            found[-2:] = [_with_series(whole, lines)]
    return found


def _at(piece: Piece) -> Array:
    """Nodes of a piece."""
    return 0.5 * (piece.lower + piece.upper) + 0.5 * (piece.upper - piece.lower) * NODES


def _with_series(piece: Piece, lines: Sequence[Callable[[Array], Array]]) -> Piece:
    """A piece with the degree that the series of a function on lines have."""
    degrees = [_degree(SERIES @ values(_at(piece)), piece.limit) for values in lines]
    return replace(piece, degree=max(degrees))


def _holds(piece: Piece, points: Array, values: Callable[[Array], Array]) -> bool:
    """Whether the polynomial of a piece is the function at points, to its limit."""
    half = 0.5 * (piece.upper - piece.lower)
    series = SERIES @ values(_at(piece))
    there = chebyshev.chebval((points - piece.lower) / half - 1.0, series)
    return bool(np.all(np.abs(there - values(points)) <= piece.limit))


def _degree(series: Array, limit: float) -> int:
    """The least degree beyond which a Chebyshev series holds no more than a limit."""
    tails = np.cumsum(np.abs(series[::-1]))[::-1]
    return max(int(np.sum(~(tails <= limit))) - 1, 0)
