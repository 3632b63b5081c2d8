"""Blocks of a line that end where the solution switches: one solve for each move of the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .._types import Array
from ..analysis.switches import Switches
from ..approximation.block_field import BlockField
from ..approximation.norm import Sampled, draw_sample, unknown_scales
from ..approximation.shared.formulas import FormulaFunctions
from ..approximation.shared.functions import together
from ..nonlinear.gauss_newton import STEPS
from ..randomness import Purpose
from ..rules.judgement import HALVED
from .seen import Stage
from .trial import Trial


def fit_fronts(
    trial: Trial, stage: Stage, switches: Switches, field: BlockField, tol: float
) -> tuple[Stage, BlockField]:
    """Move the edges that stand for switches as long as these come nearer to them.

    Ends of cores until they are near enough. Every block is held on one branch. Where a switch goes
    or another comes, the edges are those that were there.
    """
    before, missed = None, np.inf
    for _ in range(STEPS):
        solved = on_branches(trial, stage, switches, field).solve(stage.width, 0, field)
        places = switches.places(solved.field, stage.partition, stage.switches)
        if len(places) != len(stage.switches):
            break
        apart = float(np.max(np.abs(places - stage.switches)))
        if not apart < missed:
            break
        if switches.cores and (
            astray(trial, stage, switches, solved.field, places) <= HALVED * tol
        ):
            return stage, solved.field
        now = (stage.switches, tuple(places))
        following = follow(stage, switches, switches.ahead(before or now, now))
        if len(following.partition) != len(stage.partition):
            break
        before, missed, field, stage = now, apart, solved.field, following
    return stage, field


def astray(
    trial: Trial, stage: Stage, switches: Switches, field: BlockField, places: Array
) -> float:
    """How far off a field is because edges stand beside its switches, relative to its size."""
    if not len(places):
        return 0.0
    sample = draw_sample(stage.partition, trial.seed.of(Purpose.UNSEEN))
    scale = float(unknown_scales(trial.system.unknowns, Sampled(field, sample)).max())
    return switches.astray(places, field, stage.partition, stage.switches) / scale


def on_branches(trial: Trial, stage: Stage, switches: Switches, field: BlockField) -> Trial:
    """A trial on a stage, each block on the branch of a field, and with powers of dead cores."""
    partition, variables = stage.partition, trial.system.problem.variables
    powers = switches.powers(field, partition, stage.switches, stage.width)
    return replace(
        trial,
        system=switches.on_branches(trial.system, field, partition, stage.switches),
        partition=partition,
        shared=together(trial.shared, FormulaFunctions(powers, variables)),
    )


def follow(stage: Stage, switches: Switches, places: Sequence[float]) -> Stage:
    """A stage whose blocks end at the switches."""
    partition, edges = switches.follow(stage.partition, stage.switches, places)
    return Stage(partition, stage.width, edges)
