r"""Ball, cylinder and box about the origin, of size one, and their faces.

A face is the image of the unit square under a map that keeps shares of area, so that points which
fill the square evenly fill the face: of a sphere :math:`z = 1 - 2 u, \varphi = 2 \pi v`
(Archimedes), of a disk :math:`r = \sqrt u`. The level of a body is below zero inside, and nowhere
steeper than distance: at points farther from the surface than that, no sign changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..._types import Array

__all__ = ["Ball", "Body", "Convex", "Cube", "Cylinder", "Face"]


class Face(Protocol):
    """A smooth face of a body."""

    @property
    def area(self) -> float:
        """Return its area."""
        ...

    @property
    def turns(self) -> int:
        """Return in how many pieces v has to be cut for a function on them to be smooth."""
        ...

    def at(self, shares: Array) -> Array:
        """Return points (m, 3) at places (m, 2) of the unit square."""
        ...

    def normals(self, points: Array) -> Array:
        """Return the outward unit normals (m, 3) at points of it."""
        ...

    def gap(self, points: Array) -> Array:
        """Return about how far points (m, 3) near to it are from it, (m,)."""
        ...

    @property
    def cavity(self) -> int:
        """Return the number of the cavity of its body that it bounds, 0 if it bounds none."""
        ...

    def within(self, lower: Array, upper: Array) -> Face | None:
        """Return a face that has of it all in a box and no less; None if there is nothing."""
        ...


class Body(Protocol):
    """A solid about the origin."""

    @property
    def faces(self) -> Sequence[Face]:
        """Return its faces."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Return their names, empty where a face has none."""
        ...

    def reach(self, direction: Array) -> float:
        """Return the largest product of a point of it with a vector (3,)."""
        ...

    def level(self, points: Array) -> Array:
        """Return the level of points (m, 3)."""
        ...


class Convex(Body, Protocol):
    """A convex solid about the origin."""

    def along(self, start: Array, direction: Array) -> Array:
        """Return where lines start + s direction, (m, 3) and (3,), go in and out, (m, 2).

        No numbers for lines that miss it.
        """
        ...


class _Whole:
    """A face of a body without cavities, which is one map."""

    __slots__ = ()

    @property
    def cavity(self) -> int:
        """None."""
        return 0

    def within(self, lower: Array, upper: Array) -> Any:
        """All of it."""
        return self


@dataclass(frozen=True, slots=True)
class _Round(_Whole):
    """The sphere."""

    @property
    def area(self) -> float:
        """Of the sphere."""
        return 4.0 * math.pi

    @property
    def turns(self) -> int:
        """A quarter of the way around each."""
        return 4

    def at(self, shares: Array) -> Array:
        """Points by height and angle."""
        z, angle = 1.0 - 2.0 * shares[:, 0], 2.0 * math.pi * shares[:, 1]
        radius = 2.0 * np.sqrt(shares[:, 0] * (1.0 - shares[:, 0]))
        return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)

    def normals(self, points: Array) -> Array:
        """Away from the centre."""
        return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))

    def gap(self, points: Array) -> Array:
        """Difference of radii."""
        return np.asarray(np.abs(np.linalg.norm(points, axis=1) - 1.0))


@dataclass(frozen=True, slots=True)
class _Side(_Whole):
    """The curved side of a cylinder along z."""

    @property
    def area(self) -> float:
        """Of a height of 2."""
        return 4.0 * math.pi

    @property
    def turns(self) -> int:
        """A quarter of the way around each."""
        return 4

    def at(self, shares: Array) -> Array:
        """Points by height and angle."""
        z, angle = 2.0 * shares[:, 0] - 1.0, 2.0 * math.pi * shares[:, 1]
        return np.stack([np.cos(angle), np.sin(angle), z], axis=-1)

    def normals(self, points: Array) -> Array:
        """Away from the axis."""
        radii = np.hypot(points[:, 0], points[:, 1])
        flat = np.zeros(len(points))
        return np.stack([points[:, 0] / radii, points[:, 1] / radii, flat], axis=-1)

    def gap(self, points: Array) -> Array:
        """Difference of radii, or what is beyond the ends."""
        away = np.abs(np.hypot(points[:, 0], points[:, 1]) - 1.0)
        return np.asarray(np.maximum(away, np.abs(points[:, 2]) - 1.0))


@dataclass(frozen=True, slots=True)
class _Cap(_Whole):
    """An end of a cylinder along z."""

    end: float

    @property
    def area(self) -> float:
        """Of a disk."""
        return math.pi

    @property
    def turns(self) -> int:
        """A quarter of the way around each."""
        return 4

    def at(self, shares: Array) -> Array:
        """Points by radius and angle."""
        radius, angle = np.sqrt(shares[:, 0]), 2.0 * math.pi * shares[:, 1]
        z = np.full(len(shares), self.end)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)

    def normals(self, points: Array) -> Array:
        """Along the axis."""
        return np.broadcast_to(np.array([0.0, 0.0, self.end]), points.shape)

    def gap(self, points: Array) -> Array:
        """Difference of heights, or what is beyond the rim."""
        beyond = np.hypot(points[:, 0], points[:, 1]) - 1.0
        return np.asarray(np.maximum(np.abs(points[:, 2] - self.end), beyond))


