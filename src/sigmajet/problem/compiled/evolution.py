"""What an evolution problem is, apart from any discretisation."""

from __future__ import annotations

import numpy as np
import sympy

from ..._types import Array
from ...errors import ProblemError
from ..statement import Problem
from ..terms.relation import Relation
from .initial_state import InitialState, contradictions
from .system import System
from .walls import Walls, without


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
    surplus : bool
        Whether a line has more conditions on its walls than the equations take.
    autonomous : bool
        Whether the equations are linear with coefficients that do not change in time.
    start : InitialState
    contradictions : tuple of str
        What the initial state and the walls do not agree about, for the report.
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
        walls = [
            c.relation
            for c, at_start in zip(system.conditions, starts, strict=True)
            if not at_start
        ]
        self.walls = Walls.read(problem, walls)
        across = [sum(orders) - orders[self.axis] for orders in problem.orders]
        self.surplus = len(problem.variables) == 2 and len(walls) > sum(across)
        for condition in self.initial:
            self._check_initial(condition.relation)
        self.start = InitialState(problem, [c.relation for c in self.initial])
        self.contradictions = contradictions(self.start, walls)
        self.autonomous = (
            problem.linear
            and not self.walls.implicit
            and not any(
                problem.time in sympy.diff(e.residual, s).free_symbols
                for e in problem.equations
                for s in e.symbols
            )
        )

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
        refuse_not_finite(right, "an initial condition")
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


def refuse_not_finite(values: Array, what: str) -> None:
    """Raise if a value that the statement gives is infinite or not a number."""
    if not np.all(np.isfinite(values)):
        raise ProblemError(f"{what} is not finite everywhere on its place")
