"""A first solution of a nonlinear problem: from the start at hand, else through easier problems.

What is wanted here is not accuracy but the neighbourhood of a solution, on blocks that
resolve it: the rest is Gauss-Newton's.
"""

from __future__ import annotations

from .collocation import System
from .continuation import continued
from .estimate import VIOLATED, block_defects, draw_sample, mismatches
from .fields import BlockField
from .network import Shape
from .outcome import Progress
from .partition import Partition
from .refinement import BLOCK_WIDTH, cut
from .trial import Trial

_NEAR = 1e-4  # defect to which the problems on the way are solved
_SOLVES = 40  # in all, on the way
_CUTS = 8  # times that blocks are cut for each problem
_MOST_BLOCKS = 256  # beyond which a solution that is not found is not there
_BLIND_BLOCKS = 40  # likewise where nothing is known of it


def first_solution(
    system: System,
    partition: Partition,
    width: int,
    shape: Shape,
    seed: int,
    progress: Progress,
) -> tuple[Partition, BlockField] | None:
    """Blocks and a field near a solution; None where neither start leads to one."""
    budget = iter(range(_SOLVES))

    def solve(
        eased: System, start: tuple[Partition, BlockField] | None
    ) -> tuple[Partition, BlockField] | None:
        blocks: Partition = partition
        guess: BlockField | None = None
        if start is not None:
            blocks, guess = start
        for _ in range(_CUTS):
            if next(budget, None) is None:
                return None
            neurons = width if len(blocks) == 1 else min(width, BLOCK_WIDTH[1])
            solved = Trial(eased, blocks, shape, seed).solve(neurons, 0, guess)
            progress(f"continuation, {len(blocks)} x {neurons} neurons", 0.0)
            guess = solved.field
            sample = draw_sample(blocks, seed + 1)
            defects = block_defects(eased, guess, blocks, sample, solved.scales)
            near = defects.max() < _NEAR
            if (
                near
                and max((m for _, m in mismatches(eased, guess, blocks)), default=0.0) < VIOLATED
            ):
                return blocks, guess
            if near or blocks.dimension > 1:
                return (blocks, guess) if solved.converged else None
            # Where the blocks do not resolve the solution Gauss-Newton may wander; cut on.
            blocks = cut(blocks, defects, _NEAR)
            if len(blocks) > (_BLIND_BLOCKS if start is None else _MOST_BLOCKS):
                break
        return None

    direct = solve(system, None)
    return direct if direct is not None else continued(system, solve)
