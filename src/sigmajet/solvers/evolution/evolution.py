"""Evolution in time: a network in space, an implicit integrator in time, two runs compared.

Runs with tighter and tighter accuracy, each on a network of its own, are made until two agree; by
their difference the error is estimated.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...adaptivity.diagnosis import accuracy_cause, undefined_equations, violated_conditions
from ...adaptivity.estimate import (
    FALLEN,
    NO_SOLUTION,
    mismatches,
    relative_residual,
    violations,
)
from ...analysis.evolution.characteristics import refuse_wrong_walls
from ...analysis.evolution.degenerate_diffusion import Diffusion, kept_forwards
from ...analysis.evolution.degenerate_walls import refuse_degenerate_walls
from ...analysis.evolution.reversal import reversed_in_time, starts_at_the_end
from ...analysis.evolution.short_waves import refuse_growth
from ...analysis.evolution.wave_fronts import fronts
from ...analysis.features.features import Features
from ...analysis.features.kinks import features_with_kinks
from ...analysis.features.pieces import POINTS
from ...approximation.evolving_field import EvolvingField
from ...approximation.norm import Sample, Sampled, draw_sample, relative_difference
from ...approximation.slanted_field import SlantedField
from ...geometry.partition import Partition
from ...geometry.spacing import divided
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.refusal import Refusal
from ...problem.compiled.system import System
from ...problem.terms.domain import Shaped
from ...randomness import Purpose
from ...rules.judgement import SLIGHT
from ...solution.outcome import Outcome
from ...solution.report import Attempt
from ...solution.status import Status
from ..base import Options, Plan
from ..checkpoint import Arrays, Checkpoint
from .carried import LEAST_DEGREE, follow
from .integration import Integration
from .ladder import Ladder
from .start import fault_of_mixture


@dataclass(slots=True)
class _Run:
    """A run that is complete, or as far as it got."""

    attempt: Attempt
    field: EvolvingField
    notes: tuple[str, ...]
    ending: str
    """Why it stopped before the end of time; else empty."""
    overspent: bool
    """Whether that is what it would have cost."""
    shared: float
    """What its error is at least, though the run before be as near as it likes."""


def prepare(system: System) -> Plan | Refusal:
    """Make an integration in time ready.

    Raises
    ------
    ProblemError
        If the evolution is ill-posed, or the conditions on its walls are not those it takes.
    """
    if system.problem.time is None:
        return Refusal(
            'method="evolution" needs a time; got a problem without one: give Problem(..., time=t)'
        )
    domain = system.problem.domain
    if isinstance(domain, Shaped):
        return Refusal(f'method="evolution" solves on boxes, and {domain} is none')
    backwards = starts_at_the_end(system.problem)
    if backwards:
        system = System.compile(reversed_in_time(system.problem))
    model = EvolutionModel.read(system, backwards=backwards)
    if isinstance(model, Refusal):
        return model
    fault = fault_of_mixture(model)
    if fault is not None:
        return fault
    model, vanishing = kept_forwards(model)
    return Plan("evolution", partial(_solve, model, vanishing), takes=("checkpoint",))


def _solve(
    model: EvolutionModel,
    vanishing: tuple[Diffusion, ...],
    options: Options,
    *,
    checkpoint: Any = None,
) -> Outcome:
    """Integrate with tighter and tighter accuracy until two runs agree to `tol`.

    An interrupt ends the solve: what is done is handed back as not converged.
    """
    if not model.singular:
        refuse_growth(model)
        refuse_wrong_walls(model)
        refuse_degenerate_walls(model)
    system = model.system
    file = Checkpoint(system.problem, options, checkpoint)
    attempts, saved, present = file.read()
    domain = system.problem.domain
    wanted = features_with_kinks(system.problem, options.tol)
    cells = [
        divided(np.array(ends), points, POINTS)
        for *ends, points in zip(domain.lower, domain.upper, wanted.points, strict=True)
    ]
    seeing = Partition.grid(cells)
    sample = draw_sample(seeing, options.seed.of(Purpose.UNSEEN))
    if checkpoint is None and options.width is None:
        known = fronts(model, options.tol, LEAST_DEGREE)
        carried = None if known is None else follow(model, options, known)
        if carried is not None:
            return _as_stated(model, carried)
    runs = [_restored(system, a, arrays) for a, arrays in zip(attempts, saved, strict=True)]
    ladder = Ladder(options.tol, len(domain.variables) - 1, options.width)

    def judged(integration: Integration, start: float) -> _Run:
        run = _judged(model, integration, runs, sample, ladder, start)
        return _with_backward(model, run, vanishing, sample, options.tol)

    while not runs or not (_is_last(runs, ladder) or _disagree(model, runs, options.tol)):
        number = len(runs)
        rung = ladder.rung([run.attempt.bound for run in runs])
        start = time.perf_counter()
        seed = options.seed.of(Purpose.RUN, number)
        integration = Integration(model, rung, seed, wanted, vanishing, present or None)
        present = {}

        def save(state: Integration, *, now: bool = False) -> None:
            file.write(
                [run.attempt for run in runs], [_arrays(r) for r in runs], state.arrays(), now=now
            )

        try:
            integration.run(options.progress, save)
        except KeyboardInterrupt:
            save(integration, now=True)
            if not runs:
                runs.append(judged(integration, start))
            at = f"{system.problem.time} = {model.clock(integration.reached):.6g}"
            ending = f"interrupted in run {number + 1} at {at}"
            return _outcome(model, options, runs, seeing, wanted, ladder, ending)
        runs.append(judged(integration, start))
        file.write([run.attempt for run in runs], [_arrays(r) for r in runs], {}, now=True)
        options.progress(f"accuracy {rung.accuracy:.0e}: error {runs[-1].attempt.bound:.1e}", 1.0)
    return _outcome(model, options, runs, seeing, wanted, ladder)


def _is_last(runs: list[_Run], ladder: Ladder) -> bool:
    """Whether two runs agree, or another one would not help."""
    return bool(runs[-1].ending) or ladder.is_last([run.attempt.bound for run in runs])


def _disagree(model: EvolutionModel, runs: list[_Run], tol: float) -> bool:
    """Whether the last run leaves as much of the equations as the one before, which was looser.

    Conditions too many that disagree do that; where they agree it is what the accuracy leaves.
    """
    if not model.surplus or len(runs) < 2:
        return False
    looser, last = (run.attempt.residual for run in runs[-2:])
    return not last <= max(tol, FALLEN * looser)  # one that is no number has not fallen either


def _judged(
    model: EvolutionModel,
    integration: Integration,
    runs: list[_Run],
    sample: Sample,
    ladder: Ladder,
    start: float,
) -> _Run:
    """A run with its distance to the one before."""
    system, field = model.system, integration.field
    whole = Partition.whole(system.problem.domain.lower, system.problem.domain.upper)
    seen = Sampled(field, sample)
    estimate, shared, ending = np.inf, integration.hidden, integration.ending
    residual = relative_residual(system, seen, whole)
    # Two runs may step over the same pulse of a source, or have too few blocks for the same layer
    # of a coefficient, and conditions too many that disagree leave the equations unmet, alike in
    # every run.
    if residual > NO_SOLUTION or model.surplus or integration.overlooks:
        shared = max(shared, residual)
    if runs and not ending:
        before = Sampled(runs[-1].field, sample)
        estimate = ladder.estimate(relative_difference(system.unknowns, seen, before))
        estimate = max(estimate, shared)
    status = Status.of(estimate, ladder.tol) if runs else Status.UNCHECKED
    attempt = Attempt(
        len(integration.space.partition),
        integration.space.basis.network.width,
        residual,
        estimate,
        time.perf_counter() - start,
        Status.ENDED if ending else status,
    )
    return _Run(attempt, field, tuple(integration.notes), ending, integration.overspent, shared)


def _with_backward(
    model: EvolutionModel,
    run: _Run,
    vanishing: tuple[Diffusion, ...],
    sample: Sample,
    tol: float,
) -> _Run:
    """A run whose error is at least what diffusion that runs backwards has of all diffusion."""
    if run.ending or not vanishing or run.attempt.status is Status.UNCHECKED:
        return run
    negative = max(each.negative(Sampled(run.field, sample)) for each in vanishing)
    estimate = max(run.attempt.estimate, negative)
    attempt = replace(run.attempt, estimate=estimate, status=Status.of(estimate, tol))
    note = (
        f"a coefficient of diffusion is negative by {negative:.1e} of its size, where it was taken "
        "as zero: if that does not fall with tol, diffusion runs backwards there and the problem "
        "is ill-posed"
    )
    notes = (*run.notes, *(note,) * (negative > tol))
    return replace(run, attempt=attempt, notes=notes, shared=max(run.shared, negative))


def _told(system: System, run: _Run, before: _Run, seeing: Partition) -> Attempt:
    """The attempt of a run that converged, with an estimate of its own error.

    What two runs are apart bounds the error of both. The second has less if it leaves less of
    equations and conditions, of each that is not next to nothing beside the bound, and half of the
    digits that these have gained are counted. With all of them two of the nine evolutions of
    test_evolution that are held to it have an error beyond the estimate, with half none.
    """
    attempt, least = run.attempt, SLIGHT * run.attempt.estimate
    left = zip(_left(system, before, seeing), _left(system, run, seeing), strict=True)
    fall = max((last / max(first, least) for first, last in left if last > least), default=1.0)
    return replace(attempt, estimate=max(run.shared, min(fall, 1.0) ** 0.5 * attempt.estimate))


def _left(system: System, run: _Run, seeing: Partition) -> list[float]:
    """What a run leaves of the equations, and of each condition at most, against their terms.

    Blocks of `seeing` are as short as what is known of the terms.
    """
    unmet = violations(system, run.field, seeing)
    return [run.attempt.residual, *(float(np.abs(each).max()) for each in unmet)]


def _outcome(
    model: EvolutionModel,
    options: Options,
    runs: list[_Run],
    seeing: Partition,
    wanted: Features,
    ladder: Ladder,
    interrupted: str = "",
) -> Outcome:
    best = min(runs, key=lambda run: run.attempt.bound)
    unpaid = ""
    if runs[-1].overspent and len(runs) > 1:
        best = min(runs[:-1], key=lambda run: run.attempt.bound)
        unpaid = f"run {len(runs)}, which was to check the one handed back: {runs[-1].ending}"
    elif runs[-1].ending and best.attempt.status is not Status.CONVERGED:
        best = runs[-1]
    status = best.attempt.status
    number = next(number for number, run in enumerate(runs) if run is best)
    causes: tuple[str, ...] = ()
    if not (status is Status.CONVERGED or interrupted or unpaid or best.ending):
        tight = ladder.is_at_rounding([run.attempt.bound for run in runs])
        causes = _causes(model.system, options, best, at_rounding=tight)
    attempts = [run.attempt for run in runs]
    if number and status is Status.CONVERGED:
        attempts[number] = _told(model.system, best, runs[number - 1], seeing)
    outcome = Outcome(
        field=best.field,
        status=Status.INTERRUPTED if interrupted else status,
        attempts=tuple(attempts),
        best=attempts[number],
        notes=(*best.notes, *causes, *wanted.doubts),
        ending=interrupted or unpaid or best.ending,
        reached=(model.clock(best.field.stretches[-1].times[-1]),) if best.ending else (),
        check=runs[number - 1].field if number else None,
    )
    return _as_stated(model, outcome)


def _as_stated(model: EvolutionModel, outcome: Outcome) -> Outcome:
    """An outcome over the user's time."""
    if not model.backwards:
        return outcome
    field, check = (
        each.reversed(sum(model.interval))
        if isinstance(each, EvolvingField | SlantedField)
        else each
        for each in (outcome.field, outcome.check)
    )
    assert field is not None
    return replace(outcome, field=field, check=check)


