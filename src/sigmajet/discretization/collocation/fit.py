r"""Gauss-Newton: a nonlinear problem as a sequence of linear least-squares problems.

About an iterate :math:`u_0` every relation is linearised with its exact partial derivatives,
and the linear problem is solved for the whole next iterate rather than for a correction:
the damping of the least squares then holds the solution small, not the step. A linear
problem is done in one step.

A step :math:`u_0 + \theta (u_1 - u_0)` is taken with the largest
:math:`\theta = 1, \tfrac12, \tfrac14, \dots` for which the square of the weighted residual falls by
a quarter of what the linearisation promises (sufficient decrease). Where a network leaves a
residual that no step removes, the promise is small, and so is what is asked.

Where a solution is nearly free, as the place of a front whose residual is exponentially small, the
residual falls along a narrow curved valley, and only for steps that lead nowhere. Then a step is
judged by the unknowns instead (the natural monotonicity test of Deuflhard, Newton Methods for
Nonlinear Problems, 2004): the largest :math:`\theta` is taken for which the simplified step that
follows, with the same Jacobian, is shorter by :math:`1 - \theta / 2`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Array, Orders
from ...approximation.field import BlockField, Differentiable, block_features
from ...approximation.norm import draw_sample, relative_difference
from ...geometry.partition import Partition
from ...geometry.points import interior_points
from ...linalg.least_squares.backends import backend
from ...linalg.least_squares.interface import Rows
from ...problem.compiled.system import System
from ..traces import evaluate_relation
from .collocation import Collocated, Discretisation, assemble, collocation_points
from .mortar import face_sizes, interface_rows

_PROBES = 2  # random right-hand sides that measure how strongly rows determine the solution
STEPS = 50  # of Gauss-Newton, at most
_SMALLEST_STEP = 2.0**-10
_SUFFICIENT = 0.25  # of the promised decrease
# Step below which the natural test is made, and the steps that it tries.
_HESITANT, _NATURAL = 0.25, tuple(2.0**-k for k in range(8))
_PATIENCE, _CREEP = 6, 0.9  # so many steps that gain no more lead nowhere
# Newton converges quadratically: after a step this small the next would be rounding.
_DONE = 1e-7
_STARTS = (0.0, 1.0, -1.0, 10.0, -10.0)
_LOOKS = 24  # neurons for whose collocation points constants are tried
_NEARLY, _STATIONARY = 1e-3, 1e-2  # step, and share of the square of the residual that it gains
_AT_REST = 1e-6  # beyond which a last step says that there is no solution nearby


@dataclass(frozen=True, slots=True)
class Fit:
    """A solved discretisation.

    Attributes
    ----------
    field : BlockField
    scales : dict
        Of equation i on block b: what its residual was divided by.
    amplification : float
        Response of the solution to noise of unit length in the rows: of order one where the
        problem determines the solution, above 1e9 where it does not.
    converged : bool
        Whether Gauss-Newton came to rest; always true for a linear problem.
    """

    field: BlockField
    scales: dict[tuple[int, int], float]
    amplification: float
    converged: bool = True


def solve_discretised(
    system: System,
    discretisation: Discretisation,
    start: Differentiable | None,
    *,
    weight: float,
    seed: int,
    steps: int = STEPS,
    natural: bool = True,
) -> Fit:
    """Solve a problem on one discretisation, from `start` (None: from zero).

    With `natural` steps that are tiny for the residual's sake may be longer, see above.
    """
    if system.problem.linear:
        rows = assemble(system, discretisation, None, weight=weight, seed=seed)
        return _solve(system, discretisation, rows, weight=weight, seed=seed)
    partition = discretisation.partition
    iterate = _project(system, discretisation, start, seed)
    width = discretisation.network.width
    if start is None or not _can_be_linearised(system, iterate, partition, width, seed):
        constant = _constant_start(system, partition, seed)
        iterate = _project(system, discretisation, constant, seed)
    merits: list[float] = []
    before = np.inf
    for _ in range(steps):
        rows = assemble(system, discretisation, iterate, weight=weight, seed=seed)
        solved = _solve(system, discretisation, rows, weight=weight, seed=seed)
        lengths = _Lengths(rows, iterate, solved.field, partition)
        step = 1.0
        while step >= _SMALLEST_STEP and not lengths.enough(step):
            step *= 0.5
        sample = draw_sample(partition, seed)
        full = relative_difference(system.unknowns, solved.field, iterate, sample)
        if natural and step < _HESITANT and _NEARLY < full < np.inf:
            along = [_between(iterate, solved.field, share) for share in _NATURAL]
            ahead = _simplified(system, discretisation, lengths, weight=weight, seed=seed)
            left = [
                relative_difference(system.unknowns, *pair, sample)
                for pair in zip(ahead, along, strict=True)
            ]
            shorter = [r <= (1.0 - 0.5 * s) * full for s, r in zip(_NATURAL, left, strict=True)]
            if any(shorter) and _NATURAL[shorter.index(True)] > step:
                iterate = along[shorter.index(True)]
                before = np.inf
                merits.clear()
                continue
        # The residual that a network leaves keeps the steps from vanishing.
        rest = full < _AT_REST or (lengths.stationary and full < _NEARLY)
        if step < _SMALLEST_STEP:  # no descent: at the floor of rounding, or stuck
            return replace(solved, converged=rest)
        iterate = _between(iterate, solved.field, step)
        if step == 1.0 and full < _DONE:
            break
        if rest and full > 0.5 * before:
            return replace(solved, field=iterate)
        before = full
        merits.append(lengths(0.0))
        if len(merits) > _PATIENCE and merits[-1] > _CREEP * merits[-1 - _PATIENCE]:
            break  # along the valley of a nearly singular Jacobian
    return replace(solved, field=iterate, converged=full < _AT_REST and step == 1.0)


def _solve(
    system: System,
    discretisation: Discretisation,
    collocated: Sequence[Collocated],
    *,
    weight: float,
    seed: int,
) -> Fit:
    """Solve the linearised problem, and with it the response to noise in its rows."""
    interfaces = interface_rows(system.problem, discretisation, weight=weight, seed=seed)
    rows = [*(c.rows for c in collocated), *interfaces]
    rng = np.random.default_rng(seed)
    length = np.sqrt(sum(len(r.values) for r in rows))
    noisy = [
        Rows(
            r.blocks,
            r.matrix,
            np.hstack([r.values, rng.standard_normal((len(r.values), _PROBES)) / length]),
        )
        for r in rows
    ]
    weights = _weights(system, discretisation, noisy)
    field = discretisation.field(weights[..., 0])
    # All responses at once, as so many more unknowns.
    responses = discretisation.field(np.concatenate(np.moveaxis(weights, -1, 0)[1:], axis=1))
    sample = draw_sample(discretisation.partition, seed)
    zero = (0,) * discretisation.partition.dimension
    wanted = [(i, zero) for i in range(responses.coefficients.shape[1])]
    amplification = max(map(sample.norm, responses.derivatives(wanted, sample.points)))
    number = {id(equation): i for i, equation in enumerate(system.equations)}
    scales = {
        (number[id(c.relation)], c.rows.blocks[0]): c.scale
        for c in collocated
        if id(c.relation) in number
    }
    return Fit(field, scales, amplification)


def _weights(system: System, discretisation: Discretisation, rows: Sequence[Rows]) -> Array:
    """Outer weights (blocks, unknowns, width, right-hand sides) that meet rows best."""
    partition, network = discretisation.partition, discretisation.network
    faces = face_sizes(system.problem.orders, partition, network.width)
    sizes = [discretisation.size] * len(partition) + faces
    solved = backend(discretisation.backend).solve(rows, sizes).weights[: len(partition)]
    return np.array(solved).reshape(len(partition), discretisation.unknowns, network.width, -1)


def _simplified(
    system: System,
    discretisation: Discretisation,
    lengths: _Lengths,
    *,
    weight: float,
    seed: int,
) -> list[BlockField]:
    """Where simplified Newton steps, with the Jacobian of the start, lead from points on a step."""
    columns = [lengths.targets(share) for share in _NATURAL]
    rows = [
        Rows(c.rows.blocks, c.rows.matrix, np.column_stack(values))
        for c, *values in zip(lengths.rows, *columns, strict=True)
    ]
    rows += [
        Rows(r.blocks, r.matrix, np.tile(r.values, len(_NATURAL)))
        for r in interface_rows(system.problem, discretisation, weight=weight, seed=seed)
    ]
    weights = _weights(system, discretisation, rows)
    return [discretisation.field(weights[..., number]) for number in range(len(_NATURAL))]


def _project(
    system: System, discretisation: Discretisation, start: Differentiable | None, seed: int
) -> BlockField:
    """The field of a discretisation nearest to another: values and derivatives at points."""
    partition, network = discretisation.partition, discretisation.network
    coefficients = np.zeros((len(partition), discretisation.unknowns, network.width))
    if start is None:
        return BlockField(partition, network, coefficients)
    reference = interior_points(partition.dimension, 2 * network.width, seed)
    for block in range(len(partition)):
        points = partition.from_reference(reference, block)
        half = partition.half_widths[block]
        for unknown, highest in enumerate(system.problem.orders):
            wanted = {(0,) * len(highest)} | {
                tuple(k if axis == a else 0 for axis in range(len(highest)))
                for a, order in enumerate(highest)
                for k in range(1, order + 1)
            }
            features = block_features(network, partition, block, points, wanted)
            units = {alpha: np.prod(half ** np.array(alpha)) for alpha in wanted}
            orders = sorted(wanted)
            targets = start.derivatives([(unknown, alpha) for alpha in orders], points)
            rows = [
                Rows((0,), units[alpha] * features[alpha], units[alpha] * target[:, None])
                for alpha, target in zip(orders, targets, strict=True)
            ]
            (weights,) = backend(discretisation.backend).solve(rows, [network.width]).weights
            coefficients[block, unknown] = weights[:, 0]
    return BlockField(partition, network, coefficients)


@dataclass(frozen=True, slots=True)
class _Constant:
    """The same value for every unknown."""

    value: float

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return the constant for every order zero wanted, else zero."""
        values = [0.0 if any(orders) else self.value for _, orders in wanted]
        return np.repeat(np.array(values)[:, None], len(points), axis=1)


