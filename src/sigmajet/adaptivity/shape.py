"""Which slopes and directions suit a problem: tried on small networks, told by their defect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..approximation.field import Differentiable
from ..approximation.network.network import Shape, draw_network
from ..approximation.norm import Sampled, draw_sample
from ..discretization.collocation.collocation import OVERSAMPLING
from ..geometry.points import interior_points
from ..linalg.least_squares.backends import backend
from ..linalg.least_squares.interface import Rows
from ..nonlinear.gauss_newton import STEPS
from ..randomness import PROBES, Purpose, Seed
from ..rules.samples import FEW
from .estimate import block_defects
from .trial import Trial

# Neurons of a trial, at most: beyond, it costs as much as what it is for. With half and twice as
# many 15 problems in the plane are solved alike (`benchmarks/sensitivity.py`).
TRIED = 400
# Slopes that are tried. With every other one, twice as many, and all halved or doubled, seven
# problems of the registry in the plane and eight random ones meet their tolerances too, in 22 to 25
# attempts (`benchmarks/sensitivity.py`).
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
    ranked = _Ranked(trial, width, None, steps)
    return min(shapes, key=ranked.rank)


def shape_for_waves(dimension: int, width: int, angle: float, seed: Seed) -> Shape:
    """The shape whose network is nearest to waves of so many radians over half of a block.

    What a solve on all blocks would tell it costs as much as the solution; of 20 wavelengths in
    the plane it takes the same one.
    """
    points = interior_points(dimension, int(OVERSAMPLING[dimension] * width), PROBES)
    unseen = interior_points(dimension, width, seed.of(Purpose.UNSEEN))
    rng = seed.of(Purpose.SHAPES).generator()
    vectors = rng.standard_normal((dimension, FEW))
    vectors *= angle / np.linalg.norm(vectors, axis=0)
    phases = rng.uniform(0.0, 2.0 * np.pi, FEW)
    zero = (0,) * dimension

    def missed(shape: Shape) -> float:
        network = draw_network(dimension, width, seed.of(Purpose.NEURONS, width), shape)
        features, at_unseen = (network.features(p, [zero])[zero] for p in (points, unseen))
        rows = Rows((0,), features, np.cos(points @ vectors + phases))
        (weights,) = backend().solve([rows], [width]).weights
        return float(np.abs(at_unseen @ weights - np.cos(unseen @ vectors + phases)).max())

    return min(map(Shape, _STEEPNESSES), key=missed)


def flatter(trial: Trial, width: int, start: Differentiable | None) -> Shape:
    """The shape for blocks that are parts of those that the trial's was for: never steeper."""
    flat = [s for s in _STEEPNESSES if s < trial.shape.steepness]
    if trial.partition.dimension == 1 or not flat:
        return trial.shape
    # From a solution on other blocks one step is near enough.
    steps = STEPS if start is None else 1
    ranked = _Ranked(trial, width // 2, start, steps)
    best, least = trial.shape, ranked.rank(trial.shape)
    for steepness in reversed(flat):
        candidate = replace(trial.shape, steepness=steepness)
        rank = ranked.rank(candidate)
        if rank > least:
            break
        best, least = candidate, rank
    return best


class _Ranked:
    """Shapes tried on one small network each, at the same points: these may take long to find."""

    def __init__(self, trial: Trial, width: int, start: Differentiable | None, steps: int) -> None:
        self._trial, self._width = trial, min(width, TRIED)
        self._start, self._steps = start, steps
        self._places = trial.places(self._width)
        self._sample = draw_sample(trial.partition, trial.seed.of(Purpose.SHAPES))

    def rank(self, shape: Shape) -> tuple[float, float]:
        """Defect that a network leaves at unseen points; where all leave none, its response.

        With no data the solution is zero and has no defect: then the shape counts that best
        represents what may be added to it, told by the response to noise.
        """
        trial = replace(self._trial, shape=shape)
        solved = trial.solve(self._width, 0, self._start, self._steps, places=self._places)
        seen = Sampled(solved.field, self._sample)
        defects = block_defects(trial.system, seen, trial.partition, solved.scales)
        return float(defects.max()), -solved.amplification
