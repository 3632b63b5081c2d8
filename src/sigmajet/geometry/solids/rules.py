r"""Quadrature over solids and their walls, line by line.

Lines along z are cut where they pass faces of bodies, lines along y where the pattern of those cuts
changes, and lines along x likewise: between such places integrands are smooth, but for square roots
where a wall is parallel to a line, which
:math:`t = a + (b - a) (1 - \cos \pi s) / 2` turns into smooth functions of s. Walls are cut in the
same way along the lines of the unit square, where they leave the boundary. Changes are looked for
between samples: what lies between two of them is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...rounding import BISECTIONS
from ..mapping import AffineMap
from ..quadrature import gauss_legendre
from .fitted import fitted
from .moments import moment_rule
from .polyhedron import Patch, Polyhedron
from .solid import Outside, SolidPart, SolidRegion
from .triangles import triangle_rule

__all__ = ["boundary_rule", "volume_rule"]

# Samples of a wall for each point along it, half as many of a slice and a quarter along an axis:
# where two walls touch along a line less is missed. With 8 the lens of
# `tests/geometry/solids/test_rules.py` misses its six digits.
_DENSER = 16

Pattern = Callable[[Array], NDArray[np.intp]]  # of lines at places (m,): rows of integers


@lru_cache(maxsize=2)  # a field and its check are integrated by the same
def volume_rule(region: SolidRegion, count: int) -> tuple[Array, Array]:
    """Points (m, 3) and weights (m,), `count` points along a piece of a line.

    Where bodies are made of triangles, lines meet too many of them.
    """
    if any(isinstance(leaf.body, Polyhedron) for leaf, _ in region.tree.leaves()):
        return moment_rule(region, 2 * count // 3, boundary_rule(region.whole, count))
    low, high = region.bounds.lower, region.bounds.upper
    nodes, shares = gauss_legendre(count)
    points, weights = [np.empty((0, 3))], [np.empty(0)]
    samples = _DENSER // 4 * count
    slices = partial(_slices, region, samples)
    xs, x_sizes = _panels(_breaks(slices, low[0], high[0], samples), count)
    for x, x_size in zip(xs.tolist(), x_sizes.tolist(), strict=True):
        held = _slice(region, x)
        if held is None:
            continue
        lines = partial(_lines, region, x)
        ys, y_sizes = _panels(_breaks(lines, *held, 2 * samples), count)
        line = np.column_stack([np.full(len(ys), x), ys])
        cuts, _, inside = _pieces(region, line)
        for at, size, ends, within in zip(line, y_sizes, cuts, inside, strict=True):
            for begin, end in zip(ends[:-1][within], ends[1:][within], strict=True):
                half = 0.5 * (end - begin)
                z = begin + half * (nodes + 1.0)
                points.append(np.column_stack([np.tile(at, (count, 1)), z]))
                weights.append(x_size * size * half * shares)
    return np.concatenate(points), np.concatenate(weights)


def _slice(region: SolidRegion, x: float) -> tuple[float, float] | None:
    """Between which y a plane across x has the region."""
    low, high = region.bounds.lower.copy(), region.bounds.upper.copy()
    low[0] = high[0] = x
    held = fitted(region.tree.level, AffineMap(low, high))
    return None if held is None else (float(held.lower[1]), float(held.upper[1]))


def _slices(region: SolidRegion, samples: int, x: Array) -> NDArray[np.intp]:
    """The patterns that lines have one after the other, of planes across x (m,)."""
    rows = []
    for each in x.tolist():
        held = _slice(region, each)
        y = np.linspace(*held, samples) if held is not None else np.empty(0)
        rows.append(_changes(_lines(region, each, y)))
    return _aligned(rows)


def _lines(region: SolidRegion, x: float, y: Array) -> NDArray[np.intp]:
    """The patterns of lines along z at an x and some y (m,)."""
    return _pieces(region, np.column_stack([np.full(len(y), x), y]))[1]


@lru_cache(maxsize=2)
def boundary_rule(part: SolidPart, count: int) -> tuple[Array, Array, Array]:
    """Points (m, 3), outward normals (m, 3) and weights (m,) of a part of a boundary."""
    rules = [_wall_rule(part, wall, count) for wall in part.walls]
    return (
        np.concatenate([points for points, _, _ in rules]),
        np.concatenate([normals for _, normals, _ in rules]),
        np.concatenate([weights for _, _, weights in rules]),
    )


def _wall_rule(part: SolidPart, wall: Outside, count: int) -> tuple[Array, Array, Array]:
    alone = part.holds is None and len(list(part.region.tree.leaves())) == 1
    if isinstance(wall.face, Patch):
        facets = wall.face.facets
        exposed = None if alone else partial(part.exposed, wall)
        corners = wall.leaf.motion(facets.corners.reshape(-1, 3)).reshape(-1, 3, 3)
        normals = wall.outward(facets.normals)
        return triangle_rule(corners, normals, count, part.region.size, exposed)
    samples = _DENSER * count
    rows, lines = partial(_rows, part, wall, samples), partial(_exposed, part, wall)
    nodes, sizes = gauss_legendre(count)
    shares, weights = [np.empty((0, 2))], [np.empty(0)]
    whole = np.array([0.0, 1.0])  # of the unit square, if no other body cuts the wall
    us, u_sizes = _panels(whole if alone else _breaks(rows, 0.0, 1.0, samples), count)
    for u, u_size in zip(us.tolist(), u_sizes.tolist(), strict=True):
        edges = whole if alone else _breaks(partial(lines, u), 0.0, 1.0, samples)
        edges = np.unique([*edges, *np.linspace(0.0, 1.0, wall.face.turns + 1)])
        held = (lines(u, 0.5 * (edges[:-1] + edges[1:]))[:, 0] > 0) | alone
        for begin, end in zip(edges[:-1][held], edges[1:][held], strict=True):
            half = 0.5 * (end - begin)
            v = begin + half * (nodes + 1.0)
            shares.append(np.column_stack([np.full(count, u), v]))
            weights.append(u_size * half * sizes)
    points = wall.at(np.concatenate(shares))
    return points, wall.normals(points), np.concatenate(weights) * wall.sizes(points)


def _rows(part: SolidPart, wall: Outside, samples: int, u: Array) -> NDArray[np.intp]:
    """What belongs to a part along lines of the unit square, one piece after the other."""
    v = np.linspace(0.0, 1.0, samples)
    return _aligned([_changes(_exposed(part, wall, each, v)) for each in u.tolist()])


def _exposed(part: SolidPart, wall: Outside, u: float, v: Array) -> NDArray[np.intp]:
    """Whether places of the unit square belong to a part, (m, 1)."""
    points = wall.at(np.column_stack([np.full(len(v), u), v]))
    return part.exposed(wall, points).astype(np.intp)[:, None]


def _pieces(region: SolidRegion, lines: Array) -> tuple[Array, NDArray[np.intp], NDArray[np.bool_]]:
    """Of lines along z at (m, 2): ends of pieces, the pattern of them, and what is inside.

    Ends (m, k), missing ones last and infinite; inside (m, k - 1). The pattern are the faces that
    bound the region at the ends, and what is inside.
    """
    start = np.column_stack([lines, np.zeros(len(lines))])
    found, faces, before = [], [], 1
    for leaf, _ in region.tree.leaves():
        ends = leaf.along(start, 2)
        points = np.repeat(start, 2, axis=0)
        points[:, 2] = np.nan_to_num(ends).ravel()
        gaps = [np.abs(face.gap(leaf.back(points))) for face in leaf.body.faces]
        faces.append(before + np.argmin(gaps, axis=0).reshape(ends.shape))
        found.append(np.where(np.isnan(ends), np.inf, ends))
        before += len(leaf.body.faces)
    ends, numbers = np.concatenate(found, axis=1), np.concatenate(faces, axis=1)
    order = np.argsort(ends, axis=1, kind="stable")
    ends, numbers = (np.take_along_axis(each, order, axis=1) for each in (ends, numbers))
    with np.errstate(invalid="ignore"):
        middles = 0.5 * (ends[:, :-1] + ends[:, 1:])
    real = np.isfinite(middles)
    inside = np.zeros(middles.shape, dtype=np.bool_)
    rows = np.nonzero(real)[0]
    inside[real] = region.contains(np.column_stack([lines[rows], middles[real]]))
    last = np.zeros((len(lines), 1), dtype=np.bool_)
    seen = np.hstack([inside, last]) != np.hstack([last, inside])
    pattern = np.hstack([np.where(seen, numbers, 0), inside]).astype(np.intp)
    return ends, pattern, inside


def _changes(pattern: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows of a pattern that follow one another, each once, in one row."""
    if not len(pattern):
        return np.empty(0, dtype=np.intp)
    new = np.any(pattern[1:] != pattern[:-1], axis=1)
    return np.concatenate([pattern[:1], pattern[1:][new]]).ravel()


