r"""A network in space for the method of lines: basis, walls and derivative matrices.

On each block the features of a network are made orthonormal over Gauss-Legendre points
(singular values cut at 1e-12 and below), smooth functions first, which gives

.. math:: u(x, t) = \sum_k a_k(t)\, \psi_k(x).

Walls and interfaces are linear constraints :math:`C a = g(t)`, on blocks in the plane and in space
for the polynomials of their faces. They are kept by a basis of their null space
(:mod:`.null_space`) or by multipliers (:mod:`.multipliers`): the projection of the equation on
functions that keep them is a Galerkin method, stable where the equation is.

The state holds for each unknown its time derivatives below the equation's order in time;
all of them obey the same constraints, with the derivatives of :math:`g` as data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...approximation.basis import Basis
from ...geometry.partition import Partition
from ...linalg.constraints.multipliers import Multipliers, Saddle
from ...linalg.constraints.null_space import (
    DEPENDENT,
    DEPENDENT_ON_A_LINE,
    NullSpace,
    by_block,
    by_unknown,
    factorised,
)
from ...problem.compiled.walls import Walls, without
from ...problem.terms.trace import Trace
from ...randomness import PROBES, Purpose
from ...rounding import relative_rounding
from ...rules.judgement import A_DIGIT
from ..traces import place_points, placements
from .continuity import (
    constant_function,
    continuous_on_a_line,
    face_polynomials,
    joints_on_a_line,
    jumps,
    rough_traces,
    smoother,
)
from .implicit_walls import Held, ImplicitWalls
from .moving_walls import MovingWalls, Placed

Joints = tuple[scipy.sparse.csr_array, scipy.sparse.csc_array]
Matrix = Any  # a dense array, a sparse one of blocks on a line, or a saddle beyond it


class Space:
    """A discretisation in space: what the right-hand side of the method of lines needs.

    Attributes
    ----------
    partition, basis : Partition, Basis
    points : array (m, d)
        Quadrature points of space, block by block, and their `weights`.
    implicit : ImplicitWalls or None
        The conditions that no constant matrix holds, if any.
    moving : MovingWalls or None
        Those that are equations of their own.
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
        self._tables: dict[Orders, Array] = {}
        self._products: dict[Orders, Array] = {}
        self._rough: Array | None = None  # forms of rough traces, once they are asked for
        time = walls.problem.variables.index(walls.problem.time)
        self._wall_points = [
            place_points(
                walls.problem, condition, partition, basis.size, PROBES.of(Purpose.PLACES, index)
            )
            for index, condition in enumerate(walls.conditions)
        ]
        self._full = [np.insert(points, time, start, axis=1) for points in self._wall_points]
        self._kept = self._constrained()
        # Those of the stages of a step are asked for at every iterate, and by its dense output.
        self._given = lru_cache(_data(walls, self._wall_points, self._kept.scales))
        self.implicit = self._implicit_walls()
        self.moving = self._moving_walls()

    @property
    def size(self) -> int:
        """Free coordinates of one time derivative of the state."""
        return self._kept.size

    @property
    def first(self) -> int:
        """How many of them, the first ones, are not of multipliers."""
        return self._kept.first if isinstance(self._kept, NullSpace) else self.size

    @property
    def mass(self) -> Matrix:
        """Inner products of the free coordinates' functions."""
        return self._kept.mass

    def data(self, time: float, levels: Array) -> Array:
        """The data g of all constraint rows and its derivatives in time, (derivatives, q).

        `levels` (order, r) are the free coordinates that implicit walls depend on.
        """
        data = self._given(time).copy()
        if self.implicit is not None:
            self.implicit.fill(time, levels, data)
        return data

    def start(self, time: float, values: Array) -> Array:
        """The data for functions known by their values (k, unknowns, m)."""
        data = self._given(time).copy()
        if self.implicit is None:
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
        # walls are not: each pass takes out what one leaves, as long as it is less by half.
        before, change = np.inf, float(np.finfo(float).max)
        while 0.0 < change <= 0.5 * before:
            found = self.data(time, self.project(values, data[: len(values)]))
            before, change = change, float(np.abs(found - data).max())
            data = found
        return data

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
        flat = self._kept.coefficients(free.T, data.T)
        return np.asarray(flat.T.reshape(-1, self.unknowns, len(self.partition), self.basis.size))

    def norms(self, free: Array) -> Array:
        """Norms in L2 of the unknowns from free coordinates (k, r), (k, unknowns)."""
        flat = self._kept.homogeneous(free.T).reshape(self.unknowns, -1, len(free))
        return np.asarray(np.sqrt(np.sum(flat**2, axis=1)).T)

    def project(self, values: Array, data: Array, told: Array | None = None) -> Array:
        """Free coordinates (k, r) of the functions nearest to values (k, unknowns, m).

        `told` (k, s) are those that moving walls tell, the last ones, where they are known.
        """
        zero = (0,) * self.partition.dimension
        given = self.coefficients(np.zeros((len(values), self.size)), data)
        lifted = [self.values(i, zero, given) for i in range(self.unknowns)]
        moments = self._moments(values - np.array(lifted).swapaxes(0, 1))
        if told is None or not isinstance(self._kept, NullSpace):
            return self._kept.nearest(moments).T
        return self._kept.nearest(moments, told.T).T

    def nearest(self, moments: Array) -> Array:
        """Free coordinates (k, r) of the functions with moments (n, k) with those of all blocks."""
        return self._kept.nearest(moments).T

    def held(self, block: int) -> slice:
        """Which of the points are of a block."""
        each = len(self.basis.points)
        return slice(block * each, (block + 1) * each)

    @cached_property
    def samples(self) -> Array:
        """Points of a line from end to end, in rising order, the edges of blocks among them."""
        return np.union1d(self.points[:, 0], self.partition.edges(0))

    def sides(self, places: Sequence[float]) -> Iterator[tuple[int, Array, Array]]:
        """Blocks of a line with places inside: points (m, 1) between these, and their weights."""
        edges = self.partition.edges(0)
        nodes, shares = self.basis.points[:, 0], self.basis.weights
        inside = np.setdiff1d(places, edges)
        owners = self.partition.locate(inside[:, None])
        for block in np.unique(owners):
            (lower,), (upper,) = self.partition.lower[block], self.partition.upper[block]
            ends = np.concatenate([[lower], inside[owners == block], [upper]])
            half = 0.5 * np.diff(ends)[:, None]
            points = 0.5 * (ends[:-1] + ends[1:])[:, None] + half * nodes
            weights = 2.0 * half * shares / (edges[-1] - edges[0])
            yield int(block), points.reshape(-1, 1), weights.ravel()

    def told(self, levels: Array) -> Array:
        """Of free coordinates (k, r) those that moving walls tell, (k, s)."""
        return levels[:, self._kept.tests :] if isinstance(self._kept, NullSpace) else levels[:, :0]

    def told_by(self, function: Callable[[Array], Array], levels: Array, data: Array) -> Array:
        """Those where moving walls have values of a function, (k, unknowns, m) at points.

        Where they hold time derivatives and tell values; others are as in `levels`.
        """
        kept = self._kept
        if not isinstance(kept, NullSpace) or self.moving is None:
            return self.told(levels)
        moved = kept.moved(self.told(levels).T)
        lifted = self.coefficients(np.zeros_like(levels), data).reshape(len(levels), -1)
        ends = np.cumsum([0, *(len(p.points) for p in self.moving.placed)])
        for first, last, placed in zip(ends, ends[1:], self.moving.placed, strict=False):
            main = placed.condition.main
            if placed.condition.level and not any(main.orders):
                (_, points, _) = next(placements(main, placed.points, self.partition))
                there = function(points)[:, main.unknown].T
                moved[first:last] = (there - placed.main @ lifted.T) / placed.scale
        return kept.told(moved).T

    def admissible(self, free: Array) -> Array:
        """Free coordinates (k, r) without what rounding adds that breaks the constraints."""
        return self._kept.admissible(free.T).T

    def tested(self, values: Array) -> Array:
        """Inner products (k, r) of values (k, unknowns, m) with functions that keep all walls."""
        return self._kept.tested(self._moments(values)).T

    def _moments(self, values: Array) -> Array:
        """Those with all functions of every block, (n, k)."""
        blocks = len(self.partition)
        table = self.table((0,) * self.partition.dimension)
        weighted = (values * self.weights).reshape(-1, self.unknowns, blocks, table.shape[1])
        moments = np.swapaxes(table, 1, 2) @ weighted.transpose(1, 2, 3, 0)
        return np.asarray(moments.reshape(-1, len(values)))

    def assembled(
        self,
        terms: Sequence[tuple[int, int, Orders, Array]],
        slopes: Array | None = None,
        damping: Array | None = None,
        *,
        told: bool = False,
    ) -> Matrix:
        """The matrix over all free coordinates of a sum of bilinear forms.

        A term (i, j, orders, gain) stands for the integral of gain (m,) times the test function
        of unknown i times a derivative of unknown j. `slopes` (slots, r) say how the data of
        implicit walls follow the free coordinates; `damping` is from :meth:`damping`. With `told`
        functions of what moving walls tell are tests as well, the last ones.
        """
        forms = self._forms(terms)
        if damping is not None:
            forms -= damping
        if self.implicit is None or slopes is None:
            return self._null_space.form(forms, told=True) if told else self._kept.form(forms)
        return self.implicit.form(forms, slopes)

    def _forms(self, terms: Sequence[tuple[int, int, Orders, Array]]) -> Array:
        """The same on each block, (blocks, unknowns * size, unknowns * size)."""
        size, blocks = self.basis.size, len(self.partition)
        tests = np.swapaxes(self.table((0,) * self.partition.dimension), 1, 2)
        forms = np.zeros((blocks, self.unknowns * size, self.unknowns * size))
        varying: dict[tuple[int, int], Array] = {}
        for i, j, orders, gain in terms:
            if np.all(gain == gain[0]):
                rows, columns = (slice(u * size, (u + 1) * size) for u in (i, j))
                forms[:, rows, columns] += gain[0] * self._product(orders)
                continue
            weighted = (self.weights * gain).reshape(blocks, -1, 1) * self.table(orders)
            # One product of matrices for all terms of a pair.
            varying[i, j] = varying[i, j] + weighted if (i, j) in varying else weighted
        for (i, j), weighted in varying.items():
            rows, columns = (slice(u * size, (u + 1) * size) for u in (i, j))
            forms[:, rows, columns] += tests @ weighted
        return forms

    def _product(self, orders: Orders) -> Array:
        """The integrals of all functions of each block times a derivative of all."""
        if orders not in self._products:
            zero = (0,) * self.partition.dimension
            blocks = len(self.partition)
            weighted = self.weights.reshape(blocks, -1, 1) * self.table(zero)
            self._products[orders] = np.swapaxes(weighted, 1, 2) @ self.table(orders)
        return self._products[orders]

    def damping(self, speeds: Array) -> Array | None:
        """Forms (blocks, n, n) that damp what blocks do not share, at speeds (unknowns, blocks, d).

        None where blocks share all: on a line, and where there is one alone.
        """
        if self._kept.fits:
            return None
        size, half = self.basis.size, self.partition.half_widths
        if self._rough is None:
            self._rough = rough_traces(self.basis)
        forms = np.zeros((len(self.partition), self.unknowns * size, self.unknowns * size))
        for i, each in enumerate(speeds):
            held = slice(i * size, (i + 1) * size)
            forms[:, held, held] = np.tensordot(0.5 * each / half, self._rough, 1)
        return forms

    def damped(self, damping: Array, coefficients: Array) -> Array:
        """Free coordinates (k, r) of what a damping takes from coefficients (k, ...)."""
        shape = (self.unknowns, len(damping))
        flat = coefficients.reshape(len(coefficients), -1).T
        return self._kept.nearest(by_unknown(damping @ by_block(flat, *shape), *shape)).T

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
        last = max(2, int(self.basis.size / A_DIGIT))
        rough = np.sqrt(np.sum(coefficients[:, :, -last:] ** 2, axis=2))
        # Multipliers are made of slopes of the others, of which they show the rounding.
        rough[list(self.walls.multipliers)] = 0.0
        # What is smaller than the sum of all may be the rounding of zero.
        rounding = relative_rounding(coefficients[0].size)
        rough = np.maximum(rough - rounding * scales.max(), 0.0)
        return np.asarray(np.max(rough / np.where(scales > 0.0, scales, 1.0)[:, None], axis=0))

    def _constrained(self) -> NullSpace | Multipliers:
        """The functions that fit together, and what keeps the conditions among them."""
        problem, basis, partition = self.walls.problem, self.basis, self.partition
        time = problem.variables.index(problem.time)
        orders = [without(o, time) for o in problem.orders]
        zero, one = (0,) * partition.dimension, np.ones(len(self.points))
        mass = self._forms([(i, i, zero, one) for i in range(self.unknowns)])
        rows = [self._wall_rows(number) for number in range(len(self._wall_points))]
        line = partition.dimension == 1
        if line or len(partition) == 1:
            joined, joints = self._joined(orders)
            return NullSpace(
                joined,
                rows,
                mass,
                self.unknowns,
                DEPENDENT_ON_A_LINE if line else DEPENDENT,
                self.walls.moving,
                self.walls.multipliers,
                joints,
            )
        tests = [self._face_moments(number) for number in range(len(rows))]
        tested = [test @ row for test, row in zip(tests, rows, strict=True)]
        faces = jumps(partition, basis, orders, self.walls.planes)
        return Multipliers(tested, faces, tests, mass, self.unknowns, DEPENDENT)

    def _joined(self, orders: Sequence[Orders]) -> tuple[scipy.sparse.csc_array, Joints | None]:
        """Functions of one block or a line of them that fit together, and its joints on a line."""
        partition, basis, unknowns = self.partition, self.basis, range(self.unknowns)
        multipliers = self.walls.multipliers
        lone = constant_function(partition, self.table((0,) * partition.dimension))
        own = dict.fromkeys(self.walls.problem.lumped, lone)
        if partition.dimension == 1 and len(partition) > 1:
            broken = [place for _, place in self.walls.planes]
            across = [int(multipliers.get(k, orders[k])[0]) for k in unknowns]
            joined = continuous_on_a_line(partition, basis, across, broken, own, multipliers)
            apart = {*own, *multipliers}
            return joined, joints_on_a_line(partition, basis, across, broken, apart)
        whole = scipy.sparse.eye_array(basis.size, format="csc")
        own |= dict.fromkeys(multipliers, whole[:, : smoother(basis)])
        joined = scipy.sparse.csc_array(
            scipy.sparse.block_diag([own.get(k, whole) for k in unknowns])
        )
        line = partition.dimension == 1
        return joined, joints_on_a_line(partition, basis, [0] * len(unknowns)) if line else None

    def _implicit_walls(self) -> ImplicitWalls | None:
        if not isinstance(self._kept, NullSpace) or not self.walls.implicit:
            return None
        ends = np.cumsum([0, *map(len, self._wall_points)])
        held = [
            Held(
                condition,
                self._wall_points[k],
                np.arange(ends[k], ends[k + 1]),
                self._kept.scales[k],
                [self.functional(t, self._wall_points[k]) for t in condition.residual.traces],
            )
            for k, condition in self.walls.implicit.items()
        ]
        return ImplicitWalls(self.walls.problem, self._kept, held)

    def _moving_walls(self) -> MovingWalls | None:
        if not isinstance(self._kept, NullSpace) or not self.walls.moving:
            return None
        placed = [
            Placed(
                condition,
                self._wall_points[k],
                self._kept.scales[k],
                [self.functional(t, self._wall_points[k]) for t in condition.residual.traces],
                self.functional(condition.main, self._wall_points[k]),
            )
            for k, condition in sorted(self.walls.moving.items())
        ]
        time = self.walls.problem.variables.index(self.walls.problem.time)
        return MovingWalls(time, placed, self._kept.weights)

    @property
    def _null_space(self) -> NullSpace:
        """What keeps the constraints, where some walls are equations of their own."""
        assert isinstance(self._kept, NullSpace)
        return self._kept

    def tested_by_told(self, values: Array) -> Array:
        """Inner products (k, s) with the functions of what moving walls tell."""
        return self._null_space.tested_by_told(self._moments(values)).T

    @property
    def told_lengths(self) -> Array:
        """What those functions have of it, (s,)."""
        return self._null_space.lengths

    def over_free(self, rows: Any) -> Any:
        """Rows over all coefficients as rows over the free coordinates."""
        return rows @ self._null_space.functions

    def _wall_rows(self, number: int) -> scipy.sparse.csr_array:
        """Rows of a condition over all coefficients."""
        condition, points = self.walls.conditions[number], self._wall_points[number]
        _, partials = condition.at_zero(self._full[number])
        total = self.unknowns * len(self.partition) * self.basis.size
        rows = scipy.sparse.csr_array((len(points), total))
        for trace, partial in zip(condition.traces, partials, strict=True):
            rows = rows + scipy.sparse.diags_array(partial) @ self.functional(trace, points)
        return scipy.sparse.csr_array(rows)

    def _face_moments(self, number: int) -> scipy.sparse.csr_array:
        """What tests a condition at its points against polynomials on the faces of blocks."""
        points = self._wall_points[number]
        free = self.walls.conditions[number].relation.place.free
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
        entries = (np.concatenate(tests), places)
        return scipy.sparse.csr_array(scipy.sparse.coo_array(entries, shape=(count, len(points))))

    def functional(self, trace: Trace, points: Array) -> scipy.sparse.csr_array:
        """A trace at points of its place, as rows over all coefficients."""
        size, count = self.basis.size, len(self.partition)
        shape = (len(points), self.unknowns * count * size)
        entries, at_rows, at_columns = [], [], []
        for owners, placed, shares in placements(trace, points, self.partition):
            where = self.partition.locate(placed)
            for block in np.unique(where):
                held = np.flatnonzero(where == block)
                functions = self.basis.evaluate(
                    self.partition, int(block), placed[held], {trace.orders}
                )[trace.orders]
                first = (trace.unknown * count + block) * size
                entries.append((shares[held, None] * functions).ravel())
                at_rows.append(np.repeat(owners[held], size))
                at_columns.append(np.tile(np.arange(first, first + size), len(held)))
        places = (np.concatenate(at_rows), np.concatenate(at_columns))
        rows = scipy.sparse.coo_array((np.concatenate(entries), places), shape=shape)
        return scipy.sparse.csr_array(rows)  # which sums what falls on one entry


def _data(
    walls: Walls, points: Sequence[Array], scales: Sequence[float]
) -> Callable[[float], Array]:
    """The data g of all constraint rows and its derivatives in time, (derivatives, q), by time."""
    at = walls.problem.variables.index(walls.problem.time)

    def data(time: float) -> Array:
        parts = [np.zeros((walls.derivatives, 0))]
        for held, scale, table in zip(points, scales, walls.data, strict=True):
            parts.append(table(np.insert(held, at, time, axis=1)) / scale)
        return np.hstack(parts)

    return data


def solver(matrix: Matrix) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The solver of a system over the free coordinates of a space."""
    return matrix.factorised() if isinstance(matrix, Saddle) else factorised(matrix)
