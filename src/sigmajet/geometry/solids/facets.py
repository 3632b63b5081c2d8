r"""Triangles in space: which of them is nearest to points, and which meet boxes.

Boxes about halves of halves of the triangles bound from below how far away what is in them is; a
sample of points on them bounds it from above, and only what is between is looked at. All points go
down together. The foot of a point on a triangle is that of C. Ericson, Real-Time Collision
Detection (2005), section 5.1.5, and on which side of a closed surface the point is, the product
with the mean normal at the foot tells, weighted by angles at a corner (J. A. Baerentzen and
H. Aanaes, Signed distance computation using the angle weighted pseudonormal, IEEE TVCG 11, 2005).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Integers
from ...rules.samples import MANY

__all__ = ["Facets", "edges_of", "feet_on", "neighbours", "squared"]


class Facets:
    """Triangles between vertices.

    Parameters
    ----------
    vertices : array (v, 3)
    triangles : array of int (f, 3)
        Counterclockwise, seen from outside.
    """

    def __init__(self, vertices: Array, triangles: Integers) -> None:
        self.vertices, self.triangles = vertices, triangles
        self.corners = vertices[triangles]
        self._boxes, self._order = _hierarchy(self.corners)

    def __len__(self) -> int:
        return len(self.triangles)

    def only(self, chosen: Integers) -> Facets:
        """Some of them."""
        return Facets(self.vertices, self.triangles[chosen])

    @cached_property
    def in_order(self) -> Integers:
        """Their numbers, neighbours in space near to each other."""
        _, first = np.unique(self._order, return_index=True)
        return self._order[np.sort(first)]

    @cached_property
    def _crossed(self) -> Array:
        a, b, c = np.moveaxis(self.corners, 1, 0)
        return np.cross(b - a, c - a)

    @cached_property
    def areas(self) -> Array:
        """Their areas (f,)."""
        return np.asarray(0.5 * np.linalg.norm(self._crossed, axis=1))

    @cached_property
    def volumes(self) -> Array:
        """The volumes (f,) of the cones from the origin over them, below zero seen from inside."""
        return np.asarray(np.sum(self.corners[:, 0] * self._crossed, axis=1) / 2.0 / 3.0)

    @cached_property
    def normals(self) -> Array:
        """Their outward unit normals (f, 3)."""
        with np.errstate(invalid="ignore"):
            lengths = np.linalg.norm(self._crossed, axis=1, keepdims=True)
            return np.asarray(self._crossed / lengths)

    @cached_property
    def angles(self) -> Array:
        """Their angles at each vertex (f, 3)."""
        sides = np.roll(self.corners, -1, axis=1) - self.corners
        back = -np.roll(sides, 1, axis=1)
        turned = np.linalg.norm(np.cross(sides, back), axis=-1)
        return np.asarray(np.arctan2(turned, np.sum(sides * back, axis=-1)))

    @cached_property
    def _mean_normals(self) -> Array:
        """Normals at the inside of each, at its three vertices and its three sides, (f, 7, 3)."""
        at_vertices = np.zeros_like(self.vertices)
        weighted = self.angles[:, :, None] * self.normals[:, None]
        np.add.at(at_vertices, self.triangles, weighted)
        _, number = np.unique(edges_of(self.triangles), axis=0, return_inverse=True)
        number = number.reshape(-1)
        on_edges = np.zeros((number.max() + 1, 3))
        np.add.at(on_edges, number, np.repeat(self.normals, 3, axis=0))
        sides = on_edges[number].reshape(-1, 3, 3)
        return np.concatenate([self.normals[:, None], at_vertices[self.triangles], sides], axis=1)

    @cached_property
    def _sample(self) -> Any:
        """A tree of points on them, about evenly, and on which one each is."""
        from scipy.spatial import cKDTree  # who has no triangles does not wait for it

        counts = np.ceil(np.sqrt(self.areas / self.areas.sum() * MANY)).astype(np.intp)
        points, owners = [], []
        for count in np.unique(counts):
            here = np.flatnonzero(counts == count)
            shares = _lattice(int(count))
            points.append(np.einsum("sk,fkd->fsd", shares, self.corners[here]).reshape(-1, 3))
            owners.append(np.repeat(here, len(shares)))
        return cKDTree(np.concatenate(points)), np.concatenate(owners)

    def nearest(self, points: Array) -> tuple[Array, Integers, Array, Integers]:
        """Squared distances (m,), the nearest ones (m,), feet (m, 3), and what of it that is (m,).

        That is 0 inside of the triangle, 1 to 3 at a vertex and 4 to 6 on a side.
        """
        parts = [self._nearest(some) for some in np.split(points, range(MANY, len(points), MANY))]
        away, numbers, feet, where = (np.concatenate(each) for each in zip(*parts, strict=True))
        return away, numbers, feet, where

    def _nearest(self, points: Array) -> tuple[Array, Integers, Array, Integers]:
        tree, owners = self._sample
        numbers = owners[tree.query(points)[1]] if len(points) else np.empty(0, dtype=np.intp)
        feet, where = feet_on(points, self.corners[numbers])
        away = squared(points - feet)

        def near(rows: Integers, lower: Array, upper: Array) -> NDArray[np.bool_]:
            beyond = np.maximum(lower - points[rows], points[rows] - upper)
            return squared(np.maximum(beyond, 0.0)) < away[rows]

        rows, found = self._pairs(len(points), near)
        other_feet, other_where = feet_on(points[rows], self.corners[found])
        distances = squared(points[rows] - other_feet)
        least = away.copy()
        np.minimum.at(least, rows, distances)
        best = np.flatnonzero((distances == least[rows]) & (distances < away[rows]))
        at = rows[best]
        away[at], numbers[at] = distances[best], found[best]
        feet[at], where[at] = other_feet[best], other_where[best]
        return away, numbers, feet, where

    def signed(self, points: Array) -> Array:
        """Distances (m,) from the closed surface that they make, below zero inside."""
        away, numbers, feet, where = self.nearest(points)
        outward = np.sum((points - feet) * self._mean_normals[numbers, where], axis=1)
        return np.asarray(np.copysign(np.sqrt(away), outward))

    def meeting(self, lower: Array, upper: Array) -> tuple[Integers, Integers]:
        """Pairs of the number of a box (m, 3) and of a triangle whose own box meets it."""

        def meet(rows: Integers, low: Array, high: Array) -> NDArray[np.bool_]:
            return np.asarray(np.all((low <= upper[rows]) & (high >= lower[rows]), axis=1))

        rows, found = self._pairs(len(lower), meet)
        pairs = np.unique(rows * len(self) + found)  # the last triangle is there several times
        return pairs // len(self), pairs % len(self)

    def _pairs(
        self, count: int, kept: Callable[[Integers, Array, Array], NDArray[np.bool_]]
    ) -> tuple[Integers, Integers]:
        """Pairs of so many things and of triangles that are kept with every box about these."""
        rows, nodes = np.arange(count), np.zeros(count, dtype=np.intp)
        for depth, (lower, upper) in enumerate(self._boxes):
            if depth:
                rows, nodes = np.repeat(rows, 2), np.stack([2 * nodes, 2 * nodes + 1], -1).ravel()
            held = kept(rows, lower[nodes], upper[nodes])
            rows, nodes = rows[held], nodes[held]
        return rows, self._order[nodes]


def edges_of(triangles: Integers) -> Integers:
    """The sides of triangles one after the other, (3 f, 2), each from the smaller vertex."""
    sides = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)
    return np.sort(sides.reshape(-1, 2), axis=1)


def neighbours(triangles: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """The two triangles of each edge of closed surfaces, (e, 2), and whether they turn alike."""
    order = np.lexsort(edges_of(triangles).T)
    ahead = (triangles < np.roll(triangles, -1, axis=1)).ravel()[order].reshape(-1, 2)
    return order.reshape(-1, 2) // 3, ahead[:, 0] != ahead[:, 1]


def squared(vectors: Array) -> Array:
    """Squared lengths of vectors (..., d)."""
    return np.asarray(np.einsum("...d,...d->...", vectors, vectors))


def _hierarchy(corners: Array) -> tuple[list[tuple[Array, Array]], Integers]:
    """Boxes about all triangles, about halves of them and so on, and the order of the last ones.

    Halves are those along the longest side of a box. The last triangle fills up to a power of two.
    """
    depth = int(np.ceil(np.log2(len(corners)))) if len(corners) > 1 else 0
    order = np.minimum(np.arange(2**depth), len(corners) - 1)[None]
    lowest, highest = corners.min(axis=1), corners.max(axis=1)
    middles = 0.5 * (lowest + highest)
    boxes = []
    for _ in range(depth + 1):
        lower, upper = lowest[order].min(axis=1), highest[order].max(axis=1)
        boxes.append((lower, upper))
        if order.shape[1] > 1:
            axis = np.argmax(upper - lower, axis=1)
            along = np.take_along_axis(middles[order], axis[:, None, None], axis=2)[..., 0]
            sorting = np.argsort(along, axis=1, kind="stable")
            order = np.take_along_axis(order, sorting, axis=1).reshape(2 * len(order), -1)
    return boxes, order[:, 0]


def _lattice(count: int) -> Array:
    """Places in a triangle in even steps, so many along a side: shares (n, 3) of its vertices."""
    i, j = np.triu_indices(count)
    middle = (np.stack([i, j - i], axis=-1) + 1.0 / 3.0) / count
    return np.column_stack([1.0 - middle.sum(axis=1), middle])


def feet_on(points: Array, corners: Array) -> tuple[Array, Integers]:
    """The nearest points (m, 3) of triangles (m, 3, 3), and what of these they are (m,)."""
    a, b, c = np.moveaxis(corners, 1, 0)
    ab, ac = b - a, c - a
    products = [np.sum(side * (points - p), axis=1) for p in (a, b, c) for side in (ab, ac)]
    d1, d2, d3, d4, d5, d6 = products
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    zero, one = np.zeros(len(points)), np.ones(len(points))
    with np.errstate(invalid="ignore", divide="ignore"):
        along_ab, along_ac = d1 / (d1 - d3), d2 / (d2 - d6)
        along_bc = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        inner = 1.0 / (va + vb + vc)
        cases = [
            ((d1 <= 0) & (d2 <= 0), zero, zero),
            ((d3 >= 0) & (d4 <= d3), one, zero),
            ((d6 >= 0) & (d5 <= d6), zero, one),
            ((vc <= 0) & (d1 >= 0) & (d3 <= 0), along_ab, zero),
            ((va <= 0) & (d4 >= d3) & (d5 >= d6), 1.0 - along_bc, along_bc),
            ((vb <= 0) & (d2 >= 0) & (d6 <= 0), zero, along_ac),
        ]
        conditions, firsts, seconds = zip(*cases, strict=True)
        where = np.select(conditions, range(1, len(cases) + 1), 0)
        s, t = np.select(conditions, firsts, vb * inner), np.select(conditions, seconds, vc * inner)
    return a + s[:, None] * ab + t[:, None] * ac, where
