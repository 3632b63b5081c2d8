"""What shapes are stated by: variables, points and sizes, read and written."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from ..._types import Array
from ...errors import ProblemError
from ...geometry.shapes.plane import PlaneRegion
from ...geometry.solids.solid import SolidRegion
from ..terms.constant import number, numbers, real
from ..terms.domain import Region, read_variables, several

__all__ = ["exactly", "in_brackets", "point", "positive", "state"]


def state(
    region: Region,
    variables: Any,
    shape: PlaneRegion | SolidRegion,
    name: str | None,
    *arguments: Any,
) -> None:
    """Set up a region."""
    what = type(region).__name__
    given = [in_brackets(a) if isinstance(a, np.ndarray) else _plain(a) for a in arguments]
    if name is not None:
        if not isinstance(name, str) or not name:
            raise ProblemError(f"{what}: got the name {name!r}, expected a text")
        shape = shape.named(name)
        given.append(f"name={name!r}")
    text = f"{what}({', '.join(given)})"
    Region.__init__(region, _as_many(variables, what, len(shape.bounds.lower)), shape, text)


def _as_many(variables: Any, what: str, count: int) -> tuple[sympy.Symbol, ...]:
    names = read_variables(variables, what)
    if len(names) != count:
        raise ProblemError(
            f"{what}: got {len(names)} variables, expected {_counted(count)}, as in {what}(("
            f"{', '.join('xyz'[:count])}), ...)"
        )
    return names


def exactly(value: Any, what: str, count: int) -> tuple[Any, ...]:
    """Read so many of something."""
    given = several(value)
    if len(given) != count:
        raise ProblemError(f"{what}: got {value!r}, expected {_counted(count)} numbers")
    return given


def point(value: Any, what: str, dimension: int = 2) -> Array:
    """Read a point."""
    return np.array([real(each, what, {}) for each in exactly(value, what, dimension)])


def positive(value: Any, what: str) -> float:
    """Read a number above zero."""
    size = real(value, what, {})
    if size <= 0.0:
        raise ProblemError(f"{what} is {number(size)}, expected a number above zero")
    return size


def _counted(count: int) -> str:
    return "two" if count == 2 else "three"


def in_brackets(place: Array) -> str:
    """Write a point."""
    return f"({numbers(place)})"


def _plain(argument: float | str) -> str:
    return argument if isinstance(argument, str) else number(argument)