@dataclass(frozen=True, slots=True)
class _Square(_Whole):
    """A face of a cube."""

    axis: int
    end: float

    @property
    def area(self) -> float:
        """Of sides of 2."""
        return 4.0

    @property
    def turns(self) -> int:
        """None: it is flat."""
        return 1

    def at(self, shares: Array) -> Array:
        """Points by both other coordinates."""
        points = np.full((len(shares), 3), self.end)
        points[:, [a for a in range(3) if a != self.axis]] = 2.0 * shares - 1.0
        return points

    def normals(self, points: Array) -> Array:
        """Along the axis."""
        return np.broadcast_to(self.end * np.eye(3)[self.axis], points.shape)

    def gap(self, points: Array) -> Array:
        """Difference along the axis, or what is beyond the edges."""
        beyond = np.max(np.abs(np.delete(points, self.axis, axis=1)), axis=1) - 1.0
        return np.asarray(np.maximum(np.abs(points[:, self.axis] - self.end), beyond))


@dataclass(frozen=True, slots=True)
class Ball:
    """The unit ball."""

    @property
    def faces(self) -> tuple[Face, ...]:
        """The sphere."""
        return (_Round(),)

    @property
    def names(self) -> tuple[str, ...]:
        """None."""
        return ("",)

    def reach(self, direction: Array) -> float:
        """The length of the vector."""
        return float(np.linalg.norm(direction))

    def level(self, points: Array) -> Array:
        """The distance from the sphere, with its sign."""
        return np.asarray(np.linalg.norm(points, axis=1) - 1.0)

    def along(self, start: Array, direction: Array) -> Array:
        """Roots of a quadratic."""
        return _round(start, direction)


@dataclass(frozen=True, slots=True)
class Cylinder:
    """The cylinder of radius 1 along z from -1 to 1."""

    @property
    def faces(self) -> tuple[Face, ...]:
        """The side, the bottom and the top."""
        return (_Side(), _Cap(-1.0), _Cap(1.0))

    @property
    def names(self) -> tuple[str, ...]:
        """Of these."""
        return ("side", "bottom", "top")

    def reach(self, direction: Array) -> float:
        """At the rim of an end."""
        return math.hypot(direction[0], direction[1]) + abs(float(direction[2]))

    def level(self, points: Array) -> Array:
        """What is farther out, from the axis or along it."""
        radial = np.hypot(points[:, 0], points[:, 1]) - 1.0
        return np.asarray(np.maximum(radial, np.abs(points[:, 2]) - 1.0))

    def along(self, start: Array, direction: Array) -> Array:
        """What the round side and the slab between the ends have in common."""
        return _common(_round(start[:, :2], direction[:2]), _between(start[:, 2:], direction[2:]))


@dataclass(frozen=True, slots=True)
class Cube:
    """The cube from -1 to 1."""

    @property
    def faces(self) -> tuple[Face, ...]:
        """Both across each axis."""
        return tuple(_Square(axis, end) for axis in range(3) for end in (-1.0, 1.0))

    @property
    def names(self) -> tuple[str, ...]:
        """Of these."""
        return ("left", "right", "front", "back", "bottom", "top")

    def reach(self, direction: Array) -> float:
        """At a corner."""
        return float(np.sum(np.abs(direction)))

    def level(self, points: Array) -> Array:
        """What is farthest out along an axis."""
        return np.asarray(np.max(np.abs(points), axis=1) - 1.0)

    def along(self, start: Array, direction: Array) -> Array:
        """What the slabs have in common."""
        return _between(start, direction)


def _round(start: Array, direction: Array) -> Array:
    """Where lines pass the unit sphere, or circle, (m, 2)."""
    square = float(direction @ direction)
    if square == 0.0:  # along the axis of a cylinder
        inside = np.sum(start**2, axis=1) < 1.0
        ends = np.where(inside, np.inf, np.nan)
        return np.stack([-ends, ends], axis=-1)
    middle = -(start @ direction) / square
    nearest = start + middle[:, None] * direction
    with np.errstate(invalid="ignore"):
        half = np.sqrt((1.0 - np.sum(nearest**2, axis=1)) / square)
    return np.stack([middle - half, middle + half], axis=-1)


def _between(start: Array, direction: Array) -> Array:
    """Where lines pass the slabs from -1 to 1 along each axis, (m, 2)."""
    found = np.tile([-np.inf, np.inf], (len(start), 1))
    for axis, speed in enumerate(direction):
        at = start[:, axis]
        if speed == 0.0:
            found[np.abs(at) >= 1.0] = np.nan
        else:
            found = _common(found, np.sort(np.stack([-1.0 - at, 1.0 - at], axis=-1) / speed))
    return found


def _common(first: Array, second: Array) -> Array:
    """What intervals (m, 2) have in common; no numbers where it is nothing."""
    both = np.stack(
        [np.maximum(first[:, 0], second[:, 0]), np.minimum(first[:, 1], second[:, 1])], axis=-1
    )
    both[~(both[:, 0] < both[:, 1])] = np.nan
    return both
