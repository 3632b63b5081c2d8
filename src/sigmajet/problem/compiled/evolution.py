"""What an evolution problem is, apart from any discretisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...geometry.place import Interval
from ..jumps.moving import MovingSwitches
from ..jumps.switch import JUMPING
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
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
    levels : tuple of int
        Derivatives in time of each unknown; one without any is algebraic.
    initial : tuple of Residual
        The conditions at the start, without those on algebraic unknowns, the `surmised`.
    singular : bool
        Whether the equations cannot be solved for the derivatives of that order of all unknowns,
        at all places: a differential-algebraic system, if only somewhere.
    mixed : bool
        Whether the system in time is differential-algebraic: singular, or with walls that are
        equations of their own.
    walls : Walls
    backwards : bool
        Whether time runs backwards for the user: see :meth:`clock`.
    surplus : bool
        Whether a line has more conditions on its walls than the equations take, or multipliers of
        constraints have more than one each.
    autonomous : bool
        Whether the equations are linear with coefficients that do not change in time.
    switches : MovingSwitches or None
        Of the equations on a line, at places that move.
    start : InitialState
    contradictions : tuple of str
        What the initial state and the walls do not agree about, for the report.
    judged : bool
        Whether that is known of all walls of what the initial state holds.
    """

    def __init__(
        self,
        system: System,
        axis: int,
        initial: Sequence[Residual],
        walls: Walls,
        *,
        backwards: bool = False,
    ) -> None:
        problem = system.problem
        self.backwards = backwards
        self.system = system
        self.axis = axis
        self.order = _order(problem, axis)
        self.levels = tuple(orders[axis] for orders in problem.orders)
        given = [c for c in initial if not _is_algebraic(problem, axis, c.relation)]
        self.initial = tuple(given)
        self.surmised = tuple(c for c in initial if c not in given)
        self.walls = walls
        across = [sum(orders) - orders[axis] for orders in problem.orders]
        taken = sum(across) * (1 + len(walls.planes))
        asked = walls.multipliers
        alone = [r for r in walls.relations if all(t.unknown in asked for t in r.traces)]
        self.surplus = (len(problem.variables) == 2 and len(walls.relations) > taken) or len(
            alone
        ) > len(asked)
        formulas = [equation.relation.residual for equation in system.equations]
        self.switches = MovingSwitches.of(
            formulas, problem.variables, axis, problem.parameters, problem.functions
        )
        self.start = InitialState(problem, [c.relation for c in given])
        judged = [r for r in walls.relations if all(map(self._is_known_at_start, r.traces))]
        self.contradictions, known = contradictions(self.start, judged)
        followed = [r for r in walls.relations if all(self.levels[t.unknown] for t in r.traces)]
        self.judged = known and all(relation in judged for relation in followed)
        self.singular = self._is_singular()
        self.mixed = self.singular or bool(walls.moving or problem.lumped)
        self.autonomous = (
            problem.linear
            and not walls.implicit
            and not any(
                problem.time in partial.free_symbols
                for relation in (*system.equations, *(m.residual for m in walls.moving.values()))
                for partial in relation.partials
            )
        )

    @classmethod
    def read(cls, system: System, *, backwards: bool = False) -> EvolutionModel | Refusal:
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
        if (walls.implicit or walls.moving) and walls.planes and len(problem.variables) > 2:
            return Refusal(
                "beside an interface in the plane or in space a condition is not linear with "
                'constant coefficients; method="steady" takes it, over space and time at once'
            )
        fault = _fault_of_start(problem, axis, [c.relation for c in at_start])
        if fault is not None:
            return Refusal(fault)
        return cls(system, axis, at_start, walls, backwards=backwards)

    @property
    def problem(self) -> Problem:
        """The statement."""
        return self.system.problem

    def clock(self, time: float) -> float:
        """What the user calls a time."""
        start, end = self.interval
        return start + end - time if self.backwards else time

    @property
    def interval(self) -> tuple[float, float]:
        """Start and end of time."""
        domain = self.problem.domain
        return domain.lower[self.axis], domain.upper[self.axis]

    def initial_values(self, points: Array) -> Array:
        """The state at the start at points of space, (order, unknowns, m).

        Of algebraic unknowns what is surmised, to start from, and zero where nothing is.
        """
        unknowns = len(self.problem.unknowns)
        full = np.insert(points, self.axis, self.interval[0], axis=1)
        size = self.order * unknowns
        given = [
            k * unknowns + j
            for k in range(self.order)
            for j in range(unknowns)
            if k < self.levels[j]
        ]
        matrix = np.zeros((len(points), len(self.initial), size))
        right = np.empty((len(points), len(self.initial)))
        for row, condition in enumerate(self.initial):
            defect, partials = condition.at_zero(full)
            right[:, row] = -defect
            for trace, partial in zip(condition.traces, partials, strict=True):
                column = trace.orders[self.axis] * unknowns + trace.unknown
                matrix[:, row, column] += partial
        refuse_not_finite(right, "an initial condition")
        values = np.zeros((len(points), size))
        values[:, given] = np.linalg.solve(matrix[:, :, given], right[..., None])[..., 0]
        for condition in self.surmised:
            if condition.relation.linear and len(condition.traces) == 1:
                defect, partials = condition(full, np.zeros((1, len(points))))
                if not any(condition.traces[0].orders):
                    values[:, condition.traces[0].unknown] = -defect / partials[0]
        return np.asarray(values.T.reshape(self.order, unknowns, len(points)))

    def algebraic(self, time: float, points: Array) -> NDArray[np.bool_]:
        """Where at points of space no equation holds a derivative in time, (unknowns, m).

        As far as coefficients tell that are known before anything is solved.
        """
        full = np.insert(points, self.axis, time, axis=1)
        found = np.ones((len(self.levels), len(points)), dtype=bool)
        for equation in self.system.equations:
            symbols = set(equation.relation.symbols)
            _, slopes = equation.at_zero(full)
            for trace, partial, slope in zip(
                equation.traces, equation.partials, slopes, strict=True
            ):
                if trace.orders[self.axis]:
                    found[trace.unknown] &= partial.free_symbols.isdisjoint(symbols) & (slope == 0)
        return found

    def _is_known_at_start(self, trace: Trace) -> bool:
        """Whether the initial state has a formula for a trace."""
        at_points = not any(isinstance(place, Interval) for place in trace.place)
        return at_points and trace.orders[self.axis] < self.levels[trace.unknown]

    def _is_singular(self) -> bool:
        """Whether the highest derivatives in time have no, or no regular, matrix somewhere."""
        axis, order, count = self.axis, self.order, len(self.problem.unknowns)
        lumped = self.problem.lumped
        fields = [k for k in range(count) if k not in lumped]
        if {self.levels[k] for k in fields} != {order}:
            return True
        points = np.concatenate([self._at(time) for time in self.interval])
        matrices = np.zeros((len(points), len(fields), count))
        for row, equation in enumerate(self.system.equations[: len(fields)]):
            values = self.start.values(equation.traces, points)
            top = [t.orders[axis] == order for t in equation.traces]
            values[top] = 0.0  # in which the equations are linear
            _, partials = equation(points, values)
            for trace, partial, highest in zip(equation.traces, partials, top, strict=True):
                if highest and sum(trace.orders) > order:
                    return True
                if highest:
                    matrices[:, row, trace.unknown] += partial
        matrices = matrices[..., fields]
        sizes = np.abs(matrices).max(axis=2, keepdims=True)
        known = np.all(np.isfinite(matrices), axis=(1, 2))
        sizes = np.where(sizes > 0.0, sizes, 1.0)
        ranks = np.linalg.matrix_rank((matrices / sizes)[known])
        return bool(np.any(ranks < len(fields))) or self._switches()

    def _at(self, time: float) -> Array:
        """The points of the start at another time."""
        points = self.start.points.copy()
        points[:, self.axis] = time
        return points

    def _switches(self) -> bool:
        """Whether a highest derivative in time has a coefficient that unknowns switch off."""
        return any(
            trace.orders[self.axis] == self.order
            and coefficient.has(*JUMPING, sympy.Max, sympy.Min)
            and not coefficient.free_symbols.isdisjoint(equation.relation.symbols)
            for equation in self.system.equations
            for trace, coefficient in zip(equation.traces, equation.partials, strict=True)
        )


