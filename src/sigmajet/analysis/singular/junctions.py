r"""Singular functions where materials meet at a point: interfaces that cross, bend or end on walls.

Around such a point the region is a fan of sectors, in each of which the principal part of the
equation is constant and, in coordinates X = T (x - x0) of its own, the Laplacian. Solutions that
are homogeneous about the point are, with :math:`z = X_1 + i X_2 = r e^{i\theta}` in each sector,

.. math:: u = A\, r^a \cos a\theta + B\, r^a \sin(a\theta) / a,

and what holds on the rays between the sectors, and on the walls at both ends if the fan is open,
is linear and homogeneous in A and B: as many relations as there are numbers. Exponents are where
their matrix D(a) is singular: the transmission problem of Sturm and Liouville on the circle (R. B.
Kellogg, On the Poisson equation with intersecting interfaces, Applicable Analysis 4, 1975;
S. Nicaise, Polygonal Interface Problems, 1993). For one material that is known as a formula, see
:mod:`.corners`; of relations as they are stated, it takes those of the highest order alone.

Smooth data of a degree n that is an exponent resonate, and bring :math:`z^n \log z`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.place import BoundaryPlace, Part, Place
from ...geometry.region import Beside, Surface
from ...geometry.shapes.arc import Arc
from ...geometry.shapes.chains import Corner, corner_between, nearest
from ...geometry.shapes.plane import PlanePart, PlaneRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS, lowest
from ...rules.judgement import SLIGHT
from ...rules.samples import FEW, MANY
from .corners import (
    MOST,
    Lower,
    affordable,
    away_from,
    bends,
    constant_in_parts,
    is_scalar,
    principal,
    shifted,
    terms_of,
    to_laplacian,
)

Matrices = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class _Sector:
    """What a part of the region has of a fan: from the ray `along` to `along + opening` in X."""

    part: int
    corner: Corner
    slopes: NDArray[np.complex128]
    along: float
    opening: float

    def ray(self, last: bool) -> tuple[Array, Array]:
        """A point near the vertex on its first or its last ray, and the direction of the ray."""
        angle = self.corner.direction + (self.corner.angle if last else 0.0)
        arc, share = self.corner.after, HALF_OF_THE_DIGITS
        if last:
            arc, share = self.corner.before, 1.0 - HALF_OF_THE_DIGITS
        return arc.at(np.array([share])), np.array([math.cos(angle), math.sin(angle)])

    def values(self, last: bool, order: int, weights: Array, powers: Array) -> Array:
        """What A and B add on a ray to weights times u, or to weights times its slopes, (p, 2)."""
        _, direction = self.ray(last)
        size = abs(complex(direction @ self.slopes))
        theta = self.along + (self.opening if last else 0.0)
        a = powers
        if not order:
            turned = np.stack([np.cos(a * theta), np.sin(a * theta) / a], axis=-1)
            return np.asarray(weights[0] * (size**a)[:, None] * turned)
        across = complex(weights @ self.slopes)
        turned = across * np.exp(1j * (a - 1.0) * theta)
        return np.asarray(
            (size ** (a - 1.0))[:, None] * np.stack([a * turned.real, turned.imag], axis=-1)
        )


@dataclass(frozen=True, slots=True)
class _Fan:
    """Sectors around a point, one left of the other; `closed` if the last meets the first."""

    vertex: Array
    sectors: tuple[_Sector, ...]
    closed: bool


def junction_functions(system: System) -> CornerFunctions:
    """Functions for the points where parts of a region meet; none for other problems.

    All together they are about as many as a cell has neurons: where there are many points each has
    fewer exponents.
    """
    parts = system.problem.parts
    if not is_scalar(system) or not all(isinstance(part, PlaneRegion) for part in parts):
        return NO_CORNERS
    lower = Lower.NONE if parts and constant_in_parts(system) else Lower.ALL
    found = NO_CORNERS
    for fan in _fans(system):
        found = found.beside(_of_a_fan(system, fan, lower))
    return affordable(found)


def _fans(system: System) -> Iterator[_Fan]:
    """The points at which more meets than two parts along a smooth interface."""
    problem = system.problem
    parts = [part for part in problem.parts if isinstance(part, PlaneRegion)]
    if not parts or len(parts) < len(problem.parts):
        return
    near = HALF_OF_THE_DIGITS * _size(system)
    arcs = [arc for part in parts for arc in part.arcs]
    before = [
        {id(after): arc for loop in part.loops for arc, after in _pairs(loop)} for part in parts
    ]
    seen = np.full((len(arcs), 2), np.inf)
    for count, arc in enumerate(arcs):
        vertex = arc.start
        if np.linalg.norm(seen - vertex, axis=1).min() <= near:
            continue
        seen[count] = vertex
        corners = [
            (number, corner)
            for number, part in enumerate(parts)
            for corner in _corners_at(part, before[number], arc, near)
        ]
        smooth = all(abs(c.angle - math.pi) <= HALF_OF_THE_DIGITS for _, c in corners)
        if len(corners) < 2 or (len(corners) == 2 and smooth):
            continue
        sectors = [_sector(system, number, corner) for number, corner in corners]
        fan = _in_order(vertex, [s for s in sectors if s is not None])
        if fan is not None and len(fan.sectors) == len(corners):
            yield fan


def _pairs(loop: Sequence[Arc]) -> Iterator[tuple[Arc, Arc]]:
    """Arcs of a loop with those after them."""
    return zip(loop, (*loop[1:], loop[0]), strict=True)


def _corners_at(
    part: PlaneRegion, before: Mapping[int, Arc], at: Arc, near: float
) -> Iterator[Corner]:
    """The angles that a part has where an arc starts, a straight one where a wall goes through."""
    for number in part.overlapping(at, near):
        arc = part.arcs[number]
        if np.linalg.norm(arc.start - at.start) <= near:
            yield corner_between(before[id(arc)], arc)
        elif np.linalg.norm(arc.stop - at.start) > near:
            _, (share,), (away,) = nearest([arc], at.start[None])
            if away <= near:
                yield corner_between(*arc.cut([float(share)]))


def _sector(system: System, number: int, corner: Corner) -> _Sector | None:
    """A sector with the coordinates in which the equation is Laplace's; None if there are none."""
    part = system.problem.parts[number]
    assert isinstance(part, PlaneRegion)  # as all are
    middle = corner.direction + 0.5 * corner.angle
    inward = np.array([math.cos(middle), math.sin(middle)])
    matrix = principal(system.equations[0], corner.vertex + HALF_OF_THE_DIGITS * part.size * inward)
    change = to_laplacian(matrix)
    if change is None:
        return None
    change = change / abs(np.linalg.det(change)) ** 0.5
    slopes = change[0] + 1j * change[1]
    ends = [
        float(np.angle(np.array([math.cos(angle), math.sin(angle)]) @ slopes))
        for angle in (corner.direction, corner.direction + corner.angle)
    ]
    opening = (ends[1] - ends[0]) % (2.0 * math.pi) or 2.0 * math.pi
    return _Sector(number, corner, slopes, ends[0], opening)


