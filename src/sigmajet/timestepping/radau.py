r"""Radau IIA: implicit Runge-Kutta methods of any number of stages, for stiff F(t, y, y') = 0.

A step from t to t + h takes the polynomial p of degree s with p(t) = y and

.. math:: F(t + c_i h,\; p(t + c_i h),\; p'(t + c_i h)) = 0, \qquad
          c_i \text{ the zeros of } P_s - P_{s-1} \text{ on } [0, 1].

It is L-stable, of order 2s - 1 at the end of the step, and p itself, of order s, is the output
between (E. Hairer, G. Wanner, "Solving Ordinary Differential Equations II", IV.5 and IV.8). The
number of stages is odd: then one eigenvalue is real, which error and growth are told with.
The last stage is the end of the step: what is algebraic, a part of F without y', holds there.
SciPy has s = 3 alone; at a tolerance of 1e-9 that takes ten times as many steps as s = 7.

==================  ==========================================================
symbol              name here
==================  ==========================================================
:math:`c`           ``nodes``
:math:`A`           ``integral`` of `tables`: :math:`A_{ij} = \int_0^{c_i} \ell_j`
:math:`A^{-1}`      ``vectors`` diag(``values``) ``inverse``, and ``slopes``
:math:`p(t)-y(t)`   ``error``: from the defect of p at the start of the step,
                    where it does not obey the equation
==================  ==========================================================

Simplified Newton iterations solve for the stages: with the eigenvectors of :math:`A^{-1}` each
one costs a solve with :math:`\lambda/h F_{y'} + F_y` for every eigenvalue, of conjugates only
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from .._types import Array
from ..approximation.dense_output import DenseOutput
from ..geometry.spacing import furthest
from ..nonlinear.gauss_newton import CLOSE, gauss_newton
from ..rounding import HALF_OF_THE_DIGITS, relative_rounding
from ..rules.judgement import A_DIGIT, HALVED, SLIGHT
from .controller import Controller
from .radau_rule import radau_rule, resolved_growth
from .stepper import Dynamics, Linearised, Pace, Solve, Step

# Of the tolerance, left in the stages: between 0.01 and 0.1 (Hairer and Wanner, IV.8). An iteration
# that contracts by more takes what a step may be off by down to it, and its Jacobian is kept.
_NEWTON = 0.02
_FLOOR = HALF_OF_THE_DIGITS  # of the largest part of a group: what counts for a part that vanishes
# A step that could grow by less keeps its factors (RADAU5 of Hairer and Wanner, IV.8: QUOT2).
_KEEP = 1.2
# Solves from which the fastest growth is told. With 2 and 8 thirteen evolutions on a line have the
# same errors in the same time (`benchmarks/sensitivity.py`).
_SUBSPACE = 4


@dataclass(frozen=True, slots=True)
class Tables:
    """The method of s stages."""

    nodes: Array
    dense: DenseOutput
    values: NDArray[np.complex128]
    vectors: NDArray[np.complex128]
    inverse: NDArray[np.complex128]
    slope: Array
    """p'(t) h from the stage values less y."""
    slopes: Array
    """p' h at the nodes from the same."""
    spread: float
    """Largest distance of p from the solution, per unit of h times the defect at the start."""

    @property
    def stages(self) -> int:
        """How many."""
        return len(self.nodes)


@cache
def tables(stages: int) -> Tables:
    """Compute eigenvectors and the error constant of a method."""
    rule = radau_rule(stages, 1)
    nodes, integral = 0.5 * (1.0 + rule.nodes), 0.5 * rule.integrals[1]
    slopes = np.asarray(np.linalg.inv(integral), dtype=np.float64)
    eigenvalues, vectors = np.linalg.eig(slopes)
    inverse = np.linalg.inv(vectors)
    # Of a conjugate pair the one in the upper half stands for both, counted twice.
    kept = eigenvalues.imag >= 0.0
    twice = np.where(eigenvalues[kept].imag > 0.0, 2.0, 1.0)
    dense = DenseOutput(np.concatenate([[0.0], nodes]))
    radau = legendre.Legendre.basis(stages, [0, 1]) - legendre.Legendre.basis(stages - 1, [0, 1])
    spread = np.abs(radau.integ(lbnd=0)(nodes)).max() / abs(radau(0.0))  # it turns at the nodes
    return Tables(
        nodes,
        dense,
        eigenvalues[kept],
        vectors[:, kept] * twice,
        inverse[kept],
        dense.weights(np.zeros(1), 1)[0, 1:],
        slopes,
        float(spread),
    )


