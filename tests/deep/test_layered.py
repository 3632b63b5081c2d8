"""Networks of several layers in NumPy: derivatives are those of the formula, gradients theirs."""

import dataclasses

import mpmath
import numpy as np
import pytest
import sympy

from sigmajet.approximation.network.layered_field import LayeredField
from sigmajet.deep.network import Layered, Mirrors
from sigmajet.randomness import Seed

CENTRE, RADIUS = np.array([0.3, -1.0]), np.array([0.5, 2.0])
WANTED = [(0, (0, 0)), (1, (1, 0)), (0, (0, 2)), (1, (1, 1)), (0, (4, 0)), (1, (2, 3))]


MIRRORS = Mirrors.generated(2, [(0, (1, -1)), (1, (-1, -1))])


@pytest.fixture(params=[None, MIRRORS], ids=["plain", "mirrored"])
def network(request):
    drawn = Layered.drawn((2, 4, 3, 2), CENTRE, RADIUS, Seed(3))
    return dataclasses.replace(drawn, mirrors=request.param)


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


def test_a_mirrored_network_is_even_and_odd_as_its_parities_say(network):
    network = dataclasses.replace(network, mirrors=MIRRORS)
    places = points(9)
    values = [(0, (0, 0)), (1, (0, 0))]
    here = network.derivatives(values, places)
    for axis, parities in ((0, (1, -1)), (1, (-1, -1))):
        there = places.copy()
        there[:, axis] = 2 * CENTRE[axis] - there[:, axis]
        image = network.derivatives(values, there)
        np.testing.assert_allclose(image, np.array(parities)[:, None] * here, atol=1e-14)


def test_a_field_comes_back_from_its_arrays(network):
    field = LayeredField.from_arrays(LayeredField(network).arrays(), 2, 2)
    places = points(5)
    np.testing.assert_array_equal(
        field.derivatives(WANTED, places), network.derivatives(WANTED, places)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signs", np.ones((4, 3))),
        ("signs", np.ones(2)),
        ("signs", np.full((4, 2), 0.5)),
        ("parities", np.ones((3, 2))),
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
    arrays = LayeredField(dataclasses.replace(network, mirrors=MIRRORS)).arrays()
    assert len(arrays["parameters"]) == 35
    with pytest.raises(ValueError, match=name):
        LayeredField.from_arrays({**arrays, name: value}, 2, 2)
