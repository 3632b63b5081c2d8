"""The search for a discretisation: attempts until the estimate meets the tolerance, or stalls.

Where to go from an attempt says :mod:`sigmajet.adaptivity.refinement`, where to begin with a
nonlinear problem :mod:`.first_solution`; when more of the same does not help,
:mod:`sigmajet.adaptivity.stopping`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...adaptivity.estimate import RIGHT_WITHIN, VIOLATED, Mismatch
from ...adaptivity.fronts import fit_fronts, follow
from ...adaptivity.refinement import Refinement
from ...adaptivity.seen import Seen, Stage
from ...adaptivity.shape import choose_shape, flatter, shape_for_waves
from ...adaptivity.stopping import PATIENCE, SAFE, determined, grown, hopeless
from ...adaptivity.trial import Trial
from ...approximation.block_field import BlockField
from ...approximation.network.network import Shape
from ...approximation.norm import Sampled, draw_sample, has_digits, relative_difference
from ...approximation.shared.functions import weights_each
from ...problem.compiled.system import System
from ...randomness import Purpose
from ...solution.status import Status
from .attempt import attempt
from .first_solution import Approached, FirstSolution
from .options import SearchOptions
from .outset import Outset, layers
from .surplus import disagreement, left_out, surplus

# Estimate below which one attempt is enough on a line and on one block. With 1e-4 the two-point
# problems of the registry take as many attempts (`benchmarks/sensitivity.py`): it is for those that
# are nearly undetermined.
_PLAIN = 1e-6


@dataclass(frozen=True, slots=True)
class Found:
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


class Search:
    """One search, from one draw.

    Attributes
    ----------
    outset : Outset
        What it sets out from.
    seen : list of Seen
        The attempts, as they are made.
    """

    def __init__(self, system: System, options: SearchOptions) -> None:
        self._system, self._options = system, options
        self.outset = outset = Outset.read(system, options)
        self.seen: list[Seen] = []
        self._refinement = Refinement(
            outset.partition,
            system.problem.orders,
            options.width,
            options.tol,
            len(outset.symmetry),
            weights_each(outset.shared, system.unknowns),
            partial(layers, system, options.tol),
            outset.wave_numbers(system, options.guess),
        )
        self._ways = FirstSolution(system, self._refinement, outset.shared, options, outset.seeing)
        first, angle = self._refinement.first, self._refinement.angle
        self._begun(first)
        trial = replace(outset.trial(system, Shape(), options.seed), partition=first.partition)
        self._shape = (
            shape_for_waves(first.partition.dimension, first.width, angle, options.seed)
            if angle
            else choose_shape(trial, first.width)
        )
        self._units: tuple[float, ...] = ()
        self._clash: Mismatch | None = None
        self._exhausted = False

    def run(self) -> Found:
        """Attempt stage after stage until one settles it, or none would."""
        near = self._near(self._refinement.first)
        approached = self._system.problem.linear or near is not None
        field = None if near is None else near.field
        stage: Stage | None = self._refinement.first if near is None else self._beginning(near)
        while stage is not None:
            field = self._attempt(stage, field)
            stage = self._after(approached=approached)
            if stage is not None and self._misled(near, stage):
                again = self._near(stage, settled=True)
                if again is not None:
                    near, field, stage = again, again.field, self._beginning(again)
        return self._over(near)

    def _near(self, stage: Stage, *, settled: bool = False) -> Approached | None:
        """The neighbourhood of a solution of a nonlinear problem, if a way leads there."""
        if self._system.problem.linear:
            return None
        return self._ways.near(stage, self._shape, settled=settled)

    def _beginning(self, near: Approached) -> Stage:
        return self._refinement.begin(self.outset.seeing(near.partition, near.field))

    def _misled(self, near: Approached | None, following: Stage) -> bool:
        """Whether the way to a first solution is to be gone again, on the blocks that follow.

        What was near to one on fewer blocks has left Gauss-Newton restless on more. About a switch
        steps may go to and fro beside a solution.
        """
        last = self.seen[-1]
        switching = last.switches and last.worst < VIOLATED
        if near is None or last.at_rest or switching:
            return False
        return len(following.partition) > len(near.partition)

    def _attempt(self, stage: Stage, field: BlockField | None) -> BlockField:
        """Solve at a stage, from a field on the stage before."""
        system, outset, seed = self._system, self.outset, self._options.seed
        if self.seen and stage.partition is not self.seen[-1].stage.partition:
            wider = Trial(system, stage.partition, self._shape, seed, shared=outset.shared)
            self._shape = flatter(wider, stage.width, field)
        self._begun(stage)
        trial = self._trial(stage)
        if stage.switches and field is not None:
            stage, field = fit_fronts(
                trial, stage, outset.standard.switches, field, self._options.tol
            )
            trial = replace(trial, partition=stage.partition)
        latest = attempt(trial, stage, outset.standard, field, self.seen)
        units = self._units_told(latest)
        if units:
            self._units, trial = units, replace(trial, units=units)
            latest = attempt(trial, stage, outset.standard, field, self.seen)
        self._correct(latest)
        self.seen.append(latest)
        self._options.progress(
            f"{_neurons(stage)}, error {latest.bound:.1e}", _share(latest.bound, self._options.tol)
        )
        return latest.field

    def _begun(self, stage: Stage) -> None:
        """Say what is solved on, and keep the share that was reached."""
        reached = _share(self.seen[-1].bound, self._options.tol) if self.seen else 0.0
        self._options.progress(f"solving on {_neurons(stage)}", reached)

    def _units_told(self, latest: Seen) -> tuple[float, ...]:
        """Sizes of unknowns, where rows that take them for one may be why noise moves a solution.

        Once; and where two solutions agree on all of them, as they do not on what is free.
        """
        if self._units or latest.check is None or latest.amplification < SAFE:
            return ()
        sample = draw_sample(latest.stage.partition, self._options.seed.of(Purpose.UNSEEN))
        values, others = (
            Sampled(field, sample).values(self._system.unknowns)
            for field in (latest.field, latest.check)
        )
        norms, apart = ([sample.norm(row) for row in rows] for rows in (values, values - others))
        if not all(a < VIOLATED * n for a, n in zip(apart, norms, strict=True)):
            return ()
        sizes = np.array(norms) / max(norms)
        return tuple(sizes.tolist()) if sizes.min() < VIOLATED else ()

    def _correct(self, latest: Seen) -> None:
        """Take back estimates that an attempt shows to be too small by more than they may be.

        Draws that all miss a pulse between their points agree on what is no solution. Counted, such
        an estimate makes those that have found it look like no progress.
        """
        for number, before in enumerate(self.seen):
            if before.status.is_estimated:
                apart = self._apart(latest, before)
                if apart > RIGHT_WITHIN * before.estimate + latest.estimate:
                    status = Status.of(apart, self._options.tol)
                    self.seen[number] = replace(before, estimate=apart, status=status)

    def _apart(self, one: Seen, other: Seen) -> float:
        """How far the fields of two attempts are apart."""
        sample = draw_sample(self.outset.partition, self._options.seed.of(Purpose.UNSEEN))
        fields = (Sampled(each.field, sample) for each in (one, other))
        return relative_difference(self._system.unknowns, *fields)

    def _trial(self, stage: Stage) -> Trial:
        trial = self.outset.trial(self._system, self._shape, self._options.seed)
        return replace(trial, partition=stage.partition, units=self._units)

    def _after(self, *, approached: bool) -> Stage | None:
        """The stage after the last attempt; None where that ends the search."""
        if self._settled() or self._confirmed():
            return None
        if self._contradicted() or hopeless(self._system, self.seen, approached=approached):
            return None
        no_digit = not any(has_digits(s.bound) for s in self.seen)
        if self.outset.beyond and no_digit and len(self.seen) >= PATIENCE:
            return None
        following = self._refinement.after(self.seen)
        last = self.seen[-1]
        if following is None:
            self._exhausted = last.status is not Status.CONVERGED
            return None
        stage = replace(following, switches=last.stage.switches)
        if last.switches or last.stage.switches:
            stage = follow(stage, self.outset.standard.switches, last.switches)
        return stage

    def _settled(self) -> bool:
        """Whether the last attempt is within the tolerance, and nothing speaks against it.

        Its status becomes another one where something does.
        """
        system, options, latest = self._system, self._options, self.seen[-1]
        if latest.status is not Status.CONVERGED:
            return False
        self.seen[-1] = latest = replace(latest, growing=self._growing(latest))
        if not determined(system, self.seen):
            self.seen[-1] = replace(latest, status=Status.UNDETERMINED)
            return False
        self._clash = disagreement(system, latest.field, self._shape, options.seed, options.tol)
        if self._clash is not None:
            self.seen[-1] = replace(latest, status=Status.CONTRADICTED)
            if latest.stage.partition.dimension > 1:  # more blocks hide it, and change nothing
                return True
        return not _loose(self.seen, options.tol)

    def _contradicted(self) -> bool:
        """Whether conditions beyond those that equations take are what stands in the way.

        They are tried once patience is over: on a line a surplus, at every attempt from then on;
        beyond it, where any condition has been violated all along, once.
        """
        latest = self.seen[-1]
        if len(self.seen) < PATIENCE or not latest.at_rest:
            return False
        if latest.stage.partition.dimension == 1:
            suspected = surplus(self._system) > 0
        else:
            due = len(self.seen) == PATIENCE
            suspected = due and min(s.mismatch for s in self.seen) > VIOLATED
        if suspected:
            least = max(latest.estimate, self._options.tol)
            seed = self._options.seed
            self._clash = disagreement(self._system, latest.field, self._shape, seed, least)
        if self._clash is not None:
            self.seen[-1] = replace(latest, status=Status.CONTRADICTED)
        return self._clash is not None

    def _growing(self, latest: Seen) -> bool:
        """Whether the response to noise grows, as networks begin to represent a free function."""
        blocks, width = latest.stage.partition, latest.stage.width
        if not self.outset.standard.waving or len(blocks) > 1 or blocks.dimension == 1:
            return latest.growing
        response = self._trial(latest.stage).solve(2 * width, 0, latest.field).amplification
        return grown(response, latest.amplification)

    def _confirmed(self) -> bool:
        """Whether what was good enough for a loose tolerance is near to the finer attempt.

        What one draw has told otherwise needs one that is good enough as well.
        """
        if len(self.seen) < 2 or self.seen[-2].status is not Status.CONVERGED:
            return False
        before, latest = self.seen[-2:]
        if before.apart > self._options.tol and latest.status is not Status.CONVERGED:
            return False
        apart = self._apart(latest, before)
        if apart <= RIGHT_WITHIN * before.estimate:
            return True
        status = Status.of(apart, self._options.tol)
        self.seen[-2] = replace(before, estimate=apart, status=status)
        return False

    def _over(self, near: Approached | None) -> Found:
        """What was found."""
        best, clash = best_of(self.seen), self._clash
        notes = () if near is None else (_reached(near.way),)
        plain = self.outset.partition.dimension == 1
        if clash is None and best.status is not Status.CONVERGED and not plain:
            seed = self._options.seed
            clash = disagreement(self._system, best.field, self._shape, seed, best.bound)
        if clash is not None:
            notes = (*notes, left_out(clash))
        return Found(tuple(self.seen), best, (*notes, *self.outset.doubts), self._exhausted)


def _reached(way: str) -> str:
    return (
        f"this solution of a nonlinear problem was reached {way}; if there are several, a guess "
        "chooses"
    )


def best_of(seen: Sequence[Seen]) -> Seen:
    """The attempt whose estimate is smallest, of those that have converged if any has.

    Others whose estimate is within the tolerance have not seen all that their solution passes.
    """

    def rank(s: Seen) -> tuple[bool, bool, float, float]:
        return not s.at_rest, s.status is not Status.CONVERGED, s.bound, -s.amplification

    return min(seen, key=rank)


def _loose(seen: Sequence[Seen], tol: float) -> bool:
    """Whether the last attempt wants a finer one beside it, and that costs little.

    Where a problem is nearly undetermined coarse draws may strike the same wrong solution, and few
    neurons do not tell by their response to noise. Finer attempts are far from it. At any cost
    where one draw was within the tolerance and one as wide is beyond.
    """
    blocks = seen[-1].stage.partition
    cheap = blocks.dimension == 1 or (len(blocks) == 1 and blocks.dimension <= 3)
    return (cheap and seen[-1].estimate > _PLAIN) or seen[-1].apart > tol


def _neurons(stage: Stage) -> str:
    """How many blocks of how many neurons."""
    return f"{len(stage.partition)} x {stage.width} neurons"


def _share(estimate: float, tol: float) -> float:
    """How far on the way from 1 to the tolerance an estimate is, between 0 and 1."""
    if not estimate > 0.0:
        return 1.0
    return float(np.clip(np.log(min(estimate, 1.0)) / np.log(min(tol, 0.5)), 0.0, 1.0))
