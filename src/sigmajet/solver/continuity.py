"""How functions on several blocks are made to fit together in a method of lines.

Their derivatives below the equations' order agree where blocks meet. On a line this takes one
function for each end and derivative, and is exact; beyond it the jumps at points of the faces are
rows of a constraint, which most functions of a block do not feel.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import scipy.linalg
import scipy.sparse
from numpy.typing import NDArray

from ..errors import ProblemError
from .basis import Basis
from .network import Orders
from .partition import Partition

Array = NDArray[np.float64]

_ROUNDING = 1e-13  # of singular values, against the largest
_FEWER = 5  # polynomials along an axis of a face than functions of a block


def continuous_on_a_line(
    partition: Partition, basis: Basis, orders: Sequence[int]
) -> scipy.sparse.csc_array:
    """Functions of unknowns of some orders whose lower derivatives agree where blocks meet.

    Columns of coefficients: those of single blocks that vanish at both ends with all those
    derivatives, and for each end and derivative one that continues over the next block.
    """
    size, count = basis.size, len(partition)
    half = partition.half_widths[:, 0]
    sequence = np.argsort(partition.lower[:, 0])
    parts = []
    for order in orders:
        ends = _ends(basis, order)
        lengths = np.linalg.norm(ends, axis=1)
        _, _, right = scipy.linalg.svd(ends / lengths[:, None], full_matrices=True)
        inner = right[len(ends) :].T
        lifted = np.linalg.pinv(ends / lengths[:, None]) / lengths
        each = scipy.sparse.block_diag([inner] * count)
        edges = scipy.sparse.lil_array((count * size, order * (count + 1)))
        for place, block in enumerate(sequence):
            rows = slice(block * size, (block + 1) * size)
            for side in (0, 1):
                # u^(k) is the same on both sides, and half^k u^(k) what `ends` takes; that
                # a function orthonormal on the block is larger on a short one evens out.
                shares = np.sqrt(half[block]) * half[block] ** np.arange(order)
                first = (place + side) * order
                edges[rows, first : first + order] = (
                    lifted[:, side * order : (side + 1) * order] * shares
                )
        edges = scipy.sparse.csc_array(edges)
        if order:
            edges = scipy.sparse.csc_array(edges / scipy.sparse.linalg.norm(edges, axis=0))
        parts.append(scipy.sparse.hstack([each, edges]))
    return scipy.sparse.csc_array(scipy.sparse.block_diag(parts))


def _ends(basis: Basis, order: int) -> Array:
    """Derivatives below an order at the left end, then at the right, (2 order, size)."""
    reference = Partition.whole((-1.0,), (1.0,))
    alphas = [(k,) for k in range(order)]
    rows = [
        basis.evaluate(reference, 0, np.array([[end]]), set(alphas))[alpha][0]
        for end in (-1.0, 1.0)
        for alpha in alphas
    ]
    if len(rows) >= basis.size:
        raise ProblemError(
            f"width: got {basis.network.width}, too few neurons for derivatives of order "
            f"{order} in blocks; leave width out"
        )
    return np.array(rows).reshape(-1, basis.size)


def jumps(partition: Partition, basis: Basis, orders: Sequence[Orders]) -> list[Array]:
    """Rows over all coefficients: moments of the jumps of each unknown's derivatives over faces.

    One array for each unknown, axis and derivative across the faces below its order by that axis.
    """
    size, count, dimension = basis.size, len(partition), partition.dimension
    degrees = face_degrees(basis, dimension)
    nodes, weights = np.polynomial.legendre.leggauss(degrees + 2)
    grid = np.array(list(itertools.product(nodes, repeat=dimension - 1)))
    shares = np.array([np.prod(w) for w in itertools.product(weights, repeat=dimension - 1)])
    moments = polynomials(grid, degrees).T * shares
    faces = partition.interfaces()
    found = []
    for unknown, highest in enumerate(orders):
        for axis in range(dimension):
            across = [face for face in faces if face.axis == axis]
            for order in range(highest[axis] if across else 0):
                alpha = tuple(order if a == axis else 0 for a in range(dimension))
                each = len(moments)
                rows = np.zeros((len(across) * each, len(orders) * count * size))
                for number, face in enumerate(across):
                    middle, half = 0.5 * (face.upper + face.lower), 0.5 * (face.upper - face.lower)
                    points = middle + half * np.insert(grid, axis, 0.0, axis=1)
                    held = slice(number * each, (number + 1) * each)
                    for block, sign in ((face.left, 1.0), (face.right, -1.0)):
                        functions = basis.evaluate(partition, block, points, {alpha})[alpha]
                        start = (unknown * count + block) * size
                        rows[held, start : start + size] = sign * (moments @ functions)
                found.append(rows)
    return found


def rough_traces(basis: Basis) -> Array:
    """For each axis the mean square over both faces of what polynomials there leave of functions.

    Quadratic forms (d, size, size) over the functions of the reference block. What blocks do not
    share lies in it: where it is damped, they exchange no energy but through what they share.
    """
    dimension = basis.network.dimension
    degrees = face_degrees(basis, dimension)
    nodes, weights = np.polynomial.legendre.leggauss(2 * degrees + 4)
    grid = np.array(list(itertools.product(nodes, repeat=dimension - 1)))
    shares = np.array([np.prod(w) for w in itertools.product(weights, repeat=dimension - 1)])
    roots = np.sqrt(shares / shares.sum())
    tests, _ = np.linalg.qr(roots[:, None] * polynomials(grid, degrees))
    reference = Partition.whole((-1.0,) * dimension, (1.0,) * dimension)
    zero = (0,) * dimension
    forms = np.zeros((dimension, basis.size, basis.size))
    for axis, form in enumerate(forms):
        for end in (-1.0, 1.0):
            points = np.insert(grid, axis, end, axis=1)
            traces = roots[:, None] * basis.evaluate(reference, 0, points, {zero})[zero]
            traces -= tests @ (tests.T @ traces)
            form += traces.T @ traces
    return forms


def face_degrees(basis: Basis, dimension: int) -> int:
    """How many polynomials along an axis of a face those functions of a block resolve."""
    # There are about n^d / d! polynomials of degree below n in d variables.
    return max(2, int((math.factorial(dimension) * basis.size) ** (1.0 / dimension)) - _FEWER)


def polynomials(points: Array, degrees: int) -> Array:
    """Orthonormal products of Legendre polynomials of total degree below `degrees`, (m, k)."""
    dimension, ones = points.shape[1], np.ones(len(points))
    lines = np.polynomial.legendre.legvander(points, degrees - 1) * np.sqrt(
        np.arange(degrees) + 0.5
    )
    return np.stack(
        [
            np.prod([lines[:, axis, k] for axis, k in enumerate(powers)] or [ones], axis=0)
            for powers in itertools.product(range(degrees), repeat=dimension)
            if sum(powers) < degrees
        ],
        axis=1,
    )


def split_by_trace(rows: Array, unknowns: int, blocks: int) -> scipy.sparse.csc_array:
    """Orthonormal functions of single blocks: first those that feel none of the rows.

    Columns of coefficients.
    """
    size = rows.shape[1] // (unknowns * blocks)
    free: list[scipy.sparse.coo_array] = []
    bound: list[scipy.sparse.coo_array] = []
    for start in range(0, rows.shape[1], size):
        part = rows[:, start : start + size]
        part = part[np.any(part, axis=1)]
        rank, right = 0, np.eye(size)
        if len(part):
            _, values, right = scipy.linalg.svd(part, full_matrices=True)
            rank = int(np.sum(values > _ROUNDING * values.max(initial=0.0)))
        for kept, into in ((right[rank:], free), (right[:rank], bound)):
            at_rows = np.repeat(np.arange(start, start + size), len(kept))
            at_columns = np.tile(np.arange(len(kept)), size)
            entries = (kept.T.ravel(), (at_rows, at_columns))
            into.append(scipy.sparse.coo_array(entries, shape=(rows.shape[1], len(kept))))
    return scipy.sparse.csc_array(scipy.sparse.hstack([*free, *bound]))