def _is_algebraic(problem: Problem, axis: int, relation: Relation) -> bool:
    """Whether a condition at the start is about unknowns without a derivative in time alone."""
    return not any(problem.orders[t.unknown][axis] for t in relation.traces)


def _order(problem: Problem, axis: int) -> int:
    """Of the equations in time."""
    return max(orders[axis] for orders in problem.orders)


def _fault_of_equations(problem: Problem, axis: int) -> str | None:
    """Why equations cannot be solved for the highest derivatives in time, if so."""
    order = _order(problem, axis)
    for equation in problem.equations:
        top = [
            (symbol, trace)
            for symbol, trace in zip(equation.symbols, equation.traces, strict=True)
            if trace.orders[axis] == order
        ]
        if any(equation.residual.diff(a, b) != 0 for a, _ in top for b, _ in top):
            return (
                f"the equation `{equation.source}` holds the highest derivative in "
                f'{problem.time} nonlinearly; method="steady" takes it'
            )
    given, needed = len(problem.stated_equations), len(problem.unknowns) - len(problem.lumped)
    if given != needed:
        return (
            f"got {given} equations on the whole domain for {needed} unknowns of all variables; "
            'an evolution needs one for each; method="steady" takes more'
        )
    return None


def _fault_of_start(problem: Problem, axis: int, initial: Sequence[Relation]) -> str | None:
    """Why conditions at the start do not give the state, if so."""
    initial = [r for r in initial if not _is_algebraic(problem, axis, r)]
    order = _order(problem, axis)
    count = sum(orders[axis] for orders in problem.orders)
    for relation in initial:
        pure = all(
            sum(t.orders) == t.orders[axis] < problem.orders[t.unknown][axis]
            and t.place.without(axis).everywhere
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
