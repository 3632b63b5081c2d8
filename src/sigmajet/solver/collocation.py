r"""Collocation: rows of a least-squares problem from relations taken at points.

A relation :math:`F(x, \partial^{\alpha_1} u, \partial^{\alpha_2} u, \dots) = 0`, linearised about
the present iterate :math:`u_0`, gives at each point one row for the outer weights,

.. math:: \sum_k \frac{\partial F}{\partial t_k}\, \partial^{\alpha_k} u
          = \sum_k \frac{\partial F}{\partial t_k}\, \partial^{\alpha_k} u_0 - F(u_0),

which for a linear relation is the relation itself. Equations hold at points inside each
block, conditions at points of their place; how blocks are joined says :mod:`.mortar`.

Rows are scaled relation by relation and block by block to unit length in the mean, so
that a residual measures the defect in units of the solution, whatever the units of the
equation; conditions then weigh `weight` times as much as equations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ..problem import Interval, Problem, Trace
from ..problem.trace import Place
from .fields import BlockField, Differentiable, Field
from .least_squares import Rows
from .network import Network, Orders
from .partition import Interface, Partition
from .residual import Residual, compile_relation
from .sobol import sobol_points

Array = NDArray[np.float64]

_POINTS_PER_NEURON = {1: 3, 2: 3}  # by dimension
_FEWEST_POINTS = 1.5  # beyond: measured as accurate as three, and half as long
_CACHED = 2**17  # features at once, 1 MB: a third faster than all, where neurons have many images
_PLACES = 4096  # at once, of an integral: some MB of features
_QUADRATURE_NODES = 32  # a block's share of an integral; exact to rounding for resolved blocks


@dataclass(frozen=True, slots=True)
class System:
    """A problem with its relations compiled: what strategies work on."""

    problem: Problem
    equations: tuple[Residual, ...]
    conditions: tuple[Residual, ...]

    @classmethod
    def compile(cls, problem: Problem) -> System:
        """Compile every relation of a problem."""
        return cls(
            problem,
            tuple(compile_relation(problem, r) for r in problem.equations),
            tuple(compile_relation(problem, r) for r in problem.conditions),
        )


@dataclass(frozen=True, slots=True)
class Discretisation:
    """Where and with which functions a solution is sought.

    The neurons of `images` share the outer weights of those of `network`, see :mod:`.symmetry`.
    """

    partition: Partition
    network: Network
    unknowns: int
    images: tuple[Network, ...] = ()

    @property
    def size(self) -> int:
        """Unknown weights of one block."""
        return self.unknowns * self.network.width

    def field(self, weights: Array) -> BlockField:
        """The function with outer weights (blocks, unknowns, width)."""
        networks = (self.network, *self.images)
        every = Network(
            np.concatenate([n.weights for n in networks]),
            np.concatenate([n.biases for n in networks]),
        )
        return BlockField(self.partition, every, np.tile(weights, len(networks)))


# Scaled matrix and divisor by equation, size of block and coefficients at the points.
_Known = dict[tuple[int, bytes, bytes], tuple[Array, float]]


@dataclass(frozen=True, slots=True)
class Collocated:
    """Rows of one relation at its points, with what the relation was divided by."""

    rows: Rows
    relation: Residual
    points: Array
    scale: float


def assemble(
    system: System,
    discretisation: Discretisation,
    iterate: Field | None,
    *,
    weight: float,
    seed: int,
) -> list[Collocated]:
    """Rows of all equations and conditions, linearised, each with one right-hand side.

    Parameters
    ----------
    system : System
    discretisation : Discretisation
    iterate : Field or None
        About which to linearise; None means zero, enough for a linear problem.
    weight : float
        Of conditions against equations.
    seed : int
        Of the points.
    """
    rows: list[Collocated] = []
    placed = collocation_points(
        system, discretisation.partition, discretisation.network.width, seed
    )
    known: _Known = {}
    for relation, points, block in placed:
        if block is None:
            rows += _relation_rows(relation, points, discretisation, iterate, weight)
        elif relation.local:
            rows.append(_local_rows(relation, points, discretisation, iterate, block, known))
        else:
            rows += _relation_rows(relation, points, discretisation, iterate, 1.0, block)
    return rows


def collocation_points(
    system: System, partition: Partition, width: int, seed: int
) -> Iterator[tuple[Residual, Array, int | None]]:
    """Every relation with points for networks of a width: an equation block by block.

    With the number of the block, which for a condition is None: its place may meet several.
    """
    count = int(_POINTS_PER_NEURON.get(partition.dimension, _FEWEST_POINTS) * width)
    reference = interior_points(partition.dimension, count, seed)
    for equation in system.equations:
        for block in range(len(partition)):
            yield equation, partition.from_reference(reference, block), block
    for index, condition in enumerate(system.conditions):
        points = place_points(system.problem, condition, partition, width, (seed, index))
        yield condition, points, None


def interior_points(dimension: int, count: int, seed: int | Sequence[int]) -> Array:
    """Points inside the reference box: Chebyshev points on a line, Sobol points beyond."""
    if dimension == 1:
        return np.cos(np.pi * (np.arange(count)[::-1, None] + 0.5) / count)
    return 2.0 * sobol_points(dimension, count, seed) - 1.0


def place_points(
    problem: Problem,
    condition: Residual,
    partition: Partition,
    width: int,
    seed: tuple[int, int],
) -> Array:
    """Points (m, d) of the place where a condition holds, some in every block that it meets."""
    place = condition.relation.place
    free = [axis for axis, value in enumerate(place) if value is None]
    fixed = [axis for axis, value in enumerate(place) if value is not None]
    if not free:
        return np.array([place], dtype=float)
    dimension = partition.dimension
    count = int((4 if dimension < 3 else 2) * width ** (len(free) / dimension)) + 4
    if dimension > 3:
        count = min(count, 2 * width // len(problem.conditions) + 4)
    reference = interior_points(len(free), count, seed)
    values = np.array([place[axis] for axis in fixed], dtype=float)
    chosen = []
    for block in range(len(partition)):
        low, high = partition.lower[block], partition.upper[block]
        if np.all((low[fixed] <= values) & (values <= high[fixed])):
            points = np.empty((count, dimension))
            points[:, fixed] = values
            points[:, free] = partition.from_reference(_embed(reference, free, dimension), block)[
                :, free
            ]
            chosen.append(points)
    return np.concatenate(chosen)


def evaluate_relation(
    residual: Residual, field: Differentiable | None, points: Array, partition: Partition
) -> tuple[Array, Array, Array]:
    """Residual (m,), partial derivatives (k, m) and trace values (k, m) at points."""
    values = np.zeros((len(residual.traces), len(points)))
    if field is not None:
        for rows, traces in _by_place(residual.traces):
            wanted = [(trace.unknown, trace.orders) for trace in traces]
            for owners, placed, shares in placements(traces[0], points, partition):
                found = shares * field.derivatives(wanted, placed)
                np.add.at(values, (np.array(rows)[:, None], owners), found)
    defect, partials = residual(points, values)
    return defect, partials, values


def _by_place(traces: Sequence[Trace]) -> list[tuple[list[int], list[Trace]]]:
    """Traces with their numbers, grouped by the place where they are taken."""
    groups: dict[Place, tuple[list[int], list[Trace]]] = {}
    for number, trace in enumerate(traces):
        numbers, members = groups.setdefault(trace.place, ([], []))
        numbers.append(number)
        members.append(trace)
    return list(groups.values())


def _relation_rows(
    residual: Residual,
    points: Array,
    discretisation: Discretisation,
    iterate: Field | None,
    weight: float,
    block: int | None = None,
) -> list[Collocated]:
    """Rows of a relation at points, grouped by the blocks that they touch.

    Points on a face are in several blocks: those of an equation are in the `block` named.
    """
    partition = discretisation.partition
    defect, partials, values = evaluate_relation(residual, iterate, points, partition)
    right = np.einsum("km,km->m", partials, values) - defect
    parts: dict[int, Array] = {}
    touched: dict[int, NDArray[np.bool_]] = {}
    for numbers, traces in _by_place(residual.traces):
        for owners, placed, shares in placements(traces[0], points, partition):
            where = np.full(len(placed), block) if block is not None else partition.locate(placed)
            for here in map(int, np.unique(where)):
                held = np.flatnonzero(where == here)
                part = parts.setdefault(here, np.zeros((len(points), discretisation.size)))
                _add_features(
                    part,
                    owners[held],
                    discretisation,
                    here,
                    placed[held],
                    traces,
                    shares[held] * partials[numbers][:, owners[held]],
                )
                touched.setdefault(here, np.zeros(len(points), dtype=bool))[owners[held]] = True
    order = sorted(parts)
    patterns = np.array([touched[b] for b in order]).T
    grouped = []
    for pattern in np.unique(patterns, axis=0):
        held = np.flatnonzero((patterns == pattern).all(axis=1))
        blocks = tuple(b for b, used in zip(order, pattern, strict=True) if used)
        matrix = np.hstack([parts[b][held] for b in blocks])
        scale = _mean_length(matrix) / weight
        rows = Rows(blocks, matrix / scale, right[held, None] / scale)
        grouped.append(Collocated(rows, residual, points[held], scale))
    return grouped


def _local_rows(
    residual: Residual,
    points: Array,
    discretisation: Discretisation,
    iterate: Field | None,
    block: int,
    known: _Known,
) -> Collocated:
    """Rows of an equation between values at one point, over the columns of the point's block.

    Where coefficients are constant, blocks of one size have one matrix: it is looked up in `known`.
    """
    partition = discretisation.partition
    defect, partials, values = evaluate_relation(residual, iterate, points, partition)
    right = np.einsum("km,km->m", partials, values) - defect
    # To the last bit: near a resonance a rounding of the size counts a million times.
    key = (id(residual), partition.half_widths[block].tobytes(), partials.tobytes())
    if key not in known:
        matrix = np.zeros((len(points), discretisation.size))
        every = np.arange(len(points))
        _add_features(matrix, every, discretisation, block, points, residual.traces, partials)
        scale = _mean_length(matrix)
        known[key] = matrix / scale, scale
    matrix, scale = known[key]
    return Collocated(Rows((block,), matrix, right[:, None] / scale), residual, points, scale)


def _add_features(
    part: Array,
    rows: NDArray[np.intp],
    discretisation: Discretisation,
    block: int,
    points: Array,
    traces: Sequence[Trace],
    factors: Array,
) -> None:
    """Add the sum over traces of factor (k, m) times feature to rows of a block's columns.

    Several points may belong to a row, those of an integral.
    Traces of one unknown and one total order share s^(n): their factors and powers of w are
    summed first, in one matrix product.
    """
    partition = discretisation.partition
    reference = partition.to_reference(points, block)
    half = partition.half_widths[block]
    kinds: dict[tuple[int, int], list[int]] = {}
    for k, trace in enumerate(traces):
        kinds.setdefault((trace.unknown, sum(trace.orders)), []).append(k)
    count = max(1, _CACHED // discretisation.network.width)
    distinct = len(np.unique(rows)) == len(rows)
    networks = (discretisation.network, *discretisation.images)
    units = np.array([np.prod(half ** -np.array(trace.orders, float)) for trace in traces])
    powers = [units[:, None] * [n.powers(trace.orders) for trace in traces] for n in networks]
    width = discretisation.network.width
    for start in range(0, len(points), count):
        here = slice(start, start + count)
        sums: dict[int, Array] = {}  # by unknown, over the images
        for network, power in zip(networks, powers, strict=True):
            sigmoids = network.sigmoids(reference[here], (total for _, total in kinds))
            for (unknown, total), chosen in kinds.items():
                values = factors[chosen, here].T @ power[chosen]
                values *= sigmoids[total]
                if unknown in sums:
                    sums[unknown] += values
                else:
                    sums[unknown] = values
        for unknown, values in sums.items():
            columns = slice(unknown * width, (unknown + 1) * width)
            if distinct:
                part[rows[here], columns] += values
            else:
                part[:, columns] += _summing(rows[here], len(part)) @ values


def _summing(rows: NDArray[np.intp], count: int) -> scipy.sparse.csr_array:
    """The matrix (count, m) that adds up what belongs to a row."""
    entries = (np.ones(len(rows)), (rows, np.arange(len(rows))))
    return scipy.sparse.csr_array(entries, shape=(count, len(rows)))


def block_features(
    network: Network, partition: Partition, block: int, points: Array, orders: set[Orders]
) -> dict[Orders, Array]:
    """Derivatives by the variables of the box of a block's features at points of the box."""
    reference = partition.to_reference(points, block)
    features = network.features(reference, orders)
    for alpha, values in features.items():
        if any(alpha):
            values *= np.prod(partition.half_widths[block] ** -np.array(alpha, dtype=float))
    return features


