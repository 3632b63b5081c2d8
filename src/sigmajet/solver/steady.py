"""Boundary-value problems: least squares, with blocks and widths grown until the error is met.

An attempt solves the problem on one discretisation, and once more on an independent one for
the estimate. What follows depends on the estimate: done; more neurons; or, on a line, blocks
cut in two where the equations' defect at unseen points says that the solution is not resolved.
Nonlinear problems are solved by Gauss-Newton on each discretisation, started from the last.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .collocation import Discretisation, System
from .estimate import block_defects, draw_sample, relative_difference
from .fields import BlockField
from .gauss_newton import Fit, solve_discretised
from .network import Shape, draw_network
from .outcome import Outcome, Progress
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
_CHECK_WIDTH = 0.8  # of the independent solution against the first
_WEIGHT, _CHECK_WEIGHT = 50.0, 20.0  # conditions against equations
_PATIENCE = 3  # attempts without gain on a resolved solution before giving up
_RESOLVED = 1e-3  # defect of every block below which the solution's features have been found
_SHORTEST = 1e-13  # of a block against the interval


def solve_steady(
    system: System, tol: float, width: int | None, seed: int, progress: Progress
) -> Outcome:
    """Grow the discretisation until the estimate meets `tol` or no longer falls."""
    attempts: list[Attempt] = []
    best: Outcome | None = None
    field: BlockField | None = None
    stalled = 0
    partition = Partition.whole(system.problem.domain.lower, system.problem.domain.upper)
    widths = _widths(system, width)
    neurons = next(widths)
    shape = _choose_shape(system, partition, min(neurons, _TRIAL_WIDTH), seed)
    while True:
        start = time.perf_counter()
        solved, check = _solve_twice(system, partition, neurons, shape, seed, field)
        field = solved.field
        sample = draw_sample(partition, seed + 1)
        estimate = relative_difference(system, field, check.field, sample)
        defects = block_defects(system, field, partition, sample, solved.scales)
        attempt = Attempt(
            len(partition),
            neurons,
            float(np.sqrt(np.mean(defects**2))),
            estimate,
            time.perf_counter() - start,
        )
        attempts.append(attempt)
        progress(
            f"{len(partition)} x {neurons} neurons, error {estimate:.1e}", _share(estimate, tol)
        )
        resolved = partition.dimension > 1 or defects.max() < _RESOLVED
        gained = best is None or estimate < 0.5 * best.best.estimate
        stalled = 0 if gained or not resolved else stalled + 1
        if best is None or estimate < best.best.estimate or not np.isfinite(best.best.estimate):
            amplification = max(solved.amplification, check.amplification)
            best = Outcome("steady", field, partition, (), attempt, amplification, solved.converged)
        if best.best.estimate <= tol or stalled >= _PATIENCE:
            break
        if partition.dimension > 1:
            neurons = next(widths, 0)
        elif len(partition) == 1 and (wider := next(widths, 0)):
            neurons = wider
        else:
            neurons = width or _BLOCK_WIDTH
            partition = _refine(partition, defects, tol)
        if not neurons or len(partition) > _MOST_BLOCKS:
            break
        cut = len(partition) != attempt.blocks
        if partition.dimension == 1 and neurons == attempt.width and not cut:
            break
    return replace(best, attempts=tuple(attempts))


def _solve_twice(
    system: System,
    partition: Partition,
    width: int,
    shape: Shape,
    seed: int,
    start: BlockField | None,
) -> tuple[Fit, Fit]:
    """Solve on a discretisation and on an independent one."""
    unknowns, dimension = len(system.problem.unknowns), partition.dimension
    network = draw_network(dimension, width, (seed, width), shape)
    solved = solve_discretised(
        system, Discretisation(partition, network, unknowns), start, weight=_WEIGHT, seed=seed
    )
    fewer = int(_CHECK_WIDTH * width)
    other = draw_network(dimension, fewer, (seed, fewer, 1), shape)
    check = solve_discretised(
        system,
        Discretisation(partition, other, unknowns),
        solved.field,
        weight=_CHECK_WEIGHT,
        seed=seed + 1,
    )
    return solved, check


def _choose_shape(system: System, partition: Partition, width: int, seed: int) -> Shape:
    """The shape whose small network leaves the smallest defect at unseen points."""
    dimension = partition.dimension
    if dimension == 1:
        return Shape()
    unknowns = len(system.problem.unknowns)
    sample = draw_sample(partition, seed + 2)
    best, least = Shape(), np.inf
    for sparse in (False, True) if dimension > 2 else (False,):
        for steepness in _STEEPNESSES:
            shape = Shape(steepness, sparse)
            network = draw_network(dimension, width, (seed, width), shape)
            solved = solve_discretised(
                system,
                Discretisation(partition, network, unknowns),
                None,
                weight=_WEIGHT,
                seed=seed,
            )
            defects = block_defects(system, solved.field, partition, sample, solved.scales)
            if defects[0] < least:
                best, least = shape, float(defects[0])
    return best


def _refine(partition: Partition, defects: Array, tol: float) -> Partition:
    """Cut the blocks that are not resolved, into four where they are far from it."""
    poor = defects > min(tol, 0.1 * defects.max())
    poor &= partition.half_widths[:, 0] > _SHORTEST * partition.half_widths.sum()
    coarse = np.flatnonzero(poor & (defects > 0.1))
    fine = np.flatnonzero(poor & (defects <= 0.1))
    pieces = dict.fromkeys(coarse.tolist(), 4) | dict.fromkeys(fine.tolist(), 2)
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
        neurons *= 2


def _share(estimate: float, tol: float) -> float:
    """How far on the way from 1 to the tolerance an estimate is, between 0 and 1."""
    if not estimate > 0.0:
        return 1.0
    return float(np.clip(np.log(min(estimate, 1.0)) / np.log(min(tol, 0.5)), 0.0, 1.0))
