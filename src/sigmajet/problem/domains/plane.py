"""Shapes of the plane as users state them."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from ..._types import Array
from ...errors import ProblemError
from ...geometry.shapes import outlines
from ..terms.constant import number, real
from ..terms.domain import Region, read_variables, several

__all__ = ["Disk", "Polygon"]


class Disk(Region):
    """What lies within a distance of a point of the plane.

    Parameters
    ----------
    variables : two Symbols
    centre : two numbers
    radius : number
        Above zero.

    Raises
    ------
    ProblemError
        If the radius is not above zero, or something is no number.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Disk(sympy.symbols("x y"), (0, 0), sympy.sqrt(2))
    Disk((0, 0), 1.4142135623730951)
    """

    __slots__ = ()

    def __init__(self, variables: Any, centre: Any, radius: Any) -> None:
        names = _two(variables, "Disk")
        middle, size = _point(centre, "Disk: the centre"), _positive(radius, "Disk: the radius")
        text = f"Disk({_written(middle)}, {number(size)})"
        super().__init__(names, outlines.disk(middle, size), text)


class Polygon(Region):
    """What lies between straight walls, of which number i begins at point i.

    Parameters
    ----------
    variables : two Symbols
    points : sequence of pairs of numbers
        At least three, in order, in either direction; the last wall ends at the first point.

    Raises
    ------
    ProblemError
        If walls cross or touch, or there is nothing between them.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Polygon(sympy.symbols("x y"), [(0, 0), (1, 0), (0, 1)])
    Polygon((0, 0), (1, 0), (0, 1))
    """

    __slots__ = ()

    def __init__(self, variables: Any, points: Any) -> None:
        names = _two(variables, "Polygon")
        corners = [_point(p, f"Polygon: point {i}") for i, p in enumerate(several(points))]
        if len(corners) < 3:
            raise ProblemError(f"Polygon: got {len(corners)} points, expected at least three")
        text = f"Polygon({', '.join(map(_written, corners))})"
        super().__init__(names, outlines.polygon(np.array(corners)), text)


def _two(variables: Any, what: str) -> tuple[sympy.Symbol, ...]:
    names = read_variables(variables, what)
    if len(names) != 2:
        raise ProblemError(f"{what}: got {len(names)} variables, expected two, as in {what}((x, y)")
    return names


def _point(value: Any, what: str) -> Array:
    both = several(value)
    if len(both) != 2:
        raise ProblemError(f"{what} is {value!r}, expected two numbers")
    return np.array([real(each, what, {}) for each in both])


def _positive(value: Any, what: str) -> float:
    size = real(value, what, {})
    if size <= 0.0:
        raise ProblemError(f"{what} is {number(size)}, expected a number above zero")
    return size


def _written(point: Array) -> str:
    return f"({', '.join(number(float(each)) for each in point)})"
