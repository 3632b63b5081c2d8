"""From window to window: how long each is, and where it ends that there is no further one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...geometry.legendre import legendre_values
from ...geometry.spacing import furthest
from ...problem.compiled.ordinary import Equations, Layout
from ...rounding import HALF_OF_THE_DIGITS, SAME, relative_rounding
from ...rules.judgement import A_DIGIT, SLIGHT
from ..budget import MOST_STEPS, PATIENCE, forecast
from ..controller import Controller
from ..radau_rule import RadauRule, resolved_growth
from .trajectory import Trajectory
from .window import HUGE, Window, solve_window

Event = Callable[[Trajectory, Window, bool], float | None]
"""The share of a window after which to stop, if any; told whether it is the first window."""

# Of the tolerance to which windows are solved. They are far more accurate than it asks: with 1e-2
# what Newton's method left was most of the error, and Lorenz's equations took one more pass.
_NEWTON = 1e-4
# Legendre modes of a window that guess the next, and the reference coordinate to which they do.
# Summed up to the smallest term the guess is large beside a singular point, and its rounding kept
# windows of t u'' + 2 u' + t u = 0 from stepping over t = 0.
_EXTRAPOLATED, _FURTHEST = 4, 3.0
# Below, what is smaller by rounding has no digits.
_SMALLEST = float(np.finfo(float).tiny) / relative_rounding()
_OVERFLOWS = float(np.cbrt(np.finfo(float).max))  # a value whose cube leaves double precision

Kind = Literal[
    "growth",
    "overflow",
    "underflow",
    "unsigned",
    "steep",
    "units",
    "unresolved",
    "long",
    "branching",
]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a march ended before its goal, at time `at`.

    "growth": an unknown grows without bound; "overflow": it leaves double precision, but in no
    hurry; "underflow": one that has to stay positive is smaller than any number; "unsigned": it
    comes to zero; "steep": a derivative grows without bound; "units": one has no square in double
    precision; "unresolved": none of these, but no window is short enough; "long": too many windows;
    "branching": one of several solutions would follow.
    """

    kind: Kind
    at: float
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class March:
    """A trajectory, why it ended early if it did, and whether an event ended it."""

    trajectory: Trajectory
    stop: Stop | None = None
    event: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """What to march over and how exactly.

    Attributes
    ----------
    start, end : float
        `end` may lie before `start`.
    jet : array (rows,)
        The states at the start, the highest derivatives as well as they are known.
    tolerance : float
        Error of one window, relative to the size of each state.
    sizes : array (rows,) or None
        Root mean squares of the states over the whole interval, where they are known: an
        error counts against the smaller of this and the largest value so far.
    least : array (rows,) or None
        The least that an error counts against. Zero but for states that rest at first: they are
        nothing against what they will be, and what drives them is not known to so many digits.
    signed : array of int
        The states that have to stay positive: an error counts against the least of each.
    guide : Trajectory or None
        An earlier solution, to start Newton's method from.
    continuous : bool
        Whether the highest derivatives must go on where they were: with several roots of an
        implicit equation they may not change from one to another.
    event : callable or None
    longest : float
        Of a window, as a share of the interval.
    switches, visits : array
        Times at which a window ends, in any order: at a switch highest derivatives may jump; a
        visit only has something looked at that is easily stepped over.
    crossings : mapping of float to callable
        Of switches at which states jump as well: from those before to those beyond.
    points : array
        Than which nodes may nowhere be further apart, in rising order.
    late : float
        By what share of itself the time is off that equations are taken at: what the rounding of
        times, and of the constants beside them, does to a solution shows.
    frames : mapping of float to Equations
        Of places at which terms of the variable are infinite: the equations in the time from there.
    """

    start: float
    end: float
    jet: Array
    tolerance: float
    sizes: Array | None = None
    least: Array | None = None
    signed: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    guide: Trajectory | None = None
    continuous: bool = False
    event: Event | None = None
    longest: float = 1.0
    switches: Array = field(default_factory=lambda: np.empty(0))
    visits: Array = field(default_factory=lambda: np.empty(0))
    crossings: Mapping[float, Callable[[Array], Array]] = field(default_factory=dict)
    points: Array = field(default_factory=lambda: np.empty(0))
    late: float = 0.0
    frames: Mapping[float, Equations] = field(default_factory=dict)

    def frame(self, time: float, goal: float) -> float:
        """From where times are counted on the way to a goal: the nearest of `frames`, or zero."""
        middle = 0.5 * (time + goal)
        return min(self.frames, key=lambda place: abs(middle - place), default=0.0)

    def seeing(self, time: float, nodes: int) -> float:
        """The length of a window from there whose nodes see all that is known."""
        if self.end < self.start:
            return furthest(-self.points[::-1], -time, nodes)
        return furthest(self.points, time, nodes)

    def goals(self) -> list[float]:
        """Times at which a window ends, the last first."""
        framed = np.sort(list(self.frames))
        between = 0.5 * (framed[1:] + framed[:-1])
        switches = {float(t) for t in (*self.switches, *framed, *between)}
        fixed = np.array([self.start, self.end, *switches])
        apart = HALF_OF_THE_DIGITS * max(abs(self.start), abs(self.end))
        visits = {float(v) for v in self.visits if np.abs(v - fixed).min() > apart}
        inner = sorted((switches | visits) - {self.start, self.end}, reverse=self.end > self.start)
        return [self.end, *inner]


