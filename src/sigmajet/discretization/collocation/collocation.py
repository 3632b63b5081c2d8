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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.block_field import BlockField
from ...approximation.field import Differentiable
from ...approximation.network.layers import Layers
from ...approximation.shared.corner_functions import NO_CORNERS
from ...approximation.shared.functions import SharedFunctions, added, joint_weights
from ...geometry.partition import Partition
from ...geometry.points import points_inside
from ...geometry.sobol import BITS
from ...linalg.least_squares.backends import DEFAULT
from ...linalg.least_squares.interface import Rows
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.terms.trace import Trace
from ...randomness import Purpose, Seed
from ...rounding import relative_rounding
from ...rules.samples import FEW
from ..traces import AT_ONCE, by_place, evaluate_relation, place_points, placements

if TYPE_CHECKING:
    import scipy.sparse

# Points over neurons, by the number of variables. In a redundant set of functions least squares are
# accurate if there are a fixed number of times more points (B. Adcock and D. Huybrechs, Frames and
# numerical approximation II, J. Fourier Anal. Appl. 26, 2020). With 2, walls included, four of 37
# random problems of lines and planes took an attempt more, and one took one less; in space and
# beyond 1.5 are as accurate as 3, and half as long.
OVERSAMPLING = {1: 3.0, 2: 3.0, 3: 1.5}


@dataclass(frozen=True)
class Discretisation:
    """Where and with which functions a solution is sought.

    The neurons of `images` share the outer weights of those of `network`, see :mod:`.symmetry`.
    The functions in `shared` have one weight for all blocks that hold them: among the blocks of
    least squares these weights are one more, after those of the partition.
    `backend` names the least squares that find the weights; rows are scaled by what coefficients
    make of unknowns in their `units`, one each where none are known.
    """

    partition: Partition
    network: Layers
    unknowns: int
    images: tuple[Layers, ...] = ()
    shared: SharedFunctions = NO_CORNERS
    backend: str = DEFAULT
    units: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """Unknown weights of one block."""
        return self.unknowns * self.network.width

    @cached_property
    def holds(self) -> NDArray[np.bool_]:
        """Which blocks have which of the shared functions, (blocks, functions)."""
        return self.shared.held(self.partition.lower, self.partition.upper, self.partition.owner)

    @property
    def shared_block(self) -> int:
        """The number of the block of weights that all blocks share."""
        return len(self.partition)

    @property
    def sizes(self) -> list[int]:
        """Unknowns of each block, and of the shared one where there is one."""
        joint = self.joint
        every = self.unknowns * len(self.shared) if joint is None else joint.shape[1]
        return [self.size] * len(self.partition) + ([every] if len(self.shared) else [])

    @cached_property
    def joint(self) -> Array | None:
        """How much the unknowns have of the shared functions for each weight; None where all."""
        return joint_weights(self.shared, self.unknowns)

    def field(self, weights: Array) -> BlockField:
        """The function with outer weights (blocks, unknowns, width), then those shared."""
        every = self.network.beside(self.images)
        own, common = np.split(weights, [self.network.width], axis=-1)
        common = common * self.holds[:, None]
        coefficients = np.concatenate([np.tile(own, 1 + len(self.images)), common], axis=-1)
        return BlockField(self.partition, every, coefficients, self.shared)


# Scaled matrix and divisor by equation, size of block, points and coefficients there.
_Known = dict[tuple[int, bytes, bytes, bytes], tuple[Array, float]]
# Which shared functions obey an equation with constant coefficients, by equation and coefficients.
_Obeying = dict[tuple[int, bytes], NDArray[np.bool_]]


Placed = tuple[Residual, Array, int | None]
"""A relation, points (m, d) where it is to hold, and the block that these are in."""


@dataclass(frozen=True, slots=True)
class Linearised:
    """A relation about a field, at points.

    An equation is taken in one `block`, a condition at its place, which may meet several.
    """

    relation: Residual
    points: Array
    block: int | None
    defect: Array
    partials: Array
    traces: Array

    @property
    def right(self) -> Array:
        """What the linear terms have to equal, (m,)."""
        return np.asarray(np.einsum("km,km->m", self.partials, self.traces) - self.defect)

    def at(self, held: NDArray[np.intp]) -> Linearised:
        """The same at some of the points."""
        values = self.defect[held], self.partials[:, held], self.traces[:, held]
        return Linearised(self.relation, self.points[held], self.block, *values)


def linearise(
    places: Iterable[Placed], partition: Partition, field: Differentiable | None
) -> Iterator[Linearised]:
    """Every relation about a field (None: zero), at the points where it is to hold."""
    for relation, points, block in places:
        about = evaluate_relation(relation, field, points, partition)
        yield Linearised(relation, points, block, *about)


