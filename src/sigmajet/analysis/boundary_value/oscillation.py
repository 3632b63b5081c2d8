r"""How many waves an operator fits into a box, whether or not the solution holds any.

Of the exponentials :math:`e^{s x_a}` that the linearised equations let free, see :mod:`.symbol`,
those are waves whose s is closer to the imaginary axis than to the real one: a function of
wavelength :math:`2 \pi / |s|` may be added almost for free. A network too narrow for it would
neither find it where the data excite it near a resonance, nor notice that it leaves the solution
open.
"""

from __future__ import annotations

import numpy as np

from ...approximation.field import Differentiable
from ...geometry.points import interior_points
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rules.samples import FEW
from .symbol import exponents


def waves_across(system: System, field: Differentiable | None) -> float:
    """Wavelengths of the shortest free wave across the box, along the axis where there are most.

    Linearised about a field or zero, in the mean over the box; zero where none oscillates, or where
    coefficients are not finite.
    """
    domain = system.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    shares = 0.5 * (1.0 + interior_points(len(lower), FEW, PROBES))
    points = lower + (upper - lower) * shares
    most = 0.0
    for axis in range(len(lower)):
        found = exponents(system, field, points, axis)
        if found is not None:
            waves = np.abs(found.imag)
            free = np.isfinite(found) & (waves > np.abs(found.real))
            numbers = np.max(np.where(free, waves, 0.0), axis=1, initial=0.0)
            most = max(most, float(np.mean(numbers)))
    return most / (2.0 * np.pi)