def _constant_start(system: System, partition: Partition, seed: int) -> _Constant | None:
    """The first constant about which every relation can be linearised; None means zero."""
    for value in _STARTS:
        if _can_be_linearised(system, _Constant(value), partition, _LOOKS, seed):
            return _Constant(value) if value else None
    return None


def _can_be_linearised(
    system: System, field: Differentiable, partition: Partition, width: int, seed: int
) -> bool:
    """Whether every relation has a value about a field, and a derivative that leads somewhere.

    At collocation points for a width. About zero sqrt(u) and log(u) have none, u(0)**2 = 4 one that
    leads nowhere; about a field on blocks that do not resolve it exp(u) may overflow.
    """
    for relation, points, _ in collocation_points(system, partition, width, seed):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            defect, partials, _ = evaluate_relation(relation, field, points, partition)
        finite = np.all(np.isfinite(defect)) and np.all(np.isfinite(partials))
        if not finite or (np.any(defect) and not np.any(partials)):
            return False
    return True


def _between(first: BlockField, second: BlockField, step: float) -> BlockField:
    """The field `step` of the way from the first to the second, on one discretisation."""
    weights = first.coefficients + step * (second.coefficients - first.coefficients)
    return replace(first, coefficients=weights)


class _Lengths:
    """Length of the weighted residual along a step, by the share of it that is taken.

    Traces are linear in the outer weights: they are evaluated once at both ends.
    """

    def __init__(
        self,
        rows: Sequence[Collocated],
        start: BlockField,
        end: BlockField,
        partition: Partition,
    ) -> None:
        self.rows = rows
        self._starts: list[Array] = []
        self._moves: list[Array] = []
        self._first: list[Array] = []
        self._linear: list[Array] = []
        for row in rows:
            defect, partials, traces = evaluate_relation(row.relation, start, row.points, partition)
            move = evaluate_relation(row.relation, end, row.points, partition)[2] - traces
            self._starts.append(traces)
            self._moves.append(move)
            self._first.append(defect / row.scale)
            self._linear.append(np.einsum("km,km->m", partials, move) / row.scale)

    def __call__(self, share: float) -> float:
        """Length at a share; infinite where the residual cannot be evaluated."""
        with np.errstate(over="ignore", invalid="ignore"):  # a step too long, to be shortened
            return _length(
                row.relation(row.points, start + share * move)[0] / row.scale
                for row, start, move in zip(self.rows, self._starts, self._moves, strict=True)
            )

    def enough(self, share: float) -> bool:
        """Whether the residual falls by enough of what the linearisation promises."""
        promised = _SUFFICIENT * self._promised(share)
        return bool(self(share) ** 2 <= _length(self._first) ** 2 - promised)

    def targets(self, share: float) -> list[Array]:
        """Right-hand sides of the rows for a step from the point at a share.

        Where the residual cannot be evaluated they are zero: such a step leads far away.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = [
                row.rows.values[:, 0]
                + first
                + share * linear
                - row.relation(row.points, start + share * move)[0] / row.scale
                for row, first, linear, start, move in zip(
                    self.rows, self._first, self._linear, self._starts, self._moves, strict=True
                )
            ]
        finite = all(np.all(np.isfinite(v)) for v in values)
        return values if finite else [np.zeros(len(v)) for v in values]

    @property
    def stationary(self) -> bool:
        """Whether next to nothing is promised."""
        return self._promised(1.0) <= _STATIONARY * _length(self._first) ** 2

    def _promised(self, share: float) -> float:
        pairs = zip(self._first, self._linear, strict=True)
        ahead = _length(first + share * linear for first, linear in pairs)
        return float(_length(self._first) ** 2 - ahead**2)


def _length(parts: Iterable[Array]) -> float:
    squares = sum(float(np.sum(part**2)) for part in parts)
    return float(np.sqrt(squares)) if np.isfinite(squares) else np.inf
