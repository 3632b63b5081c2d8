r"""Gauss-Newton's method: a nonlinear problem as a sequence of linear ones.

With :math:`F'(x)^+` the least-squares inverse of the Jacobian, Newton's where it is square,

.. math:: \Delta x_k = -F'(x_k)^+ F(x_k), \qquad x_{k+1} = x_k + \lambda_k \Delta x_k .

All is judged by what does not change with the scaling of the equations (P. Deuflhard, "Newton
Methods for Nonlinear Problems", 2004): the size of :math:`\Delta x_k`, as the caller measures
it, and the contraction :math:`\Theta_k = |\Delta x_k| / |\Delta x_{k-1}|`. With an exact Jacobian
:math:`\Theta_{k+1} \approx \Theta_k^2`, with a frozen one :math:`\Theta_{k+1} \approx \Theta_k`,
and what is left after the step k is the geometric series

.. math:: |x_{k+1} - x_*| \approx \frac{\Theta_{k+1}}{1 - \Theta_{k+1}} |\Delta x_k| .

The iteration has converged when that is within the tolerance; it is at rest when steps which are
small already no longer halve: what is left then is rounding, or a residual that no step removes.
From close by, as in time, steps are taken in full; from afar :class:`Descent` chooses
:math:`\lambda_k` of :math:`1, \tfrac12, \tfrac14, \dots` in two ways.

- The largest for which the square of the residual falls by a quarter of what the linear problem
  promises (sufficient decrease). Where there is a residual that no step removes, the promise is
  small, and so is what is asked.
- Where a solution is nearly free, as the place of a front whose residual is exponentially small,
  or a pulse in one unknown weighs its errors by a million against those of the others, the residual
  falls along a narrow curved valley, and only for steps that lead nowhere. Then, unless there is
  next to nothing to gain, the unknowns are judged (the natural monotonicity test): the largest
  :math:`\lambda` is taken for which the simplified step that follows, with the same Jacobian,
  is shorter by :math:`1 - \lambda / 2`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Literal, Protocol, TypeVar

import numpy as np

from .._types import Array
from ..rounding import HALF_OF_THE_DIGITS
from ..rules.judgement import A_DIGIT, HALVED, SLIGHT

# From afar, at most. Of the runs of nonlinear problems of the registry that came to rest the
# longest took 33, on a front of Burgers' equation (`benchmarks/sensitivity.py --steps`). No
# contraction takes its place: for 16 of these in a row neither the steps nor the residual halved,
# and for 12 beside a wall of Allen and Cahn's equation.
STEPS = 50
# From a guess, in time: one that needs more is of a step too long. Of 2617 systems of stages and
# windows, in half of the marches of the registry, all came to rest, the longest in 9.
CLOSE = 12
# Where nothing is known of a solution: zero; where an equation has no value there, as u' = 1/u,
# numbers of the size one and of the next digit, of either sign.
CONSTANT_STARTS = (0.0, 1.0, -1.0, A_DIGIT, -A_DIGIT)
_SHARES = tuple(HALVED**k for k in range(1 + math.ceil(math.log(SLIGHT, HALVED))))
# Of the decrease that is promised, by Armijo's rule and NLEQ-ERR's restricted natural test; and the
# share below which the natural test is made: where it may take four times as much (NLEQ-ERR again).
_QUARTER = 0.25
# Steps that tell the pace: one at which the residual would not halve in all that are allowed leads
# nowhere. With 3 and 12 as many nonlinear problems of the registry are solved, with 3 in a fifth
# more time (`benchmarks/sensitivity.py`).
_PATIENCE = 6
# Square of the relative offset (Bates and Watts, Technometrics 23, 1981) of a residual that stays,
# and the step that is small beside it: what a network leaves of residuals keeps steps this long.
_OFFSET = 1.0 / (A_DIGIT * A_DIGIT)

Jacobian = Literal["exact", "frozen", "constant"]
"""Of each iterate, of one for all, or of a linear problem."""


class Status(Enum):
    """How an iteration ended."""

    CONVERGED = "converged"
    AT_REST = "at rest: small steps no longer fall"
    STALLED = "stalled: no step lessens the residual, or many do by next to nothing"
    DIVERGED = "diverged: steps grow, or fall too slowly"
    NOT_FINITE = "not finite, or a singular Jacobian"
    OUT_OF_STEPS = "out of steps"

    @property
    def settled(self) -> bool:
        """Whether the iterate is a solution."""
        return self is Status.CONVERGED or self is Status.AT_REST


class Step(Protocol):
    """A problem linearised about an iterate."""

    @property
    def change(self) -> Array:
        """The full step."""
        ...

    def size(self, *, stalls: bool) -> float:
        """How long it is, relative to the iterate; infinite where it is not finite.

        Of a step that `stalls`, longer than half of the one before, rounding may be left out.
        """
        ...


class DampedStep(Step, Protocol):
    """One that can be taken in part."""

    def level(self, share: float) -> float:
        """Length of the residual when a share is taken; infinite where there is none."""
        ...

    def promise(self, share: float) -> float:
        """By how much the square of that length would fall if the problem were linear."""
        ...

    def ahead(self, shares: Sequence[float]) -> list[float]:
        """Lengths of the steps that would follow each share with the same Jacobian, in one unit."""
        ...


S = TypeVar("S", bound=Step)
S_contra = TypeVar("S_contra", bound=Step, contravariant=True)


class Damping(Protocol[S_contra]):
    """What share of a step is taken."""

    def share(self, step: S_contra, moved: float) -> tuple[float, bool]:
        """The share of a step of a size, 0 where there is none, and whether steps begin anew."""
        ...

    def stays(self, step: S_contra, moved: float) -> bool:
        """Whether no step removes what is left of the residual."""
        ...

    def creeps(self, step: S_contra) -> bool:
        """Whether the steps so far lead nowhere."""
        ...


class Descent:
    """Sufficient decrease of the residual and, if `natural`, of the steps where that hesitates."""

    def __init__(self, *, natural: bool) -> None:
        self._natural = natural
        self._levels: list[float] = []

    def share(self, step: DampedStep, moved: float) -> tuple[float, bool]:
        """The largest share that passes; a natural one begins anew."""
        square = step.level(0.0) ** 2
        passing = (s for s in _SHARES if step.level(s) ** 2 <= square - _QUARTER * step.promise(s))
        share = next(passing, 0.0)
        if self._natural and share < _QUARTER and not self.stays(step, moved):
            length, *ahead = step.ahead((0.0, *_SHARES))
            following = zip(_SHARES, ahead, strict=True)
            wanted = next((s for s, left in following if left <= (1.0 - 0.5 * s) * length), 0.0)
            if wanted > share:
                self._levels.clear()
                return wanted, True
        return share, False

    def stays(self, step: DampedStep, moved: float) -> bool:
        """Whether the step is small and promises next to nothing."""
        return moved < SLIGHT and step.promise(1.0) <= _OFFSET * step.level(0.0) ** 2

    def creeps(self, step: DampedStep) -> bool:
        """Whether many steps have gained next to nothing: the valley of a singular Jacobian."""
        self._levels.append(step.level(0.0))
        few = len(self._levels) <= _PATIENCE
        pace = HALVED ** (_PATIENCE / STEPS)
        return not few and self._levels[-1] > pace * self._levels[-1 - _PATIENCE]


@dataclass(frozen=True, slots=True)
class Result(Generic[S]):
    """The last iterate that was accepted, and how it was reached.

    `last` is the last linear problem, None where the start has none; `contraction` the last step
    over the one before, 0 of an only one.
    """

    iterate: Array
    status: Status
    last: S | None
    contraction: float = 0.0


def gauss_newton(
    linearise: Callable[[Array], S | None],
    start: Array,
    *,
    tolerance: float,
    steps: int,
    rounding: float = HALF_OF_THE_DIGITS,
    jacobian: Jacobian = "exact",
    curvature: float = np.inf,
    damping: Damping[S] | None = None,
) -> Result[S]:
    """Solve a nonlinear problem from a start.

    Parameters
    ----------
    linearise : callable
        The step from an iterate; None where that is not finite or its Jacobian singular.
    start : array
    tolerance : float
        Of what is left to go, as sizes of steps are measured.
    steps : int
        At most.
    rounding : float
        Size of a step that may be rounding alone.
    jacobian : {"exact", "frozen", "constant"}
        Convergence is quadratic, linear, or immediate but for rounding.
    curvature : float
        Contraction over the size of a step, where it is known before the steps show it.
    damping : Damping or None
        From afar; None takes full steps.
    """
    iterate, last, before, contraction = start, None, np.inf, 0.0
    moved, share = np.inf, 1.0
    status = Status.OUT_OF_STEPS
    for remaining in reversed(range(steps)):
        step = linearise(iterate)
        if step is None:
            return Result(iterate, Status.NOT_FINITE, last, contraction)
        last = step
        moved = step.size(stalls=False)
        # A linear problem, solved but for rounding, which leaves half of the digits of a step at
        # least: where that is too few a second step takes it out (fixed-precision refinement, N.
        # Higham, Accuracy and Stability of Numerical Algorithms, 12.2).
        if jacobian == "constant" and (before < np.inf or moved * HALF_OF_THE_DIGITS <= tolerance):
            return Result(iterate + step.change, Status.CONVERGED, step)
        halves = moved <= 0.5 * before
        if not halves:
            moved = step.size(stalls=True)
        if not moved < np.inf:
            return Result(iterate, Status.NOT_FINITE, step, contraction)
        small, anew = moved < rounding, False
        if damping is not None:
            share, anew = damping.share(step, moved)
            small = small or damping.stays(step, moved)
            if share == 0.0:  # of a step as small as rounding the residual says nothing
                if small:
                    return Result(iterate + step.change, Status.AT_REST, step, contraction)
                return Result(iterate, Status.STALLED, step, contraction)
        iterate = iterate + (step.change if share == 1.0 else share * step.change)
        if anew:
            before = np.inf
            continue
        contraction = moved / before if before > 0.0 else 0.0
        left = _left(moved, before, jacobian, curvature) if share == 1.0 else np.inf
        if left <= tolerance:
            return Result(iterate, Status.CONVERGED, step, contraction)
        if small and not halves:
            return Result(iterate, Status.AT_REST, step, contraction)
        if damping is None:
            if contraction >= 1.0 and (moved > 1.0 or jacobian == "frozen"):
                return Result(iterate, Status.DIVERGED, step, contraction)
            if jacobian == "frozen" and left * contraction**remaining > tolerance < left:
                return Result(iterate, Status.DIVERGED, step, contraction)
        elif damping.creeps(step):
            status = Status.STALLED
            break
        before = moved
    settled = moved < rounding and share == 1.0
    return Result(iterate, Status.AT_REST if settled else status, last, contraction)


def _left(moved: float, before: float, jacobian: Jacobian, curvature: float) -> float:
    """What is left to go after a step, by the contraction that it shows.

    Where none is known, that of an exact Jacobian is taken to be 1/2 at most. One that is frozen
    may be of a time when all was different: van der Pol's oscillator missed its turns.
    """
    if jacobian == "exact" and before >= 1.0:  # a step as long as the iterate tells nothing
        return moved * min(1.0, curvature * moved)
    contraction = moved / before if before > 0.0 else 0.0
    if contraction >= 1.0 or before == np.inf:
        return np.inf
    ahead = contraction if jacobian == "frozen" else contraction**2
    return moved * ahead / (1.0 - ahead)
