"""Whether blocks resolve a state: which roughness has them cut, is put up with, or is a loss.

The roughness of a block is what its roughest functions carry of the state, relative to it. All of
this is judged against the accuracy and against what the integration has seen so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .estimate import RIGHT_WITHIN, VIOLATED

# That rounding allows to ask for: with 1e-8 the largest error of a creeping clamped beam and two
# others is 12 times that with 1e-10, with 1e-12 four times (`benchmarks/sensitivity.py`).
_FINEST_TAIL = 1e-10
# Where all blocks are rough, were so before the last cut, and it brought less than this factor, the
# roughness comes from the steps in time: more blocks only bring more rounding (the periodic
# Korteweg-de Vries equation would go to 64 and lose the solution to it). What rises by as much
# above what steps leave is new.
_CUT_IN_VAIN = 0.25


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an integration knows of roughness; each thing learnt makes a new one.

    Attributes
    ----------
    accuracy : float
    at_start : float
        The roughest block of the initial state.
    before_cut : float
        The roughest block where all blocks were cut last; infinite if others were cut since.
    floor : float
        Of roughness that cutting does not take away.
    """

    accuracy: float
    at_start: float = 0.0
    before_cut: float = np.inf
    floor: float = 0.0

    @property
    def limit(self) -> float:
        """Roughness beyond which a block is cut: that which the accuracy allows.

        At a tenth of it systems of first order were cut for the noise of their first steps.
        """
        return max(self.accuracy, _FINEST_TAIL, self.floor)

    @property
    def most_of_smooth(self) -> float:
        """What functions that resolve a smooth state leave of it at most."""
        return RIGHT_WITHIN**2 * self.limit

    def is_cut_in_vain(self, roughest: float, *, everywhere: bool) -> bool:
        """Whether cutting has stopped to help, so that the roughness is to be put up with."""
        # An order above the accuracy is more than the steps leave.
        vain = everywhere and roughest > _CUT_IN_VAIN * self.before_cut
        return vain and roughest <= RIGHT_WITHIN * self.accuracy

    def is_lost(self, roughest: float) -> bool:
        """Whether a state is no longer that of a smooth solution.

        A jump in the shortest block leaves 4e-3 of it in the roughest functions. Initial data that
        contradict the walls may start above and smooth out.
        """
        allowed = max(self.at_start, RIGHT_WITHIN * self.accuracy)
        return roughest > max(VIOLATED, RIGHT_WITHIN * allowed)

    def after_cut(self, roughest: float, *, everywhere: bool) -> Resolution:
        """Once blocks were cut."""
        return replace(self, before_cut=roughest if everywhere else np.inf)

    def putting_up_with(self, roughest: float) -> Resolution:
        """Once roughness is taken for that of the steps: what rises above is new, and cut first."""
        return replace(self, floor=roughest / _CUT_IN_VAIN, before_cut=np.inf)
