"""Networks of several layers in NumPy: derivatives are those of the formula, gradients theirs."""

import mpmath
import numpy as np
import pytest
import sympy

from sigmajet.approximation.network.layered_field import LayeredField
from sigmajet.deep.network import Layered
from sigmajet.randomness import Seed

CENTRE, RADIUS = np.array([0.3, -1.0]), np.array([0.5, 2.0])
WANTED = [(0, (0, 0)), (1, (1, 0)), (0, (0, 2)), (1, (1, 1)), (0, (4, 0)), (1, (2, 3))]


@pytest.fixture
def network():
    return Layered.drawn((2, 4, 3, 2), CENTRE, RADIUS, Seed(3))


def points(count, seed=1):
    return CENTRE + RADIUS * np.random.default_rng(seed).uniform(-1, 1, (count, 2))


def test_derivatives_are_those_of_the_formula(network):
    x, y = sympy.symbols("x y")
    formulas = LayeredField(network).to_sympy((x, y), 2)
    places = points(2)
    got = network.derivatives(WANTED, places)
    with mpmath.workdps(30):
        for row, (output, (in_x, in_y)) in zip(got, WANTED, strict=True):
            f = sympy.lambdify((x, y), formulas[output], "mpmath")
            for value, place in zip(row, places.tolist(), strict=True):
                # diff of mpmath: differences in 30 digits and more, no rule of ours
                want = mpmath.diff(f, tuple(place), (in_x, in_y)) if in_x + in_y else f(*place)
                assert value == pytest.approx(float(want), rel=1e-12)


def test_gradients_are_slopes_of_the_derivatives(network):
    places = points(5)
    shares = np.random.default_rng(2).normal(size=(len(WANTED), len(places)))
    got = network.gradients(WANTED, places, shares)
    assert got.shape == (len(places), len(network.parameters))
    for number in range(len(network.parameters)):
        step = np.zeros_like(network.parameters)
        step[number] = 1e-6
        ahead, behind = (
            np.sum(shares * network.at(p).derivatives(WANTED, places), axis=0)
            for p in (network.parameters + step, network.parameters - step)
        )
        slopes = (ahead - behind) / 2e-6
        np.testing.assert_allclose(got[:, number], slopes, atol=1e-7 * np.max(np.abs(got)))


def test_many_points_are_taken_in_slices_of_the_same_numbers(network):
    places = points(20_000)
    together = network.derivatives(WANTED, places)
    some = slice(7_000, 7_010)
    np.testing.assert_allclose(
        together[:, some], network.derivatives(WANTED, places[some]), rtol=1e-12
    )
    assert network.derivatives([], places).shape == (0, len(places))
    assert network.derivatives(WANTED, places[:0]).shape == (len(WANTED), 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sizes", np.array([2, 4, 3, 1])),
        ("sizes", np.array([2.0, 4.0, 3.0, 2.0])),
        ("sizes", np.array([2, 2])),
        ("radius", np.array([0.0, 1.0])),
        ("centre", np.zeros(3)),
        ("parameters", np.full(35, np.nan)),
        ("parameters", np.zeros(34)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(network, name, value):
    arrays = LayeredField(network).arrays()
    assert len(arrays["parameters"]) == 35
    with pytest.raises(ValueError, match=name):
        LayeredField.from_arrays({**arrays, name: value}, 2, 2)