def _in_order(vertex: Array, sectors: Sequence[_Sector]) -> _Fan | None:
    """Sectors as they follow each other; None where there are gaps between them on two sides."""
    left = list(sectors)
    if not left:
        return None

    def follows(one: _Sector, other: _Sector) -> bool:
        turn = one.corner.direction + one.corner.angle - other.corner.direction
        return abs(math.remainder(turn, 2.0 * math.pi)) <= SLIGHT

    first = next((s for s in left if not any(follows(o, s) for o in left if o is not s)), left[0])
    order = [first]
    left.remove(first)
    while left:
        following = next((s for s in left if follows(order[-1], s)), None)
        if following is None:
            return None
        order.append(following)
        left.remove(following)
    closed = len(order) > 1 and follows(order[-1], order[0])
    return _Fan(vertex, tuple(order), closed)


def _of_a_fan(system: System, fan: _Fan, lower: Lower) -> CornerFunctions:
    """The functions of one point; none where what holds there has no known form."""
    matrices = _matrices(system, fan)
    if matrices is None:
        return NO_CORNERS
    exponents = np.array(_singular(matrices, MOST))
    if any(bends(arc) for s in fan.sectors for arc in (s.corner.before, s.corner.after)):
        exponents = shifted(exponents, MOST)
    terms = list(terms_of(exponents, MOST, phases=(1.0, -1.0j), lower=lower, jumps=False))
    found = NO_CORNERS
    for sector in fan.sectors:
        part = system.problem.parts[sector.part]
        assert isinstance(part, PlaneRegion)  # as all are
        slopes = sector.slopes / part.size
        rotation, turn, reach = away_from(part, sector.corner, slopes, sector.along)
        turned = slopes * rotation
        found = found.beside(
            CornerFunctions.about(fan.vertex, turned, turn, reach, terms, sector.part)
        )
    return found


