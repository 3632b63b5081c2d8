"""Which slopes and directions suit a problem: tried on small networks, told by their defect."""

from __future__ import annotations

from dataclasses import replace

from ..approximation.field import Differentiable
from ..approximation.network.network import Shape
from ..approximation.norm import Sampled, draw_sample
from ..nonlinear.gauss_newton import STEPS
from ..randomness import Purpose
from .estimate import block_defects
from .trial import Trial

TRIED = 400  # neurons of a trial, at most: beyond, it costs as much as what it is for
_STEEPNESSES = (0.07, 0.1, 0.13, 0.18, 0.25)


def choose_shape(trial: Trial, width: int) -> Shape:
    """The shape, in place of that of a trial, whose network leaves the smallest defect."""
    dimension = trial.partition.dimension
    if dimension == 1:
        return Shape()
    shapes = [
        Shape(steepness, sparse)
        for sparse in ((False, True) if dimension > 2 else (False,))
        for steepness in _STEEPNESSES
    ]
    # On many cells, as holes ask for, the problem linearised about the start stands for it.
    steps = STEPS if len(trial.partition) == 1 else 1
    return min(shapes, key=lambda shape: _rank(replace(trial, shape=shape), width, None, steps))


def flatter(trial: Trial, width: int, start: Differentiable | None) -> Shape:
    """The shape for blocks that are parts of those that the trial's was for: never steeper."""
    flat = [s for s in _STEEPNESSES if s < trial.shape.steepness]
    if trial.partition.dimension == 1 or not flat:
        return trial.shape
    # From a solution on other blocks one step is near enough.
    steps = STEPS if start is None else 1
    best, least = trial.shape, _rank(trial, width // 2, start, steps)
    for steepness in reversed(flat):
        candidate = replace(trial.shape, steepness=steepness)
        rank = _rank(replace(trial, shape=candidate), width // 2, start, steps)
        if rank > least:
            break
        best, least = candidate, rank
    return best


def _rank(
    trial: Trial, width: int, start: Differentiable | None, steps: int
) -> tuple[float, float]:
    """Defect that a small network leaves at unseen points; where all leave none, its response.

    With no data the solution is zero and has no defect: then the shape counts that best
    represents what may be added to it, told by the response to noise.
    """
    solved = trial.solve(min(width, TRIED), 0, start, steps)
    seen = Sampled(solved.field, draw_sample(trial.partition, trial.seed.of(Purpose.SHAPES)))
    defects = block_defects(trial.system, seen, trial.partition, solved.scales)
    return float(defects.max()), -solved.amplification
