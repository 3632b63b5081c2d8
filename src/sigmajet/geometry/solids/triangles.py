"""Quadrature on triangles of a wall, those that others cut by halves of their sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ..quadrature import gauss_legendre, tensor_rule

__all__ = ["quartered", "triangle_rule"]


def triangle_rule(
    corners: Array,
    normals: Array,
    count: int,
    size: float,
    exposed: Callable[[Array], NDArray[np.bool_]] | None,
) -> tuple[Array, Array, Array]:
    """Points (m, 3), normals (m, 3) and weights (m,) on triangles (f, 3, 3) with normals (f, 3).

    Nodes are `count` along a side of half of a `size` or more, and on shorter ones two more than in
    proportion. What is `exposed` in part is quartered until a node more or less is all that is
    wrong.
    """
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    nodes = np.minimum(2 + np.ceil(2.0 * count * sides / size), count).astype(np.intp)
    found = [(np.empty((0, 3)), np.empty((0, 3)), np.empty(0))]
    for number in np.unique(nodes):
        held = corners[nodes == number], normals[nodes == number]
        halvings = int(np.ceil(2.0 * np.log2(count)))
        while exposed is not None and halvings and len(held[0]):
            halvings -= 1
            points, _ = _on(held[0], int(number))
            seen = exposed(points.reshape(-1, 3)).reshape(len(points), -1)
            whole, some = np.all(seen, axis=1), np.any(seen, axis=1)
            found.append(_placed(held[0][whole], held[1][whole], int(number)))
            cut = some & ~whole
            held = quartered(held[0][cut]), np.repeat(held[1][cut], 4, axis=0)
        placed = _placed(*held, int(number))
        if exposed is not None:
            seen = exposed(placed[0])
            placed = placed[0][seen], placed[1][seen], placed[2][seen]
        found.append(placed)
    points, outward, weights = (np.concatenate(each) for each in zip(*found, strict=True))
    return points, outward, weights


def _placed(corners: Array, normals: Array, count: int) -> tuple[Array, Array, Array]:
    points, weights = _on(corners, count)
    outward = np.repeat(normals, points.shape[1], axis=0)
    return points.reshape(-1, 3), outward, weights.ravel()


def _on(corners: Array, count: int) -> tuple[Array, Array]:
    """Points (f, n, 3) and weights (f, n): the square folded onto each (A. H. Stroud, 1971)."""
    (places, sizes) = tensor_rule([gauss_legendre(count)] * 2)
    u, v = 0.5 * (1.0 + places.T[:, None, :, None])
    a, b, c = np.moveaxis(corners[:, :, None], 1, 0)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=-1)
    return a + u * (b - a) + u * v * (c - b), areas * sizes * u[..., 0] / 4.0


def quartered(corners: Array) -> Array:
    """The four triangles between corners and middles of sides."""
    middles = 0.5 * (corners + np.roll(corners, -1, axis=1))
    a, b, c = np.moveaxis(corners, 1, 0)
    ab, bc, ca = np.moveaxis(middles, 1, 0)
    four = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.stack([np.stack(each, axis=1) for each in four], axis=1).reshape(-1, 3, 3)
