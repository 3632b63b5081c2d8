r"""Which singular functions the corners of a plane region ask for.

In coordinates X = T (x - x0) in which the principal part of a scalar equation of second order is
the Laplacian at a corner, two walls enclose an angle omega. The solutions of Laplace's equation
with zero data on both are, with :math:`z = r e^{i\theta}` measured from one of the walls,

=========================  =======================  ==========================
walls at 0 and omega       functions                exponents
=========================  =======================  ==========================
values, values             :math:`\operatorname{Im} z^a`  :math:`k \pi / \omega`
slopes, slopes             :math:`\operatorname{Re} z^a`  :math:`k \pi / \omega`
values, slopes             :math:`\operatorname{Im} z^a`  :math:`(k - 1/2) \pi / \omega`
slopes, values             :math:`\operatorname{Re} z^a`  :math:`(k - 1/2) \pi / \omega`
=========================  =======================  ==========================

Where a wall bends, a conformal map makes it straight; it is a power series in z, with complex
coefficients, so that both parts of :math:`z^{a + n}` take the place of one (R. S. Lehman,
Development of the mapping function at an analytic corner, Pacific J. Math. 7, 1957).

Those of an integer exponent are polynomials. But smooth data :math:`r^n` on the walls, and smooth
sources, then resonate, and bring :math:`\operatorname{Im} z^n \log z` or its real part (P.
Grisvard, Elliptic Problems in Nonsmooth Domains, 1985, sections 2.4 and 4.4). So there are no
smooth solutions even in the square. A term c u times one of these functions makes
:math:`z^{a + j} \bar z^j`, which are added where an equation has such terms; slopes, and
coefficients that vary, make :math:`z^{a + p} \bar z^q` with both of their parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.partition import Partition
from ...geometry.points import points_inside
from ...geometry.shapes.arc import Arc, Wall, arcs_of
from ...geometry.shapes.chains import Corner, corner_between
from ...geometry.shapes.crossing import meetings
from ...geometry.shapes.curve import SAMPLES, Segment
from ...geometry.shapes.plane import PlanePart, PlaneRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.judgement import A_DIGIT, SLIGHT
from ...rules.samples import FEW

# Exponents of functions at most: what is left is as smooth as r^10, of which networks have ten
# digits.
MOST = 10.0
# Size of a cell at a corner over the way to the next corner, at most. A slit of 1/50 in a square of
# 2 then begins with 64 cells and comes to 1.3e-8 at tol 1e-6; without it it stalled at 5e-6, with 4
# the first attempts alone took minutes. Ordinary polygons begin with one cell, as before.
_CELL_OVER_ROOM = 8.0


def corner_functions(system: System) -> CornerFunctions:
    """Functions for the corners of a region whose exponents are known; none for other problems."""
    problem = system.problem
    region = problem.domain.region
    if not isinstance(region, PlaneRegion) or not is_scalar(system):
        return NO_CORNERS
    found = NO_CORNERS
    lower = _lower(system)
    for corner, before, after in _corners(system, region):
        functions = _at_a_corner(system, region, corner, before, after, lower)
        found = found.beside(functions) if len(functions) else found
    return affordable(found) if lower is Lower.ALL else found


def affordable(functions: CornerFunctions) -> CornerFunctions:
    """Those of the lowest powers, about as many as a cell has neurons."""
    order = np.sort(functions.powers + functions.conjugates)
    few = int(2.0 * MOST**2)
    if len(order) <= few:
        return functions
    return functions.some(functions.powers + functions.conjugates < order[few])


def parted(partition: Partition, functions: CornerFunctions) -> Partition:
    """Cells small enough that corners close to each other are in different ones, or nearly.

    The functions of a corner follow the solution as far as the next corner.
    """
    if not len(functions):  # as in space
        return partition
    vertices = np.unique(functions.vertices, axis=0)
    apart = np.linalg.norm(vertices[:, None] - vertices, axis=-1)
    np.fill_diagonal(apart, np.inf)
    room = apart.min(axis=1, initial=np.inf)
    while True:
        lower, upper = partition.lower[:, None], partition.upper[:, None]
        within = np.all((lower <= vertices) & (vertices <= upper), axis=-1)
        large = np.max(upper - lower, axis=-1) > _CELL_OVER_ROOM * room
        coarse = np.flatnonzero(np.any(within & large, axis=1))
        if not len(coarse):
            return partition
        partition = partition.cut({int(block): (0, 1) for block in coarse})


def is_scalar(system: System) -> bool:
    """Whether this is one equation of second order, linear in its principal part."""
    orders = system.problem.orders
    if len(system.equations) != 1 or orders not in (((2, 2),), ((2, 2, 2),)):
        return False
    (equation,) = system.equations
    symbols = set(equation.relation.symbols)
    leading = (
        p for p, t in zip(equation.partials, equation.traces, strict=True) if sum(t.orders) == 2
    )
    return equation.local and not any(partial.free_symbols & symbols for partial in leading)


def _corners(system: System, region: PlaneRegion) -> Iterator[tuple[Corner, Residual, Residual]]:
    """Where walls meet at an angle, or one condition follows another, with both conditions."""
    pieces: list[tuple[Arc, Residual]] = [
        (arc, condition)
        for condition in system.conditions
        if isinstance(condition.relation.place, PlanePart)
        for arc in condition.relation.place.arcs
    ]
    for after, next_condition in pieces:
        for before, condition in pieces:
            if np.array_equal(before.stop, after.start):
                corner = corner_between(before, after)
                smooth = abs(corner.angle - math.pi) < HALF_OF_THE_DIGITS
                if not (smooth and condition is next_condition):
                    yield corner, condition, next_condition


def _at_a_corner(
    system: System,
    region: PlaneRegion,
    corner: Corner,
    before: Residual,
    after: Residual,
    lower: Lower,
) -> CornerFunctions:
    """The functions of one corner; none where its exponents are not known."""
    (equation,) = system.equations
    matrix = principal(equation, corner.vertex)
    change = to_laplacian(matrix)
    if change is None:
        return NO_CORNERS
    walls = []
    for arc, share, condition in (
        (corner.after, HALF_OF_THE_DIGITS, after),
        (corner.before, 1.0 - HALF_OF_THE_DIGITS, before),
    ):
        values = _of_values(condition, arc, np.array([share]), matrix)
        if values is None:
            return NO_CORNERS
        walls.append(values)
    slopes = _of_size(change, region.size)
    opening = _opening(slopes, corner.direction, corner.angle)
    along = _angle(slopes, corner.direction)
    rotation, turn, reach = away_from(region, corner, slopes, along)
    bent = any(bends(arc) for arc in (corner.before, corner.after))
    terms = list(_terms(opening, *walls, lower=lower, bent=bent))
    return CornerFunctions.about(corner.vertex, slopes * rotation, turn, reach, terms)


def of_exponent(
    system: System, region: PlaneRegion, corner: Corner, exponent: float
) -> CornerFunctions:
    """Those of data of an exponent at a corner, and of the exponents that lie above it."""
    change = to_laplacian(principal(system.equations[0], corner.vertex))
    if change is None or not 0.0 < exponent <= MOST:
        return NO_CORNERS
    slopes = _of_size(change, region.size)
    rotation, turn, reach = away_from(region, corner, slopes, _angle(slopes, corner.direction))
    exponents = shifted(np.array([exponent]), MOST)
    terms = terms_of(exponents, MOST, phases=(1.0, -1.0j), lower=_lower(system), jumps=False)
    return CornerFunctions.about(corner.vertex, slopes * rotation, turn, reach, list(terms))


def at_a_vertex(system: System, vertex: Array, direction: float) -> CornerFunctions:
    """Those of the corner of a rectangle with values on both walls, the first in a direction."""
    domain = system.problem.domain
    size = float(np.linalg.norm(np.subtract(domain.upper, domain.lower)))
    change = to_laplacian(principal(system.equations[0], vertex))
    if change is None:
        return NO_CORNERS
    slopes = _of_size(change, size)
    right = 0.5 * math.pi
    outwards = direction + 0.5 * right + math.pi
    rotation, turn = _turned(_angle(slopes, direction), _angle(slopes, outwards))
    opening = _opening(slopes, direction, right)
    lower = _lower(system) if system.problem.linear else Lower.VALUES
    terms = list(_terms(opening, True, True, lower=lower, bent=False))
    return CornerFunctions.about(vertex, slopes * rotation, turn, 2.0 * size, terms)


def away_from(
    region: PlaneRegion, corner: Corner, slopes: NDArray[np.complex128], along: float
) -> tuple[complex, float, float]:
    """What turns slopes so that the cut leaves a region, the angle to add, and the cut's reach.

    The angle is then zero along the wall after the corner, which has the angle `along` by slopes.
    """
    cut, reach = _cut(region, corner)
    return *_turned(along, _angle(slopes, cut)), reach


def _turned(along: float, away: float) -> tuple[complex, float]:
    """What turns slopes so that the cut lies where they have the angle `away`, and the turn."""
    # arg(-s.x e^(-i cut)) + turn, within half a turn of the cut.
    rotation = complex(np.exp(1j * (math.pi - away)))
    turn = -along - (math.pi - away)
    start = float(np.angle(np.exp(1j * along) * rotation)) + turn
    return rotation, turn - 2.0 * math.pi * round(start / (2.0 * math.pi))


def _of_size(change: Array, size: float) -> NDArray[np.complex128]:
    """Its complex slopes, so that areas are measured by the square of a size."""
    change = change / (abs(np.linalg.det(change)) ** 0.5 * size)
    return np.asarray(change[0] + 1j * change[1])


def _angle(slopes: NDArray[np.complex128], direction: float) -> float:
    """That of a direction as slopes see it."""
    return float(np.angle(np.array([math.cos(direction), math.sin(direction)]) @ slopes))


def _opening(slopes: NDArray[np.complex128], direction: float, angle: float) -> float:
    """The angle that slopes see from a direction to the one after another angle."""
    seen = _angle(slopes, direction + angle) - _angle(slopes, direction)
    return seen % (2.0 * math.pi) or 2.0 * math.pi


def to_laplacian(matrix: Array) -> Array | None:
    """T with T M T' = 1, the inverse of Cholesky's factor; None if M is not positive definite."""
    least = np.linalg.eigvalsh(matrix)[0] if np.all(np.isfinite(matrix)) else -1.0
    if not least > HALF_OF_THE_DIGITS * np.abs(matrix).max():
        return None
    return np.asarray(np.linalg.inv(np.linalg.cholesky(matrix)))


def second_order(equation: Residual, points: Array) -> Array:
    """The matrices of second derivatives at points, (m, d, d)."""
    _, partials = equation.at_zero(points)
    matrices = np.zeros((*points.shape, points.shape[1]))
    for trace, values in zip(equation.traces, partials, strict=True):
        if sum(trace.orders) == 2:
            first, second = trace.axes
            matrices[:, first, second] += 0.5 * values
            matrices[:, second, first] += 0.5 * values
    return matrices


def principal(equation: Residual, vertex: Array) -> Array:
    """The one at a place of the plane, with the sign that makes it positive if it can be."""
    (matrix,) = second_order(equation, vertex[None])
    return np.asarray(-matrix if np.trace(matrix) < 0.0 else matrix)


class Lower(Enum):
    """What an equation has beside second derivatives with constant coefficients."""

    NONE = auto()
    VALUES = auto()
    ALL = auto()


def _lower(system: System) -> Lower:
    """What all parts of a region have of it, at most."""
    (equation,) = system.equations
    if system.problem.parts:
        return Lower.NONE if constant_in_parts(system) else Lower.ALL
    constant = all(not partial.free_symbols for partial in equation.partials)
    if not constant or any(sum(trace.orders) == 1 for trace in equation.traces):
        return Lower.ALL
    return Lower.VALUES if any(not any(t.orders) for t in equation.traces) else Lower.NONE


def constant_slopes(equation: Residual, part: PlaneRegion) -> NDArray[np.complex128] | None:
    """Complex slopes in which an equation is Laplace's; None if it is another, or varies."""
    (points,) = points_inside([part], [part.bounds], FEW, PROBES)
    _, partials = equation.at_zero(points)
    matrix = principal(equation, points[0])
    change = to_laplacian(matrix)
    size = np.abs(matrix).max()
    for trace, values in zip(equation.traces, partials, strict=True):
        wanted = values[0] if sum(trace.orders) == 2 else 0.0
        if np.any(np.abs(values - wanted) > SAME * size):
            return None
    return None if change is None else np.asarray(change[0] + 1j * change[1])