@dataclass(frozen=True, slots=True)
class Collocated:
    """Rows of one linearised relation, with what it was divided by."""

    rows: Rows
    about: Linearised
    scale: float


def assemble(
    discretisation: Discretisation, relations: Iterable[Linearised], *, weight: float
) -> list[Collocated]:
    """Rows of all equations and conditions, each with one right-hand side.

    Parameters
    ----------
    discretisation : Discretisation
    relations : iterable of Linearised
    weight : float
        Of conditions against equations.
    """
    rows: list[Collocated] = []
    known: _Known = {}
    obeying: _Obeying = {}
    for about in relations:
        if about.block is None:
            rows += _relation_rows(about, discretisation, weight)
        elif about.relation.local:
            rows.append(_local_rows(about, discretisation, about.block, known, obeying))
        else:
            rows += _relation_rows(about, discretisation, 1.0)
    return rows


def points_of_blocks(system: System, partition: Partition, count: int, seed: Seed) -> list[Array]:
    """So many points of each block, in what it has of the region."""
    blocks = range(len(partition))
    cells = [partition.mapping(block) for block in blocks]
    regions = [partition.filled(block) or system.problem.domain.region for block in blocks]
    return points_inside(regions, cells, count, seed.of(Purpose.POINTS))


def collocation_points(
    system: System, partition: Partition, width: int, seed: Seed, shared: int = 0
) -> Iterator[Placed]:
    """Every relation with points for networks of a width: an equation block by block.

    With the number of the block, which for a condition is None: its place may meet several. So many
    functions that blocks share are to be determined by each condition alone.
    """
    count = int(OVERSAMPLING.get(partition.dimension, OVERSAMPLING[3]) * width)
    inside = points_of_blocks(system, partition, count, seed)
    for equation in system.equations:
        yield from ((equation, points, b) for b, points in enumerate(inside) if len(points))
    for index, condition in enumerate((*system.conditions, *system.across)):
        place = seed.of(Purpose.PLACES, index)
        least = int(OVERSAMPLING[3] * shared)
        points = place_points(system.problem, condition, partition, width, place, least)
        yield condition, points, None


def _relation_rows(
    about: Linearised, discretisation: Discretisation, weight: float
) -> list[Collocated]:
    """Rows of a relation at points, grouped by the blocks that they touch.

    Points on a face are in several blocks: those of an equation are in the block named.
    """
    partition = discretisation.partition
    points, block, partials, right = about.points, about.block, about.partials, about.right
    common = _shared_part(about, discretisation)
    parts: dict[int, Array] = {}
    touched: dict[int, NDArray[np.bool_]] = {}
    for numbers, traces in by_place(about.relation.traces):
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
        scale = _mean_length(matrix, discretisation) / weight
        rows = Rows(blocks, matrix / scale, right[held, None] / scale)
        _add_shared(rows, common[held] / scale, discretisation)
        grouped.append(Collocated(rows, about.at(held), scale))
    return grouped


def _shared_part(about: Linearised, discretisation: Discretisation) -> Array:
    """Rows of a relation over the weights of functions that blocks share, (m, weights).

    Zero where an equation holds for them by itself, up to rounding.
    """
    points, functions = about.points, discretisation.shared
    part = np.zeros((len(points), discretisation.unknowns * len(functions)))
    terms = np.zeros_like(part)
    for numbers, traces in by_place(about.relation.traces) if len(functions) else ():
        for owners, placed, shares in placements(traces[0], points, discretisation.partition):
            features = functions.features(placed, {trace.orders for trace in traces})
            block = discretisation.partition.locate(placed) if about.block is None else about.block
            held = discretisation.holds[block]
            summing = _summing(owners, len(points))
            for number, trace in zip(numbers, traces, strict=True):
                columns = slice(*(len(functions) * (trace.unknown + k) for k in (0, 1)))
                factor = shares * about.partials[number, owners]
                term = factor[:, None] * np.where(held, features[trace.orders], 0.0)
                part[:, columns] += summing @ term
                terms[:, columns] += summing @ np.abs(term)
    if discretisation.joint is not None:
        part, terms = part @ discretisation.joint, terms @ np.abs(discretisation.joint)
    part[np.abs(part) <= relative_rounding(FEW) * terms] = 0.0
    return part


def _local_shared_part(
    about: Linearised, discretisation: Discretisation, block: int, obeying: _Obeying
) -> Array:
    """Rows of an equation over the functions that blocks share, none where all obey it.

    Those of corners and cavities are analytic: where they obey an equation with constant
    coefficients in one block, they do in all. What a user adds may be piecewise.
    """
    functions, partials = discretisation.shared, about.partials
    if added(functions) or np.any(partials != partials[:, :1]):
        return _shared_part(about, discretisation)
    key = id(about.relation), partials[:, 0].tobytes()
    held = np.tile(discretisation.holds[block], discretisation.unknowns)
    if discretisation.joint is not None:
        held = held @ (discretisation.joint != 0.0)
    known = obeying.setdefault(key, np.zeros(len(held), dtype=bool))
    if np.all(known[held]):
        return np.zeros((0, 0))
    part = _shared_part(about, discretisation)
    known |= held & ~part.any(axis=0)
    return part


