"""Sobol points are SciPy's, bit for bit: nothing that was measured with those changes."""

import numpy as np
import pytest
from scipy.stats import qmc

from sigmajet.geometry.sobol import sobol_points
from sigmajet.randomness import Purpose, Seed


@pytest.mark.parametrize("dimension", [1, 2, 3, 7, 20, 100, 101])
@pytest.mark.parametrize("count", [1, 2, 5, 64, 1000])
@pytest.mark.parametrize("seed", [Seed(0), Seed(3).of(Purpose.POINTS, 1)])
def test_points_are_those_of_scipy_half_a_step_in(dimension, count, seed):
    sampler = qmc.Sobol(dimension, rng=seed.generator())
    expected = sampler.random_base2(int(np.ceil(np.log2(count))))[:count] + 0.5**31
    np.testing.assert_array_equal(sobol_points(dimension, count, seed), expected)


def test_of_a_power_of_two_each_half_quarter_and_eighth_holds_its_share():
    points = sobol_points(20, 256, Seed(5))
    for parts in (2, 4, 8):
        counts = [np.bincount((column * parts).astype(int)) for column in points.T]
        assert np.all(np.array(counts) == 256 // parts)
