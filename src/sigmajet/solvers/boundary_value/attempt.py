"""One attempt at a boundary-value problem: solved at a stage, and its error estimated.

It solves the problem on one discretisation, and on two independent ones of fewer neurons for the
estimate; what that is worth says its status.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Array
from ...adaptivity.estimate import (
    CHECK_WIDTHS,
    NO_SOLUTION,
    RIGHT_WITHIN,
    VIOLATED,
    block_defects,
    common_residual,
    drift,
    extrapolated,
    imbalances,
    judge,
    kink,
    mismatches,
    overlooked,
    sharpened,
    unmet,
)
from ...adaptivity.fronts import astray, on_branches
from ...adaptivity.refinement import seeing
from ...adaptivity.seen import Seen, Stage
from ...adaptivity.stopping import PATIENCE, SAFE, grown
from ...adaptivity.trial import Trial
from ...analysis.features.along import Along
from ...analysis.switches import Switches
from ...approximation.block_field import BlockField
from ...approximation.field import Field
from ...approximation.norm import (
    Sampled,
    draw_sample,
    has_digits,
    relative_difference,
    with_points,
)
from ...discretization.collocation.collocation import OVERSAMPLING
from ...problem.compiled.system import System
from ...randomness import Purpose
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import A_DIGIT
from ...solution.status import Status
from .surplus import surplus, tolerated

# Waves across a box, in the mean, below which none is free. The first that is, of u'' + k^2 q u = 0
# between walls with u' = 0 and u = 0, is a quarter where q is constant, 0.23, 0.20 and 0.16 where
# it falls by 2, 10 and 100, and 0.20 for q = 1 - x (eigenvalues by Chebyshev's polynomials).
_FREE = 0.2


@dataclass(frozen=True, slots=True)
class Standard:
    """What attempts are judged by.

    Attributes
    ----------
    tol : float
    rounding : float
        Of the equations' terms.
    sharp : array
        Places of a line where known terms bend.
    faint : tuple of array
        Places of a line at each feature of these that asks for no blocks.
    switches : Switches
        Those of the equations that depend on the unknowns.
    along : Along
        Terms that the solution may pass in a moment.
    waves : float
        Wavelengths of the operator across the box.
    """

    tol: float
    rounding: float
    sharp: Array
    faint: tuple[Array, ...]
    switches: Switches
    along: Along
    waves: float = 0.0

    @property
    def waving(self) -> bool:
        """Whether a wave may be free: a quarter of one, between unlike walls, or more."""
        return self.waves > _FREE


def attempt(
    trial: Trial,
    stage: Stage,
    standard: Standard,
    before: BlockField | None,
    seen: Sequence[Seen],
) -> Seen:
    """Solve at a stage and estimate the error."""
    start = time.perf_counter()
    tol = standard.tol
    system, partition, width = trial.system, stage.partition, stage.width
    widths = [width, *(int(share * width) for share in CHECK_WIDTHS)]
    estimate, apart, errors, contradiction = np.inf, 0.0, {}, 0.0

    def distance(one: Sampled[Field], other: Sampled[Field]) -> float:
        return relative_difference(system.unknowns, one, other)

    switches = standard.switches
    if stage.switches and before is not None:
        trial = on_branches(trial, stage, switches, before)
    held = trial.system
    solved = trial.solve(width, 0, before)
    field = solved.field
    wanted = standard.along.points(field, partition.edges(), tol)
    sharp = np.union1d(standard.sharp, wanted)
    sample = draw_sample(partition, trial.seed.of(Purpose.UNSEEN))
    if len(sharp) or standard.faint:
        watched = np.unique(np.concatenate([sharp, *standard.faint]))
        sample = with_points(sample, partition, watched)
    sampled = Sampled(field, sample)
    check = before
    if partition.dimension > 1 and before is not None:
        # The step before, on fewer neurons of its own, is a first check.
        estimate = distance(sampled, Sampled(before, sample))
        if before.partition is partition:
            errors[before.network.width // len(trial.symmetry)] = estimate
    amplification = solved.amplification
    defects = block_defects(held, sampled, partition, solved.scales)
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
        expected = extrapolated(near, far, partition.dimension)
        doubtful = estimate <= tol and not has_digits(estimate, tol)
        if doubtful or A_DIGIT * expected < min(estimate, tol):
            alike = trial.solve(width, len(widths) + 1, checks[0].field)
            apart = distance(sampled, Sampled(alike.field, sample))
            estimate = sharpened(estimate, apart, expected)
        estimate = max(estimate, overlooked(held, draws, partition, standard.faint))
        check = checks[0].field
        if len(partition) == 1 < partition.dimension:
            # The parts of many blocks have few neurons, and the cavity's grow. Over that of half
            # of them it is 2.4 at most where a solution is determined, mostly below 1; it is
            # 3.4 to 60 for resonances, long before networks represent the free function.
            growing = grown(amplification, checks[-1].amplification)
        elif standard.waving and partition.dimension > 1 and amplification > SAFE:
            # Eight waves on 16 blocks: 3e2, and below 1 where none is free.
            growing = grown(amplification, checks[-1].amplification)
        amplification = max(amplification, checks[0].amplification)
        if partition.dimension > 1 and estimate <= tol:
            common = common_residual(system, draws, partition)
            if common > max(tol, HALF_OF_THE_DIGITS):  # which derivatives may have from rounding
                estimate = contradiction = common
    if len(sharp) and defects.max() > NO_SOLUTION:
        # A pulse between the collocation points, which every draw may miss.
        estimate = max(estimate, float(defects.max()))
    hidden = imbalances(held, standard.along.numbers, sampled, partition)
    if hidden.max() > NO_SOLUTION:
        estimate = max(estimate, float(hidden.max()))
        defects = np.maximum(defects, np.where(hidden > NO_SOLUTION, hidden, 0.0))
    # No solution, however well two draws agree on it.
    wrong = max(unmet(held, sampled, partition), kink(held, sampled))
    if (adrift := drift(held, sampled, partition)) > NO_SOLUTION:
        estimate = max(estimate, adrift)
        every = range(len(held.equations))
        defects = np.maximum(defects, imbalances(held, every, sampled, partition))
        defects[[0, -1]] = defects.max()  # what bends inside may belong into a layer at an end
    if wrong > NO_SOLUTION:
        estimate = max(estimate, wrong)
    # Rounding is not seen where draws agree by chance: never less than it makes.
    estimate = max(estimate, standard.rounding * amplification)
    if wrong > NO_SOLUTION > defects.max():
        defects = np.maximum(defects, wrong)  # no block is known to be better than the others
    places = switches.places(field, partition, stage.switches)
    off = astray(trial, stage, switches, field, places)
    if before is not None and held is not system:  # on one branch in each block, all draws
        if not switches.agree(before, field, partition):
            off = np.inf
        estimate = max(estimate, off)
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
        apart=apart,
        switches=tuple(places),
        astray=off,
        wanted=wanted,
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
    missed = max(s.mismatch for s in early) > VIOLATED
    if surplus(system) and missed and not latest.estimate <= tol:
        # More conditions than the equation takes, and they disagree. Within the tolerance those
        # that are too many are tried against the others, see `surplus`.
        return Status.CONTRADICTED
    blocks, collocated = latest.stage.partition, int(OVERSAMPLING[1] * latest.stage.width)
    if seeing(blocks, latest.wanted, collocated) is not blocks:
        return Status.INACCURATE  # no draw has seen all that the solution passes
    if latest.astray > tol:  # a kink inside a block, which every draw misses alike
        return Status.INACCURATE
    return Status.of(latest.estimate, tol)