class Radau:
    """Steps of a Radau IIA method, one call each, with lengths that keep p within `accuracy`.

    Stages are nowhere further apart than the `points` that see what is known of the system. Steps
    end at a time to `stop` at, if there is one before the end.

    Attributes
    ----------
    time, state : float, array
        What has been reached.
    length : float
        Of the next step to try.
    scales : array
        Largest sizes of the parts of the state so far: errors are relative to them.
    """

    def __init__(
        self,
        dynamics: Dynamics,
        time: float,
        state: Array,
        end: float,
        accuracy: float,
        *,
        stages: int,
        stop: float | None = None,
        longest: float = np.inf,
        points: Array | None = None,
        pace: Pace | None = None,
        least: Array | None = None,
    ) -> None:
        self.time, self.state, self.end = time, state, end
        self._stop = end if stop is None else stop
        self._dynamics = dynamics
        self._table = tables(stages)
        # Noise of the stages does not fall with the step: below it steps would shrink for nothing.
        self._accuracy = max(accuracy, self._rounding)
        self._controller = Controller(stages + 1)
        self._resolved = resolved_growth(stages, self._accuracy)
        self._longest = longest
        self._points = np.empty(0) if points is None else points
        self._whole = end - time
        # Steps of this length count errors of all parts alike.
        self._usual = min(longest, self._whole)
        # Of y' where F_y' is singular nothing is known before the first step.
        self._rate = np.zeros_like(state) if dynamics.singular else self._at(time, state)
        self.scales = self._first_scales() if pace is None else pace.scales
        if least is not None:
            self.scales = np.maximum(self.scales, least)
        self.length = self._first_length() if pace is None else pace.length
        self._factors: list[Solve] = []
        self._factored = 0.0
        self._growth = 0.0  # rate of the fastest mode that grows
        self._mode = np.zeros_like(state)  # that mode, when it is known
        self._linearised: Linearised | None = None
        self._fresh = False
        self._last: Step | None = None

    def step(self) -> Step | None:
        """Make one step; None if not even the shortest can be made."""
        while True:
            left = self._stop - self.time
            seeing = furthest(self._points, self.time, self._table.stages)
            length = min(self.length, left, self._longest, seeing)
            if left < 2.0 * length:  # not a tiny one after this
                length = left if length > (1.0 - SLIGHT) * left else 0.5 * left
            if length < self._shortest and length < left:
                return None
            stages, contraction = self._solve(length)
            if stages is None:
                if not self._fresh:
                    self._linearised = None
                else:
                    self.length = self._controller.unsolved * length
                continue
            if length * self._growth > self._resolved:
                ratio = self._resolved / (length * self._growth)
                self.length = length * self._controller.towards(ratio)
                continue
            error = self._error(length, stages)
            if not error <= 1.0:
                self.length = length * self._controller.change(error)
                continue
            states = np.concatenate([self.state[None], self.state + stages])
            end = self._stop if length == left else self.time + length
            self._last = Step(self.time, end, states)
            self.time, self.state = end, states[-1].copy()
            self._rate = (
                self._table.slopes[-1] @ stages / length
                if self._dynamics.singular
                else self._at(self.time, self.state)
            )
            coming = self._coming(self._rate) if self._resting else 0.0
            self.scales = np.maximum(np.maximum(self.scales, self._sizes(self.state)), coming)
            if not np.all(np.isfinite(self._rate)):
                return None
            gain = self._controller.change(error)
            self.length = length if 1.0 <= gain < _KEEP else length * gain
            if contraction > _NEWTON and not self._dynamics.autonomous:
                self._linearised = None
            self._fresh = False
            return self._last

    @property
    def _shortest(self) -> float:
        """A shorter step has no times of its own for its stages: the end is here.

        At time zero all numbers are near, and a state that jumps there starts with a step as short
        as the jump asks for: down to that in which what diffuses over the domain in the whole
        time gets as far as rounding, the root of the share of the time.
        """
        spacing = float(np.spacing(abs(self.time)))
        return self._table.stages * max(spacing, relative_rounding() ** 2 * self._whole)

    @property
    def _rounding(self) -> float:
        """Relative, of stages."""
        return rounding_of_step(self._table.stages, len(self.state))

    @property
    def dense(self) -> DenseOutput:
        """The polynomial that a step is, between its ends."""
        return self._table.dense

    @property
    def pace(self) -> Pace:
        """The length of the next step and the scales."""
        return Pace(self.length, self.scales)

    def _at(self, time: float, state: Array, slope: Array | None = None) -> Array:
        """-F at one time, which is f(t, y) where F is y' - f and no slope is given."""
        slopes = np.zeros_like(state)[None] if slope is None else slope[None]
        return -np.asarray(self._dynamics.defects(np.array([time]), state[None], slopes)[0])

    def _first_scales(self) -> Array:
        """Sizes at the start; of a part that vanishes there, what its rate makes of it."""
        sizes = self._sizes(self.state)
        largest = sizes.max(axis=1, keepdims=True)
        coming = self._coming(self._rate)
        return np.maximum(sizes, np.minimum(coming, np.where(largest > 0.0, largest, coming)))

    @property
    def _resting(self) -> bool:
        """Whether nothing has been anything but zero, and no rate at the start said otherwise."""
        return not np.any(self.scales)

    def _coming(self, rate: Array) -> Array:
        """What a rate makes of a state that vanishes, in the time that is left."""
        return (self.end - self.time) * self._sizes(rate)

    def _first_length(self) -> float:
        """A length at which the first stage changes the state by little."""
        rates = self._sizes(self._rate)
        scales = self._units(self.scales)
        with np.errstate(divide="ignore", invalid="ignore"):
            quick = np.nanmax(np.where(rates > 0, rates / scales, 0.0), initial=0.0)
        whole = self.end - self.time
        share = 1.0 / A_DIGIT * self._accuracy ** (1.0 / (self._table.stages + 1))
        length = max(share / quick, A_DIGIT * self._shortest) if quick > 0 else whole
        return float(min(HALVED / A_DIGIT * whole, length))

    def _units(self, sizes: Array) -> Array:
        """What an error in each part is measured against."""
        largest = sizes.max(axis=1, keepdims=True)
        return np.maximum(sizes, np.where(largest > 0.0, _FLOOR * largest, 1.0))

    def _sizes(self, state: Array) -> Array:
        return np.asarray(self._dynamics.sizes(state[None])[0])

    def largest_units(self, stages: Array, length: float) -> Array:
        """The units where all that has been reached counts, and the stages of a step."""
        sizes = self._dynamics.sizes(self.state + stages).max(axis=0)
        if self._resting:  # until a source is switched on within this step
            slopes = self._table.slopes @ stages / length
            sizes = np.maximum(sizes, np.max([self._coming(rate) for rate in slopes], axis=0))
        return self._units(np.maximum(self.scales, sizes))

    def measure(self, changes: Array, scales: Array, length: float) -> float:
        """The largest of the parts of changes over their units; infinite if not finite.

        Of what follows from a derivative in time alone errors are larger than those of the rest by
        the reciprocal of a step's length, which they act over: they count times that (Hairer and
        Wanner, VII.4, and RADAU5 for an index of 2).
        """
        share = np.where(self._dynamics.hidden, min(1.0, length / self._usual), 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            worst = float(np.max(self._dynamics.sizes(changes) * share / scales))
        return worst if np.isfinite(worst) else np.inf

    def _solve(self, length: float) -> tuple[Array | None, float]:
        """Stage values less the state, (s, n), and the contraction of the last iteration."""
        table, dynamics = self._table, self._dynamics
        if self._linearised is None:
            self._linearised = dynamics.linearise(self.time, self.state, self._rate)
            self._factored = 0.0
            self._fresh = True
        if self._factored != length:
            self._factors = [
                self._linearised.factor(v.real / length if v.imag == 0 else v / length)
                for v in table.values
            ]
            self._factored = length
            self._growth = self._fastest_growth(length, self._linearised.inertia)
        stages = dynamics.admissible(self._guess(length))
        moments = self.time + length * table.nodes

        def linearise(stages: Array) -> _Iteration | None:
            slopes = table.slopes @ stages / length
            defects = dynamics.defects(moments, self.state + stages, slopes)
            if not np.all(np.isfinite(defects)):
                return None
            change = np.zeros_like(stages)
            for value, row, column, solve in zip(
                table.values, table.inverse, table.vectors.T, self._factors, strict=True
            ):
                right = -row @ defects
                part = solve(right.real if value.imag == 0 else right)
                change += np.outer(column, part).real
            return _Iteration(self, stages, change, length)

        found = gauss_newton(
            linearise,
            stages,
            tolerance=max(_NEWTON * self._accuracy, self._rounding),
            steps=CLOSE,
            rounding=self._rounding,
            jacobian="constant" if dynamics.autonomous else "frozen",
        )
        return (found.iterate if found.status.settled else None), found.contraction

    def _fastest_growth(self, length: float, inertia: Solve) -> float:
        """The largest real part of an eigenvalue of the Jacobian, or zero if that is negative.

        By Arnoldi's method with (shift F_y' + F_y)^(-1) F_y', where the factors of a step have a
        shift to the right of what may grow over it; from the mode that grew fastest before, and
        the rate. An eigenvalue counts where it and its real part are known as well as the
        controller's margin for errors, and it is more than rounding makes of 0, that of what is
        algebraic.
        """
        real, solve = self._real()
        shift = real / length
        start = _unit(self._mode) + _unit(self._rate)

        def mapped(vector: Array) -> Array:
            return np.asarray(solve(inertia(vector)))

        if np.any(self._dynamics.hidden):
            # Of an index of 2 zero is a double eigenvalue with one vector, which rounding splits.
            # F_y' (shift F_y' + F_y)^(-1) has the other eigenvalues, and what it makes is no more
            # of that.
            def mapped(vector: Array) -> Array:
                return np.asarray(inertia(solve(vector)))

            once = mapped(inertia(start))
            seen = HALF_OF_THE_DIGITS * np.linalg.norm(start) / shift
            start = once if np.linalg.norm(once) > seen else np.zeros_like(once)
        if not np.any(start):
            return 0.0
        vectors = [_unit(start)]
        most = min(_SUBSPACE, len(start))
        table = np.zeros((most + 1, most))
        for column in range(most):
            found = mapped(vectors[column])
            for _ in range(2):  # twice is enough (Kahan and Parlett); once leaves what is no mode
                for row, vector in enumerate(vectors):
                    share = vector @ found
                    table[row, column] += share
                    found = found - share * vector
            table[column + 1, column] = left = float(np.linalg.norm(found))
            size = float(np.linalg.norm(table[: column + 1, column]))
            if not relative_rounding(len(start)) * size < left < np.inf:
                break
            vectors.append(found / left)
        count = column + 1
        values, pairs = np.linalg.eig(table[:count, :count])
        margin = 1.0 - self._controller.aim
        doubt = np.abs(left * pairs[-1])
        rounding = relative_rounding(len(start))
        norm = float(np.linalg.norm(table[: count + 1, :count]))
        certain = (doubt < margin * np.abs(values)) & (np.abs(values) > rounding * norm)
        # Of a fast wave that much is more than what it may grow by.
        rates = shift - 1.0 / np.where(certain, values, np.inf)
        certain &= doubt < margin * np.abs(values) ** 2 * rates.real
        if not np.any(certain):
            return 0.0
        rates = rates[certain]
        fastest = int(np.argmax(rates.real))
        self._mode = np.real(np.array(vectors[:count]).T @ pairs[:, certain][:, fastest])
        return max(0.0, float(rates[fastest].real))

    def _real(self) -> tuple[float, Solve]:
        """The real eigenvalue of the method, and its solve."""
        ((value, solve),) = (
            (v.real, f)
            for v, f in zip(self._table.values, self._factors, strict=True)
            if v.imag == 0
        )
        return float(value), solve

    def _guess(self, length: float) -> Array:
        """The polynomial of the step before, continued."""
        last = self._last
        if last is None or length > 2.0 * (last.end - last.start):
            return (
                np.outer(self._table.nodes * length, self._rate)
                if last
                else np.zeros((self._table.stages, len(self.state)))
            )
        positions = 1.0 + self._table.nodes * length / (last.end - last.start)
        continued = self.dense.weights(positions) @ last.states
        return np.asarray(continued - self.state)

    def _error(self, length: float, stages: Array) -> float:
        """Distance of p from the solution, over the accuracy asked for."""
        table = self._table
        slope = table.slope @ stages / length
        singular = self._dynamics.singular
        defect = self._at(self.time, self.state, slope) if singular else self._rate - slope
        real, solve = self._real()
        # Where f is stiff the defect is large and dies at once: the solve takes that out.
        apart = table.spread * real * solve(defect)
        units = self.largest_units(stages, length)
        return self.measure(apart[None], units, length) / self._accuracy


@dataclass(frozen=True, slots=True)
class _Iteration:
    """A simplified step of Newton's method from stages."""

    radau: Radau
    stages: Array
    change: Array
    length: float

    def size(self, *, stalls: bool) -> float:
        """Relative to what the errors of steps are."""
        units = self.radau.largest_units(self.stages + self.change, self.length)
        return self.radau.measure(self.change, units, self.length)


def rounding_of_step(stages: int, parts: int) -> float:
    """Relative to a state: the sums of its n parts round like the root of n.

    N. Higham, T. Mary, "A new approach to probabilistic rounding error analysis", SIAM Journal on
    Scientific Computing 41 (2019).
    """
    return float(relative_rounding(stages) * np.sqrt(parts))


def _unit(vector: Array) -> Array:
    """A vector of length one in the same direction; zero for one that has none."""
    size = float(np.linalg.norm(vector))
    return vector / size if 0.0 < size < np.inf else np.zeros_like(vector)
