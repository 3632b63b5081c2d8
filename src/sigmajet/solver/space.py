r"""A network in space for the method of lines: basis, walls and derivative matrices.

On each block the features of a network are made orthonormal over Gauss-Legendre points
(singular values cut at 1e-12 and below), smooth functions first, which gives

.. math:: u(x, t) = \sum_k a_k(t)\, \psi_k(x).

Walls and interfaces are linear constraints :math:`C a = g(t)`, on blocks in the plane and in space
for the polynomials of their faces. Writing
:math:`a = C^+ g + Z y` with :math:`Z` a basis of the null space of :math:`C` builds them in, and
the columns of :math:`\Psi Z` stay orthonormal: the projection of the equation
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
from .continuity import (
    continuous_on_a_line,
    face_polynomials,
    jumps,
    rough_traces,
    split_by_trace,
)
from .implicit_walls import Implicit, ImplicitWalls
from .network import Orders
from .partition import Partition
from .residual import Residual, compile_expressions, compile_relation, partial_derivative
from .saddle import Constraints, Saddle, independent

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Matrix = Any  # a dense array, a sparse one of blocks on a line, or a saddle beyond it

# Singular values of the constraints (rows of unit length) below which they say nothing new. On a
# line they are few and independent; on the faces of a plane they are many, and the smallest
# singular values are the noise of the roughest functions (heat on a square: 1e-10 against 1e-6).
_DEPENDENT_ON_A_LINE, _DEPENDENT = 1e-10, 1e-5
_PASSES = 3  # of projection and walls, from traces that are off in the fourth digit at worst
_NOTHING = 1e-12  # entry of a wall's row that rounding explains, against the largest
_ROUNDING = 1e-13  # of the largest unknown: what is smaller may be the rounding of zero


@dataclass(frozen=True, slots=True)
class Walls:
    """The conditions in space.

    `conditions[k]` is a relation over the variables of space alone, linear with constant
    coefficients, `data[k]` a function of all variables and the parameters that returns g and its
    derivatives in time, `derivatives` numbers for each point. What is not linear or has
    coefficients that change in time has an entry in `implicit`, by k; see `ImplicitWalls`.
    """

    problem: Problem
    conditions: tuple[Residual, ...]
    data: tuple[Callable[..., Sequence[Any]], ...]
    derivatives: int
    implicit: dict[int, Implicit]

    @classmethod
    def read(cls, problem: Problem, relations: Sequence[Relation]) -> Walls:
        """Check that the conditions can be built in, and compile them.

        Raises
        ------
        ProblemError
            If a condition holds time derivatives, an integral or an inner point.
        """
        time = problem.variables.index(problem.time)
        derivatives = 1 + max(orders[time] for orders in problem.orders)
        conditions, data, implicit = [], [], {}
        for index, relation in enumerate(relations):
            # What pins an integral or an inner point puts a force there into a Galerkin method,
            # which solves another problem: no force acts there in the one that is stated.
            moving = any(t.orders[time] for t in relation.traces)
            if moving or _is_inside(relation, problem):
                raise ProblemError(
                    f"the condition `{relation.source}` "
                    + ("holds a time derivative" if moving else "is not on the walls alone")
                    + ', which an evolution in time does not take; method="steady" does, '
                    "over space and time at once"
                )
            place = without(relation.place, time)
            traces = tuple(in_space(trace, time) for trace in relation.traces)
            partials = [partial_derivative(relation.residual, s) for s in relation.symbols]
            if relation.linear and not any(problem.time in p.free_symbols for p in partials):
                rest = -relation.residual.subs(dict.fromkeys(relation.symbols, 0))
                flat = replace(relation, traces=traces, place=place)
                compiled = replace(compile_relation(problem, relation), relation=flat)
            else:
                main = max(range(len(traces)), key=lambda k: sum(traces[k].orders))
                drift = sympy.diff(relation.residual, problem.time)
                flat = replace(relation, traces=traces, place=place)
                implicit[index] = Implicit(
                    replace(compile_relation(problem, relation), relation=flat),
                    main,
                    compile_expressions(problem, relation.symbols, [drift]),
                )
                rest, symbol = sympy.Integer(0), relation.symbols[main]
                alone = replace(
                    relation,
                    residual=symbol,
                    traces=(traces[main],),
                    symbols=(symbol,),
                    place=place,
                )
                compiled = compile_relation(problem, alone)
            jets = [sympy.diff(rest, problem.time, k) for k in range(derivatives)]
            conditions.append(compiled)
            data.append(compile_expressions(problem, (), jets))
        return cls(problem, tuple(conditions), tuple(data), derivatives, implicit)


class Space:
    """A discretisation in space: what the right-hand side of the method of lines needs.

    Attributes
    ----------
    partition, basis : Partition, Basis
    points : array (m, d)
        Quadrature points of space, block by block, and their `weights`.
    null : array (unknowns * blocks * size, r), sparse where there are several blocks on a line
        Columns: functions that satisfy the homogeneous constraints, each of norm one.
    lift : array (unknowns * blocks * size, q)
        Coefficients of a function for unit data of each row of a wall, orthogonal to `null`.
    mass : array (r, r), sparse or a saddle where there are several blocks
        Inner products of the columns of `null`.
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
        self._full: list[Array] = []  # the same points with time among their coordinates
        self._constraints: Constraints | None = None  # of blocks that do not fit exactly
        joined, held, moments = self._joined(self._wall_rows(start))
        self.null, lift = self._kernel(joined, held, moments.shape[0])
        if self._constraints is not None:
            self._rough: Array = rough_traces(basis)
        else:
            self._columns, self._local = self._localised()
        self._tables: dict[Orders, Array] = {}
        one = np.ones(len(self.points))
        zero = (0,) * partition.dimension
        self.mass = self.assembled([(i, i, zero, one) for i in range(self.unknowns)])
        self._solve_mass = factorised(self.mass)
        if lift.size:
            # A change of data then leaves the projection of a function alone.
            lifts = lift.T.reshape(-1, self.unknowns, len(partition), basis.size)
            values = [self.values(i, zero, lifts) for i in range(self.unknowns)]
            lift = lift - self.null @ self._free(np.array(values).swapaxes(0, 1)).T
        self.lift = np.asarray(lift @ moments)
        self.implicit = self._implicit_walls()

    @property
    def size(self) -> int:
        """Free coordinates of one time derivative of the state."""
        return int(self.null.shape[1])

    def data(self, time: float, levels: Array) -> Array:
        """The data g of all constraint rows and its derivatives in time, (derivatives, q).

        `levels` (order, r) are the free coordinates that implicit walls depend on.
        """
        data = self._given(time)
        self.implicit.fill(time, levels, data)
        return data

    def start(self, time: float, values: Array) -> Array:
        """The data for functions known by their values (k, unknowns, m)."""
        data = self._given(time)
        if not self.walls.implicit:
            return data
        roots = np.sqrt(self.weights.reshape(len(self.partition), -1, 1))
        tables = roots * self.table((0,) * self.partition.dimension)
        shape = (len(values), self.unknowns, len(self.partition), -1)
        weighted = (values * np.sqrt(self.weights)).reshape(shape)
        nearest = np.array([np.linalg.pinv(table) for table in tables])
        for level, coefficients in reversed(
            list(enumerate(np.einsum("bkp,jubp->jubk", nearest, weighted)))
        ):
            self.implicit.begin(coefficients.ravel())
            data[level, self.implicit.slots] = self.implicit.memory
        # The traces of the nearest functions are off where those of functions that meet the
        # walls are not: each pass takes out what one leaves.
        for _ in range(_PASSES):
            data = self.data(time, self.project(values, data[: len(values)]))
        return data

    def _given(self, time: float) -> Array:
        problem = self.walls.problem
        at = problem.variables.index(problem.time)
        parts = [np.zeros((self.walls.derivatives, 0))]
        for full, (_, scale), function in zip(self._full, self._rows, self.walls.data, strict=True):
            full[:, at] = time
            part = np.empty((self.walls.derivatives, len(full)))
            for row, values in zip(
                part, function(*full.T, *problem.parameters.values()), strict=True
            ):
                row[:] = values
            parts.append(part / scale)
        return np.hstack(parts)

    def table(self, orders: Orders) -> Array:
        """A derivative of the functions of each block at its points, (blocks, p, size)."""
        if orders not in self._tables:
            each = len(self.basis.points)
            self._tables[orders] = np.array(
                [
                    self.basis.evaluate(
                        self.partition, b, self.points[b * each : (b + 1) * each], {orders}
                    )[orders]
                    for b in range(len(self.partition))
                ]
            )
        return self._tables[orders]

    def values(self, unknown: int, orders: Orders, coefficients: Array) -> Array:
        """Derivative at all points from several sets of coefficients, (k, m)."""
        chosen = coefficients[:, unknown].transpose(1, 2, 0)
        found = self.table(orders) @ chosen
        return np.asarray(found.reshape(len(self.points), len(coefficients)).T)

    def coefficients(self, free: Array, data: Array) -> Array:
        """Coefficients (k, unknowns, blocks, size) from free coordinates (k, r) and data (k, q)."""
        flat = self.null @ free.T + self.lift @ data.T
        return np.asarray(flat.T.reshape(-1, self.unknowns, len(self.partition), self.basis.size))

    def norms(self, free: Array) -> Array:
        """Norms in L2 of the unknowns from free coordinates (k, r), (k, unknowns)."""
        flat = (self.null @ free.T).reshape(self.unknowns, -1, len(free))
        return np.asarray(np.sqrt(np.sum(flat**2, axis=1)).T)

    def project(self, values: Array, data: Array) -> Array:
        """Free coordinates (k, r) of the functions nearest to values (k, unknowns, m)."""
        zero = (0,) * self.partition.dimension
        given = self.coefficients(np.zeros((len(values), self.size)), data)
        lifted = [self.values(i, zero, given) for i in range(self.unknowns)]
        return self._free(values - np.array(lifted).swapaxes(0, 1))

    def _free(self, values: Array) -> Array:
        """The same for functions that keep the homogeneous constraints."""
        blocks = len(self.partition)
        table = self.table((0,) * self.partition.dimension)
        weighted = (values * self.weights).reshape(-1, self.unknowns, blocks, table.shape[1])
        moments = np.swapaxes(table, 1, 2) @ weighted.transpose(1, 2, 3, 0)
        moments = moments.reshape(-1, len(values))
        return np.asarray(self._solve_mass(self.null.T @ moments)).T

    def assembled(
        self,
        terms: Sequence[tuple[int, int, Orders, Array]],
        slopes: Array | None = None,
        damping: Array | None = None,
    ) -> Matrix:
        """The matrix over all free coordinates of a sum of bilinear forms.

        A term (i, j, orders, gain) stands for the integral of gain (m,) times the test function
        of unknown i times a derivative of unknown j. `slopes` (slots, r) say how the data of
        implicit walls follow the free coordinates; `damping` is from :meth:`damping`.
        """
        size, blocks = self.basis.size, len(self.partition)
        zero = (0,) * self.partition.dimension
        whole = np.zeros((blocks, self.unknowns * size, self.unknowns * size))
        for i, j, orders, gain in terms:
            weighted = (self.weights * gain).reshape(blocks, -1, 1) * self.table(zero)
            rows, columns = (slice(u * size, (u + 1) * size) for u in (i, j))
            whole[:, rows, columns] += np.swapaxes(weighted, 1, 2) @ self.table(orders)
        if damping is not None:
            whole -= damping
        if self._constraints is not None:
            return Saddle(whole, self._constraints)
        tested = np.swapaxes(self._local, 1, 2) @ whole
        parts = tested @ self._local
        moments = np.zeros((self.size + 1, 0 if slopes is None else len(slopes)))
        if slopes is not None:
            lift = self.lift[:, self.implicit.slots].reshape(self.unknowns, blocks, size, -1)
            lifted = tested @ lift.swapaxes(0, 1).reshape(blocks, self.unknowns * size, -1)
            for held, part in zip(self._columns, lifted, strict=True):
                moments[held] += part
        if blocks == 1:
            return parts[0] if slopes is None else parts[0] + moments[:-1] @ slopes
        rows_at = np.broadcast_to(self._columns[:, :, None], parts.shape).ravel()
        columns_at = np.broadcast_to(self._columns[:, None, :], parts.shape).ravel()
        inside = (rows_at < self.size) & (columns_at < self.size)
        entries = (parts.ravel()[inside], (rows_at[inside], columns_at[inside]))
        shape = (self.size, self.size)
        matrix = scipy.sparse.csc_array(scipy.sparse.coo_array(entries, shape=shape))
        if slopes is None:
            return matrix
        return matrix + scipy.sparse.csc_array(moments[:-1]) @ scipy.sparse.csc_array(slopes)

    def damping(self, speeds: Array) -> Array | None:
        """Forms (blocks, n, n) that damp what blocks do not share, at speeds (unknowns, blocks, d).

        None where blocks share all: on a line, and where there is one alone.
        """
        if self._constraints is None:
            return None
        size, half = self.basis.size, self.partition.half_widths
        whole = np.zeros((len(self.partition), self.unknowns * size, self.unknowns * size))
        for i, each in enumerate(speeds):
            held = slice(i * size, (i + 1) * size)
            whole[:, held, held] = np.tensordot(0.5 * each / half, self._rough, 1)
        return whole

    def damped(self, damping: Array, coefficients: Array) -> Array:
        """Free coordinates (k, r) of what a damping takes from coefficients (k, ...)."""
        flat = coefficients.transpose(2, 1, 3, 0).reshape(len(damping), -1, len(coefficients))
        taken = (damping @ flat).reshape(len(damping), self.unknowns, self.basis.size, -1)
        moments = taken.swapaxes(0, 1).reshape(-1, len(coefficients))
        return np.asarray(self._solve_mass(self.null.T @ moments)).T

    def gap(self, values: Array, free: Array, data: Array) -> float:
        """Distance of values (unknowns, m) from a state in L2, relative to the values."""
        zero = (0,) * self.partition.dimension
        apart = 0.0
        for i, row in enumerate(values):
            found = self.values(i, zero, self.coefficients(free[None], data[None]))[0]
            apart += float(self.weights @ (found - row) ** 2)
        return float(np.sqrt(apart / (float(np.sum(self.weights * values**2)) or 1.0)))

    def tails(self, coefficients: Array, scales: Array) -> Array:
        """Each block's roughest functions against the scale of an unknown, (blocks,)."""
        last = max(2, self.basis.size // 10)
        rough = np.sqrt(np.sum(coefficients[:, :, -last:] ** 2, axis=2))
        rough = np.maximum(rough - _ROUNDING * scales.max(), 0.0)
        return np.asarray(np.max(rough / np.where(scales > 0.0, scales, 1.0)[:, None], axis=0))

    def _kernel(
        self, joined: scipy.sparse.csc_array, held: Array, tested: int
    ) -> tuple[Matrix, Array]:
        """Columns of norm one, combined from those of `joined`, on which the rows vanish.

        And columns for unit data of those rows that test the walls: the first of `held`.
        """
        scale = np.abs(held).max(axis=1, keepdims=True, initial=0.0)
        touched = np.any(np.abs(held) > _NOTHING * scale, axis=0)
        bound, free = joined[:, np.flatnonzero(touched)], joined[:, np.flatnonzero(~touched)]
        if self.partition.dimension > 1 and len(self.partition) > 1:
            chosen, lifted, kernel = independent(held[:, touched], _DEPENDENT)
            null = np.hstack([free.toarray(), bound @ kernel])
            rows = (bound @ held[np.ix_(chosen, np.flatnonzero(touched))].T).T
            self._constraints = Constraints.of(rows, null, self.unknowns, len(self.partition))
            return null, np.asarray(bound @ lifted[:, :tested])
        left, values, right = scipy.linalg.svd(held[:, touched], full_matrices=True)
        cut = _DEPENDENT_ON_A_LINE if self.partition.dimension == 1 else _DEPENDENT
        rank = int(np.sum(values > cut * values.max(initial=0.0)))
        lift = bound @ ((right[:rank].T / values[:rank]) @ left[:tested, :rank].T)
        if len(self.partition) == 1:
            return np.hstack([free.toarray(), bound @ right[rank:].T]), np.asarray(lift)
        kept = bound @ scipy.sparse.csc_array(right[rank:].T)
        null = scipy.sparse.csc_array(scipy.sparse.hstack([free, kept]))
        lengths = scipy.sparse.linalg.norm(null, axis=0)
        return scipy.sparse.csc_array(null / lengths), np.asarray(lift)

    def _implicit_walls(self) -> ImplicitWalls:
        ends = np.cumsum([0, *(len(points) for points, _ in self._rows)])
        return ImplicitWalls(
            self,
            [
                (condition, self._rows[k][0], slice(ends[k], ends[k + 1]), self._rows[k][1])
                for k, condition in self.walls.implicit.items()
            ],
        )

    def _localised(self) -> tuple[Integers, Array]:
        """Which free coordinates matter on each block, (blocks, c), `size` standing for none.

        And the coefficients of each block from its coordinates, (blocks, unknowns * size, c).
        """
        if len(self.partition) == 1:
            return np.arange(self.size)[None], self.null[None]
        rows = scipy.sparse.csr_array(self.null)
        each, count = self.basis.size, len(self.partition)
        starts = each * (np.arange(self.unknowns)[:, None] * count + np.arange(count))
        chosen, pieces = [], []
        for block in range(count):
            piece = rows[(starts[:, block, None] + np.arange(each)).ravel()]
            used = np.unique(piece.indices)
            chosen.append(used)
            pieces.append(piece[:, used].toarray())
        columns = np.full((count, max(map(len, chosen))), self.size)
        local = np.zeros((count, self.unknowns * each, columns.shape[1]))
        for block, (used, piece) in enumerate(zip(chosen, pieces, strict=True)):
            columns[block, : len(used)] = used
            local[block, :, : len(used)] = piece
        return columns, local

    def _wall_rows(self, start: float) -> list[Array]:
        """Rows of each condition over all coefficients; keeps its points."""
        problem = self.walls.problem
        time = problem.variables.index(problem.time)
        total = self.unknowns * len(self.partition) * self.basis.size
        rows = []
        for index, condition in enumerate(self.walls.conditions):
            points = place_points(problem, condition, self.partition, self.basis.size, (index, 0))
            full = np.insert(points, time, start, axis=1)
            self._full.append(full)
            self._rows.append((points, 1.0))
            _, partials = condition(full, np.zeros((len(condition.traces), len(points))))
            row = np.zeros((len(points), total))
            for trace, partial in zip(condition.traces, partials, strict=True):
                row += partial[:, None] * self.functional(trace, points)
            rows.append(row)
        return rows

    def _joined(
        self, walls: list[Array]
    ) -> tuple[scipy.sparse.csc_array, Array, scipy.sparse.csr_array]:
        """Functions that fit together where no rows are needed for it, and the rows that are.

        The rows are over the functions and of unit length in the mean; those of the walls, whose
        scales are kept, come first. The last matrix says what they make of data at the points.
        """
        problem, count = self.walls.problem, len(self.partition)
        time = problem.variables.index(problem.time)
        orders = [without(o, time) for o in problem.orders]
        rows = walls
        moments = [scipy.sparse.eye_array(len(row)) for row in walls]
        if count == 1:
            joined = scipy.sparse.csc_array(scipy.sparse.eye_array(self.unknowns * self.basis.size))
        elif self.partition.dimension == 1:
            joined = continuous_on_a_line(self.partition, self.basis, [int(o[0]) for o in orders])
        else:
            moments = [self._face_moments(number) for number in range(len(walls))]
            tested = [matrix @ row for matrix, row in zip(moments, walls, strict=True)]
            rows = [*tested, *jumps(self.partition, self.basis, orders)]
            none = np.zeros((0, self.unknowns * count * self.basis.size))
            every = np.concatenate([none, *(row / _mean_length(row) for row in rows)])
            joined = split_by_trace(every, self.unknowns, count)
        held = [row @ joined for row in rows]
        lengths = list(map(_mean_length, held))
        points = [points for points, _ in self._rows]
        self._rows = list(zip(points, lengths, strict=False))
        scaled = [row / length for row, length in zip(held, lengths, strict=True)]
        stacked = np.concatenate([np.zeros((0, joined.shape[1])), *scaled])
        return (
            joined,
            stacked,
            scipy.sparse.csr_array(scipy.sparse.block_diag([*moments, np.zeros((0, 0))])),
        )

    def _face_moments(self, number: int) -> scipy.sparse.coo_array:
        """What tests a condition at its points against polynomials on the faces of blocks."""
        points, _ = self._rows[number]
        place = self.walls.conditions[number].relation.place
        free = [axis for axis, value in enumerate(place) if value is None]
        where = self.partition.locate(points)
        tests, at_rows, at_columns, count = [], [], [], 0
        for block in np.unique(where):
            held = np.flatnonzero(where == block)
            reference = self.partition.to_reference(points[held], int(block))[:, free]
            test, _ = np.linalg.qr(face_polynomials(reference, self.basis))
            tests.append(test.ravel())
            at_rows.append(np.tile(np.arange(count, count + test.shape[1]), len(held)))
            at_columns.append(np.repeat(held, test.shape[1]))
            count += test.shape[1]
        places = (np.concatenate(at_rows), np.concatenate(at_columns))
        return scipy.sparse.coo_array((np.concatenate(tests), places), shape=(count, len(points)))

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


def _mean_length(rows: Array) -> float:
    """Of rows: in the mean square, or one if they are all zero."""
    return float(np.sqrt(np.mean(np.sum(rows**2, axis=1)))) or 1.0


def factorised(matrix: Matrix) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The solver of a system: dense, sparse or a saddle."""
    if isinstance(matrix, Saddle):
        return matrix.factorised()
    if scipy.sparse.issparse(matrix):
        factors = scipy.sparse.linalg.splu(matrix)
        return lambda right: np.asarray(factors.solve(right))
    dense = scipy.linalg.lu_factor(matrix, check_finite=False)
    return lambda right: np.asarray(scipy.linalg.lu_solve(dense, right, check_finite=False))


def _is_inside(relation: Relation, problem: Problem) -> bool:
    """Whether a condition takes a trace elsewhere than on the walls."""
    time = problem.variables.index(problem.time)
    ends = list(zip(problem.domain.lower, problem.domain.upper, strict=True))
    return any(
        place is not None and place not in end
        for trace in relation.traces
        for axis, (place, end) in enumerate(zip(trace.place, ends, strict=True))
        if axis != time
    )


def without(values: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """A tuple of one entry for each variable, without that of time."""
    return values[:axis] + values[axis + 1 :]


def in_space(trace: Trace, time: int) -> Trace:
    """A trace over the variables of space alone."""
    return replace(trace, orders=without(trace.orders, time), place=without(trace.place, time))
