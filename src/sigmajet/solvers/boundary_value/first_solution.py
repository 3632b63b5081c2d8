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
# one. As many may Gauss-Newton leave restless, for one problem on the way and for all, from
# whatever blocks: that and the shortest step of a path bound the work, and no count of solves
# does. On a line half a front between equal phases takes 1800 and 10,000, others of the registry
# that are solved 340 at most; beyond a line none takes any.
_BLIND, _NEARBY = 2_000, 12_000


_State = tuple[Partition, BlockField]


@dataclass(frozen=True, slots=True)
class Approached:
    """Blocks and a field near a solution, and the way there in words."""

    partition: Partition
    field: BlockField
    way: str


class FirstSolution:
    """Ways to a first solution of a problem, all of them on one budget.

    Parameters
    ----------
    system : System
    refinement : Refinement
    shared : SharedFunctions
    options : SearchOptions
    finer : callable
        Makes blocks finer by what terms hold along a field on them.

    Attributes
    ----------
    restless : int
        Neurons that Gauss-Newton has not come to rest on.
    """

    def __init__(
        self,
        system: System,
        refinement: Refinement,
        shared: SharedFunctions,
        options: SearchOptions,
        finer: Callable[[Partition, BlockField], Partition],
    ) -> None:
        self._system, self._refinement, self._shared = system, refinement, shared
        self._options, self._finer = options, finer
        self.restless, self._at_rest = 0, True

    def near(self, stage: Stage, shape: Shape, *, settled: bool = False) -> Approached | None:
        """Blocks and a field near a solution, from those of a stage; None where no way leads there.

        Where problems on the way have to be `settled`, one that leaves Gauss-Newton restless counts
        as not solved, however small its defect: that of a front at a wrong place may be
        exponentially small, and steps of a path that are short enough take the front along.
        """
        system, easy = self._system, self._options.continuation

        def solve(eased: System, start: _State | None) -> _State | None:
            return self._solve(eased, start, stage, shape, settled)

        ways: list[tuple[str, Callable[[], _State | None]]] = []
        if easy:
            names = ", ".join(f"{symbol} = {v:g}" for symbol, v in easy.items())
            ways.append((f"from {names}", lambda: through_parameters(system, easy, solve)))
        start = "from zero or a constant" if self._options.guess is None else "from the guess"
        ways.append((start, lambda: solve(system, None)))
        ways.append(("through larger leading terms", lambda: through_leading_terms(system, solve)))
        second_best = None
        for way, take in ways:
            reached = take()
            if reached is not None and self._at_rest:
                return Approached(*reached, way)
            if reached is not None and second_best is None:
                second_best = Approached(*reached, way)
        return second_best

    def _solve(
        self, eased: System, start: _State | None, stage: Stage, shape: Shape, settled: bool
    ) -> _State | None:
        """Blocks and a field near a solution of one problem on a way; None where none is found."""
        refinement, seed = self._refinement, self._options.seed
        most = min(self.restless + _BLIND, _NEARBY)
        blocks, guess = (stage.partition, self._options.guess) if start is None else start
        dimension = blocks.dimension
        for _ in range(_CUTS):
            if self.restless > most:
                return None
            neurons = min(stage.width, refinement.begin(blocks).width)
            trial = Trial(eased, blocks, shape, seed, shared=self._shared)
            solved = trial.solve(neurons, 0, guess, natural=False)
            self._options.progress(f"continuation, {len(blocks)} x {neurons} neurons", 0.0)
            self._at_rest = solved.converged
            self.restless += 0 if solved.converged else len(blocks) * neurons
            field = guess = solved.field
            sampled = Sampled(field, draw_sample(blocks, seed.of(Purpose.UNSEEN)))
            defects = block_defects(eased, sampled, blocks, solved.scales)
            near = defects.max() < _NEAR
            met = max((m.worst for m in mismatches(eased, field, blocks)), default=0.0) < VIOLATED
            if near and solved.converged and solved.amplification > UNDETERMINED:
                return None  # as where an unknown is all below zero, and Max(u, 0) does not see it
            if near and met and (solved.converged or not settled):
                return blocks, field
            if near or dimension > 3 or (dimension > 1 and solved.converged):
                return (blocks, field) if solved.converged else None
            # Where the blocks do not resolve the solution Gauss-Newton may wander; cut on.
            seen = Seen(Stage(blocks, neurons), field, np.inf, defects, {})
            blocks = cut(blocks, defects) if dimension == 1 else refinement.halved([seen])
            if solved.converged:
                blocks = self._finer(blocks, field)
            needed = len(blocks) * refinement.begin(blocks).width
            if needed > (_BLIND if start is None else _NEARBY):
                break
        return None
