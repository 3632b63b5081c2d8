r"""Quadrature over plane regions and their boundaries, to the digits of smooth integrands.

A part of a region in a cell is cut into panels along x where its walls begin, end or turn back. On
each the integral over lines across is smooth, but for square roots where a wall is upright:
:math:`x = a + (b - a) (1 - \cos \pi t) / 2` turns these into smooth functions of t.

At corners, and where a part of a boundary ends, slopes may be singular. Panels along walls are
graded geometrically towards them, as many as there are nodes on each: rules of that kind converge
exponentially for every power of the distance (W. Gui and I. Babuska, The h, p and h-p versions of
the finite element method in one dimension, Numerische Mathematik 49, 1986, whose ratio is best).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection

import numpy as np

from ..._types import Array
from ...rounding import relative_rounding
from ..mapping import AffineMap
from ..quadrature import gauss_legendre, panel_rule
from .arc import Arc
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
        sizes = np.pi / 4 * (high - low) * np.sin(turn) * shares
        for x, size in zip(across.tolist(), sizes.tolist(), strict=True):
            line = AffineMap(np.array([x, cell.lower[1]]), np.array([x, cell.upper[1]]))
            for piece in region.sections(line):
                y, lengths = panel_rule(np.array([piece.lower[1], piece.upper[1]]), count)
                points.append(np.column_stack([np.full(count, x), y.ravel()]))
                weights.append(size * lengths.ravel())
    return np.concatenate(points), np.concatenate(weights)


def wall_rule(part: PlanePart, cell: AffineMap, count: int) -> tuple[Array, Array, Array]:
    """Points (m, 2), outward normals (m, 2) and weights (m,) of what a cell has of a boundary."""
    sharp = {corner.vertex.tobytes() for corner in part.region.corners}
    for whole in part.stretches():
        sharp |= {whole.arcs[0].start.tobytes(), whole.arcs[-1].stop.tobytes()}
    points, normals, weights = [np.empty((0, 2))], [np.empty((0, 2))], [np.empty(0)]
    for stretch in part.stretches(cell):
        for arc in stretch.arcs:
            edges = _graded(arc, sharp, count)
            shares, lengths = (each.ravel() for each in panel_rule(edges, count))
            points.append(arc.at(shares))
            normals.append(arc.normals(shares))
            weights.append(lengths * arc.speed(shares))
    return np.concatenate(points), np.concatenate(normals), np.concatenate(weights)


def _graded(arc: Arc, sharp: Collection[bytes], count: int) -> Array:
    """Edges of panels, as shares of an arc: smaller and smaller towards each sharp end."""
    ratio = (math.sqrt(2.0) - 1.0) ** 2
    size, chord = np.abs([arc.start, arc.stop]).max(), np.linalg.norm(arc.stop - arc.start)
    # The first of n nodes of a panel, at 1.4 / n^2 of it, is still told from the end.
    least = relative_rounding(count**2) * float(size / chord)
    steps = ratio ** np.arange(1, count + 1)
    steps = steps[steps > least][::-1]
    first, last = (end.tobytes() in sharp for end in (arc.start, arc.stop))
    if first and last:
        return np.concatenate([[0.0], 0.5 * steps, [0.5], 1.0 - 0.5 * steps[::-1], [1.0]])
    rising = np.concatenate([[0.0], steps, [1.0]])
    if first:
        return rising
    return 1.0 - rising[::-1] if last else np.array([0.0, 1.0])
