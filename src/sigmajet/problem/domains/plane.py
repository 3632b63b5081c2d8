"""Shapes of the plane as users state them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...errors import ProblemError
from ...geometry.shapes import outlines
from ...geometry.shapes.combine import refuse_unsound
from ..terms.constant import number, real
from ..terms.domain import Region, several
from .arguments import exactly, in_brackets, point, positive, state

__all__ = ["Annulus", "Disk", "Ellipse", "Polygon", "Sector"]


class Disk(Region):
    """What lies within a distance of a point of the plane.

    Parameters
    ----------
    variables : two Symbols
    centre : two numbers
    radius : number
        Above zero.
    name : str, optional
        Of its wall.

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

    def __init__(
        self, variables: Any, centre: Any, radius: Any, *, name: str | None = None
    ) -> None:
        middle, size = point(centre, "Disk: the centre"), positive(radius, "Disk: the radius")
        state(self, variables, outlines.disk(middle, size), name, middle, size)


class Ellipse(Region):
    """What lies within an ellipse with half axes along both variables.

    Parameters
    ----------
    variables : two Symbols
    centre : two numbers
    half_axes : two numbers
        Above zero.
    name : str, optional
        Of its wall.

    Raises
    ------
    ProblemError
        If a half axis is not above zero, or something is no number.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Ellipse(sympy.symbols("x y"), (0, 0), (2, 1)).rotate(sympy.pi / 4)
    Ellipse((0, 0), (2, 1)).rotate(pi/4)
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, centre: Any, half_axes: Any, *, name: str | None = None
    ) -> None:
        middle = point(centre, "Ellipse: the centre")
        a, b = (positive(each, "Ellipse: a half axis") for each in exactly(half_axes, "Ellipse", 2))
        shape = outlines.ellipse(middle, (a, b))
        state(self, variables, shape, name, middle, np.array([a, b]))


class Annulus(Region):
    """What lies between two circles about a point: its parts "outer" and "hole".

    Parameters
    ----------
    variables : two Symbols
    centre : two numbers
    inner, outer : number
        The radii, 0 < inner < outer.
    name : str, optional
        Of both walls.

    Raises
    ------
    ProblemError
        If the radii are not in this order, or something is no number.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Annulus(sympy.symbols("x y"), (0, 0), 1, 2).names
    ('outer', 'hole')
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, centre: Any, inner: Any, outer: Any, *, name: str | None = None
    ) -> None:
        middle = point(centre, "Annulus: the centre")
        radii = [positive(each, "Annulus: a radius") for each in (inner, outer)]
        if radii[0] >= radii[1]:
            raise ProblemError(
                f"Annulus: got the radii {number(radii[0])} and {number(radii[1])}, expected the "
                "inner one first, smaller than the outer one"
            )
        state(self, variables, outlines.annulus(middle, *radii), name, middle, *radii)


class Sector(Region):
    """What lies between two rays from a point, and within a distance of it.

    Wall 0 is the first ray, wall 1 the arc, named "arc", and wall 2 the last ray.

    Parameters
    ----------
    variables : two Symbols
    centre : two numbers
    radius : number
    begin, end : number
        The angles of the rays against the first axis, begin < end < begin + 2 pi.
    name : str, optional
        Of all three walls.

    Raises
    ------
    ProblemError
        If angles are not in this order, the radius is not above zero, or something is no number.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Sector(sympy.symbols("x y"), (0, 0), 1, 0, 3 * sympy.pi / 2)
    Sector((0, 0), 1, 0, 3*pi/2)
    """

    __slots__ = ()

    def __init__(
        self,
        variables: Any,
        centre: Any,
        radius: Any,
        begin: Any,
        end: Any,
        *,
        name: str | None = None,
    ) -> None:
        middle, size = point(centre, "Sector: the centre"), positive(radius, "Sector: the radius")
        first, last = (real(each, "Sector: an angle", {}) for each in (begin, end))
        if not first < last < first + 2.0 * math.pi:
            raise ProblemError(
                f"Sector: got the angles {number(first)} and {number(last)}, expected begin < end "
                "< begin + 2*pi; all around it is a Disk"
            )
        shape = outlines.sector(middle, size, first, last)
        state(self, variables, shape, name, middle, size, first, last)


class Polygon(Region):
    """What lies between straight walls, of which number i begins at point i.

    Parameters
    ----------
    variables : two Symbols
    points : sequence of pairs of numbers
        At least three, in order, in either direction; the last wall ends at the first point.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If walls cross or touch, or there is nothing between them.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Polygon(sympy.symbols("x y"), [(0, 0), (1, 0), (0, 1)])
    Polygon([(0, 0), (1, 0), (0, 1)])
    """

    __slots__ = ()

    def __init__(self, variables: Any, points: Any, *, name: str | None = None) -> None:
        corners = np.array([point(p, f"Polygon: point {i}") for i, p in enumerate(several(points))])
        if len(corners) < 3:
            raise ProblemError(f"Polygon: got {len(corners)} points, expected at least three")
        text = f"[{', '.join(map(in_brackets, corners))}]"
        shape = outlines.polygon(corners)
        refuse_unsound(shape, "Polygon")
        state(self, variables, shape, name, text)
