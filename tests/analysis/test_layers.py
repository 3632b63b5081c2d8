"""Boundary layers that the operator tells, before and after they are solved."""

import numpy as np
import pytest
from sympy import Eq, Function, Rational, exp, lambdify, sinh, sqrt, symbols

import sigmajet as sj
from sigmajet.analysis.boundary_value.layers import layer_edges
from sigmajet.problem.compiled.system import System

x, y = symbols("x y")
u = Function("u")(x, y)
SMALL = Rational(1, 10_000)
GRID = np.union1d(np.geomspace(1e-7, 0.5, 80), 1 - np.geomspace(1e-7, 0.5, 80))


def diffusion(rest, size=1):
    box = {x: (0, size), y: (0, size)}
    walls = [Eq(u.subs(v, end), 0) for v in (x, y) for end in (0, size)]
    return sj.Problem(Eq(-SMALL * (u.diff(x, 2) + u.diff(y, 2)) + rest, 1), u, box, walls)


@pytest.mark.parametrize(
    ("rest", "thickness"),
    [
        (u.diff(x) + 2 * u.diff(y), {(0, 1): 1e-4, (1, 1): 5e-5}),
        (-u.diff(x) - u.diff(y), {(0, 0): 1e-4, (1, 0): 1e-4}),
        (4 * u, {(0, 0): 5e-3, (0, 1): 5e-3, (1, 0): 5e-3, (1, 1): 5e-3}),
        # along a wall that the flow goes along: lambda^2 = i / epsilon
        (u.diff(x), {(0, 1): 1e-4, (1, 0): 2**0.5 * 1e-2, (1, 1): 2**0.5 * 1e-2}),
        (0, {}),
    ],
    ids=["outflow", "outflow below", "reaction", "along walls", "none"],
)
def test_layers_are_where_the_operator_lets_them_decay(rest, thickness):
    edges = layer_edges(System.compile(diffusion(rest)), resolved=10.0, tol=1e-4)
    found = {(axis, int(place > 0.5)): min(place, 1 - place) / 10 for axis, place in edges}
    assert found == pytest.approx(thickness, rel=1e-2)


def test_a_layer_is_as_thick_in_a_box_of_any_size():
    edges = layer_edges(System.compile(diffusion(u.diff(x), size=5)), resolved=10.0, tol=1e-4)
    assert [5 - place for axis, place in edges if axis == 0] == pytest.approx([1e-3])


def solved(operator, truth, tol):
    walls = [Eq(u.subs(v, end), truth.subs(v, end)) for v in (x, y) for end in (0, 1)]
    equation = Eq(operator(u), operator(truth))
    solution = sj.solve(sj.Problem(equation, u, {x: (0, 1), y: (0, 1)}, walls), tol=tol)
    points = np.meshgrid(GRID, GRID, indexing="ij")
    exact = lambdify((x, y), truth, "numpy")(*points)
    weights = np.sqrt(np.gradient(GRID)[:, None] * np.gradient(GRID))
    off = (solution(*points) - exact) * weights
    return solution, np.linalg.norm(off) / np.linalg.norm(exact * weights)


@pytest.mark.parametrize("small", [SMALL, Rational(1, 10**6)])
def test_outflow_layers_are_solved_however_thin(small):
    def operator(v):
        return -small * (v.diff(x, 2) + v.diff(y, 2)) + v.diff(x) + v.diff(y)

    truth = (x - exp((x - 1) / small)) * (1 + y - exp((y - 1) / small))
    solution, error = solved(operator, truth, 1e-5)
    assert error < 1e-5
    assert solution.report.attempts[-1].blocks <= 9


def test_layers_of_a_reaction_are_solved_at_all_walls():
    rate = 1 / sqrt(SMALL)

    def layer(v):
        return (sinh(rate * v) + sinh(rate * (1 - v))) / sinh(rate)

    def operator(v):
        return -SMALL * (v.diff(x, 2) + v.diff(y, 2)) + v

    solution, error = solved(operator, 1 - layer(x) * (1 + y) + layer(y), 1e-5)
    assert error < 1e-5
    assert solution.report.attempts[-1].blocks <= 25
