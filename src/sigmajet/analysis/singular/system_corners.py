r"""Singular functions of systems at the corners of a plane region.

With the exponents :math:`\lambda` of a corner, see :mod:`.exponents`, an unknown whose degree is d
below the highest one consists of

.. math:: z^{\lambda - d - n} \bar z^n

with n below the multiplicity of the coordinate z = s . x, see :mod:`.principal_parts`, and of their
conjugates (M. L. Williams, Stress singularities resulting from various boundary conditions in
angular corners of plates in extension, J. Appl. Mech. 19, 1952; for Stokes' equations H. K.
Moffatt, Viscous and resistive eddies near a sharp corner, J. Fluid Mech. 18, 1964). Which vectors
of them solve the equations and what holds on both walls, their values at some points tell.

An exponent that is whole has polynomials, which are not missing; but smooth data of its degree
resonate, and bring :math:`z^{\lambda - d - n} \bar z^n \log z` with what else makes the values on
walls powers of r without a logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.shapes.arc import Arc
from ...geometry.shapes.chains import Corner, corner_between
from ...geometry.shapes.plane import PlanePart, PlaneRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import SLIGHT
from .combined import JointFunctions, null_space, values_of_terms
from .corners import MOST, away_from
from .exponents import exponents
from .principal_parts import Coordinate, PrincipalPart, Term

__all__ = ["system_corner_functions"]


def system_corner_functions(system: System) -> JointFunctions:
    """Functions for the corners of a region; none where the system has no principal part."""
    problem = system.problem
    region, found = problem.domain.region, JointFunctions.none(system.unknowns)
    if not isinstance(region, PlaneRegion) or not problem.linear or problem.parts:
        return found
    principal = PrincipalPart.of(system)
    if principal is None:
        return found
    every = []
    for corner, before, after in _corners(system, region):
        fan = _fan(system, principal, region.size, corner, before, after)
        if fan is not None and fan.coordinates:
            every += list(_at_a_corner(fan, region))
    every.sort(key=lambda each: each[0])
    for _, functions in every:  # of the lowest ones about as many as a cell has neurons
        if found.joint.shape[2] < 2.0 * MOST**2:
            found = found.beside(functions)
    return found


def _corners(
    system: System, region: PlaneRegion
) -> Iterator[tuple[Corner, list[Residual], list[Residual]]]:
    """Where walls meet at an angle, or other conditions follow, with those of both walls."""
    pieces = [
        arc
        for condition in system.conditions
        if isinstance(condition.relation.place, PlanePart)
        for arc in condition.relation.place.arcs
    ]
    seen: list[Array] = []
    near = SLIGHT * HALF_OF_THE_DIGITS * region.size
    for after in pieces:
        before = next((arc for arc in pieces if np.array_equal(arc.stop, after.start)), None)
        if before is None or any(np.array_equal(after.start, vertex) for vertex in seen):
            continue
        seen.append(after.start)
        corner = corner_between(before, after)
        held = [
            [c for c in system.conditions if _holds(c, arc, share, near)]
            for arc, share in (
                (before, 1.0 - HALF_OF_THE_DIGITS),
                (after, HALF_OF_THE_DIGITS),
            )
        ]
        smooth = abs(corner.angle - math.pi) < HALF_OF_THE_DIGITS
        if not (smooth and held[0] == held[1]):
            yield corner, held[0], held[1]


def _holds(condition: Residual, arc: Arc, share: float, near: float) -> bool:
    """Whether a condition holds at a place of an arc."""
    place = condition.relation.place
    return isinstance(place, PlanePart) and bool(
        place.distance(arc.at(np.array([share])))[0] <= near
    )


@dataclass(frozen=True, slots=True)
class _Fan:
    """What is principal at a corner.

    Attributes
    ----------
    principal : PrincipalPart
    equations : list of Term
    coordinates : list of Coordinate
    walls : list
        Two angles with the terms of the conditions there.
    """

    principal: PrincipalPart
    corner: Corner
    equations: list[Term]
    coordinates: list[Coordinate]
    walls: list[tuple[float, list[Term]]]


def _fan(
    system: System,
    principal: PrincipalPart,
    size: float,
    corner: Corner,
    before: list[Residual],
    after: list[Residual],
) -> _Fan | None:
    """What is principal at a corner; None where walls have other conditions than they need."""
    if not 2 * len(before) == 2 * len(after) == principal.size:
        return None
    middle, last = corner.direction + np.array([0.5, 1.0]) * corner.angle
    inward = np.array([[math.cos(middle), math.sin(middle)]])
    point = corner.vertex + HALF_OF_THE_DIGITS * size * inward
    equations = list(principal.terms(system.equations, point))
    ends = (
        (corner.direction, corner.after, HALF_OF_THE_DIGITS, after),
        (float(last), corner.before, 1.0 - HALF_OF_THE_DIGITS, before),
    )
    walls = [
        (angle, list(principal.terms(held, arc.at(np.array([share])))))
        for angle, arc, share, held in ends
    ]
    return _Fan(principal, corner, equations, principal.coordinates(equations), walls)


def _at_a_corner(fan: _Fan, region: PlaneRegion) -> Iterator[tuple[float, JointFunctions]]:
    """The functions of one corner, exponent by exponent."""
    last: complex = 0.0  # rounding leaves more than six digits of exponents
    for exponent in exponents(fan.principal, fan.equations, fan.walls, MOST).tolist():
        if exponent.imag <= SLIGHT**2:
            whole = round(exponent.real)
            exponent = complex(whole if abs(exponent - whole) <= SLIGHT**2 else exponent.real)
        if abs(exponent - last) > SLIGHT**2:
            combined = _combined(fan, region, exponent)
            if combined.joint.shape[2]:
                yield exponent.real, combined
        last = exponent


def _combined(fan: _Fan, region: PlaneRegion, exponent: complex) -> JointFunctions:
    """Combinations of functions for which the equations hold, and what is on the walls."""
    corner, principal = fan.corner, fan.principal
    whole = exponent == round(exponent.real)
    functions, below = _functions(fan, region, exponent, whole=whole)
    used = np.array(principal.below)[:, None] == below
    angles = corner.direction + corner.angle * np.linspace(0.0, 1.0, 2 * principal.size + 1)

    radii = np.linspace(0.5, 1.0, 3)  # at which what is homogeneous tells all there is

    def around(directions: Array) -> Array:
        rays = np.stack([np.cos(directions), np.sin(directions)], axis=-1)
        scaled = (radii[:, None, None] * rays).reshape(-1, 2)
        return np.asarray(corner.vertex + region.size * scaled)

    values, sizes = values_of_terms(fan.equations, functions, around(angles), used)
    relations = list(zip(values, sizes, strict=True))
    powers: list[tuple[int, float]] = []  # of the r that data are, by relations
    for angle, terms in fan.walls:
        values, sizes = values_of_terms(terms, functions, around(np.array([angle])), used)
        for number in sorted({term.row for term in terms}):
            some = next(term for term in terms if term.row == number)
            degree = exponent.real - principal.below[some.unknown] - sum(some.orders)
            powers.append((len(relations), degree))
            relations.append((values[number], sizes[number]))
    if not whole:
        return JointFunctions.of_vectors(functions, used, null_space(relations))
    columns = values.shape[-1]
    free = [np.zeros((len(rows), len(powers))) for rows, _ in relations]
    for column, (relation, degree) in enumerate(powers):
        free[relation][:, column] = radii**degree
    beside = [
        (np.hstack([rows, data]), np.hstack([sizes, data]))
        for (rows, sizes), data in zip(relations, free, strict=True)
    ]
    vectors = null_space(beside)[:columns]
    # Those without a logarithm are polynomials.
    logarithmic = np.tile(functions.logarithms == 1.0, (len(used), 1))[used]
    _, strengths, turned = np.linalg.svd(vectors[logarithmic], full_matrices=False)
    vectors = vectors @ turned[strengths > HALF_OF_THE_DIGITS].T
    return JointFunctions.of_vectors(functions, used, vectors)


def _functions(
    fan: _Fan, region: PlaneRegion, exponent: complex, *, whole: bool
) -> tuple[CornerFunctions, Array]:
    """Those of an exponent, and by how much the unknowns that use each are below the highest."""
    corner, found, every = fan.corner, NO_CORNERS, []
    direction = np.array([math.cos(corner.direction), math.sin(corner.direction)])
    for slopes, times in fan.coordinates:
        slopes = slopes / (math.sqrt(slopes[1].imag) * region.size)
        along = float(np.angle(direction @ slopes))
        rotation, turn, reach = away_from(region, corner, slopes, along)
        terms = []
        for below, n, power in product(
            sorted(set(fan.principal.below)),
            range(times),
            [exponent] if not exponent.imag else [exponent, exponent.conjugate()],
        ):
            for logarithm, phase in product(range(1 + whole), (1.0, -1.0j)):
                terms.append((power - below - n, float(n), float(logarithm), phase))
                every.append(below)
        functions = CornerFunctions.about(corner.vertex, slopes * rotation, turn, reach, terms)
        found = found.beside(functions)
    return found, np.array(every)