def _aligned(rows: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Rows of unlike length as a matrix, filled up with -1."""
    table = np.full((len(rows), max(map(len, rows))), -1, dtype=np.intp)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table


def _breaks(pattern: Pattern, low: float, high: float, samples: int) -> Array:
    """Places between two where a pattern changes, to rounding, with both."""
    places = np.linspace(low, high, samples)
    found = [low]
    rows = pattern(places)
    for number in np.flatnonzero(np.any(rows[1:] != rows[:-1], axis=1)):
        begin, end, before = places[number], places[number + 1], rows[number]
        for _ in range(BISECTIONS):
            middle = 0.5 * (begin + end)
            (row,) = pattern(np.array([middle]))
            same = np.array_equal(row[row >= 0], before[before >= 0])
            begin, end = (middle, end) if same else (begin, middle)
        found.append(end)
    return np.unique([*found, high])


def _panels(edges: Array, count: int) -> tuple[Array, Array]:
    """Nodes and weights between edges, for functions with square roots at both ends of each."""
    nodes, shares = gauss_legendre(count)
    turn = 0.5 * np.pi * (nodes + 1.0)
    lengths = np.diff(edges)[:, None]
    places = edges[:-1, None] + 0.5 * lengths * (1.0 - np.cos(turn))
    sizes = np.pi / 4 * lengths * np.sin(turn) * shares
    return places.ravel(), sizes.ravel()
