"""Linearised rows and Gauss-Newton: exactness in the span, rate, conditions of every form."""

import itertools

import numpy as np
import pytest
import sympy
from sympy import E, Eq, Function, Integral, Rational, cos, exp, log, pi, sin, sqrt, symbols

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.network.network import Shape, draw_network
from sigmajet.discretization.collocation.collocation import Discretisation
from sigmajet.discretization.collocation.fit import solve_discretised
from sigmajet.geometry.partition import Partition
from sigmajet.nonlinear.gauss_newton import STEPS, Status
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

x, y = symbols("x y")
u, v = Function("u"), Function("v")
GRID = np.linspace(0, 1, 101)


def discretised(problem, width, seed=0, blocks=1, steepness=0.1, start=None, steps=STEPS):
    partition = Partition.whole(problem.domain.lower, problem.domain.upper).split({0: blocks})
    network = draw_network(partition.dimension, width, Seed(seed), Shape(steepness))
    discretisation = Discretisation(partition, network, len(problem.unknowns))
    return solve_discretised(
        System.compile(problem), discretisation, start, weight=50.0, seed=Seed(seed), steps=steps
    )


def values(fit, points):
    return fit.field.derivatives([(0, (0,) * points.shape[1])], points)[0]


def span_member(network, variables, seed):
    """A combination of the network's neurons as a SymPy expression of the unit-box variables."""
    weights = np.random.default_rng(seed).standard_normal(network.width)
    reference = [2 * s - 1 for s in variables]
    return sum(
        a / (1 + exp(-sum(w * r for w, r in zip(row, reference, strict=True)) - b))
        for a, row, b in zip(
            weights.tolist(), network.weights.tolist(), network.biases.tolist(), strict=True
        )
    )


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_line_problem_is_exact_for_a_solution_in_the_span(order):
    network = draw_network(1, 6, Seed(3), Shape(0.5))
    member = span_member(network, (x,), 1)
    conditions = [
        Eq(u(x).diff(x, k).subs(x, 0), member.diff(x, k).subs(x, 0)) for k in range(order)
    ]
    equation = Eq(u(x).diff(x, order) + x * u(x), member.diff(x, order) + x * member)
    problem = sj.Problem(equation, u(x), {x: (0, 1)}, conditions)
    fit = discretised(problem, 6, 3, steepness=0.5)
    expected = sympy.lambdify(x, member)(GRID)
    np.testing.assert_allclose(values(fit, GRID[:, None]), expected, rtol=0, atol=1e-12)


def test_a_plane_problem_is_exact_for_a_solution_in_the_span():
    network = draw_network(2, 8, Seed(3), Shape(0.8))
    member = span_member(network, (x, y), 2)
    field = u(x, y)
    walls = [Eq(field.subs(s, place), member.subs(s, place)) for s in (x, y) for place in (0, 1)]
    equation = Eq(
        field.diff(x, 2) + field.diff(x, y) + 2 * field.diff(y, 2),
        member.diff(x, 2) + member.diff(x, y) + 2 * member.diff(y, 2),
    )
    problem = sj.Problem(equation, field, {x: (0, 1), y: (0, 1)}, walls)
    fit = discretised(problem, 8, 3, steepness=0.8)
    points = np.random.default_rng(0).uniform(0, 1, (60, 2))
    expected = sympy.lambdify((x, y), member)(*points.T)
    np.testing.assert_allclose(values(fit, points), expected, rtol=0, atol=1e-11)


def riccati():
    return sj.Problem(Eq(u(x).diff(x), -(u(x) ** 2)), u(x), {x: (0, 2)}, [Eq(u(0), 3)])


def test_gauss_newton_converges_quadratically():
    exact = 3 / (1 + 6 * GRID)
    errors = []
    for steps in range(1, 9):
        fit = discretised(riccati(), 60, steps=steps)
        errors.append(np.abs(values(fit, 2 * GRID[:, None]) - exact).max())
    # e' <= C e^2 with one C, down to where rounding takes over.
    ratios = [after / before**2 for before, after in itertools.pairwise(errors) if after > 1e-8]
    assert len(ratios) >= 3
    assert max(ratios) < 2.0
    assert errors[-1] < 1e-8


def test_past_a_fold_the_last_iterate_that_was_accepted_is_handed_back():
    # Bratu's problem has no solution beyond a factor of 3.51: the full step leads to 1e36.
    bratu = sj.Problem(
        Eq(u(x).diff(x, 2) + 4 * exp(u(x)), 0), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)]
    )
    fit = discretised(bratu, 60)
    assert fit.status is Status.STALLED
    assert not fit.converged
    found = fit.field.derivatives([(0, (0,)), (0, (2,))], GRID[:, None])
    assert np.abs(found[1] + 4 * np.exp(found[0])).max() < 3.0
    assert np.abs(found[0]).max() < 3.0


def test_a_nonlinear_problem_started_at_its_solution_stays_there():
    fit = discretised(riccati(), 60)
    again = discretised(riccati(), 60, start=fit.field, steps=1)
    points = 2 * GRID[:, None]
    np.testing.assert_allclose(values(again, points), values(fit, points), rtol=0, atol=1e-8)


