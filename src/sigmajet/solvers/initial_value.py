"""Initial-value problems of ordinary differential equations: windows in time, one after another.

A pass marches once, at one local tolerance. The next pass is an independent one: another degree
on windows of other lengths, a tighter tolerance, and initial values and times that are off by a
rounding, so that what the problem does to rounding shows. The distance of two passes is the error
of the coarser one, all growth of errors in time included, and the finer one is returned; where the
distance misses the tolerance, a further pass is tighter still. That of the finer one itself is told
by one more pass, unless it takes many windows.

From conditions inside of the interval there are two marches, one each way. What is relative to the
size of a half is at most as much of the whole: the larger of two errors bounds that of both.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..adaptivity.diagnosis import accuracy_cause, undefined_equations, undetermined
from ..adaptivity.estimate import RIGHT_WITHIN, VIOLATED
from ..adaptivity.refinement import BLOCK_WIDTH
from ..adaptivity.stopping import UNDETERMINED, stalled
from ..analysis.features.along import Along
from ..analysis.features.features import Features, faint, features
from ..analysis.ordinary.breakpoints import Breakpoints, breakpoints
from ..analysis.ordinary.crossing import crossings
from ..analysis.ordinary.initial_jet import Start, place_of, starts, vanishes
from ..analysis.ordinary.signed import signed_rows
from ..analysis.ordinary.singular_times import framed, singular_times
from ..approximation.block_field import BlockField
from ..approximation.network.legendre_network import legendre_network
from ..approximation.norm import Sampled, draw_sample, relative_difference
from ..approximation.polynomial_field import PolynomialField
from ..errors import ProblemError
from ..geometry.partition import Partition
from ..problem.compiled.ordinary import Equations
from ..problem.compiled.refusal import Refusal
from ..problem.compiled.system import System
from ..problem.terms.constant import number
from ..problem.terms.notation import trace_text, written
from ..problem.terms.relation import Relation
from ..randomness import Purpose
from ..rounding import HALF_OF_THE_DIGITS, SAME, relative_rounding
from ..rules.judgement import A_DIGIT, SLIGHT
from ..rules.samples import FEW
from ..solution.outcome import Outcome
from ..solution.report import Attempt
from ..solution.status import Status
from ..timestepping.budget import MOST_STEPS
from ..timestepping.radau_rule import radau_rule
from ..timestepping.windows.event import read_event, watch
from ..timestepping.windows.marching import Course, Event, March, Stop, march
from ..timestepping.windows.trajectory import Trajectory
from ..timestepping.windows.trajectory_error import (
    Defect,
    distance,
    overlooked,
    rounding_of_time,
    state_sizes,
    unseen_defect,
)
from ..timestepping.windows.uniqueness import branching_place, ends_open, infinite, leaves_open
from ..timestepping.windows.window import HUGE, condition_number
from .base import Options, Plan

# Of passes in turn. With 12, 14, 16 and 16, 18, 20 as many initial-value problems of the registry
# meet their tolerances, in as many passes (`benchmarks/sensitivity.py`). Not one and the same: two
# passes of degree 15 shared an error that was 7500 times their distance.
_DEGREES = (14, 16, 18)
# Local tolerance over the one wanted, or over that of the pass before: by a digit, since errors of
# passes add up from windows, and fall with its square or so.
_TIGHTER = 1.0 / A_DIGIT
# Local tolerance below which the rounding of a sum over the nodes is all there is.
_TIGHTEST = relative_rounding(min(_DEGREES))
# Longest windows of the next pass over those of one that did not see what lies between its nodes.
# With 1/2 and 1/32 the registry's initial-value problems take as many passes for the same errors
# (`benchmarks/sensitivity.py`).
_FINER = 1.0 / 8
# Error of a solution beside a singularity, whatever the estimate: rounding, of every node in all.
_ROUNDED = max(_DEGREES) * _TIGHTEST


def prepare(system: System) -> Plan | Refusal:
    """Make a march from the conditions ready.

    Raises
    ------
    ProblemError
        If the conditions or the equations leave nothing to start from.
    """
    problem = system.problem
    place = place_of(problem)
    candidates = starts(system, place) if place is not None else []
    if place is None or not candidates:
        return Refusal(
            'method="initial_value" needs an equation for each unknown and conditions that give, '
            "at one place, each unknown and its derivatives below the highest; "
            'method="steady" solves boundary-value problems'
        )
    (lower,), (upper,) = problem.domain.lower, problem.domain.upper
    inside = lower < place < upper
    if inside and (
        len(candidates) > 1
        or candidates[0].singular
        or any(interface.place == place for interface in problem.interfaces)
    ):
        return Refusal(
            f'method="initial_value" goes both ways from {problem.variables[0]} = {number(place)} '
            "where the equations are regular and have one solution; here it takes conditions at "
            'an end of the interval alone; method="steady" takes others'
        )

    def run(options: Options, *, stop_when: Any = None) -> Outcome:
        if not inside:
            found = _marched(system, place, candidates, options, stop_when)
        else:
            back, ahead = (System.compile(half) for half in problem.halves(place))
            found = _joined(
                _marched(back, place, candidates, _half(options, 0), None),
                _marched(ahead, place, candidates, _half(options, 1), stop_when),
                options.tol,
            )
        return found if options.width is None else _as_networks(system, found, options)

    return Plan("initial_value", run, takes=("stop_when",))


def _marched(
    system: System, place: float, candidates: Sequence[Start], options: Options, stop_when: Any
) -> Outcome:
    """March from an end of the interval to the other."""
    event = None if stop_when is None else read_event(system.problem, stop_when)
    breaks = breakpoints(system.problem)
    wanted = features(system.problem, options.tol, [breaks.switches])
    weak = faint(system.problem, wanted, [breaks.switches])
    watched = features(system.problem, options.tol, relations=[event] if event else [])
    breaks = replace(breaks, sharp=np.union1d(breaks.sharp, wanted.points[0]))
    along = Along.read(system)
    solver = _Solver(system, place, options, breaks, wanted, weak, event, watched, along)
    return solver.solve(candidates[0] if len(candidates) == 1 else solver.choose(candidates))


def _half(options: Options, number: int) -> Options:
    """Options of one of two marches, each of which is half of the work."""
    return replace(
        options,
        progress=lambda message, share: options.progress(message, 0.5 * (number + share)),
    )


def _joined(back: Outcome, ahead: Outcome, tol: float) -> Outcome:
    """Two marches from one place as one outcome."""
    halves = (back, ahead)
    estimate = max(half.best.bound for half in halves)
    statuses = [half.status for half in halves]
    status = next((s for s in statuses if not s.is_estimated), Status.of(estimate, tol))
    best = replace(
        ahead.best,
        blocks=back.best.blocks + ahead.best.blocks,
        degree=max(half.best.degree for half in halves),
        residual=max(half.best.residual for half in halves),
        estimate=estimate,
        status=status,
    )
    fields = [half.field for half in halves if isinstance(half.field, PolynomialField)]
    checks = [half.check for half in halves if isinstance(half.check, PolynomialField)]
    return Outcome(
        field=PolynomialField.joined(fields),
        status=status,
        attempts=back.attempts + ahead.attempts,
        best=best,
        notes=tuple(dict.fromkeys(back.notes + ahead.notes)),
        ending="; ".join(half.ending for half in halves if half.ending),
        reached=back.reached + ahead.reached,
        check=PolynomialField.joined(checks) if len(checks) == len(halves) else None,
    )


def _as_networks(system: System, found: Outcome, options: Options) -> Outcome:
    """The outcome with networks of a width in the place of polynomials."""
    field, best = found.field, found.best
    assert isinstance(field, PolynomialField)
    assert options.width is not None
    highest = max(2, *(order for (order,) in system.problem.orders))
    # Fewer neurons than in a block lose digits of the polynomials of degree 16.
    width, seed = max(options.width, BLOCK_WIDTH[1]), options.seed
    network, weights = legendre_network(field.degree, highest, width, seed)
    networks = BlockField(field.partition, network, field.series @ weights.T)
    sample = draw_sample(field.partition, seed.of(Purpose.UNSEEN))
    lost = relative_difference(system.unknowns, Sampled(networks, sample), Sampled(field, sample))
    estimate, status, notes = best.estimate + lost, found.status, found.notes
    if status is Status.CONVERGED:
        status = Status.of(estimate, options.tol)
        if status is not Status.CONVERGED:
            notes = (*notes, *accuracy_cause(best.residual, estimate, fixed=True))
    return replace(
        found,
        field=networks,
        status=status,
        notes=notes,
        best=replace(best, width=width, degree=0, estimate=estimate, status=status),
    )


@dataclass(frozen=True, slots=True)
class _Pass:
    """How to march, and what came of it."""

    number: int
    tolerance: float
    longest: float
    march: March
    attempt: Attempt
    seen: bool
    """Whether nothing happens between the nodes that the windows do not expect."""
    suspects: Array
    """Times at which something that was not seen happens, in this pass or in one before."""
    visits: Array
    """Those of them at which windows of the next pass end, so that each lies on a node."""
    woken: NDArray[np.bool_] | None
    """The states that rested until what drives them set in, if that has stopped a march."""
    right: March | None
    """The latest in which nothing was passed over, of this pass or of one before."""
    before: Trajectory | None
    """What it was compared with: the `right` one before it, or else that of the pass before.

    Of the best one, a pass thereafter if there is one.
    """

    @property
    def estimate(self) -> float:
        return self.attempt.bound


@dataclass(frozen=True, slots=True)
class _Solver:
    system: System
    place: float
    options: Options
    breaks: Breakpoints
    wanted: Features
    """What windows have to see of the known terms."""
    faint: tuple[Array, ...]
    """At each feature of these that asks for no windows."""
    event: Relation | None
    watched: Features
    """What the event holds of the variable."""
    along: Along
    """Terms that the solution may pass in a moment."""

    def choose(self, candidates: Sequence[Start]) -> Start:
        """The one way to start that leads to the other end.

        Raises
        ------
        ProblemError
            If several do.
        """
        first = candidates[0]
        leads: Trajectory | None = None
        for candidate in candidates:
            found = self._march(candidate, None, self._loosest)
            if found.stop is not None:
                continue
            if leads is None:
                first, leads = candidate, found.trajectory
            elif distance(found.trajectory, leads) > np.sqrt(self.options.tol):
                raise self._several(first, candidate)
        return first

    def _several(self, first: Start, second: Start) -> ProblemError:
        names = []
        for unknown, (order,) in zip(
            self.system.problem.unknowns, self.system.problem.orders, strict=True
        ):
            mark = "'" * order if order < 4 else f"^({order})"
            names.append(f"{unknown.func.__name__}{mark}({self.place:.6g})")
        return ProblemError(
            f"the statement has several solutions: {', '.join(names)} may be "
            f"{_top(first)} or {_top(second)}; "
            "give one more condition, the value of that derivative there"
        )

    def solve(self, start: Start) -> Outcome:
        """Pass after pass, until two agree, or several in a row have come no nearer to it.

        As those of a chaotic problem do.
        """
        last = best = self._woken(start, None, self._pass(start, None, self._loosest))
        attempts = [last.attempt]
        told: list[float] = []  # estimates of passes that saw everything
        while len(last.march.trajectory) and not stalled(told):
            share = self.options.tol / last.estimate if np.isfinite(last.estimate) else 1.0
            tolerance = max(last.tolerance * _TIGHTER * min(1.0, share), _TIGHTEST)
            floor = last.tolerance
            longest = last.longest if last.seen else _FINER * last.longest
            if longest * MOST_STEPS < 1.0:  # so many windows are not to be paid for
                break
            last = self._woken(start, last, self._pass(start, last, tolerance, longest))
            attempts.append(last.attempt)
            told += [last.estimate] if last.seen else []
            if last.estimate <= best.estimate:
                best = last
            if last.seen and (
                last.march.stop is not None
                or last.estimate <= self.options.tol
                or floor <= _TIGHTEST
            ):
                break
        best, further = self._checked(start, best)
        attempts += further
        self._refuse_rivals(start, best)
        best = _up_to_branching(start, best, max(min(best.estimate, self.options.tol), _ROUNDED))
        return self._outcome(start, best, tuple(attempts))

    def _checked(self, start: Start, best: _Pass) -> tuple[_Pass, tuple[Attempt, ...]]:
        """The best pass with an estimate of its own, and the pass that tells it.

        The pass before may have been far coarser: the distance to it was up to 5000 times the
        error. One of a higher degree, tighter by a digit, tells its own. It is made where it
        takes no more windows than a march spends to find out, and where rounding is not all there
        is to tell.
        """
        march, estimate = best.march, best.estimate
        few = len(march.trajectory) <= np.sqrt(MOST_STEPS)
        if best.attempt.status is not Status.CONVERGED or march.stop or not few or estimate <= SAME:
            return best, ()
        tolerance = max(best.tolerance * _TIGHTER, _TIGHTEST)
        check = self._pass(start, best, tolerance, best.longest)
        told = check.seen and check.march.stop is None
        if not told or estimate < check.estimate <= RIGHT_WITHIN * estimate:
            return best, (check.attempt,)
        status = Status.of(check.estimate, self.options.tol)
        attempt = replace(best.attempt, estimate=check.estimate, status=status)
        best = replace(best, attempt=attempt, before=check.march.trajectory)
        return best, (check.attempt,)

    def _woken(self, start: Start, before: _Pass | None, stopped: _Pass) -> _Pass:
        """A pass again, with other sizes, if it stopped because of states that rested at first.

        A state that is zero until a ramp sets in has to be resolved from nothing on, against
        itself, where a ramp is but rounding of time. How large it will be, the pass before or a
        march that does not look at its error tells; errors count against that from then on.
        """
        layout, reached = start.equations.layout, stopped.march.trajectory
        resting = (layout.lifts > 0) & (start.jet == 0.0)
        settled = stopped.march.stop is None or stopped.woken is not None
        if settled or not np.any(resting):
            return stopped
        tolerance, longest = stopped.tolerance, stopped.longest
        if before is not None:
            found = before.march.trajectory
        else:
            free = np.where(resting, np.inf, 0.0)
            found = self._march(start, None, tolerance, longest, free).trajectory
        if not found.reach > reached.reach:
            return stopped
        woken = resting
        if len(reached):
            times, _ = reached.sample()
            so_far = np.abs(reached.states(times.ravel())).max(axis=1)
            woken = resting & (so_far < SLIGHT * state_sizes(found))
        if not np.any(woken):
            return stopped
        least = np.where(woken, state_sizes(found), 0.0)
        return replace(self._pass(start, before, tolerance, longest, least), woken=woken)

    def _refuse_rivals(self, start: Start, best: _Pass) -> None:
        """Raise if a factor of the equation has another solution through the same values."""
        problem, trajectory = self.system.problem, best.march.trajectory
        if not len(trajectory):
            return
        times, _ = trajectory.sample()
        for factor in start.rivals:
            if not vanishes(problem, factor, trajectory.states(times.ravel()), times.ravel()):
                texts = {
                    symbol: trace_text(trace, problem.unknowns, problem.variables)
                    for symbol, trace in zip(factor.symbols, factor.traces, strict=True)
                }
                raise ProblemError(
                    "the statement has several solutions: the equation is a product, and its "
                    f"factor `{written(factor.residual, texts)}` vanishes at the initial values as "
                    "well as another; state the one that is meant"
                )

    @property
    def _loosest(self) -> float:
        return max(self.options.tol * _TIGHTER, _TIGHTEST)

    def _pass(
        self,
        start: Start,
        before: _Pass | None,
        tolerance: float,
        longest: float = 1.0,
        least: Array | None = None,
    ) -> _Pass:
        """March once, and tell the distance from the pass before."""
        began = time.perf_counter()
        number = before.number + 1 if before is not None else 0
        guide = before.march.trajectory if before is not None else None
        suspects = before.suspects if before else self.breaks.sharp
        visits = before.visits if before else np.empty(0)
        woken = before.woken if before else None
        if least is None and guide is not None and woken is not None:
            least = np.where(woken, state_sizes(guide), 0.0)
        done = self._march(start, before, tolerance, longest, least)
        trajectory = done.trajectory
        status, estimate = Status.UNCHECKED, np.inf
        defect = Defect(np.inf, True, np.empty(0), np.empty(0))
        if len(trajectory):
            edges, tol = np.sort(trajectory.edges), self.options.tol
            suspects = np.union1d(suspects, self.along.points(trajectory.field, edges, tol))
            defect = unseen_defect(
                start.equations,
                trajectory,
                tolerance,
                self.options.seed.of(Purpose.UNSEEN),
                suspects,
            )
        other = None if before is None else before.right or before.march
        # Of two passes, if one met an event and the other did not, they are not one solution.
        alike = other is not None and other.event == done.event
        if other is not None and len(trajectory) and defect.expected and alike:
            # What rounding makes of a sum over the nodes, two passes may share.
            shared = max(_TIGHTEST, rounding_of_time(trajectory))
            shared = max(shared, overlooked(start.equations, trajectory, self.faint))
            estimate = max(distance(trajectory, other.trajectory), shared)
            status = Status.of(estimate, self.options.tol)
        attempt = Attempt(
            blocks=len(trajectory),
            width=0,
            degree=trajectory.degree,
            residual=defect.relative,
            estimate=estimate,
            seconds=time.perf_counter() - began,
            status=status,
        )
        self.options.progress(
            f"{attempt.size}, error {attempt.bound:.1e}",
            1.0 if status is Status.CONVERGED else _share(number + 1),
        )
        return _Pass(
            number,
            tolerance,
            longest,
            done,
            attempt,
            defect.expected,
            np.union1d(suspects, defect.surprising),
            np.union1d(visits, defect.worst),
            woken,
            done if defect.expected else before.right if before else None,
            other.trajectory if other else None,
        )

    def _march(
        self,
        start: Start,
        before: _Pass | None,
        tolerance: float,
        longest: float = 1.0,
        least: Array | None = None,
    ) -> March:
        number = before.number + 1 if before is not None else 0
        guide = before.march.trajectory if before is not None else None
        problem, layout = self.system.problem, start.equations.layout
        (lower,), (upper,) = problem.domain.lower, problem.domain.upper
        jet, late = start.jet, 0.0
        if number % 2 == 0:
            rng = self.options.seed.of(Purpose.RUN, number).generator()
            signs = rng.choice([-1, 1], len(jet))
            # Of several, one may take from another what it adds: they are moved by as much as all.
            terms = len(jet) if len(layout.lower) > 1 else 1
            jet = jet * (1.0 + signs * relative_rounding(terms))
            late = -relative_rounding()
        course = Course(
            start=self.place,
            end=upper if self.place == lower else lower,
            jet=jet,
            tolerance=tolerance,
            # What a pass stepped over is not in its sizes either.
            sizes=state_sizes(before.march.trajectory) if before and before.seen else None,
            least=least,
            signed=signed_rows(problem, layout, jet),
            guide=guide,
            continuous=start.branching,
            longest=longest,
            switches=self.breaks.switches,
            crossings=crossings(self.system, layout, upwards=self.place == lower),
            points=self.wanted.points[0],
            visits=before.visits if before else np.empty(0),
            late=late,
        )
        rule = radau_rule(_DEGREES[number % len(_DEGREES)], max(layout.orders))

        def go(course: Course) -> March:
            watched = replace(course, event=self._watched())
            return march(start.equations, rule, watched, lambda share: self._tell(number, share))

        done = go(course)
        # Where an unknown itself grows without bound there is nothing beyond.
        ends = done.stop is not None and done.stop.kind in ("steep", "unresolved", "unsigned")
        frames = self._frames(done.stop.at) if done.stop and ends and not start.branching else {}
        return go(replace(course, frames=frames)) if frames else done

    def _watched(self) -> Event | None:
        if self.event is None:
            return None
        return watch(self.system.problem, self.event, self.options.tol, self.watched)

    def _tell(self, number: int, share: float) -> None:
        self.options.progress(f"pass {number + 1}", _share(number + share))

    def _frames(self, at: float) -> dict[float, Equations]:
        """Equations in the times from places where terms are infinite, if a march stopped at one.

        Elsewhere windows step over such a place: nothing has to be infinite there in the end.
        """
        problem = self.system.problem
        (lower,), (upper,) = problem.domain.lower, problem.domain.upper
        places = singular_times(problem)
        if all(abs(at - place) > SLIGHT * (upper - lower) for place in places):
            return {}
        return {place: framed(problem, exact) for place, exact in places.items()}

    def _outcome(self, start: Start, best: _Pass, attempts: tuple[Attempt, ...]) -> Outcome:
        trajectory, stop = best.march.trajectory, best.march.stop
        variable = self.system.problem.variables[0]
        notes: tuple[str, ...] = ()
        reached = float(trajectory.edges[-1])
        status, ending = best.attempt.status, ""
        if start.singular and status is not Status.CONVERGED:
            # Runs that differ by little may still be far from a solution that nothing selects.
            status = Status.UNDETERMINED
            notes = (
                f"the equations are singular at {variable} = {self.place:.6g}, where they do not "
                "give the highest derivatives: the conditions there may not determine a solution",
            )
        if stop is not None:
            status, notes = Status.ENDED, ()
            ending = self._ended(start, stop, best)
        elif self._condition(start, trajectory) >= UNDETERMINED:
            raise undetermined(consistent=best.attempt.residual < VIOLATED)
        elif best.march.event and self.event is not None:
            ending = f"stopped at {variable} = {reached:.12g}, where {self.event.source}"
        elif self.event is not None:
            place = f"{variable} = {reached:.6g}"
            notes = (*notes, f"{self.event.source} did not happen until {place}, the end")
        doubts = (*self.wanted.doubts, *self.watched.doubts)
        field = trajectory.field if len(trajectory) else self._constant(start)
        if status is Status.CONVERGED:
            status = Status.of(best.attempt.estimate, self.options.tol)
        attempt = replace(best.attempt, blocks=len(field.partition), status=status)
        return Outcome(
            field=field,
            status=status,
            attempts=attempts,
            best=attempt,
            notes=(*notes, *(() if stop else self._causes(attempt, field.partition)), *doubts),
            ending=ending,
            reached=(reached,) if len(trajectory) and (stop or best.march.event) else (),
            check=best.before.field if best.before is not None and len(best.before) else None,
            at_once=stop is not None and self._is_bounded(trajectory),
        )

    def _is_bounded(self, trajectory: Trajectory) -> bool:
        """Whether what ended at the far end was no larger half of the digits before it.

        What is a rounding away from a bounded solution is lost in it there, as c/x in sin(x)/x.
        """
        (lower,), (upper,) = self.system.problem.domain.lower, self.system.problem.domain.upper
        far = upper if self.place == lower else lower
        length = self.place - far
        left = abs(trajectory.edges[-1] - far)
        if not len(trajectory) or left > HALF_OF_THE_DIGITS * abs(length):
            return False
        shares = np.append(np.linspace(SLIGHT, 1.0, FEW), HALF_OF_THE_DIGITS)
        states = trajectory.states(far + length * shares)[trajectory.layout.controlled]
        sizes = np.abs(states).max(axis=0)
        return bool(sizes[-1] <= A_DIGIT * sizes[:-1].max())

    def _causes(self, attempt: Attempt, partition: Partition) -> tuple[str, ...]:
        """Likely causes of an estimate above the tolerance."""
        if attempt.status is Status.CONVERGED:
            return ()
        causes = tuple(undefined_equations(self.system, partition, self.options.seed))
        return causes or tuple(accuracy_cause(attempt.residual, attempt.bound, fixed=False))

    def _condition(self, start: Start, trajectory: Trajectory) -> float:
        """Of the first window: large where a singular start leaves the solution open."""
        if not start.singular or not len(trajectory):
            return 1.0
        if leaves_open(start.equations, trajectory, _ROUNDED):
            return np.inf
        method, length = trajectory.method, trajectory.edges[1] - trajectory.edges[0]
        times = self.place + 0.5 * length * (method.nodes + 1.0)
        states, origin = trajectory.states(times), 0.0
        frames = {} if start.branching else self._frames(self.place)
        if self.place in frames:
            origin = self.place
        equations = frames.get(self.place, start.equations)
        return condition_number(equations, method, self.place - origin, length, states)

    def _constant(self, start: Start) -> PolynomialField:
        """The initial values everywhere, where not one window could be solved."""
        (lower,), (upper,) = self.system.problem.domain.lower, self.system.problem.domain.upper
        values = np.nan_to_num(start.jet[start.equations.layout.order == 0])
        return PolynomialField(Partition.between([lower, upper]), values[None, :, None])

    def _stuck(self, start: Start) -> str:
        """Why there is no first window from a start that is singular."""
        variable, layout = self.system.problem.variables[0], start.equations.layout
        (lower,), (upper,) = self.system.problem.domain.lower, self.system.problem.domain.upper
        length = (upper if self.place == lower else lower) - self.place
        method = radau_rule(_DEGREES[0], max(layout.orders))
        # Away from values that are special at the start.
        shape = (len(start.jet), method.degree)
        states = self.options.seed.of(Purpose.STATES).generator().standard_normal(shape)
        if condition_number(start.equations, method, self.place, length, states) > 1.0 / _ROUNDED:
            return (
                "the equations depend on each other or contradict each other: together they leave "
                "some highest derivative open everywhere"
            )
        return (
            f"the equations do not give the highest derivatives at {variable} = "
            f"{number(self.place)}, where a coefficient or source is infinite or vanishes, and no "
            "window that starts there, however short, resolves the solution; start beside it"
        )

    def _ended(self, start: Start, stop: Stop, best: _Pass) -> str:
        """Why and when the march ended, in the user's words."""
        estimate = best.estimate
        variable = self.system.problem.variables[0]
        name = self.system.problem.unknowns[stop.unknown].func.__name__
        why = {
            "growth": f"{name} grows without bound there (a blow-up)",
            "overflow": f"{name} leaves the range of floating point there (it is beyond 1e100, and "
            "its powers overflow); a solution in another unit, or of its logarithm, goes on",
            "underflow": f"{name} falls below the smallest numbers there, and its root, power or "
            "logarithm needs its sign; a solution of its logarithm goes on",
            "steep": f"a derivative of {name} grows without bound there (the solution ends)",
            "units": f"a derivative of {name} leaves the range of floating point there (beyond "
            f"{HUGE:.0e} it has no square); measure {variable} in another unit",
            "unsigned": f"{name} comes to zero there, and below zero its root, power or logarithm "
            "has no real value",
            "unresolved": "no window resolves the solution beyond, however short the length of the "
            f"interval and the rounding of {variable} let it be",
            "long": "more windows than are allowed would be needed beyond; shorten the interval "
            "or raise tol",
            "branching": "the equations do not determine how it goes on, and several solutions may "
            "branch off there; end the interval there, start another one beyond it, or divide out "
            "a factor that vanishes there",
        }[stop.kind]
        if stop.kind == "unresolved" and start.singular and not len(best.march.trajectory):
            why = self._stuck(start)
        text = f"the solution could be followed up to {variable} = {stop.at:.12g}: {why}"
        if np.isfinite(estimate) and stop.kind != "growth":
            text += f". Up to there two runs differ by {estimate:.1e}"
        return text


def _up_to_branching(start: Start, best: _Pass, tolerance: float) -> _Pass:
    """A pass, ended at the first place beyond which its solution is one of several."""
    trajectory, stop = best.march.trajectory, best.march.stop
    if len(trajectory):
        unresolved = stop is not None and stop.kind in ("unresolved", "unsigned")
        if unresolved and ends_open(start.equations, trajectory, tolerance):
            return replace(best, march=March(trajectory, Stop("branching", trajectory.edges[-1])))
        place = branching_place(start.equations, trajectory, start.branching, tolerance)
        trajectory = trajectory if place is None else trajectory.ending_at(place)
    else:
        (place,) = trajectory.edges
        place = place if infinite(start.equations, place, start.jet) else None
    if place is None:
        return best
    return replace(best, march=March(trajectory, Stop("branching", place)))


def _top(start: Start) -> str:
    return ", ".join(f"{value:.6g}" for value in start.jet[start.equations.layout.top])


def _share(passes: float) -> float:
    """How far a solve is after some passes, of which nobody knows how many there will be."""
    return passes / (1.0 + passes)
