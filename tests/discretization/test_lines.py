"""The method of lines: orthonormal functions, walls built in, exact Jacobian."""

import numpy as np
import pytest
from sympy import Eq, Function, Heaviside, Integral, Piecewise, Rational, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.approximation.basis import orthonormal_basis
from sigmajet.approximation.network.network import draw_network
from sigmajet.discretization.galerkin.lines import Lines
from sigmajet.discretization.galerkin.space import Space
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.evolution import EvolutionModel
from sigmajet.problem.compiled.refusal import Refusal
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

x, y, t = symbols("x y t")
u, v = Function("u")(x, t), Function("v")(x, t)


def lines(problem, width=24, blocks=1) -> Lines:
    model = EvolutionModel.read(System.compile(problem))
    domain = problem.domain
    partition = Partition.whole(domain.lower[:-1], domain.upper[:-1]).split({0: blocks})
    basis = orthonormal_basis(draw_network(partition.dimension, width, Seed(0)))
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


def radiation():
    """A wall that radiates, another whose coefficient moves."""
    walls = [Eq(u.subs(x, 0) + (1 + t) * u.diff(x).subs(x, 0), 1)]
    walls += [Eq(u.diff(x).subs(x, 1), -(u.subs(x, 1) ** 4))]
    equation = Eq(u.diff(t), u.diff(x, 2) - u**2)
    return sj.Problem(equation, u, {x: (0, 1), t: (0, 1)}, [Eq(u.subs(t, 0), 1), *walls], time=t)


def radiating_wave():
    walls = [Eq(u.subs(x, 0), 0), Eq(u.diff(x).subs(x, 1), -(u.subs(x, 1) ** 3) + t)]
    start = [Eq(u.subs(t, 0), 0), Eq(u.diff(t).subs(t, 0), 0)]
    return sj.Problem(
        Eq(u.diff(t, 2), u.diff(x, 2)), u, {x: (0, 1), t: (0, 1)}, walls + start, time=t
    )


@pytest.mark.parametrize(("dimension", "width"), [(1, 30), (2, 50)])
def test_the_functions_of_a_basis_are_orthonormal(dimension, width):
    basis = orthonormal_basis(draw_network(dimension, width, Seed(0)))
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
    basis = orthonormal_basis(draw_network(2, 30, Seed(0)))
    p, q = basis.points.T
    assert basis.weights @ (p**4 * q**6) == pytest.approx(1 / 5 / 7, rel=1e-13)
    assert basis.weights @ (p**3 * q**2) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("blocks", [1, 3])
def test_any_state_meets_the_walls_at_any_time(blocks):
    space = lines(reaction(), blocks=blocks).space
    rng = np.random.default_rng(0)
    for moment in (0.0, 0.3, 1.0):
        data = space.data(moment, np.zeros((1, space.size)))
        for order in range(2):
            free = rng.standard_normal((1, space.size))
            found = space.coefficients(free, data[order : order + 1])[0]
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


def rate(system: Lines, moment, state):
    return system.rates(np.array([moment]), state[None])[0]


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("problem", [reaction, wave, radiation, radiating_wave])
def test_the_linearised_system_is_that_of_the_rate(problem, blocks):
    system = lines(problem(), width=14, blocks=blocks)
    rng = np.random.default_rng(1)
    space = system.space
    state = 0.3 * rng.standard_normal(system.model.order * space.size)
    shift = 1000.0 + 300.0j  # with so large a shift the solve is well conditioned
    solve = system.linearise(0.4, state, np.zeros_like(state)).factor(shift)
    for _ in range(5):
        direction = rng.standard_normal(len(state))
        step = 1e-6
        ahead, behind = (rate(system, 0.4, state + s * step * direction) for s in (1, -1))
        slope = (ahead - behind) / (2 * step)
        # (shift - J) d by differences; rounding over the step bounds what they can tell. Of a
        # wall's second level the derivative by the first is left out: see `fill`.
        found = solve((shift * direction - slope).astype(complex))
        tolerance = 1e-2 if problem is radiating_wave else 1e-5
        np.testing.assert_allclose(found, direction, rtol=0, atol=tolerance)