@pytest.mark.parametrize("blocks", [2, 3, 5])
def test_a_solution_is_smooth_across_interfaces(blocks):
    problem = sj.Problem(
        Eq(u(x).diff(x, 2), -100 * u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1), Eq(u(1), cos(10))]
    )
    fit = discretised(problem, 40, blocks=blocks)
    np.testing.assert_allclose(values(fit, GRID[:, None]), np.cos(10 * GRID), rtol=0, atol=1e-9)
    for edge in np.arange(1, blocks) / blocks:
        sides = np.array([[np.nextafter(edge, 0) - 1e-15], [np.nextafter(edge, 1) + 1e-15]])
        for order in (0, 1):
            left, right = fit.field.derivatives([(0, (order,))], sides)[0]
            assert abs(left - right) < 1e-8


def at(place, order=1):
    return u(x).diff(x, order).subs(x, place)


CONDITIONS = {
    "integral": ([Eq(u(x).diff(x), u(x))], [Eq(Integral(u(x), (x, 0, 1)), 1)], exp(x) / (E - 1)),
    "weighted part": (
        [Eq(u(x).diff(x), u(x))],
        [Eq(Integral(u(x), (x, 0, Rational(1, 2))) + u(1), sqrt(E) - 1 + E)],
        exp(x),
    ),
    "several points": (
        [Eq(u(x).diff(x, 2), -u(x))],
        [
            Eq(u(0) + u(Rational(1, 2)), sin(Rational(1, 2))),
            Eq(u(1) - 2 * u(Rational(1, 4)), sin(1) - 2 * sin(Rational(1, 4))),
        ],
        sin(x),
    ),
    "periodic": (
        [Eq(u(x).diff(x, 2) - u(x), -(1 + 4 * pi**2) * sin(2 * pi * x))],
        [Eq(u(0), u(1)), Eq(at(0), at(1))],
        sin(2 * pi * x),
    ),
    "Robin": ([Eq(u(x).diff(x, 2), u(x))], [Eq(at(0) + u(0), 2), Eq(at(1), E)], exp(x)),
    "cube": ([Eq(u(x).diff(x), u(x))], [Eq(u(0) ** 3, 8)], 2 * exp(x)),
    "exponential": ([Eq(u(x).diff(x), u(x))], [Eq(exp(u(0)), 3)], log(3) * exp(x)),
    "product of two places": (
        [Eq(u(x).diff(x, 2), 0)],
        [Eq(u(0) * u(1), 2), Eq(u(1) - u(0), 1)],
        1 + x,
    ),
    "square root in the equation": (
        [Eq(u(x).diff(x), sqrt(u(x)))],
        [Eq(u(0), 1)],
        (1 + x / 2) ** 2,
    ),
    "logarithm in the equation": ([Eq(u(x).diff(x), u(x) * log(u(x)))], [Eq(u(0), 2)], 2 ** exp(x)),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_and_equations_of_every_form_are_met(name):
    equations, conditions, formula = CONDITIONS[name]
    problem = sj.Problem(equations, u(x), {x: (0, 1)}, conditions)
    solution = sj.solve(problem, tol=1e-9, method="steady")
    expected = sympy.lambdify(x, formula)(GRID)
    np.testing.assert_allclose(solution(GRID), expected, rtol=0, atol=1e-9 * abs(expected).max())


def test_unknowns_of_different_order_are_solved_together():
    equations = [Eq(u(x).diff(x, 3), v(x)), Eq(v(x).diff(x), u(x).diff(x, 2))]
    conditions = [Eq(u(0), 1), Eq(u(1), E), Eq(at(0), 1), Eq(v(0), 1)]
    solution = sj.solve(sj.Problem(equations, [u(x), v(x)], {x: (0, 1)}, conditions), tol=1e-10)
    np.testing.assert_allclose(solution(GRID), [np.exp(GRID)] * 2, rtol=1e-10)


def test_a_condition_without_a_real_solution_is_refused():
    problem = sj.Problem(Eq(u(x).diff(x), u(x)), u(x), {x: (0, 1)}, [Eq(u(0) ** 2, -4)])
    with pytest.raises(sj.SigmajetError):
        sj.solve(problem)


def test_a_step_of_gauss_newton_asks_no_field_twice_for_the_same(monkeypatch):
    asked = []
    evaluate = BlockField.derivatives

    def counted(self, wanted, points):
        asked.append((self.coefficients.tobytes(), tuple(wanted), points.tobytes()))
        return evaluate(self, wanted, points)

    monkeypatch.setattr(BlockField, "derivatives", counted)
    conditions = [Eq(u(0), 0), Eq(u(1), 0)]
    near, bratu = (
        sj.Problem(Eq(u(x).diff(x, 2) + load, 0), u(x), {x: (0, 1)}, conditions)
        for load in (1, exp(u(x)))
    )
    start = discretised(near, 15).field
    asked.clear()
    discretised(bratu, 20, start=start, steps=1)
    assert len(asked) > 6
    assert len(set(asked)) == len(asked)
