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
import sympy
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problem import Problem, Relation, Trace
from .basis import Basis
from .collocation import face_points, place_points, placements
from .network import Orders
from .partition import Partition
from .residual import Residual, compile_expressions, compile_relation

Array = NDArray[np.float64]

# Singular values of the constraints (rows of unit length) below which they say nothing new. On a
# line they are few and independent; on the faces of a plane they are many, and the smallest
# singular values are the noise of the roughest functions (heat on a square: 1e-10 against 1e-6).
_DEPENDENT_ON_A_LINE, _DEPENDENT = 1e-10, 1e-5
_ROUNDING = 1e-13  # of the largest unknown: what is smaller may be the rounding of zero
DATA_DERIVATIVES = 5  # of wall data in time: for a state of order 2 and its quintic output


@dataclass(frozen=True, slots=True)
class Walls:
    """The conditions in space, linear in the unknowns, with data that may change in time.

    `conditions[k]` is a relation over the variables of space alone, `data[k]` a function of
    all variables and the parameters that returns g and its first derivatives in time.
    """

    problem: Problem
    conditions: tuple[Residual, ...]
    data: tuple[Callable[..., Sequence[Any]], ...]

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
            jets = [sympy.diff(rest, problem.time, k) for k in range(DATA_DERIVATIVES)]
            data.append(compile_expressions(problem, (), jets))
            traces = tuple(in_space(trace, time) for trace in relation.traces)
            place = without(relation.place, time)
            flat = replace(relation, traces=traces, place=place)
            conditions.append(replace(compile_relation(problem, relation), relation=flat))
        return cls(problem, tuple(conditions), tuple(data))


