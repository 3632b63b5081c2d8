r"""How accurate each run of an evolution is, by the estimates of those before it.

A run has an accuracy :math:`a_k`, to which its steps and blocks are kept. The error of all of it is
taken to be proportional, :math:`e_k = C a_k` (tolerance proportionality: L. F. Shampine, H. A.
Watts, "Global error estimation for ordinary differential equations", ACM Transactions on
Mathematical Software 2, 1976), so that the distance of two runs, of which the second is tighter
by a ratio of :math:`\rho` at most, bounds the error of the first,

.. math:: e_{k-1} \le E_k = \frac{|u_k - u_{k-1}|}{1 - \rho},

which bounds both: what limits one run may limit the next. That of the next one is
then known, :math:`E_{k+1} \approx E_k\, a_k / a_{k-1}`, and with it what is left to decide:

- where it is within the tolerance by a factor of :math:`\rho`, a run is missing that says so, and
  :math:`a_{k+1} = \rho a_k`; for the first two, of which nothing is known, C is taken to be one;
- else :math:`a_{k+1}` is that of which the run thereafter will say so, but of steps no shorter
  than by :math:`\rho`: a forecast that is wrong wastes no more than a few times what was spent;
- where estimates have fallen so slowly that an accuracy beyond that of rounding would be
  needed, no run would help.

Rounding leaves of a step as many units of the last digit as it has stages: below that its error
does not fall any more like a power of its length, so that steps would become ever so short. No run
is tighter, and the one that is as tight is the last.

A block has the neurons N for which an error that falls like :math:`e^{-c N^{1/d}}` falls as the
accuracy does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...adaptivity.refinement import BLOCK_WIDTH
from ...approximation.norm import has_digits
from ...rounding import relative_rounding
from ...rules.judgement import SEVERAL

# Neurons of one block alone beyond a line over those of a boundary-value problem. Half as many more
# take 2.4 times as long (3.4 s and 8.3 s for heat in a cube) and bring a ninth of the error (6.4e-6
# and 7e-7).
_ALONE = 2
# Stages of a step, down to an accuracy. Five and seven take .31 and .35 s for viscous Burgers at
# 1e-6, .40 and .39 s at 1e-8, .60 and .47 s at 1e-10, where three take 2.3 s.
_STAGES = ((1e-6, 5), (-np.inf, 7))


def stages(accuracy: float) -> int:
    """Stages of a step for which the work is least at an accuracy."""
    return next(count for finest, count in _STAGES if accuracy > finest)


@dataclass(frozen=True, slots=True)
class Rung:
    """One run: its accuracy, the neurons of one block alone and of each of several.

    `pace` is what its longest step is over that of the first, and `sight` what its stages are apart
    over those of the first where known terms ask for that.
    """

    accuracy: float
    neurons: tuple[int, int]
    pace: float
    sight: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Runs towards a tolerance, over a space of a dimension; on networks of a width if given.

    Attributes
    ----------
    ratio : float
        rho. Nearer to one a run costs less and the margin 1 / (1 - rho) is larger, but the first
        of the two is nearer to the tolerance: with 1/2 errors were not proportional to it, and with
        1/4 a tighter one had the larger error for advection (tests/properties); with 1/5 neither.
    shorter : float
        The longest step over that of the run before. Where it binds, and the order is reduced as at
        walls that move or where data meet, runs share their errors if it follows the accuracy:
        estimates were 0.7 of the truth for steps of 0.89, and 0.07 for 0.84 and two more stages.
    """

    tol: float
    dimension: int
    width: int | None = None
    ratio: float = 0.2
    shorter: float = 2 / 3

    @property
    def tightest(self) -> float:
        """Accuracy of a step that rounding allows."""
        return relative_rounding(stages(0.0))

    def estimate(self, distance: float) -> float:
        """The error of two runs in sequence at a distance."""
        return distance / (1.0 - self.ratio)

    def rung(self, estimates: Sequence[float]) -> Rung:
        """The run after those with some estimates, of which the first has none."""
        accuracies = self._accuracies(estimates)
        first, accuracy = accuracies[0], accuracies[-1]
        wider = float(np.log(accuracy) / np.log(first)) ** self.dimension
        one, several = (int(np.ceil(wider * n)) for n in self._widths())
        neurons = (one, several) if self.width is None else (self.width, self.width)
        # Ends of s stages are of order 2s - 1: with steps that are alike over a pulse of a source
        # runs share their errors, of which their distance was a thousandth.
        sight = (accuracy / first) ** (1.0 / (2 * stages(accuracy) - 1))
        return Rung(accuracy, neurons, self.shorter ** len(estimates), sight)

    def is_last(self, estimates: Sequence[float]) -> bool:
        """Whether runs with some estimates meet the tolerance, or another one would not help.

        One that is within half a digit of the tolerance is confirmed by a further run, or by those
        before that came to it step by step: two may share what limits both, a pulse that steps
        resolve but barely.
        """
        if has_digits(estimates[-1], self.tol) or max(estimates[-2:]) <= self.tol:
            return True
        recent = estimates[-SEVERAL:]
        falling = all(after < before < np.inf for before, after in pairwise(recent))
        if len(recent) == SEVERAL and falling and estimates[-1] <= self.tol:
            return True
        if self.is_at_rounding(estimates):
            return True
        before = min(estimates[:-2], default=np.inf)
        if not np.isfinite(before):
            return False
        now = min(estimates[-2:])
        if not now < before:
            return True
        accuracies = self._accuracies(estimates)
        start, end = (accuracies[list(estimates).index(e) - 1] for e in (before, now))
        order = np.log(before / now) / np.log(start / end)
        needed = end * (self.ratio * self.tol / now) ** (1.0 / order)
        return bool(needed < self.tightest)

    def is_at_rounding(self, estimates: Sequence[float]) -> bool:
        """Whether the last of runs with some estimates was as accurate as rounding lets one be."""
        return self._accuracies(estimates[:-1])[-1] <= self.tightest

    def _accuracies(self, estimates: Sequence[float]) -> list[float]:
        """Of all runs, and of the next one."""
        aim = self.ratio * self.tol
        found = [max((1.0 - self.ratio) * aim, self.tightest / self.ratio)]
        for number in range(len(estimates)):
            change = self.ratio
            if number:
                before, last = found[-2:]
                expected = estimates[number] * last / before
                shortest = self.ratio ** (stages(last) + 1)
                change = min(max(aim / expected, shortest), self.ratio)
            found.append(self._allowed(change * found[-1], found[-1]))
        return found

    def _allowed(self, accuracy: float, last: float) -> float:
        """An accuracy, or one from which, or to which, rounding leaves room for the ratio."""
        if accuracy * self.ratio >= self.tightest:
            return accuracy
        return (
            self.tightest / self.ratio if last * self.ratio**2 >= self.tightest else self.tightest
        )

    def _widths(self) -> tuple[float, float]:
        """Of the first run.

        Of several blocks, of which a cut along all axes makes 2^d, to factorise all is half the
        work of one alone; on a line blocks are cheap.
        """
        if self.dimension == 1:
            return BLOCK_WIDTH[1], BLOCK_WIDTH[1]
        alone = _ALONE * BLOCK_WIDTH[min(self.dimension, max(BLOCK_WIDTH))]
        return alone, alone * 2.0 ** (-(self.dimension + 1) / 3)
