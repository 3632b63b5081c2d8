r"""Dead cores: where a power below one of an unknown vanishes, and beyond which it stays zero.

A solution of :math:`u'' = k \max(u, 0)^p`, :math:`0 < p < 1`, as of a reaction that uses all that
diffuses in, is zero on a core, and beside it

.. math:: u \approx (A |x - x_0|)^m, \quad m = \frac{n}{1 - p},
    \quad A^n m (m - 1) \dots (m - n + 1) = k

with the order n (R. Aris, The Mathematical Theory of Diffusion and Reaction in Permeable Catalysts,
Oxford, 1975, vol. 1, 3.6). At :math:`x_0` some derivative has a kink, and blocks end there. The
sign of u does not tell it: on the core that is of rounding. But :math:`u^{1/m}` is almost straight
beside it, and is zero where it comes to. On blocks of the core the power is left out, and where
m is not whole, powers of m, m + 1, ... beside it join the networks. A root without the maximum is
solved with it, and the solution has one where it is not negative.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from .._types import Array
from ..approximation.field import Differentiable, Field
from ..approximation.norm import draw_sample
from ..errors import ProblemError
from ..expressions.table import Table
from ..geometry.partition import Partition
from ..problem.compiled.expressions import compile_table, partial_derivative
from ..problem.compiled.residual import Residual, compile_relation
from ..problem.compiled.system import System
from ..problem.jumps.switch import is_root
from ..randomness import PROBES, Purpose
from ..rounding import HALF_OF_THE_DIGITS, SAME, bisected
from ..rules.judgement import A_DIGIT, HALVED
from ..rules.samples import FEW
from .singular.line_powers import represented


@dataclass(frozen=True, slots=True)
class _OnCores(Residual):
    """A relation whose power is zero on some blocks."""

    inner: Residual
    partition: Partition
    dead: NDArray[np.bool_]

    def __call__(self, points: Array, traces: Array) -> tuple[Array, Array]:
        """Evaluate the residual and its partial derivatives."""
        dead = self.dead[self.partition.locate(points)]
        defect, partials = np.empty(len(points)), np.empty((len(traces), len(points)))
        for here, relation in ((dead, self.table), (~dead, self.inner)):
            if np.any(here):
                found = relation(points[here], traces[:, here])
                value, *slopes = found if relation is self.table else (found[0], *found[1])
                defect[here], partials[:, here] = value, slopes
        return defect, partials


@dataclass(frozen=True, slots=True)
class _Front:
    """The end of a core, the side of it on which the base is not zero, and the next edge there."""

    place: float
    side: int
    reach: float


@dataclass(frozen=True, slots=True)
class DeadCore:
    """A power of an equation, as :mod:`.switches` asks: it is one formula on all blocks."""

    number: int
    equation: Residual
    base: Table
    slopes: Table
    """Those of the base by the traces."""
    without: Table
    """The equation and its partial derivatives where the power is zero."""
    multiplicity: float
    variable: sympy.Symbol

    @classmethod
    def read(cls, system: System, number: int) -> Iterator[DeadCore]:
        """The powers of an equation."""
        equation = system.equations[number]
        symbols, residual = equation.relation.symbols, equation.relation.residual
        order = max(sum(trace.orders) for trace in equation.traces)
        for power in sorted(residual.atoms(sympy.Pow), key=str) if equation.local else ():
            if order and is_root(power) and power.base.free_symbols & set(symbols):
                base = _inside(power.base)
                slopes = [partial_derivative(base, symbol) for symbol in symbols]
                without = residual.xreplace({power: sympy.Integer(0)})
                partials = [partial_derivative(without, symbol) for symbol in symbols]
                yield cls(
                    number,
                    equation,
                    compile_table(system.problem, symbols, [base]),
                    compile_table(system.problem, symbols, slopes),
                    compile_table(system.problem, symbols, [without, *partials]),
                    float(order / (1 - power.exp)),
                    system.problem.variables[0],
                )

    def of_blocks(self, _field: Differentiable, partition: Partition) -> Array:
        """There are no branches."""
        return np.zeros((0, len(partition)))

    def on_cores(
        self, inner: Residual, field: Differentiable, partition: Partition, places: Sequence[float]
    ) -> Residual:
        """The equation without the power in blocks of cores that end at places.

        There it is of rounding, and its slope infinite or zero as chance has it.
        """
        middles = 0.5 * (partition.lower + partition.upper)[:, 0]
        between = np.searchsorted(places, middles)
        dead = [
            np.searchsorted(places, front.place) + (front.side < 0)
            for front in self._fronts(field, partition, places)
        ]
        blocks = np.isin(between, dead)
        if not np.any(blocks):
            return inner
        return _OnCores(inner.relation, inner.partials, self.without, inner, partition, blocks)

    def moved(
        self, field: Differentiable, partition: Partition, places: Sequence[float]
    ) -> Iterator[float]:
        """Where cores seem to end of which blocks end at places.

        Edges come from the side of more core: on the other one a kink is within a block.
        """
        for front in self._fronts(field, partition, places):
            beside = np.linspace(front.place, front.reach, FEW)
            values = self._at(self.base, field, beside)
            if values[0] > 0.0:
                roots = values ** (1.0 / self.multiplicity)
                step = self._late() * roots[0] * (beside[-1] - beside[0]) / roots[-1]
                behind = float(self._at(self.base, field, np.array([front.place - step]))[0])
                if behind < 0.0:  # it passes through zero
                    yield self._crossing(field, front.place - step, front.place)
                else:
                    yield front.place - step
                continue
            live = np.flatnonzero(values > 0.0)
            yield (
                self._crossing(field, front.place, beside[live[0]]) if len(live) else front.reach
            )

    def _late(self) -> float:
        r"""Share of :math:`a^{1/m}/A` by which an edge at which the base is a > 0 is taken back.

        That of a solution of order two that comes to rest at a, in place of zero, is behind by

        .. math:: \int_0^1 v^{-q} dv + \int_1^\infty v^{-q} - (v^{2q} - 1)^{-1/2} dv
            = -\tfrac{1}{2q} B(\tfrac12 - \tfrac{1}{2q}, \tfrac12), \qquad q = (1 + p)/2,

        in units of which it is m. A quarter of that is left, for the next time.
        """
        exponent = 1.0 - 2.0 / self.multiplicity  # that of an equation of order two
        half = 1.0 / (1.0 + exponent)
        beta = math.gamma(0.5 - half) * math.gamma(0.5) / math.gamma(1.0 - half)
        behind = -half * beta / self.multiplicity
        return float((1.0 - HALVED**2) * behind)

    def _fronts(
        self, field: Differentiable, partition: Partition, places: Sequence[float]
    ) -> Iterator[_Front]:
        """The places at which a core ends, and on which side of them it does not."""
        edges = partition.edges()
        middles = 0.5 * (edges[1:] + edges[:-1])
        values = self._at(self.base, field, middles)
        between = np.searchsorted(places, middles)
        most = [values[between == part].max(initial=0.0) for part in range(len(places) + 1)]
        for place, (left, right) in zip(places, itertools.pairwise(most), strict=True):
            if max(left, right) > A_DIGIT * min(left, right):
                side = 1 if right > left else -1
                yield _Front(place, side, float(edges[np.searchsorted(edges, place) + side]))

    def changes(self, field: Differentiable, points: Array) -> Iterator[Array]:
        """Where the base comes to zero beside where it is not, told at points."""
        values = self._at(self.base, field, points)
        small = _small(values)
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

    def powers(
        self, field: Differentiable, partition: Partition, places: Sequence[float], width: int
    ) -> Iterator[sympy.Expr]:
        """Those beside cores that end at places, and that so many functions do not represent."""
        if abs(self.multiplicity - round(self.multiplicity)) < SAME:
            return
        for front in self._fronts(field, partition, places):
            away = front.side * (self.variable - front.place)
            for power in np.arange(self.multiplicity, represented(width)):
                yield sympy.Piecewise((away**power, away > 0), (0, True))

    def astray(
        self, field: Differentiable, partition: Partition, before: Sequence[float], places: Array
    ) -> float:
        """How far off a solution is because edges stand beside the ends of cores.

        By what the unknown is at edges, and as far from them as the ends are: a reaction beside a
        core takes up what the power leaves there.
        """
        ends = np.ptp(partition.edges())
        standing = np.array([front.place for front in self._fronts(field, partition, before)])
        if not len(before):
            standing = nearest(places, partition.edges())
        if not len(standing):
            return 0.0
        told = nearest(standing, places)
        apart = np.maximum(np.abs(told - standing), HALF_OF_THE_DIGITS * ends)
        around = np.concatenate([standing - apart, standing, standing + apart])
        values = np.abs(self._at(self.base, field, around)).reshape(3, -1).max(axis=0)
        before_it, after_it = self._at(
            self.base, field, np.concatenate([told - apart, told + apart])
        ).reshape(2, -1)
        rises = np.abs(after_it - before_it) / (2.0 * apart)
        slopes = np.abs(self.slopes(standing[:, None], self._values(field, standing))).max(axis=0)
        return float(np.max((values + rises * ends) / slopes))

    def _at(self, table: Table, field: Differentiable, points: Array) -> Array:
        return np.asarray(table(points[:, None], self._values(field, points))[0])

    def _values(self, field: Differentiable, points: Array) -> Array:
        wanted = [(trace.unknown, trace.orders) for trace in self.equation.traces]
        return field.derivatives(wanted, points[:, None])


def continued(system: System) -> System:
    """The same on a line with roots of unknowns that are zero below zero.

    There they have no real value, and no step of an iteration that comes to a core gets past it.
    """
    if len(system.problem.variables) > 1:
        return system
    equations = list(system.equations)
    for number, equation in enumerate(equations):
        powers = {power: sympy.Max(power.base, 0) ** power.exp for power in _bare_roots(equation)}
        if powers:
            residual = equation.relation.residual.xreplace(powers)
            relation = replace(equation.relation, residual=residual)
            equations[number] = compile_relation(system.problem, relation)
    return replace(system, equations=tuple(equations))


def refuse_negative_bases(system: System, field: Field, partition: Partition, tol: float) -> None:
    """Raise where a root of an unknown is taken below zero, by more than a field may be off.

    Raises
    ------
    ProblemError
    """
    problem = system.problem
    if len(problem.variables) > 1 or not np.isfinite(tol):
        return
    points = draw_sample(partition, PROBES.of(Purpose.UNSEEN)).points
    for equation in system.equations:
        bases = [power.base for power in _bare_roots(equation)]
        if not bases:
            continue
        for values in _values(system, equation, bases, field, points):
            lowest = int(np.argmin(values))
            if values[lowest] < -A_DIGIT * tol * np.abs(values).max():
                raise ProblemError(
                    f"the equation `{equation.relation.source}` takes a root of what comes below "
                    f"zero, as about {problem.variables[0]} = {points[lowest, 0]:.3g}, where it "
                    "has no real value: there is no solution. Where the term vanishes there, write "
                    "the base as Max(..., 0)"
                )


def _bare_roots(equation: Residual) -> list[sympy.Pow]:
    """Powers below one, of bases with an unknown itself and no derivative of one."""
    values, orders = set(), [sum(trace.orders) for trace in equation.traces]
    for symbol, trace in zip(equation.relation.symbols, equation.traces, strict=True):
        if trace.place.everywhere and not trace.axes:
            values.add(symbol)
    if max(orders, default=0) < 2 or not equation.local:
        return []
    others = set(equation.relation.symbols) - values
    return [
        power
        for power in sorted(equation.relation.residual.atoms(sympy.Pow), key=str)
        if power.base.free_symbols & values
        and not power.base.free_symbols & others
        and is_root(sympy.Max(power.base, 0) ** power.exp)
        and not is_root(power)
    ]


def _values(
    system: System, equation: Residual, bases: Sequence[sympy.Expr], field: Field, points: Array
) -> Array:
    """Of expressions in the traces of an equation along a field, (expressions, m)."""
    wanted = [(trace.unknown, trace.orders) for trace in equation.traces]
    table = compile_table(system.problem, equation.relation.symbols, bases)
    return np.asarray(table(points, field.derivatives(wanted, points)))


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
            and not is_root(power)
        ]
        if not bases or not equation.local:
            continue
        values = _values(system, equation, bases, field, points)
        if np.any(values.min(axis=1) * A_DIGIT**2 < values.max(axis=1)):
            found.append(equation.relation.source)
    return found


def nearest(wanted: Array, points: Array) -> Array:
    """Of some points the nearest to each of those wanted."""
    found: Array = points[np.argmin(np.abs(points[:, None] - wanted), axis=0)]
    return found


def _small(values: Array) -> float:
    """What is zero beside the largest of some values."""
    return float(np.sqrt(HALF_OF_THE_DIGITS) * values.max())


def _inside(base: sympy.Expr) -> sympy.Expr:
    """The other argument of a maximum with zero."""
    return sympy.Add(*(argument for argument in base.args if argument != 0))