class Space:
    """A discretisation in space: what the right-hand side of the method of lines needs.

    Attributes
    ----------
    partition, basis : Partition, Basis
    points : array (m, d)
        Quadrature points of space.
    null : array (unknowns * blocks * size, r)
        Columns: orthonormal coordinates that satisfy the homogeneous constraints.
    lift : array (unknowns * blocks * size, q)
        Coefficients of least norm for unit data of each constraint row.
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
        constraints = self._constraints(start)
        left, values, right = scipy.linalg.svd(constraints, full_matrices=True)
        cut = _DEPENDENT_ON_A_LINE if partition.dimension == 1 else _DEPENDENT
        rank = int(np.sum(values > cut * (values[0] if len(values) else 1.0)))
        self.null = right[rank:].T
        self.lift = (right[:rank].T / values[:rank]) @ left[:, :rank].T
        self._matrices: dict[tuple[int, Orders], tuple[Array, Array]] = {}
        self.projections = self._projections()

    @property
    def size(self) -> int:
        """Free coordinates of one time derivative of the state."""
        return int(self.null.shape[1])

    def data(self, time: float) -> Array:
        """The data g of all constraint rows and its derivatives in time, (derivatives, q)."""
        problem = self.walls.problem
        at = problem.variables.index(problem.time)
        parts = [np.zeros((DATA_DERIVATIVES, self._interface_rows))]
        for (points, scale), function in zip(self._rows, self.walls.data, strict=True):
            full = np.insert(points, at, time, axis=1)
            part = np.empty((DATA_DERIVATIVES, len(points)))
            for row, values in zip(
                part, function(*full.T, *problem.parameters.values()), strict=True
            ):
                row[:] = values
            parts.append(part / scale)
        return np.hstack(parts)

    def matrices(self, unknown: int, orders: Orders) -> tuple[Array, Array]:
        """Derivative at all points from free coordinates (m, r) and from data (m, q)."""
        key = (unknown, orders)
        if key not in self._matrices:
            columns = self._columns(unknown)
            null, lift = self.null[columns], self.lift[columns]
            size, each = self.basis.size, len(self.basis.points)
            free, given = [], []
            for block in range(len(self.partition)):
                points = self.points[block * each : (block + 1) * each]
                values = self.basis.evaluate(self.partition, block, points, {orders})[orders]
                here = slice(block * size, (block + 1) * size)
                free.append(values @ null[here])
                given.append(values @ lift[here])
            self._matrices[key] = (np.concatenate(free), np.concatenate(given))
        return self._matrices[key]

    def coefficients(self, free: Array, data: Array) -> Array:
        """Coefficients (unknowns, blocks, size) from free coordinates and data."""
        flat = self.null @ free + self.lift @ data
        return np.asarray(flat.reshape(self.unknowns, len(self.partition), self.basis.size))

    def project(self, values: Array, data: Array) -> Array:
        """Free coordinates of the functions nearest to values (unknowns, m)."""
        zero = (0,) * self.partition.dimension
        free = np.zeros(self.size)
        for i, (projection, row) in enumerate(zip(self.projections, values, strict=True)):
            free += projection @ (row - self.matrices(i, zero)[1] @ data)
        return free

    def gap(self, values: Array, free: Array, data: Array) -> float:
        """Distance of values (unknowns, m) from a state in L2, relative to the values."""
        zero = (0,) * self.partition.dimension
        apart = 0.0
        for i, row in enumerate(values):
            from_free, from_data = self.matrices(i, zero)
            apart += float(self.weights @ (from_free @ free + from_data @ data - row) ** 2)
        return float(np.sqrt(apart / (float(np.sum(self.weights * values**2)) or 1.0)))

    def tails(self, coefficients: Array) -> Array:
        """Share of each block's roughest functions in the whole solution, (blocks,)."""
        norms = np.sqrt(np.sum(coefficients**2, axis=(1, 2)))
        rounding = _ROUNDING * norms.max()
        norms = np.where(norms > rounding, norms, 1.0)
        last = max(2, self.basis.size // 10)
        rough = np.sqrt(np.sum(coefficients[:, :, -last:] ** 2, axis=2))
        return np.asarray(np.max(np.maximum(rough - rounding, 0.0) / norms[:, None], axis=0))

    def _projections(self) -> list[Array]:
        """For each unknown: values at the points -> free coordinates, in weighted least squares.

        The functions are orthonormal up to rounding amplified by the cut, so this is nearly
        their transpose; but only the least-squares inverse is exact for what is tabulated.
        """
        zero = (0,) * self.partition.dimension
        roots = np.sqrt(self.weights)
        tables = [roots[:, None] * self.matrices(i, zero)[0] for i in range(self.unknowns)]
        orthogonal, triangle = scipy.linalg.qr(np.concatenate(tables), mode="economic")
        inverse = scipy.linalg.solve_triangular(triangle, orthogonal.T)
        return [part * roots for part in np.split(inverse, self.unknowns, axis=1)]

    def _columns(self, unknown: int) -> slice:
        size = len(self.partition) * self.basis.size
        return slice(unknown * size, (unknown + 1) * size)

    def _constraints(self, start: float) -> Array:
        """Rows of interfaces and walls over all coefficients, each of unit length."""
        problem = self.walls.problem
        time = problem.variables.index(problem.time)
        total = self.unknowns * len(self.partition) * self.basis.size
        rows: list[Array] = []
        count = int(2 * self.basis.size ** (1 - 1 / self.partition.dimension)) + 2
        for face in self.partition.interfaces():
            points = face_points(face, count)
            for unknown, orders in enumerate(problem.orders):
                for order in range(without(orders, time)[face.axis]):
                    alpha = tuple(
                        order if a == face.axis else 0 for a in range(self.partition.dimension)
                    )
                    row = np.zeros((len(points), total))
                    for side, sign in ((face.left, 1.0), (face.right, -1.0)):
                        values = self.basis.evaluate(self.partition, side, points, {alpha})
                        row[:, self._block(unknown, side)] = sign * values[alpha]
                    rows.append(row / np.sqrt(np.mean(np.sum(row**2, axis=1))))
        self._interface_rows = sum(len(r) for r in rows)
        for index, condition in enumerate(self.walls.conditions):
            points = place_points(problem, condition, self.partition, self.basis.size, (index, 0))
            full = np.insert(points, time, start, axis=1)
            _, partials = condition(full, np.zeros((len(condition.traces), len(points))))
            row = np.zeros((len(points), total))
            for trace, partial in zip(condition.traces, partials, strict=True):
                for placed, share in placements(trace, points, self.partition):
                    where = self.partition.locate(placed)
                    for block in np.unique(where):
                        held = np.flatnonzero(where == block)
                        functions = self.basis.evaluate(
                            self.partition, int(block), placed[held], {trace.orders}
                        )[trace.orders]
                        columns = self._block(trace.unknown, int(block))
                        row[held, columns] += (share * partial[held])[:, None] * functions
            scale = float(np.sqrt(np.mean(np.sum(row**2, axis=1)))) or 1.0
            self._rows.append((points, scale))
            rows.append(row / scale)
        return np.concatenate(rows) if rows else np.zeros((0, total))

    def _block(self, unknown: int, block: int) -> slice:
        start = (unknown * len(self.partition) + block) * self.basis.size
        return slice(start, start + self.basis.size)


def without(values: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """A tuple of one entry for each variable, without that of time."""
    return values[:axis] + values[axis + 1 :]


def in_space(trace: Trace, time: int) -> Trace:
    """A trace over the variables of space alone."""
    return replace(trace, orders=without(trace.orders, time), place=without(trace.place, time))
