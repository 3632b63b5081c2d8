r"""Dead cores: where a power below one of an unknown vanishes, and beyond which it stays zero.

A solution of :math:`u'' = k \max(u, 0)^p`, :math:`0 < p < 1`, as of a reaction that uses all that
diffuses in, is zero on a core, and beside it

.. math:: u \approx (A |x - x_0|)^m, \quad m = \frac{n}{1 - p},
    \quad A^n m (m - 1) \dots (m - n + 1) = k

with the order n (R. Aris, The Mathematical Theory of Diffusion and Reaction in Permeable Catalysts,
Oxford, 1975, vol. 1, 3.6). At :math:`x_0` some derivative has a kink, and blocks end there. The
sign of u does not tell it: on the core that is of rounding. But :math:`u^{1/m}` is almost straight
beside it, and is zero where it comes to.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from .._types import Array
from ..approximation.field import Differentiable, Field
from ..approximation.norm import draw_sample
from ..expressions.table import Table
from ..geometry.partition import Partition
from ..problem.compiled.expressions import compile_table
from ..problem.compiled.residual import Residual
from ..problem.compiled.system import System
from ..problem.jumps.switch import is_root
from ..randomness import PROBES, Purpose
from ..rounding import HALF_OF_THE_DIGITS, bisected
from ..rules.judgement import A_DIGIT


@dataclass(frozen=True, slots=True)
class DeadCore:
    """A power of an equation, as :mod:`.switches` asks: it is one formula on all blocks."""

    number: int
    equation: Residual
    base: Table
    power: Table
    multiplicity: float

    @classmethod
    def read(cls, system: System, number: int) -> Iterator[DeadCore]:
        """The powers of an equation."""
        equation = system.equations[number]
        symbols, residual = equation.relation.symbols, equation.relation.residual
        order = max(sum(trace.orders) for trace in equation.traces)
        for power in sorted(residual.atoms(sympy.Pow), key=str) if equation.local else ():
            if order and is_root(power) and power.base.free_symbols & set(symbols):
                lost = residual - residual.xreplace({power: sympy.Integer(0)})
                yield cls(
                    number,
                    equation,
                    compile_table(system.problem, symbols, [_inside(power.base)]),
                    compile_table(system.problem, symbols, [lost]),
                    float(order / (1 - power.exp)),
                )

    def of_blocks(self, _field: Differentiable, partition: Partition) -> Array:
        """There are no branches."""
        return np.zeros((0, len(partition)))

    def changes(self, field: Differentiable, points: Array) -> Iterator[Array]:
        """Where the base comes to zero beside where it is not, told at points."""
        values = self._at(self.base, field, points)
        small = np.sqrt(HALF_OF_THE_DIGITS) * values.max()
        if not small > 0.0:
            return
        live = values > small
        found = []
        for last in np.flatnonzero(live[1:] != live[:-1]):
            first, step = (last + 1, 1) if live[last + 1] else (last, -1)
            if values[first - step] < -small:  # it passes through zero
                found.append((self._crossing(field, *points[[first - step, first]]), 0.0))
                continue
            beside = points[first::step], np.maximum(values[first::step], 0.0)
            found += self._zero(*beside, points[[0, -1]])
        places = sorted(found)
        while len(places) > 1:  # no core is left between two
            gaps = [b[0] - a[0] - (a[1] + b[1]) / A_DIGIT for a, b in itertools.pairwise(places)]
            near = int(np.argmin(gaps))
            if gaps[near] > 0.0:
                break
            (one, length), (other, _) = places[near : near + 2]
            places[near : near + 2] = [(0.5 * (one + other), length)]
        yield np.array([place for place, _ in places])

    def _crossing(self, field: Differentiable, dead: float, live: float) -> float:
        """Where the base changes its sign between two points."""

        def same(middle: Array) -> NDArray[np.bool_]:
            return self._at(self.base, field, middle) < 0.0

        return float(bisected(same, np.array([dead]), np.array([live]))[1][0])

    def _zero(self, places: Array, base: Array, ends: Array) -> list[tuple[float, float]]:
        """Where the root of the base, as a parabola, comes to zero; and a length.

        From the first of some places on the root doubles over it.
        """
        roots = base ** (1.0 / self.multiplicity)
        doubled = np.flatnonzero(roots >= 2.0 * roots[0])
        if not len(doubled) or doubled[0] < 2:
            return []
        used = slice(0, doubled[0] + 1)
        length = float(abs(places[doubled[0]] - places[0]))
        zeros = Polynomial.fit(places[used], roots[used], 2).roots()
        zeros = zeros[np.isreal(zeros)].real
        zeros = zeros[(places[0] - zeros) * (places[1] - places[0]) > 0.0]
        nearest = zeros[np.argsort(np.abs(zeros - places[0]))][:1]
        return [(float(zero), length) for zero in nearest if ends[0] < zero < ends[1]]

    def jump(self, field: Differentiable, places: Array, edges: Array, length: float) -> Array:
        """What the power makes of the equation as far from a place as its edge is.

        In units of the solution, with the length of the line as that of space.
        """
        apart = np.abs(places - edges)
        points = np.concatenate([places - apart, places + apart])
        made = np.abs(self._at(self.power, field, points)).reshape(2, -1).max(axis=0)
        _, partials = self.equation(places[:, None], self._values(field, places))
        orders = np.array([sum(trace.orders) for trace in self.equation.traces])
        highest = np.abs(partials[orders == orders.max()]).max(axis=0)
        return np.asarray(made * (length ** orders.max() / highest))

    def _at(self, table: Table, field: Differentiable, points: Array) -> Array:
        return np.asarray(table(points[:, None], self._values(field, points))[0])

    def _values(self, field: Differentiable, points: Array) -> Array:
        wanted = [(trace.unknown, trace.orders) for trace in self.equation.traces]
        return field.derivatives(wanted, points[:, None])


def vanishing_bases(system: System, field: Field, partition: Partition) -> list[str]:
    """Equations, as text, with a root of an unknown whose base a field brings down to zero."""
    points = draw_sample(partition, PROBES.of(Purpose.UNSEEN)).points
    found = []
    for equation in system.equations:
        symbols = equation.relation.symbols
        bases = [
            power.base
            for power in equation.relation.residual.atoms(sympy.Pow)
            if power.base.free_symbols & set(symbols)
            and is_root(sympy.Max(power.base, 0) ** power.exp)
        ]
        if not bases or not equation.local:
            continue
        wanted = [(trace.unknown, trace.orders) for trace in equation.traces]
        values = compile_table(system.problem, symbols, bases)(
            points, field.derivatives(wanted, points)
        )
        if np.any(values.min(axis=1) * A_DIGIT**2 < values.max(axis=1)):
            found.append(equation.relation.source)
    return found


def _inside(base: sympy.Expr) -> sympy.Expr:
    """The other argument of a maximum with zero."""
    return sympy.Add(*(argument for argument in base.args if argument != 0))
