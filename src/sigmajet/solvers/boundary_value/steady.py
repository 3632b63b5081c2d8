"""Boundary-value problems: least squares, with blocks and widths grown until the error is met.

An attempt solves the problem on one discretisation, and on two independent ones of fewer
neurons for the estimate. Where to go from there says :mod:`.refinement`, where to begin with a
nonlinear problem :mod:`.first_solution`; when more of the same does not help, :mod:`.stopping`;
why it did not end well, :mod:`.diagnosis`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ..._types import Array
from ...adaptivity.diagnosis import (
    accuracy_cause,
    contradiction_cause,
    refuse_ambiguous,
    refuse_undetermined,
    search_causes,
    undefined_equations,
    violated_conditions,
)
from ...adaptivity.estimate import (
    CHECK_WIDTHS,
    NO_SOLUTION,
    RIGHT_WITHIN,
    VIOLATED,
    block_defects,
    common_residual,
    judge,
    kink,
    mismatches,
    relative_residual,
)
from ...adaptivity.fronts import fit_fronts, follow
from ...adaptivity.refinement import MOST_BLOCKS, Refinement
from ...adaptivity.seen import Seen, Stage
from ...adaptivity.shape import TRIED, choose_shape, flatter
from ...adaptivity.stopping import PATIENCE, SAFE, UNDETERMINED, determined, hopeless, stalled
from ...adaptivity.trial import Trial
from ...analysis.boundary_value.corner_data import described, disagreements
from ...analysis.boundary_value.corners import corner_functions, parted
from ...analysis.boundary_value.hyperbolic_walls import refuse_hyperbolic_walls
from ...analysis.boundary_value.oscillation import waves_across
from ...analysis.boundary_value.symmetries import find_symmetry
from ...analysis.features.features import features
from ...analysis.features.pieces import POINTS
from ...analysis.ordinary.breakpoints import breakpoints
from ...analysis.switches import Switches
from ...approximation.block_field import BlockField
from ...approximation.field import Field
from ...approximation.network.network import Shape
from ...approximation.network.symmetry import NO_SYMMETRY, Symmetry
from ...approximation.norm import (
    Sampled,
    draw_sample,
    relative_difference,
    unknown_scales,
    with_points,
)
from ...geometry.partition import Partition
from ...geometry.region import BoxRegion
from ...geometry.spacing import divided
from ...problem.compiled.system import System
from ...problem.statement import Problem
from ...randomness import Purpose, Seed
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...solution.outcome import Outcome
from ...solution.status import Status
from ..base import Options, Plan
from ..memory import refuse_width
from .first_solution import first_solution
from .options import SearchOptions
from .surplus import disagreement, left_out, surplus, tolerated

# Response to noise of a plain network above which a symmetry is not used: that of
# Poisson's problem in four to ten variables is 2e-4 to 5e-4, that of a resonance in four 9e-3; in
# five and more so few neurons do not tell a resonance.
_UNSAFE = 2e-3
# Response to noise over that of half the neurons, on one block beyond a line, above which it grows;
# the parts of many blocks have few neurons, and the cavity's grow. Of problems that determine their
# solution it is 2.4 at most, and mostly below 1; of resonances 3.4 to 60, long before the networks
# represent the free function.
_GROWN = 3.0
_GROWN_OF_WAVES = 1.5  # the same for operators that hold waves, against twice the neurons
# Wavelengths of the operator in a block at first: the response of 40 neurons to noise at a
# resonance of 4 is 1e4, of other problems below 1.
_WAVES = 4.0
_FREE = 0.2  # waves across a box: a quarter of one may be free between unlike walls
_PLAIN = 1e-6  # estimate below which one attempt is enough on a line and on one block


def prepare(system: System) -> Plan:
    """Make least squares over all variables ready, which take every statement."""
    return Plan("steady", partial(_solve, system.without_poles()), takes=("guess", "continuation"))


@dataclass(frozen=True, slots=True)
class _Search:
    """A search that is over.

    Attributes
    ----------
    seen : tuple of Seen
        All attempts, in their order.
    best : Seen
    notes : tuple of str
    exhausted : bool
        Whether the next discretisation would have been too large.
    """

    seen: tuple[Seen, ...]
    best: Seen
    notes: tuple[str, ...]
    exhausted: bool


def _solve(
    system: System, options: Options, *, guess: Any = None, continuation: Any = None
) -> Outcome:
    """Grow the discretisation until the estimate meets `tol` or no longer falls.

    On the way to a solution with a front Gauss-Newton may come to rest where another one is free
    to move. On a line, where that is cheap, another draw says whether the problem is to blame.
    """
    refuse_hyperbolic_walls(system)
    asked = SearchOptions.read(options, system.problem, guess, continuation)
    refuse_width(asked.width, system.unknowns)
    seen: list[Seen] = []
    try:
        found = _search(system, asked, seen)
    except KeyboardInterrupt:
        if not seen:
            raise
        return _interrupted(seen)
    free = found.best.amplification > UNDETERMINED and found.best.at_rest
    if free and not system.problem.linear and len(system.problem.variables) == 1:
        again = _search(system, replace(asked, seed=asked.seed.of(Purpose.SEARCH)), [])
        found = again if again.best.status is Status.CONVERGED else found
    best = found.best
    refuse_undetermined(best)
    if best.at_rest:
        refuse_ambiguous(system, best.field)
    causes = () if best.status is Status.CONVERGED else _causes(system, options, found)
    return Outcome(
        field=best.field,
        status=best.status,
        attempts=tuple(s.attempt for s in found.seen),
        best=best.attempt,
        notes=(*found.notes, *causes),
        check=best.check,
    )


def _best(seen: Sequence[Seen]) -> Seen:
    """The attempt whose estimate is smallest."""
    return min(seen, key=lambda s: (not s.at_rest, s.bound, -s.amplification))


def _interrupted(seen: Sequence[Seen]) -> Outcome:
    """What was found before the user ended the search."""
    best = _best(seen)
    return Outcome(
        field=best.field,
        status=Status.INTERRUPTED,
        attempts=tuple(s.attempt for s in seen),
        best=best.attempt,
        ending=f"interrupted after {len(seen)} attempt(s)",
        check=best.check,
    )


def _causes(system: System, options: Options, found: _Search) -> tuple[str, ...]:
    """Likely causes of an estimate above the tolerance, most telling first."""
    best, contradiction = found.best, found.seen[-1].contradiction
    jumps = disagreements(system)
    # Which are then violated there, and need not contradict anything elsewhere.
    at_jumps = {source for jump in jumps for source in jump.sources}
    halving = [s.mismatch for s in found.seen]
    falling = len(halving) > PATIENCE and not stalled(halving, above=VIOLATED)
    violated = [m for m in best.mismatches if m.source not in at_jumps or m.common > VIOLATED]
    causes = (
        *undefined_equations(system, best.stage.partition, options.seed),
        *search_causes(best),
        *described(jumps),
        *violated_conditions(violated, options.tol, best.residual, falling=falling),
        *contradiction_cause(contradiction),
    )
    return causes or tuple(
        accuracy_cause(
            best.residual,
            best.bound,
            fixed=options.width is not None,
            exhausted=found.exhausted,
        )
    )


def _search(system: System, options: SearchOptions, seen: list[Seen]) -> _Search:
    """One search, from one draw; attempts are added to `seen` as they are made."""
    tol, seed, progress = options.tol, options.seed, options.progress
    problem = system.problem
    partition = _between_interfaces(problem)
    waves = waves_across(system, options.guess)
    order = max(max(orders) for orders in problem.orders)
    # Of the terms of an equation of order n, which are (2 pi waves)^n times the solution. Near
    # resonances of 1 to 40 waves true errors are a hundredth of it to once it.
    rounding = relative_rounding() * max(1.0, 2.0 * np.pi * waves) ** order
    sharp, doubts = np.empty(0), tuple[str, ...]()
    fixed = np.unique([partition.lower, partition.upper])
    if partition.dimension == 1:
        breaks = breakpoints(problem)
        wanted = features(problem, tol, [breaks.switches])
        partition = _cut_in_advance(partition, breaks.switches, waves, wanted.points[0])
        sharp, doubts = np.union1d(breaks.sharp, wanted.points[0]), wanted.doubts
        fixed = np.union1d(fixed, breaks.switches)
    judge_by = _Standard(tol, rounding, sharp, Switches.read(system, fixed))
    # The maps of a symmetry are those of a box, and not those of an interface.
    box = isinstance(problem.domain.region, BoxRegion)
    maps = find_symmetry(system) if box and not problem.interfaces else NO_SYMMETRY
    symmetry = _trusted(system, partition, maps, seed)
    shared = corner_functions(system)
    partition = parted(partition, shared)
    refinement = Refinement(partition, problem.orders, options.width, tol, len(symmetry))
    stage = refinement.first
    first_trial = Trial(system, partition, Shape(), seed, symmetry, shared)
    shape = choose_shape(first_trial, stage.width)
    field: BlockField | None = None
    notes: tuple[str, ...] = ()
    if not problem.linear:
        near = first_solution(system, refinement, shape, shared, options)
        if near is not None:
            field = near.field
            stage = refinement.begin(near.partition)
            notes = (
                f"this solution of a nonlinear problem was reached {near.way}; if there are "
                "several, a guess chooses",
            )
    approached, exhausted = problem.linear or field is not None, False
    clash = None
    while True:
        if seen and stage.partition is not seen[-1].stage.partition:
            wider = Trial(system, stage.partition, shape, seed, shared=shared)
            shape = flatter(wider, stage.width, field)
        trial = Trial(system, stage.partition, shape, seed, symmetry, shared)
        if stage.switches and field is not None:
            stage, field = fit_fronts(trial, stage, judge_by.switches, field)
            trial = replace(trial, partition=stage.partition)
        latest = _attempt(trial, stage, judge_by, field, seen)
        seen.append(latest)
        field = latest.field
        progress(
            f"{len(stage.partition)} x {stage.width} neurons, error {latest.bound:.1e}",
            _share(latest.bound, tol),
        )
        if latest.status is Status.CONVERGED:
            if waves > _FREE and len(stage.partition) == 1 < partition.dimension:
                # A resonance shows where networks begin to represent the free function.
                response = trial.solve(2 * stage.width, 0, field).amplification
                growing = response > _GROWN_OF_WAVES * latest.amplification
                seen[-1] = replace(latest, growing=growing)
            settled = determined(system, seen)
            if not settled:
                seen[-1] = replace(seen[-1], status=Status.UNDETERMINED)
            elif (clash := disagreement(system, field, shape, seed, tol)) is not None:
                seen[-1] = replace(seen[-1], status=Status.CONTRADICTED)
                if partition.dimension > 1:  # more blocks hide it, and change nothing
                    break
            if settled and not _loose(seen):
                break
        if len(seen) > 1 and seen[-2].status is Status.CONVERGED:
            # What was good enough for a loose tolerance stands if a finer one is near to it.
            sample = draw_sample(partition, seed.of(Purpose.UNSEEN))
            pair = (Sampled(each.field, sample) for each in (seen[-1], seen[-2]))
            apart = relative_difference(system.unknowns, *pair)
            if apart <= RIGHT_WITHIN * seen[-2].estimate:
                break
            seen[-2] = replace(seen[-2], estimate=apart, status=Status.of(apart, tol))
        if hopeless(system, seen, approached=approached):
            break
        following = refinement.after(seen)
        if following is None:
            exhausted = seen[-1].status is not Status.CONVERGED
            break
        last = seen[-1]
        stage = replace(following, switches=last.stage.switches)
        if last.switches or last.stage.switches:
            stage = follow(stage, judge_by.switches, last.switches)
    best = _best(seen)
    if clash is None and best.status is not Status.CONVERGED and partition.dimension > 1:
        clash = disagreement(system, best.field, shape, seed, best.bound)
    if clash is not None:
        notes = (*notes, left_out(clash))
    return _Search(tuple(seen), best, (*notes, *doubts), exhausted)


def _between_interfaces(problem: Problem) -> Partition:
    """The blocks that the interfaces of a problem cut out of its domain."""
    return Partition.of(problem.domain.region).sliced(problem.planes)


def _cut_in_advance(line: Partition, switches: Array, waves: float, points: Array) -> Partition:
    """The blocks of a line that its known terms and the waves of its operator ask for."""
    ends = np.unique([line.lower[:, 0], line.upper[:, 0]])
    blocks = Partition.between(np.unique([*ends, *switches[:MOST_BLOCKS]]))
    pieces = np.ceil(waves / _WAVES * blocks.half_widths[:, 0] / blocks.half_widths.sum())
    blocks = blocks.split(dict(enumerate(np.clip(pieces, 1, MOST_BLOCKS).astype(int))))
    return Partition.between(divided(np.unique([blocks.lower, blocks.upper]), points, POINTS))


def _loose(seen: Sequence[Seen]) -> bool:
    """Whether the last attempt wants a finer one beside it, and that costs little.

    Where a problem is nearly undetermined coarse draws may strike the same wrong solution, and few
    neurons do not tell by their response to noise. Finer attempts are far from it.
    """
    blocks = seen[-1].stage.partition
    cheap = blocks.dimension == 1 or (len(blocks) == 1 and blocks.dimension <= 3)
    return cheap and seen[-1].estimate > _PLAIN


def _trusted(system: System, partition: Partition, symmetry: Symmetry, seed: Seed) -> Symmetry:
    """The symmetry, if plain networks too respond to noise as one solution alone does.

    Where a function without it can be added, sums over it would hide that.
    """
    if len(symmetry) == 1:
        return symmetry
    response = Trial(system, partition, Shape(), seed).solve(TRIED, 0, None)
    return symmetry if response.amplification <= _UNSAFE else NO_SYMMETRY


@dataclass(frozen=True, slots=True)
class _Standard:
    """What attempts are judged by.

    Attributes
    ----------
    tol : float
    rounding : float
        Of the equations' terms.
    sharp : array
        Places of a line where known terms bend.
    switches : Switches
        Those of the equations that depend on the unknowns.
    """

    tol: float
    rounding: float
    sharp: Array
    switches: Switches


def _attempt(
    trial: Trial,
    stage: Stage,
    standard: _Standard,
    before: BlockField | None,
    seen: Sequence[Seen],
) -> Seen:
    """Solve at a stage and estimate the error."""
    start = time.perf_counter()
    tol, sharp = standard.tol, standard.sharp
    system, partition, width = trial.system, stage.partition, stage.width
    sample = draw_sample(partition, trial.seed.of(Purpose.UNSEEN))
    if len(sharp):
        sample = with_points(sample, partition, sharp)
    widths = [width, *(int(share * width) for share in CHECK_WIDTHS)]
    estimate, errors, contradiction = np.inf, {}, 0.0

    def distance(one: Sampled[Field], other: Sampled[Field]) -> float:
        return relative_difference(system.unknowns, one, other)

    switches = standard.switches
    if stage.switches and before is not None:
        trial = replace(trial, system=switches.on_branches(system, before, partition))
    solved = trial.solve(width, 0, before)
    field = solved.field
    sampled = Sampled(field, sample)
    check = before
    if partition.dimension > 1 and before is not None:
        # The step before, on fewer neurons of its own, is a first check.
        estimate = distance(sampled, Sampled(before, sample))
        if before.partition is partition:
            errors[before.network.width // len(trial.symmetry)] = estimate
    amplification = solved.amplification
    defects = block_defects(system, sampled, partition, solved.scales)
    growing = False
    left = 1.0  # share of the defect; of one that is infinite nothing is known
    if seen and np.isfinite(seen[-1].worst):
        left = float(min(defects.max() / (seen[-1].worst or 1.0), 1.0))
    # What is left of the distance to the attempt before may be too large for a closer look.
    if not RIGHT_WITHIN**2 * tol < left * estimate < np.inf:
        _, *checks = trial.solve_all(widths, before, [solved])
        draws = [sampled, *(Sampled(check.field, sample) for check in checks)]
        near, far = (distance(sampled, draw) for draw in draws[1:])
        if amplification > SAFE:
            # One number decides, how much of a nearly free function there is: two draws may agree
            # on it by chance.
            third = trial.solve(widths[1], len(widths), solved.field)
            near = max(near, distance(sampled, Sampled(third.field, sample)))
        errors = {widths[1]: near, widths[2]: far}
        between = distance(draws[1], draws[2])
        estimate = judge(near, far, between, partition.dimension)
        check = checks[0].field
        if len(partition) == 1 < partition.dimension:
            growing = amplification > _GROWN * checks[-1].amplification
        amplification = max(amplification, checks[0].amplification)
        if partition.dimension > 1 and estimate <= tol:
            common = common_residual(system, draws, partition)
            if common > max(tol, HALF_OF_THE_DIGITS):  # which derivatives may have from rounding
                estimate = contradiction = common
    if len(sharp) and defects.max() > NO_SOLUTION:
        # A pulse between the collocation points, which every draw may miss.
        estimate = max(estimate, float(defects.max()))
    # No solution, however well two draws agree on it.
    wrong = max(relative_residual(system, sampled, partition), kink(system, sampled))
    if wrong > NO_SOLUTION:
        estimate = max(estimate, wrong)
    # Rounding is not seen where draws agree by chance: never less than it makes.
    estimate = max(estimate, standard.rounding * amplification)
    if wrong > NO_SOLUTION > defects.max():
        defects = np.maximum(defects, wrong)  # no block is known to be better than the others
    places = switches.places(field, partition)
    astray = switches.astray(places, field, partition)
    astray /= float(unknown_scales(system.unknowns, sampled).max())
    if before is not None and trial.system is not system:  # on one branch in each block, all draws
        if not switches.agree(before, field, partition):
            astray = np.inf
        estimate = max(estimate, astray)
    judged = Seen(
        stage,
        field,
        estimate,
        defects,
        errors,
        amplification=amplification,
        at_rest=solved.converged,
        growing=growing,
        mismatches=mismatches(system, field, partition),
        contradiction=contradiction,
        check=check,
        switches=tuple(places),
        astray=astray,
    )
    seconds = time.perf_counter() - start
    return replace(judged, status=_status(system, judged, tol, seen), seconds=seconds)


def _status(system: System, latest: Seen, tol: float, seen: Sequence[Seen]) -> Status:
    """What the estimate of an attempt is worth, after those `seen` before."""
    if not latest.at_rest:  # where Gauss-Newton stopped is nothing to be near to
        return Status.NOT_AT_REST
    limit = max(VIOLATED, tolerated(tol))
    common = max((m.common for m in latest.mismatches), default=0.0)
    if latest.estimate <= tol and latest.mismatch > limit and common > limit:
        return Status.CONTRADICTED  # a compromise that every draw strikes alike
    early = [*seen, latest][:PATIENCE]
    if surplus(system) and max(s.mismatch for s in early) > VIOLATED:
        return Status.CONTRADICTED  # more conditions than the equation takes, and they disagree
    if latest.astray > tol:  # a kink inside a block, which every draw misses alike
        return Status.INACCURATE
    return Status.of(latest.estimate, tol)


def _share(estimate: float, tol: float) -> float:
    """How far on the way from 1 to the tolerance an estimate is, between 0 and 1."""
    if not estimate > 0.0:
        return 1.0
    return float(np.clip(np.log(min(estimate, 1.0)) / np.log(min(tol, 0.5)), 0.0, 1.0))
