"""The curves and surfaces of a statement at which formulas jump, and how they cut its region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from .._types import Array
from ..errors import ProblemError
from ..expressions.table import Table
from ..geometry.partition import Filled
from ..geometry.region import Beside, BoundaryPart, Surface
from ..geometry.shapes import combine, outlines
from ..geometry.shapes.curve import Motion
from ..geometry.shapes.plane import PlanePart, PlaneRegion
from ..geometry.solids import combine as solids
from ..geometry.solids.solid import SolidPart
from ..geometry.space_time import Side, SpaceTime
from ..rounding import HALF_OF_THE_DIGITS, SAME
from ..rules.judgement import SEVERAL
from ..rules.samples import FEW
from .boundary.inequality import region_where
from .jumps.inside import Inside
from .jumps.jump import avg, jump, placed_on
from .jumps.switch import JUMPING, steps
from .terms.domain import Domain, RegionInTime, Shaped

__all__ = ["Cut", "Surfaces"]

# What says how values or fluxes jump.
_GIVEN = (jump, avg, sympy.DiracDelta, sympy.SingularityFunction)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A surface at which formulas jump.

    Attributes
    ----------
    level : Expr
        Below zero on one of its sides and above on the other; of a region 1 inside and 0 outside.
    surface : Surface
    rising : float
        1 where the side above is outside of what the surface is the boundary of, else -1.
    """

    level: sympy.Expr
    surface: Surface
    rising: float

    def beside(self, above: float) -> Beside:
        """Its side above for 1, below for -1."""
        return Beside(self.surface, above * self.rising)

    def __str__(self) -> str:
        if isinstance(self.level, Inside):
            return f"the boundary of {self.level.region}"
        return f"{self.level} = 0"


