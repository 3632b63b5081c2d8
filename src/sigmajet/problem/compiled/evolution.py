"""What an evolution problem is, apart from any discretisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ..statement import Problem
from ..terms.relation import Relation
from .initial_state import InitialState, contradictions
from .refusal import Refusal
from .residual import Residual
from .system import System
from .walls import Walls


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

    def __init__(
        self, system: System, axis: int, initial: Sequence[Residual], walls: Walls
    ) -> None:
        problem = system.problem
        self.system = system
        self.axis = axis
        self.order = _order(problem, axis)
        self.initial = tuple(initial)
        self.walls = walls
        across = [sum(orders) - orders[axis] for orders in problem.orders]
        taken = sum(across) * (1 + len(walls.planes))
        self.surplus = len(problem.variables) == 2 and len(walls.relations) > taken
        self.start = InitialState(problem, [c.relation for c in initial])
        self.contradictions = contradictions(self.start, walls.relations)
        self.autonomous = (
            problem.linear
            and not walls.implicit
            and not any(
                problem.time in partial.free_symbols
                for equation in system.equations
                for partial in equation.partials
            )
        )

    @classmethod
    def read(cls, system: System) -> EvolutionModel | Refusal:
        """The model of a statement with a time, or why a method of lines does not take it."""
        problem = system.problem
        axis = problem.variables.index(problem.time)
        if any(each.axis == axis for each in problem.interfaces):
            return Refusal(
                f"{problem.time} has an interface, which an evolution does not go across; "
                'method="steady" does, over space and time at once'
            )
        fault = _fault_of_equations(problem, axis)
        if fault is not None:
            return Refusal(fault)
        at_start = [c for c in system.conditions if c.relation.place[axis] is not None]
        elsewhere = [c for c in system.conditions if c.relation.place[axis] is None]
        walls = Walls.read(problem, [*elsewhere, *system.across])
        if isinstance(walls, Refusal):
            return walls
        if walls.implicit and walls.planes and len(problem.variables) > 2:
            return Refusal(
                "beside an interface in the plane or in space a condition is not linear with "
                'constant coefficients; method="steady" takes it, over space and time at once'
            )
        fault = _fault_of_start(problem, axis, [c.relation for c in at_start])
        return cls(system, axis, at_start, walls) if fault is None else Refusal(fault)

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


def _order(problem: Problem, axis: int) -> int:
    """Of the equations in time."""
    return max(orders[axis] for orders in problem.orders)


def _fault_of_equations(problem: Problem, axis: int) -> str | None:
    """Why equations cannot be solved for the highest derivatives in time, if so."""
    order = _order(problem, axis)
    for index, orders in enumerate(problem.orders):
        if orders[axis] != order or order == 0:
            return (
                f"{problem.unknowns[index]} has {orders[axis]} derivatives in "
                f"{problem.time}, another unknown has {order}; an evolution needs the "
                'same number, at least one, for all; method="steady" takes others'
            )
    for equation in problem.equations:
        top = [
            (symbol, trace)
            for symbol, trace in zip(equation.symbols, equation.traces, strict=True)
            if trace.orders[axis] == order
        ]
        mixed = any(sum(trace.orders) > order for _, trace in top)
        bent = any(equation.residual.diff(a, b) != 0 for a, _ in top for b, _ in top)
        if mixed or bent:
            what = "mixed with derivatives in space" if mixed else "nonlinearly"
            return (
                f"the equation `{equation.source}` holds the highest derivative in "
                f'{problem.time} {what}; method="steady" takes it'
            )
    if len(problem.equations) != len(problem.unknowns):
        return (
            f"got {len(problem.equations)} equations for {len(problem.unknowns)} unknowns; "
            'an evolution needs one for each; method="steady" takes more'
        )
    return None


def _fault_of_start(problem: Problem, axis: int, initial: Sequence[Relation]) -> str | None:
    """Why conditions at the start do not give the state, if so."""
    order = _order(problem, axis)
    count = order * len(problem.unknowns)
    for relation in initial:
        pure = all(
            sum(t.orders) == t.orders[axis] < order and t.place.without(axis).everywhere
            for t in relation.traces
        )
        if not (relation.linear and pure) or len(initial) != count:
            return (
                f"the initial condition `{relation.source}` must give the unknowns "
                + (f"or their first {order - 1} time derivatives " if order > 1 else "")
                + f"on the whole domain, linearly, and there must be {count} of them; "
                f"got {len(initial)}"
            )
    return None


def refuse_not_finite(values: Array, what: str) -> None:
    """Raise if a value that the statement gives is infinite or not a number."""
    if not np.all(np.isfinite(values)):
        raise ProblemError(f"{what} is not finite everywhere on its place")
