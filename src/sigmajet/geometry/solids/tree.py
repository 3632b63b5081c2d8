"""Solids put together: leaves are bodies that affine maps have moved, nodes what they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, cast

import numpy as np

from ..._types import Array
from ..mapping import AffineMap
from ..shapes.curve import Motion
from .bodies import Body, Convex

__all__ = ["Difference", "Intersection", "Leaf", "Tree", "Union"]


class Tree(Protocol):
    """A solid by its level: below zero inside, nowhere steeper than distance."""

    def leaves(self, *, taken: bool = False) -> Iterator[tuple[Leaf, bool]]:
        """Yield the bodies, and whether each is taken away."""
        ...

    def level(self, points: Array) -> Array:
        """Return the level of points (m, 3)."""
        ...

    def moved(self, motion: Motion) -> Tree:
        """Return its image."""
        ...

    def named(self, name: str) -> Tree:
        """Return the same with one more name for all faces."""
        ...

    @property
    def bounds(self) -> AffineMap:
        """Return a box that holds it."""
        ...


@dataclass(frozen=True, eq=False)
class Leaf:
    """The image of a body under an affine map, and the names of its faces."""

    body: Body
    motion: Motion
    names: frozenset[str] = frozenset()

    def leaves(self, *, taken: bool = False) -> Iterator[tuple[Leaf, bool]]:
        """Itself."""
        yield self, taken

    def back(self, points: Array) -> Array:
        """Points (m, 3) as those of the body."""
        return np.asarray((points - self.motion.shift) @ self._inverse.T)

    def normals(self, vectors: Array) -> Array:
        """Normals of the body as those of its image, which need not be of length one."""
        return np.asarray(vectors @ self._inverse)

    @cached_property
    def _inverse(self) -> Array:
        return np.asarray(np.linalg.inv(self.motion.matrix))

    @cached_property
    def least(self) -> float:
        """The least by which the map stretches."""
        return float(np.linalg.svd(self.motion.matrix, compute_uv=False)[-1])

    def level(self, points: Array) -> Array:
        """That of the body, in lengths of space."""
        return self.least * self.body.level(self.back(points))

    def along(self, start: Array, axis: int) -> Array:
        """Where lines along an axis through points (m, 3) go in and out of a convex one, (m, 2)."""
        body = cast(Convex, self.body)
        return body.along(self.back(start), self._inverse[:, axis])

    def moved(self, motion: Motion) -> Leaf:
        """One map after the other."""
        matrix = motion.matrix @ self.motion.matrix
        return replace(self, motion=Motion(matrix, motion(self.motion.shift)))

    def named(self, name: str) -> Leaf:
        """The same with one more name."""
        return replace(self, names=self.names | {name})

    @property
    def bounds(self) -> AffineMap:
        """The smallest box that holds it."""
        low, high = (
            np.array([self.body.reach(sign * row) for row in self.motion.matrix])
            for sign in (-1.0, 1.0)
        )
        return AffineMap(self.motion.shift - low, self.motion.shift + high)


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    first: Tree
    second: Tree

    def leaves(self, *, taken: bool = False) -> Iterator[tuple[Leaf, bool]]:
        """Of the first one, then of the second one."""
        yield from self.first.leaves(taken=taken)
        yield from self.second.leaves(taken=taken)

    def moved(self, motion: Motion) -> _Both:
        """Both moved."""
        return type(self)(self.first.moved(motion), self.second.moved(motion))

    def named(self, name: str) -> _Both:
        """Both named."""
        return type(self)(self.first.named(name), self.second.named(name))

    def level(self, points: Array) -> Array:
        """Of what they make."""
        raise NotImplementedError

    @property
    def bounds(self) -> AffineMap:
        """A box that holds what they make."""
        raise NotImplementedError


class Union(_Both):
    """What lies in one of them or in both."""

    __slots__ = ()

    def level(self, points: Array) -> Array:
        """The lower one."""
        return np.asarray(np.minimum(self.first.level(points), self.second.level(points)))

    @property
    def bounds(self) -> AffineMap:
        """The box about both boxes."""
        a, b = self.first.bounds, self.second.bounds
        return AffineMap(np.minimum(a.lower, b.lower), np.maximum(a.upper, b.upper))


class Intersection(_Both):
    """What lies in both."""

    __slots__ = ()

    def level(self, points: Array) -> Array:
        """The higher one."""
        return np.asarray(np.maximum(self.first.level(points), self.second.level(points)))

    @property
    def bounds(self) -> AffineMap:
        """What both boxes have in common."""
        a, b = self.first.bounds, self.second.bounds
        return AffineMap(np.maximum(a.lower, b.lower), np.minimum(a.upper, b.upper))


class Difference(_Both):
    """What lies in the first one alone."""

    __slots__ = ()

    def leaves(self, *, taken: bool = False) -> Iterator[tuple[Leaf, bool]]:
        """Those of the second one taken away."""
        yield from self.first.leaves(taken=taken)
        yield from self.second.leaves(taken=not taken)

    def level(self, points: Array) -> Array:
        """The higher one, that of the second turned around."""
        return np.asarray(np.maximum(self.first.level(points), -self.second.level(points)))

    @property
    def bounds(self) -> AffineMap:
        """The box about the first one."""
        return self.first.bounds
