r"""A discretised problem solved: in one step where it is linear, by Gauss-Newton where it is not.

About an iterate :math:`u_0` every relation is linearised with its exact partial derivatives,
and the linear problem is solved for the whole next iterate rather than for a correction:
the damping of the least squares then holds the solution small, not the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Array, Orders
from ...approximation.block_field import BlockField, block_features
from ...approximation.field import Differentiable
from ...approximation.norm import Sample, Sampled, draw_sample, relative_difference, unknown_scales
from ...approximation.shared.functions import weights_each
from ...geometry.partition import Partition
from ...linalg.least_squares.backends import backend
from ...linalg.least_squares.interface import Rows, Solved
from ...nonlinear.gauss_newton import CONSTANT_STARTS, STEPS, Descent, Result, Status, gauss_newton
from ...problem.compiled.system import System
from ...randomness import Purpose, Seed
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ..traces import evaluate_relation
from .collocation import (
    Collocated,
    Discretisation,
    Linearised,
    Placed,
    assemble,
    collocation_points,
    linearise,
    points_of_blocks,
    values_of_neurons,
)
from .mortar import face_sizes, interface_rows, joined_faces


@dataclass(frozen=True, slots=True)
class Fit:
    r"""A solved discretisation.

    Attributes
    ----------
    field : BlockField
    scales : dict
        Of equation i on block b: what its residual was divided by.
    amplification : float
        How the solution responds to random noise of unit length in the rows, in the mean and by
        the function that responds most: :math:`\sigma_{\max}(S R^{-1}) / \sqrt m`, where R is the
        triangle of the m rows and S the values of all unknowns at unseen points, in the root mean
        square over the region. Of order one where the problem determines the solution, above 1e9
        where it does not. It does not hang on a draw of the noise.
    status : Status
        How Gauss-Newton ended; a linear problem has converged.
    """

    field: BlockField
    scales: dict[tuple[int, int], float]
    amplification: float
    status: Status = Status.CONVERGED

    @property
    def converged(self) -> bool:
        """Whether Gauss-Newton came to rest."""
        return self.status.settled


def solve_discretised(
    system: System,
    discretisation: Discretisation,
    start: Differentiable | None,
    *,
    weight: float,
    seed: Seed,
    steps: int = STEPS,
    natural: bool = True,
    places: Sequence[Placed] = (),
) -> Fit:
    """Solve a problem on one discretisation, from `start` (None: from zero).

    With `natural` steps that are tiny for the residual's sake may be longer, see `Descent`. Where
    relations are to hold is known from `places`, or drawn.
    """
    partition, width = discretisation.partition, discretisation.network.width
    shared = weights_each(discretisation.shared, discretisation.unknowns)
    places = places or list(collocation_points(system, partition, width, seed, shared))
    faces = list(interface_rows(system.problem, discretisation, weight=weight, seed=seed))
    if system.problem.linear:
        zero = linearise(places, partition, None)
        rows = assemble(discretisation, zero, weight=weight)
        solution = _solve(system, discretisation, rows, faces)
        return solution.fit(discretisation, seed)

    def about(field: BlockField) -> list[Linearised]:
        return list(linearise(places, partition, field))

    iterate = _project(system, discretisation, start, seed)
    first = [] if start is None else about(iterate)
    if not first or not _leads_on(first):
        constant = _constant_start(places, partition)
        iterate = _project(system, discretisation, constant, seed)
        first = about(iterate)

    sample = draw_sample(partition, seed.of(Purpose.UNSEEN))

    def step(coefficients: Array) -> _Step:
        field = replace(iterate, coefficients=coefficients)
        relations = first if coefficients is iterate.coefficients else about(field)
        rows = assemble(discretisation, relations, weight=weight)
        solution = _solve(system, discretisation, rows, faces)
        return _Step(system, discretisation, rows, faces, field, solution, sample)

    found: Result[_Step] = gauss_newton(
        step,
        iterate.coefficients,
        tolerance=relative_rounding(discretisation.size),
        # Of a problem that leaves half of the digits.
        rounding=relative_rounding(discretisation.size, 1.0 / HALF_OF_THE_DIGITS),
        steps=steps,
        curvature=1.0,
        damping=Descent(natural=natural),
    )
    assert found.last is not None  # every step is a value
    field = replace(iterate, coefficients=found.iterate)
    fit = found.last.solution.fit(discretisation, seed)
    return replace(fit, field=field, status=found.status)


@dataclass(frozen=True, slots=True)
class _Solution:
    """The linearised problem solved, with its rows in triangular form."""

    field: BlockField
    scales: dict[tuple[int, int], float]
    solved: Solved
    rows: int

    def fit(self, discretisation: Discretisation, seed: Seed) -> Fit:
        """The same with its stability."""
        length = np.sqrt(self.rows)
        return Fit(self.field, self.scales, _response(discretisation, self.solved, seed) / length)


def _solve(
    system: System,
    discretisation: Discretisation,
    collocated: Sequence[Collocated],
    faces: Sequence[Rows],
) -> _Solution:
    """Solve the linearised problem, with the rows of the faces between blocks."""
    rows = [*(c.rows for c in collocated), *faces]
    solved = _eliminated(system, discretisation, rows)
    number = {id(equation): i for i, equation in enumerate(system.equations)}
    scales = {
        (number[id(c.about.relation)], c.rows.blocks[0]): c.scale
        for c in collocated
        if id(c.about.relation) in number
    }
    field = discretisation.field(_weights(discretisation, solved)[..., 0])
    return _Solution(field, scales, solved, sum(len(r.values) for r in rows))


def _response(discretisation: Discretisation, solved: Solved, seed: Seed) -> float:
    """The largest root mean square that data of unit length give the unknowns together."""
    partition, shared = discretisation.partition, discretisation.shared
    sample = draw_sample(partition, seed.of(Purpose.UNSEEN))
    blocks, zero = range(len(partition)), (0,) * partition.dimension
    own, common = [], []
    for block in blocks:
        here = sample.block == block
        points, share = sample.points[here], np.sqrt(sample.weights[here])[:, None]
        own.append(share * values_of_neurons(discretisation, block, points))
        if len(shared):
            features = shared.features(points, {zero})[zero]
            common.append(share * np.where(discretisation.holds[block], features, 0.0))
    empty = [np.zeros((len(unit), 1)) for unit in solved.units]

    def values(weights: Sequence[Array]) -> list[Array]:
        seen = [own[b] @ _by_unknown(weights[b], discretisation) for b in blocks]
        if len(shared):
            every = weights[discretisation.shared_block]
            if discretisation.joint is not None:
                every = discretisation.joint @ every
            every = _by_unknown(every, discretisation)
            seen = [each + common[b] @ every for b, each in enumerate(seen)]
        return seen

    def adjoint(seen: Sequence[Array]) -> list[Array]:
        parts = list(empty)
        for b in blocks:
            parts[b] = (own[b].T @ seen[b]).T.reshape(-1, 1)
        if len(shared):
            total = sum(common[b].T @ seen[b] for b in blocks)
            every = total.T.reshape(-1, 1)
            if discretisation.joint is not None:
                every = discretisation.joint.T @ every
            parts[discretisation.shared_block] = every
        return parts

    return solved.largest_response(values, adjoint)


def _by_unknown(weights: Array, discretisation: Discretisation) -> Array:
    """Weights (unknowns * n, 1) as (n, unknowns)."""
    return weights.reshape(discretisation.unknowns, -1).T


def _eliminated(system: System, discretisation: Discretisation, rows: Sequence[Rows]) -> Solved:
    """Rows solved for the weights of blocks, and of the polynomials on their faces."""
    partition, network = discretisation.partition, discretisation.network
    faces = joined_faces(system.problem, partition)
    sizes = discretisation.sizes
    sizes += face_sizes(system.problem.orders, faces, partition, network.width)
    return backend(discretisation.backend).solve(rows, sizes)


def _weights(discretisation: Discretisation, found: Solved) -> Array:
    """Outer weights (blocks, unknowns, width, right-hand sides) that meet rows best."""
    partition, network = discretisation.partition, discretisation.network
    solved = found.weights
    own = np.array(solved[: len(partition)])
    own = own.reshape(len(partition), discretisation.unknowns, network.width, -1)
    if not len(discretisation.shared):
        return own
    common = solved[discretisation.shared_block]
    if discretisation.joint is not None:
        common = discretisation.joint @ common
    common = common.reshape(discretisation.unknowns, len(discretisation.shared), -1)
    return np.concatenate([own, np.tile(common, (len(partition), 1, 1, 1))], axis=2)


def _project(
    system: System, discretisation: Discretisation, start: Differentiable | None, seed: Seed
) -> BlockField:
    """The field of a discretisation nearest to another: values and derivatives at points."""
    partition, network = discretisation.partition, discretisation.network
    shared = discretisation.shared
    width = network.width + len(shared)
    coefficients = np.zeros((len(partition), discretisation.unknowns, width))
    if start is None:
        return BlockField(partition, network, coefficients, shared)
    alike = start if isinstance(start, BlockField) and start.shared is shared else None
    if alike is not None:
        coefficients[..., network.width :] = alike.of_shared * discretisation.holds[:, None]
    inside = points_of_blocks(system, partition, 2 * network.width, seed)
    for block, points in enumerate(inside):
        mapping = partition.mapping(block)
        wanting = start
        if alike is not None:
            rest = alike.coefficients.copy()
            rest[..., alike.network.width :] -= coefficients[block, :, network.width :]
            wanting = replace(alike, coefficients=rest)
        for unknown, highest in enumerate(system.problem.orders):
            wanted = {(0,) * len(highest)} | {
                tuple(k if axis == a else 0 for axis in range(len(highest)))
                for a, order in enumerate(highest)
                for k in range(1, order + 1)
            }
            features = block_features(network, partition, block, points, wanted)
            units = {alpha: 1.0 / mapping.scale(alpha) for alpha in wanted}
            orders = sorted(wanted)
            targets = wanting.derivatives([(unknown, alpha) for alpha in orders], points)
            rows = [
                Rows((0,), units[alpha] * features[alpha], units[alpha] * target[:, None])
                for alpha, target in zip(orders, targets, strict=True)
            ]
            (weights,) = backend(discretisation.backend).solve(rows, [network.width]).weights
            coefficients[block, unknown, : network.width] = weights[:, 0]
    return BlockField(partition, network, coefficients, shared)


@dataclass(frozen=True, slots=True)
class _Constant:
    """The same value for every unknown."""

    value: float

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return the constant for every order zero wanted, else zero."""
        values = [0.0 if any(orders) else self.value for _, orders in wanted]
        return np.repeat(np.array(values)[:, None], len(points), axis=1)


