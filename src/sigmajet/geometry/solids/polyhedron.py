"""The body within a closed surface of triangles, and the smooth pieces of that surface.

Triangles that meet at an edge by less than an angle belong to one face: triangulations of curved
walls have small angles at their edges, and a wall that was flat is flat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..._types import Array, Integers
from .facets import Facets, neighbours

__all__ = ["Patch", "Polyhedron", "connected", "shared_out"]


@dataclass(frozen=True, eq=False)
class Patch:
    """A face made of triangles.

    Attributes
    ----------
    facets : Facets
    cavity : int
        The number of the cavity that it bounds, from 1; 0 for what bounds none.
    """

    facets: Facets
    cavity: int = 0

    @cached_property
    def _shares(self) -> Array:
        """Up to which share of the area triangles reach, neighbours side by side."""
        areas = np.cumsum(self.facets.areas[self.facets.in_order])
        return np.concatenate([[0.0], areas / areas[-1]])

    @property
    def area(self) -> float:
        """Of all triangles."""
        return float(np.sum(self.facets.areas))

    @property
    def turns(self) -> int:
        """None: one triangle is flat."""
        return 1

    def at(self, shares: Array) -> Array:
        """Points in triangles one after the other."""
        ends = self._shares
        place = np.searchsorted(ends, shares[:, 0], side="right") - 1
        place = np.clip(place, 0, len(ends) - 2)
        along = (shares[:, 0] - ends[place]) / (ends[place + 1] - ends[place])
        a, b, c = np.moveaxis(self.facets.corners[self.facets.in_order[place]], 1, 0)
        root, v = np.sqrt(np.clip(along, 0.0, 1.0))[:, None], shares[:, 1:]
        return np.asarray(a + root * ((b - a) + v * (c - b)))

    def normals(self, points: Array) -> Array:
        """Of the nearest triangle."""
        return np.asarray(self.facets.normals[self.facets.nearest(points)[1]])

    def gap(self, points: Array) -> Array:
        """Distance from the nearest triangle."""
        return np.sqrt(self.facets.nearest(points)[0])

    def within(self, lower: Array, upper: Array) -> Patch | None:
        """The triangles whose boxes meet one."""
        _, found = self.facets.meeting(lower[None], upper[None])
        if len(found) in (0, len(self.facets)):
            return self if len(found) else None
        return Patch(self.facets.only(found), self.cavity)

    def triangles(self) -> list[Patch]:
        """Each triangle as a face of its own."""
        return [Patch(self.facets.only(np.array([k]))) for k in range(len(self.facets))]


@dataclass(frozen=True, eq=False)
class Polyhedron:
    """The body within triangles that make one closed surface, or several inside of each other."""

    facets: Facets

    @cached_property
    def faces(self) -> tuple[Patch, ...]:
        """Pieces between edges, in the order of their first triangles."""
        facets = self.facets
        pairs, _ = neighbours(facets.triangles)
        cosines = np.sum(facets.normals[pairs[:, 0]] * facets.normals[pairs[:, 1]], axis=1)
        shells = connected(len(facets), pairs)
        # An edge is sharp from 30 degrees on, as VTK has it where nobody says (vtkFeatureEdges).
        smooth = connected(len(facets), pairs[cosines > np.sqrt(3.0) / 2.0])
        cavities = self._cavities(shells)
        found = []
        for number in range(smooth.max() + 1):
            members = np.flatnonzero(smooth == number)
            found.append(Patch(facets.only(members), int(cavities[shells[members[0]]])))
        return tuple(found)

    def _cavities(self, shells: Integers) -> Integers:
        """The numbers of cavities that closed surfaces bound, by their volumes below zero."""
        volumes = np.bincount(shells, self.facets.volumes)
        return np.where(volumes < 0.0, np.cumsum(volumes < 0.0), 0)

    @property
    def names(self) -> tuple[str, ...]:
        """None."""
        return ("",) * len(self.faces)

    def reach(self, direction: Array) -> float:
        """At a vertex."""
        return float(np.max(self.facets.vertices @ direction))

    def level(self, points: Array) -> Array:
        """The distance from the surface, with its sign."""
        return self.facets.signed(points)


def shared_out(faces: Sequence[Any], body: Any) -> Sequence[Any]:
    """Faces of a body by which points are chosen: patches as so many of equal areas.

    All of a body has as many as a box has walls: with the points of one wall on a ring,
    disturbances of data grew tenfold from width to width.
    """
    if not isinstance(body, Polyhedron):
        return faces
    facets = Facets(body.facets.vertices, np.concatenate([face.facets.triangles for face in faces]))
    order = facets.in_order
    reached = np.cumsum(facets.areas[order])
    count = max(1, round(2 * 3 * reached[-1] / body.facets.areas.sum()))
    parts = np.searchsorted(reached, reached[-1] * np.arange(1, count) / count)
    return [Patch(facets.only(piece)) for piece in np.split(order, parts) if len(piece)]


def connected(count: int, pairs: Integers) -> Integers:
    """Which component of those that pairs (m, 2) join each thing is in, in order of the first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(pairs)), pairs.T), shape=(count, count))
    labels = connected_components(joined, directed=False)[1]
    _, first, label = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[label])
