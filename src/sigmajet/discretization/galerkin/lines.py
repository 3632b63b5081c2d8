r"""The method of lines: an evolution problem on a discretisation in space, as y' = f(t, y).

The state holds the free coordinates (see :mod:`.space`) of the unknowns and of their time
derivatives below m, the equations' order in time. At every quadrature point the equations

.. math:: F(x, t, \dots, \partial_t^m u) = 0

are solved for :math:`\partial_t^m u`, in which they must be linear; the projection of what comes
out is the last component of f. Its Jacobian follows from the exact partial derivatives of F.

On a line the integrals of a block in which F switches at a place that moves are those of its two
sides: a sum over the points of the block would jump in time whenever that place passes one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.walls import without
from ...problem.terms.trace import Trace
from ...timestepping.stepper import Linearised, Solve
from .continuity import resolved_degree
from .space import Matrix, Space, solver


@dataclass(frozen=True, slots=True)
class _Highest:
    """The highest time derivatives at k times, and what they were taken from.

    `rates` (k, unknowns, m), their coefficients `leading` (equations, unknowns, k m), and the
    `tables` of traces of each equation at all `points`, the times one after the other.
    """

    rates: Array
    leading: Array
    points: Array
    tables: list[Array]


class Lines:
    """Right-hand side and Jacobian on one discretisation in space."""

    singular = False
    hidden = np.zeros((1, 1), dtype=bool)

    def __init__(self, model: EvolutionModel, space: Space) -> None:
        self.model = model
        self.space = space
        self._equations = model.system.equations
        self._switches = model.switches
        self.autonomous = model.autonomous
        self._dampings: list[Array | None] = [None] * model.order

    def settle(self, time: float, state: Array) -> None:
        """Damp what blocks do not share as fast as the equations at a state would carry it.

        A derivative of order k with a coefficient c does so at speeds c / h^(k - 1) on blocks of
        half width h. Of first derivatives the speed itself is the damping of the flux of Lax and
        Friedrichs. Of higher ones, where slopes do not fit either, an interior penalty for
        polynomials of degree p in d variables takes (p + 1)(p + d) / d of it (K. Shahbazi,
        "An explicit expression for the penalty parameter of the interior penalty method", Journal
        of Computational Physics 205, 2005). Heat on eight blocks of space grows with one and does
        not with ten. Blocks that fit together exactly, or one alone, need none.
        """
        space = self.space
        half = space.partition.half_widths
        if len(half) == 1 or half.shape[1] == 1:
            return
        dimension, degree = half.shape[1], resolved_degree(space.basis)
        penalty = (degree + 1) * (degree + dimension) / dimension
        speeds = np.zeros((self.model.order, space.unknowns, *half.shape))
        for level, terms in enumerate(self._terms(time, state)):
            for unknown, _, alpha, gain in terms:
                largest = np.abs(gain).reshape(len(half), -1).max(axis=1)
                for axis in np.flatnonzero(alpha):
                    haste = 1.0 if sum(alpha) == 1 else penalty
                    fast = haste * largest * half[:, axis] ** (1.0 - sum(alpha))
                    speeds[level, unknown, :, axis] += fast
        self._dampings = [space.damping(each) for each in speeds]

    def defects(self, times: Array, states: Array, slopes: Array) -> Array:
        """Y' - f(t, y) at several times, (k, order * size)."""
        return slopes - self.rates(times, states)

    def rates(self, times: Array, states: Array) -> Array:
        """f(t, y) at several times, (k, order * size)."""
        order, size = self.model.order, self.space.size
        levels = states.reshape(len(times), order, size)
        data = np.array([self.space.data(m, level) for m, level in zip(times, levels, strict=True)])
        top = self._highest(times, levels, data).rates
        last = self.space.project(top, data[:, order])
        if self._switches is not None:
            last += self._of_sides(times, levels, data, top)
        for level, damping in enumerate(self._dampings):
            if damping is not None:
                coefficients = self.space.coefficients(levels[:, level], data[:, level])
                last -= self.space.damped(damping, coefficients)
        return np.concatenate([levels[:, 1:].reshape(len(times), -1), last], axis=1)

    def admissible(self, states: Array) -> Array:
        """States (k, order * size) without what rounding adds that breaks the constraints."""
        levels = states.reshape(-1, self.space.size)
        return self.space.admissible(levels).reshape(states.shape)

    def jacobians(self, time: float, state: Array) -> list[Matrix]:
        """The projections of the highest derivative's partial derivatives by the levels.

        The mass matrix has still to be taken out: K_k in M y^(m) = sum_k K_k y^(k) + ...
        """
        order, space = self.model.order, self.space
        levels = state.reshape(order, space.size)
        data = space.data(time, levels)
        slopes = space.implicit.slopes(time, levels[0], data[0]) if space.implicit else None
        return [
            space.assembled(terms, slopes, damping)
            for terms, damping in zip(self._terms(time, state), self._dampings, strict=True)
        ]

    def _terms(self, time: float, state: Array) -> list[list[tuple[int, int, Orders, Array]]]:
        """What the highest derivatives take of every lower one, level by level.

        A term (i, j, orders, gain) is gain (m,) times a derivative in space of unknown j in the
        equation for unknown i.
        """
        order, space = self.model.order, self.space
        levels = state.reshape(order, space.size)
        data = space.data(time, levels)
        top = self._highest(np.array([time]), levels[None], data[None])
        slopes = self._slopes(top)
        terms: list[list[tuple[int, int, Orders, Array]]] = [[] for _ in range(order)]
        # Sensitivity of the equations to every trace below the highest, per equation.
        for trace, level in self._lower_traces():
            partials = np.zeros((len(self._equations), len(space.points)))
            for row, equation in enumerate(self._equations):
                for other, partial in zip(equation.traces, slopes[row], strict=True):
                    if other == trace:
                        partials[row] += partial
            alpha = without(trace.orders, self.model.axis)
            for unknown, gain in enumerate(-_solve_pointwise(top.leading, partials)):
                if np.any(gain):
                    terms[level].append((unknown, trace.unknown, alpha, gain))
        return terms

    def linearise(self, time: float, state: Array, slope: Array) -> Linearised:
        """What solves (shift - J) x = r for any shift, J the Jacobian of f.

        From the first levels x_{k+1} = shift x_k - r_k, which leaves one system for x_0: a wave
        costs as much as a heat equation.
        """
        order, mass = self.model.order, self.space.mass
        blocks = self.jacobians(time, state)

        def factor(shift: complex | float) -> Solve:
            powers = [shift**k for k in range(order + 1)]
            matrix = powers[order] * mass
            for power, block in zip(powers, blocks, strict=False):
                matrix = matrix - power * block
            invert = solver(matrix)

            def solve(right: NDArray[Any]) -> NDArray[Any]:
                levels = right.reshape(order, -1)
                # What x_k is but for powers[k] x_0.
                known = [np.zeros_like(levels[0])]
                for row in levels[:-1]:
                    known.append(shift * known[-1] - row)
                rest = mass @ (levels[-1] - shift * known[-1])
                for block, row in zip(blocks[1:], known[1:], strict=True):
                    rest = rest + block @ row
                first = invert(rest)
                return np.concatenate(
                    [p * first + row for p, row in zip(powers, known, strict=False)]
                )

            return solve

        return Linearised(factor, lambda vector: vector)

    def sizes(self, states: Array) -> Array:
        """Norms in L2 of the unknowns and their time derivatives, (k, order, unknowns)."""
        levels = states.reshape(-1, self.space.size)
        return self.space.norms(levels).reshape(len(states), self.model.order, -1)

    def _lower_traces(self) -> list[tuple[Trace, int]]:
        axis = self.model.axis
        traces = {t for e in self._equations for t in e.traces if t.orders[axis] < self.model.order}
        return [(t, t.orders[axis]) for t in sorted(traces, key=lambda t: t.sort_key)]

    def _highest(self, times: Array, levels: Array, data: Array) -> _Highest:
        """The highest time derivatives at k times."""
        axis, order = self.model.axis, self.model.order
        space = self.space
        count, each = len(times), len(space.points)
        full = np.insert(np.tile(space.points, (count, 1)), axis, np.repeat(times, each), axis=1)
        coefficients = [space.coefficients(levels[:, k], data[:, k]) for k in range(order)]

        def lower(trace: Trace) -> Array:
            alpha = without(trace.orders, axis)
            return space.values(trace.unknown, alpha, coefficients[trace.orders[axis]]).ravel()

        top, leading, tables = self._solved(full, lower)
        rates = top.reshape(-1, count, each).swapaxes(0, 1)
        return _Highest(rates, leading, full, tables)

    def _solved(
        self, points: Array, lower: Callable[[Trace], Array]
    ) -> tuple[Array, Array, list[Array]]:
        """The highest time derivatives (unknowns, m) at points where `lower` ones are known.

        With their coefficients and the traces of each equation.
        """
        axis, order = self.model.axis, self.model.order
        shape = (len(self._equations), self.space.unknowns, len(points))
        leading, rest = np.zeros(shape), np.empty(shape[::2])
        tables: list[Array] = []
        for row, equation in enumerate(self._equations):
            table = np.zeros((len(equation.traces), len(points)))
            for line, trace in zip(table, equation.traces, strict=True):
                if trace.orders[axis] < order:
                    line[:] = lower(trace)
            rest[row], partials = equation(points, table)
            for trace, partial in zip(equation.traces, partials, strict=True):
                if trace.orders[axis] == order:
                    leading[row, trace.unknown] += partial
            tables.append(table)
        return -_solve_pointwise(leading, rest), leading, tables

    def _of_sides(self, times: Array, levels: Array, data: Array, top: Array) -> Array:
        """Free coordinates of what integrals over both sides of moving switches add, (k, r)."""
        axis, order, space = self.model.axis, self.model.order, self.space
        assert self._switches is not None
        zero = (0,)
        wanted = {zero, *(without(t.orders, axis) for t, _ in self._lower_traces())}
        moments = np.zeros((space.unknowns, len(space.partition), space.basis.size, len(times)))
        for number, time in enumerate(times):
            places = self._switches.at(time, space.samples)
            for block, points, weights in space.sides(places):
                functions = space.basis.evaluate(space.partition, block, points, wanted)
                coefficients = [
                    space.coefficients(levels[number, k : k + 1], data[number, k : k + 1])[0]
                    for k in range(order)
                ]

                def lower(
                    trace: Trace,
                    held: list[Array] = coefficients,
                    known: dict[Orders, Array] = functions,
                    at: int = block,
                ) -> Array:
                    table = known[without(trace.orders, axis)]
                    return np.asarray(table @ held[trace.orders[axis]][trace.unknown, at])

                rates, _, _ = self._solved(np.insert(points, axis, time, axis=1), lower)
                own = space.held(block)
                plain = (top[number][:, own] * space.weights[own]) @ space.table(zero)[block]
                moments[:, block, :, number] = (rates * weights) @ functions[zero] - plain
        return space.nearest(moments.reshape(-1, len(times)))

    def _slopes(self, top: _Highest) -> list[Array]:
        """The equations' partial derivatives at one time; completes the tables of `top`."""
        found = []
        for equation, table in zip(self._equations, top.tables, strict=True):
            for line, trace in zip(table, equation.traces, strict=True):
                if trace.orders[self.model.axis] == self.model.order:
                    line[:] = top.rates[0, trace.unknown]
            found.append(equation(top.points, table)[1])
        return found


def _solve_pointwise(matrices: Array, right: Array) -> Array:
    """Solve (k, k, m) systems for (k, m) right-hand sides."""
    diagonal = np.einsum("kkm->km", matrices)
    if np.count_nonzero(matrices) == np.count_nonzero(diagonal):
        return np.asarray(right / diagonal)
    solved = np.linalg.solve(matrices.transpose(2, 0, 1), right.T[..., None])
    return np.asarray(solved[..., 0].T)
