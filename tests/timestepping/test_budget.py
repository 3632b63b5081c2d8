"""An integration that steps or memory would not bring to its end stops, and says so."""

import numpy as np
import pytest
from sympy import Eq, Function, cos, pi, sin, symbols

import sigmajet as sj
from sigmajet.timestepping.budget import MOST_STEPS, Budget, forecast

x, t = symbols("x t")


def wave(end):
    u = Function("u")(x, t)
    conditions = [Eq(u.subs(t, 0), sin(pi * x)), Eq(u.diff(t).subs(t, 0), 0)]
    walls = [Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)]
    equation = Eq(u.diff(t, 2), u.diff(x, 2))
    return sj.Problem(equation, u, {x: (0, 1), t: (0, end)}, conditions + walls, time=t)


def test_a_wave_of_a_million_periods_stops_at_once_and_is_right_up_to_there(monkeypatch):
    monkeypatch.setattr("sigmajet.timestepping.budget.MOST_STEPS", 3000)
    with pytest.raises(sj.NotConverged, match=r"of them to the end, and 3000 are allowed") as e:
        sj.solve(wave(2 * 10**6), tol=1e-5)
    solution = e.value.solution
    reached = solution.report.stopped
    assert 0 < reached < 1e4
    times = np.linspace(0.0, reached, 50)
    truth = np.sin(np.pi * 0.3) * np.cos(np.pi * times)
    np.testing.assert_allclose(solution(0.3, times), truth, atol=1e-2)


def test_a_fast_transient_forecasts_nothing_of_the_rest_that_follows():
    u = Function("u")(t)
    ringing = Eq(u.diff(t, 2) + 2 * u.diff(t) + 300**2 * u, 1)
    start = [Eq(u.subs(t, 0), 1), Eq(u.diff(t).subs(t, 0), 0)]
    solution = sj.solve(sj.Problem(ringing, u, {t: (0, 3000)}, start))
    assert solution(3000.0) == pytest.approx(1 / 300**2, rel=1e-4)
    u = Function("u")(x, t)
    damped = Eq(u.diff(t, 2) + 4 * u.diff(t), 400 * u.diff(x, 2))
    still = [Eq(u.subs(t, 0), sin(2 * pi * x)), Eq(u.diff(t).subs(t, 0), 0)]
    walls = [Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)]
    statement = sj.Problem(damped, u, {x: (0, 1), t: (0, 4000)}, still + walls, time=t)
    assert sj.solve(statement, tol=1e-3).converged


def test_memory_that_runs_out_ends_an_integration(monkeypatch):
    monkeypatch.setattr("sigmajet.solvers.evolution.integration.free_memory", lambda: 100_000)
    with pytest.raises(sj.NotConverged, match=r"steps take .* GB .* half of what was free"):
        sj.solve(wave(20), tol=1e-5)


def test_a_march_of_too_many_windows_ends_before_it_makes_them(monkeypatch):
    monkeypatch.setattr("sigmajet.timestepping.budget.MOST_STEPS", 5000)
    y = Function("y")(t)
    start = [Eq(y.subs(t, 0), 1), Eq(y.diff(t).subs(t, 0), 0)]
    problem = sj.Problem(Eq(y.diff(t, 2), -y), y, {t: (0, 10**8)}, start)
    found = sj.solve(problem, tol=1e-4, on_failure="return")
    assert not found.converged
    assert "more windows than are allowed would be needed" in found.failure
    assert found.report.blocks <= 501
    event = sj.solve(problem, tol=1e-8, stop_when=Eq(y, cos(t) - (t - 3000) / 10))
    assert float(event.report.stopped) == pytest.approx(3000, abs=1e-3)


@pytest.mark.parametrize("ratio", [1.1, 0.9])
def test_steps_that_grow_or_shrink_forecast_nothing(ratio):
    growing = np.cumsum(1.1 ** (np.arange(6000.0) - 3000))
    times = growing if ratio > 1 else -growing[::-1]
    assert forecast(len(times), times.tolist(), 1e300) == 0.0


def test_a_forecast_of_equal_steps_is_their_number():
    times = np.arange(0.0, -6000.0, -1.0).tolist()
    assert forecast(1000, times, -10_999.0) == 0.0
    assert forecast(6000, times, -10_999.0) == pytest.approx(5000)
    assert Budget().exceeded(6000, times, -10_999.0, kept=0, size=0) == ""
    far = Budget().exceeded(6000, times, -2.0 * MOST_STEPS, kept=0, size=0)
    assert f"{MOST_STEPS} are allowed" in far
    assert "GB" in Budget(1e6).exceeded(6000, times, -10_999.0, kept=1000, size=1000)