def _causes(system: System, options: Options, best: _Run, *, at_rounding: bool) -> tuple[str, ...]:
    """Likely causes of an estimate above the tolerance, most telling first."""
    domain, attempt = system.problem.domain, best.attempt
    whole = Partition.whole(domain.lower, domain.upper)
    causes = (
        *undefined_equations(system, whole, options.seed),
        *violated_conditions(mismatches(system, best.field, whole), options.tol, attempt.residual),
    )
    fixed = options.width is not None
    return causes or tuple(
        accuracy_cause(attempt.residual, attempt.bound, fixed=fixed, at_rounding=at_rounding)
    )


def _arrays(run: _Run) -> Arrays:
    texts = np.array([run.ending, *run.notes], dtype=np.str_)
    found = {"overspent": np.array(run.overspent), "shared": np.array(run.shared)}
    return {**run.field.arrays(), "texts": texts, **found}


def _restored(system: System, attempt: Attempt, arrays: Arrays) -> _Run:
    ending, *notes = map(str, arrays.pop("texts"))
    overspent, shared = bool(arrays.pop("overspent")), float(arrays.pop("shared"))
    problem = system.problem
    field = EvolvingField.from_arrays(arrays, len(problem.variables), len(problem.unknowns))
    return _Run(attempt, field, tuple(notes), ending, overspent, shared)
