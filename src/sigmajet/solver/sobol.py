"""Points that fill a box evenly: scrambled Sobol sequences of SciPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.stats
from numpy.typing import NDArray


def sobol_points(dimension: int, count: int, seed: int | Sequence[int]) -> NDArray[np.float64]:
    """`count` points of the open unit box, (count, dimension)."""
    sampler = scipy.stats.qmc.Sobol(dimension, rng=np.random.default_rng(seed))
    points = sampler.random_base2(int(np.ceil(np.log2(count))))[:count]
    return np.asarray(points + _HALF_A_STEP)


_HALF_A_STEP = 0.5**31  # of the sequence, which has 30 bits: zero is one of its coordinates
