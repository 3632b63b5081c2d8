"""Regions within curves through points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ...geometry.shapes import outlines
from ...geometry.shapes.arc import Wall
from ...geometry.shapes.combine import refuse_unsound
from ...geometry.shapes.curve import Curve, FormulaCurve, Motion
from ...rounding import HALF_OF_THE_DIGITS
from ..terms.domain import Region, several
from .arguments import in_brackets, point, state

__all__ = ["Spline"]


class Spline(Region):
    """What lies within a closed curve of cubic pieces through points.

    Directions and curvatures are continuous all around (SciPy's `CubicSpline`, over the length of
    the chords), except at corners: there a wall ends and the next begins.

    Parameters
    ----------
    variables : two Symbols
    points : sequence of pairs of numbers
        At least three, in order, in either direction; the curve goes on to the first point.
    corners : sequence of int, optional
        The numbers of the points, from 0, that are corners. None by default: one wall all around.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If there are too few points, two that follow one another are the same, or the curve crosses
        or touches itself.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> drop = sj.Spline(sympy.symbols("x y"), [(0, 0), (2, -1), (3, 0), (2, 1)], corners=[0])
    >>> len(drop.shape.boundary)
    1
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, points: Any, *, corners: Any = (), name: str | None = None
    ) -> None:
        places = np.array([point(p, f"Spline: point {i}") for i, p in enumerate(several(points))])
        if len(places) < 3:
            raise ProblemError(f"Spline: got {len(places)} points, expected at least three")
        chosen = _numbers(corners, len(places))
        around = np.concatenate([places, places[:1]])
        chords = np.linalg.norm(np.diff(around, axis=0), axis=1)
        size = float(np.max(np.ptp(places, axis=0)))
        short = np.flatnonzero(chords <= HALF_OF_THE_DIGITS * size)
        if len(short):
            first = int(short[0])
            raise ProblemError(
                f"Spline: the points {first} and {(first + 1) % len(places)} are the same, "
                f"{in_brackets(places[first])}; leave one out"
            )
        walls = [
            (curve, Wall(wall))
            for wall, run in enumerate(_runs(around, chosen))
            for curve in _curves(run, closed=not chosen)
        ]
        shape = outlines.within(walls)
        refuse_unsound(shape, "Spline")
        at = f", corners={chosen}" if chosen else ""
        text = f"[{', '.join(map(in_brackets, places))}]{at}"
        state(self, variables, shape, name, text)


@dataclass(frozen=True, slots=True, eq=False)
class _Cubic:
    """A polynomial of t with coefficients (degree + 1, 2), the highest first."""

    coefficients: Array

    def __call__(self, t: Array) -> Array:
        value = np.zeros((len(t), 2))
        for each in self.coefficients:
            value = value * t[:, None] + each
        return value

    @property
    def slope(self) -> _Cubic:
        """Its derivative."""
        powers = np.arange(len(self.coefficients) - 1, 0, -1)
        return _Cubic(self.coefficients[:-1] * powers[:, None])


def _numbers(corners: Any, count: int) -> list[int]:
    """The numbers of points that are corners, in order."""
    given = several(corners)
    wrong = [c for c in given if isinstance(c, bool) or c != int(c) or not 0 <= c < count]
    if wrong:
        raise ProblemError(
            f"Spline: got the corner {wrong[0]!r}, expected numbers of points, 0 to {count - 1}"
        )
    return sorted({int(c) for c in given})


def _runs(around: Array, corners: list[int]) -> Iterator[Array]:
    """The points of each smooth wall, from corner to corner."""
    if not corners:
        yield around
        return
    places = around[:-1]
    for first, last in zip(corners, [*corners[1:], corners[0] + len(places)], strict=True):
        yield places[np.arange(first, last + 1) % len(places)]


def _curves(run: Array, *, closed: bool) -> Iterator[Curve]:
    """The cubic pieces through points that follow one another."""
    from scipy.interpolate import CubicSpline

    lengths = np.linalg.norm(np.diff(run, axis=0), axis=1)
    knots = np.concatenate([[0.0], np.cumsum(lengths)])
    spline = CubicSpline(knots, run, bc_type="periodic" if closed else "not-a-knot")
    for piece, length in zip(np.moveaxis(spline.c, 1, 0), lengths, strict=True):
        cubic = _Cubic(piece * length ** np.arange(len(piece) - 1, -1, -1)[:, None])
        yield FormulaCurve(cubic, cubic.slope, Motion(np.eye(2), np.zeros(2)))
