"""Modules that were trained elsewhere: read as they are, and a start for both kinds of solves."""

from itertools import pairwise

import numpy as np
import pytest
from sympy import Eq, Function, exp, pi, sin, symbols

import sigmajet as sj

torch = pytest.importorskip("torch")
nn = torch.nn

x, y = symbols("x y")
U = Function("u")
PLACES = np.random.default_rng(0).uniform(0.0, 1.0, (2, 20))


def plane():
    u, exact = U(x, y), exp(x) * sin(pi * y)
    walls = [Eq(u.subs(*wall), exact.subs(*wall)) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    equation = Eq(u.diff(x, 2) + u.diff(y, 2), (1 - pi**2) * exact)
    return sj.Problem(equation, u, {x: (0, 1), y: (0, 1)}, walls)


def perceptron(activation, kind, *sizes):
    torch.manual_seed(3)
    layers = [nn.Linear(a, b, dtype=kind) for a, b in pairwise(sizes)]
    between = [part for layer in layers[:-1] for part in (layer, activation)]
    return nn.Sequential(*between, layers[-1])


class Scaled(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.inner, self.factor = perceptron(nn.Tanh(), torch.float64, 2, 4, 1), factor

    def forward(self, points):
        return self.inner(self.factor * points)


def started(module, **further):
    """The network after no step: more than a step cannot be made in so little time."""
    return sj.solve(
        plane(), method="deep", guess=module, seconds=1e-9, on_failure="return", **further
    )


@pytest.mark.parametrize("sizes", [(2, 7, 1), (2, 5, 6, 1)])
@pytest.mark.parametrize("activation", [nn.Tanh(), nn.Sigmoid()], ids=["tanh", "sigmoid"])
def test_a_module_is_read_to_its_last_digit(activation, sizes):
    module = perceptron(activation, torch.float64, *sizes)
    solution = started(module)
    expected = module(torch.tensor(PLACES.T)).detach().numpy()[:, 0]
    np.testing.assert_allclose(solution(*PLACES), expected, rtol=0, atol=1e-14)
    assert solution.report.layers == sizes[1:-1]
    assert not solution.converged


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_module_may_be_of_any_precision_and_inside_another(kind):
    module = Scaled(1)
    module.inner = perceptron(nn.Sigmoid(), kind, 2, 5, 1)
    weights = [p.detach().double().numpy() for p in module.parameters()]
    logistic = 1 / (1 + np.exp(-(PLACES.T @ weights[0].T + weights[1])))
    expected = logistic @ weights[2][0] + weights[3]
    np.testing.assert_allclose(started(module)(*PLACES), expected, rtol=0, atol=1e-14)


def test_a_training_goes_on_from_a_module_and_from_a_training():
    trained = sj.solve(plane(), tol=1e-2, method="deep", layers=(8, 8))
    again = started(trained)
    np.testing.assert_array_equal(again(*PLACES), trained(*PLACES))
    module = perceptron(nn.Tanh(), torch.float64, 2, 8, 8, 1)
    with torch.no_grad():
        for layer, (weights, bias) in zip(module[::2], trained.field.network.layers, strict=True):
            layer.weight.copy_(torch.tensor(weights.T))
            layer.bias.copy_(torch.tensor(bias))
        module[0].weight.mul_(2)  # from the box [0, 1] to [-1, 1]
        module[0].bias.sub_(module[0].weight.sum(1) / 2)
    solution = sj.solve(plane(), tol=1e-2, method="deep", guess=module, steps=60)
    exact = np.exp(PLACES[0]) * np.sin(np.pi * PLACES[1])
    assert np.linalg.norm(solution(*PLACES) - exact) < 1e-2 * np.linalg.norm(exact)


def bratu():
    ends = [Eq(U(0), 0), Eq(U(1), 0)]
    return sj.Problem(Eq(U(x).diff(x, 2) + exp(U(x)), 0), U(x), {x: (0, 1)}, ends)


@pytest.mark.parametrize("framework", ["torch", "equinox"])
def test_a_module_chooses_between_solutions(framework):
    # 4.4 (tanh(4 x) - tanh(4 x - 4) - 1) is a hill as high as the upper solution, of 4.09.
    inner, shift, outer = [[4.0], [4.0]], [0.0, -4.0], [[4.4, -4.4]]
    if framework == "torch":
        module = perceptron(nn.Tanh(), torch.float64, 1, 2, 1)
        values = (inner, shift, outer, [-4.4])
        with torch.no_grad():
            for parameter, value in zip(module.parameters(), values, strict=True):
                parameter.copy_(torch.tensor(value))
    else:
        eqx, jax = pytest.importorskip("equinox"), pytest.importorskip("jax")
        module = eqx.nn.MLP(1, 1, 2, 1, activation=jax.numpy.tanh, key=jax.random.key(0))
        module = eqx.tree_at(
            lambda m: [p for layer in m.layers for p in (layer.weight, layer.bias)],
            module,
            [jax.numpy.asarray(v) for v in (inner, shift, outer, [-4.4])],
        )
    high = sj.solve(bratu(), tol=1e-10, guess=module)
    upper = 10.938702772122106833  # root of theta = sqrt(2) cosh(theta / 4), by mpmath
    assert high(0.5) == pytest.approx(2 * np.log(np.cosh(upper / 4)), rel=1e-9)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (Scaled(2), "not those of its layers"),
        (perceptron(nn.ReLU(), torch.float64, 2, 3, 1), "ReLU"),
        (perceptron(nn.GELU(), torch.float32, 2, 3, 1), "GELU"),
        (nn.Sequential(*perceptron(nn.Tanh(), torch.float64, 2, 3, 1), nn.Tanh()), "Sequential"),
        (nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1)), "LayerNorm"),
        (nn.Linear(2, 1), "Linear"),
        (perceptron(nn.Tanh(), torch.float64, 3, 3, 1), "3 numbers to 1, expected one from the 2"),
        (perceptron(nn.Tanh(), torch.float64, 2, 3, 2), "to 2, expected"),
        (sin(x), 'method="deep" starts from'),
    ],
)
def test_other_modules_are_refused_by_name(module, message):
    with pytest.raises(sj.ProblemError, match=message):
        started(module)


def test_layers_beside_a_module_are_its_own():
    module = perceptron(nn.Tanh(), torch.float64, 2, 3, 1)
    assert started(module, layers=(3,)).report.layers == (3,)
    with pytest.raises(sj.ProblemError, match=r"layers: got \(4,\), and those of the guess"):
        started(module, layers=(4,))


def test_a_solution_whose_unknown_is_called_weight_is_no_module():
    weight = Function("weight")
    sagging = sj.Problem(
        Eq(weight(x).diff(x, 2), exp(weight(x)) - 1),
        weight(x),
        {x: (0, 1)},
        [Eq(weight(0), 1), Eq(weight(1), 0)],
    )
    first = sj.solve(sagging, tol=1e-4)
    again = sj.solve(sagging, tol=1e-8, guess=first)
    assert again(0.5) == pytest.approx(first(0.5), abs=1e-4)
    with pytest.raises(
        sj.ProblemError, match=r"starts from a trained module .* or from a solution"
    ):
        sj.solve(sagging, method="deep", guess=first)
