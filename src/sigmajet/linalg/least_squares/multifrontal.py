r"""Least squares over blocks of unknowns, by orthogonal triangularisation.

Rows come in groups, each touching the columns of a few blocks. The blocks are eliminated in an
order of least degree (multifrontal QR), those side by side that do not meet: the rows whose first
block it is are stacked and triangularised, the first of the new rows determine the block's
unknowns from those of its neighbours, the others wait as rows between the neighbours. A chain of
blocks costs time proportional to its length, a grid in the plane the 3/2 power of their number;
one block is plain dense QR.

The features of a network are nearly dependent, singular values fall to rounding level,
and that is no harm as long as the outer weights stay moderate. So the columns are scaled
to unit length and the problem is damped at rounding level,

.. math:: \min_a \|A a - b\|^2 + \mu^2 \|a\|^2, \qquad \mu = 10^{-15} \sqrt{n},

as the triangle that a block's rows are absorbed into. Measured on equations of order 2 to 8 this
is as accurate as a truncated singular value decomposition, at a quarter of its price.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.linalg import lapack

from ..._types import Array
from ...linalg.least_squares.interface import qr_work
from .block_triangle import BlockTriangle
from .interface import Rows, Solved
from .triangular_qr import WIDEST_PANEL, absorb

Each = Callable[..., Iterable[Any]]  # `map`, or that of a pool of threads

# Rounding of some five terms: with one of them estimates at rounding depend on the units.
_DAMPING = 1e-15


class Multifrontal:
    """The backend that eliminates block by block."""

    def solve(self, rows: Sequence[Rows], sizes: Sequence[int]) -> Solved:
        """Minimise the damped sum of squares; R is that of columns of unit length."""
        scales = _column_norms(rows, sizes)
        triangle, values = _factorised(rows, sizes, scales)
        solution = triangle.substitute(values)
        return Solved(
            [part / unit[:, None] for part, unit in zip(solution, scales, strict=True)],
            triangle,
            scales,
        )

    def work(self, groups: Iterable[Sequence[int]], sizes: Sequence[int]) -> float:
        """Floating-point operations, about, for rows that touch these groups of blocks.

        A front triangularises for
        all its blocks: one that finds nothing but its rows has nothing left to do, see `_gathered`.
        """
        left: set[frozenset[int]] = set()
        work = 0.0
        for block, neighbours in _elimination_order(groups, sizes).items():
            front = neighbours | {block}
            if front not in left:
                work += qr_work(sum(sizes[b] for b in front))
            left.add(neighbours)
        return work


def _factorised(
    rows: Sequence[Rows], sizes: Sequence[int], scales: Sequence[Array]
) -> tuple[BlockTriangle, list[Array]]:
    """The triangle of all rows in scaled columns, and for each block its rotated values."""
    sides = rows[0].values.shape[1]
    order = _elimination_order([group.blocks for group in rows], sizes)
    rank = {block: position for position, block in enumerate(order)}
    own: list[list[Rows]] = [[] for _ in sizes]
    # Rows wait for the first of their blocks, whose columns come first.
    waiting: dict[int, list[_Front]] = {block: [] for block in order}
    for group in rows:
        if len(group.blocks) == 1:
            own[group.blocks[0]].append(group)
            continue
        edges = np.cumsum([sizes[b] for b in group.blocks])[:-1]
        parts = dict(zip(group.blocks, np.split(group.matrix, edges, axis=1), strict=True))
        blocks = tuple(sorted(group.blocks, key=rank.__getitem__))
        matrix = np.hstack([*(parts[b] / scales[b] for b in blocks), group.values])
        waiting[blocks[0]].append(_Front(blocks, matrix))
    eliminated: list[tuple[tuple[int, ...], Array]] = []
    rotated = [np.empty(0)] * len(sizes)
    # One for each core, with a front of its own: all together they copy the rows at most once.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        each = pool.map if len(sizes) > 1 and max(sizes) > WIDEST_PANEL else map
        for block, triangle in _triangles(own, scales, sides, each):
            waiting[block].append(_Front((block,), triangle, triangular=True))
        for wave in _waves(order):
            gathered = [_gathered(waiting, block, sizes, rank) for block in wave]
            for front in each(partial(_triangularised, sizes=sizes), gathered):
                size = sizes[front.blocks[0]]
                eliminated.append((front.blocks, front.matrix[:size, :-sides]))
                rotated[front.blocks[0]] = front.matrix[:size, -sides:]
                if len(front.blocks) > 1 and len(front.matrix) > size:
                    rest = _Front(front.blocks[1:], front.matrix[size:, size:], front.triangular)
                    waiting[rest.blocks[0]].append(rest)
    return BlockTriangle(eliminated, sizes), rotated


def _triangles(
    own: Sequence[Sequence[Rows]], scales: Sequence[Array], sides: int, each: Each
) -> Iterable[tuple[int, Array]]:
    """For each block the triangle of the damping and of its own rows, in scaled columns.

    A matrix that several blocks have in common is triangularised once, with the right-hand sides
    of all: where coefficients are constant that is half of the work.
    """
    damping = _DAMPING * np.sqrt(max(map(len, scales)))
    times = Counter(id(group.matrix) for groups in own for group in groups)
    alike: dict[tuple[int, ...], list[int]] = {}
    for block, groups in enumerate(own):
        shared = tuple(id(g.matrix) for g in groups if times[id(g.matrix)] > 1)
        if shared:
            alike.setdefault(shared, []).append(block)
    ready: dict[int, Array] = {}
    for blocks in alike.values():
        size = len(scales[blocks[0]])
        common = [[g for g in own[b] if times[id(g.matrix)] > 1] for b in blocks]
        joined = [
            np.hstack([members[0].matrix, *(g.values for g in members)])
            for members in zip(*common, strict=True)
        ]
        factor = absorb(np.zeros((size + sides * len(blocks),) * 2), joined)[:size]
        for block, values in zip(blocks, np.split(factor[:, size:], len(blocks), 1), strict=True):
            ready[block] = np.hstack([factor[:, :size] / scales[block], values])

    def triangle(block: int) -> Array:
        size = len(scales[block])
        damped = np.zeros((size + sides,) * 2)
        np.fill_diagonal(damped[:size], damping)
        if block in ready:
            damped = absorb(damped, [ready[block]], triangular=True)
        rest = [
            np.hstack([g.matrix / scales[block], g.values])
            for g in own[block]
            if times[id(g.matrix)] == 1
        ]
        return absorb(damped, rest)[:size]

    return enumerate(each(triangle, range(len(own))))


def _waves(order: Mapping[int, frozenset[int]]) -> Iterator[list[int]]:
    """Blocks in the order of elimination, those together that do not wait for each other."""
    wave: list[int] = []
    met: set[int] = set()
    for block, neighbours in order.items():
        if block in met:
            yield wave
            wave, met = [], set()
        wave.append(block)
        met |= neighbours
    yield wave


@dataclass(slots=True, eq=False)
class _Front:
    """Rows over the scaled columns of `blocks`, in the order of elimination, then the values."""

    blocks: tuple[int, ...]
    matrix: Array
    triangular: bool = False


def _elimination_order(
    groups: Iterable[Sequence[int]], sizes: Sequence[int]
) -> dict[int, frozenset[int]]:
    """Blocks by least degree, each with its neighbours that are left when its turn comes.

    On grids in the plane of up to 256 blocks that is within 1.6 times the work of nested halves.
    """
    neighbours: list[set[int]] = [set() for _ in sizes]
    for group in groups:
        for block in group:
            neighbours[block].update(group)
    for block, others in enumerate(neighbours):
        others.discard(block)
    degrees = [sum(sizes[o] for o in others) for others in neighbours]
    # Each degree that a block has had waits, and counts while it is the present one.
    waiting = [(degree, block) for block, degree in enumerate(degrees)]
    heapq.heapify(waiting)
    order: dict[int, frozenset[int]] = {}
    while waiting:
        degree, block = heapq.heappop(waiting)
        if block in order or degree != degrees[block]:
            continue
        order[block] = frozenset(neighbours[block])
        for other in neighbours[block]:
            neighbours[other] |= neighbours[block]
            neighbours[other] -= {other, block}
            degrees[other] = sum(sizes[b] for b in neighbours[other])
            heapq.heappush(waiting, (degrees[other], other))
    return order


def _column_norms(rows: Sequence[Rows], sizes: Sequence[int]) -> list[Array]:
    """Length of every column over all rows; 1 where a column is empty."""
    squares = [np.zeros(n) for n in sizes]
    for group in rows:
        start = 0
        for block in group.blocks:
            stop = start + sizes[block]
            part = group.matrix[:, start:stop]
            squares[block] += np.einsum("ij,ij->j", part, part)
            start = stop
    return [np.where(s > 0.0, np.sqrt(s), 1.0) for s in squares]


def _gathered(
    waiting: dict[int, list[_Front]], block: int, sizes: Sequence[int], rank: Mapping[int, int]
) -> tuple[tuple[int, ...], list[_Front]]:
    """The rows that wait for a block, and the blocks that they touch in order of elimination.

    Where there are more rows than columns all columns will be triangularised, together with
    whatever else lies within them: the blocks that follow then find their rows ready.
    """
    fronts = waiting.pop(block)
    blocks = tuple(sorted({b for f in fronts for b in f.blocks}, key=rank.__getitem__))
    if len(fronts) > 1 and _overdetermined(blocks, fronts, sizes):
        for other in blocks[1:]:
            inside = [f for f in waiting[other] if set(blocks).issuperset(f.blocks)]
            waiting[other] = [f for f in waiting[other] if f not in inside]
            fronts += inside
    return blocks, fronts


def _overdetermined(blocks: Sequence[int], fronts: Sequence[_Front], sizes: Sequence[int]) -> bool:
    return sum(len(f.matrix) for f in fronts) > sum(sizes[b] for b in blocks)


def _triangularised(gathered: tuple[tuple[int, ...], list[_Front]], sizes: Sequence[int]) -> _Front:
    """Rows as one front, its columns for the first block triangular, or all where rows suffice."""
    blocks, fronts = gathered
    if len(fronts) == 1 and fronts[0].triangular:
        return fronts[0]
    if not _overdetermined(blocks, fronts, sizes):
        stacked = np.vstack([_embedded(f, blocks, sizes) for f in fronts])
        return _Front(blocks, _triangularise_leading(stacked, sizes[blocks[0]]))
    # Triangles of different blocks fit into one.
    unknowns = sum(sizes[b] for b in blocks)
    sides = fronts[0].matrix.shape[1] - sum(sizes[b] for b in fronts[0].blocks)
    triangle = np.zeros((unknowns + sides,) * 2, order="F")
    starts = dict(zip(blocks, np.cumsum([0, *(sizes[b] for b in blocks)]), strict=False))
    dense, free = [], set(blocks)
    for front in sorted(fronts, key=lambda f: -len(f.matrix)):
        if front.triangular and free.issuperset(front.blocks):
            free -= set(front.blocks)
            places = [np.arange(starts[b], starts[b] + sizes[b]) for b in front.blocks]
            columns = np.concatenate([*places, np.arange(unknowns, unknowns + sides)])
            triangle[np.ix_(columns[: len(front.matrix)], columns)] = front.matrix
        else:
            dense.append(_embedded(front, blocks, sizes))
    # Rows beyond the unknowns hold what no unknown can reach.
    return _Front(blocks, absorb(triangle, dense)[:unknowns], triangular=True)


def _embedded(front: _Front, blocks: Sequence[int], sizes: Sequence[int]) -> Array:
    """The rows of a front over the columns of more blocks."""
    if len(front.blocks) == len(blocks):
        return front.matrix
    edges = np.cumsum([sizes[b] for b in front.blocks])
    *parts, values = np.split(front.matrix, edges, axis=1)
    held = dict(zip(front.blocks, parts, strict=True))
    height = len(front.matrix)
    return np.hstack([*(held.get(b, np.zeros((height, sizes[b]))) for b in blocks), values])


def _triangularise_leading(matrix: Array, count: int) -> Array:
    """The same rows rotated so that their first columns are upper triangular."""
    reflectors, tau, _, _ = lapack.dgeqrf(matrix[:, :count])
    rest = matrix[:, count:]
    rotated, _, _ = lapack.dormqr("L", "T", reflectors, tau, rest, WIDEST_PANEL * rest.shape[1])
    leading = np.zeros((len(matrix), count))
    leading[:count] = np.triu(reflectors[:count])
    return np.hstack([leading, rotated])
