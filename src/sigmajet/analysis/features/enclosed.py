r"""Pieces on which a formula is a polynomial, by bounds that hold.

On a piece with centre c and half length h a function with :math:`|f - f(c)| \le M` inside the
ellipse with foci at the ends of the piece and semi-axes :math:`h (\rho \pm 1/\rho) / 2` is a
polynomial of degree k up to

.. math:: \frac{2 M \rho^{-k}}{\rho - 1}

(L. N. Trefethen, Approximation Theory and Approximation Practice, theorem 8.2). Balls give M, on a
rectangle about the ellipse and with all other variables anywhere in their ranges. The worst piece
is halved until this, in L2 over the interval, is within a tolerance of the function's own size. A
pulse of any width is found, for no piece is bounded beside it; where there is none, the first ball
says so.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

import numpy as np

from ..._types import Array
from ...problem.compiled.enclosure import Ball, Enclosure
from ...rounding import HALF_OF_THE_DIGITS
from .pieces import POINTS, Piece, Pieces

# Of the ellipse: with 2 poles may be as near as a quarter of the half length beyond an end, with 4
# the waves of entire functions take two thirds of the degree.
ELLIPSES = (2.0, 4.0)


def reach() -> float:
    """Distance over length within which a place where a function is not holomorphic has pieces cut.

    It was inside the wider rectangle of the piece twice as long, or as far off again: where values
    are rounded to little, as of 0/0, pieces are cut earlier.
    """
    return 2.0 * (ELLIPSES[0] + 1.0 / ELLIPSES[0]) + 1.0


class Balls:
    """A formula over balls: a piece along an axis, all other variables in their whole ranges."""

    def __init__(
        self, enclosure: Enclosure, lower: Sequence[float], upper: Sequence[float], axis: int
    ) -> None:
        import flint

        self.cost = (2 + len(ELLIPSES)) * enclosure.cost
        self._arb, self._acb = flint.arb, flint.acb
        self._enclosure = enclosure
        self._axis = axis
        ends = list(zip(lower, upper, strict=True))
        self._ranges = [flint.acb(flint.arb(0.5 * (a + b), 0.5 * (b - a))) for a, b in ends]
        self._middle = [flint.acb(0.5 * (a + b)) for a, b in ends]

    def size(self, centre: float) -> tuple[float, float]:
        """How large it is there, in the middle of the other variables, and its rounding.

        Both zero if it has no value.
        """
        at = self._with(self._middle, self._acb(centre))
        value = self._enclosure(at, at)
        if not value.is_finite():
            return 0.0, 0.0
        return float(value.mid().abs_upper()), float(value.rad())

    def bounds(self, centre: float, half: float) -> list[float]:
        """Of the distance from the values in the centre, for each of the ellipses."""
        acb, arb = self._acb, self._arb
        at = self._with(self._ranges, acb(centre))
        # Switches may be at the ends.
        real = self._with(self._ranges, acb(arb(centre, (1.0 - HALF_OF_THE_DIGITS) * half)))
        middle = self._enclosure(at, at)
        found = []
        for rho in ELLIPSES:
            width, height = 0.5 * (rho + 1.0 / rho), 0.5 * (rho - 1.0 / rho)
            ball = acb(arb(centre, width * half), arb(0.0, height * half))
            apart = self._enclosure(self._with(self._ranges, ball), real) - middle
            bound = float(apart.abs_upper())
            found.append(bound if bound < np.inf else np.inf)
        return found

    def _with(self, balls: Sequence[Ball], ball: Ball) -> list[Ball]:
        return [*balls[: self._axis], ball, *balls[self._axis + 1 :]]


class Enclosed(Protocol):
    """A function over balls: pieces of a line."""

    def size(self, centre: float) -> tuple[float, float]:
        """How large it is at a place, and the rounding of that; both zero if it has no value."""

    def bounds(self, centre: float, half: float) -> list[float]:
        """Of the distance from the value in the centre, for each of the ellipses."""


class Norm:
    """The root of the mean square over pieces that come and go.

    Sums are exact: of a peak that is cut away nothing is left, and no square leaves the range.
    """

    def __init__(self) -> None:
        self._squares = Fraction()

    def add(self, size: float, share: float) -> None:
        """Add a piece of this size on a share of the whole; take it away with a negative share.

        One whose size is out of range has no part in it.
        """
        if math.isfinite(size):
            self._squares += Fraction(share) * Fraction(size) ** 2

    def __float__(self) -> float:
        above, below = self._squares.as_integer_ratio()
        power = (above.bit_length() - below.bit_length()) // 2
        return math.ldexp(math.sqrt(self._squares / Fraction(4) ** power), power)


def enclosed_pieces(
    balls: Enclosed, edges: Array, tol: float, most: int, floor: float = 0.0
) -> Pieces | None:
    """The pieces of an interval on which a formula is resolved; None if they are more than `most`.

    They end at all `edges`, the first and the last of which are those of the interval. The
    tolerance is relative to the size of the formula, or to `floor` where that is larger.
    """
    span = float(edges[-1] - edges[0])
    least = POINTS * float(np.spacing(np.abs(edges).max()))
    norm = Norm()
    waiting: list[tuple[float, float, float, list[float], float]] = []
    ends: list[float] = []

    def add(low: float, high: float) -> None:
        centre, share = 0.5 * (low + high), (high - low) / span
        bounds = balls.bounds(centre, 0.5 * (high - low))
        size, rounding = balls.size(centre)
        size = size if rounding < size else 0.0
        norm.add(size, share)
        rest = min(remainder(m, rho, POINTS) for m, rho in zip(bounds, ELLIPSES, strict=True))
        rest = rest if rest > rounding else 0.0  # beside 0/0 no more can be told
        heapq.heappush(waiting, (-(share**0.5) * rest, low, high, bounds, size))

    for low, high in pairwise(edges.tolist()):
        add(low, high)
    while waiting and -waiting[0][0] > tol * max(float(norm), floor):
        _, low, high, _, size = heapq.heappop(waiting)
        if high - low <= least:
            ends.append(0.5 * (low + high))
            continue
        if len(waiting) + len(ends) > most or len(ends) > POINTS:  # such places are few
            return None
        norm.add(size, -(high - low) / span)
        middle = 0.5 * (low + high)
        add(low, middle)
        add(middle, high)
    whole = max(float(norm), floor)
    if not whole:  # zero, and pieces are where rounding hides that
        return Pieces((), tuple(ends))
    pieces = []
    for _, low, high, bounds, _ in sorted(waiting, key=lambda piece: piece[1]):
        limit = tol * whole * (span / (high - low)) ** 0.5
        pieces.append(Piece(low, high, _degree(bounds, limit), limit))
    return Pieces(tuple(pieces), tuple(ends))


def remainder(bound: float, rho: float, degree: int) -> float:
    """What is left of a function by a polynomial of this degree."""
    return 2.0 * bound * rho**-degree / (rho - 1.0)


def _degree(bounds: Sequence[float], limit: float) -> int:
    """The least degree at which that is within a limit."""
    degrees = range(POINTS)
    pairs = list(zip(bounds, ELLIPSES, strict=True))
    return next((k for k in degrees if min(remainder(*pair, k) for pair in pairs) <= limit), POINTS)
