"""Conditions beyond what an equation takes: they have to agree to the tolerance."""

import numpy as np
import pytest
from sympy import E, Eq, Function, Integral, Rational, cos, exp, sin, symbols, tanh

import sigmajet as sj

x, y = symbols("x y")
w, HALF = Function("w")(x, y), Rational(1, 2)
u = Function("u")
ENDS = [Eq(u(0), 0), Eq(u(1), sin(1))]
OSCILLATOR = Eq(u(x).diff(x, 2), -u(x))
SURPLUS = {
    "slope": (OSCILLATOR, [*ENDS, Eq(u(x).diff(x).subs(x, 0), 1)], sin),
    "mean": (OSCILLATOR, [*ENDS, Eq(Integral(u(x), (x, 0, 1)), 1 - cos(1))], sin),
    "end": (Eq(u(x).diff(x), u(x)), [Eq(u(0), 1), Eq(u(1), exp(1))], exp),
}


@pytest.mark.parametrize("name", SURPLUS)
def test_surplus_conditions_that_agree_are_no_harm(name):
    equation, conditions, exact = SURPLUS[name]
    solution = sj.solve(sj.Problem(equation, u(x), {x: (0, 1)}, conditions), tol=1e-9)
    places = np.linspace(0, 1, 11)
    expected = [float(exact(p)) for p in places]
    np.testing.assert_allclose(solution(places), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("power", [2, 5, 6])
@pytest.mark.parametrize("name", SURPLUS)
def test_surplus_conditions_that_disagree_by_little_are_not_averaged_in_silence(name, power):
    equation, (*conditions, last), _ = SURPLUS[name]
    last = Eq(last.lhs, last.rhs + Rational(1, 10**power))
    problem = sj.Problem(equation, u(x), {x: (0, 1)}, [*conditions, last])
    with pytest.raises(sj.SigmajetError):
        sj.solve(problem, tol=1e-8)


@pytest.mark.parametrize("off", [0, 1], ids=["agrees", "disagrees"])
@pytest.mark.parametrize(
    "more",
    [
        lambda off: Eq(u(Rational(1, 3)), sin(Rational(1, 3)) + off),
        lambda off: Eq(Integral(u(x), (x, 0, 1)), 1 - cos(1) + off),
        lambda off: Eq(u(x).diff(x).subs(x, 1), cos(1) + off),
    ],
    ids=["value inside", "mean", "slope"],
)
def test_a_surplus_that_is_off_by_ten_tolerances_is_named(more, off):
    problem = sj.Problem(OSCILLATOR, u(x), {x: (0, 1)}, [*ENDS, more(off * Rational(1, 1000))])
    solution = sj.solve(problem, tol=1e-4, on_failure="return")
    assert solution.converged == (not off)
    assert any("contradicts" in note for note in solution.report.notes) == bool(off)


def test_a_mean_that_disagrees_is_told_before_blocks_are_cut_for_it():
    """It was after 174 blocks, each of which the mean joins to all others."""
    conditions = [*ENDS, Eq(Integral(u(x), (x, 0, 1)), 1 - cos(1) + Rational(1, 500))]
    problem = sj.Problem(OSCILLATOR, u(x), {x: (0, 1)}, conditions)
    solution = sj.solve(problem, tol=1e-8, on_failure="return")
    assert not solution.converged
    assert max(attempt.blocks for attempt in solution.report.attempts) < 20
    assert any("contradicts" in note for note in solution.report.notes)


def test_slopes_and_a_mean_that_agree_beside_a_front():
    """The first blocks do not resolve it: what they miss of the conditions is no contradiction."""
    width = Rational(25, 1000)
    front = tanh((x - Rational(2, 5)) / width)
    slopes = [Eq(u(x).diff(x).subs(x, end), front.diff(x).subs(x, end)) for end in (0, 1)]
    mean = float(width) * (np.logaddexp(24, -24) - np.logaddexp(16, -16))
    conditions = [*slopes, Eq(Integral(u(x), (x, 0, 1)), mean)]
    problem = sj.Problem(Eq(u(x).diff(x, 2), front.diff(x, 2)), u(x), {x: (0, 1)}, conditions)
    solution = sj.solve(problem, tol=1e-6)
    assert solution(0.4) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("off", [0, 1], ids=["agrees", "disagrees"])
def test_a_slope_beside_the_values_of_all_walls_has_to_agree(off):
    answer = exp(x) * sin(y)
    walls = [Eq(w.subs(v, end), answer.subs(v, end)) for v in (x, y) for end in (0, 1)]
    slope = Eq(w.diff(x).subs(x, 0), (1 + off * Rational(2, 100)) * sin(y))
    laplace = Eq(w.diff(x, 2) + w.diff(y, 2), 0)
    problem = sj.Problem(laplace, w, {x: (0, 1), y: (0, 1)}, [*walls, slope])
    solution = sj.solve(problem, tol=1e-3, on_failure="return")
    assert solution.converged == (not off)
    assert any("contradicts" in note for note in solution.report.notes) == bool(off)


ONE_TOO_MANY = {
    "mean": (Integral(w, (x, 0, 1), (y, 0, 1)), (E - 1) * (1 - cos(1)), 7.5e-4),
    "slope at a point": (w.diff(x).subs({x: HALF, y: HALF}), exp(HALF) * sin(HALF), 2e-2),
    "value at a point": (w.subs({x: HALF, y: HALF}), exp(HALF) * sin(HALF), 1e-4),
}


@pytest.mark.parametrize("off", [0, 1], ids=["agrees", "disagrees"])
@pytest.mark.parametrize("kind", ONE_TOO_MANY)
def test_one_number_too_many_in_the_plane_has_to_agree(kind, off):
    """Laplace's equation with values on all walls, and one more condition."""
    left, right, size = ONE_TOO_MANY[kind]
    answer = exp(x) * sin(y)
    walls = [Eq(w.subs(v, end), answer.subs(v, end)) for v in (x, y) for end in (0, 1)]
    more = Eq(left, right + off * size)
    laplace = Eq(w.diff(x, 2) + w.diff(y, 2), 0)
    problem = sj.Problem(laplace, w, {x: (0, 1), y: (0, 1)}, [*walls, more])
    solution = sj.solve(problem, tol=1e-6, on_failure="return")
    assert solution.converged == (not off)
    if off:
        assert any("contradicts" in note for note in solution.report.notes)
