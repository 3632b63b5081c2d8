"""A first solution of a nonlinear problem: from the start at hand, else through easier problems.

What is wanted here is not accuracy but the neighbourhood of a solution, on blocks that
resolve it: the rest is Gauss-Newton's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .collocation import System
from .continuation import through_leading_terms, through_parameters
from .estimate import VIOLATED, block_defects, draw_sample, mismatches
from .fields import BlockField, Differentiable
from .network import Shape
from .options import Options
from .partition import Partition
from .refinement import BLOCK_WIDTH, cut
from .trial import Trial

_NEAR = 1e-4  # defect to which the problems on the way are solved
_SOLVES = 40  # in all, on the way
_CUTS = 8  # times that blocks are cut for each problem
_MOST_BLOCKS = 256  # beyond which a solution that is not found is not there
_BLIND_BLOCKS = 40  # likewise where nothing is known of it


@dataclass(frozen=True, slots=True)
class Approached:
    """Blocks and a field near a solution, and the way there in words."""

    partition: Partition
    field: BlockField
    way: str


def first_solution(
    system: System, partition: Partition, width: int, shape: Shape, options: Options
) -> Approached | None:
    """Blocks and a field near a solution; None where no way leads to one."""
    budget = iter(range(_SOLVES))
    seed, progress = options.seed, options.progress

    def solve(
        eased: System, start: tuple[Partition, BlockField] | None
    ) -> tuple[Partition, BlockField] | None:
        blocks: Partition = partition
        guess: Differentiable | None = options.guess
        if start is not None:
            blocks, guess = start
        for _ in range(_CUTS):
            if next(budget, None) is None:
                return None
            neurons = width if len(blocks) == 1 else min(width, BLOCK_WIDTH[1])
            solved = Trial(eased, blocks, shape, seed).solve(neurons, 0, guess)
            progress(f"continuation, {len(blocks)} x {neurons} neurons", 0.0)
            field = guess = solved.field
            sample = draw_sample(blocks, seed + 1)
            defects = block_defects(eased, field, blocks, sample, solved.scales)
            near = defects.max() < _NEAR
            met = max((m for _, m in mismatches(eased, field, blocks)), default=0.0) < VIOLATED
            if near and met:
                return blocks, field
            if near or blocks.dimension > 1:
                return (blocks, field) if solved.converged else None
            # Where the blocks do not resolve the solution Gauss-Newton may wander; cut on.
            blocks = cut(blocks, defects, _NEAR)
            if len(blocks) > (_BLIND_BLOCKS if start is None else _MOST_BLOCKS):
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
    for way, take in ways:
        reached = take()
        if reached is not None:
            return Approached(*reached, way)
    return None
