"""Which slopes and directions suit a problem: tried on small networks, told by their defect."""

from __future__ import annotations

from dataclasses import replace

from .collocation import System
from .estimate import block_defects, draw_sample
from .fields import Differentiable
from .gauss_newton import STEPS
from .network import Shape
from .partition import Partition
from .symmetry import Symmetry
from .trial import Trial

_WIDTH = 400  # of a trial, at most: beyond, it costs as much as what it is for
_STEEPNESSES = (0.1, 0.16, 0.25, 0.4)
_STEEPEST = 0.63  # one more in many variables, where width**(1/d) is next to nothing


def choose_shape(
    system: System,
    partition: Partition,
    width: int,
    seed: int,
    symmetry: Symmetry | None = None,
) -> Shape:
    """The shape whose network leaves the smallest defect at unseen points."""
    if partition.dimension == 1:
        return Shape()
    shapes = [
        Shape(steepness, sparse)
        for sparse in ((False, True) if partition.dimension > 2 else (False,))
        for steepness in (*_STEEPNESSES, *((_STEEPEST,) if partition.dimension > 3 else ()))
    ]
    return min(
        shapes, key=lambda shape: _rank(system, partition, width, seed, shape, symmetry=symmetry)
    )


def flatter(
    system: System,
    partition: Partition,
    width: int,
    seed: int,
    shape: Shape,
    start: Differentiable | None,
) -> Shape:
    """The shape for blocks that are parts of those of `shape`: smaller, so never steeper."""
    flat = [s for s in _STEEPNESSES if s < shape.steepness]
    if partition.dimension == 1 or not flat:
        return shape
    best, least = shape, _rank(system, partition, width // 2, seed, shape, start)
    for steepness in reversed(flat):
        candidate = replace(shape, steepness=steepness)
        rank = _rank(system, partition, width // 2, seed, candidate, start)
        if rank > least:
            break
        best, least = candidate, rank
    return best


def _rank(
    system: System,
    partition: Partition,
    width: int,
    seed: int,
    shape: Shape,
    start: Differentiable | None = None,
    symmetry: Symmetry | None = None,
) -> tuple[float, float]:
    """Defect that a small network leaves; where all leave none, its response to noise.

    With no data the solution is zero and has no defect: then the shape counts that best
    represents what may be added to it.
    """
    # From a solution on other blocks one step is near enough.
    steps = STEPS if start is None else 1
    trial = Trial(system, partition, shape, seed, symmetry)
    solved = trial.solve(min(width, _WIDTH), 0, start, steps)
    sample = draw_sample(partition, seed + 2)
    defects = block_defects(system, solved.field, partition, sample, solved.scales)
    return float(defects.max()), -solved.amplification