class Surfaces:
    """All of them, and the parts into which they cut the region.

    Attributes
    ----------
    every : tuple of Cut
    parts : tuple of Filled
        None where nothing is cut.
    """

    def __init__(
        self, every: Sequence[Cut], parts: Sequence[Filled], known: Mapping[Any, Any], sample: Array
    ) -> None:
        self.every, self.parts = tuple(every), tuple(parts)
        self._known, self._sample = known, sample
        self._taken: dict[tuple[Any, ...], Array] = {}

    @classmethod
    def read(
        cls,
        equations: Iterable[Any],
        conditions: Iterable[Any],
        domain: Domain,
        parameters: Mapping[sympy.Symbol, float],
        time: sympy.Symbol | None,
    ) -> Surfaces:
        """Find the surfaces at which equations jump, or that conditions name, and cut the domain.

        Those that are no closed curves, nor straight, are left alone: who needs them refuses them.
        So are places of one variable in boxes, unless such of several variables cross.
        """
        space = domain.space.variables
        known = {p: sympy.Float(v) for p, v in parameters.items()}
        lower, upper = np.array(domain.space.lower), np.array(domain.space.upper)
        shares = np.linspace(0.0, 1.0, FEW)[:, None] ** np.linspace(0.5, 2.0, len(space))
        found = cls((), (), known, lower + (upper - lower) * shares)
        shaped = isinstance(domain, Shaped)
        if len(space) not in (2, 3) or not (shaped or time is None):
            return found
        levels: list[sympy.Expr] = []
        equations, conditions = tuple(equations), tuple(conditions)
        for level in _levels(equations, conditions, set(space), set(parameters)):
            if not any(found._ratio(level, other) for other in levels):
                levels.append(level)
        if not shaped:
            given = any(
                isinstance(s, sympy.Basic) and s.has(*_GIVEN) for s in equations + conditions
            )
            levels = _beyond_planes(levels, set(space), given=given)
        if not levels:
            return found
        shape: Any = domain.space.as_region().shape
        pieces: list[Any] = [shape]
        inner: list[tuple[sympy.Expr, Any, float]] = []
        for level in levels:
            traced = _within(level, space, known, shape)
            if traced is None:
                continue
            within, rising = traced
            cut = [part for piece in pieces for part in _cut(piece, within, level)]
            if len(cut) > len(pieces):
                pieces = cut
                inner.append((level, within, rising))
        if not inner:
            return found

        def over_time(part: Any) -> Any:
            return Side(part) if isinstance(domain, RegionInTime) else part

        cuts = []
        for level, within, rising in inner:
            sides = [(n, over_time(p)) for n, p in _sides(pieces, within, shape)]
            cuts.append(Cut(level, Surface(over_time(within.whole), sides, shape.size), rising))
        if isinstance(domain, RegionInTime):
            pieces = [SpaceTime(p, domain.lower[-1], domain.upper[-1]) for p in pieces]
        return cls(cuts, pieces, known, found._sample)

    def at(self, level: sympy.Expr, what: object) -> Cut:
        """The one of a level that a statement names.

        Raises
        ------
        ProblemError
            If there is none.
        """
        for cut in self.every:
            if self._ratio(level, cut.level):
                return cut
        raise ProblemError(
            f"{what}: there is no interface inside the domain where "
            f"{f'{level} = 0' if not isinstance(level, Inside) else f'{level.region} ends'}; "
            "interfaces are closed curves, straight lines, and boundaries of regions, in a domain "
            "that is a region: Box((x, y), ...) is one"
        )

    def at_plane(self, variable: sympy.Symbol, low: float, high: float) -> bool:
        """Whether one of them is where a variable passes from one number to another."""
        for cut in self.every:
            level = cut.level.xreplace(self._known)
            if level.free_symbols == {variable} and not isinstance(level, Inside):
                ends = [float(level.xreplace({variable: sympy.Float(v)})) for v in (low, high)]
                if ends[0] * ends[1] <= 0.0:
                    return True
        return False

    def same(self, level: sympy.Expr, cut: Cut) -> bool:
        """Whether a level is zero where a surface is."""
        return self._ratio(level, cut.level) != 0.0

    def turned(self, level: sympy.Expr, cut: Cut) -> float:
        """1 where a level and that of a surface are above on one side, else -1."""
        return 1.0 if self._ratio(level, cut.level) > 0.0 else -1.0

    def sided(self, expression: sympy.Basic, cut: Cut, above: float) -> sympy.Basic:
        """An expression as it is on one side of a surface, above for 1 and below for -1."""
        taken: dict[sympy.Basic, sympy.Basic] = {}
        for atom in expression.atoms(*JUMPING):
            if isinstance(atom, Inside):
                if atom == cut.level:
                    taken[atom] = sympy.Integer(above < 0.0)
                continue
            level = _level(atom)
            ratio = 0.0 if level is None else self._ratio(level, cut.level)
            if not ratio:
                continue
            sign = sympy.Integer(1 if above * ratio > 0.0 else -1)
            if isinstance(atom, Relational):
                taken[atom] = sympy.sympify(bool(atom.func(sign, 0)))
            else:
                taken[atom] = atom.func(sign)
        return expression.xreplace(taken)

    def jumps(self, expression: sympy.Expr, cut: Cut) -> bool:
        """Whether an expression differs on both sides, whatever stands for its symbols."""
        low, high = (self.sided(expression, cut, above) for above in (-1.0, 1.0))
        return bool(low != high and sympy.expand(low - high) != 0)

    def _ratio(self, first: sympy.Expr, second: sympy.Expr) -> float:
        """What one level is times the other; zero where they are no multiples."""
        if isinstance(first, Inside) or isinstance(second, Inside):
            return float(first == second)
        if first == second:
            return 1.0
        free = sorted((first.free_symbols | second.free_symbols) - set(self._known), key=str)
        if len(free) > self._sample.shape[1]:
            return 0.0
        values = [self._values(each, tuple(free)) for each in (first, second)]
        nonzero = np.abs(values[1]) > 0.0
        ratios = values[0][nonzero] / values[1][nonzero]
        if not len(ratios) or not np.all(np.abs(ratios - ratios[0]) <= SAME * np.abs(ratios[0])):
            return 0.0
        return float(ratios[0])

    def _values(self, level: sympy.Expr, free: tuple[sympy.Symbol, ...]) -> Array:
        """A level at the sample, once for all that it is compared with."""
        if (level, free) not in self._taken:
            table = Table.compile(free, [level.xreplace(self._known)])
            self._taken[level, free] = table(self._sample[:, : len(free)])[0]
        return self._taken[level, free]


def _levels(
    equations: Iterable[Any],
    conditions: Iterable[Any],
    space: set[sympy.Symbol],
    parameters: set[sympy.Symbol],
) -> Iterator[sympy.Expr]:
    """What equations jump at the zeros of, or conditions name, if that is of space alone."""
    for statement in (s for s in conditions if isinstance(s, sympy.Basic)):
        yield from (e for e in placed_on(statement) if e.free_symbols - parameters <= space)
    for statement in (s for s in equations if isinstance(s, sympy.Basic)):
        for atom in sorted(statement.atoms(*JUMPING), key=str):
            if isinstance(atom, Inside):
                yield atom
                continue
            level = _level(atom)
            if level is None or level.atoms(AppliedUndef):
                continue
            free = level.free_symbols - parameters
            if free and free <= space:
                yield level


def _beyond_planes(
    levels: list[sympy.Expr], space: set[sympy.Symbol], *, given: bool
) -> list[sympy.Expr]:
    """Of the levels in a box those that blocks cannot simply end at.

    They can at places of one variable. Where such places of both variables of a plane cross the
    solution is singular, and parts have functions for that, unless jumps are `given`: those are
    conditions at the planes of blocks.
    """
    curved = [level for level in levels if len(level.free_symbols & space) > 1]
    straight = {v for level in levels if level not in curved for v in level.free_symbols & space}
    return levels if len(straight) == len(space) == 2 and not given else curved


def _level(atom: sympy.Basic) -> sympy.Expr | None:
    """What changes its sign where something switches, if it is one sign."""
    if isinstance(atom, sympy.Eq | sympy.Ne):
        return None
    found = steps(atom)
    if len(found) != 1 or not isinstance(found[0], sympy.sign):
        return None
    return found[0].args[0]


