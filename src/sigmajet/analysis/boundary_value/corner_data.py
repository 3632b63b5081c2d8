"""Where two walls of a box meet and are given different values: the solution jumps there.

No smooth function meets both, so that errors in the mean fall with the root of what is resolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..._types import Array
from ...geometry.region import BoxRegion
from ...geometry.sobol import sobol_points
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS


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
        values = _value(first, point), _value(second, point)
        if np.isfinite(values).all() and abs(values[0] - values[1]) > HALF_OF_THE_DIGITS * scale:
            sources = first.relation.source, second.relation.source
            found.append(Disagreement(sources, values, tuple(map(float, point))))
    return found


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
    texts = ((f"{low:.{digits}g}", f"{high:.{digits}g}") for digits in range(4, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (repr(low), repr(high)))


def _is_value(condition: Residual) -> bool:
    """Whether it gives an unknown a value on a wall of a box."""
    relation = condition.relation
    if relation.part is not None or relation.across is not None or len(relation.traces) != 1:
        return False
    (trace,) = relation.traces
    fixed = [trace.place[axis] for axis in trace.place.fixed]
    return relation.linear and not any(trace.orders) and [type(p) for p in fixed] == [float]


def _value(condition: Residual, point: Array) -> float:
    """What it gives to the unknown at a point."""
    residual, partials = condition(point[None], np.zeros((1, 1)))
    with np.errstate(all="ignore"):
        return float(-residual[0] / partials[0, 0]) + 0.0  # no -0


def _size(system: System) -> float:
    """Of the data: the largest value on a wall; one if all vanish."""
    domain = system.problem.domain
    places = BoxRegion(domain.lower, domain.upper).bounds.from_reference(
        sobol_points(len(domain.lower), 16, 0) * 2.0 - 1.0
    )
    values = [0.0]
    for condition in filter(_is_value, system.conditions):
        trace = condition.traces[0]
        points = places.copy()
        for axis in trace.place.fixed:
            points[:, axis] = trace.place[axis]
        values += [abs(_value(condition, point)) for point in points]
    return max(filter(np.isfinite, values)) or 1.0
