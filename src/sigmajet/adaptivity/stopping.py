"""When a search for a discretisation is over: determined, hopeless, or worth going on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..problem.compiled.system import System
from ..rounding import HALF_OF_THE_DIGITS
from ..rules.judgement import A_DIGIT, HALVED, SEVERAL
from .estimate import FALLEN, NO_SOLUTION, VIOLATED
from .seen import Seen

# One number tells how well a solution is determined, its response to unit noise in the rows, and
# three rules say what it means. Noise that is not told from a condition that is met is below
# `VIOLATED` of it: a smaller response makes no solution of that. Rounding times a larger one would
# leave, to a digit, less than half of the digits: nothing is determined. In between it is that of
# the problem unless it has grown: more than doubled beyond what the refinement explains.
# Problems that determine their solution stay below 1e3 in the registry, the others rise above 1e8.
SAFE = 1.0 / VIOLATED
UNDETERMINED = 1.0 / (A_DIGIT * HALF_OF_THE_DIGITS)
# Attempts that halve nothing before giving up. Of 107 random problems on a line 2 lose one, a pulse
# in an unknown, with an estimate of 1/59 of the error; 6 solve no more and take twice the time.
PATIENCE = SEVERAL


def determined(system: System, seen: Sequence[Seen]) -> bool:
    """Whether the response to noise is that of the problem, not of a coarse discretisation.

    Where a function can be added to the solution, the response grows with every digit to which
    the discretisation represents that function. Of rows of order n on blocks of size h in d
    variables, which hold h^n times the equation, noise in h^-d of them makes h^(d - n) of
    itself: that growth is no sign (a front on 26, 51, 100 blocks: 1.7e3, 3.5e3, 7.1e3).
    Nor do later draws whose response is less than half take back a growth that was seen: they hold
    less of such a function (eight waves, free on a square: 1.9e4 on 16 blocks, 68 on 61), unless
    they show what the problem's own response is (1e-7 beside a resonance of four waves each way:
    5.5e4 on one block, 3.0e3 and 2.8e3 on 32).
    """
    response = seen[-1].amplification
    if seen[-1].growing or (freed(seen, response) and not stays(seen)):
        return False
    if response < SAFE or len(seen) < 2:
        return response < SAFE
    order, dimension = max(map(max, system.problem.orders)), len(system.problem.variables)
    finer = len(seen[-1].stage.partition) / len(seen[-2].stage.partition)
    own = max(1.0, finer) ** max(0.0, order / dimension - 1.0)
    return not grown(response, own * seen[-2].amplification)


def freed(seen: Sequence[Seen], response: float = 0.0) -> bool:
    """Whether an attempt, of more than twice this response, has begun to hold a free function.

    A response that no condition would hide tells that; small ones double on few neurons.
    """
    large = (s for s in seen if s.growing and s.amplification > SAFE)
    return any(grown(s.amplification, response) for s in large)


def stays(seen: Sequence[Seen]) -> bool:
    """Whether a response that no condition would hide is the same, within two, on a finer attempt.

    One that is finer, for its error has halved, would hold more of a free function.
    """
    if len(seen) < 2 or any(s.growing or not s.amplification > SAFE for s in seen[-2:]):
        return False
    less, more = sorted(s.amplification for s in seen[-2:])
    return not grown(more, less) and seen[-1].estimate < FALLEN * seen[-2].estimate


def grown(response: float, explained: float) -> bool:
    """Whether a response is more than twice that which is explained."""
    return bool(HALVED * response > explained)


def hopeless(system: System, seen: Sequence[Seen], *, approached: bool) -> bool:
    """Whether more of the same will not help.

    Parameters
    ----------
    system : System
    seen : sequence of Seen
        All attempts so far.
    approached : bool
        Whether there was a first solution to start from: always for a linear problem.
    """
    last = seen[-1]
    if last.at_rest and last.amplification > UNDETERMINED:
        return True
    # The way to a first solution was an attempt as well.
    restless = not any(s.at_rest for s in seen[-PATIENCE:])
    if restless and len(seen) + (not approached) >= PATIENCE:
        return True
    # That of a jump in a coefficient falls as soon as there are blocks without it.
    first = seen[0]
    if last.contradiction > FALLEN * first.contradiction > 0.0 and (
        len(last.stage.partition) > len(first.stage.partition) or len(seen) > PATIENCE
    ):
        return True
    dimension = len(system.problem.variables)
    if dimension > 1:
        # A layer violates conditions, and leaves a defect, until blocks are small enough for it.
        cut = [s for s in seen if dimension > 3 or len(s.stage.partition) > 1]
        violated, defects = [s.mismatch for s in cut], [s.worst for s in cut]
        if stalled(violated, above=VIOLATED) or stalled(defects, above=NO_SOLUTION):
            return True
    if len(seen) > PATIENCE and not any(np.isfinite(s.bound) for s in seen[-PATIENCE:]):
        return True
    if last.worst > VIOLATED:  # a feature is still looked for
        return False
    # Before it was found draws agreed on what is no solution.
    found = [s for s in seen if s.worst <= VIOLATED]
    estimates, defects = [s.bound for s in found], [s.worst for s in found]
    # A defect far below the estimate is not what is missing: conditions that disagree by little
    # leave one that falls for ever.
    return stalled(estimates) and (defects[-1] < min(estimates) or stalled(defects))


def stalled(figures: Sequence[float], above: float = 0.0) -> bool:
    """Whether what is above a bound has not halved in as many attempts as patience allows."""
    recent, before = figures[-PATIENCE:], figures[:-PATIENCE]
    return bool(before) and min(recent) > above and not min(recent) < FALLEN * min(before)
