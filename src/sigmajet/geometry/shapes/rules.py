r"""Quadrature over plane regions and their boundaries, to the digits of smooth integrands.

A part of a region in a cell is cut into panels along x where its walls begin, end or turn back. On
each the integral over lines across is smooth, but for square roots where a wall is upright:
:math:`x = a + (b - a) (1 - \cos \pi t) / 2` turns these into smooth functions of t.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..._types import Array
from ..mapping import AffineMap
from ..quadrature import gauss_legendre, panel_rule
from .plane import PlanePart, PlaneRegion

__all__ = ["area_rule", "wall_rule"]


def area_rule(region: PlaneRegion, cell: AffineMap, count: int) -> tuple[Array, Array]:
    """Points (m, 2) and weights of what a cell has of a region, `count` points along a line."""
    ends = [end[0] for arc in region.arcs_in(cell) for end in (arc.start, arc.stop)]
    edges = np.unique(np.clip([cell.lower[0], *ends, cell.upper[0]], cell.lower[0], cell.upper[0]))
    nodes, shares = gauss_legendre(count)
    turn = 0.5 * np.pi * (nodes + 1.0)
    points, weights = [np.empty((0, 2))], [np.empty(0)]
    for low, high in itertools.pairwise(edges.tolist()):
        across = low + 0.5 * (high - low) * (1.0 - np.cos(turn))
        sizes = 0.25 * np.pi * (high - low) * np.sin(turn) * shares
        for x, size in zip(across.tolist(), sizes.tolist(), strict=True):
            line = AffineMap(np.array([x, cell.lower[1]]), np.array([x, cell.upper[1]]))
            for piece in region.sections(line):
                y, lengths = panel_rule(np.array([piece.lower[1], piece.upper[1]]), count)
                points.append(np.column_stack([np.full(count, x), y.ravel()]))
                weights.append(size * lengths.ravel())
    return np.concatenate(points), np.concatenate(weights)


def wall_rule(part: PlanePart, cell: AffineMap, count: int) -> tuple[Array, Array, Array]:
    """Points (m, 2), outward normals (m, 2) and weights (m,) of what a cell has of a boundary."""
    nodes, shares = gauss_legendre(count)
    along = 0.5 * (nodes + 1.0)
    arcs = [arc for stretch in part.stretches(cell) for arc in stretch.arcs]
    if not arcs:
        return np.empty((0, 2)), np.empty((0, 2)), np.empty(0)
    return (
        np.concatenate([arc.at(along) for arc in arcs]),
        np.concatenate([arc.normals(along) for arc in arcs]),
        np.concatenate([0.5 * shares * arc.speed(along) for arc in arcs]),
    )