def march(
    equations: Equations, method: RadauRule, course: Course, tell: Callable[[float], None]
) -> March:
    """Go from start to end, to an event, or as far as windows can be resolved.

    Times are counted from `origin`, which is zero but where a term is infinite: beside that windows
    may be shorter than a time can tell, and leave no more than their end.
    """
    layout, span = equations.layout, course.end - course.start
    trajectory = Trajectory(method, layout, [course.start])
    yardstick, controller = _Yardstick(layout, course), Controller(method.degree - 1)
    resolved = resolved_growth(method.degree, course.tolerance)
    jet, last, rough = course.jet, None, 0
    # Of linear equations one step is the last, and leaves the rounding of its guess.
    guide = None if equations.linear else course.guide
    length, goals = np.sign(span) * _first_length(course, layout.order), course.goals()
    origin = course.frame(course.start, goals[-1])
    time, last = course.start - origin, None
    # Of the time: a shorter window has no nodes of its own.
    roundings = relative_rounding(method.degree)
    # The last node before a switch lies so much before it.
    before_switch = np.sign(span) * roundings * max(abs(course.start), abs(course.end))
    if not course.continuous and course.start in course.switches:
        jet = _without_slopes(jet, layout)
    while True:
        rest = goals[-1] - origin - time
        infinite = goals[-1] in course.frames
        if infinite and yardstick.settles(jet, rest, only_unknowns=len(goals) == 1):
            trajectory.hold(jet, goals[-1])
            jet, last, length, rest = _without_slopes(jet, layout), None, span, 0.0
        if rest == 0.0:
            here = goals.pop()
            if not goals:
                return March(trajectory)
            origin = course.frame(here, goals[-1])
            time, rest = here - origin, goals[-1] - here
            infinite = goals[-1] in course.frames
        length = np.sign(span) * min(abs(length), course.seeing(origin + time, method.degree))
        if infinite:  # a digit nearer: no value is to be had at the place itself
            length = np.sign(span) * min(abs(length), abs(rest) * (1.0 - 1.0 / A_DIGIT))
        length = _fitted(length, rest)
        end = goals[-1] - origin if length == rest else time + length
        if abs(end - time) <= roundings * abs(time) + _SMALLEST * abs(span):
            return March(trajectory, yardstick.diagnose(origin + time, jet))
        # An event may end it long before its goal.
        coming = 0.0 if course.event else forecast(len(trajectory), trajectory.edges, course.end)
        if len(trajectory) + coming >= MOST_STEPS:
            return March(trajectory, Stop("long", origin + time))
        switches = length == rest and goals[-1] in course.switches
        ahead = end - time - (before_switch if switches else 0.0)
        window = solve_window(
            course.frames.get(origin, equations),
            method,
            time * (1.0 + course.late),
            ahead,
            jet,
            _guess(guide, method, layout.top, last, jet, origin + time, ahead),
            yardstick.measure,
            _NEWTON * course.tolerance,
            resolved,
        )
        if window is None or (
            course.continuous and not _continues(window, jet, layout.top, method)
        ):
            length *= controller.unsolved
            continue
        # A singular start has growth c / t, on windows of every length.
        regular = last is not None or np.all(np.isfinite(jet))
        if regular and window.growth > resolved:
            length *= controller.towards(resolved / window.growth)
            continue
        error = yardstick.measure(window.local, window.states, window.rounding, course.least)
        share = error / course.tolerance
        if share > 1.0:
            length *= controller.change(share)
            continue
        seen = origin + end != trajectory.edges[-1]
        if seen:
            trajectory.append(window, origin + end)
            if switches:
                trajectory.stretch((end - time) / ahead, origin + end)
        if not infinite and trajectory.crawls(PATIENCE, HALF_OF_THE_DIGITS):
            return March(trajectory, yardstick.diagnose(origin + end, window.states[:, -1]))
        rough = rough + 1 if window.rough else 0
        # As noise around the end of u' = -1/u leaves a derivative unresolved.
        if rough == PATIENCE:
            trajectory.drop(rough)
            return March(trajectory, yardstick.roughened(trajectory.edges[-1]))
        placed = replace(window, start=origin + window.start)
        place = course.event(trajectory, placed, last is None) if course.event else None
        if place is not None:
            if seen:
                trajectory.cut(place)
            return March(trajectory, event=True)
        yardstick.advance(window)
        jet, time, last = window.states[:, -1], end, window
        if switches:
            jet = jet + before_switch * np.where(layout.lifts > 0, np.roll(jet, -1), 0.0)
            if goals[-1] in course.crossings:
                jet = course.crossings[goals[-1]](jet)
            elif not course.continuous:
                jet = _without_slopes(jet, layout)
        length *= controller.change(share)
        length = np.sign(span) * min(abs(length), course.longest * abs(span))
        tell((origin + time - course.start) / span)