def _mean_length(matrix: Array) -> float:
    """Root mean square of the length of the rows; 1 where all are zero."""
    return float(np.sqrt(np.mean(np.einsum("ij,ij->i", matrix, matrix)))) or 1.0


def face_points(face: Interface, count: int, seed: int = 0) -> Array:
    """Points (m, d) of an interface; the one point that it is on a line."""
    dimension = len(face.lower)
    free = [axis for axis in range(dimension) if axis != face.axis]
    if not free:
        return face.lower[None]
    reference = _embed(interior_points(len(free), count, seed), free, dimension)
    return Partition(face.lower[None], face.upper[None]).from_reference(reference, 0)


def placements(
    trace: Trace, points: Array, partition: Partition
) -> Iterator[tuple[NDArray[np.intp], Array, Array]]:
    """Where a trace is taken for points (m, d) of its relation, some thousand places at once.

    The number of the point to which each place belongs (n,), the places (n, d), and their weights
    (n,) in the sum that stands for an integral.
    """
    fixed, rules = points.copy(), {}
    for axis, place in enumerate(trace.place):
        if isinstance(place, Interval):
            rules[axis] = _quadrature(place, partition, axis)
        elif place is not None:
            fixed[:, axis] = place
    nodes = np.array(list(itertools.product(*(values for values, _ in rules.values()))))
    weights = np.array(
        [np.prod(shares) for shares in itertools.product(*(rule[1] for rule in rules.values()))]
    )
    count = max(1, _PLACES // len(points))
    for start in range(0, len(weights), count):
        some = slice(start, start + count)
        placed = np.tile(fixed, (len(weights[some]), 1))
        placed[:, list(rules)] = np.repeat(nodes[some], len(points), axis=0)
        owners = np.tile(np.arange(len(points)), len(weights[some]))
        yield owners, placed, np.repeat(weights[some], len(points))


def _quadrature(interval: Interval, partition: Partition, axis: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights over an interval, panel by panel between block edges."""
    edges = np.unique([partition.lower[:, axis], partition.upper[:, axis]])
    inside = edges[(edges > interval.lower) & (edges < interval.upper)]
    panels = np.concatenate([[interval.lower], inside, [interval.upper]])
    nodes, weights = np.polynomial.legendre.leggauss(_QUADRATURE_NODES)
    low, half = panels[:-1, None], 0.5 * np.diff(panels)[:, None]
    return (low + half * (nodes + 1.0)).ravel(), (half * weights).ravel()


def _embed(reference: Array, axes: Sequence[int], dimension: int) -> Array:
    embedded = np.zeros((len(reference), dimension))
    embedded[:, axes] = reference
    return embedded
