"""When a search for a discretisation is over: determined, hopeless, or worth going on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..problem.compiled.system import System
from .estimate import NO_SOLUTION, VIOLATED
from .marking import RESOLVED
from .seen import Seen

# A response to unit noise in the rows beyond which double precision determines nothing.
# Problems that determine their solution stay below 1e3 in the registry, the others rise above 1e8.
UNDETERMINED = 1e7
SAFE = 1e3  # response to noise that no problem without a solution of its own has shown
# Of a mismatch or a defect over the last attempts: those of corners and layers that blocks close in
# on fall faster. The residual of fluxes that do not balance stays at 0.96 to 1.01 of itself.
_FALLING = 0.7
_PATIENCE = 3  # attempts without gain before giving up
# Attempts on what had no first solution on the way there either, and beyond space, where wider
# networks are all that is left and take minutes.
_LITTLE_PATIENCE = 2
_LONG_PATIENCE = 5  # attempts on conditions that contradict each other, or seem to at a corner


def determined(seen: Sequence[Seen]) -> bool:
    """Whether the response to noise is that of the problem, not of a coarse discretisation.

    Where a function can be added to the solution, the response grows with every digit to which
    the discretisation represents that function.
    """
    if seen[-1].growing:
        return False
    response = seen[-1].amplification
    before = seen[-2].amplification if len(seen) > 1 else 0.0
    return response < SAFE or response < 2.0 * before


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
    dimension = len(system.problem.variables)
    patience = _PATIENCE if approached and dimension <= 3 else _LITTLE_PATIENCE
    if len(seen) >= patience and not any(s.at_rest for s in seen[-patience:]):
        return True
    recent = seen[-_PATIENCE:]
    if len(seen) > _PATIENCE and all(np.isinf(s.bound) for s in recent):
        return True
    # That of a jump in a coefficient falls as soon as there are blocks without it.
    first = seen[0]
    if last.contradiction > _FALLING * first.contradiction > 0.0 and (
        len(last.stage.partition) > len(first.stage.partition) or len(seen) > _PATIENCE
    ):
        return True
    if dimension > 1:
        # A layer violates conditions, and leaves a defect, until blocks are small enough for it.
        cut = [s for s in seen if dimension > 3 or len(s.stage.partition) > 1]
        if _contradicted(cut[-_LONG_PATIENCE:]):
            return True
        if _unmoved([s.worst for s in cut[-_PATIENCE - 1 :]]):
            return True
    if len(seen) <= _PATIENCE:
        return False
    if last.worst > RESOLVED:
        return False
    estimates, defects = [s.bound for s in seen], [s.worst for s in seen]
    # A defect far below the estimate is not what is missing: conditions that disagree by little
    # leave one that falls for ever.
    telling = [estimates] if defects[-1] < min(estimates) else [estimates, defects]
    return not any(
        min(figures[-_PATIENCE:]) < 0.5 * min(figures[:-_PATIENCE]) for figures in telling
    )


def _contradicted(seen: Sequence[Seen]) -> bool:
    """Whether a condition has been violated for long, and no less for all the refinement."""
    return (
        len(seen) == _LONG_PATIENCE
        and all(s.mismatch > VIOLATED for s in seen)
        and seen[-1].mismatch > _FALLING * seen[0].mismatch
    )


def _unmoved(defects: Sequence[float]) -> bool:
    """Whether ever smaller blocks have met the equations no better: there is no solution."""
    return (
        len(defects) > _PATIENCE
        and defects[-1] > NO_SOLUTION
        and min(defects[1:]) > _FALLING * defects[0]
    )
