r"""The method of lines: an evolution problem on a discretisation in space, as y' = f(t, y).

The state holds the free coordinates (see :mod:`.space`) of the unknowns and of their time
derivatives below m, the equations' order in time. At every quadrature point the equations

.. math:: F(x, t, \dots, \partial_t^m u) = 0

are solved for :math:`\partial_t^m u`, in which they must be linear; the projection of what comes
out is the last component of f. Its Jacobian follows from the exact partial derivatives of F.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problem import Problem, Relation, Trace
from .collocation import System
from .space import Space, Walls, without

Array = NDArray[np.float64]


class EvolutionModel:
    """What an evolution problem is, apart from any discretisation.

    Attributes
    ----------
    system : System
    axis : int
        Which variable is time.
    order : int
        Of the equations in time.
    initial : tuple of Residual
        The conditions at the start.
    walls : Walls
    """

    def __init__(self, system: System) -> None:
        problem = system.problem
        self.system = system
        self.axis = problem.variables.index(problem.time)
        self.order = max(orders[self.axis] for orders in problem.orders)
        self._check_equations()
        starts = [c.relation.place[self.axis] is not None for c in system.conditions]
        self.initial = tuple(
            c for c, at_start in zip(system.conditions, starts, strict=True) if at_start
        )
        self.walls = Walls.read(
            problem,
            [
                c.relation
                for c, at_start in zip(system.conditions, starts, strict=True)
                if not at_start
            ],
        )
        for condition in self.initial:
            self._check_initial(condition.relation)

    @property
    def problem(self) -> Problem:
        """The statement."""
        return self.system.problem

    @property
    def interval(self) -> tuple[float, float]:
        """Start and end of time."""
        domain = self.problem.domain
        return domain.lower[self.axis], domain.upper[self.axis]

    def initial_values(self, points: Array) -> Array:
        """The state at the start at points of space, (order, unknowns, m)."""
        unknowns = len(self.problem.unknowns)
        full = np.insert(points, self.axis, self.interval[0], axis=1)
        size = self.order * unknowns
        matrix = np.zeros((len(points), len(self.initial), size))
        right = np.empty((len(points), len(self.initial)))
        for row, condition in enumerate(self.initial):
            defect, partials = condition(full, np.zeros((len(condition.traces), len(points))))
            right[:, row] = -defect
            for trace, partial in zip(condition.traces, partials, strict=True):
                column = trace.orders[self.axis] * unknowns + trace.unknown
                matrix[:, row, column] += partial
        _refuse_not_finite(right, "an initial condition")
        values = np.linalg.solve(matrix, right[..., None])[..., 0]
        return np.asarray(values.T.reshape(self.order, unknowns, len(points)))

    def _check_equations(self) -> None:
        problem = self.problem
        for index, orders in enumerate(problem.orders):
            if orders[self.axis] != self.order or self.order == 0:
                raise ProblemError(
                    f"{problem.unknowns[index]} has {orders[self.axis]} derivatives in "
                    f"{problem.time}, another unknown has {self.order}; an evolution needs the "
                    'same number, at least one, for all; method="steady" takes others'
                )
        for equation in problem.equations:
            top = [
                (symbol, trace)
                for symbol, trace in zip(equation.symbols, equation.traces, strict=True)
                if trace.orders[self.axis] == self.order
            ]
            mixed = any(sum(trace.orders) > self.order for _, trace in top)
            bent = any(equation.residual.diff(a, b) != 0 for a, _ in top for b, _ in top)
            if mixed or bent:
                what = "mixed with derivatives in space" if mixed else "nonlinearly"
                raise ProblemError(
                    f"the equation `{equation.source}` holds the highest derivative in "
                    f'{problem.time} {what}; method="steady" takes it'
                )
        if len(problem.equations) != len(problem.unknowns):
            raise ProblemError(
                f"got {len(problem.equations)} equations for {len(problem.unknowns)} unknowns; "
                'an evolution needs one for each; method="steady" takes more'
            )

    def _check_initial(self, relation: Relation) -> None:
        pure = all(
            sum(t.orders) == t.orders[self.axis] < self.order
            and all(p is None for p in without(t.place, self.axis))
            for t in relation.traces
        )
        count = self.order * len(self.problem.unknowns)
        if not (relation.linear and pure) or len(self.initial) != count:
            raise ProblemError(
                f"the initial condition `{relation.source}` must give the unknowns "
                + (f"or their first {self.order - 1} time derivatives " if self.order > 1 else "")
                + f"on the whole domain, linearly, and there must be {count} of them; "
                f"got {len(self.initial)}"
            )


class Lines:
    """Right-hand side and Jacobian on one discretisation in space."""

    def __init__(self, model: EvolutionModel, space: Space) -> None:
        self.model = model
        self.space = space
        self._equations = model.system.equations

    def rate(self, time: float, state: Array) -> Array:
        """f(t, y), flat."""
        levels = state.reshape(self.model.order, self.space.size)
        data = self.space.data(time)
        top, _, _ = self._highest(time, levels, data)
        last = self.space.project(top, data[self.model.order])
        return np.concatenate([levels[1:].ravel(), last])

    def jacobian(self, time: float, state: Array) -> Array:
        """df/dy, dense."""
        order, size = self.model.order, self.space.size
        levels = state.reshape(order, size)
        data = self.space.data(time)
        _, leading, full = self._highest(time, levels, data)
        result = np.zeros((order * size, order * size))
        result[: (order - 1) * size, size:] = np.eye((order - 1) * size)
        last = result[(order - 1) * size :]
        # Sensitivity of the equations to every trace below the highest, per equation.
        for trace, column in self._lower_traces():
            partials = np.zeros((len(self._equations), len(self.space.points)))
            for row, equation in enumerate(self._equations):
                for other, partial in zip(equation.traces, full[row], strict=True):
                    if other == trace:
                        partials[row] += partial
            gains = -_solve_pointwise(leading, partials)
            free, _ = self.space.matrices(trace.unknown, without(trace.orders, self.model.axis))
            block = last[:, column * size : (column + 1) * size]
            for projection, gain in zip(self.space.projections, gains, strict=True):
                block += (projection * gain) @ free
        return result

    def second_rate(self, time: float, state: Array, rate: Array, span: float) -> Array:
        """d/dt f(t, y(t)) along the solution, by a central difference in f."""
        step = 1e-4 * span
        ahead = self.rate(time + step, state + step * rate)
        behind = self.rate(time - step, state - step * rate)
        return (ahead - behind) / (2.0 * step)

    def coefficients(self, time: float, state: Array, rate: Array) -> Array:
        """Coefficients of the unknowns and of their first time derivative at a state."""
        data = self.space.data(time)
        size = self.space.size
        values = self.space.coefficients(state[:size], data[0])
        return np.stack([values, self.space.coefficients(rate[:size], data[1])])

    def _lower_traces(self) -> list[tuple[Trace, int]]:
        axis = self.model.axis
        traces = {t for e in self._equations for t in e.traces if t.orders[axis] < self.model.order}
        return [(t, t.orders[axis]) for t in sorted(traces, key=lambda t: t.sort_key)]

    def _highest(self, time: float, levels: Array, data: Array) -> tuple[Array, Array, list[Array]]:
        """The highest time derivatives (unknowns, m); their coefficients; all partials there."""
        axis, order = self.model.axis, self.model.order
        space = self.space
        full = np.insert(space.points, axis, time, axis=1)
        shape = (len(self._equations), space.unknowns, len(space.points))
        leading, rest = np.zeros(shape), np.empty(shape[::2])
        values = []
        for row, equation in enumerate(self._equations):
            table = np.zeros((len(equation.traces), len(space.points)))
            for line, trace in zip(table, equation.traces, strict=True):
                level = trace.orders[axis]
                if level < order:
                    free, given = space.matrices(trace.unknown, without(trace.orders, axis))
                    line[:] = free @ levels[level] + given @ data[level]
            rest[row], partials = equation(full, table)
            for trace, partial in zip(equation.traces, partials, strict=True):
                if trace.orders[axis] == order:
                    leading[row, trace.unknown] += partial
            values.append(table)
        top = -_solve_pointwise(leading, rest)
        partials_there = []
        for equation, table in zip(self._equations, values, strict=True):
            for line, trace in zip(table, equation.traces, strict=True):
                if trace.orders[axis] == order:
                    line[:] = top[trace.unknown]
            partials_there.append(equation(full, table)[1])
        return top, leading, partials_there


def _solve_pointwise(matrices: Array, right: Array) -> Array:
    """Solve (k, k, m) systems for (k, m) right-hand sides."""
    if len(matrices) == 1:
        return np.asarray(right / matrices[0])
    solved = np.linalg.solve(matrices.transpose(2, 0, 1), right.T[..., None])
    return np.asarray(solved[..., 0].T)


def _refuse_not_finite(values: Array, what: str) -> None:
    if not np.all(np.isfinite(values)):
        raise ProblemError(f"{what} is not finite everywhere on its place")