def _within(
    level: sympy.Expr, space: Sequence[sympy.Symbol], known: Mapping[Any, Any], shape: Any
) -> tuple[Any, float] | None:
    """What a surface is the boundary of, and 1 where the level grows out of it; None if unknown."""
    if isinstance(level, Inside):
        if tuple(level.region.variables) != tuple(space):
            raise ProblemError(
                f"inside({level.region}) is of {level.region.variables}, expected a region of "
                f"{space}"
            )
        return level.region.shape, 1.0
    formula = level.xreplace(known)
    quadric = _quadric(formula, space, shape)
    if quadric is not None or len(space) != 2:
        return quadric
    for rising in (1.0, -1.0):
        try:
            return region_where(space, rising * formula < 0)[0], rising
        except ProblemError:
            continue
    return None


def _quadric(
    formula: sympy.Expr, space: Sequence[sympy.Symbol], shape: Any
) -> tuple[Any, float] | None:
    """What lies within an ellipse, or below a straight line, as far as a region reaches.

    In space within an ellipsoid, and below a plane.
    """
    curved = [[sympy.diff(formula, v, w) for w in space] for v in space]
    if not all(each.is_number for row in curved for each in row):
        return None
    matrix = np.array(curved, dtype=float)
    slope = np.array([float(sympy.diff(formula, v).subs(dict.fromkeys(space, 0))) for v in space])
    value = float(formula.subs(dict.fromkeys(space, 0)))
    if not np.any(matrix):
        return (_half(slope, value, shape), 1.0) if np.any(slope) else None
    sizes, axes = np.linalg.eigh(matrix)
    rising = 1.0 if sizes[-1] > 0.0 else -1.0
    if np.any(rising * sizes <= SAME * np.abs(sizes).max()):
        return None
    middle = -np.linalg.solve(matrix, slope)
    depth = -rising * (value + 0.5 * float(slope @ middle))
    if depth <= 0.0:
        return None
    lengths = np.sqrt(2.0 * depth / (rising * sizes))
    if np.ptp(lengths) <= SAME * lengths.max():
        lengths, axes = np.full(len(space), lengths.mean()), np.eye(len(space))
    plane = len(space) == 2
    round_ = outlines.disk(np.zeros(2), 1.0) if plane else solids.ball(np.zeros(3), 1.0)
    return round_.moved(Motion(axes * lengths, middle)), rising


def _half(slope: Array, value: float, shape: Any) -> Any:
    """What lies below a straight line or a plane, as far as a region reaches."""
    middle, length, dimension = shape.bounds.middle, 4.0 * shape.size, len(slope)
    steep = float(np.linalg.norm(slope))
    outward = slope / steep
    foot = middle - (value + slope @ middle) / steep * outward
    # Of the singular vectors of the normal the first one is along it.
    _, _, directions = np.linalg.svd(outward[None])
    matrix = np.column_stack([outward, *directions[1:]])
    if np.linalg.det(matrix) < 0.0:
        matrix[:, -1] *= -1.0
    together: Any = combine if dimension == 2 else solids
    lower, upper = np.full(dimension, -length), np.full(dimension, length)
    upper[0] = 0.0  # from there backwards, and to all sides
    return together.box(lower, upper).moved(Motion(matrix, foot))


def _cut(piece: Any, within: Any, level: sympy.Expr) -> list[Any]:
    """What lies within and what lies outside of a region; the piece alone where one is nothing."""
    together: Any = combine if isinstance(piece, PlaneRegion) else solids
    found = []
    for operation in (together.intersection, together.difference):
        try:
            found.append(operation(piece, within))
        except ProblemError as error:
            if "nothing" not in str(error):
                what = level.region if isinstance(level, Inside) else f"{level} = 0"
                raise ProblemError(f"the interface {what}: {error}") from None
            return [piece]
    return found


def _sides(pieces: Sequence[Any], within: Any, shape: Any) -> Iterator[tuple[int, BoundaryPart]]:
    """What parts of a region have of a surface in their boundaries."""
    for number, piece in enumerate(pieces):
        if isinstance(piece, PlaneRegion):
            arcs = [arc for arc in piece.arcs if _on(arc, within, shape)]
            if arcs:
                yield number, PlanePart(piece, arcs)
        else:
            leaves = {id(leaf) for leaf, _ in within.tree.leaves()}
            walls = [wall for wall in piece.walls if id(wall.leaf) in leaves]
            if walls:
                yield number, SolidPart(piece, walls)


def _on(arc: Any, within: PlaneRegion, shape: PlaneRegion) -> bool:
    """Whether an arc is one of what lies within, and none of the whole region."""
    near = HALF_OF_THE_DIGITS * shape.size
    points = arc.at(np.linspace(0.0, 1.0, SEVERAL + 2)[1:-1])
    inner, outer = within.whole.distance(points), shape.whole.distance(points)
    return bool(np.all(inner <= near) and np.any(outer > near))
