r"""How many steps an integration will take, and bytes, told before they are spent.

At the pace of the last steps, the steps to the end of time are

.. math:: n \frac{T - t_k}{t_k - t_{k-n}},

which is believed where the last n of them are about equal: beside a singular start each is longer
than the one before, towards a blow-up shorter, and the pace of the past says nothing. Nor does it
while little is spent: a fast transient may decay, and what follows take a few steps of any length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..rules.judgement import A_DIGIT

MOST_STEPS = 50_000  # of one integration or march: a minute or two where a step is cheap
# The square root of the budget is spent to find out that more would lead nowhere.
PATIENCE = math.isqrt(MOST_STEPS)


def forecast(steps: int, times: Sequence[float], end: float) -> float:
    """Steps to come to the end; zero where that is not known.

    Parameters
    ----------
    steps : int
        How many there were.
    times : sequence of float
        Where they ended, the last `PATIENCE` of them at least.
    end : float

    Examples
    --------
    >>> from sigmajet.timestepping.budget import forecast
    >>> forecast(6000, [0.25 * k for k in range(300)], 1e6) > 3e6
    True
    >>> forecast(6000, [1e-300 * 1.05**k for k in range(300)], 1e6)
    0.0
    """
    half = PATIENCE // 2
    # A tenth: u'' + 2 u' + 300^2 u = 1 takes 920 windows to t = 20, as it rings, and 1147 to 3000.
    if steps < MOST_STEPS / A_DIGIT or len(times) <= 2 * half:
        return 0.0
    before, between, now = (times[-1 - back] for back in (2 * half, half, 0))
    first, second = abs(between - before), abs(now - between)
    if not 0.5 * first <= second <= 2.0 * first:
        return 0.0
    pace = (first + second) / (2 * half)
    return abs(end - now) / pace if pace > 0.0 else math.inf


@dataclass(frozen=True, slots=True)
class Budget:
    """What one integration may spend: `MOST_STEPS`, and bytes of `memory` for what it keeps."""

    memory: float = math.inf

    def exceeded(
        self, steps: int, times: Sequence[float], end: float, *, kept: int, size: int
    ) -> str:
        """Why to go on would cost too much, in the user's words; empty where it would not.

        Parameters
        ----------
        steps, times, end
            As of `forecast`.
        kept, size : int
            Bytes kept of all steps, and of the last one.
        """
        coming = forecast(steps, times, end)
        if steps + max(coming, 1.0) > MOST_STEPS:
            return (
                f"at the pace of the last steps it would take about {steps + coming:.1e} of them "
                f"to the end, and {MOST_STEPS} are allowed; shorten the interval, or raise tol"
            )
        needed = kept + max(coming, 1.0) * size
        if needed > self.memory:
            return (
                f"{steps} steps take {kept / 1e9:.2g} GB, to the end about {needed / 1e9:.2g} GB, "
                f"and {self.memory / 1e9:.2g} GB are allowed, half of what was free; shorten the "
                "interval, raise tol, or give it more memory"
            )
        return ""
