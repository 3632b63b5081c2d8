"""Networks: features against mpmath, reproducible draws, directions."""

import itertools

import mpmath
import numpy as np
import pytest

from sigmajet.approximation.network.network import Network, Shape, draw_network
from sigmajet.randomness import Seed


def multi_indices(dimension: int, order: int) -> list[tuple[int, ...]]:
    each = itertools.product(range(order + 1), repeat=dimension)
    return [alpha for alpha in each if sum(alpha) <= order]


def exact_feature(weights, bias, alpha, point) -> float:
    """d^alpha of 1 / (1 + exp(-(w.x + b))), differentiated numerically at 60 digits."""

    def neuron(*x):
        argument = mpmath.fsum(mpmath.mpf(w) * v for w, v in zip(weights, x, strict=True))
        return 1 / (1 + mpmath.exp(-argument - mpmath.mpf(bias)))

    with mpmath.workdps(60):
        x = tuple(map(mpmath.mpf, point))
        return float(neuron(*x) if not any(alpha) else mpmath.diff(neuron, x, alpha))


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_features_are_the_derivatives_of_every_neuron(dimension):
    network = draw_network(
        dimension, 4 - dimension, seed=Seed(dimension), shape=Shape(steepness=1.0)
    )
    points = np.random.default_rng(1).uniform(-1, 1, (2, dimension))
    orders = multi_indices(dimension, 6)
    features = network.features(points, orders)
    assert set(features) == set(orders)
    for alpha in orders:
        # Near a zero of s^(n) the rounding of its argument shows: relative to max |w^alpha| then.
        size = np.abs(network.weights).max() ** sum(alpha)
        for row, point in enumerate(points.tolist()):
            for j, (w, b) in enumerate(zip(network.weights.tolist(), network.biases, strict=True)):
                expected = exact_feature(w, float(b), alpha, point)
                close = pytest.approx(expected, rel=1e-12, abs=1e-14 * size)
                assert features[alpha][row, j] == close


def test_a_feature_does_not_depend_on_what_else_is_asked_for():
    network = draw_network(2, 5, seed=Seed(3))
    points = np.random.default_rng(2).uniform(-1, 1, (4, 2))
    together = network.features(points, [(0, 0), (2, 1), (0, 5)])
    for alpha, values in together.items():
        np.testing.assert_allclose(network.features(points, [alpha])[alpha], values, rtol=1e-14)


def test_the_same_seed_draws_the_same_network_and_another_seed_another():
    first, again, other = (draw_network(3, 20, seed=Seed(s)) for s in (4, 4, 5))
    assert first.weights.tobytes() == again.weights.tobytes()
    assert first.biases.tobytes() == again.biases.tobytes()
    assert not np.any(first.weights == other.weights)


def test_no_slope_exceeds_the_steepness_and_none_is_flat():
    shape = Shape(steepness=0.5)
    for dimension, width in ((1, 60), (2, 100), (4, 81)):
        slopes = np.linalg.norm(draw_network(dimension, width, Seed(0), shape).weights, axis=1)
        steepest = 0.5 * width ** (1 / dimension)
        assert slopes.max() <= steepest
        assert slopes.min() >= 0.2 * steepest


def test_centres_lie_over_the_box_and_beyond_its_walls():
    for dimension in (1, 2, 5):
        network = draw_network(dimension, 300, seed=Seed(0), shape=Shape(steepness=1.0))
        # Along a direction w the box ends where w.x = |w|_1; a neuron bends where w.x = -b.
        places = network.biases / np.abs(network.weights).sum(axis=1)
        assert np.abs(places).max() <= 2.1
        assert places.max() > 1.5
        assert places.min() < -1.5


def test_directions_and_centres_leave_no_gaps():
    network = draw_network(2, 256, seed=Seed(5), shape=Shape(steepness=1.0))
    angles = np.arctan2(network.weights[:, 1], network.weights[:, 0])
    # A net of 256 points has sixteen in each of sixteen sectors; drawn one by one the fewest are
    # about eight. The sectors of the normal quantiles are not quite those of the net.
    sectors = np.bincount(((angles + np.pi) / (2 * np.pi) * 16).astype(int) % 16, minlength=16)
    assert sectors.min() >= 12
    places = network.biases / np.abs(network.weights).sum(axis=1)
    counts = np.histogram(places, bins=16, range=(-1.8, 1.8))[0]
    assert list(counts) == [16] * 16


def test_sparse_layers_look_along_one_two_or_all_axes():
    network = draw_network(5, 600, seed=Seed(0), shape=Shape(sparse=True))
    active = np.count_nonzero(network.weights, axis=1)
    assert set(active) == {1, 2, 5}
    for number in (1, 2, 5):
        assert 150 < np.sum(active == number) < 250
    used = np.count_nonzero(network.weights[active == 1], axis=0)
    assert used.min() > 20  # of about 200 over five axes: none is forgotten
    assert np.all(np.linalg.norm(network.weights, axis=1) > 0)


def test_isotropic_layers_look_everywhere():
    assert np.all(draw_network(5, 200, seed=Seed(0)).weights != 0)


def test_width_and_dimension_are_those_of_the_arrays():
    network = Network(np.zeros((7, 2)), np.zeros(7))
    assert (network.width, network.dimension) == (7, 2)
