"""Conditions elsewhere than where time begins: inside of an interval, and at its end."""

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp
from sympy import Eq, Function, exp, sin, symbols

import sigmajet as sj

t = symbols("t")
u, v = Function("u"), Function("v")
U, V = u(t), v(t)
DU = U.diff(t)


def both_ways(equation, interval, *conditions, unknowns=U):
    return sj.Problem(equation, unknowns, {t: interval}, conditions)


def integrated(right, start, at, times):
    """The first component by DOP853, from a start inside of the times."""
    values = np.empty(len(times))
    for side in (times <= at, times >= at):
        end = times[side][np.argmax(np.abs(times[side] - at))]
        run = solve_ivp(
            right, (at, end), start, method="DOP853", rtol=1e-12, atol=1e-13, dense_output=True
        )
        values[side] = run.sol(times[side])[0]
    return values


def test_a_solution_goes_both_ways_from_a_place_inside():
    problem = both_ways(Eq(DU, -t * U), (-1, 2), Eq(u(0), 1))
    solution = sj.solve(problem, tol=1e-11)
    assert solution.report.method == "initial_value"
    times = np.linspace(-1, 2, 301)
    np.testing.assert_allclose(solution(times), np.exp(-(times**2) / 2), rtol=0, atol=1e-11)


MOTIONS = {
    "Van der Pol": ((1 - U**2) * DU - U, lambda _, y: [y[1], (1 - y[0] ** 2) * y[1] - y[0]]),
    "a pendulum": (-sin(U), lambda _, y: [y[1], -np.sin(y[0])]),
}


@pytest.mark.parametrize("name", MOTIONS)
def test_motions_are_those_of_another_integrator_on_both_sides(name):
    right, function = MOTIONS[name]
    conditions = [Eq(u(1), 2), Eq(DU.subs(t, 1), 0)]
    solution = sj.solve(both_ways(Eq(U.diff(t, 2), right), (-2, 20), *conditions), tol=1e-9)
    times = np.linspace(-2, 20, 400)
    reference = integrated(function, [2, 0], 1.0, times)
    assert np.abs(solution(times) - reference).max() < 1e-7
    apart = np.sqrt(np.mean((solution(times) - reference) ** 2) / np.mean(reference**2))
    assert apart < max(10 * solution.error_estimate, 1e-10)  # of the reference itself


def test_systems_and_conditions_that_are_equations_start_inside_as_well():
    conditions = [Eq(u(1) + v(1), 2), Eq(u(1) - v(1), 0)]
    problem = both_ways([Eq(DU, V), Eq(V.diff(t), U)], (0, 2), *conditions, unknowns=[U, V])
    solution = sj.solve(problem, tol=1e-10)
    assert solution.report.method == "initial_value"
    times = np.linspace(0, 2, 50)
    np.testing.assert_allclose(solution(times), [np.exp(times - 1)] * 2, atol=1e-10)


def test_both_ends_of_a_solution_are_named():
    problem = both_ways(Eq(DU, 1 + U**2), (-10, 10), Eq(u(0), 0))
    with pytest.raises(sj.NotConverged, match=r"t = -1\.5707.*t = 1\.5707") as caught:
        sj.solve(problem)
    solution = caught.value.solution
    assert abs(solution(1.0) - np.tan(1.0)) < 1e-8
    for beyond in (-1.6, 1.6):
        with pytest.raises(sj.ProblemError, match="outside the domain"):
            solution(beyond)


def test_an_event_ends_the_way_ahead_alone():
    problem = both_ways(Eq(U.diff(t, 2), -U), (-4, 4), Eq(u(0), 0), Eq(DU.subs(t, 0), 1))
    solution = sj.solve(problem, stop_when=U)
    assert abs(solution.report.stopped - np.pi) < 1e-9
    assert abs(solution(-4.0) + np.sin(4.0)) < 1e-7


def test_networks_of_a_width_hold_both_ways(tmp_path):
    problem = both_ways(Eq(DU, -t * U), (-1, 2), Eq(u(0), 1))
    solution = sj.solve(problem, width=64)
    assert solution.report.width == 64
    solution.save(tmp_path / "gauss.npz")
    read = sj.load_solution(tmp_path / "gauss.npz")
    assert abs(read(-1.0) - np.exp(-0.5)) < 1e-8


def test_a_source_that_switches_ends_windows_on_both_sides():
    source = sympy.Piecewise((1, t < -1), (0, t < 1), (-1, True))
    solution = sj.solve(both_ways(Eq(DU, source), (-2, 2), Eq(u(0), 3)))
    np.testing.assert_allclose(solution(np.array([-2.0, 0.0, 2.0])), [2, 3, 2], atol=1e-12)


def test_a_singular_place_inside_is_left_to_other_methods():
    problem = both_ways(Eq(DU, exp(t)), (-1, 1), Eq(u(0), 1))
    assert sj.solve(problem).report.method == "initial_value"
    singular = both_ways(
        Eq(t * U.diff(t, 2) + 2 * DU + t * U, 0), (-1, 1), Eq(u(0), 1), Eq(DU.subs(t, 0), 0)
    )
    solution = sj.solve(singular)  # sin(t) / t
    assert abs(solution(-0.5) - np.sin(0.5) / 0.5) < 1e-7
