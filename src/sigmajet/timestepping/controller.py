r"""How long the next step is, from the error of the last one.

With r the error of a step over what is allowed, and k the power of the step that errors fall with,

.. math:: h_{n+1} = h_n\, L(\theta\, r^{-1/k}), \qquad
          L(\rho) = 1 + \kappa \arctan\frac{\rho - 1}{\kappa}.

The limiter L, instead of a shortest and a longest change, is that of G. Soederlind and L. Wang,
"Adaptive time-stepping and computational stability", Journal of Computational and Applied
Mathematics 185 (2006). Digital filters, :math:`r_n^{-\beta_1/k} r_{n-1}^{-\beta_2/k}` instead of
:math:`r_n^{-1/k}` (G. Soederlind, "Digital filters in adaptive time-stepping", ACM Transactions on
Mathematical Software 29, 2003), gain nothing here: at k of 6 to 15 the power itself smooths, and
what they smooth more comes late where a solution turns. Steps accepted and tried, in all marches
of `benchmarks/compare_initial_value.py` and in 14 random evolutions, at the same errors:

==========================================  ==========  ============
:math:`\beta`                               marches     evolutions
==========================================  ==========  ============
(1, 0) between 0.1 or 0.2 and 4 or 5        618, 883    946, 949
(1, 0) with L, which is used                599, 845    855, 859
(1.1, -0.1), nearly the same                595, 844    956, 959
(0.7, -0.4), PI.3.4                         877, 1009   1263, 1264
(2/3, -1/3), PI33                           831, 969
(3/5, -1/5), PI.4.2                         766, 921
(1/6, 1/6), H211PI                          850, 994
==========================================  ==========  ============

Counted once, in November 2026, before Newton's iterations were stopped as they are now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Controller:
    """For a method whose errors fall with the power `order` of its steps.

    Attributes
    ----------
    order : int
        k.
    aim : float
        theta, the step taken over the longest that the error would allow: the safety factor of
        Hairer and Wanner, IV.8.
    limit : float
        kappa: a step grows to 1 + kappa pi / 2 at most, 4.1. From 1.5 to 5 steps in all marches
        above differ by 2 %.
    unsolved : float
        The factor of a step whose equations Newton's method did not solve; from 0.2 to 0.5 steps
        tried differ by 3 %.
    """

    order: int
    aim: float = 0.9
    limit: float = 2.0
    unsolved: float = 0.2

    def change(self, error: float) -> float:
        """The factor of a step after its error, over the one allowed."""
        return self.towards(max(error, float(np.finfo(float).tiny)) ** (-1.0 / self.order))

    def towards(self, factor: float) -> float:
        """The factor of a step that could be longer, or has to be shorter, by a factor."""
        return float(1.0 + self.limit * np.arctan((self.aim * factor - 1.0) / self.limit))