def _add_shared(rows: Rows, common: Array, discretisation: Discretisation) -> None:
    if np.any(common):
        rows.blocks = (*rows.blocks, discretisation.shared_block)
        rows.matrix = np.hstack([rows.matrix, common])


def _local_rows(
    about: Linearised,
    discretisation: Discretisation,
    block: int,
    known: _Known,
    obeying: _Obeying,
) -> Collocated:
    """Rows of an equation between values at one point, over the columns of the point's block.

    Where coefficients are constant, blocks of one size have one matrix: it is looked up in `known`.
    """
    partition, residual = discretisation.partition, about.relation
    points, partials = about.points, about.partials
    # To the last bit: near a resonance a rounding of the size counts a million times.
    # Points are the same in the reference cell, unless a region has a part of the cell alone.
    where = np.rint(partition.to_reference(points, block) * 2.0**BITS).astype(np.int64)
    key = (
        id(residual),
        partition.half_widths[block].tobytes(),
        where.tobytes(),
        partials.tobytes(),
    )
    if key not in known:
        matrix = np.zeros((len(points), discretisation.size))
        every = np.arange(len(points))
        _add_features(matrix, every, discretisation, block, points, residual.traces, partials)
        scale = _mean_length(matrix, discretisation)
        with np.errstate(invalid="ignore"):  # a derivative without a value, which the solver sees
            known[key] = matrix / scale, scale
    matrix, scale = known[key]
    rows = Rows((block,), matrix, about.right[:, None] / scale)
    common = _local_shared_part(about, discretisation, block, obeying)
    _add_shared(rows, common / scale, discretisation)
    return Collocated(rows, about, scale)


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
    """
    partition = discretisation.partition
    mapping = partition.mapping(block)
    reference = mapping.to_reference(points)
    units = np.array([mapping.scale(trace.orders) for trace in traces])
    factors = units[:, None] * factors
    unknowns: dict[int, list[int]] = {}
    for k, trace in enumerate(traces):
        unknowns.setdefault(trace.unknown, []).append(k)
    groups = [[traces[k].orders for k in chosen] for chosen in unknowns.values()]
    networks = (discretisation.network, *discretisation.images)
    combinations = [network.combination(groups) for network in networks]
    width = discretisation.network.width
    distinct = len(np.unique(rows)) == len(rows)
    for start in range(0, len(points), AT_ONCE):
        here = slice(start, start + AT_ONCE)
        shares = [factors[chosen, here] for chosen in unknowns.values()]
        parts = (combined(reference[here], shares) for combined in combinations)
        sums = next(parts)
        for image in parts:
            for total, more in zip(sums, image, strict=True):
                total += more
        for unknown, values in zip(unknowns, sums, strict=True):
            columns = slice(unknown * width, (unknown + 1) * width)
            if distinct:
                part[rows[here], columns] += values
            else:
                part[:, columns] += _summing(rows[here], len(part)) @ values


def _summing(rows: NDArray[np.intp], count: int) -> scipy.sparse.csr_array:
    """The matrix (count, m) that adds up what belongs to a row."""
    import scipy.sparse

    entries = (np.ones(len(rows)), (rows, np.arange(len(rows))))
    return scipy.sparse.csr_array(entries, shape=(count, len(rows)))


def values_of_neurons(discretisation: Discretisation, block: int, points: Array) -> Array:
    """What a weight of each neuron adds to an unknown at points of a block, (m, width)."""
    reference = discretisation.partition.to_reference(points, block)
    value = [[(0,) * points.shape[1]]]
    networks = (discretisation.network, *discretisation.images)
    combinations = [network.combination(value) for network in networks]
    parts = []
    for start in range(0, len(points), AT_ONCE):
        here = reference[start : start + AT_ONCE]
        ones = [np.ones((1, len(here)))]
        parts.append(sum(combined(here, ones)[0] for combined in combinations))
    return np.concatenate(parts)


def _mean_length(matrix: Array, discretisation: Discretisation) -> float:
    """Root mean square of the length of the rows; 1 where all are zero."""
    if discretisation.units:
        columns = np.repeat(discretisation.units, discretisation.network.width)
        matrix = matrix * np.tile(columns, matrix.shape[1] // len(columns))
    return float(np.sqrt(np.mean(np.einsum("ij,ij->i", matrix, matrix)))) or 1.0
