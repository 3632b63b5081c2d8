r"""The symbol of an operator along an axis: what it makes of exponentials.

Of linearised equations, their coefficients frozen at a point, :math:`e^{s x_a} v` is a solution of
the homogeneous ones where :math:`\sum_k A_k(x) s^k v = 0`, a polynomial eigenvalue problem. Lengths
are those of the box, so that powers of the derivative do not set the scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.field import Differentiable
from ...linalg.eigen import pencil_eigenvalues
from ...problem.compiled.system import System


def exponents(
    system: System, field: Differentiable | None, points: Array, axis: int, across: complex = 0.0
) -> NDArray[np.complex128] | None:
    """All s at each point, infinite ones too; None where there are none, or they are not known.

    Parameters
    ----------
    system : System
        With as many equations as unknowns.
    field : Differentiable or None
        What it is linearised about, zero by default.
    points : array (points, variables)
    axis : int
    across : complex
        What a derivative along another axis is worth: nothing for what does not change along it, i
        for a wave of one radian over the box.

    Returns
    -------
    array (points, exponents) or None
    """
    problem = system.problem
    count = len(problem.unknowns)
    highest = max(orders[axis] for orders in problem.orders)
    if len(system.equations) != count or highest == 0:
        return None
    units = np.array(problem.domain.upper) - np.array(problem.domain.lower)
    symbols = np.zeros((len(points), highest + 1, count, count), dtype=complex)
    for row, equation in enumerate(system.equations):
        wanted = [(t.unknown, t.orders) for t in equation.traces]
        about = np.zeros((len(wanted), len(points)))
        if field is not None:
            about = field.derivatives(wanted, points)
        with np.errstate(all="ignore"):
            _, partials = equation(points, about)
        for trace, partial in zip(equation.traces, partials, strict=True):
            order = trace.orders[axis]
            rest = sum(trace.orders) - order
            if rest == 0 or across:
                worth = across**rest / np.prod(units ** np.array(trace.orders))
                with np.errstate(all="ignore"):
                    symbols[:, order, row, trace.unknown] += partial * worth
    if not np.all(np.isfinite(symbols)):
        return None
    unit = _unit(np.abs(symbols).max(axis=(2, 3)))
    symbols *= (unit[:, None] ** np.arange(highest + 1))[:, :, None, None]
    with np.errstate(invalid="ignore"):  # infinite ones times a unit
        found = np.array([pencil_eigenvalues(each) for each in symbols]) * unit[:, None]
    return found.astype(complex)


def _unit(sizes: Array) -> Array:
    """The s at which the lowest and the highest of coefficients (points, D + 1) weigh the same.

    Without it what is fast is taken for infinite where one is below rounding of the other (H.-Y.
    Fan, W.-W. Lin and P. Van Dooren, Normwise scaling of second order polynomial matrices, SIAM
    Journal on Matrix Analysis and Applications 26, 2004).
    """
    lowest = np.argmax(sizes > 0.0, axis=1)
    degrees = np.maximum(sizes.shape[1] - 1 - lowest, 1)
    with np.errstate(all="ignore"):
        unit = (sizes[np.arange(len(sizes)), lowest] / sizes[:, -1]) ** (1.0 / degrees)
    return np.where(np.isfinite(unit) & (unit > 0.0), unit, 1.0)
