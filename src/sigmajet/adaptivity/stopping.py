"""When a search for a discretisation is over: determined, hopeless, or worth going on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..problem.compiled.system import System
from ..solution.outcome import UNDETERMINED, Outcome
from .estimate import NO_SOLUTION, VIOLATED

SAFE = 1e3  # response to noise that no problem without a solution of its own has shown
# Of a mismatch or a defect over the last attempts: those of corners and layers that blocks close in
# on fall faster.
_FALLING = 0.7
# Of the residual of contradictory data on one block, on several: 0.96 to 1.01 where fluxes do not
# balance.
_THE_SAME = 0.9
_PATIENCE = 3  # attempts without gain before giving up
# Attempts on what had no first solution on the way there either, and beyond space, where wider
# networks are all that is left and take minutes.
_LITTLE_PATIENCE = 2
_LONG_PATIENCE = 5  # attempts on conditions that contradict each other, or seem to at a corner
_UNRESOLVED = 1e-3  # defect of a block that says that its features have not been found yet
_LONGEST_SEARCH = 24  # attempts to find them, gain or not


def determined(outcomes: Sequence[Outcome]) -> bool:
    """Whether the response to noise is that of the problem, not of a coarse discretisation.

    Where a function can be added to the solution, the response grows with every digit to which
    the discretisation represents that function.
    """
    if outcomes[-1].growing:
        return False
    response = outcomes[-1].amplification
    before = outcomes[-2].amplification if len(outcomes) > 1 else 0.0
    return response < SAFE or response < 2.0 * before


def hopeless(
    system: System, outcomes: Sequence[Outcome], defects: Sequence[float], *, approached: bool
) -> bool:
    """Whether more of the same will not help.

    Parameters
    ----------
    system : System
    outcomes : sequence of Outcome
        Of all attempts so far.
    defects : sequence of float
        Of the worst block of each.
    approached : bool
        Whether there was a first solution to start from: always for a linear problem.
    """
    last = outcomes[-1]
    if last.converged and last.amplification > UNDETERMINED:
        return True
    dimension = len(system.problem.variables)
    patience = _PATIENCE if approached and dimension <= 3 else _LITTLE_PATIENCE
    if len(outcomes) >= patience and all(not o.converged for o in outcomes[-patience:]):
        return True
    recent = outcomes[-_PATIENCE:]
    if len(outcomes) > _PATIENCE and all(np.isinf(o.best.estimate) for o in recent):
        return True
    # That of a jump in a coefficient falls as soon as there are blocks without it.
    first = outcomes[0]
    if last.contradiction > _THE_SAME * first.contradiction > 0.0 and (
        last.best.blocks > first.best.blocks or len(outcomes) > _PATIENCE
    ):
        return True
    if dimension > 1:
        # A layer violates conditions, and leaves a defect, until blocks are small enough for it.
        cut = [i for i, o in enumerate(outcomes) if dimension > 3 or o.best.blocks > 1]
        if _contradicted([outcomes[i] for i in cut[-_LONG_PATIENCE:]]):
            return True
        if _unmoved([defects[i] for i in cut[-_PATIENCE - 1 :]]):
            return True
    if len(outcomes) <= _PATIENCE:
        return False
    if defects[-1] > _UNRESOLVED and len(outcomes) < _LONGEST_SEARCH:
        return False
    estimates = [o.best.estimate for o in outcomes]
    return not any(
        min(figures[-_PATIENCE:]) < 0.5 * min(figures[:-_PATIENCE])
        for figures in (estimates, defects)
    )


def _contradicted(outcomes: Sequence[Outcome]) -> bool:
    """Whether a condition has been violated for long, and no less for all the refinement."""
    return (
        len(outcomes) == _LONG_PATIENCE
        and all(o.mismatch > VIOLATED for o in outcomes)
        and outcomes[-1].mismatch > _FALLING * outcomes[0].mismatch
    )


def _unmoved(defects: Sequence[float]) -> bool:
    """Whether ever smaller blocks have met the equations no better: there is no solution."""
    return (
        len(defects) > _PATIENCE
        and defects[-1] > NO_SOLUTION
        and min(defects[1:]) > _FALLING * defects[0]
    )
