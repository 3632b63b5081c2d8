"""A slab of time between lines that move: equations, walls, lines and the start as rows.

What is wanted is the polynomial of each cell that obeys the equations at points inside, its
conditions where a side is a wall, what goes on across the lines, and the state at the start. All
count alike: where conditions weighed more, by 10, what no equation holds to grew from slab to slab.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...analysis.evolution.wave_fronts import Slab
from ...analysis.evolution.waves import Family
from ...approximation.slanted_field import Cell
from ...geometry.legendre import total_degrees
from ...geometry.quadrature import gauss_legendre
from ...linalg.least_squares.backends import backend
from ...linalg.least_squares.interface import Rows
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.residual import Residual
from ...rounding import SAME

State = Callable[[Array], Array]
"""Values and derivatives in time at the start of a slab, (order, unknowns, m) at places (m,)."""


def solve_slab(model: EvolutionModel, slab: Slab, degree: int, before: State) -> Array:
    """Coefficients of the cells from left to right, (cells, unknowns, modes)."""
    rows = _SlabRows(model, slab, degree, before)
    unknowns, modes = len(model.problem.unknowns), len(total_degrees(2, degree))
    sizes = [unknowns * modes] * len(rows.cells)
    solved = backend().solve(list(rows.all()), sizes)
    return np.array([weights[:, 0] for weights in solved.weights]).reshape(-1, unknowns, modes)


@dataclass(frozen=True, slots=True)
class _SlabRows:
    model: EvolutionModel
    slab: Slab
    degree: int
    before: State

    @property
    def cells(self) -> list[Cell]:
        """From left to right."""
        sides = [tuple(line) for line in self.slab.places.tolist()]
        return [Cell(self.slab.start, self.slab.end, *pair) for pair in itertools.pairwise(sides)]

    def all(self) -> Iterator[Rows]:
        """All rows of the slab."""
        cells = self.cells
        for number, cell in enumerate(cells):
            for equation in self.model.system.equations:
                yield self._equation(number, cell, equation)
            if cell.left[0] < cell.right[0]:
                yield self._start(number, cell)
        for number, family in enumerate(self.slab.families):
            pair = cells[number], cells[number + 1]
            held = self._interfaces(pair[0].right[0]) if family.slopes else []
            if held:
                yield from (self._held(each, cells, (number, number + 1)) for each in held)
                continue
            yield self._across(number, pair, family, 0)
            if family.slopes and self.model.order > 1:
                yield self._across(number, pair, family, 1)
        axis = self.model.axis
        for condition in self.model.system.conditions:
            if condition.relation.place[axis] is None:
                yield self._held(condition, cells, (0, len(cells) - 1))

    @property
    def _nodes(self) -> tuple[Array, Array]:
        """Gauss points on [-1, 1], and the roots of their weights, of sum one."""
        nodes, weights = gauss_legendre(self.degree + 2)
        return nodes, np.sqrt(0.5 * weights)

    def _unit(self, cell: Cell) -> float:
        """What makes derivatives in a cell as large as values, of its time or its width."""
        quickest = self.slab.quickest
        return min(cell.height, cell.extent[1] / quickest) if quickest else cell.height

    def _functions(
        self, cell: Cell, traces: Sequence[tuple[int, int]], places: Array, times: Array
    ) -> dict[tuple[int, int], Array]:
        return cell.functions(self.degree, set(traces), places, times)

    def _orders(self, orders: Sequence[int]) -> tuple[int, int]:
        """By place and by time."""
        return orders[1 - self.model.axis], orders[self.model.axis]

    def _points(self, places: Array, times: Array) -> Array:
        points = np.empty((len(places), 2))
        points[:, 1 - self.model.axis], points[:, self.model.axis] = places, times
        return points

    def _matrix(self, parts: Sequence[tuple[int, Array]]) -> Array:
        """Columns of all unknowns from parts of some."""
        count, modes = parts[0][1].shape
        matrix = np.zeros((count, len(self.model.problem.unknowns), modes))
        for unknown, part in parts:
            matrix[:, unknown] += part
        return matrix.reshape(count, -1)

    def _equation(self, number: int, cell: Cell, equation: Residual) -> Rows:
        nodes, roots = self._nodes
        across, along = (g.ravel() for g in np.meshgrid(nodes, nodes, indexing="ij"))
        places, times = cell.inside(across, along)
        points = self._points(places, times)
        defect, partials = equation.at_zero(points)
        orders = [self._orders(t.orders) for t in equation.traces]
        found = self._functions(cell, orders, places, times)
        parts = [
            (t.unknown, p[:, None] * found[o])
            for t, p, o in zip(equation.traces, partials, orders, strict=True)
        ]
        leads = max(sum(o) for o in orders)
        top = [np.abs(p).max() for p, o in zip(partials, orders, strict=True) if o[1]]
        weight = np.outer(roots, roots).ravel() * self._unit(cell) ** leads / max(top)
        return Rows((number,), weight[:, None] * self._matrix(parts), -(weight * defect)[:, None])

    def _start(self, number: int, cell: Cell) -> Rows:
        nodes, roots = self._nodes
        places, times = cell.inside(nodes, np.full(len(nodes), -1.0))
        state = self.before(places)
        found = self._functions(cell, [(0, k) for k in range(len(state))], places, times)
        matrices, values = [], []
        for level, given in enumerate(state):
            weight = roots * self._unit(cell) ** level
            for unknown, value in enumerate(given):
                matrices.append(self._matrix([(unknown, weight[:, None] * found[0, level])]))
                values.append(weight * value)
        return Rows((number,), np.concatenate(matrices), np.concatenate(values)[:, None])

    def _across(self, number: int, pair: tuple[Cell, Cell], family: Family, order: int) -> Rows:
        nodes, roots = self._nodes
        matrices = []
        unit = min(self._unit(each) for each in pair) ** order
        for cell, side, sign in ((pair[0], 1.0, 1.0), (pair[1], -1.0, -1.0)):
            places, times = cell.inside(np.full(len(nodes), side), nodes)
            (found,) = self._functions(cell, [(order, 0)], places, times).values()
            part = sign * unit * roots[:, None] * found
            kept = family.kept(places, times).swapaxes(0, 1)  # (k, points, unknowns)
            shares = kept[..., None] * part[:, None]
            matrices.append(shares.reshape(len(kept) * len(part), kept.shape[2] * part.shape[1]))
        matrix = np.hstack(matrices)
        return Rows((number, number + 1), matrix, np.zeros((len(matrix), 1)))

    def _interfaces(self, line: float) -> list[Residual]:
        """The relations between both sides of a line that stands still, if any."""
        domain, space = self.model.problem.domain, 1 - self.model.axis
        same = SAME * (domain.upper[space] - domain.lower[space])
        found = []
        for each in self.model.system.across:
            across = each.relation.across
            place = None if across is None else across.place
            if isinstance(place, float) and abs(place - line) <= same:
                found.append(each)
        return found

    def _held(self, condition: Residual, cells: Sequence[Cell], beside: tuple[int, int]) -> Rows:
        """A relation between the outermost cells, at walls, or those beside an interface."""
        nodes, roots = self._nodes
        space = 1 - self.model.axis
        across = condition.relation.across
        left = self.model.problem.domain.lower[space]
        if across is not None and isinstance(across.place, float):
            left = float(np.nextafter(across.place, -np.inf))
        sides = [beside[0] if t.place[space] == left else beside[1] for t in condition.traces]
        where = condition.relation.place[space]
        times = 0.5 * (self.slab.start + self.slab.end) + cells[0].height * nodes
        points = self._points(np.full(len(nodes), where), times)
        defect, partials = condition.at_zero(points)
        blocks = tuple(sorted(set(sides)))
        parts: dict[int, list[tuple[int, Array]]] = {block: [] for block in blocks}
        sizes = []
        for trace, partial, block in zip(condition.traces, partials, sides, strict=True):
            orders, cell = self._orders(trace.orders), cells[block]
            at = np.full(len(nodes), trace.place[space])
            found = self._functions(cell, [orders], at, times)[orders]
            parts[block].append((trace.unknown, partial[:, None] * found))
            sizes.append(np.abs(partial).max() / self._unit(cell) ** sum(orders))
        weight = roots / max(sizes)
        matrix = np.hstack([weight[:, None] * self._matrix(parts[block]) for block in blocks])
        return Rows(blocks, matrix, -(weight * defect)[:, None])