def test_projection_gives_back_a_state_and_leaves_smooth_functions_alone():
    space = lines(reaction(), width=30).space
    nothing = np.zeros((1, space.size))
    data = space.data(0.2, nothing)[:1]
    free = np.random.default_rng(2).standard_normal((1, space.size))
    coefficients = space.coefficients(free, data)
    values = np.array([space.values(i, (0,), coefficients)[0] for i in range(2)])
    np.testing.assert_allclose(space.project(values[None], data), free, rtol=0, atol=1e-8)
    assert space.gap(values, free[0], data[0]) < 1e-12
    # Functions that meet the walls at t = 0: u(0) = 1, u(1) = 1; v'(0) = 0, v(1) + v'(1) = 2.
    s = space.points[:, 0]
    smooth = np.array([1 + np.sin(np.pi * s), 2 * s**2 / 3])
    data = space.data(0.0, nothing)[:1]
    assert space.gap(smooth, space.project(smooth[None], data)[0], data[0]) < 1e-9
    off = smooth + 1.0  # meets no wall: cannot be reached
    assert space.gap(off, space.project(off[None], data)[0], data[0]) > 1e-3


def test_data_of_the_walls_are_differentiated_in_time():
    space = lines(reaction()).space
    nothing = np.zeros((1, space.size))
    ahead, behind, now = (space.data(0.5 + h, nothing) for h in (1e-4, -1e-4, 0.0))
    slopes = (ahead - behind)[:-1] / 2e-4
    np.testing.assert_allclose(now[1:], slopes, rtol=0, atol=1e-7 * np.abs(now).max())
    assert np.abs(now[1]).max() > 0


@pytest.mark.parametrize("blocks", [1, 3])
def test_an_implicit_wall_is_met_by_any_state_and_stays_met(blocks):
    system = lines(radiating_wave(), width=24, blocks=blocks)
    space = system.space
    rng = np.random.default_rng(3)
    levels = 0.3 * rng.standard_normal((2, space.size))

    def traces(data, level):
        coefficients = space.coefficients(levels[level : level + 1], data[level : level + 1])[0, 0]
        found = [
            space.basis.evaluate(space.partition, blocks - 1, np.array([[1.0]]), {(k,)})[(k,)]
            for k in (0, 1)
        ]
        return [float(f[0] @ coefficients[blocks - 1]) for f in found]

    data = space.data(0.7, levels)
    value, slope = traces(data, 0)
    assert slope == pytest.approx(-(value**3) + 0.7, abs=1e-9 * (1 + abs(slope)))
    # And its time derivative: u_xt = -3 u^2 u_t + 1.
    speed, bend = traces(data, 1)
    assert bend == pytest.approx(-3 * value**2 * speed + 1, abs=1e-7 * (1 + abs(bend)))


def test_conditions_off_the_walls_are_refused_by_name():
    mean = Eq(Integral(u, (x, 0, 1)), 0)
    beside = Eq(u.subs(x, 1), u.subs(x, Rational(1, 3)))
    read = []
    for condition in (mean, beside):
        walls = [Eq(u.subs(t, 0), x), Eq(u.subs(x, 0), 0), condition]
        problem = sj.Problem(Eq(u.diff(t), u.diff(x, 2)), u, {x: (0, 1), t: (0, 1)}, walls, time=t)
        read.append(EvolutionModel.read(System.compile(problem)))
    refusal, model = read
    assert isinstance(refusal, Refusal)
    assert "takes nothing on the walls" in refusal.reason
    assert list(model.walls.moving) == [1]


