"""The method of lines: orthonormal functions, walls built in, exact Jacobian."""

import numpy as np
import pytest
from sympy import Eq, Function, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solver.basis import orthonormal_basis
from sigmajet.solver.collocation import System
from sigmajet.solver.lines import EvolutionModel, Lines
from sigmajet.solver.network import draw_network
from sigmajet.solver.partition import Partition
from sigmajet.solver.space import Space

x, y, t = symbols("x y t")
u, v = Function("u")(x, t), Function("v")(x, t)


def lines(problem, width=24, blocks=1) -> Lines:
    model = EvolutionModel(System.compile(problem))
    domain = problem.domain
    partition = Partition.whole(domain.lower[:-1], domain.upper[:-1]).split({0: blocks})
    basis = orthonormal_basis(draw_network(partition.dimension, width, 0))
    return Lines(model, Space(model.walls, partition, basis, domain.lower[-1]))


def reaction():
    """Two unknowns, nonlinear, with walls that move."""
    equations = [
        Eq((2 + sin(x)) * u.diff(t) + v.diff(t), u.diff(x, 2) + u * v.diff(x)),
        Eq(v.diff(t), v.diff(x, 2) + u**2 - t * v),
    ]
    walls = [Eq(u.subs(x, 0), exp(t)), Eq(u.subs(x, 1), 1 + t)]
    walls += [Eq(v.diff(x).subs(x, 0), sin(t)), Eq(v.subs(x, 1) + v.diff(x).subs(x, 1), 2)]
    start = [Eq(u.subs(t, 0), cos(x)), Eq(v.subs(t, 0), x)]
    return sj.Problem(equations, [u, v], {x: (0, 1), t: (0, 1)}, walls + start, time=t)


def wave():
    walls = [Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)]
    start = [Eq(u.subs(t, 0), sin(pi * x)), Eq(u.diff(t).subs(t, 0), 0)]
    equation = Eq(u.diff(t, 2), u.diff(x, 2) - u.diff(t) ** 2 - u**3)
    return sj.Problem(equation, u, {x: (0, 1), t: (0, 1)}, walls + start, time=t)


@pytest.mark.parametrize(("dimension", "width"), [(1, 30), (2, 50)])
def test_the_functions_of_a_basis_are_orthonormal(dimension, width):
    basis = orthonormal_basis(draw_network(dimension, width, 0))
    partition = Partition.whole((-1.0,) * dimension, (1.0,) * dimension)
    zero = (0,) * dimension
    values = basis.evaluate(partition, 0, basis.points, {zero})[zero]
    gram = values.T @ (basis.weights[:, None] * values)
    # Rounding is amplified by the inverse of the smallest singular value kept; the smooth
    # functions come first and are free of it.
    half = basis.size // 2
    np.testing.assert_allclose(gram[:half, :half], np.eye(half), rtol=0, atol=1e-6)
    np.testing.assert_allclose(np.diag(gram), 1.0, rtol=0, atol=0.2)
    assert basis.weights.sum() == pytest.approx(1.0)


def test_the_quadrature_of_a_basis_is_exact_for_polynomials():
    basis = orthonormal_basis(draw_network(2, 30, 0))
    p, q = basis.points.T
    assert basis.weights @ (p**4 * q**6) == pytest.approx(1 / 5 / 7, rel=1e-13)
    assert basis.weights @ (p**3 * q**2) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("blocks", [1, 3])
def test_any_state_meets_the_walls_at_any_time(blocks):
    space = lines(reaction(), blocks=blocks).space
    rng = np.random.default_rng(0)
    for moment in (0.0, 0.3, 1.0):
        data = space.data(moment)
        for order in range(2):
            found = space.coefficients(rng.standard_normal(space.size), data[order])
            values = []
            edges = [(0, 0, (0,), 0.0), (0, -1, (0,), 1.0), (1, 0, (1,), 0.0)]
            edges += [(1, -1, (0,), 1.0), (1, -1, (1,), 1.0)]
            for unknown, block, alpha, place in edges:
                number = block % blocks
                functions = space.basis.evaluate(
                    space.partition, number, np.array([[place]]), {alpha}
                )[alpha]
                values.append(float(functions[0] @ found[unknown, number]))
            e, s, c = np.exp(moment), np.sin(moment), np.cos(moment)
            expected = ([e, 1 + moment, s, 2.0], [e, 1.0, c, 0.0])[order]
            size = 1 + max(map(abs, values))
            got = [*values[:3], values[3] + values[4]]
            np.testing.assert_allclose(got, expected, rtol=0, atol=1e-9 * size)


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("problem", [reaction, wave])
def test_the_jacobian_is_that_of_the_rate(problem, blocks):
    model = lines(problem(), width=10, blocks=blocks)
    rng = np.random.default_rng(1)
    state = rng.standard_normal(model.model.order * model.space.size)
    jacobian = model.jacobian(0.4, state)
    for _ in range(5):
        direction = rng.standard_normal(len(state))
        step = 1e-5
        ahead, behind = (model.rate(0.4, state + s * step * direction) for s in (1, -1))
        slope = (ahead - behind) / (2 * step)
        size = np.abs(jacobian @ direction).max()
        # The rate is quadratic in most terms, cubic in one: step^2 and rounding / step.
        np.testing.assert_allclose(jacobian @ direction, slope, rtol=0, atol=1e-7 * size)


def test_projection_gives_back_a_state_and_leaves_smooth_functions_alone():
    space = lines(reaction(), width=30).space
    data = space.data(0.2)[0]
    free = np.random.default_rng(2).standard_normal(space.size)
    values = np.array(
        [space.matrices(i, (0,))[0] @ free + space.matrices(i, (0,))[1] @ data for i in range(2)]
    )
    np.testing.assert_allclose(space.project(values, data), free, rtol=0, atol=1e-8)
    assert space.gap(values, free, data) < 1e-12
    # Functions that meet the walls at t = 0: u(0) = 1, u(1) = 1; v'(0) = 0, v(1) + v'(1) = 2.
    s = space.points[:, 0]
    smooth = np.array([1 + np.sin(np.pi * s), 2 * s**2 / 3])
    data = space.data(0.0)[0]
    assert space.gap(smooth, space.project(smooth, data), data) < 1e-9
    off = smooth + 1.0  # meets no wall: cannot be reached
    assert space.gap(off, space.project(off, data), data) > 1e-3


def test_data_of_the_walls_are_differentiated_in_time():
    space = lines(reaction()).space
    ahead, behind, now = (space.data(0.5 + h) for h in (1e-4, -1e-4, 0.0))
    slopes = (ahead - behind)[:-1] / 2e-4
    np.testing.assert_allclose(now[1:], slopes, rtol=0, atol=1e-7 * np.abs(now).max())
    assert np.abs(now[1]).max() > 0


def test_the_initial_state_is_read_from_the_conditions():
    model = lines(reaction()).model
    points = np.linspace(0, 1, 7)[:, None]
    np.testing.assert_allclose(
        model.initial_values(points)[0], [np.cos(points[:, 0]), points[:, 0]], atol=1e-15
    )
