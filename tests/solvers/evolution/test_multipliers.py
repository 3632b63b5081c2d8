"""Multipliers of constraints in time, an index of 2: what tells them, and what is contradicted."""

import numpy as np
import pytest
from sympy import Eq, Function, Integral, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solvers.solve import choose

x, t = symbols("x t")
u, p, q = (Function(name)(x, t) for name in "upq")
BOX = {x: (0, 1), t: (0, 1)}
SPEED = exp(-t) * sin(pi * x) + x
PRESSURE = cos(3 * t) * exp(x)


def flow(*conditions, speed=SPEED, ends=None, start=None):
    """Forces and a source of volume for which a speed and a pressure solve the equations."""
    force = (speed.diff(t) - speed.diff(x, 2) + PRESSURE.diff(x)).doit()
    ends = [Eq(u.subs(x, end), speed.subs(x, end)) for end in (0, 1)] if ends is None else ends
    start = speed.subs(t, 0) if start is None else start
    return sj.Problem(
        [Eq(u.diff(t) - u.diff(x, 2) + p.diff(x), force), Eq(u.diff(x), speed.diff(x))],
        [u, p],
        BOX,
        [Eq(u.subs(t, 0), start), *ends, *conditions],
        time=t,
    )


def pressures(places, times):
    return np.cos(3 * times) * np.exp(places)


PINS = {
    "a value on a wall": Eq(p.subs(x, 1), PRESSURE.subs(x, 1)),
    "a mean": Eq(Integral(p, (x, 0, 1)), cos(3 * t) * (exp(1) - 1)),
}


@pytest.mark.parametrize("pin", PINS.values(), ids=PINS)
def test_a_pressure_is_as_large_as_the_constraint_asks_for(pin):
    solution = sj.solve(flow(pin), tol=1e-7)
    assert solution.report.method == "evolution"
    places, times = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9))
    speed, pressure = solution(places, times)
    np.testing.assert_allclose(speed, np.exp(-times) * np.sin(np.pi * places) + places, atol=1e-8)
    np.testing.assert_allclose(pressure, pressures(places, times), atol=1e-6)
    assert not solution.report.notes


def test_a_constant_that_nothing_tells_is_taken_as_zero_and_named():
    solution = sj.solve(flow(), tol=1e-6)
    assert "nothing tells a constant of p(x, t)" in solution.report.notes[0]
    places = np.linspace(0, 1, 9)
    mean = np.cos(3.0) * (np.e - 1)
    np.testing.assert_allclose(solution.p(places, 1.0), pressures(places, 1.0) - mean, atol=1e-5)


def test_a_start_that_breaks_the_constraint_is_named_and_left():
    begin = SPEED.subs(t, 0) + x * (1 - x) / 10
    solution = sj.solve(flow(PINS["a value on a wall"], start=begin), tol=1e-5)
    assert "the initial state contradicts the equations without" in solution.report.notes[0]
    assert solution.u(0.5, 0.0) == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize("much", [1, 1e-3])
def test_walls_that_let_in_more_than_flows_out_are_named(much):
    ends = [Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 1 + much * sin(t))]
    with pytest.raises((sj.ProblemError, sj.NotConverged)) as failure:
        sj.solve(flow(ends=ends), tol=1e-4)
    assert "what they let in does not flow out" in str(failure.value)


def test_two_conditions_on_a_pressure_that_disagree_do_not_converge():
    more = Eq(p.subs(x, 0), PRESSURE.subs(x, 0) + 1e-3)
    with pytest.raises(sj.NotConverged):
        sj.solve(flow(PINS["a value on a wall"], more), tol=1e-5)


def test_a_sum_that_is_held_tells_what_holds_it():
    """Two kinds that turn into each other as fast as they have to; q acts on each point."""
    v = Function("v")(x, t)
    chosen = {u: SPEED, v: 1 - SPEED + x * sin(t), q: cos(3 * t) * exp(x)}
    equations = [u.diff(t) - u.diff(x, 2) - q, v.diff(t) - v.diff(x, 2) / 2 + (1 + x) * q, u + v]
    known = {w.func: f for w, f in chosen.items()}

    def stated(trace):
        value = trace
        for function, formula in known.items():
            value = value.replace(function, lambda *a, f=formula: f.subs({x: a[0], t: a[1]}))
        return Eq(trace, value.doit())

    walls = [w.subs(x, end) for w in (u, v) for end in (0, 1)]
    problem = sj.Problem(
        [stated(e) for e in equations],
        [u, v, q],
        BOX,
        [stated(e) for e in (u.subs(t, 0), v.subs(t, 0), *walls)],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-5)
    assert solution.report.method == "evolution"
    assert solution.q(0.3, 0.7) == pytest.approx(np.cos(2.1) * np.exp(0.3), abs=1e-5)


def test_what_follows_from_a_second_derivative_is_left_to_all_variables_at_once():
    held = sin(t) * sin(pi * x)
    problem = sj.Problem(
        [Eq(u.diff(t, 2), u.diff(x, 2) - p), Eq(u, held)],
        [u, p],
        BOX,
        [
            Eq(u.subs(t, 0), 0),
            Eq(u.diff(t).subs(t, 0), sin(pi * x)),
            *(Eq(u.subs(x, end), 0) for end in (0, 1)),
        ],
        time=t,
    )
    method, reason = choose(problem)
    assert method == "steady"
    assert "an index above two" in reason


def test_conditions_that_join_a_pressure_to_speeds_are_left_to_all_variables_at_once():
    traction = Eq((u.diff(x) - p).subs(x, 1), 0)
    ends = [Eq(u.subs(x, 0), 0), traction]
    method, reason = choose(flow(ends=ends))
    assert method == "steady"
    assert "joins p(x, t)" in reason
