"""Where two walls of a box meet and are given different values: the solution jumps there.

No smooth function meets both, so that errors in the mean fall with the root of what is resolved. In
the plane the angle about such a corner does, and the functions of :mod:`.corners` follow it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...geometry.points import interior_points
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.samples import FEW
from .corners import affordable, at_a_vertex, is_scalar


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two conditions, the values that they give to one unknown, and a point where they meet."""

    sources: tuple[str, str]
    values: tuple[float, float]
    point: tuple[float, ...]


def disagreements(system: System) -> list[Disagreement]:
    """All of them; of edges of more variables, what is so at their middle."""
    domain = system.problem.domain
    middle = 0.5 * (np.array(domain.lower) + np.array(domain.upper))
    scale = _size(system)
    found = []
    for first, second in combinations(filter(_is_value, system.conditions), 2):
        one, other = first.traces[0], second.traces[0]
        if one.unknown != other.unknown or one.place.fixed == other.place.fixed:
            continue
        point = middle.copy()
        for trace in (one, other):
            for axis in trace.place.fixed:
                point[axis] = trace.place[axis]
        low, high = (float(_values(each, point[None])[0]) for each in (first, second))
        if np.isfinite([low, high]).all() and abs(high - low) > HALF_OF_THE_DIGITS * scale:
            sources = first.relation.source, second.relation.source
            found.append(Disagreement(sources, (low, high), tuple(map(float, point))))
    return found


def jump_functions(system: System) -> CornerFunctions:
    """Functions for the corners of a rectangle whose walls disagree; none for other problems."""
    domain = system.problem.domain
    if len(domain.lower) != 2 or not is_scalar(system):
        return NO_CORNERS
    found = NO_CORNERS
    middle = 0.5 * (np.array(domain.lower) + np.array(domain.upper))
    for corner in {each.point for each in disagreements(system)}:
        vertex = np.array(corner)
        inwards = np.arctan2(*(middle - vertex)[::-1])
        quarter = math.pi / 2.0 * (inwards // (math.pi / 2.0))
        functions = at_a_vertex(system, vertex, float(quarter))
        found = found.beside(functions) if len(functions) else found
    return affordable(found)


def described(found: list[Disagreement]) -> Iterator[str]:
    """In words, each two values once with the points where they meet."""
    points: dict[tuple[str, str], list[str]] = {}
    for each in found:
        values = _told_apart(*sorted(each.values))
        place = ", ".join(f"{coordinate:g}" for coordinate in each.point)
        points.setdefault(values, []).append(f"({place})")
    for (low, high), places in points.items():
        yield (
            f"walls that meet are given different values, {low} against {high} at "
            f"{' and '.join(dict.fromkeys(places))}: the solution jumps there; "
            "let the data agree, or take a larger tol"
        )


def _told_apart(low: float, high: float) -> tuple[str, str]:
    """Both with as many digits as tell them apart, four at least."""
    texts = (
        (f"{low:.{digits}g}", f"{high:.{digits}g}") for digits in range(4, sys.float_info.dig + 3)
    )
    return next((pair for pair in texts if pair[0] != pair[1]), (repr(low), repr(high)))


def _is_value(condition: Residual) -> bool:
    """Whether it gives an unknown a value on a wall of a box."""
    relation = condition.relation
    if relation.part is not None or relation.across is not None or len(relation.traces) != 1:
        return False
    (trace,) = relation.traces
    fixed = [trace.place[axis] for axis in trace.place.fixed]
    return relation.linear and not any(trace.orders) and [type(p) for p in fixed] == [float]


def _values(condition: Residual, points: Array) -> Array:
    """What it gives to the unknown at points (m, d)."""
    residual, partials = condition(points, np.zeros((1, len(points))))
    with np.errstate(all="ignore"):
        return np.asarray(-residual / partials[0] + 0.0)  # no -0


def _size(system: System) -> float:
    """Of the data: the largest value on a wall; one if all vanish."""
    domain = system.problem.domain
    places = domain.region.bounds.from_reference(interior_points(len(domain.lower), FEW, PROBES))
    largest = 0.0
    for condition in filter(_is_value, system.conditions):
        place, points = condition.traces[0].place, places.copy()
        points[:, place.fixed] = [place[axis] for axis in place.fixed]
        sizes = np.abs(_values(condition, points))
        largest = max(largest, np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    return largest or 1.0