class _Yardstick:
    """What the states are measured against: how large they are and were, and their rounding."""

    def __init__(self, layout: Layout, course: Course) -> None:
        self._layout = layout
        self._controlled = np.flatnonzero(layout.controlled)
        self._unknowns = np.flatnonzero(layout.order == 0)
        self._derivatives = np.flatnonzero(layout.order).tolist()
        self._driven = np.flatnonzero(layout.lifts).tolist()
        self._span = abs(course.end - course.start)
        self._tolerance = course.tolerance
        self._signed = course.signed
        self._sizes = course.sizes
        if self._sizes is not None:  # of a state that was zero throughout none is known
            self._sizes = np.where(self._sizes > 0.0, self._sizes, np.inf)
        self._largest = np.abs(np.nan_to_num(course.jet))
        self._squares = np.zeros(len(course.jet))
        self._elapsed = 0.0

    def measure(
        self, changes: Array, states: Array, rounding: Array, least: Array | None = None
    ) -> float:
        """Root mean square of changes over the size of their state, the largest."""
        with np.errstate(all="ignore"):
            here = np.abs(states).max(axis=1)
            size = np.maximum(self._largest, here)
            # A state that was nothing until it is driven, say by a source that is switched on,
            # is measured against what it will be: what it was would let no window be long enough.
            for row in reversed(self._driven):
                driven = size[row + 1] * self._span
                leaps = self._largest[row + 1] <= self._tolerance * here[row + 1]
                if leaps and here[row] <= self._tolerance * driven:
                    size[row] = driven
            if self._sizes is not None:
                size = np.minimum(size, self._sizes)
            if least is not None:
                size = np.maximum(size, least)
            size[self._signed] = np.abs(states[self._signed]).min(axis=1)
            # A derivative that is zero or nearly so matters over the interval only.
            for row in self._derivatives:
                size[row] = max(size[row], size[row - 1] / self._span)
            # Beside a singularity rounding explains everything: there it is no excuse.
            largest = size[self._unknowns].max()
            excused = np.minimum(rounding, SAME * np.maximum(here, largest))
            excused += relative_rounding() * here
            size += A_DIGIT / self._tolerance * excused
            size[size == 0.0] = 1.0
            size = np.maximum(size, _SMALLEST)
            shares = np.abs(changes[self._controlled] / size[self._controlled, None])
            shares = np.minimum(shares, _OVERFLOWS)  # has a square
            squares = np.einsum("rm,rm->r", shares, shares).max() / changes.shape[1]
        return float(np.sqrt(squares)) if np.isfinite(squares) else np.inf

    def settles(self, jet: Array, rest: float, *, only_unknowns: bool) -> bool:
        """Whether the states, or the unknowns, change but by rounding on the rest of a way.

        It has to be short: a slope that is zero now may not stay so.
        """
        if abs(rest) > relative_rounding() * self._span:
            return False
        moved = np.abs(np.append(jet[1:], 0.0) * rest)
        for row in reversed(self._driven):  # the next derivatives move it as well
            if row + 1 in self._driven:
                moved[row] = max(moved[row], moved[row + 1] * abs(rest))
        rows = [row for row in self._driven if row in self._unknowns or not only_unknowns]
        return bool(np.all(moved[rows] <= relative_rounding() * self._largest[rows]))

    def advance(self, window: Window) -> None:
        """Note the states of a window that was accepted."""
        self._largest = np.maximum(self._largest, np.abs(window.states).max(axis=1))
        self._squares += np.mean(window.states**2, axis=1) * abs(window.length)
        self._elapsed += abs(window.length)

    def roughened(self, time: float) -> Stop:
        """Why highest derivatives are not resolved: they have no bound, or no room for digits."""
        beyond = np.flatnonzero(self._largest > relative_rounding() * HUGE)
        return (
            Stop("units", time, int(self._layout.unknown[beyond[0]]))
            if len(beyond)
            else Stop("steep", time)
        )

    def diagnose(self, time: float, jet: Array) -> Stop:
        """What the states are like where no window is short enough."""
        with np.errstate(all="ignore"):
            ratio = np.abs(jet) / np.sqrt(self._squares / self._elapsed)
        ratio = np.where(np.isfinite(ratio), ratio, 0.0)
        unknowns = self._layout.order == 0
        vanished = self._signed[np.abs(jet[self._signed]) < _SMALLEST]
        if len(vanished):
            return Stop("underflow", time, int(self._layout.unknown[vanished[0]]))
        if np.max(np.abs(jet[unknowns])) > _OVERFLOWS:
            largest = int(np.argmax(np.where(unknowns, np.abs(jet), 0.0)))
            slope = np.abs(jet[min(largest + 1, len(jet) - 1)])
            # Near a singularity the time in which a value grows by itself is next to nothing.
            slow = slope * HALF_OF_THE_DIGITS * self._elapsed < np.abs(jet[largest])
            kind: Kind = "overflow" if slow else "growth"
            return Stop(kind, time, int(self._layout.unknown[largest]))
        # A value so far over its root mean square until now is no mere layer.
        if SLIGHT * np.max(ratio[unknowns]) > 1.0:
            grown = np.where(unknowns, ratio, 0.0)
            return Stop("growth", time, int(self._layout.unknown[np.argmax(grown)]))
        if SLIGHT * np.max(ratio) > 1.0:
            return Stop("steep", time, int(self._layout.unknown[np.argmax(ratio)]))
        beyond = np.flatnonzero(np.isfinite(jet) & (np.abs(jet) > HUGE))
        if len(beyond):
            return Stop("units", time, int(self._layout.unknown[beyond[0]]))
        ended = self._signed[jet[self._signed] < HALF_OF_THE_DIGITS * self._largest[self._signed]]
        if len(ended):
            return Stop("unsigned", time, int(self._layout.unknown[ended[0]]))
        return Stop("unresolved", time)


