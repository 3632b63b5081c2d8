r"""A network in space for the method of lines: basis, walls and derivative matrices.

On each block the features of a network are made orthonormal over Gauss-Legendre points
(singular values cut at 1e-11), smooth functions first, which gives

.. math:: u(x, t) = \sum_k a_k(t)\, \psi_k(x).

Walls and interfaces are linear constraints :math:`C a = g(t)`. Writing
:math:`a = C^+ g + Z y` with :math:`Z` a basis of the null space of :math:`C` builds them in
exactly, and the columns of :math:`\Psi Z` stay orthonormal: the projection of the equation
on them is a Galerkin method, stable where the equation is.

The state holds for each unknown its time derivatives below the equation's order in time;
all of them obey the same constraints, with the derivatives of :math:`g` as data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
import sympy
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problem import Problem, Relation, Trace
from .basis import Basis
from .collocation import place_points, placements
from .network import Orders
from .partition import Partition
from .residual import Residual, compile_expressions, compile_relation

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Matrix = Any  # a dense array, or a sparse one of several blocks

# Singular values of the constraints (rows of unit length) below which they say nothing new. On a
# line they are few and independent; on the faces of a plane they are many, and the smallest
# singular values are the noise of the roughest functions (heat on a square: 1e-10 against 1e-6).
_DEPENDENT_ON_A_LINE, _DEPENDENT = 1e-10, 1e-5
_NOTHING = 1e-12  # entry of a wall's row that rounding explains, against the largest
_ROUNDING = 1e-13  # of the largest unknown: what is smaller may be the rounding of zero


@dataclass(frozen=True, slots=True)
class Walls:
    """The conditions in space, linear in the unknowns, with data that may change in time.

    `conditions[k]` is a relation over the variables of space alone, `data[k]` a function of
    all variables and the parameters that returns g and its derivatives in time, `derivatives` numbers for each point.
    """

    problem: Problem
    conditions: tuple[Residual, ...]
    data: tuple[Callable[..., Sequence[Any]], ...]
    derivatives: int

    @classmethod
    def read(cls, problem: Problem, relations: Sequence[Relation]) -> Walls:
        """Check that the conditions can be built in, and compile them.

        Raises
        ------
        ProblemError
            If a condition is nonlinear, holds time derivatives, or has coefficients that
            change in time.
        """
        time = problem.variables.index(problem.time)
        derivatives = 1 + max(orders[time] for orders in problem.orders)
        conditions, data = [], []
        for relation in relations:
            partials = [sympy.diff(relation.residual, s) for s in relation.symbols]
            changing = any(problem.time in p.free_symbols for p in partials)
            if not relation.linear or changing or any(t.orders[time] for t in relation.traces):
                raise ProblemError(
                    f"the condition `{relation.source}` is nonlinear, holds a time derivative or "
                    "has coefficients that change in time, which an evolution in time does not "
                    'support; method="steady" takes it, over space and time at once'
                )
            rest = -relation.residual.subs(dict.fromkeys(relation.symbols, 0))
            jets = [sympy.diff(rest, problem.time, k) for k in range(derivatives)]
            data.append(compile_expressions(problem, (), jets))
            traces = tuple(in_space(trace, time) for trace in relation.traces)
            place = without(relation.place, time)
            flat = replace(relation, traces=traces, place=place)
            conditions.append(replace(compile_relation(problem, relation), relation=flat))
        return cls(problem, tuple(conditions), tuple(data), derivatives)


class Space:
    """A discretisation in space: what the right-hand side of the method of lines needs.

    Attributes
    ----------
    partition, basis : Partition, Basis
    points : array (m, d)
        Quadrature points of space, block by block, and their `weights`.
    null : sparse array (unknowns * blocks * size, r)
        Columns: functions that satisfy the homogeneous constraints, each of norm one.
    lift : array (unknowns * blocks * size, q)
        Coefficients of a function for unit data of each row of a wall, orthogonal to `null`.
    columns : array of int (blocks, c)
        Which free coordinates matter on each block; `size` stands for none.
    """

    def __init__(self, walls: Walls, partition: Partition, basis: Basis, start: float) -> None:
        self.walls = walls
        self.partition = partition
        self.basis = basis
        self.unknowns = len(walls.problem.unknowns)
        self.points = np.concatenate(
            [partition.from_reference(basis.points, b) for b in range(len(partition))]
        )
        volumes = np.prod(partition.half_widths, axis=1)
        self.weights = np.outer(volumes / volumes.sum(), basis.weights).ravel()
        self._rows: list[tuple[Array, float]] = []  # wall points and scale of each condition
        self.null, self.lift = self._constrained(start)
        self.columns, self._local = self._localised()
        self._tables: dict[tuple[int, Orders], tuple[Array, Array]] = {}
        zero = (0,) * partition.dimension
        weights = self.weights.reshape(len(partition), -1, 1)
        grams = sum(
            np.swapaxes(table, 1, 2) @ (weights * table)
            for table in (self.tables(i, zero)[0] for i in range(self.unknowns))
        )
        self.mass = self.assembled(np.asarray(grams))
        self._solve_mass = factorised(self.mass)
        self._orthogonalise_lift()

    @property
    def size(self) -> int:
        """Free coordinates of one time derivative of the state."""
        return int(self.null.shape[1])

    def data(self, time: float) -> Array:
        """The data g of all constraint rows and its derivatives in time, (derivatives, q)."""
        problem = self.walls.problem
        at = problem.variables.index(problem.time)
        parts = [np.zeros((self.walls.derivatives, 0))]
        for (points, scale), function in zip(self._rows, self.walls.data, strict=True):
            full = np.insert(points, at, time, axis=1)
            part = np.empty((self.walls.derivatives, len(points)))
            for row, values in zip(
                part, function(*full.T, *problem.parameters.values()), strict=True
            ):
                row[:] = values
            parts.append(part / scale)
        return np.hstack(parts)

    def tables(self, unknown: int, orders: Orders) -> tuple[Array, Array]:
        """Derivative at the points of each block from its coordinates (blocks, p, c) and from
        the data (blocks, p, q)."""
        key = (unknown, orders)
        if key not in self._tables:
            size, each = self.basis.size, len(self.basis.points)
            free, given = [], []
            for block in range(len(self.partition)):
                points = self.points[block * each : (block + 1) * each]
                values = self.basis.evaluate(self.partition, block, points, {orders})[orders]
                here = slice(unknown * size, (unknown + 1) * size)
                free.append(values @ self._local[block][here])
                given.append(values @ self.lift[self._block(unknown, block)])
            self._tables[key] = (np.array(free), np.array(given))
        return self._tables[key]

    def values(self, unknown: int, orders: Orders, free: Array, data: Array) -> Array:
        """Derivative at all points for several states, (k, m), from (k, r) and (k, q)."""
        from_free, from_data = self.tables(unknown, orders)
        held = np.concatenate([free, np.zeros((len(free), 1))], axis=1).T[self.columns]
        found = from_free @ held
        if from_data.shape[2]:
            found = found + from_data @ data.T
        return np.asarray(found.reshape(-1, len(free)).T)

    def coefficients(self, free: Array, data: Array) -> Array:
        """Coefficients (unknowns, blocks, size) from free coordinates and data."""
        flat = self.null @ free + self.lift @ data
        return np.asarray(flat.reshape(self.unknowns, len(self.partition), self.basis.size))

    def norms(self, free: Array) -> Array:
        """Norms in L2 of the unknowns that free coordinates stand for, (unknowns,)."""
        return np.linalg.norm((self.null @ free).reshape(self.unknowns, -1), axis=1)

    def project(self, values: Array, data: Array) -> Array:
        """Free coordinates (k, r) of the functions nearest to values (k, unknowns, m)."""
        zero = (0,) * self.partition.dimension
        blocks, count = len(self.partition), len(values)
        moments = np.zeros((self.size + 1, count))
        for i in range(self.unknowns):
            from_free, from_data = self.tables(i, zero)
            apart = values[:, i].T.reshape(blocks, -1, count)
            if from_data.shape[2]:
                apart = apart - from_data @ data.T
            weighted = self.weights.reshape(blocks, -1, 1) * apart
            for held, part in zip(
                self.columns, np.swapaxes(from_free, 1, 2) @ weighted, strict=True
            ):
                moments[held] += part
        return np.asarray(self._solve_mass(moments[:-1])).T

    def assembled(self, blocks: Array) -> Matrix:
        """The matrix over all free coordinates from its blocks (blocks, c, c)."""
        if len(blocks) == 1:
            return np.asarray(blocks[0])
        rows = np.broadcast_to(self.columns[:, :, None], blocks.shape).ravel()
        columns = np.broadcast_to(self.columns[:, None, :], blocks.shape).ravel()
        inside = (rows < self.size) & (columns < self.size)
        entries = (blocks.ravel()[inside], (rows[inside], columns[inside]))
        return scipy.sparse.csc_array(scipy.sparse.coo_array(entries, shape=(self.size, self.size)))

    def gap(self, values: Array, free: Array, data: Array) -> float:
        """Distance of values (unknowns, m) from a state in L2, relative to the values."""
        zero = (0,) * self.partition.dimension
        apart = 0.0
        for i, row in enumerate(values):
            found = self.values(i, zero, free[None], data[None])[0]
            apart += float(self.weights @ (found - row) ** 2)
        return float(np.sqrt(apart / (float(np.sum(self.weights * values**2)) or 1.0)))

    def tails(self, coefficients: Array, scales: Array) -> Array:
        """Each block's roughest functions against the scale of an unknown, (blocks,)."""
        last = max(2, self.basis.size // 10)
        rough = np.sqrt(np.sum(coefficients[:, :, -last:] ** 2, axis=2))
        rough = np.maximum(rough - _ROUNDING * scales.max(), 0.0)
        return np.asarray(np.max(rough / np.where(scales > 0.0, scales, 1.0)[:, None], axis=0))

    def _constrained(self, start: float) -> tuple[scipy.sparse.csc_array, Array]:
        """Functions that keep the homogeneous constraints, and lifts of data."""
        joined = self._joined()
        held = self._wall_rows(start, joined)
        scale = np.abs(held).max(axis=1, keepdims=True, initial=0.0)
        touched = np.any(np.abs(held) > _NOTHING * scale, axis=0)
        left, values, right = scipy.linalg.svd(held[:, touched], full_matrices=True)
        cut = _DEPENDENT_ON_A_LINE if self.partition.dimension == 1 else _DEPENDENT
        rank = int(np.sum(values > cut * values.max(initial=0.0)))
        bound = joined[:, np.flatnonzero(touched)]
        lift = bound @ ((right[:rank].T / values[:rank]) @ left[:, :rank].T)
        parts = [
            joined[:, np.flatnonzero(~touched)],
            bound @ scipy.sparse.csc_array(right[rank:].T),
        ]
        null = scipy.sparse.csc_array(scipy.sparse.hstack(parts))
        lengths = scipy.sparse.linalg.norm(null, axis=0)
        return scipy.sparse.csc_array(null / lengths), np.asarray(lift)

    def _joined(self) -> scipy.sparse.csc_array:
        """Functions, columns of coefficients, whose derivatives below the order agree where
        blocks meet: those of single blocks that vanish at both ends with all those
        derivatives, and for each end and derivative one that continues over the next block."""
        size, count = self.basis.size, len(self.partition)
        if count == 1:
            return scipy.sparse.csc_array(scipy.sparse.eye_array(self.unknowns * size))
        problem, half = self.walls.problem, self.partition.half_widths[:, 0]
        sequence = np.argsort(self.partition.lower[:, 0])
        time = problem.variables.index(problem.time)
        parts = []
        for unknown, orders in enumerate(problem.orders):
            order = int(without(orders, time)[0])
            ends = self._ends(order)
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

    def _ends(self, order: int) -> Array:
        """Derivatives below an order at the left end, then at the right, (2 order, size)."""
        reference = Partition.whole((-1.0,), (1.0,))
        alphas = [(k,) for k in range(order)]
        rows = [
            self.basis.evaluate(reference, 0, np.array([[end]]), set(alphas))[alpha][0]
            for end in (-1.0, 1.0)
            for alpha in alphas
        ]
        if len(rows) >= self.basis.size:
            raise ProblemError(
                f"width: got {self.basis.network.width}, too few neurons for derivatives of order "
                f"{order} in blocks; leave width out"
            )
        return np.array(rows).reshape(-1, self.basis.size)

    def _localised(self) -> tuple[Integers, list[Array]]:
        """`columns`, and the coefficients of each block from its coordinates."""
        chosen, pieces = [], []
        rows = scipy.sparse.csr_array(self.null)
        for block in range(len(self.partition)):
            held = [
                np.arange(*self._block(i, block).indices(rows.shape[0]))
                for i in range(self.unknowns)
            ]
            piece = rows[np.concatenate(held)]
            used = np.unique(piece.indices)
            chosen.append(used)
            pieces.append(piece[:, used].toarray())
        widest = max(map(len, chosen))
        columns = np.full((len(chosen), widest), self.size)
        local = []
        for row, used, piece in zip(columns, chosen, pieces, strict=True):
            row[: len(used)] = used
            local.append(np.pad(piece, ((0, 0), (0, widest - len(used)))))
        return columns, local

    def _orthogonalise_lift(self) -> None:
        """Take from the lifts what free coordinates express: a change of data then leaves the
        projection of a function alone."""
        zero = (0,) * self.partition.dimension
        count = self.lift.shape[1]
        values = np.array(
            [self.tables(i, zero)[1].reshape(-1, count).T for i in range(self.unknowns)]
        ).swapaxes(0, 1)
        if count:
            free = self.project(values, np.zeros((count, count)))
            self.lift = self.lift - self.null @ free.T
            self._tables.clear()

    def _wall_rows(self, start: float, joined: scipy.sparse.csc_array) -> Array:
        """Rows of the conditions over the columns of `joined`, of unit length in the mean."""
        problem = self.walls.problem
        time = problem.variables.index(problem.time)
        total = self.unknowns * len(self.partition) * self.basis.size
        rows: list[Array] = [np.zeros((0, joined.shape[1]))]
        for index, condition in enumerate(self.walls.conditions):
            points = place_points(problem, condition, self.partition, self.basis.size, (index, 0))
            full = np.insert(points, time, start, axis=1)
            _, partials = condition(full, np.zeros((len(condition.traces), len(points))))
            row = np.zeros((len(points), total))
            for trace, partial in zip(condition.traces, partials, strict=True):
                row += partial[:, None] * self.functional(trace, points)
            held = row @ joined
            scale = float(np.sqrt(np.mean(np.sum(held**2, axis=1)))) or 1.0
            self._rows.append((points, scale))
            rows.append(held / scale)
        return np.concatenate(rows)

    def functional(self, trace: Trace, points: Array) -> Array:
        """A trace at points of its place, as rows over all coefficients."""
        total = self.unknowns * len(self.partition) * self.basis.size
        row = np.zeros((len(points), total))
        for placed, share in placements(trace, points, self.partition):
            where = self.partition.locate(placed)
            for block in np.unique(where):
                held = np.flatnonzero(where == block)
                functions = self.basis.evaluate(
                    self.partition, int(block), placed[held], {trace.orders}
                )[trace.orders]
                row[held, self._block(trace.unknown, int(block))] += share * functions
        return row

    def _block(self, unknown: int, block: int) -> slice:
        start = (unknown * len(self.partition) + block) * self.basis.size
        return slice(start, start + self.basis.size)


def factorised(matrix: Matrix) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The solver of a system, dense or sparse."""
    if scipy.sparse.issparse(matrix):
        factors = scipy.sparse.linalg.splu(matrix)
        return lambda right: np.asarray(factors.solve(right))
    dense = scipy.linalg.lu_factor(matrix, check_finite=False)
    return lambda right: np.asarray(scipy.linalg.lu_solve(dense, right, check_finite=False))


def without(values: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """A tuple of one entry for each variable, without that of time."""
    return values[:axis] + values[axis + 1 :]


def in_space(trace: Trace, time: int) -> Trace:
    """A trace over the variables of space alone."""
    return replace(trace, orders=without(trace.orders, time), place=without(trace.place, time))