def _singular(matrices: Matrices, most: float) -> list[float]:
    """The a up to a bound for which a matrix is singular: where its least singular value is zero.

    It is looked at closely where it has a minimum, and more closely still around that: exponents
    of two materials that hardly differ lie side by side.
    """

    def least(a: Array) -> Array:
        return np.asarray(np.linalg.svd(matrices(a), compute_uv=False)[:, -1])

    found: list[float] = []
    step = most / MANY
    coarse: Array = step * np.arange(1.0, MANY + 2.0)
    for place in coarse[_minima(least(coarse))]:
        fine = np.linspace(max(place - step, 0.5 * step), place + step, FEW)
        for inner in fine[_minima(least(fine))]:
            half = fine[1] - fine[0]
            zero = lowest(least, inner - half, inner + half)
            new = all(abs(zero - other) > HALF_OF_THE_DIGITS for other in found)
            if new and float(least(np.array([zero]))[0]) <= HALF_OF_THE_DIGITS:
                found.append(zero)
    return sorted(found)


def _minima(values: Array) -> NDArray[np.intp]:
    """Where values are below both of their neighbours."""
    inner = (values[1:-1] <= values[:-2]) & (values[1:-1] <= values[2:])
    return 1 + np.flatnonzero(inner)


def _matrices(system: System, fan: _Fan) -> Matrices | None:
    """D(a) with rows of unit length; None where a ray has other relations than it needs."""
    count = len(fan.sectors)
    rows: list[list[tuple[int, bool, int, Array]]] = []  # sector, last ray, order, weights
    pairs = list(itertools.pairwise(range(count))) + ([(count - 1, 0)] if fan.closed else [])
    for one, other in pairs:
        held = list(_across(system, fan, one, other))
        if len(held) != 2:
            return None
        rows += held
    if not fan.closed:
        for sector, last in ((0, False), (count - 1, True)):
            held = list(_on_wall(system, fan, sector, last))
            if len(held) != 1:
                return None
            rows += held

    def matrices(powers: Array) -> Array:
        found = np.zeros((len(powers), len(rows), 2 * count))
        for number, row in enumerate(rows):
            for sector, last, order, weights in row:
                added = fan.sectors[sector].values(last, order, weights, powers)
                found[:, number, 2 * sector : 2 * sector + 2] += added
        size = np.linalg.norm(found, axis=2, keepdims=True)
        return np.asarray(found / np.where(size > 0.0, size, 1.0))

    return matrices


def _across(
    system: System, fan: _Fan, one: int, other: int
) -> Iterator[list[tuple[int, bool, int, Array]]]:
    """What holds on the ray after a sector and before the next, relation by relation."""
    point, direction = fan.sectors[one].ray(last=True)
    left = np.array([-direction[1], direction[0]])
    for relation in system.across:
        place = relation.relation.place
        surface = place.surface if isinstance(place, Beside) else place
        if not isinstance(surface, Surface) or not _near(surface.whole, point, system):
            continue
        outward = float(surface.normals(point)[0] @ left)
        order = max(sum(trace.orders) for trace in relation.traces)
        row = []
        for trace, weight in zip(relation.traces, _weights(relation, point), strict=True):
            if sum(trace.orders) < order:
                continue
            if order > 1 or not isinstance(trace.place, Beside):
                return
            ahead = trace.place.outward * outward > 0.0
            along = weight * np.array(trace.orders if order else [1.0])
            row.append((other if ahead else one, not ahead, order, along))
        yield row


def _on_wall(
    system: System, fan: _Fan, sector: int, last: bool
) -> Iterator[list[tuple[int, bool, int, Array]]]:
    """What holds on the wall at an end of an open fan."""
    point, _ = fan.sectors[sector].ray(last=last)
    for condition in system.conditions:
        place = condition.relation.place
        if not _near(place, point, system):
            continue
        order = max(sum(trace.orders) for trace in condition.traces)
        if order > 1:
            return
        held = zip(condition.traces, _weights(condition, point), strict=True)
        yield [
            (sector, last, order, weight * np.array(trace.orders if order else [1.0]))
            for trace, weight in held
            if sum(trace.orders) == order
        ]


def _weights(relation: Residual, point: Array) -> Array:
    """The coefficients of a relation near a vertex, of its traces."""
    return np.asarray(relation.at_zero(point)[1][:, 0])


def _near(place: Part, point: Array, system: System) -> bool:
    """Whether a point lies on a part of a boundary, or on a wall of a box."""
    near = SLIGHT * HALF_OF_THE_DIGITS * _size(system)
    if isinstance(place, PlanePart):
        return bool(place.distance(point)[0] <= near)
    if isinstance(place, BoundaryPlace) or not isinstance(place, Place) or place.dimension != 1:
        return False
    (axis,) = place.fixed
    value = place[axis]
    return isinstance(value, float) and bool(abs(point[0, axis] - value) <= near)


def _size(system: System) -> float:
    """The longer side of a region."""
    return float(2.0 * system.problem.domain.region.bounds.half_widths.max())
