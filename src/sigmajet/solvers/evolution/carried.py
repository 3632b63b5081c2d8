"""Evolutions on a line whose kinks are carried along characteristics: slab by slab between these.

A run has one degree and goes from slab to slab; the next has a higher one while that gains a digit,
as it does where cells resolve the solution, and else shorter cells, until two agree. What they are
apart is the error of the coarser one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Array
from ...adaptivity.estimate import NO_SOLUTION, relative_residual
from ...analysis.evolution.wave_fronts import Fronts, slabs
from ...approximation.norm import Sample, Sampled, has_digits, relative_difference
from ...approximation.slanted_field import SlantedField
from ...discretization.collocation.slab import solve_slab
from ...geometry.partition import Partition
from ...problem.compiled.evolution import EvolutionModel
from ...problem.terms.constant import number
from ...randomness import Purpose, Seed
from ...rules.judgement import A_DIGIT
from ...rules.samples import FEW
from ...solution.outcome import Outcome, Progress
from ...solution.report import Attempt
from ...solution.status import Status
from ..base import Options

LEAST_DEGREE = 10  # of the first run
# Of the later ones: at 22 a run takes twenty times as long as at 10. One or two digits come with a
# step of 2 where data are resolved, and the distance of two runs is the error of the first; with a
# step of 4 it was 1e4 times that of the second. Where a pulse was not, ten runs of rising degrees
# took five times as long as five of shorter cells.
_STEP, _HIGHEST = 2, 22


@dataclass(frozen=True, slots=True)
class _Run:
    attempt: Attempt
    field: SlantedField
    pieces: int
    """Into which cells were cut."""


def follow(model: EvolutionModel, options: Options, known: Fronts) -> Outcome | None:
    """Solve between the fronts; None where too many cross, or smooth data stay unresolved."""
    runs: list[_Run] = []
    while True:
        run = _run(model, options, known, runs)
        if run is None:
            break
        runs.append(run)
        bounds = [each.attempt.bound for each in runs]
        options.progress(f"{run.attempt.size}: error {bounds[-1]:.1e}", 1.0)
        # Runs without a digit, before cells resolve the data, tell nothing by their distances.
        worse = len(runs) > 2 and has_digits(bounds[-1]) and bounds[-1] >= bounds[-2]
        if bounds[-1] <= options.tol or worse or not (known.sharp or _is_worth_it(runs)):
            break
    if len(runs) < 2 or not (known.sharp or bounds[-1] <= options.tol):
        return None
    best = min(range(1, len(runs)), key=lambda k: runs[k].attempt.bound)
    constant = [f.constant for f in known.families if f.constant is not None]
    velocities = ", ".join(number(float(f"{velocity:.6g}")) for velocity in constant)
    straight = f"lines of velocity {velocities}"
    return Outcome(
        field=runs[best].field,
        status=runs[best].attempt.status,
        attempts=tuple(run.attempt for run in runs),
        best=runs[best].attempt,
        notes=(
            *model.contradictions,
            "what is not smooth in the data is followed along "
            + (straight if len(constant) == len(known.families) else "characteristics"),
        ),
        check=runs[best - 1].field,
    )


def _run(model: EvolutionModel, options: Options, known: Fronts, runs: list[_Run]) -> _Run | None:
    """The next run with its distance to the one before; None if it has too many cells."""
    began = time.perf_counter()
    degree, pieces = _following(runs)
    field = _integrated(model, known, degree, pieces, options.progress)
    if field is None:
        return None
    domain = model.problem.domain
    sample = _sample(field, options.seed.of(Purpose.UNSEEN))
    seen = Sampled(field, sample)
    residual = relative_residual(model.system, seen, Partition.whole(domain.lower, domain.upper))
    estimate, status = np.inf, Status.UNCHECKED
    if runs:
        before = Sampled(runs[-1].field, sample)
        estimate = relative_difference(model.system.unknowns, seen, before)
        if residual > NO_SOLUTION:
            estimate = max(estimate, residual)
        status = Status.of(estimate, options.tol)
    seconds = time.perf_counter() - began
    attempt = Attempt(len(field.slab), 0, residual, estimate, seconds, status, degree)
    return _Run(attempt, field, pieces)


def _following(runs: list[_Run]) -> tuple[int, int]:
    """The degree of the next run, and the pieces of its cells."""
    if not runs:
        return LEAST_DEGREE, 1
    last = runs[-1]
    degree = last.attempt.degree
    if _gains(runs) and degree < _HIGHEST:
        return degree + _STEP, last.pieces
    return degree, 2 * last.pieces


def _gains(runs: list[_Run]) -> bool:
    """Whether the last run is better by a digit; of one alone that is not known."""
    bounds = [1.0, *(run.attempt.bound for run in runs[1:])]
    return len(runs) < 2 or A_DIGIT * bounds[-1] <= min(bounds[-2], 1.0)


def _is_worth_it(runs: list[_Run]) -> bool:
    """Whether shorter cells, where they are, gained anything.

    What is narrow and smooth, and moves other than along the characteristics, as a source may,
    takes many cells between them, and few blocks of a space.
    """
    cut = len(runs) > 1 and runs[-1].pieces > runs[-2].pieces
    return not cut or _gains(runs)


def _integrated(
    model: EvolutionModel, known: Fronts, degree: int, pieces: int, tell: Progress
) -> SlantedField | None:
    """All slabs one after another, on cells that are cut into so many pieces."""
    space, (start, end) = 1 - model.axis, model.interval
    walls = model.problem.domain.lower[space], model.problem.domain.upper[space]
    cuts = np.linspace(*walls, pieces + 1)[1:-1]
    cut = replace(known, still=np.union1d(known.still, cuts))
    highest = (walls[1] - walls[0]) / known.quickest / pieces
    found = slabs(start, end, walls, cut, highest, _HIGHEST)
    if found is None:
        return None
    field: SlantedField | None = None
    for slab in found:

        def before(
            places: Array, last: SlantedField | None = field, at: float = slab.start
        ) -> Array:
            if last is None:
                return model.initial_values(_column(places))
            points = np.insert(_column(places), model.axis, at, axis=1)
            zero = [0, 0]
            levels = []
            for level in range(model.order):
                zero[model.axis] = level
                wanted = [(u, (zero[0], zero[1])) for u in range(model.system.unknowns)]
                levels.append(last.derivatives(wanted, points))
            return np.array(levels)

        coefficients = solve_slab(model, slab, degree, before)
        sides = np.stack([slab.places[:-1], slab.places[1:]], axis=1)
        times = np.array([slab.start, slab.end])
        numbers = np.zeros(len(sides), dtype=np.intp)
        latest = SlantedField(model.axis, times, numbers, sides, coefficients, degree)
        field = latest if field is None else field.followed_by(latest)
        share = (slab.end - start) / (end - start)
        tell(f"{model.problem.time} = {model.clock(slab.end):.4g}", share)
    return field


def _sample(field: SlantedField, seed: Seed) -> Sample:
    """Random points in every cell, which narrow ones do not slip through, weighted by its area."""
    rng = seed.generator()
    points, weights, cells = [], [], len(field.slab)
    for cell in map(field.cell, range(cells)):
        across, along = rng.uniform(-1.0, 1.0, (2, FEW))
        places, times = cell.inside(across, along)
        (left, _), (right, _) = (cell.inside(np.full(FEW, side), along) for side in (-1.0, 1.0))
        points.append(np.insert(_column(places), field.axis, times, axis=1))
        weights.append((right - left) * cell.height)
    shares = np.concatenate(weights)
    return Sample(np.concatenate(points), shares / shares.sum(), np.repeat(np.arange(cells), FEW))


def _column(places: Array) -> Array:
    return np.asarray(places)[:, None]