def _constant_start(places: Sequence[Placed], partition: Partition) -> _Constant | None:
    """The first constant about which every relation can be linearised; None means zero."""
    for value in CONSTANT_STARTS:
        if _leads_on(linearise(places, partition, _Constant(value))):
            return _Constant(value) if value else None
    return None


def _leads_on(relations: Iterable[Linearised]) -> bool:
    """Whether every relation has a value about a field, and a derivative that leads somewhere.

    About zero sqrt(u) and log(u) have none, u(0)**2 = 4 one that leads nowhere; about a field on
    blocks that do not resolve it exp(u) may overflow. Nor does a field lead on about which no
    relation sees the constants that may be added to an unknown, though some hold its values: about
    zero walls that all radiate, as u**4, are insulated.
    """
    seen: dict[int, bool] = {}
    for about in relations:
        finite = np.all(np.isfinite(about.defect)) and np.all(np.isfinite(about.partials))
        if not finite or (np.any(about.defect) and not np.any(about.partials)):
            return False
        for trace, partials in zip(about.relation.traces, about.partials, strict=True):
            if not any(trace.orders):
                seen[trace.unknown] = seen.get(trace.unknown, False) or bool(np.any(partials))
    return all(seen.values())


class _Step:
    """A step of Gauss-Newton, from a field to the solution of the problem linearised about it.

    Traces are linear in the outer weights: they are evaluated once at either end.
    """

    def __init__(
        self,
        system: System,
        discretisation: Discretisation,
        rows: Sequence[Collocated],
        faces: Sequence[Rows],
        start: BlockField,
        solution: _Solution,
        sample: Sample,
    ) -> None:
        self.solution = solution
        self.change = solution.field.coefficients - start.coefficients
        self._system, self._discretisation = system, discretisation
        self._start, self._rows, self._faces = start, rows, faces
        self._starts: list[Array] = []
        self._moves: list[Array] = []
        self._first: list[Array] = []
        self._linear: list[Array] = []
        partition = discretisation.partition
        for row in rows:
            about = row.about
            end = evaluate_relation(about.relation, solution.field, about.points, partition)[2]
            move = end - about.traces
            self._starts.append(about.traces)
            self._moves.append(move)
            self._first.append(about.defect / row.scale)
            self._linear.append(np.einsum("km,km->m", about.partials, move) / row.scale)
        self._length = _length(self._first)
        self._sample = sample
        self._size = self._apart(solution.field, start)

    def size(self, *, stalls: bool) -> float:
        """The relative difference of the two fields; rounding is not known apart."""
        return self._size

    def level(self, share: float) -> float:
        """Length of the weighted residual; infinite where it cannot be evaluated."""
        if share == 0.0:
            return self._length
        with np.errstate(over="ignore", invalid="ignore"):  # a step too long, to be shortened
            return _length(
                row.about.relation(row.about.points, start + share * move)[0] / row.scale
                for row, start, move in zip(self._rows, self._starts, self._moves, strict=True)
            )

    def promise(self, share: float) -> float:
        """By how much the square of it would fall by the linearised relations."""
        pairs = zip(self._first, self._linear, strict=True)
        ahead = _length(first + share * linear for first, linear in pairs)
        return self._length**2 - ahead**2

    def ahead(self, shares: Sequence[float]) -> list[float]:
        """How long simplified steps, with the Jacobian of the start, are from points on this.

        In the sizes of the start: relative to where they end, long ones are all alike.
        """
        columns = [self._targets(share) for share in shares]
        rows = [
            Rows(c.rows.blocks, c.rows.matrix, np.column_stack(values))
            for c, *values in zip(self._rows, *columns, strict=True)
        ]
        rows += [Rows(r.blocks, r.matrix, np.tile(r.values, len(shares))) for r in self._faces]
        discretisation = self._discretisation
        weights = _weights(discretisation, _eliminated(self._system, discretisation, rows))
        ends = [discretisation.field(weights[..., number]) for number in range(len(shares))]
        scales = unknown_scales(self._system.unknowns, Sampled(self._start, self._sample))
        return [
            self._long(end.coefficients - self._start.coefficients - share * self.change, scales)
            for end, share in zip(ends, shares, strict=True)
        ]

    def _long(self, change: Array, scales: Array) -> float:
        move = Sampled(replace(self._start, coefficients=change), self._sample)
        lengths = [self._sample.norm(row) for row in move.values(self._system.unknowns)]
        return float(np.max(lengths / scales))

    def _apart(self, end: BlockField, start: BlockField) -> float:
        pair = Sampled(end, self._sample), Sampled(start, self._sample)
        return relative_difference(self._system.unknowns, *pair)

    def _targets(self, share: float) -> list[Array]:
        """Right-hand sides of the rows for a step from the point at a share.

        Where the residual cannot be evaluated they are zero: such a step leads far away.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = [
                row.rows.values[:, 0]
                + first
                + share * linear
                - row.about.relation(row.about.points, start + share * move)[0] / row.scale
                for row, first, linear, start, move in zip(
                    self._rows, self._first, self._linear, self._starts, self._moves, strict=True
                )
            ]
        finite = all(np.all(np.isfinite(v)) for v in values)
        return values if finite else [np.zeros(len(v)) for v in values]


def _length(parts: Iterable[Array]) -> float:
    squares = sum(float(np.sum(part**2)) for part in parts)
    return float(np.sqrt(squares)) if np.isfinite(squares) else np.inf
