r"""Principal parts of systems, and the coordinates of which their solutions are functions.

Integers :math:`s_i \le 0` of equations and :math:`t_j` of unknowns, with which no derivative of
unknown j in equation i is of an order above :math:`s_i + t_j`, and whose sum R is the least, say
what is principal: the derivatives of just that order (A. Douglis and L. Nirenberg, Interior
estimates for elliptic systems of partial differential equations, Comm. Pure Appl. Math. 8, 1955).
For Stokes' equations t = (2, 2, 1) and s = (0, 0, -1): where velocities grow as :math:`r^a` the
pressure does as :math:`r^{a - 1}`.

Where coefficients are constant, solutions of the principal part alone are functions of
:math:`z = x + p y` with p a root of the determinant of its symbol at (1, p), which has R of them:
if p is one of j equal ones, functions of z times :math:`\bar z^n` with n below j (for elasticity,
N. I. Muskhelishvili, Some Basic Problems of the Mathematical Theory of Elasticity, 1953; for
others, S. G. Lekhnitskii, Theory of Elasticity of an Anisotropic Body, 1963).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import SEVERAL, SLIGHT

__all__ = ["Coordinate", "PrincipalPart", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient times a derivative of an unknown in an equation."""

    row: int
    unknown: int
    orders: Orders
    factor: float


class Coordinate(NamedTuple):
    """z = s . x, and how many powers of its conjugate solutions have beside functions of it."""

    slopes: NDArray[np.complex128]
    times: int


@dataclass(frozen=True, slots=True)
class PrincipalPart:
    """The principal part of a system with as many linear equations as unknowns.

    Attributes
    ----------
    rows, unknowns : tuple of int
        s and t.
    """

    rows: tuple[int, ...]
    unknowns: tuple[int, ...]

    @classmethod
    def of(cls, system: System) -> PrincipalPart | None:
        """Return that of a system; None where there is none, as of an unknown in no equation."""
        count = system.unknowns
        if len(system.equations) != count or not all(e.local for e in system.equations):
            return None
        highest = np.full((count, count), -np.inf)
        for row, equation in enumerate(system.equations):
            for trace in equation.traces:
                place = row, trace.unknown
                highest[place] = max(highest[place], sum(trace.orders))
        every = np.array(list(permutations(range(count))) if count <= 2 * SEVERAL else [])
        sums = highest[np.arange(count), every].sum(axis=1) if len(every) else np.array([-np.inf])
        if not np.isfinite(sums.max()):
            return None
        chosen = every[np.argmax(sums)]
        led = highest[np.arange(count), chosen]
        unknowns = np.zeros(count)
        for _ in range(count):  # the longest ways; as the sum is the largest none is a circle
            rows = led - unknowns[chosen]
            unknowns = np.maximum(unknowns, (highest - rows[:, None]).max(axis=0))
        rows = led - unknowns[chosen]
        shift = rows.max()
        return cls(
            tuple((rows - shift).astype(int).tolist()),
            tuple((unknowns + shift).astype(int).tolist()),
        )

    @property
    def size(self) -> int:
        """R."""
        return sum(self.rows) + sum(self.unknowns)

    @property
    def below(self) -> tuple[int, ...]:
        """By how much the degree of each unknown is below the highest one."""
        return tuple(max(self.unknowns) - t for t in self.unknowns)

    def terms(self, relations: Sequence[Residual], point: Array) -> Iterator[Term]:
        """The principal terms of equations, or of conditions, near a point (1, 2).

        Of a condition those of which its order over the weight of the unknown is the highest.
        """
        for row, relation in enumerate(relations):
            order = max(sum(t.orders) - self.unknowns[t.unknown] for t in relation.traces)
            _, partials = relation.at_zero(point)
            for trace, (value,) in zip(relation.traces, partials, strict=True):
                if sum(trace.orders) - self.unknowns[trace.unknown] == order and value:
                    yield Term(row, trace.unknown, trace.orders, float(value))

    def coordinates(self, terms: Sequence[Term]) -> list[Coordinate]:
        """Return z and the powers of its conjugate; none where that is not elliptic."""
        degree, count = self.size, len(self.unknowns)
        if degree % 2 or degree <= 0:
            return []
        places = np.exp(2j * np.pi * np.arange(degree + 1) / (degree + 1))
        symbol = np.zeros((degree + 1, count, count), dtype=complex)
        for term in terms:
            symbol[:, term.row, term.unknown] += term.factor * places ** term.orders[1]
        values = np.linalg.det(symbol)
        coefficients = np.fft.ifft(values[np.r_[0, degree:0:-1]]).real  # by rising powers
        if not abs(coefficients[-1]) > HALF_OF_THE_DIGITS * np.abs(coefficients).max():
            return []
        roots = np.roots(coefficients[::-1])
        upper = roots[roots.imag > SLIGHT]
        if 2 * len(upper) < degree:
            return []
        found = []
        while len(upper):
            alike = np.abs(upper - upper[0]) <= SLIGHT * abs(upper[0])
            slopes = np.array([1.0, upper[alike].mean()])
            found.append(Coordinate(slopes, int(np.count_nonzero(alike))))
            upper = upper[~alike]
        return found