def constant_in_parts(system: System) -> bool:
    """Whether an equation is Laplace's, in coordinates of its own, in every part of a region."""
    parts = (part for part in system.problem.parts if isinstance(part, PlaneRegion))
    return all(constant_slopes(system.equations[0], part) is not None for part in parts)


def _of_values(condition: Residual, arc: Arc, share: Array, matrix: Array) -> bool | None:
    """Whether a condition is one of values (True), of conormal slopes (False), or neither."""
    highest = max(sum(trace.orders) for trace in condition.traces)
    if highest != 1:
        return None if highest else True
    place, conormal = arc.at(share), matrix @ arc.normals(share)[0]
    _, partials = condition(place, np.zeros((len(condition.traces), 1)))
    slope = np.zeros(2)
    for trace, (value,) in zip(condition.traces, partials, strict=True):
        if sum(trace.orders) == 1:
            slope += value * np.array(trace.orders)
    across = abs(slope[0] * conormal[1] - slope[1] * conormal[0])
    size = float(np.linalg.norm(slope) * np.linalg.norm(conormal))
    return False if across <= HALF_OF_THE_DIGITS * size > 0.0 else None


def _cut(region: PlaneRegion, corner: Corner) -> tuple[float, float]:
    """A direction out of a corner, and how far a ray in it does not meet the region.

    The direction in the middle of those in which a ray never does, else the one that goes farthest.
    """
    # Points of a ray are about a tenth of their distance apart, or a hundredth of the size of all.
    near = np.geomspace(SLIGHT / A_DIGIT, 1.0 / A_DIGIT, FEW)
    lengths = region.size * np.concatenate([near, np.linspace(near[-1], 2.0, 3 * FEW)])
    outside = 2.0 * math.pi - corner.angle
    angles = corner.direction - outside * (np.arange(SAMPLES) + 0.5) / SAMPLES
    around = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rays = corner.vertex + lengths[:, None, None] * around
    met = region.contains(rays.reshape(-1, 2)).reshape(rays.shape[:2])
    far = np.where(np.any(met, axis=0), lengths[np.argmax(met, axis=0)], np.inf)
    farthest = np.flatnonzero(far == far.max())
    chosen = farthest[len(farthest) // 2]
    return float(angles[chosen]), _reach(region, corner.vertex, around[chosen])


def _reach(region: PlaneRegion, vertex: Array, direction: Array) -> float:
    """Where a ray from a corner first enters a region; beyond it all where it does not."""
    length, near = 2.0 * region.size, HALF_OF_THE_DIGITS * region.size
    (ray,) = arcs_of(Segment(vertex, vertex + length * direction), Wall(0))
    met = [
        s
        for number in region.overlapping(ray, near)
        for s in meetings(ray, region.arcs[number], near)
    ]
    places = np.unique([0.0, *met, 1.0])
    inside = region.contains(ray.at(0.5 * (places[1:] + places[:-1])))
    inside &= np.diff(places) * length > near
    return float(length * places[np.argmax(inside)]) if np.any(inside) else length


def _terms(
    opening: float, first: bool, second: bool, *, lower: Lower, bent: bool
) -> Iterator[tuple[float, float, int, complex]]:
    """Power, conjugate power, power of the logarithm, and phase of every function.

    For walls of values or not, the first one at the angle zero.
    """
    phase = -1j if first else 1.0
    step = math.pi / opening
    exponents = step * (np.arange(MOST / step + 1.0) + (0.0 if first == second else 0.5))
    exponents = exponents[exponents <= MOST]
    if bent:
        exponents = shifted(exponents, MOST)
    yield from terms_of(
        exponents,
        MOST,
        phases=(phase, -1j * phase) if bent or lower is Lower.ALL else (phase,),
        lower=lower,
        jumps=first and second,
    )


def shifted(exponents: Array, most: float) -> Array:
    """Exponents with all that lie whole numbers above them, up to a bound."""
    every = (exponents[exponents > 0.0, None] + np.arange(most + 1.0)).ravel()
    every = np.sort([*exponents[exponents == 0.0], *every[every <= most]])
    return np.asarray(every[np.diff(every, prepend=-np.inf) > HALF_OF_THE_DIGITS])


def bends(arc: Arc) -> bool:
    """Whether an arc is no straight line."""
    normals = arc.normals(np.linspace(0.0, 1.0, FEW))
    return bool(np.abs(normals - normals[0]).max() > HALF_OF_THE_DIGITS)


def terms_of(
    exponents: Array, most: float, *, phases: Sequence[complex], lower: Lower, jumps: bool
) -> Iterator[tuple[float, float, int, complex]]:
    """Power, conjugate power, power of the logarithm, and phase for exponents up to a bound.

    That of zero belongs to values that jump from one wall to the next.
    """
    for exponent in exponents.tolist():
        whole = round(exponent)
        resonant = abs(exponent - whole) < HALF_OF_THE_DIGITS
        if resonant and not whole and not jumps:
            continue
        for more, conjugate in _raised(most - exponent, lower):
            infinite = resonant and whole + more + conjugate == 0  # the logarithm of r alone
            for phase in phases[:1] if infinite else phases:
                power = (whole if resonant else exponent) + more
                yield power, float(conjugate), int(resonant), phase


def _raised(room: float, lower: Lower) -> Iterator[tuple[int, int]]:
    """The p and q, up to a sum, of the z^(a + p) conj(z)^q that terms of lower order make."""
    if lower is Lower.ALL:
        yield from ((n - q, q) for n in range(int(1.0 + room)) for q in range(n + 1))
    elif lower is Lower.VALUES:
        yield from ((j, j) for j in range(int(1.0 + 0.5 * room)))
    else:
        yield 0, 0
