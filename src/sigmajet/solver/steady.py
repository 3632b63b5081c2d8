"""Boundary-value problems: least squares, with blocks and widths grown until the error is met.

An attempt solves the problem on one discretisation, and on two independent ones of fewer
neurons for the estimate. What follows depends on it: done; more neurons; or, on a line, blocks
cut where the equations' defect at unseen points says that the solution is not resolved.
Nonlinear problems are solved by Gauss-Newton on each discretisation, started from the last,
the first from zero or, where that fails, by continuation.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .collocation import Discretisation, System
from .continuation import continued
from .estimate import (
    CHECK_WIDTHS,
    VIOLATED,
    block_defects,
    draw_sample,
    judge,
    kink,
    mismatches,
    relative_difference,
    relative_residual,
)
from .fields import BlockField
from .gauss_newton import Fit, solve_discretised
from .network import Shape, draw_network
from .options import Options
from .outcome import UNDETERMINED, Outcome, Progress
from .partition import Partition
from .report import Attempt

Array = NDArray[np.float64]

_LINE_WIDTHS = (40, 80)  # of one block on a line, before it is cut
_BLOCK_WIDTH = 48  # of each of several blocks on a line
_MOST_BLOCKS = 512
_FIRST_WIDTH = {2: 200, 3: 400}  # in the plane and in space
_TRIAL_WIDTH = 400  # of the networks that try a shape
_STEEPNESSES = (0.1, 0.16, 0.25, 0.4)
_MOST_COLUMNS = 4096  # unknown weights of one dense block: 10 s of QR on two cores
_WEIGHT, _CHECK_WEIGHT = 50.0, 20.0  # conditions against equations
_APPROACHED = 1e-4  # defect to which the problems on the way are solved
_APPROACH_SOLVES = 40  # in all, on the way to a nonlinear solution
_APPROACH_CUTS = 8  # times that blocks are cut for each
_APPROACH_BLOCKS = 256  # beyond which a solution that is not found is not there
_BLIND_BLOCKS = 40  # likewise where nothing is known of it
_SAFE = 1e3  # response to noise that no problem without a solution of its own has shown
_GROWTH = 1.5  # of the width from attempt to attempt in several dimensions
_CLEARLY_WRONG = 100.0  # distance to the attempt before, over tol, that needs no closer look
_FAR_OFF = 100.0  # predicted estimate over tol that is not worth the time
_NO_SOLUTION = 0.05  # relative residual, or kink, of what does not solve the equation at all
_EARLY = 2  # attempts, on one block, in which conditions that agree are met
_PATIENCE = 3  # attempts without gain before giving up
_UNRESOLVED = 1e-3  # defect of a block that says that its features have not been found yet
_LONGEST_SEARCH = 24  # attempts to find them, gain or not
_FAR = 1e5  # defect over tolerance
_MINOR = 1e-3  # of the worst defect: blocks below wait until that one is resolved
_CROWD = 16  # blocks that are cut everywhere before the search closes in on the ends
_SHORTEST = 1e-13  # of a block against the interval


def solve_steady(system: System, options: Options) -> Outcome:
    """Grow the discretisation until the estimate meets `tol` or no longer falls."""
    tol, width, seed, progress = options.tol, options.width, options.seed, options.progress
    attempts: list[Attempt] = []
    outcomes: list[Outcome] = []
    field: BlockField | None = None
    partition = Partition.whole(system.problem.domain.lower, system.problem.domain.upper)
    surplus = len(system.conditions) - sum(map(sum, system.problem.orders))
    surplus = surplus if partition.dimension == 1 else 0
    widths = _widths(system, width)
    neurons = next(widths)
    shape = _choose_shape(system, partition, min(neurons, _TRIAL_WIDTH), seed)
    if not system.problem.linear:
        approached = _approach(system, partition, neurons, shape, seed, progress)
        if approached is not None:
            partition, field = approached
        if len(partition) > 1:
            neurons = width or _BLOCK_WIDTH
    while True:
        start = time.perf_counter()
        solver = _Solver(system, partition, shape, seed)
        solved = solver.solve(neurons, 0, field)
        sample = draw_sample(partition, seed + 1)
        # In several dimensions the step before, on fewer neurons of its own, is a first check.
        estimate = np.inf
        amplification = solved.amplification
        if partition.dimension > 1 and field is not None:
            estimate = relative_difference(system, solved.field, field, sample)
        if not _CLEARLY_WRONG * tol < estimate < np.inf:
            checks = [
                solver.solve(int(share * neurons), number, solved.field)
                for number, share in enumerate(CHECK_WIDTHS, 1)
            ]
            near, far = (
                relative_difference(system, solved.field, check.field, sample) for check in checks
            )
            estimate = judge(near, far, partition.dimension)
            amplification = max(amplification, checks[0].amplification)
        field = solved.field
        # No solution, however well two draws agree on it.
        wrong = max(relative_residual(system, field, sample, partition), kink(system, field))
        if wrong > _NO_SOLUTION:
            estimate = max(estimate, wrong)
        mismatch = max((m for _, m in mismatches(system, field, partition)), default=0.0)
        early = [*(o.mismatch for o in outcomes), mismatch][:_EARLY]
        if surplus > 0 and max(early) > VIOLATED:
            estimate = np.inf  # more conditions than the equation takes, and they disagree
        defects = block_defects(system, field, partition, sample, solved.scales)
        attempts.append(
            Attempt(
                blocks=len(partition),
                width=neurons,
                residual=float(np.sqrt(np.mean(defects**2))),
                estimate=estimate,
                seconds=time.perf_counter() - start,
            )
        )
        outcomes.append(
            Outcome(
                method="steady",
                field=field,
                partition=partition,
                attempts=(),
                best=attempts[-1],
                amplification=amplification,
                converged=solved.converged,
                mismatch=mismatch,
            )
        )
        progress(
            f"{len(partition)} x {neurons} neurons, error {estimate:.1e}", _share(estimate, tol)
        )
        met = estimate <= tol and _determined(outcomes)
        unresolved = max(float(defects.max()), wrong if wrong > _NO_SOLUTION else 0.0)
        if met or _hopeless(system, outcomes, unresolved):
            break
        if partition.dimension > 1 and _out_of_reach(system, attempts, tol):
            break
        single = partition.dimension > 1 or len(partition) == 1
        wider = next(widths, 0) if single else 0
        if wider:
            neurons = wider
        elif partition.dimension == 1:
            cut = _refine(partition, defects, tol)
            if len(cut) == len(partition) or len(cut) > _MOST_BLOCKS:
                break
            partition, neurons = cut, width or _BLOCK_WIDTH
        else:
            break
    best = min(outcomes, key=lambda o: (not o.converged, o.best.estimate, -o.amplification))
    return replace(best, attempts=tuple(attempts))


def _approach(
    system: System,
    partition: Partition,
    width: int,
    shape: Shape,
    seed: int,
    progress: Progress,
) -> tuple[Partition, BlockField] | None:
    """A first solution of a nonlinear problem, by continuation where need be; None without one."""
    budget = iter(range(_APPROACH_SOLVES))

    def solve(
        eased: System, start: tuple[Partition, BlockField] | None
    ) -> tuple[Partition, BlockField] | None:
        blocks: Partition = partition
        guess: BlockField | None = None
        if start is not None:
            blocks, guess = start
        for _ in range(_APPROACH_CUTS):
            if next(budget, None) is None:
                return None
            neurons = width if len(blocks) == 1 else min(width, _BLOCK_WIDTH)
            solved = _Solver(eased, blocks, shape, seed).solve(neurons, 0, guess)
            progress(f"continuation, {len(blocks)} x {neurons} neurons", 0.0)
            guess = solved.field
            sample = draw_sample(blocks, seed + 1)
            defects = block_defects(eased, guess, blocks, sample, solved.scales)
            near = defects.max() < _APPROACHED
            if (
                near
                and max((m for _, m in mismatches(eased, guess, blocks)), default=0.0) < VIOLATED
            ):
                return blocks, guess
            if near or blocks.dimension > 1:
                return (blocks, guess) if solved.converged else None
            # Where the blocks do not resolve the solution Gauss-Newton may wander; cut on.
            blocks = _refine(blocks, defects, _APPROACHED)
            if len(blocks) > (_BLIND_BLOCKS if start is None else _APPROACH_BLOCKS):
                break
        return None

    direct = solve(system, None)
    return direct if direct is not None else continued(system, solve)


def _determined(outcomes: Sequence[Outcome]) -> bool:
    """Whether the response to noise is that of the problem, not of a coarse discretisation.

    Where a function can be added to the solution, the response grows with every digit to which
    the discretisation represents that function.
    """
    response = outcomes[-1].amplification
    before = outcomes[-2].amplification if len(outcomes) > 1 else 0.0
    return response < _SAFE or response < 2.0 * before


def _out_of_reach(system: System, attempts: Sequence[Attempt], tol: float) -> bool:
    """Whether the widest network will miss the tolerance by far, at the present rate."""
    if len(attempts) <= _PATIENCE:
        return False
    now, before = attempts[-1], attempts[-1 - _PATIENCE]
    rate = (now.estimate / before.estimate) ** (1.0 / _PATIENCE)
    widest = _MOST_COLUMNS / len(system.problem.unknowns)
    steps = np.log(max(widest / now.width, 1.0)) / np.log(_GROWTH)
    return bool(now.estimate * rate**steps > _FAR_OFF * tol)


def _hopeless(system: System, outcomes: Sequence[Outcome], defect: float) -> bool:
    """Whether more of the same will not help."""
    last = outcomes[-1]
    if last.converged and last.amplification > UNDETERMINED:
        return True
    recent = outcomes[-_PATIENCE:]
    contradicted = VIOLATED if len(system.problem.variables) > 1 else np.inf
    failing = all(not o.converged or o.mismatch > contradicted for o in recent)
    failing = failing or all(np.isinf(o.best.estimate) for o in recent)
    if len(outcomes) > _PATIENCE and failing:
        return True
    if len(outcomes) <= _PATIENCE or (defect > _UNRESOLVED and len(outcomes) < _LONGEST_SEARCH):
        return False
    before = min(o.best.estimate for o in outcomes[:-_PATIENCE])
    return not min(o.best.estimate for o in recent) < 0.5 * before


@dataclass(frozen=True, slots=True)
class _Solver:
    """Solves on networks of any width over one partition, each independent of the others."""

    system: System
    partition: Partition
    shape: Shape
    seed: int

    def solve(self, width: int, number: int, start: BlockField | None) -> Fit:
        """Solve; number 0 is the solution itself, others check it with other weights."""
        network = draw_network(
            self.partition.dimension, width, (self.seed, width, number), self.shape
        )
        return solve_discretised(
            self.system,
            Discretisation(self.partition, network, len(self.system.problem.unknowns)),
            start,
            weight=_CHECK_WEIGHT if number else _WEIGHT,
            seed=self.seed + number,
        )


def _choose_shape(system: System, partition: Partition, width: int, seed: int) -> Shape:
    """The shape whose small network leaves the smallest defect at unseen points."""
    dimension = partition.dimension
    if dimension == 1:
        return Shape()
    sample = draw_sample(partition, seed + 2)
    best, least = Shape(), (np.inf, np.inf)
    for sparse in (False, True) if dimension > 2 else (False,):
        for steepness in _STEEPNESSES:
            shape = Shape(steepness, sparse)
            solved = _Solver(system, partition, shape, seed).solve(width, 0, None)
            defects = block_defects(system, solved.field, partition, sample, solved.scales)
            # With no data the solution is zero and has no defect: then the shape counts that
            # best represents what may be added to it.
            rank = (float(defects[0]), -solved.amplification)
            if rank < least:
                best, least = shape, rank
    return best


def _refine(partition: Partition, defects: Array, tol: float) -> Partition:
    """Cut the blocks that are not resolved."""
    worst = defects.max()
    poor = defects > max(min(tol, 0.1 * worst), _MINOR * worst)
    if worst > 0.1 and np.mean(defects > 0.1 * worst) > 0.5 and len(partition) >= _CROWD:
        # Least squares spreads a layer that it cannot resolve over the whole interval, and the
        # defect says nothing about its place. Most layers are at an end: close in on both.
        poor[:] = False
        poor[[0, -1]] = True
    poor &= partition.half_widths[:, 0] > _SHORTEST * partition.half_widths.sum()
    # A smooth solution that is cut in two loses many digits of its defect: one that is still
    # this far off has a layer or a singularity, which is worth closing in on faster.
    far = poor & (defects > max(_FAR * tol, 1e-6))
    pieces = {int(b): 4 if far[b] else 2 for b in np.flatnonzero(poor)}
    return partition.split(pieces)


def _widths(system: System, width: int | None) -> Iterator[int]:
    """Widths of a single block to try, one after the other."""
    if width is not None:
        yield width
        return
    dimension = len(system.problem.variables)
    if dimension == 1:
        yield from _LINE_WIDTHS
        return
    neurons = _FIRST_WIDTH.get(dimension, 500)
    while neurons * len(system.problem.unknowns) <= _MOST_COLUMNS:
        yield neurons
        neurons = int(_GROWTH * neurons)


def _share(estimate: float, tol: float) -> float:
    """How far on the way from 1 to the tolerance an estimate is, between 0 and 1."""
    if not estimate > 0.0:
        return 1.0
    return float(np.clip(np.log(min(estimate, 1.0)) / np.log(min(tol, 0.5)), 0.0, 1.0))
