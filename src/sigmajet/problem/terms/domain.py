"""Where a problem is posed: boxes, one interval for each variable, and regions of any shape."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...geometry import region as geometry
from ...geometry.shapes import combine
from ...geometry.shapes.curve import Motion
from ...geometry.solids import combine as solids
from ...geometry.space_time import Side, SpaceTime
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ..boundary.inequality import region_where
from ..boundary.predicate import compiled, levels_of, not_a_predicate
from .assumptions import refuse_broken_assumptions
from .constant import expression, number, numbers, real
from .vocabulary import did_you_mean

__all__ = [
    "Box",
    "Domain",
    "Part",
    "Region",
    "RegionInTime",
    "Shaped",
    "parts_of",
    "read_variables",
    "several",
]


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

    def holds(self, points: Array, rounding: float = 0.0) -> NDArray[np.bool_]:
        """Which points (m, d) lie inside, or outside by rounding: not by half of the digits.

        Points of a type with fewer digits may have a larger `rounding`.
        """
        return self.region.contains(points, max(rounding, HALF_OF_THE_DIGITS))

    def snap(self, index: int, value: float) -> float:
        """Return `value`, or the end of interval `index` that it equals to rounding."""
        lower, upper = self.lower[index], self.upper[index]
        slack = SAME * max(upper - lower, abs(lower), abs(upper))
        for end in (lower, upper):
            if abs(value - end) <= slack:
                return end
        return value

    def __iter__(self) -> Iterator[tuple[sympy.Symbol, float, float]]:
        return iter(zip(self.variables, self.lower, self.upper, strict=True))

    @property
    def space(self) -> Domain:
        """It without the variable that is time by its form."""
        return self

    def during(self, index: int, lower: float, upper: float) -> Domain:
        """The same with another interval of variable `index`."""
        raise NotImplementedError

    def as_region(self) -> Region:
        """It as a region of any shape."""
        raise NotImplementedError

    def translate(self, *by: Any) -> Region:
        """The same, moved by so much along each variable.

        Examples
        --------
        >>> import sympy
        >>> import sigmajet as sj
        >>> sj.Disk(sympy.symbols("x y"), (0, 0), 1).translate(2, 0).lower
        (1.0, -1.0)
        """
        if len(by) != len(self.variables):
            raise ProblemError(f"translate: got {len(by)} lengths, expected {len(self.variables)}")
        shift = np.array([real(each, "translate", {}) for each in by])
        return self._moved(Motion(np.eye(len(by)), shift), f"translate({numbers(shift)})")

    def rotate(self, angle: Any, about: Any = None, *, axis: Any = (0, 0, 1)) -> Region:
        """The same, turned about a point from the first variable to the second.

        In space it is turned about the `axis` through the point, as a screw that goes along it.

        Examples
        --------
        >>> import sympy
        >>> import sigmajet as sj
        >>> square = sj.Box(sympy.symbols("x y"), (0, 0), (1, 1))
        >>> round(square.rotate(sympy.pi / 4).upper[1], 12)  # sqrt(2)
        1.414213562373
        """
        count = len(self.as_region().variables)
        turn = real(angle, "rotate", {})
        middle = np.zeros(count) if about is None else _place(about, count, "rotate: the point")
        along = _place(axis, 3, "rotate: the axis")
        if not np.any(along):
            raise ProblemError("rotate: the axis is zero, expected a direction")
        matrix = _turned(turn, along if count == 3 else np.eye(3)[2])[:count, :count]
        at = f", ({numbers(middle)})" if np.any(middle) else ""
        if count == 3:
            at += f", axis=({numbers(along)})"
        motion = Motion(matrix, middle - matrix @ middle)
        return self._moved(motion, f"rotate({number(turn)}{at})")

    def scale(self, *by: Any, about: Any = None) -> Region:
        """The same, stretched about a point: by one number, or by one along each variable.

        Examples
        --------
        >>> import sympy
        >>> import sigmajet as sj
        >>> sj.Disk(sympy.symbols("x y"), (0, 0), 1).scale(3, 2).upper  # an ellipse
        (3.0, 2.0)
        """
        count = len(self.variables)
        factors = np.array([real(each, "scale", {}) for each in by])
        if len(by) == 1:
            factors = np.repeat(factors, count)
        if len(factors) != count or np.any(factors == 0.0):
            raise ProblemError(
                f"scale: got {by}, expected one factor or {count}, none of them zero"
            )
        middle = np.zeros(count) if about is None else _place(about, count, "scale: the point")
        at = f", about=({numbers(middle)})" if np.any(middle) else ""
        motion = Motion(np.diag(factors), middle - factors * middle)
        return self._moved(motion, f"scale({numbers(factors)}{at})")

    def _moved(self, motion: Motion, text: str) -> Region:
        region = self.as_region()
        held = f"({region.text})" if _is_sum(region.text) else region.text
        return Region(self.variables, region.shape.moved(motion), f"{held}.{text}")

    def __or__(self, other: Any) -> Region:
        return self._with(other, "|", "union")

    def __and__(self, other: Any) -> Region:
        return self._with(other, "&", "intersection")

    def __sub__(self, other: Any) -> Region:
        return self._with(other, "-", "difference")

    def _with(self, other: Any, sign: str, operation: str) -> Region:
        if not isinstance(other, Domain):
            raise TypeError(f"{sign}: got {other!r}, expected a region")
        both = self.as_region(), other.as_region()
        if other.variables != self.variables:
            raise ProblemError(
                f"{sign}: got regions of {self.variables} and of {other.variables}, expected the "
                "same variables in the same order"
            )
        combined = getattr(_plane_or_space(self.variables), operation)
        text = f" {sign} ".join(f"({b.text})" if _is_sum(b.text) else b.text for b in both)
        try:
            shape = combined(*(b.shape for b in both))
        except ProblemError as error:
            raise ProblemError(f"{_short(text)}: {error}") from None
        return Region(self.variables, shape, text)


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

    def during(self, index: int, lower: float, upper: float) -> Box:
        """The same with another interval of variable `index`."""
        ends = list(zip(self.lower, self.upper, strict=True))
        ends[index] = lower, upper
        return Box(self.variables, *zip(*ends, strict=True))

    def __mul__(self, interval: Any) -> Box:
        if not isinstance(interval, Mapping | sympy.Dict):
            return NotImplemented
        further = Box.from_intervals(interval, {})
        return Box(
            (*self.variables, *further.variables),
            (*self.lower, *further.lower),
            (*self.upper, *further.upper),
        )

    def as_region(self) -> Region:
        """It as a region of any shape, whose walls are named.

        They are left, right, bottom and top; in space front and back as well, across the second
        variable, and bottom and top are across the third.
        """
        ends = (f"({numbers(end)})" for end in (self.lower, self.upper))
        if len(self.variables) not in (2, 3):
            raise ProblemError(
                f"{self}: only boxes of two or three variables are put together with others"
            )
        shape = _plane_or_space(self.variables).box(self.lower, self.upper)
        return Region(self.variables, shape, f"Box({', '.join(ends)})")

    def __str__(self) -> str:
        return ", ".join(f"{number(a)} <= {v} <= {number(b)}" for v, a, b in self)


class Shaped(Domain):
    """A domain whose boundary has parts, on which conditions are posed."""

    __slots__ = ()

    def boundary_part(
        self, where: Any, named: object, parameters: Mapping[sympy.Symbol, float]
    ) -> geometry.BoundaryPart:
        """The part of its boundary where a condition holds."""
        raise NotImplementedError

    def overlap(self, first: geometry.BoundaryPart, second: geometry.BoundaryPart) -> bool:
        """Whether two parts of its boundary have more than points in common."""
        raise NotImplementedError

    def bare(self, parts: Sequence[geometry.BoundaryPart], needed: int) -> str:
        """What of its boundary is in fewer than so many of some parts, in words."""
        raise NotImplementedError


class Region(Shaped):
    """Where an inequality holds in the plane; and shapes, such as `Disk`, and what they make.

    `a | b`, `a & b` and `a - b` are the union, the intersection and the difference of two regions
    of the same variables. Walls keep their names: the hole of `Box(...) - Disk(..., name="pipe")`
    is its part "pipe".

    Parameters
    ----------
    variables : two Symbols
    shape : inequality
        Of both variables, in powers, exponentials, logarithms and trigonometric functions, as
        `x**4 + y**4 < 1`. Its boundary is found by bounds over boxes, so that no piece is missed:
        closed curves, each a wall.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If the region is empty or unbounded, or the gradient vanishes on its boundary, which crosses
        or touches itself there.

    Attributes
    ----------
    variables : tuple of Symbol
    lower, upper : tuple of float
        The corners of the smallest box that holds it.
    names : tuple of str
        Of the parts of its boundary: "outer", "hole", and those that walls were given.
    text : str
        How it was made.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y = sympy.symbols("x y")
    >>> ovals = sj.Region((x, y), ((x - 1)**2 + y**2) * ((x + 1)**2 + y**2) < sympy.Rational(4, 5))
    >>> len(ovals.shape.boundary)
    2
    """

    __slots__ = ("lower", "shape", "text", "upper", "variables")

    shape: geometry.Shape

    def __init__(
        self, variables: Any, shape: Any, text: str | None = None, *, name: str | None = None
    ) -> None:
        if text is None:  # a statement of the user
            variables = read_variables(variables, "Region")
            shape, text = region_where(variables, shape, name)
        self.variables = variables
        self.shape = shape
        self.text = text
        bounds = shape.bounds
        self.lower = tuple(map(float, bounds.lower))
        self.upper = tuple(map(float, bounds.upper))

    @property
    def region(self) -> geometry.Shape:
        """It as points see it."""
        return self.shape

    @property
    def names(self) -> tuple[str, ...]:
        """The names that parts of its boundary have."""
        return tuple(self.shape.names)

    def part(self, name: str | int) -> Part:
        """A part of its boundary, by its name or the number of a wall.

        Parameters
        ----------
        name : str or int
            "outer" for the walls around it, "hole" for those of holes, "hole 1" for those of the
            first one; a name that was given to walls; the number of a wall, as `problem.plot()`
            shows it: wall i of a polygon begins at its point i.

        Raises
        ------
        ProblemError
            If it has no such part.

        Examples
        --------
        >>> import sympy
        >>> import sigmajet as sj
        >>> x, y = sympy.symbols("x y")
        >>> plate = sj.Box((x, y), (0, 0), (4, 4)) - sj.Disk((x, y), (2, 2), 1)
        >>> plate.names
        ('bottom', 'right', 'top', 'left', 'outer', 'hole')
        >>> plate.part("hole")
        Part('hole')
        """
        self._named(name, "part")
        return Part(self, name)

    def plot(self) -> Any:
        """Draw it, its walls with their numbers and names.

        Returns
        -------
        matplotlib.figure.Figure
        """
        if len(self.variables) == 2:
            from ..drawing import draw
        else:
            from ..drawing_in_space import draw_solid as draw
        return draw(self.shape, [str(v) for v in self.variables], (), str(self))

    def boundary_part(
        self, where: Any, named: object, parameters: Mapping[sympy.Symbol, float]
    ) -> geometry.BoundaryPart:
        """The part of its boundary where a condition holds."""
        if where is None:
            return self.shape.whole
        if isinstance(where, list | tuple | sympy.Tuple):
            if not where:
                raise ProblemError(f"{named}: where is empty")
            return self.shape.joined([self.boundary_part(w, named, parameters) for w in where])
        if isinstance(where, Part):
            if where.region != self:
                raise ProblemError(
                    f"{named}: where is a part of {where.region}, but the problem is posed on "
                    f"{self}; take the part of that"
                )
            where = where.name
        if isinstance(where, str | int) and not isinstance(where, bool):
            return self._named(where, named)
        try:
            predicate = sympy.sympify(where, strict=True)
        except sympy.SympifyError:  # code, or an array of NumPy
            raise not_a_predicate(where, self.variables, named) from None
        given = (predicate, self.variables, parameters, named)
        found = self.shape.where(compiled(*given), levels_of(*given))
        if found is None:
            raise ProblemError(f"{named}: {where} holds nowhere on the boundary of {self}")
        return found

    def overlap(self, first: geometry.BoundaryPart, second: geometry.BoundaryPart) -> bool:
        """Whether two parts of its boundary have more than points in common."""
        return self.shape.overlap(first, second)

    def bare(self, parts: Sequence[geometry.BoundaryPart], needed: int) -> str:
        """What of its boundary is in fewer than so many of some parts, in words."""
        return self.shape.bare(parts, needed)

    def __mul__(self, interval: Any) -> RegionInTime:
        if not isinstance(interval, Mapping | sympy.Dict):
            return NotImplemented
        return RegionInTime(self, interval)

    def _named(self, name: str | int, what: object) -> geometry.BoundaryPart:
        found = self.shape.part(name)
        if found is None:
            known = ", ".join(self.names)
            count = len(self.shape.boundary)
            raise ProblemError(
                f"{what}: got {name!r}, expected one of {known}, or a wall's number, 0 to "
                f"{count - 1}" + did_you_mean(str(name), self.names)
            )
        return found

    def as_region(self) -> Region:
        """Itself."""
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Region):
            return NotImplemented
        return (self.variables, self.text) == (other.variables, other.text)

    def __hash__(self) -> int:
        return hash((self.variables, self.text))

    def __str__(self) -> str:
        return _short(self.text)

    __repr__ = __str__


class RegionInTime(Shaped):
    """A region over an interval of time, `region * {t: (0, 1)}`.

    Attributes
    ----------
    variables : tuple of Symbol
        Those of the region, and time.
    lower, upper : tuple of float
        The corners of the smallest box that holds it.
    space : Region
    time : Symbol

    Raises
    ------
    ProblemError
        If time has not one interval, or is a variable of the region.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y, t = sympy.symbols("x y t")
    >>> sj.Disk((x, y), (0, 0), 1) * {t: (0, 2)}
    Disk((0, 0), 1) * {t: (0, 2)}
    """

    __slots__ = ("_space", "lower", "upper", "variables")

    def __init__(self, space: Region, interval: Mapping[Any, Any]) -> None:
        if len(interval) != 1:
            raise ProblemError(
                f"{space} * {interval}: got {len(interval)} intervals, expected that of time, "
                "as in region * {t: (0, 1)}"
            )
        during = Box.from_intervals(interval, {})
        self._space = space
        self.variables = read_variables((*space.variables, *during.variables), "domain")
        self.lower = (*space.lower, *during.lower)
        self.upper = (*space.upper, *during.upper)

    @property
    def space(self) -> Region:
        """The region."""
        return self._space

    @property
    def time(self) -> sympy.Symbol:
        """The last variable."""
        return self.variables[-1]

    @property
    def region(self) -> SpaceTime:
        """It as points see it."""
        return SpaceTime(self._space.shape, self.lower[-1], self.upper[-1])

    def during(self, index: int, lower: float, upper: float) -> RegionInTime:
        """The same over another interval of time."""
        if index != len(self.variables) - 1:
            raise ProblemError(f"{self}: only its time, {self.time}, takes another interval")
        return RegionInTime(self._space, {self.time: (lower, upper)})

    def as_region(self) -> Region:
        """Refused: regions are put together and moved in space."""
        raise ProblemError(
            f"{self}: put regions together and move them first, then give them time, as in "
            f"(a | b) * {{{self.time}: (0, 1)}}"
        )

    def boundary_part(
        self, where: Any, named: object, parameters: Mapping[sympy.Symbol, float]
    ) -> Side:
        """The part of the region's boundary where a condition holds, at all times."""
        return Side(self._space.boundary_part(where, named, parameters))

    def overlap(self, first: geometry.BoundaryPart, second: geometry.BoundaryPart) -> bool:
        """Whether two parts of the boundary have more than points in common."""
        return self._space.overlap(first.space, second.space)

    def bare(self, parts: Sequence[geometry.BoundaryPart], needed: int) -> str:
        """What of the boundary is in fewer than so many of some parts, in words."""
        return self._space.bare([part.space for part in parts], needed)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegionInTime):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return self._space, self.time, self.lower[-1], self.upper[-1]

    def __str__(self) -> str:
        text = str(self._space)
        held = f"({text})" if _is_sum(text) else text
        return f"{held} * {{{self.time}: ({number(self.lower[-1])}, {number(self.upper[-1])})}}"

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the boundary of a region, for `where=` of a condition."""

    region: Region
    name: str | int

    def __str__(self) -> str:
        return str(self.name)

    def __repr__(self) -> str:
        return f"Part({self.name!r})"


def parts_of(where: Any) -> Iterator[str | int | sympy.Basic]:
    """The names, numbers and predicates that a `where` is made of, none for all of a boundary."""
    if isinstance(where, list | tuple | sympy.Tuple):
        for each in where:
            yield from parts_of(each)
    elif isinstance(where, Part):
        yield where.name
    elif isinstance(where, str | int) and not isinstance(where, bool):
        yield where
    elif where is not None:
        yield sympy.sympify(where)


def _place(value: Any, count: int, what: str) -> Array:
    place = several(value)
    if len(place) != count:
        raise ProblemError(f"{what} is {value!r}, expected {count} numbers")
    return np.array([real(each, what, {}) for each in place])


def _plane_or_space(variables: Sequence[sympy.Symbol]) -> Any:
    """How regions of so many variables are put together."""
    return combine if len(variables) == 2 else solids


def _turned(angle: float, axis: Array) -> Array:
    """The rotation of space about an axis (O. Rodrigues, 1840)."""
    x, y, z = axis / np.linalg.norm(axis)
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned = np.eye(3) + math.sin(angle) * across
    return np.asarray(turned + (1.0 - math.cos(angle)) * across @ across)


def _short(text: str) -> str:
    """A text but for the numbers of surfaces, of which nobody reads more than the first ones."""
    return re.sub(r"(OFF(?: [-+.0-9e]+){4})(?: [-+.0-9e]+)+", r"\1...", text)


def _is_sum(text: str) -> bool:
    return any(f" {sign} " in text for sign in "|&-")


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
        raise ProblemError(
            f"domain: {written} is too long: its length leaves the range of floating point; "
            f"measure {name} in another unit"
        )
    return lower, upper