def test_functions_of_many_blocks_agree_where_these_meet():
    space = lines(wave(), blocks=5).space
    free = np.random.default_rng(4).standard_normal((1, space.size))
    coefficients = space.coefficients(free, space.data(0.0, free)[:1] * 0)[0, 0]
    for left in range(4):
        edge = np.array([[(left + 1) / 5]])
        for order in (0, 1):
            sides = [
                float(
                    space.basis.evaluate(space.partition, b, edge, {(order,)})[(order,)][0]
                    @ coefficients[b]
                )
                for b in (left, left + 1)
            ]
            # The roughest functions carry rounding of 1e-16 over the cut of 1e-12.
            assert sides[0] == pytest.approx(sides[1], abs=1e-5 * (1 + abs(sides[0])))


@pytest.mark.parametrize("order", [2, 4])
def test_rounding_breaks_no_constraint_of_a_smooth_state(order):
    walls = [Eq(u.diff(x, k).subs(x, end), 0) for k in range(order // 2) for end in (0, 1)]
    equation = Eq(u.diff(t), (-1) ** (order // 2 + 1) * u.diff(x, order))
    shape = sin(pi * x) ** order
    problem = sj.Problem(
        equation, u, {x: (0, 1), t: (0, 1)}, [Eq(u.subs(t, 0), shape), *walls], time=t
    )
    model = EvolutionModel.read(System.compile(problem))
    edges = np.array([0.0, 0.125, 0.25, 0.5, 0.75, 0.875, 1.0])
    basis = orthonormal_basis(draw_network(1, 48, Seed(0)))
    space = Space(model.walls, Partition.between(edges), basis, 0.0)
    values = np.sin(np.pi * space.points.T) ** order
    data = space.start(0.0, values[None])
    free = space.project(values[None], data[:1])
    coefficients = space.coefficients(free, data[:1])[0, 0]
    for right, edge in enumerate(edges):
        alphas = {(k,) for k in range(order if 0.0 < edge < 1.0 else order // 2)}
        sides = [b for b in (right - 1, right) if 0 <= b < len(edges) - 1]
        here = [space.basis.evaluate(space.partition, b, edge[None, None], alphas) for b in sides]
        for alpha in alphas:
            terms = [part[alpha][0] * coefficients[b] for b, part in zip(sides, here, strict=True)]
            apart = abs(sum(sign * part.sum() for sign, part in zip((1, -1), terms, strict=False)))
            # Left in, it was 1e-13 of the terms at order 2, and 3e-12 at order 4.
            assert apart < 2e-14 * sum(np.abs(part).sum() for part in terms)


def test_the_initial_state_is_read_from_the_conditions():
    model = lines(reaction()).model
    points = np.linspace(0, 1, 7)[:, None]
    np.testing.assert_allclose(
        model.initial_values(points)[0], [np.cos(points[:, 0]), points[:, 0]], atol=1e-15
    )


@pytest.mark.parametrize(
    "switched",
    [Piecewise((1, x < t / 2), (0, True)), Heaviside(t - 2 * x) * (1 + u)],
)
def test_integrals_do_not_jump_as_a_switch_moves_over_points(switched):
    start = [Eq(u.subs(t, 0), 0), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)]
    heat = Eq(u.diff(t), u.diff(x, 2) + switched)
    equations = lines(sj.Problem(heat, u, {x: (0, 1), t: (0, 1)}, start, time=t), blocks=2)
    space = equations.space
    times = np.array([0.1, 0.301, 0.302, 0.7, 0.998])
    rates = equations.rates(times, np.zeros((len(times), space.size)))
    found = space.coefficients(rates, np.zeros((len(times), len(space.data(0.0, rates[:1])[0]))))
    values = space.values(0, (0,), found)
    against = values * np.sin(np.pi * space.points[:, 0]) @ space.weights
    np.testing.assert_allclose(against, (1 - np.cos(np.pi * times / 2)) / np.pi, rtol=1e-9)
