"""How far a solution on a region of the plane is from formulas, and its estimate with it."""

import numpy as np
import sympy as sp

from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y = sp.symbols("x y")


def judged(solution, *exact):
    """Return the relative error, which the estimate may not understate by ten."""
    places = draw_sample(Partition.of(solution.problem.domain.region), Seed(7)).points
    values = np.atleast_2d(solution(*places.T))
    truths = [sp.lambdify((x, y), e)(*places.T) for e in exact]
    error = max(
        np.sqrt(np.mean((v - t) ** 2) / np.mean(t**2)) for v, t in zip(values, truths, strict=True)
    )
    assert error < 10 * solution.error_estimate
    return error
