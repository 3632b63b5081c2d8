r"""The method of lines for a differential-algebraic evolution, F(t, y, y') = 0.

Where the equations cannot be solved for the highest derivatives in time, since some unknowns have
none or a coefficient vanishes, they are tested as they are. With the free coordinates y of
:mod:`.space` and test functions v of the unknown that goes with an equation
(:mod:`sigmajet.analysis.evolution.matching`),

.. math:: \left( v,\; F(x, t, u, \dots, \partial_t^m u) \right) = 0 .

Radau methods integrate that: their last stage is the end of the step, so that what is algebraic
holds there (E. Hairer, G. Wanner, "Solving Ordinary Differential Equations II", VI and VII).

A constraint without its multiplier (:mod:`sigmajet.problem.checks.multipliers`) may leave some of
the one and the other open: see :mod:`.null_modes`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.linalg import LinAlgWarning

from ..._types import Array, Orders
from ...analysis.evolution.matching import matched_equations
from ...linalg.constraints.null_space import DEPENDENT
from ...nonlinear.gauss_newton import STEPS, gauss_newton
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.residual import Residual
from ...problem.compiled.walls import without
from ...randomness import PROBES, Purpose
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...timestepping.stepper import Linearised, Solve
from .null_modes import NullModes
from .space import Matrix, Space, solver


class ImplicitLines:
    """The tested equations and their Jacobians on one discretisation in space."""

    singular = True

    def __init__(self, model: EvolutionModel, space: Space) -> None:
        self.model = model
        self.space = space
        self.autonomous = model.autonomous
        self._multipliers = model.walls.multipliers
        # That an unknown of time alone does not change in space is built into the functions.
        self._equations = [
            None if row < 0 else model.system.equations[row] for row in matched_equations(model)
        ]
        self._tops = [
            () if equation is None else _highest(equation, model.axis)
            for equation in self._equations
        ]
        self._constant: Sequence[Matrix | None] | None = None  # Jacobians that do not change
        self._latest: dict[int, tuple[Any, Matrix]] = {}  # by levels, where they are constant
        self._factors: list[float] | None = None  # of moving walls
        # What the state is measured by: levels that the equations hold.
        self._held = np.arange(model.order)[:, None] < np.maximum(model.levels, 1)
        self.modes: NullModes | None = None  # of constraints, once a state is known
        followed = np.isin(np.arange(space.unknowns), list(self._multipliers))
        self.hidden: NDArray[np.bool_] = np.broadcast_to(followed, self._held.shape)

    def defects(self, times: Array, states: Array, slopes: Array) -> Array:
        """F(t, y, y') at several times, (k, order * size); of levels, y_k' - y_(k + 1)."""
        levels, top = self._levels(states, slopes)
        found = self._evaluated(times, levels, top)
        first = slopes.reshape(levels.shape)[:, :-1] - levels[:, 1:]
        values = np.array([each for each, _, _ in found])
        tested = self.space.tested(values)
        if self.modes is not None:
            tested = self.modes.held(tested.T, levels[:, 0].T).T
        parts = [first.reshape(len(times), -1), tested]
        moving = self.space.moving
        if moving is not None:
            factors = self._weighed(times[0], *found[0][1:])
            told = [
                moving.defects(time, coefficients, factors)
                for time, (_, _, coefficients) in zip(times, found, strict=True)
            ]
            if self._weighs:
                inside = self.space.tested_by_told(values)
                told = [
                    self.space.told_lengths * at_wall + tested
                    for at_wall, tested in zip(told, inside, strict=True)
                ]
            parts.append(np.array(told))
        return np.concatenate(parts, axis=1)

    @property
    def _weighs(self) -> bool:
        """Whether equations are tested with functions of what moving walls tell as well."""
        moving = self.space.moving
        return moving is not None and moving.store and self.space.partition.dimension > 1

    def _weighed(self, time: float, partials: list[Array], coefficients: Array) -> list[float]:
        """The factors of moving walls: as derivatives in time of the equations are, at the start.

        Over half of a length of space, in the mean over the points of a wall.
        """
        moving = self.space.moving
        assert moving is not None
        if not self._weighs:
            return [1.0] * len(moving.placed)
        if self._factors is None:
            inside = [
                float(np.mean(np.sum(slopes[list(top)], axis=0))) if top else 0.0
                for slopes, top in zip(partials, self._tops, strict=True)
            ]
            length = float(self.space.partition.half_widths.mean())
            self._factors = []
            for placed, share in zip(moving.placed, moving.shares(time, coefficients), strict=True):
                condition = placed.condition
                own = inside[condition.main.unknown] or 1.0
                ratio = length * own / (share or 1.0)
                self._factors.append(ratio * placed.scale**2 / len(placed.points))
        return self._factors

    def linearise(self, time: float, state: Array, slope: Array) -> Linearised:
        """What solves (shift F_y' + F_y) x = r for any shift.

        From the first levels x_(k + 1) = shift x_k - r_k, which leaves one system for x_0.
        """
        order = self.model.order
        blocks = self._constant or self._jacobians(time, state, slope)
        self._constant = blocks if self.autonomous else None

        def factor(shift: complex | float) -> Solve:
            powers = [shift**k for k in range(order + 1)]
            invert = solver(_combined(powers, blocks))

            def solve(right: NDArray[Any]) -> NDArray[Any]:
                levels = right.reshape(order, -1)
                # What x_k is but for powers[k] x_0, of the highest derivative as well.
                known = [np.zeros_like(levels[0])]
                for row in levels[:-1]:
                    known.append(shift * known[-1] - row)
                rest = levels[-1]
                for block, row in zip(blocks[1:], [*known[1:], shift * known[-1]], strict=True):
                    if block is not None and np.any(row):
                        rest = rest - block @ row
                first = invert(rest)
                return np.concatenate(
                    [p * first + row for p, row in zip(powers, known, strict=False)]
                )

            return solve

        def inertia(vector: NDArray[Any]) -> NDArray[Any]:
            levels = vector.reshape(order, -1)
            last = np.zeros_like(levels[-1]) if blocks[-1] is None else blocks[-1] @ levels[-1]
            return np.concatenate([*levels[:-1], last])

        return Linearised(factor, inertia)

    def see(self, time: float, state: Array) -> bool:
        """Tell from a state what constraints leave open; False where it is not as much of both."""
        if not self._multipliers:
            return True
        self.modes = None
        matrix = self._jacobians(time, state, np.zeros_like(state))[0]
        self.modes = NullModes.of(matrix, self.space.first, DEPENDENT)
        return self.modes is not None

    def unmet(self, times: Array, state: Array, driven: Array) -> float:
        """The most of a constraint that nothing can see to, at some times, against all of it.

        Of what flows through walls the part that does not flow out again: against the smallest that
        the constraint holds of the unknowns, as large as they are or as walls make them.
        """
        modes = self.modes
        if modes is None or not modes.tests.shape[1]:
            return 0.0
        still = np.repeat(np.zeros_like(state)[None], len(times), axis=0)
        found = self._evaluated(times, *self._levels(still, still))
        tested = self.space.tested(np.array([values for values, _, _ in found]))
        sizes = np.maximum(self.sizes(state[None])[0, 0], driven)
        most = float(sizes[~self.hidden[0]].max()) * modes.least
        return max(map(modes.unmet, tested)) / (most or 1.0)

    def admissible(self, states: Array) -> Array:
        """States (k, order * size) without what rounding adds that breaks the constraints."""
        levels = states.reshape(-1, self.space.size)
        return self.space.admissible(levels).reshape(states.shape)

    def sizes(self, states: Array) -> Array:
        """Norms in L2 of the unknowns and their time derivatives, (k, order, unknowns)."""
        levels = states.reshape(-1, self.space.size)
        norms = self.space.norms(levels).reshape(len(states), self.model.order, -1)
        return np.asarray(np.where(self._held, norms, 0.0))

    def consistent(self, time: float, state: Array, span: float) -> tuple[Array, float]:
        """A state near one for which y' exists, and how far it moved what has a derivative.

        By an implicit Euler step so short that rounding leaves a quarter of the digits of a slope.
        What is algebraic is that of any such step; or it is made of slopes (an index of 2, as a
        pressure is) and of their rounding: then the step is longer, and each has half of the
        digits. What has a derivative would go on by the slope: it starts as far back.
        """
        short = HALF_OF_THE_DIGITS * np.sqrt(HALF_OF_THE_DIGITS) * span
        if not self.see(time, state):
            return state, np.inf
        once = self._landing(time, state, short)
        if self._multipliers:
            found = self._with_multipliers(time, once, span)
        elif once is not None and self._alike(once, state):
            return self._stated(once), 0.0
        else:
            twice = self._landing(time, state, 2.0 * short)
            found = once
            if once is None or twice is None or not self._alike(once, twice):
                found = self._landing(
                    time, state if once is None else once, HALF_OF_THE_DIGITS * span
                )
        if found is None:
            return state, np.inf
        return self._stated(found), self._gap(time, state, short)

    def coming(self, time: float, state: Array, span: float) -> Array | None:
        """What becomes of a state at rest in a span, (order, unknowns); None of any other.

        One of which a step of no length makes more than there is.
        """
        ahead = self._euler(time, state, HALF_OF_THE_DIGITS * span)
        if ahead is None:
            return None
        sizes, made = self.sizes(np.array([state, ahead - state]))
        if sizes.max() > made.max():
            return None
        last = self._euler(time + span, state, span)
        # Where no step goes so far, by the slope that it begins with.
        return np.asarray(made / HALF_OF_THE_DIGITS if last is None else self.sizes(last[None])[0])

    def _with_multipliers(self, time: float, state: Array | None, span: float) -> Array | None:
        """A state that obeys the constraints with multipliers as slopes ask for at that time.

        Extrapolated from two steps, of which the rounding of slopes leaves two thirds of the
        digits and the curvature of a solution as many.
        """
        long = HALF_OF_THE_DIGITS ** (2 / 3) * span
        if state is None:
            return None
        once, twice = (self._landing(time, state, k * long) for k in (1, 2))
        if once is None or twice is None:
            return None
        found = state.copy()
        found[self.space.first :] = (2.0 * once - twice)[self.space.first :]
        return found

    def is_determined(self, time: float, state: Array, span: float) -> bool:
        """Whether what is algebraic follows from a state: it is that of all short steps.

        And rounding of the equations leaves half of its digits. Of what is made of slopes that is
        seen to as many.
        """
        short = HALF_OF_THE_DIGITS * np.sqrt(HALF_OF_THE_DIGITS) * span
        if not self._multipliers:
            once, twice = (self._landing(time, state, k * short) for k in (1, 2))
            if once is None or twice is None:
                return False
            if np.any(state) and not self._alike(once, twice):
                return False
            return self._condition(time, once, short) <= 1.0 / HALF_OF_THE_DIGITS
        start = self._landing(time, state, short) if self.see(time, state) else None
        long = HALF_OF_THE_DIGITS * span
        once, twice = (self._landing(time, start, k * long) for k in (1, 2))
        if once is None or twice is None:
            return False
        return self._alike(once, twice, np.sqrt(HALF_OF_THE_DIGITS))

    def _condition(self, time: float, state: Array, length: float) -> float:
        """By how much a step enlarges what equations are off by in what is algebraic.

        Against what they make of a smooth change of it. What they leave open they hold by rounding
        alone, which small steps from other states do not show: it is the same for all.
        """
        space = self.space
        algebraic = [k for k, level in enumerate(self.model.levels) if not level]
        if not algebraic:
            return 0.0
        across = np.sum((space.points - space.points[0]) / np.ptp(space.points, axis=0), axis=1)
        values = np.zeros((1, space.unknowns, len(space.points)))
        values[0, algebraic] = np.exp(np.outer(1.0 + np.arange(len(algebraic)), across))
        none = np.zeros((1, space.data(time, state.reshape(self.model.order, -1)).shape[1]))
        change = space.project(values, none)[0]
        blocks = self._jacobians(time, state, np.zeros_like(state))
        matrix = _combined([length**-k for k in range(len(blocks))], blocks)
        made = float(np.linalg.norm(matrix @ change) / np.linalg.norm(change))
        rough = PROBES.of(Purpose.STATES).generator().standard_normal(len(change))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", LinAlgWarning)
            try:
                found = solver(matrix)(rough)
            except RuntimeError:  # SuperLU: exactly singular
                return np.inf
        most = float(space.norms(found[None])[0, algebraic].max())
        return most * made / float(np.linalg.norm(rough)) if np.isfinite(most) else np.inf

    def _landing(self, time: float, state: Array | None, length: float) -> Array | None:
        """Where a step arrives that goes back first by what it will go on.

        Multipliers depend on how constraints change in time: for them it goes on to that.
        """
        later = time + length if self._multipliers else time
        ahead = self._euler(later, state, length)
        if state is None or ahead is None:
            return None
        return self._euler(time, 2.0 * state - ahead, length)

    def _gap(self, time: float, state: Array, length: float) -> float:
        """What a state jumps by at once, of what the highest derivatives in time are of.

        Steps of two lengths go as far apart as these are, but for that.
        """
        once, twice = (self._euler(time, state, k * length) for k in (1, 2))
        if once is None or twice is None:
            return np.inf
        inertia = self.linearise(time, state, np.zeros_like(state)).inertia
        order = self.model.order
        jump, size = (
            np.linalg.norm(inertia(each).reshape(order, -1)[-1])
            for each in (2.0 * once - twice - state, once)
        )
        return float(jump / (size or 1.0))

    def _stated(self, state: Array) -> Array:
        """A state without levels that no equation holds: of what is algebraic, slopes."""
        space = self.space
        levels = state.reshape(self.model.order, -1).copy()
        none = np.zeros((1, space.data(self.model.interval[0], levels).shape[1]))
        zero = (0,) * space.partition.dimension
        for level, held in enumerate(self._held):
            if not np.all(held):
                found = space.coefficients(levels[level][None], none)
                values = [h * space.values(i, zero, found)[0] for i, h in enumerate(held)]
                levels[level] = space.project(np.array([values]), none)[0]
        return levels.ravel()

    def _alike(self, one: Array, other: Array, to: float = HALF_OF_THE_DIGITS) -> bool:
        """Whether all unknowns of two states agree, to half of the digits or others."""
        apart, size = self.sizes(np.array([one - other, one]))
        return bool(np.all(apart <= to * self.units(size)))

    def units(self, sizes: Array) -> Array:
        """What changes of a state count against: sizes (order, unknowns).

        An unknown that vanishes counts against the others, and a derivative in time that does
        against the change that takes all of the time.
        """
        start, end = self.model.interval
        largest = float(sizes[0].max()) or 1.0
        least = largest / (end - start) ** np.arange(len(sizes))[:, None]
        least[0] *= HALF_OF_THE_DIGITS
        if self.modes is not None:  # multipliers, against what makes a change that takes all of it
            made = largest / (end - start) / self.modes.least
            least = np.where(self.hidden, made, least)
        return np.asarray(np.maximum(sizes, least))

    def _euler(self, time: float, state: Array | None, length: float) -> Array | None:
        """A step of the implicit Euler method; None where Newton's does not converge."""
        if state is None:
            return None

        def linearise(found: Array) -> _Correction | None:
            slope = (found - state) / length
            defect = self.defects(np.array([time]), found[None], slope[None])[0]
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore", LinAlgWarning)
                try:
                    change = -self.linearise(time, found, slope).factor(1.0 / length)(defect)
                except RuntimeError:  # SuperLU: exactly singular
                    return None
            if not np.all(np.isfinite(change)):
                return None
            start, end = self.model.interval
            return _Correction(self, found, state, change, length / (end - start))

        found = gauss_newton(
            linearise,
            state,
            tolerance=relative_rounding(),
            steps=STEPS,
        )
        return found.iterate if found.status.settled else None

    def settle(self, time: float, state: Array) -> None:
        """Nothing is damped: blocks fit together exactly, or there is one alone."""

    def _levels(self, states: Array, slopes: Array) -> tuple[Array, Array]:
        """The levels (k, order, size) of states, and the highest derivatives (k, size)."""
        shape = (len(states), self.model.order, self.space.size)
        return states.reshape(shape), slopes.reshape(shape)[:, -1]

    def _evaluated(
        self, times: Array, levels: Array, tops: Array
    ) -> list[tuple[Array, list[Array], Array]]:
        """At each time the equations (unknowns, m) at the points of space, and their derivatives.

        Those by their traces; and the coefficients that all are taken of, (levels, n).
        """
        axis, space = self.model.axis, self.space
        every = np.concatenate([levels, tops[:, None]], axis=1)
        coefficients = np.array(
            [
                space.coefficients(each, space.data(time, each)[: len(each)])
                for time, each in zip(times, every, strict=True)
            ]
        )
        # Equations share traces, and what a trace is made of serves all times.
        traces = {trace for equation in self._equations if equation for trace in equation.traces}
        values = {
            trace: space.values(
                trace.unknown, without(trace.orders, axis), coefficients[:, trace.orders[axis]]
            )
            for trace in traces
        }
        found = []
        for number, time in enumerate(times):
            points = np.insert(space.points, axis, time, axis=1)
            defects, slopes = np.zeros((space.unknowns, len(points))), []
            for row, equation in enumerate(self._equations):
                if equation is None:
                    slopes.append(np.zeros((0, len(points))))
                    continue
                table = np.array([values[trace][number] for trace in equation.traces])
                defects[row], partials = equation(
                    points, table.reshape(len(equation.traces), len(points))
                )
                slopes.append(partials)
            found.append((defects, slopes, coefficients[number].reshape(every.shape[1], -1)))
        return found

    def _jacobians(self, time: float, state: Array, slope: Array) -> Sequence[Matrix | None]:
        """The derivatives of the tested equations by each level and the highest derivative."""
        axis, space = self.model.axis, self.space
        (levels,), (top,) = self._levels(state[None], slope[None])
        ((_, slopes, coefficients),) = self._evaluated(np.array([time]), levels[None], top[None])
        walls = None
        if space.implicit is not None:
            data = space.data(time, np.concatenate([levels, top[None]]))
            walls = space.implicit.slopes(time, levels[0], data[0])
        terms: list[list[tuple[int, int, Orders, Array]]] = [[] for _ in range(len(levels) + 1)]
        for row, (equation, partials) in enumerate(zip(self._equations, slopes, strict=True)):
            if equation is None:
                continue
            for trace, partial in zip(equation.traces, partials, strict=True):
                if np.any(partial):
                    term = (row, trace.unknown, without(trace.orders, axis), partial)
                    terms[trace.orders[axis]].append(term)
        if space.moving is None:
            found = [self._assembled(level, each, walls) for level, each in enumerate(terms)]
            if self.modes is not None:
                found[0] = self.modes.matrix(found[0])
            return found
        factors = self._weighed(time, slopes, coefficients)
        below = space.moving.slopes(time, coefficients, factors)
        told = scipy.sparse.diags_array(space.told_lengths)
        found = []
        for each, rows in zip(terms, below, strict=True):
            matrix = space.assembled(each, told=self._weighs)
            lower = space.over_free(rows)
            if self._weighs:
                tests = matrix.shape[0] - lower.shape[0]
                matrix, lower = matrix[:tests], matrix[tests:] + told @ lower
            found.append(_stacked(matrix, lower))
        return found

    def _assembled(
        self, level: int, terms: Sequence[tuple[int, int, Orders, Array]], walls: Array | None
    ) -> Matrix | None:
        """The matrix of a level's terms; that of the last time if these are constant and the same.

        As those of the derivatives in time mostly are.
        """
        if not terms or walls is not None:
            return self.space.assembled(terms, walls) if terms else None
        if not all(np.all(gain == gain[0]) for *_, gain in terms):
            return self.space.assembled(terms)
        kind = tuple((*term, float(gain[0])) for *term, gain in terms)
        if self._latest.get(level, (None,))[0] != kind:
            self._latest[level] = kind, self.space.assembled(terms)
        return self._latest[level][1]


@dataclass(frozen=True, slots=True)
class _Correction:
    """A step of Newton's method from a state."""

    lines: ImplicitLines
    state: Array
    begin: Array
    """From which the step in time goes: what it leaves of that is rounding."""
    change: Array
    share: float
    """Of the time, that the slopes are taken over from which multipliers follow."""

    def size(self, *, stalls: bool) -> float:
        """The largest of the unknowns' relative changes."""
        sizes = self.lines.sizes(np.array([self.change, self.state + self.change, self.begin]))
        counted = np.where(self.lines.hidden, self.share, 1.0) * sizes[0]
        return float(np.max(counted / self.lines.units(sizes[1:].max(axis=0))))


def _highest(equation: Residual, axis: int) -> tuple[int, ...]:
    """The traces of an equation that are of its highest derivative in time, if it has any."""
    levels = [trace.orders[axis] for trace in equation.traces]
    return tuple(k for k, level in enumerate(levels) if 0 < level == max(levels))


def _stacked(upper: Matrix, lower: Matrix) -> Matrix:
    """One matrix below another, as sparse as the first."""
    if scipy.sparse.issparse(upper):
        return scipy.sparse.csc_array(scipy.sparse.vstack([upper, lower]))
    return np.vstack([upper, lower])


def _combined(powers: Sequence[complex | float], blocks: Sequence[Matrix | None]) -> Matrix:
    """The sum of matrices, each times its factor."""
    held = [p * b for p, b in zip(powers, blocks, strict=True) if b is not None]
    total = held[0]
    for each in held[1:]:
        total = total + each
    return total
