"""A first solution of a nonlinear problem: from the start at hand, else through easier problems.

What is wanted here is not accuracy but the neighbourhood of a solution, on blocks that
resolve it: the rest is Gauss-Newton's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...adaptivity.estimate import VIOLATED, block_defects, mismatches
from ...adaptivity.refinement import Refinement, cut
from ...adaptivity.seen import Seen, Stage
from ...adaptivity.stopping import UNDETERMINED
from ...adaptivity.trial import Trial
from ...approximation.block_field import BlockField
from ...approximation.field import Differentiable
from ...approximation.network.network import Shape
from ...approximation.norm import Sampled, draw_sample
from ...approximation.shared.functions import SharedFunctions
from ...geometry.partition import Partition
from ...nonlinear.continuation import through_leading_terms, through_parameters
from ...problem.compiled.system import System
from ...randomness import Purpose
from .options import SearchOptions

# Defect to which the problems on the way are solved. Half of it cut the corner layer at 1/5000 into
# 20 blocks in place of 14, in 10 solves in place of 9, for the same tolerance.
_NEAR = 1e-4
# Times that blocks are cut for a problem on the way: bounded by neurons alone a corner layer of
# 1/1000 came from zero to 19 blocks about no solution, where larger leading terms lead to it on 8
# (`t20_lambda_0.001` of the registry).
_CUTS = 8
# Neurons beyond which a solution is not there: where nothing is known of it, and near an easier
# one. As many may Gauss-Newton leave restless, for one problem on the way and for all: that and the
# shortest step of a path bound the work, and no count of solves does. On a line half a front
# between equal phases takes 1800 and 10,000, others of the registry that are solved 340 at most;
# beyond a line none takes any.
_BLIND, _NEARBY = 2_000, 12_000


@dataclass(frozen=True, slots=True)
class Approached:
    """Blocks and a field near a solution, and the way there in words."""

    partition: Partition
    field: BlockField
    way: str


def first_solution(
    system: System,
    refinement: Refinement,
    stage: Stage,
    shape: Shape,
    shared: SharedFunctions,
    options: SearchOptions,
    finer: Callable[[Partition, BlockField], Partition],
    *,
    settled: bool = False,
) -> Approached | None:
    """Blocks and a field near a solution, from those of a stage; None where no way leads to one.

    Blocks are made `finer` by what terms hold along a field. Where problems on the way have to be
    `settled`, one that leaves Gauss-Newton restless counts as not solved, however small its defect:
    that of a front at a wrong place may be exponentially small, and steps of a path that are short
    enough take the front along.
    """
    partition, width = stage.partition, stage.width
    dimension = partition.dimension
    seed, progress = options.seed, options.progress
    restless, at_rest = 0, True

    def solve(
        eased: System, start: tuple[Partition, BlockField] | None
    ) -> tuple[Partition, BlockField] | None:
        nonlocal restless, at_rest
        before = restless
        blocks: Partition = partition
        guess: Differentiable | None = options.guess
        if start is not None:
            blocks, guess = start
        for _ in range(_CUTS):
            if restless > min(before + _BLIND, _NEARBY):
                return None
            neurons = min(width, refinement.begin(blocks).width)
            trial = Trial(eased, blocks, shape, seed, shared=shared)
            solved = trial.solve(neurons, 0, guess, natural=False)
            progress(f"continuation, {len(blocks)} x {neurons} neurons", 0.0)
            at_rest = solved.converged
            restless += 0 if at_rest else len(blocks) * neurons
            field = guess = solved.field
            sampled = Sampled(field, draw_sample(blocks, seed.of(Purpose.UNSEEN)))
            defects = block_defects(eased, sampled, blocks, solved.scales)
            near = defects.max() < _NEAR
            met = max((m.worst for m in mismatches(eased, field, blocks)), default=0.0) < VIOLATED
            if near and at_rest and solved.amplification > UNDETERMINED:
                return None  # as where an unknown is all below zero, and Max(u, 0) does not see it
            if near and met and (at_rest or not settled):
                return blocks, field
            if near or dimension > 3 or (dimension > 1 and solved.converged):
                return (blocks, field) if solved.converged else None
            # Where the blocks do not resolve the solution Gauss-Newton may wander; cut on.
            seen = Seen(Stage(blocks, neurons), field, np.inf, defects, {})
            blocks = cut(blocks, defects) if dimension == 1 else refinement.halved([seen])
            if solved.converged:
                blocks = finer(blocks, field)
            needed = len(blocks) * refinement.begin(blocks).width
            if needed > (_BLIND if start is None else _NEARBY):
                break
        return None

    ways: list[tuple[str, Callable[[], tuple[Partition, BlockField] | None]]] = []
    if options.continuation:
        names = ", ".join(f"{symbol} = {v:g}" for symbol, v in options.continuation.items())
        ways.append(
            (f"from {names}", lambda: through_parameters(system, options.continuation, solve))
        )
    start = "from zero or a constant" if options.guess is None else "from the guess"
    ways.append((start, lambda: solve(system, None)))
    ways.append(("through larger leading terms", lambda: through_leading_terms(system, solve)))
    second_best = None
    for way, take in ways:
        reached = take()
        if reached is not None and at_rest:
            return Approached(*reached, way)
        if reached is not None and second_best is None:
            second_best = Approached(*reached, way)
    return second_best
