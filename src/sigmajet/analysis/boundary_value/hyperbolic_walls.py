r"""Hyperbolic equations with conditions on all walls: a problem that is not well posed.

The principal part :math:`\sum_{ij} a_{ij} \partial_i \partial_j u` of an equation of second order
is hyperbolic where one eigenvalue of :math:`(a_{ij})` has another sign than all others. Its
solutions are waves, which start from two conditions at one end of the axis that is like time. With
one condition at each end of every axis, as for an elliptic equation, there may be no solution or
many, and where there is one, data that change by next to nothing change it by anything
(J. Hadamard; D. G. Bourgin and R. Duffin, Bull. Amer. Math. Soc. 45 (1939) 851, for the string).
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ...errors import ProblemError
from ...geometry.points import points_inside
from ...problem.compiled.system import System
from ...randomness import PROBES
from ...rounding import SAME
from ...rules.samples import FEW


def refuse_hyperbolic_walls(system: System) -> None:
    """Raise if a linear hyperbolic equation has one condition at each end of every axis.

    Raises
    ------
    ProblemError
    """
    problem = system.problem
    dimension = len(problem.variables)
    if dimension < 2 or len(problem.unknowns) != 1 or not problem.linear:
        return
    if not _between_all_walls(system) or max(map(sum, _orders(system))) != 2:
        return
    signs = _signs(system)
    # All but one of d signs are alike: their sum is d - 2 or 2 - d.
    if np.all(signs) and np.all(np.abs(signs.sum(axis=1)) == dimension - 2):
        names = ", ".join(map(str, problem.variables))
        raise ProblemError(
            f"the equation is hyperbolic in {names}, and every wall has a condition: such a "
            "problem has no solution that depends continuously on the data. Give two conditions "
            "(value and slope) at one end of the variable that is like time, and none at the other"
        )


def _orders(system: System) -> list[tuple[int, ...]]:
    return [trace.orders for trace in system.equations[0].traces]


def _between_all_walls(system: System) -> bool:
    """Whether each wall of the box has one condition, and nothing else is asked."""
    walls = Counter(wall.place for wall in system.problem.domain.region.boundary)
    return Counter(condition.relation.place for condition in system.conditions) == walls


def _signs(system: System) -> NDArray[np.float64]:
    """Signs of the eigenvalues of the principal part at points of the region, (points, d)."""
    problem, (equation,) = system.problem, system.equations
    region, dimension = problem.domain.region, len(problem.variables)
    (points,) = points_inside([region], [region.bounds], FEW, PROBES)
    _, partials = equation.at_zero(points)
    matrices = np.zeros((len(points), dimension, dimension))
    for orders, values in zip(_orders(system), partials, strict=True):
        if sum(orders) == 2:
            i, j = np.repeat(np.arange(dimension), orders)
            matrices[:, i, j] += 0.5 * values
            matrices[:, j, i] += 0.5 * values
    matrices = np.where(np.isfinite(matrices), matrices, 0.0)
    values = np.linalg.eigvalsh(matrices)
    small = np.abs(values) <= SAME * np.abs(values).max(axis=1, keepdims=True)
    return np.sign(np.where(small, 0.0, values))
