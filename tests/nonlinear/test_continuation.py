"""A path of easier problems is one compiled system, whose leading terms are what they should be."""

import numpy as np
import pytest
from sympy import Abs, Eq, Function, log, sqrt, symbols

import sigmajet as sj
from sigmajet.nonlinear.continuation import leading_path, parameter_path
from sigmajet.problem.compiled.system import System

x, nu = symbols("x nu")
u = Function("u")(x)
LAYER = sj.Problem(
    Eq(nu * u.diff(x, 2), u * u.diff(x) - u),
    u,
    {x: (0, 1)},
    [Eq(u.subs(x, 0), 1), Eq(u.subs(x, 1), -1)],
    parameters={nu: 0.01},
)


@pytest.mark.parametrize(("share", "factor"), [(0.0, 100.0), (0.5, 10.0), (1.0, 1.0)])
def test_leading_terms_alone_are_larger(share, factor):
    system = System.compile(LAYER)
    (equation,) = leading_path(system, 2)(share).equations
    points, traces = np.array([[0.5]]), np.array([[2.0], [3.0], [5.0]])
    orders = [trace.orders[0] for trace in equation.traces]
    traces = traces[orders]
    residual, partials = equation(points, traces)
    assert residual[0] == pytest.approx(factor * 0.01 * 5.0 - 2.0 * 3.0 + 2.0)
    assert partials[orders.index(2), 0] == pytest.approx(factor * 0.01)
    assert partials[orders.index(1), 0] == pytest.approx(-2.0)


def test_a_path_is_compiled_once(monkeypatch):
    system = System.compile(LAYER)
    paths = leading_path(system, 1), parameter_path(system, {nu: 1.0})
    monkeypatch.setattr("sympy.lambdify", lambda *_, **__: pytest.fail("compiled anew"))
    for path in paths:
        for share in (0.0, 0.3, 0.7, 1.0):
            path(share)


@pytest.mark.parametrize("power", [1, 2])
def test_a_coefficient_that_vanishes_at_the_start_is_none_of_easier_problems(power):
    law = sj.Problem(
        Eq(Abs(u.diff(x)) ** power * u.diff(x, 2), 1),
        u,
        {x: (0, 1)},
        [Eq(u.diff(x).subs(x, 0), 0), Eq(u.subs(x, 1), 0)],
    )
    (equation,) = leading_path(System.compile(law), 1)(0.5).equations
    _, partials = equation(np.array([[0.5]]), np.zeros((len(equation.traces), 1)))
    slopes = dict(zip((trace.orders for trace in equation.traces), partials[:, 0], strict=True))
    assert slopes[2,] == pytest.approx(10**0.5 - 1)
    # u' = ((n + 1) x)^(1/(n + 1)); from zero the linearised equation has no solution.
    solution = sj.solve(law, tol=1e-3)
    grown = 1 / (power + 1)
    expected = (power + 1) ** grown / (grown + 1) * (0.3 ** (grown + 1) - 1)
    assert solution(0.3) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("factor", [log(u - 1), (u - 1) / (u.diff(x) - 1), sqrt(-u)])
def test_a_coefficient_without_a_real_value_at_one_leaves_the_problem_as_it_is(factor):
    ends = [Eq(u.subs(x, 0), 2), Eq(u.subs(x, 1), 3)]
    system = System.compile(sj.Problem(Eq(factor * u.diff(x, 2), 1), u, {x: (0, 1)}, ends))
    (equation,), (easier,) = system.equations, leading_path(system, 2)(0.0).equations
    points, traces = np.array([[0.5]]), np.full((len(equation.traces), 1), 0.25)
    np.testing.assert_array_equal(easier(points, traces)[0], equation(points, traces)[0])
