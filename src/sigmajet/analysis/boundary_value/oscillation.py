r"""How many waves an operator fits into a box, whether or not the solution holds any.

Of the linearised equations :math:`\sum_k A_k(x) \partial_a^k u = f` along an axis, their
coefficients frozen at a point, :math:`e^{s x_a} v` is a free solution where
:math:`\sum_k A_k s^k v = 0`. Where such an s is closer to the imaginary axis than to the real one,
a function of wavelength :math:`2 \pi / |s|` may be added almost for free. A network too narrow for
it would neither find it where the data excite it near a resonance, nor notice that it leaves the
solution open.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from ..._types import Array
from ...approximation.field import Differentiable
from ...geometry.points import interior_points
from ...linalg.eigen import companion
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rules.samples import FEW


def waves_across(system: System, field: Differentiable | None) -> float:
    """Wavelengths of the shortest free wave across the box, along the axis where there are most.

    Linearised about a field or zero, in the mean over the box; zero where none oscillates, or where
    coefficients are not finite.
    """
    domain = system.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    shares = 0.5 * (1.0 + interior_points(len(lower), FEW, PROBES))
    points = lower + (upper - lower) * shares
    return max(_waves(system, field, points, axis) for axis in range(len(lower)))


def _waves(system: System, field: Differentiable | None, points: Array, axis: int) -> float:
    problem = system.problem
    count = len(problem.unknowns)
    highest = max(orders[axis] for orders in problem.orders)
    if len(system.equations) != count or highest == 0:
        return 0.0
    # In units of the box, so that powers of the derivative do not set the scale.
    unit = problem.domain.upper[axis] - problem.domain.lower[axis]
    symbols = np.zeros((FEW, highest + 1, count, count))
    for row, equation in enumerate(system.equations):
        wanted = [(t.unknown, t.orders) for t in equation.traces]
        about = np.zeros((len(wanted), FEW))
        if field is not None:
            about = field.derivatives(wanted, points)
        with np.errstate(all="ignore"):
            _, partials = equation(points, about)
        for trace, partial in zip(equation.traces, partials, strict=True):
            order = trace.orders[axis]
            if sum(trace.orders) == order:
                symbols[:, order, row, trace.unknown] += partial * unit**-order
    if not np.all(np.isfinite(symbols)):
        return 0.0
    numbers = map(_largest_number, companion(-symbols[:, :-1]), symbols[:, -1])
    return float(np.mean(list(numbers))) / (2.0 * np.pi)


def _largest_number(left: Array, leading: Array) -> float:
    """The largest wave number of free waves, from a companion matrix and what s^D is times."""
    right = np.eye(len(left))
    right[-len(leading) :, -len(leading) :] = leading
    values = scipy.linalg.eigvals(left, right)
    values = values[np.isfinite(values)]
    waves = np.abs(values.imag)
    return float(np.max(np.where(waves > np.abs(values.real), waves, 0.0), initial=0.0))
