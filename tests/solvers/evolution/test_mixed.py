"""Mixed systems in time: where they start, and what is said of a start that no solution takes."""

import numpy as np
import pytest
from scipy.optimize import brentq
from sympy import Eq, Function, Max, Piecewise, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solvers.solve import choose

x, t = symbols("x t")
u, v = (Function(name)(x, t) for name in "uv")


def potential(*more):
    """Heat that its own potential drives; v = u / pi^2 at all times."""
    rate = 1 / pi**2 - pi**2
    walls = [Eq(w.subs(x, end), 0) for w in (u, v) for end in (0, 1)]
    problem = sj.Problem(
        [Eq(u.diff(t), u.diff(x, 2) + v), Eq(v.diff(x, 2), -u)],
        [u, v],
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), sin(pi * x)), *walls, *more],
        time=t,
    )
    return problem, lambda place, time: np.exp(float(rate) * time) * np.sin(np.pi * place)


def test_what_is_algebraic_is_known_from_the_first_moment_on():
    problem, exact = potential()
    solution = sj.solve(problem, tol=1e-8)
    places = np.linspace(0, 1, 11)
    for time in (0.0, 1e-9, 0.5):
        found = solution(places, time)[1]
        np.testing.assert_allclose(found, exact(places, time) / np.pi**2, rtol=0, atol=1e-9)
    assert not solution.report.notes


@pytest.mark.parametrize(("given", "named"), [(sin(pi * x) / pi**2, False), (x * (1 - x), True)])
def test_a_start_of_an_algebraic_unknown_is_compared_with_the_one_that_follows(given, named):
    problem, exact = potential(Eq(v.subs(t, 0), given))
    solution = sj.solve(problem, tol=1e-6)
    assert solution(0.5, 0.25)[1] == pytest.approx(exact(0.5, 0.25) / np.pi**2, rel=1e-5)
    notes = "\n".join(solution.report.notes)
    assert notes.count("is off by 1.1e-01") == named


def test_equations_of_one_kind_each_are_matched_whatever_their_order():
    problem, exact = potential()
    statement = {
        "equations": [Eq(v.diff(x, 2), -u), Eq(u.diff(t), u.diff(x, 2) + v)],
        "unknowns": [u, v],
        "domain": {x: (0, 1), t: (0, 1)},
        "conditions": problem._given["conditions"],
        "time": t,
    }
    solution = sj.solve(sj.Problem(**statement), tol=1e-8)
    assert solution(0.5, 0.5)[0] == pytest.approx(exact(0.5, 0.5), abs=1e-8)


def test_what_does_not_follow_at_the_start_is_left_to_all_variables_at_once():
    ends = [Eq(u.subs(x, end), 0) for end in (0, 1)]
    problem = sj.Problem(
        [Eq(u.diff(t), u.diff(x, 2) + v), Eq(v.diff(x, 2), u)],
        [u, v],
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), sin(pi * x)), *ends, Eq(v.subs(x, 0), 0)],  # a condition is missing
        time=t,
    )
    method, reason = choose(problem)
    assert method == "steady"
    assert "v(x, t), do not follow from the others at t = 0" in reason


def test_an_unknown_far_smaller_than_another_keeps_its_digits():
    """One of size 1e3 drives one of size 1e-9, by 1e-12 of itself, between equal walls."""
    walls = [Eq(w.subs(x, end), 0) for w in (u, v) for end in (0, 1)]
    problem = sj.Problem(
        [Eq(u.diff(t), u.diff(x, 2)), Eq(v.diff(t), v.diff(x, 2) + 1e-12 * u)],
        [u, v],
        {x: (0, 1), t: (0, 0.2)},
        [*walls, Eq(u.subs(t, 0), 1e3 * sin(pi * x)), Eq(v.subs(t, 0), 1e-9 * sin(pi * x))],
        time=t,
    )
    large = 1e3 * np.exp(-(np.pi**2) * 0.2) * np.sin(np.pi * 0.3)
    small = 1e-12 * (1 + 0.2) * large
    assert sj.solve(problem, tol=1e-6)(0.3, 0.2) == pytest.approx([large, small], rel=1e-8)


@pytest.mark.parametrize("share", [Piecewise((1, u < 0), (0, True)), Max(-u, 0)])
def test_a_zone_that_stores_nothing_is_at_rest_at_once(share):
    """Where u > 0 the equation is elliptic: a straight line, from the front to the wall."""
    problem = sj.Problem(
        Eq(share * u.diff(t), u.diff(x, 2)),
        u,
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), 2 * x - 1), Eq(u.subs(x, 0), -1), Eq(u.subs(x, 1), 1 + t)],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-3)
    places = np.array([0.8, 0.9, 1.0])
    first, middle, last = solution(places, 0.5)
    assert middle == pytest.approx((first + last) / 2, abs=3e-3)


def test_walls_join_what_has_a_derivative_in_time_and_what_has_none():
    """A flux u_x + v = 0 on the left, where v follows from u."""
    solution = {u: exp(-t) * cos(pi * x), v: -exp(-t) * cos(pi * x) / pi**2}
    walls = [u.diff(x).subs(x, 0) + v.subs(x, 0), u.subs(x, 1), v.subs(x, 0), v.subs(x, 1)]

    def at(trace):
        known = {w.func: f for w, f in solution.items()}
        for function, formula in known.items():
            trace = trace.replace(function, lambda *a, f=formula: f.subs({x: a[0], t: a[1]}))
        return trace.doit()

    problem = sj.Problem(
        [Eq(e, at(e)) for e in (u.diff(t) - u.diff(x, 2), v.diff(x, 2) - u)],
        [u, v],
        {x: (0, 1), t: (0, 1)},
        [Eq(e, at(e)) for e in (u.subs(t, 0), *walls)],
        time=t,
    )
    found = sj.solve(problem, tol=1e-7)
    assert found(0.3, 0.7)[0] == pytest.approx(np.exp(-0.7) * np.cos(0.3 * np.pi), abs=1e-7)
    assert not found.report.notes


def test_blocks_are_cut_for_what_follows_at_once_and_not_for_the_start_that_it_leaves():
    """Half of a rod stores nothing, so that the wall acts on the other: u' = 2 (1 - u) there."""
    stores = Piecewise((1, x < 0.5), (0, True))
    conditions = [Eq(u.subs(t, 0), 0), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 1)]
    problem = sj.Problem(
        Eq(stores * u.diff(t), u.diff(x, 2)), u, {x: (0, 1), t: (0, 1)}, conditions, time=t
    )
    solution = sj.solve(problem, tol=1e-4)
    assert int(solution.report.attempts[0].size.split()[0]) < 16  # 24 with those for the start
    half = np.array(
        [
            brentq(lambda a: np.sin(a) + a * np.cos(a), np.pi * (k + 0.5), np.pi * (k + 1))
            for k in range(60)
        ]
    )
    waves = 2 * half
    share = (np.sin(half) - half * np.cos(half)) / waves**2 / (0.25 - np.sin(waves) / 4 / waves)
    expected = 0.3 - (np.exp(-(waves**2) * 0.05) * share) @ np.sin(0.3 * waves)
    np.testing.assert_allclose(solution(0.3, 0.05), expected, atol=1e-4)
