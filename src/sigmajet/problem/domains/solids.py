"""Shapes of space as users state them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ProblemError
from ...geometry.solids import combine
from ...rounding import HALF_OF_THE_DIGITS
from ..terms.domain import Region
from .arguments import point, positive, state

__all__ = ["Ball", "Cylinder"]


class Ball(Region):
    """What lies within a distance of a point of space.

    Parameters
    ----------
    variables : three Symbols
    centre : three numbers
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
    >>> space = sympy.symbols("x y z")
    >>> shell = sj.Ball(space, (0, 0, 0), 2) - sj.Ball(space, (0, 0, 0), 1)
    >>> shell.names
    ('outer', 'hole')
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, centre: Any, radius: Any, *, name: str | None = None
    ) -> None:
        middle = point(centre, "Ball: the centre", 3)
        size = positive(radius, "Ball: the radius")
        state(self, variables, combine.ball(middle, size), name, middle, size)


class Cylinder(Region):
    """What lies within a distance of the line between two points, with flat ends.

    Its walls are named "side", "bottom" at the first point and "top" at the last.

    Parameters
    ----------
    variables : three Symbols
    bottom, top : three numbers
        The middles of both ends.
    radius : number
        Above zero.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If both ends are one point, the radius is not above zero, or something is no number.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> sj.Cylinder(sympy.symbols("x y z"), (0, 0, 0), (0, 0, 3), 1).upper
    (1.0, 1.0, 3.0)
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, bottom: Any, top: Any, radius: Any, *, name: str | None = None
    ) -> None:
        first, last = (point(end, "Cylinder: an end", 3) for end in (bottom, top))
        size = positive(radius, "Cylinder: the radius")
        length = float(np.linalg.norm(last - first))
        if length <= HALF_OF_THE_DIGITS * size:
            raise ProblemError("Cylinder: both ends are one point: the region is empty")
        state(self, variables, combine.cylinder(first, last, size), name, first, last, size)
