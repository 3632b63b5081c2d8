r"""Where boundary layers are cut off before they are seen.

At a wall an operator may let exponentials free that decay away from it, within :math:`1/|Re s|`
of the box (:mod:`.symbol`): an outflow of :math:`-\epsilon \Delta u + b \cdot \nabla u` has a
layer of :math:`\epsilon / b`, a wall that the flow goes along one of :math:`\sqrt{\epsilon / b}`,
one of :math:`-\epsilon \Delta u + c u` has :math:`\sqrt{\epsilon / c}`. Polynomials of degree p
on an element of p such widths at the wall, and one beside it, converge exponentially whatever
:math:`\epsilon` is (C. Schwab and M. Suri, The p and hp versions of the finite element method for
problems with boundary layers, Math. Comp. 65, 1996); so does a network of as many neurons along
an axis. Beside the first element the layer still has :math:`e^{-p}` of its height, so that there
is another one where the tolerance asks for it.
"""

from __future__ import annotations

import numpy as np

from ...geometry.points import interior_points
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rules.samples import FEW
from .symbol import exponents


def layer_edges(system: System, resolved: float, tol: float) -> list[tuple[int, float]]:
    """Planes, an axis and a place on it each, that part layers of a linear problem from the rest.

    Parameters
    ----------
    system : System
    resolved : float
        Widths of a layer that a block resolves: its neurons along an axis.
    tol : float
        Share of its height that may be left of a layer outside of its blocks.
    """
    lower, upper = np.array(system.problem.domain.lower), np.array(system.problem.domain.upper)
    shares = 0.5 * (1.0 + interior_points(len(lower), FEW, PROBES))
    planes = []
    for axis, length in enumerate(upper - lower):
        for wall, inward in ((0.0, 1.0), (1.0, -1.0)):
            shares[:, axis] = wall
            found = exponents(system, None, lower + (upper - lower) * shares, axis, 1j)
            if found is None:
                continue
            decay = np.where(np.isfinite(found), -inward * found.real, 0.0)
            thin = resolved / max(float(decay.max(initial=0.0)), 1.0)
            for times in range(1, 1 + int(np.ceil(-np.log(tol) / resolved))):
                if times * thin < 0.5:  # of the box: a thicker one needs no block (Schwab and Suri)
                    place = (lower, upper)[int(wall)][axis] + inward * times * thin * length
                    planes.append((axis, float(place)))
    return planes
