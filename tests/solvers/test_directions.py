"""Conditions elsewhere than where time begins: inside of an interval, and at its end."""

import mpmath
import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp
from sympy import Eq, Function, Max, exp, log, pi, sin, symbols

import sigmajet as sj

t, x = symbols("t x")
u, v = Function("u"), Function("v")
U, V, W = u(t), v(t), u(x, t)
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


# Known at the end of time -------------------------------------------------------------------------


def known_at_the_end(equation, at_end, walls, places=(0, 1), times=(0, 1), **options):
    return sj.Problem(equation, W, {x: places, t: times}, [*at_end, *walls], time=t, **options)


RATE, SIGMA, STRIKE = 0.05, 0.2, 1.0


def call_price(spot, left):
    """Black and Scholes (1973)."""
    spread = SIGMA * mpmath.sqrt(left)
    upper = (mpmath.log(spot / STRIKE) + (RATE + SIGMA**2 / 2) * left) / spread
    discounted = STRIKE * mpmath.exp(-RATE * left)
    return float(spot * mpmath.ncdf(upper) - discounted * mpmath.ncdf(upper - spread))


def test_the_price_of_an_option_runs_back_from_its_expiry():
    problem = known_at_the_end(
        Eq(W.diff(t) + SIGMA**2 / 2 * x**2 * W.diff(x, 2) + RATE * x * W.diff(x), RATE * W),
        [Eq(u(x, 1), Max(x - STRIKE, 0))],
        [Eq(u(0, t), 0), Eq(u(4, t), 4 - STRIKE * exp(-RATE * (1 - t)))],
        places=(0, 4),
    )
    solution = sj.solve(problem, tol=1e-5)
    assert solution.report.method == "evolution"
    for spot in (0.8, 1.0, 1.25):
        for now in (0.0, 0.5):
            assert abs(solution(spot, now) - call_price(spot, 1 - now)) < 1e-5


HJB = log(1 + exp(-(pi**2) * (2 - t)) * sympy.cos(pi * x) / 2)


def test_a_value_function_runs_back_from_the_horizon():
    """u_t + u_xx + u_x^2 = 0 is the heat equation for exp(u) (Cole and Hopf)."""
    slopes = [Eq(W.diff(x).subs(x, wall), 0) for wall in (0, 1)]
    start, end = 1, 2
    problem = known_at_the_end(
        Eq(W.diff(t) + W.diff(x, 2) + W.diff(x) ** 2, 0),
        [Eq(u(x, end), HJB.subs(t, end))],
        slopes,
        times=(start, end),
    )
    solution = sj.solve(problem, tol=1e-8)
    places, moments = np.meshgrid(np.linspace(0, 1, 41), np.linspace(start, end, 41))
    exact = sympy.lambdify((x, t), HJB)(places, moments)
    apart = np.linalg.norm(solution(places, moments) - exact) / np.linalg.norm(exact)
    assert apart < 1e-8
    assert apart < 10 * solution.error_estimate
    slope = sympy.lambdify((x, t), HJB.diff(t))(places, moments)
    assert np.abs(solution.evaluate(W.diff(t), places, moments) - slope).max() < 1e-6


def test_a_wave_of_second_order_and_walls_that_move_run_back_as_well(tmp_path):
    exact = sin(x - t) + t
    problem = known_at_the_end(
        Eq(W.diff(t, 2), W.diff(x, 2)),
        [Eq(u(x, 3), exact.subs(t, 3)), Eq(W.diff(t).subs(t, 3), exact.diff(t).subs(t, 3))],
        [Eq(u(0, t), exact.subs(x, 0)), Eq(W.diff(x).subs(x, 1), exact.diff(x).subs(x, 1))],
        times=(2, 3),
    )
    solution = sj.solve(problem, tol=1e-8)
    assert solution.report.method == "evolution"
    solution.save(tmp_path / "wave.npz")
    places, moments = np.meshgrid(np.linspace(0, 1, 21), np.linspace(2, 3, 21))
    for held in (solution, sj.load_solution(tmp_path / "wave.npz")):
        values = sympy.lambdify((x, t), exact)(places, moments)
        np.testing.assert_allclose(held(places, moments), values, rtol=0, atol=1e-7)


def test_transport_takes_its_wall_by_the_time_that_runs_back():
    conditions = [Eq(u(x, 1), x)]
    carried = Eq(W.diff(t) + 2 * W.diff(x), 0)
    right = known_at_the_end(carried, conditions, [Eq(u(1, t), 1 + 2 * (1 - t))])
    assert abs(sj.solve(right, tol=1e-8)(0.25, 0.5) - 1.25) < 1e-8
    left = known_at_the_end(carried, conditions, [Eq(u(0, t), 2 * (1 - t))])
    words = r"the wall x = 1 takes 1 condition.*\(at t = 1 the equations carry at speed 2\)"
    with pytest.raises(sj.ProblemError, match=words):
        sj.solve(left)


def test_diffusion_does_not_run_back():
    walls = [Eq(u(0, t), 0), Eq(u(1, t), 0)]
    problem = known_at_the_end(Eq(W.diff(t), W.diff(x, 2)), [Eq(u(x, 1), sin(pi * x))], walls)
    with pytest.raises(sj.ProblemError, match=r"ill-posed.*from t = 1 on"):
        sj.solve(problem)


def test_where_a_solution_stops_on_its_way_back_is_named_and_kept():
    """u_t = -u^2 with u(1) = 2 is 1 / (t - 1/2)."""
    problem = known_at_the_end(Eq(W.diff(t), -(W**2)), [Eq(u(x, 1), 2)], [])
    with pytest.raises(sj.NotConverged, match=r"stopped at t = 0\.5") as caught:
        sj.solve(problem, tol=1e-6)
    solution = caught.value.solution
    assert abs(solution(0.5, 0.75) - 4) < 1e-4
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        solution(0.5, 0.4)
