"""Arcs that follow one another: the corners and the smooth curves that they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...rounding import HALF_OF_THE_DIGITS
from ..mapping import AffineMap
from ..quadrature import NODES, gauss_legendre
from .arc import Arc

__all__ = [
    "Corner",
    "Stretch",
    "area",
    "chains",
    "corner_between",
    "cut_by",
    "described",
    "nearest",
    "written",
]


@dataclass(frozen=True, slots=True)
class Corner:
    """Where two smooth walls meet at an angle, or one condition ends and another begins.

    The region is on the left of `before`, which arrives, and of `after`, which leaves; `angle` is
    the one inside, pi on a smooth wall, and `direction` that in which `after` leaves.
    """

    vertex: Array
    angle: float
    direction: float
    before: Arc
    after: Arc


@dataclass(frozen=True, slots=True)
class Stretch:
    """Arcs that follow one another smoothly, within a cell, as one curve over [-1, 1]."""

    arcs: tuple[Arc, ...]

    @property
    def length(self) -> float:
        """Of the curve."""
        return float(sum(map(_length, self.arcs)))

    def at(self, reference: Array) -> tuple[Array, Array, Array]:
        """Points (m, 2), outward normals (m, 2) and length by reference coordinate (m,)."""
        lengths = np.array([_length(arc) for arc in self.arcs])
        ends = np.concatenate([[0.0], np.cumsum(lengths)])
        along = 0.5 * ends[-1] * (1.0 + reference)
        which = np.clip(np.searchsorted(ends, along, side="right") - 1, 0, len(self.arcs) - 1)
        points, normals = np.empty((len(reference), 2)), np.empty((len(reference), 2))
        speeds = np.empty(len(reference))
        for number, arc in enumerate(self.arcs):
            here = which == number
            if not np.any(here):
                continue
            shares = np.clip((along[here] - ends[number]) / lengths[number], 0.0, 1.0)
            points[here], normals[here] = arc.at(shares), arc.normals(shares)
            speeds[here] = arc.speed(shares) * 0.5 * ends[-1] / lengths[number]
        return points, normals, speeds


def corner_between(before: Arc, after: Arc) -> Corner:
    """The corner at which one arc arrives and another leaves."""
    arrives = _turned(before.normals(np.array([1.0]))[0])
    leaves = _turned(after.normals(np.array([0.0]))[0])
    turn = math.atan2(
        arrives[0] * leaves[1] - arrives[1] * leaves[0], float(np.dot(arrives, leaves))
    )
    direction = math.atan2(leaves[1], leaves[0])
    return Corner(after.start, math.pi - turn, direction, before, after)


def _turned(normal: Array) -> Array:
    """The direction along an arc that has an outward normal."""
    return np.array([-normal[1], normal[0]])


def chains(arcs: Sequence[Arc]) -> list[list[Arc]]:
    """Arcs in chains: each the continuation of the one before, smoothly and of the same wall."""
    found: list[list[Arc]] = []
    for arc in arcs:
        if found and _continues(found[-1][-1], arc):
            found[-1].append(arc)
        else:
            found.append([arc])
    if len(found) > 1 and _continues(found[-1][-1], found[0][0]):
        found[0] = found.pop() + found[0]
    return found


def _continues(before: Arc, after: Arc) -> bool:
    return before.wall == after.wall and bool(
        np.all(before.stop == after.start)
        and abs(corner_between(before, after).angle - math.pi) <= HALF_OF_THE_DIGITS
    )


def nearest(arcs: Sequence[Arc], points: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """The arcs next to points (m, 2), the shares of the next places on them, and how far."""
    numbers = np.zeros(len(points), dtype=np.intp)
    shares, away = np.zeros(len(points)), np.full(len(points), np.inf)
    for number, arc in enumerate(arcs):
        # No place of an arc is nearer than its box.
        beyond = np.maximum(np.maximum(arc.lower - points, points - arc.upper), 0.0)
        here = np.flatnonzero(np.linalg.norm(beyond, axis=1) < away)
        if not len(here):
            continue
        at = arc.nearest(points[here])
        distance = np.linalg.norm(points[here] - arc.at(at), axis=1)
        closer = distance < away[here]
        chosen = here[closer]
        numbers[chosen], shares[chosen], away[chosen] = number, at[closer], distance[closer]
    return numbers, shares, away


def cut_by(arc: Arc, cell: AffineMap) -> list[Arc]:
    """An arc cut where it meets the lines through the sides of a cell, the cuts on them exactly."""
    cuts: list[tuple[float, int, float]] = []
    for axis in (0, 1):
        for value in (cell.lower[axis], cell.upper[axis]):
            if arc.lower[axis] < value < arc.upper[axis]:
                cuts.append((float(arc.shares_at(axis, np.array([value]))[0]), axis, value))
    cuts = sorted(c for c in cuts if 0.0 < c[0] < 1.0)
    pieces = arc.cut(share for share, _, _ in cuts)
    for number, (_, axis, value) in enumerate(cuts):
        pieces[number].stop[axis] = pieces[number + 1].start[axis] = value
    return pieces


def described(chain: Sequence[Arc]) -> str:
    """A smooth piece of a wall in words."""
    wall, ends = chain[0].wall, (chain[0].start, chain[-1].stop)
    names = f" ({', '.join(sorted(wall.names))})" if wall.names else ""
    if np.all(ends[0] == ends[1]):
        return f"wall {wall.number}{names}, all around"
    return f"wall {wall.number}{names} from {written(ends[0])} to {written(ends[1])}"


def written(point: Array) -> str:
    """A point in words, to six digits."""
    return f"({', '.join(f'{float(each):.6g}' for each in point)})"


def area(arcs: Sequence[Arc]) -> float:
    """What closed chains of arcs enclose: the integral of x dy, from a point of theirs.

    From a distant origin differences of huge terms would be left.
    """
    origin = float(arcs[0].at(np.zeros(1))[0, 0])
    return math.fsum(_swept(arc, origin) for arc in arcs)


def _swept(arc: Arc, origin: float) -> float:
    """The integral of (x - origin) dy along an arc."""
    shares, weights = _rule()
    velocity = arc.curve.velocity(arc.parameter(shares))[:, 1]
    return float((arc.end - arc.begin) * (weights @ ((arc.at(shares)[:, 0] - origin) * velocity)))


def _length(arc: Arc) -> float:
    shares, weights = _rule()
    return float(weights @ arc.speed(shares))


def _rule() -> tuple[Array, Array]:
    """Gauss's rule on shares of an arc, exact to rounding where its curve is smooth."""
    nodes, weights = gauss_legendre(NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights
