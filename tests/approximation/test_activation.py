"""Any activation serves: features, sums, formulas and files follow from it alone."""

import dataclasses
import itertools

import mpmath
import numpy as np
import pytest
import sympy

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.network.activation import ACTIVATIONS, SIGMOID, Activation
from sigmajet.approximation.network.network import Network, Shape, draw_network
from sigmajet.discretization.collocation.collocation import Discretisation
from sigmajet.discretization.collocation.fit import solve_discretised
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

SOFTPLUS = Activation(
    "softplus", sj.softplus, sj.softplus_jet, lambda z: sympy.log(1 + sympy.exp(z))
)
TANH = Activation("tanh", sj.tanh, sj.tanh_jet, sympy.tanh)
EXACT = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
}
ORDERS = [alpha for alpha in itertools.product(range(4), repeat=2) if sum(alpha) <= 4]


@pytest.fixture(params=[SIGMOID, TANH, SOFTPLUS], ids=lambda a: a.name)
def network(request) -> Network:
    drawn = draw_network(2, 3, seed=Seed(5), shape=Shape(steepness=1.0))
    return dataclasses.replace(drawn, activation=request.param)


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (5, 2))


def exact_feature(network, j, alpha, point) -> float:
    """d^alpha of a neuron, differentiated numerically at 40 digits."""
    function = EXACT[network.activation.name]
    w, v, b = map(mpmath.mpf, (*network.weights[j], network.biases[j]))

    def neuron(x, y):
        return function(w * x + v * y + b)

    with mpmath.workdps(40):
        x = tuple(map(mpmath.mpf, point))
        return float(mpmath.diff(neuron, x, alpha) if any(alpha) else neuron(*x))


def test_features_are_the_derivatives_of_the_activation(network, points):
    features = network.features(points, ORDERS)
    for j, alpha in itertools.product(range(3), ORDERS):
        size = np.abs(network.weights).max() ** sum(alpha)
        expected = exact_feature(network, j, alpha, points[j])
        assert features[alpha][j, j] == pytest.approx(expected, rel=1e-12, abs=1e-14 * size)


def test_a_contraction_is_the_features_times_outer_weights(network, points):
    outer = np.random.default_rng(2).standard_normal((len(ORDERS), 3))
    found = network.contracted(points, list(zip(ORDERS, outer, strict=True)))
    features = network.features(points, ORDERS)
    expected = [features[alpha] @ a for alpha, a in zip(ORDERS, outer, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_a_combination_adds_up_features_group_by_group(network, points):
    groups = [ORDERS[:4], ORDERS[3:], ORDERS[7:8]]
    factors = [np.random.default_rng(3).standard_normal((len(g), len(points))) for g in groups]
    found = network.combination(groups)(points, factors)
    features = network.features(points, ORDERS)
    for group, shares, total in zip(groups, factors, found, strict=True):
        pairs = zip(group, shares, strict=True)
        expected = sum(share[:, None] * features[alpha] for alpha, share in pairs)
        np.testing.assert_allclose(total, expected, rtol=1e-12, atol=1e-13)


def test_an_image_has_the_features_of_the_mapped_point(network, points):
    axes, signs = np.array([1, 0]), np.array([-1.0, 1.0])
    mapped = np.empty_like(points)
    mapped[:, axes] = signs * points
    zero = (0, 0)
    together = network.beside([network.image(axes, signs)]).features(points, [zero])[zero]
    np.testing.assert_array_equal(together[:, :3], network.features(points, [zero])[zero])
    np.testing.assert_allclose(together[:, 3:], network.features(mapped, [zero])[zero], rtol=1e-13)


def test_formulas_are_those_of_the_activation(network, points):
    x, y = sympy.symbols("x y")
    features = network.features(points, [(1, 1)])[1, 1]
    for j, formula in enumerate(network.formulas([x, y])):
        found = sympy.lambdify([x, y], formula.diff(x, y))(*points.T)
        np.testing.assert_allclose(found, features[:, j], rtol=1e-10, atol=1e-13)


def test_a_file_names_the_activation(network, points, monkeypatch):
    partition = Partition.whole((0.0, 0.0), (1.0, 2.0))
    coefficients = np.random.default_rng(4).standard_normal((1, 1, 3))
    arrays = BlockField(partition, network, coefficients).arrays()
    monkeypatch.setitem(ACTIVATIONS, network.activation.name, network.activation)
    again = BlockField.from_arrays(arrays, 2, 1)
    assert again.network.activation is network.activation
    monkeypatch.delitem(ACTIVATIONS, network.activation.name)
    with pytest.raises(ValueError, match=f"activation: got {network.activation.name}, expected"):
        BlockField.from_arrays(arrays, 2, 1)


@pytest.mark.parametrize("activation", [SIGMOID, TANH, SOFTPLUS], ids=lambda a: a.name)
def test_a_boundary_value_problem_is_solved_by_any_activation(activation):
    x, u = sympy.symbols("x"), sympy.Function("u")
    equation = sympy.Eq(u(x).diff(x, 2) + u(x), sympy.exp(x))
    exact = sympy.exp(x) / 2
    conditions = [sympy.Eq(u(end), exact.subs(x, end)) for end in (0, 2)]
    problem = sj.Problem(equation, u(x), {x: (0, 2)}, conditions)
    network = dataclasses.replace(draw_network(1, 40, Seed(0)), activation=activation)
    discretisation = Discretisation(Partition.between([0.0, 1.0, 2.0]), network, 1)
    fit = solve_discretised(
        System.compile(problem), discretisation, None, weight=30.0, seed=Seed(0)
    )
    points = np.linspace(0, 2, 50)[:, None]
    found = fit.field.derivatives([(0, (0,)), (0, (2,))], points)
    np.testing.assert_allclose(found[0], np.exp(points[:, 0]) / 2, rtol=1e-10)
    np.testing.assert_allclose(found[1], np.exp(points[:, 0]) / 2, rtol=1e-7)
