"""Where a problem is posed: boxes, one interval for each variable, and regions of any shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...geometry import region as geometry
from ...rounding import HALF_OF_THE_DIGITS
from .assumptions import refuse_broken_assumptions
from .constant import expression, number, real

__all__ = ["SNAP", "Box", "Domain", "Region", "read_variables", "several"]


# Places this close to an end of an interval, relative to its size, are that end: 2*pi
# written as 6.283185307179586 and the sympy constant must mean the same wall.
SNAP = 1e-12


class Domain:
    """What statements ask of where they are posed, a box or a region of another shape."""

    __slots__ = ()

    variables: tuple[sympy.Symbol, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    @property
    def region(self) -> geometry.Region:
        """It as points see it."""
        raise NotImplementedError

    def holds(self, points: Array) -> NDArray[np.bool_]:
        """Which points (m, d) lie inside, or outside by rounding: not by half of the digits."""
        return self.region.contains(points, HALF_OF_THE_DIGITS)

    def snap(self, index: int, value: float) -> float:
        """Return `value`, or the end of interval `index` that it equals to rounding."""
        lower, upper = self.lower[index], self.upper[index]
        slack = SNAP * max(upper - lower, abs(lower), abs(upper))
        for end in (lower, upper):
            if abs(value - end) <= slack:
                return end
        return value

    def __iter__(self) -> Iterator[tuple[sympy.Symbol, float, float]]:
        return iter(zip(self.variables, self.lower, self.upper, strict=True))


@dataclass(frozen=True, slots=True, init=False)
class Box(Domain):
    """The box `lower[i] <= variables[i] <= upper[i]`.

    Parameters
    ----------
    variables : Symbol or sequence of Symbol
        The independent variables, in the order in which a solution takes its coordinates.
    lower, upper : number or sequence of numbers
        The ends of each interval: finite, real, `lower < upper`. SymPy constants such as
        `2*sympy.pi` are welcome.

    Raises
    ------
    ProblemError
        If an interval is empty, reversed or infinite, or a variable is no symbol.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> Box((x, y), (0, 0), (1, 2 * sympy.pi)).upper
    (1.0, 6.283185307179586)
    """

    variables: tuple[sympy.Symbol, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def __init__(self, variables: Any, lower: Any, upper: Any) -> None:
        names, starts, ends = map(several, (variables, lower, upper))
        if not len(names) == len(starts) == len(ends):
            raise ProblemError(
                f"domain: got {len(names)} variables, {len(starts)} lower and {len(ends)} upper "
                "ends, expected one of each for every variable"
            )
        if not names:
            raise ProblemError("domain: got no variables, expected at least one, as in {x: (0, 1)}")
        names = read_variables(names, "domain")
        ends_of = [_interval(*each) for each in zip(names, starts, ends, strict=True)]
        for name, (lower_end, upper_end) in zip(names, ends_of, strict=True):
            refuse_broken_assumptions(name, lower_end, upper_end, "domain")
        object.__setattr__(self, "variables", names)
        object.__setattr__(self, "lower", tuple(a for a, _ in ends_of))
        object.__setattr__(self, "upper", tuple(b for _, b in ends_of))

    @classmethod
    def from_intervals(
        cls, intervals: Mapping[Any, Any], parameters: Mapping[sympy.Symbol, float]
    ) -> Box:
        """Read `{x: (0, 1), y: (0, L)}`, parameters such as L replaced by their values."""
        lower, upper = [], []
        for name, ends in intervals.items():
            both = several(ends)
            if len(both) != 2:
                raise ProblemError(
                    f"domain: got {ends!r} for {name}, expected its two ends, "
                    f"as in {{{name}: (0, 1)}}"
                )
            lower.append(_end(both[0], f"domain: the lower end of {name}", parameters))
            upper.append(_end(both[1], f"domain: the upper end of {name}", parameters))
        return cls(tuple(intervals), lower, upper)

    @property
    def region(self) -> geometry.BoxRegion:
        """The box as points see it."""
        return geometry.BoxRegion(self.lower, self.upper)

    def __str__(self) -> str:
        return ", ".join(f"{number(a)} <= {v} <= {number(b)}" for v, a, b in self)


class Region(Domain):
    """A region of any shape, such as `Disk`, and what is put together from those.

    Attributes
    ----------
    variables : tuple of Symbol
    lower, upper : tuple of float
        The corners of the smallest box that holds it.
    text : str
        How it was made, as problem files write it.
    """

    __slots__ = ("lower", "shape", "text", "upper", "variables")

    def __init__(
        self, variables: tuple[sympy.Symbol, ...], shape: geometry.Shape, text: str
    ) -> None:
        self.variables = variables
        self.shape = shape
        self.text = text
        bounds = shape.bounds
        self.lower = tuple(map(float, bounds.lower))
        self.upper = tuple(map(float, bounds.upper))

    @property
    def region(self) -> geometry.Region:
        """It as points see it."""
        return self.shape

    def region_part(self, where: Any, named: str) -> geometry.BoundaryPart:
        """The part of its boundary that a condition names."""
        return self.shape.part(where)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Region):
            return NotImplemented
        return (self.variables, self.text) == (other.variables, other.text)

    def __hash__(self) -> int:
        return hash((self.variables, self.text))

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def read_variables(variables: Any, what: str) -> tuple[sympy.Symbol, ...]:
    """Read the variables of a domain: symbols, each once."""
    names = several(variables)
    for name in names:
        if not isinstance(name, sympy.Symbol):
            raise ProblemError(
                f"{what}: got {name!r} as a variable, expected a SymPy symbol, as in {{x: (0, 1)}}"
            )
    _refuse_twins(names)
    return names


def several(value: Any) -> tuple[Any, ...]:
    """One thing or a sequence of them, as a tuple."""
    if isinstance(value, str | sympy.Basic) and not isinstance(value, sympy.Tuple):
        return (value,)
    try:
        return tuple(value)
    except TypeError:
        return (value,)


def _refuse_twins(names: Sequence[sympy.Symbol]) -> None:
    seen: dict[str, sympy.Symbol] = {}
    for name in names:
        if name.name in seen:
            how = "twice" if seen[name.name] == name else "with two different assumptions"
            raise ProblemError(f"domain: the variable {name} is given {how}")
        seen[name.name] = name


def _end(value: Any, what: str, parameters: Mapping[sympy.Symbol, float]) -> float:
    if expression(value, what) in (sympy.oo, -sympy.oo):
        raise ProblemError(
            f"{what} is {value}; boxes are finite: cut the interval where the solution is known "
            "or negligible, or map it to a finite one"
        )
    return real(value, what, parameters)


def _interval(name: sympy.Symbol, start: Any, end: Any) -> tuple[float, float]:
    lower = _end(start, f"domain: the lower end of {name}", {})
    upper = _end(end, f"domain: the upper end of {name}", {})
    written = f"the interval of {name}, ({number(lower)}, {number(upper)}),"
    if lower == upper:
        raise ProblemError(f"domain: {written} is empty")
    if lower > upper:
        raise ProblemError(
            f"domain: {written} is reversed; write {{{name}: ({number(upper)}, {number(lower)})}}"
        )
    if not math.isfinite(upper - lower):
        raise ProblemError(f"domain: {written} is too long")
    return lower, upper
