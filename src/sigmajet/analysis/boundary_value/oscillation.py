r"""How many waves an operator fits into a box, whether or not the solution holds any.

Of the exponentials :math:`e^{s x_a}` that the linearised equations let free, see :mod:`.symbol`,
those are waves whose s is closer to the imaginary axis than to the real one: a function of
wavelength :math:`2 \pi / |s|` may be added almost for free. A network too narrow for it would
neither find it where the data excite it near a resonance, nor notice that it leaves the solution
open.

Of :math:`e^{i z x}` on [-1, 1] polynomials of degree n - 1 leave the Chebyshev coefficients
:math:`2 J_n(z), \dots`, where :math:`|J_n(z)| \le (z/2)^n / n!` (Abramowitz and Stegun, 9.1.62):
nothing is resolved below pi of them a wavelength (D. Gottlieb and S. Orszag, Numerical Analysis of
Spectral Methods, 1977, section 3), and all digits come within a few degrees above.
"""

from __future__ import annotations

import numpy as np

from ..._types import Array
from ...approximation.field import Differentiable
from ...geometry.points import interior_points
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rules.samples import FEW
from .symbol import exponents


def wave_numbers(system: System, field: Differentiable | None, points: Array) -> Array:
    """Wavelengths of the shortest free wave across the box, along each axis, (points, variables).

    Linearised about a field or zero; zero where none oscillates, or where coefficients are not
    finite.
    """
    numbers = np.zeros(points.shape)
    for axis in range(points.shape[1]):
        found = exponents(system, field, points, axis)
        if found is not None:
            waves = np.abs(found.imag)
            free = np.isfinite(found) & (waves > np.abs(found.real))
            numbers[:, axis] = np.max(np.where(free, waves, 0.0), axis=1, initial=0.0)
    return numbers / (2.0 * np.pi)


def waves_across(system: System, field: Differentiable | None) -> float:
    """Wavelengths across the box along the axis where there are most, in the mean over the box."""
    domain = system.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    shares = 0.5 * (1.0 + interior_points(len(lower), FEW, PROBES))
    numbers = wave_numbers(system, field, lower + (upper - lower) * shares)
    return float(numbers.mean(axis=0).max())


def shortest_scale(system: System) -> float:
    """The shortest length in which what is free on a line changes by a factor e, of its length.

    Infinite where nothing is known; in the mean over the line, as a coefficient may vanish.
    """
    points = system.problem.domain.lower[0] + 0.5 * (1.0 + interior_points(1, FEW, PROBES)) * (
        system.problem.domain.upper[0] - system.problem.domain.lower[0]
    )
    found = exponents(system, None, points, 0)
    if found is None:
        return np.inf
    fastest = np.max(np.where(np.isfinite(found), np.abs(found), 0.0), axis=1).mean()
    return float(1.0 / fastest) if fastest > 0.0 else np.inf


def resolving_degree(angle: float, accuracy: float) -> int:
    """Degree of polynomials that hold a wave of so many radians in [0, 1] to an accuracy."""
    half = 0.5 * angle
    count, left = 0, 1.0
    while left > accuracy or count < half:
        count += 1
        left *= half / count
    return max(count - 1, 0)
