"""An integration that stops says the true cause: the solution's end, or the solver's limit."""

import itertools

import numpy as np
import pytest
from sympy import Eq, Function, Heaviside, Rational, exp, pi, sin, sqrt, symbols

import sigmajet as sj
from sigmajet.timestepping.budget import Budget

x, t = symbols("x t")
u = Function("u")
U = u(x, t)
U_T, U_X, U_XX = U.diff(t), U.diff(x), U.diff(x, 2)
AT_REST = Eq(U_T.subs(t, 0), 0)


def stated(equation, start, end, places=(0, 1), wall=0, walls=None):
    low, high = places
    if walls is None:
        walls = [Eq(u(low, t), wall), Eq(u(high, t), wall)]
    started = [Eq(u(x, 0), start), *([AT_REST] if equation.has(U.diff(t, 2)) else [])]
    return sj.Problem(equation, U, {x: places, t: (0, end)}, [*started, *walls], time=t)


def seam(low, high):
    return [Eq(u(low, t), u(high, t))]


BLOW_UP, STEEP = "a blow-up", "a slope of u grows without bound"
ILL_POSED, NO_VALUE = "from there on the problem is ill-posed", "the equations have no value"
CARRIED, DETAIL = "has a jump or a kink", "more detail there than"

ENDS = {
    "blow-up everywhere": (stated(Eq(U_T, U**2), 1, 2, walls=[]), BLOW_UP, 1.0),
    "blow-up at a point": (stated(Eq(U_T, U_XX + U**2), 30 * sin(pi * x), 1), BLOW_UP, None),
    "blow-up like a logarithm": (stated(Eq(U_T, U_XX + 5 * exp(U)), 0, 1), BLOW_UP, None),
    "blow-up of a wave": (
        stated(Eq(U.diff(t, 2), U_XX + U**3), 5 * sin(pi * x), 3),
        BLOW_UP,
        None,
    ),
    "a quench": (stated(Eq(U_T, U_XX - 1 / U), 1, 3, (0, 4), wall=1), STEEP, None),
    "a shock": (
        stated(Eq(U_T + U * U_X, 0), -sin(pi * x), 1, (-1, 1), walls=seam(-1, 1)),
        STEEP,
        1 / np.pi,
    ),
    "a shock of traffic": (
        stated(
            Eq(U_T + (1 - 2 * U) * U_X, 0),
            Rational(1, 2) + sin(2 * pi * x) / 4,
            2,
            walls=seam(0, 1),
        ),
        STEEP,
        1 / np.pi,
    ),
    "diffusion whose sign turns": (
        stated(Eq(U_T, (1 - 2 * t) * U_XX), sin(pi * x) + x**2 * (1 - x), 1),
        ILL_POSED,
        0.5,
    ),
    "diffusion whose sign turns with the unknown": (
        stated(Eq(U_T, (1 - U) * U_XX + 30 * U), sin(pi * x) / 2, 1),
        ILL_POSED,
        None,
    ),
    "a root of what comes to zero": (
        stated(Eq(U_T, U_XX - sqrt(U)), sin(pi * x) / 10, 1),
        NO_VALUE,
        None,
    ),
}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", ENDS)
def test_the_end_of_a_solution_is_called_by_its_kind(name, seed):
    problem, words, place = ENDS[name]
    with pytest.raises(sj.NotConverged, match=words) as caught:
        sj.solve(problem, tol=1e-4, method="evolution", seed=seed)
    report = caught.value.solution.report
    if place is not None:
        assert abs(report.stopped - place) < 0.02
    others = {BLOW_UP, STEEP, ILL_POSED, NO_VALUE, CARRIED, DETAIL} - {words}
    assert not any(other in report.ending for other in others)


def test_a_limit_of_the_solver_is_not_said_of_the_solution():
    box = Heaviside(x - Rational(3, 10)) - Heaviside(x - Rational(6, 10))
    problem = stated(Eq(U_T + U_X, -(U**3)), box, Rational(1, 4), walls=[Eq(u(0, t), 0)])
    with pytest.raises(sj.NotConverged, match=CARRIED) as caught:
        sj.solve(problem, tol=1e-4, method="evolution")
    assert "the solution goes on" in str(caught.value)


@pytest.mark.parametrize("tol", [1e-13, 1e-30])
def test_a_tolerance_below_rounding_ends_in_few_steps_and_says_so(tol):
    problem = stated(Eq(U_T + U * U_X, U_XX / 30), sin(pi * x), 1)
    with pytest.raises(sj.NotConverged, match="tol is below what rounding allows") as caught:
        sj.solve(problem, tol=tol, method="evolution")
    solution = caught.value.solution
    assert tol < solution.error_estimate < 1e-9
    assert solution.report.stopped is None
    assert len(solution.report.attempts) <= 3


def test_a_second_run_that_cannot_be_paid_for_leaves_the_first_complete(monkeypatch):
    affords, ends = Budget.exceeded, []

    def exceeded(budget, steps, times, end, **bytes_of):
        ends.append(times[-1])
        second = any(after < before for before, after in itertools.pairwise(ends))
        return (
            "it would cost too much" if second else affords(budget, steps, times, end, **bytes_of)
        )

    monkeypatch.setattr(Budget, "exceeded", exceeded)
    problem = stated(Eq(U_T + U * U_X, U_XX / 30), sin(pi * x), 1)
    with pytest.raises(sj.NotConverged, match=r"run 2, .*it would cost too much") as caught:
        sj.solve(problem, tol=1e-8, method="evolution")
    solution = caught.value.solution
    assert solution.report.stopped is None
    monkeypatch.undo()
    whole = sj.solve(problem, tol=1e-8, method="evolution")
    places = np.linspace(0, 1, 21)
    np.testing.assert_allclose(solution(places, 1.0), whole(places, 1.0), atol=1e-7)


def test_when_a_slope_became_infinite_is_told_by_its_doublings():
    """Of u_t + u u_x = 0 from 1 - tanh(3 x), where it is 3 / (1 - 3 t), and blocks end at 1000."""
    from types import SimpleNamespace

    from sigmajet.solvers.evolution.ending import _Seen

    def slope(_, points):
        time = np.minimum(points[:, 1], (1 - 0.003) / 3)
        return (3 / (1 - 3 * time))[None]

    stretch = SimpleNamespace(times=np.array([0.0, 0.05, 0.1, 0.2, 0.3, 0.36]))
    field = SimpleNamespace(stretches=[stretch], derivatives=slope)
    seen = _Seen(SimpleNamespace(axis=1), field, np.zeros((1, 1)))
    assert seen.lost(0, (1, 0)) == pytest.approx(1 / 3, abs=1e-6)
