r"""Switches: where `Abs`, `Max`, `sign`, a condition of a `Piecewise` and their like change branch.

Each is told by *steps*, functions that are constant between switches and change at each. Those of
known terms can be looked for before anything is solved (:mod:`.ordinary.breakpoints`). Those with
an unknown in them move with the solution: a one-sided spring lets go where the deflection vanishes.
There the solution has a kink in some derivative, which no network inside a block represents and
which all draws of it miss alike. So blocks are to end there, each on one branch, where its
equation is smooth; the place is found with the solution, a step for each solve (front fitting:
J. Crank, Free and Moving Boundary Problems, Oxford, 1984, ch. 5).

With the steps :math:`\sigma` as numbers of their own an equation is smooth,
:math:`F(x, u, u', ...; \sigma)`: :math:`|a| = \sigma a` and
:math:`\max(a, b) = (a + b + \sigma (a - b))/2` with the signs :math:`\sigma` of a and a - b.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array
from ..approximation.field import Differentiable
from ..expressions.table import Table
from ..geometry.partition import Partition
from ..problem.compiled.expressions import compile_table, partial_derivative
from ..problem.compiled.residual import Residual
from ..problem.compiled.system import System
from ..problem.jumps.switch import by_steps, plain_steps
from ..rounding import HALF_OF_THE_DIGITS, bisected
from ..rules.samples import FEW
from .dead_cores import DeadCore, nearest

Pair = tuple[tuple[float, ...], tuple[float, ...]]
"""Edges, and the places of switches that came of them."""


@dataclass(frozen=True, slots=True)
class _OnBranches(Residual):
    """A relation whose steps are numbers, one for each block: there it is smooth."""

    partition: Partition
    steps: Array
    """Of every block, (steps, blocks)."""

    def __call__(self, points: Array, traces: Array) -> tuple[Array, Array]:
        """Evaluate the residual and its partial derivatives."""
        steps = self.steps[:, self.partition.locate(points)]
        table = self.table(points, [*traces, *steps])
        return table[0], table[1:]


@dataclass(frozen=True, slots=True)
class _Switching:
    """An equation with switches; `steps` tell them, and `branches` is it in terms of these."""

    number: int
    equation: Residual
    steps: Table
    branches: Table

    @classmethod
    def read(cls, system: System, number: int) -> _Switching | None:
        """What there is of an equation, if it has switches that depend on unknowns."""
        equation = system.equations[number]
        symbols = equation.relation.symbols
        residual, found = by_steps(equation.relation.residual, set(symbols))
        if not found or not equation.local:
            return None
        partials = [partial_derivative(residual, symbol) for symbol in symbols]
        return cls(
            number,
            equation,
            compile_table(system.problem, symbols, plain_steps(found)),
            compile_table(system.problem, [*symbols, *found], [residual, *partials]),
        )

    def values(self, field: Differentiable, points: Array) -> Array:
        """The traces of the equation at points (m,)."""
        wanted = [(trace.unknown, trace.orders) for trace in self.equation.traces]
        return field.derivatives(wanted, points[:, None])

    def at(self, field: Differentiable, points: Array) -> Array:
        """The steps at points (m,)."""
        return self.steps(points[:, None], self.values(field, points))

    def of_blocks(self, field: Differentiable, partition: Partition) -> Array:
        """The steps in each block's middle."""
        return self.at(field, 0.5 * (partition.lower + partition.upper)[:, 0])

    def on_branches(self, field: Differentiable, partition: Partition) -> Residual:
        """The equation on the branch of each block's middle."""
        steps = self.of_blocks(field, partition)
        relation, partials = self.equation.relation, self.equation.partials
        return _OnBranches(relation, partials, self.branches, partition, steps)

    def changes(self, field: Differentiable, points: Array) -> Iterator[Array]:
        """Where each step changes its value, by bisection between points."""
        for number, row in enumerate(self.at(field, points)):
            changed = np.flatnonzero(row[1:] != row[:-1])
            if not len(changed):
                continue

            def same(
                middle: Array, n: int = number, first: Array = row[changed]
            ) -> NDArray[np.bool_]:
                return np.asarray(self.at(field, middle)[n] == first)

            yield bisected(same, points[changed], points[changed + 1])[1]

    def astray(
        self, field: Differentiable, partition: Partition, _before: Sequence[float], places: Array
    ) -> float:
        r"""How far off a solution is because edges stand beside its switches.

        Between a switch s and the edge e that stands for it the equation F = 0 of order n holds on
        the wrong branch. Its leading term alone makes of that, on a line of the length L,

        .. math:: |e - s| L^{n - 1}
            \frac{|[F]| + \sum_k |[F_k]| |u^{(k)}(e) - u^{(k)}(s)|}{|F_n|},
            \qquad F_k = \partial F/\partial u^{(k)},

        at most, where [.] is a jump at the switch.
        """
        all_edges = partition.edges()
        edges, length = nearest(places, all_edges), float(np.ptp(all_edges))
        beside = HALF_OF_THE_DIGITS * length  # far from rounding, near for blocks
        points = np.concatenate([places - beside, places + beside, edges])
        values = self.values(field, points)
        defect, partials = self.equation(points[:, None], values)
        before, after, _ = np.split(defect, 3)
        left, right, _ = np.split(partials, 3, axis=1)
        here, _, there = np.split(values, 3, axis=1)
        orders = np.array([sum(trace.orders) for trace in self.equation.traces])
        highest = np.maximum(np.abs(left), np.abs(right))[orders == orders.max()].max(axis=0)
        jumps: Array = np.abs(after - before) + (np.abs(right - left) * np.abs(there - here)).sum(0)
        apart = np.abs(places - edges)
        return float(np.max(apart * length ** (orders.max() - 1) * jumps / highest))


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches of the equations on a line that depend on the unknowns.

    Attributes
    ----------
    switching : tuple
        Equations that have some.
    fixed : array
        Edges where blocks end in any case, as at switches of known terms.
    """

    switching: tuple[_Switching | DeadCore, ...]
    fixed: Array

    @classmethod
    def read(cls, system: System, fixed: Array) -> Switches:
        """Find them."""
        lines = range(len(system.equations)) if len(system.problem.variables) == 1 else ()
        found = (_Switching.read(system, number) for number in lines)
        cores = (core for number in lines for core in DeadCore.read(system, number))
        return cls((*(one for one in found if one is not None), *cores), fixed)

    def places(
        self, field: Differentiable, partition: Partition, before: Sequence[float] = ()
    ) -> Array:
        """Where a solution switches, in rising order; some edges stood for that `before`."""
        edges = partition.edges()
        shares = np.arange(1, FEW + 1) / FEW
        points = np.append(edges[0], edges[:-1, None] + np.diff(edges)[:, None] * shares)
        found: list[float] = []
        for one in self.switching:
            moved = one.moved(field, partition, before) if isinstance(one, DeadCore) else ()
            now = list(moved)
            found += now or [place for places in one.changes(field, points) for place in places]
        return np.unique(found)

    def follow(
        self, partition: Partition, before: Sequence[float], places: Sequence[float]
    ) -> tuple[Partition, tuple[float, ...]]:
        """Move the edges that stood for switches to where these are now, and say where they stand.

        Other edges give way to them where they are nearer than samples are to each other; one that
        is fixed is taken for the switch there.
        """
        edges = partition.edges()
        fixed = np.union1d(edges[[0, -1]], self.fixed)
        kept = edges[~np.isin(edges, before) | np.isin(edges, fixed)]
        wanted = np.asarray(places)
        spacing = np.diff(kept)[np.clip(np.searchsorted(kept, wanted) - 1, 0, len(kept) - 2)]
        spacing /= FEW
        held = nearest(wanted, fixed)
        stand = np.where(np.abs(held - wanted) < spacing, held, wanted)
        apart = np.abs(kept[:, None] - stand).min(axis=1, initial=np.inf)
        far = apart > spacing.max(initial=0.0)
        kept = kept[far | np.isin(kept, fixed)]
        return Partition.between(np.union1d(kept, stand)), tuple(stand)

    def ahead(self, before: Pair, now: Pair) -> tuple[float, ...]:
        """Where edges are to stand, after two pairs; at cores they come from one side."""
        return now[1] if self.cores else ahead(before, now)

    @property
    def cores(self) -> bool:
        """Whether some may be ends of cores."""
        return any(isinstance(one, DeadCore) for one in self.switching)

    def powers(
        self, field: Differentiable, partition: Partition, places: Sequence[float], width: int
    ) -> list[sympy.Expr]:
        """What a solution has beside some of its switches, and blocks of a width do not hold."""
        cores = (one for one in self.switching if isinstance(one, DeadCore))
        return [f for core in cores for f in core.powers(field, partition, places, width)]

    def on_branches(
        self, system: System, field: Differentiable, partition: Partition, places: Sequence[float]
    ) -> System:
        """The system in which every block is on the branch that a field is on in its middle.

        Dead cores end at the places where blocks do for them.
        """
        equations = list(system.equations)
        for one in self.switching:
            equations[one.number] = (
                one.on_branches(field, partition)
                if isinstance(one, _Switching)
                else one.on_cores(equations[one.number], field, partition, places)
            )
        return replace(system, equations=tuple(equations))

    def agree(self, one: Differentiable, other: Differentiable, partition: Partition) -> bool:
        """Whether two fields are on the same branch in the middle of every block."""
        return all(
            np.array_equal(each.of_blocks(one, partition), each.of_blocks(other, partition))
            for each in self.switching
        )

    def astray(
        self, places: Array, field: Differentiable, partition: Partition, before: Sequence[float]
    ) -> float:
        """How far off a solution is because blocks end beside its switches.

        Those that some edges stood for before.
        """
        return max(one.astray(field, partition, before, places) for one in self.switching)


def ahead(before: Pair, now: Pair) -> tuple[float, ...]:
    """Where edges are to stand, after two pairs of as many.

    Where the equation jumps, places follow edges at a rate q, and each edge is where both meet if
    the others stay (J. H. Wegstein, Accelerating convergence of iterative processes, Comm. ACM 1,
    1958).
    """
    (old, old_places), (edges, places) = np.array(before), np.array(now)
    moved, followed = edges - old, places - old_places
    away = moved - followed
    step = np.divide(moved, away, out=np.ones_like(moved), where=away != 0.0)
    return tuple(edges + step * (places - edges))