def _first_length(course: Course, order: NDArray[np.intp]) -> float:
    """The time in which the states that are not zero change by as much as they are."""
    longest = course.longest * abs(course.end - course.start)
    # An only window that an event has cut would end a window on the event, give or take rounding.
    if course.guide is not None and (course.event is None or len(course.guide) > 1):
        return min(abs(course.guide.edges[1] - course.guide.edges[0]), longest)
    values, slopes = np.abs(course.jet[:-1]), np.abs(course.jet[1:])
    follows = (order[1:] > order[:-1]) & (values > 0.0) & (slopes > 0.0) & np.isfinite(slopes)
    # A state of 1e-30 is zero to all that comes after. Where it is not, windows shrink.
    return float(
        max(min([longest, *(values[follows] / slopes[follows])]), HALF_OF_THE_DIGITS * longest)
    )


def _without_slopes(jet: Array, layout: Layout) -> Array:
    """A jet of which the highest derivatives are not known, for they may have jumped."""
    return np.where(layout.lifts == 0, np.nan, jet)


def _fitted(length: float, rest: float) -> float:
    """A length that ends at the goal, or leaves room for a window as long."""
    if abs(length) >= abs(rest):
        return rest
    return 0.5 * rest if 2.0 * abs(length) > abs(rest) else length


def _guess(
    guide: Trajectory | None,
    method: RadauRule,
    top: NDArray[np.intp],
    last: Window | None,
    jet: Array,
    time: float,
    length: float,
) -> Array:
    """The highest derivatives at the nodes, from an earlier solution or the window before."""
    if guide is not None and abs(time + length - guide.edges[0]) <= guide.reach:
        times = time + 0.5 * length * (method.nodes + 1.0)
        return guide.states(times)[top]
    if last is None:
        known = np.where(np.isfinite(jet[top]), jet[top], 0.0)
        return np.repeat(known[:, None], method.degree, axis=1)
    series = last.states[top] @ method.to_legendre[:_EXTRAPOLATED].T
    points = 1.0 + length / last.length * (method.nodes + 1.0)
    powers = legendre_values(np.minimum(points, _FURTHEST), _EXTRAPOLATED - 1)
    return np.asarray(series @ powers.T)


def _continues(window: Window, jet: Array, top: NDArray[np.intp], method: RadauRule) -> bool:
    """Whether the highest derivatives start near where they were, not on another root."""
    known = jet[top]
    start = window.states[top] @ method.to_legendre.T @ (-1.0) ** np.arange(method.degree)
    turned = np.abs(start - known) > (np.abs(start) + np.abs(known)) / A_DIGIT + SLIGHT**2
    return not np.any(turned & np.isfinite(known))
