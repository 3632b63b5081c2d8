"""How functions on several blocks are made to fit together in a method of lines.

Their derivatives below the equations' order agree where blocks meet. On a line this takes one
function for each end and derivative, and is exact; beyond it the jumps at points of the faces are
rows of a constraint, which most functions of a block do not feel.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import scipy.linalg
import scipy.sparse

from ..._types import Array, Orders
from ...approximation.basis import Basis
from ...errors import ProblemError
from ...geometry.legendre import legendre_products, total_degrees
from ...geometry.partition import Interface, Partition
from ...geometry.quadrature import gauss_legendre, tensor_rule

# Polynomials along an axis of a face than functions of a block. With 3 a front in the plane has an
# eighth of the error in more time, with 8 four times the error in as much
# (`benchmarks/sensitivity.py`, `reaction_front_in_the_plane`).
_FEWER = 5


def continuous_on_a_line(
    partition: Partition,
    basis: Basis,
    orders: Sequence[int],
    broken: Collection[float] = (),
    shared: Mapping[int, scipy.sparse.csc_array] = MappingProxyType({}),
    multipliers: Collection[int] = (),
) -> scipy.sparse.csc_array:
    """Functions of unknowns of some orders whose lower derivatives agree where blocks meet.

    Columns of coefficients: those of single blocks that vanish at both ends with all those
    derivatives, and for each end and derivative one that continues over the next block, but for
    places where they are `broken`. Some unknowns have other functions, `shared` by all blocks, and
    multipliers fewer of each block.
    """
    size, count = basis.size, len(partition)
    half = partition.half_widths[:, 0]
    sequence = np.argsort(partition.lower[:, 0])
    # Numbers of the ends of blocks, from left to right: two where functions are broken.
    left = np.arange(count) + np.cumsum(np.isin(partition.lower[sequence, 0], list(broken)))
    parts = []
    for number, order in enumerate(orders):
        if number in shared:
            parts.append(shared[number])
            continue
        used = np.eye(size, smoother(basis) if number in multipliers else size)
        ends = _ends(basis, order) @ used
        lengths = np.linalg.norm(ends, axis=1)
        _, _, right = scipy.linalg.svd(ends / lengths[:, None], full_matrices=True)
        inner = used @ right[len(ends) :].T
        lifted = used @ np.linalg.pinv(ends / lengths[:, None]) / lengths
        each = scipy.sparse.block_diag([inner] * count)
        edges = scipy.sparse.lil_array((count * size, order * (left[-1] + 2)))
        for place, block in enumerate(sequence):
            rows = slice(block * size, (block + 1) * size)
            for side in (0, 1):
                # u^(k) is the same on both sides, and half^k u^(k) what `ends` takes; that
                # a function orthonormal on the block is larger on a short one evens out.
                shares = np.sqrt(half[block]) * half[block] ** np.arange(order)
                first = (left[place] + side) * order
                edges[rows, first : first + order] = (
                    lifted[:, side * order : (side + 1) * order] * shares
                )
        edges = scipy.sparse.csc_array(edges)
        if order:
            edges = scipy.sparse.csc_array(edges / scipy.sparse.linalg.norm(edges, axis=0))
        parts.append(scipy.sparse.hstack([each, edges]))
    return scipy.sparse.csc_array(scipy.sparse.block_diag(parts))


def joints_on_a_line(
    partition: Partition,
    basis: Basis,
    orders: Sequence[int],
    broken: Collection[float] = (),
    apart: Collection[int] = (),
) -> tuple[scipy.sparse.csr_array, scipy.sparse.csc_array]:
    """By what derivatives below an order differ where blocks meet, and what takes it out.

    Rows over all coefficients, a joint, derivative and unknown each, but for unknowns that are
    `apart` and places where functions are `broken`; and the smallest columns that change each of
    these differences by one and no other.
    """
    size, count = basis.size, len(partition)
    half = partition.half_widths[:, 0]
    sequence = np.argsort(partition.lower[:, 0])
    rows, columns = [], []
    for unknown, order in enumerate(orders):
        if unknown in apart:
            continue
        ends = _ends(basis, order)
        lengths = np.linalg.norm(ends, axis=1)
        lifted = np.linalg.pinv(ends / lengths[:, None]) / lengths
        for before, after in itertools.pairwise(sequence):
            if partition.lower[after, 0] in broken:
                continue
            for k in range(order):
                row, column = np.zeros((2, len(orders), count, size))
                shares = {b: np.sqrt(half[b]) * half[b] ** k for b in (before, after)}
                squares = sum(share**2 for share in shares.values())
                for block, sign, end in ((before, 1.0, order + k), (after, -1.0, k)):
                    share = shares[block]
                    row[unknown, block] = sign / share * ends[end]
                    rest = 1.0 - share**2 / squares  # of the change: the least in L2
                    column[unknown, block] = sign * share * rest * lifted[:, end]
                rows.append(scipy.sparse.csr_array(row.reshape(1, -1)))
                columns.append(scipy.sparse.csc_array(column.reshape(-1, 1)))
    if not rows:
        total = len(orders) * count * size
        return scipy.sparse.csr_array((0, total)), scipy.sparse.csc_array((total, 0))
    return (
        scipy.sparse.csr_array(scipy.sparse.vstack(rows)),
        scipy.sparse.csc_array(scipy.sparse.hstack(columns)),
    )


def constant_function(partition: Partition, table: Array) -> scipy.sparse.csc_array:
    """The coefficients of 1 on all blocks, one column; `table` has their functions at points."""
    columns = [np.linalg.lstsq(each, np.ones(len(each)), rcond=None)[0] for each in table]
    return scipy.sparse.csc_array(np.concatenate(columns)[:, None])


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


def jumps(
    partition: Partition,
    basis: Basis,
    orders: Sequence[Orders],
    broken: Collection[tuple[int, float]] = (),
) -> list[scipy.sparse.csr_array]:
    """Rows over all coefficients: moments of the jumps of each unknown's derivatives over faces.

    One array for each unknown, axis and derivative across the faces below its order by that axis.
    Faces on planes where functions are `broken` are left out.
    """
    dimension, each = partition.dimension, len(partition) * basis.size
    faces = [face for face in partition.interfaces() if not face.lies_on(broken)]
    found = []
    for unknown, highest in enumerate(orders):
        for axis in range(dimension):
            across = [face for face in faces if face.axis == axis]
            for order in range(highest[axis] if across else 0):
                alpha = tuple(order if a == axis else 0 for a in range(dimension))
                jump = _jump(partition, basis, across, alpha)
                before = scipy.sparse.csr_array((jump.shape[0], unknown * each))
                after = scipy.sparse.csr_array((jump.shape[0], (len(orders) - 1 - unknown) * each))
                found.append(scipy.sparse.csr_array(scipy.sparse.hstack([before, jump, after])))
    return found


def _jump(
    partition: Partition, basis: Basis, faces: Sequence[Interface], alpha: Orders
) -> scipy.sparse.coo_array:
    """The moments of the jump of a derivative over faces across one axis, for one unknown."""
    dimension = partition.dimension
    grid, shares = _face_rule(dimension, _face_degree(basis) + 3)
    moments = face_polynomials(grid, basis).T * shares
    rows: list[list[Array | None]] = []
    for face in faces:
        middle, half = 0.5 * (face.upper + face.lower), 0.5 * (face.upper - face.lower)
        points = middle + half * np.insert(grid, face.axis, 0.0, axis=1)
        row: list[Array | None] = [None] * len(partition)
        for block, sign in ((face.left, 1.0), (face.right, -1.0)):
            functions = basis.evaluate(partition, block, points, {alpha})[alpha]
            row[block] = sign * (moments @ functions)
        rows.append(row)
    # The last, without rows, gives every block its columns.
    rows.append([np.zeros((0, basis.size))] * len(partition))
    return scipy.sparse.block_array(rows)


def rough_traces(basis: Basis) -> Array:
    """For each axis the mean square over both faces of what polynomials there leave of functions.

    Quadratic forms (d, size, size) over the functions of the reference block. What blocks do not
    share lies in it: where it is damped, they exchange no energy but through what they share.
    """
    dimension = basis.network.dimension
    grid, shares = _face_rule(dimension, 2 * (_face_degree(basis) + 3))
    roots = np.sqrt(shares / shares.sum())
    tests, _ = np.linalg.qr(roots[:, None] * face_polynomials(grid, basis))
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


def face_polynomials(points: Array, basis: Basis) -> Array:
    """Polynomials that the functions of a block resolve on a face, (m, k) at points (m, d - 1).

    Orthonormal over the face, `points` in its own coordinates.
    """
    degrees = total_degrees(points.shape[1], _face_degree(basis))
    lengths = np.sqrt(np.prod(degrees + 0.5, axis=1))
    return np.asarray(legendre_products(points, degrees) * lengths)


def resolved_degree(basis: Basis) -> int:
    """The degree of polynomials that the functions of a block resolve."""
    # There are about n^d / d! polynomials of degree below n in d variables.
    dimension = basis.network.dimension
    return int((math.factorial(dimension) * basis.size) ** (1.0 / dimension)) - 1


def smoother(basis: Basis) -> int:
    """How many of the functions of a block, the first ones, multipliers of constraints have.

    As polynomials two degrees lower: of velocities in P_n with given values on walls, divergences
    span P_(n - 2) and no multiplier is left that they do not see (C. Bernardi, Y. Maday,
    "A collocation method over staggered grids for the Stokes problem", International Journal for
    Numerical Methods in Fluids 8, 1988).
    """
    degree, dimension = resolved_degree(basis), basis.network.dimension
    return max(1, math.floor(basis.size * ((degree - 1) / (degree + 1)) ** dimension))


def _face_degree(basis: Basis) -> int:
    return max(2, resolved_degree(basis) + 1 - _FEWER) - 1


def _face_rule(dimension: int, each: int) -> tuple[Array, Array]:
    """Gauss-Legendre points of a face (m, d - 1) and their weights."""
    return tensor_rule([gauss_legendre(each)] * (dimension - 1))
