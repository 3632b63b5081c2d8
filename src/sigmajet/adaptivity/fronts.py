"""Blocks of a line that end where the solution switches: one solve for each move of the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..analysis.switches import Switches, ahead
from ..approximation.block_field import BlockField
from ..nonlinear.gauss_newton import STEPS
from .seen import Stage
from .trial import Trial


def fit_fronts(
    trial: Trial, stage: Stage, switches: Switches, field: BlockField
) -> tuple[Stage, BlockField]:
    """Move the edges that stand for switches as long as these come nearer to them.

    Every block is held on one branch. Where a switch goes or another comes, the edges are those
    that were there.
    """
    before, missed = None, np.inf
    for _ in range(STEPS):
        held = switches.on_branches(trial.system, field, stage.partition)
        here = replace(trial, system=held, partition=stage.partition)
        solved = here.solve(stage.width, 0, field)
        places = switches.places(solved.field, stage.partition)
        if len(places) != len(stage.switches):
            break
        apart = float(np.max(np.abs(places - stage.switches)))
        if not apart < missed:
            break
        now = (stage.switches, tuple(places))
        following = follow(stage, switches, ahead(before or now, now))
        if len(following.partition) != len(stage.partition):
            break
        before, missed, field, stage = now, apart, solved.field, following
    return stage, field


def follow(stage: Stage, switches: Switches, places: Sequence[float]) -> Stage:
    """A stage whose blocks end at the switches."""
    partition, edges = switches.follow(stage.partition, stage.switches, places)
    return Stage(partition, stage.width, edges)
