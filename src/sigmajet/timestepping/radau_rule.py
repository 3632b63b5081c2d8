r"""Collocation at Radau points on the reference window [-1, 1] of an initial-value problem.

Collocation at the m zeros of :math:`P_m - P_{m-1}`, of which the last is the end of the window,
is an implicit Runge-Kutta method of order 2m - 1 that is L-stable, Radau IIA (Hairer and Wanner,
Solving Ordinary Differential Equations II, IV.5): stiff components are damped, not followed.

===================  ==============================================================
mathematics          name here
===================  ==============================================================
:math:`x_p`          ``nodes``
:math:`Q^r`          ``integrals[r]``: r-fold integral from -1, at the nodes, of what
                     has given values there
===================  ==============================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .._types import Array
from ..geometry.legendre import integration_matrix, legendre_values, radau_nodes
from ..rounding import relative_rounding

# Highest modes; the last alone vanishes where a solution is even or odd. With 1 and 3 twelve random
# initial-value problems take as many passes (`benchmarks/sensitivity.py`).
_TAIL = 2


@dataclass(frozen=True, slots=True)
class RadauRule:
    """Collocation with m nodes: highest derivatives are polynomials of degree m - 1.

    Attributes
    ----------
    nodes : array (m,)
    integrals : tuple of array (m, m)
    to_legendre : array (m, m)
        Legendre coefficients of what has given values at the nodes.
    integrate : array (m + highest, m + highest - 1)
        Legendre coefficients of an integral from -1.
    tail : array (m, m)
        Its part of highest degree, at the nodes.
    """

    nodes: Array
    integrals: tuple[Array, ...]
    to_legendre: Array
    integrate: Array
    tail: Array

    @property
    def degree(self) -> int:
        """The number of nodes, which is the degree of what has a derivative of degree m - 1."""
        return len(self.nodes)


@lru_cache(maxsize=16)
def radau_rule(degree: int, highest: int) -> RadauRule:
    """Collocation of a degree, prepared for equations of order `highest`."""
    nodes = radau_nodes(degree)
    to_legendre = np.asarray(np.linalg.inv(legendre_values(nodes, degree - 1)), dtype=np.float64)
    once = legendre_values(nodes, degree) @ integration_matrix(degree) @ to_legendre
    integrals: list[Array] = [np.eye(degree)]
    for _ in range(highest):
        integrals.append(once @ integrals[-1])
    high = to_legendre.copy()
    high[:-_TAIL] = 0.0
    tail = legendre_values(nodes, degree - 1) @ high
    integrate = integration_matrix(max(degree + highest - 1, 1))
    return RadauRule(nodes, tuple(integrals), to_legendre, integrate, tail)


@lru_cache(maxsize=64)
def resolved_growth(degree: int, accuracy: float) -> float:
    """The exponent z by which a mode may grow over a step that still knows it to an accuracy.

    Up to there the stability function R(z) is e^z, relatively; it goes to zero beyond the number of
    nodes, so that a mode which grows faster would be damped on steps of every kind alike, and a
    solution could not leave an unstable equilibrium.
    """
    matrix, ones = 0.5 * radau_rule(degree, 1).integrals[1], np.ones(degree)
    rounding = relative_rounding(degree**2)  # of R itself

    def off(growth: float) -> float:
        stages = np.linalg.solve(np.eye(degree) - growth * matrix, ones)
        stability = 1.0 + growth * (matrix[-1] @ stages)
        return float(abs(stability * np.exp(-growth) - 1.0) - max(accuracy, rounding))

    low, high = 0.0, float(degree)
    if off(high) <= 0.0:
        return high
    # To the last bit: 60 steps, where loading `scipy.optimize` takes as long as a small problem.
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (middle, high) if off(middle) <= 0.0 else (low, middle)
    return low
