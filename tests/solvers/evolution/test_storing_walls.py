"""Conditions on walls that are equations of their own: their starts, and what is refused."""

import numpy as np
import pytest
from scipy.linalg import expm
from sympy import Eq, Function, Integral, Piecewise, Rational, exp, symbols

import sigmajet as sj
from sigmajet.solvers.solve import choose

x, t = symbols("x t")
u = Function("u")(x, t)


def heat(walls, start=1, end=0.5):
    return sj.Problem(
        Eq(u.diff(t), u.diff(x, 2)),
        u,
        {x: (0, 1), t: (0, end)},
        [Eq(u.subs(t, 0), start), *walls],
        time=t,
    )


def by_finite_volumes(cells, stored):
    """u(0, 1/10) of heat from 1 on cells, with a right wall that lets nothing through.

    With `stored` None, u(0) = 3 - mean; else stored u_t(0) = u_x(0) + 1.
    """
    width = 1.0 / cells
    flow = np.diag(np.full(cells - 1, 1.0), 1) + np.diag(np.full(cells - 1, 1.0), -1)
    flow -= np.diag(flow.sum(axis=1))
    flow = flow / width**2
    if stored is None:
        flow[0, 0] -= 2.0 / width**2
        flow[0] -= 2.0 / width**2 * width  # the wall is 3 less the sum of all
        given = np.zeros(cells)
        given[0] = 6.0 / width**2
        start = np.ones(cells)
    else:
        flow = np.pad(flow, ((1, 0), (1, 0)))
        flow[1, 1] -= 2.0 / width**2
        flow[1, 0] = 2.0 / width**2
        flow[0, :2] = np.array([-2.0, 2.0]) / (width * stored)
        given = np.zeros(cells + 1)
        given[0] = 1.0 / stored
        start = np.ones(cells + 1)
    whole = np.zeros((len(flow) + 1,) * 2)
    whole[:-1, :-1], whole[:-1, -1] = 0.1 * flow, 0.1 * given
    last = (expm(whole) @ np.append(start, 1.0))[:-1]
    return 3.0 - width * last.sum() if stored is None else last[0]


def extrapolated(stored):
    coarse, fine = by_finite_volumes(100, stored), by_finite_volumes(200, stored)
    return fine + (fine - coarse) / 3


def test_a_wall_that_knows_the_mean_starts_with_a_jump():
    """The initial state is 1, the wall at once 2."""
    walls = [Eq(u.subs(x, 0), 3 - Integral(u, (x, 0, 1))), Eq(u.diff(x).subs(x, 1), 0)]
    solution = sj.solve(heat(walls), tol=1e-3)
    assert solution.report.method == "evolution"
    assert solution(0, 0.1) == pytest.approx(extrapolated(None), abs=1e-4)
    assert solution(0, 0.1) == pytest.approx(1.72358, abs=1e-4)


@pytest.mark.parametrize("stored", [Rational(1, 10), 1])
def test_a_heated_wall_that_stores_starts_from_the_initial_value(stored):
    walls = [
        Eq(stored * u.diff(t).subs(x, 0), u.diff(x).subs(x, 0) + 1),
        Eq(u.diff(x).subs(x, 1), 0),
    ]
    solution = sj.solve(heat(walls), tol=1e-6)
    assert solution(0, 0.1) == pytest.approx(extrapolated(float(stored)), rel=2e-5)
    assert solution(0, 0) == pytest.approx(1, abs=1e-9)
    assert not solution.report.notes


def test_what_is_stored_and_what_is_in_the_rod_are_conserved_for_long():
    """u(0) + integral of u changes by what the other wall lets through: nothing."""
    walls = [Eq(u.diff(t).subs(x, 0), u.diff(x).subs(x, 0)), Eq(u.diff(x).subs(x, 1), 0)]
    solution = sj.solve(heat(walls, 1 - exp(-1) * x + x**2, 100), tol=1e-6)
    times, inside = solution.monitor(Integral(u, (x, 0, 1)))
    held = solution(0, times) + inside
    np.testing.assert_allclose(held, held[0], rtol=1e-6)


def test_a_derivative_of_higher_order_in_time_than_the_equations_hold_is_named():
    walls = [Eq(u.diff(t, 2).subs(x, 0), u.diff(x).subs(x, 0)), Eq(u.subs(x, 1), 1)]
    method, reason = choose(heat(walls))
    assert method == "steady"
    assert "holds a higher derivative in time than the equations" in reason


def test_a_wall_that_is_opened_later_changes_nothing_at_once():
    opened = Piecewise((0, t < Rational(1, 4)), (1, True))
    outflow = Eq(u.diff(x).subs(x, 1), -opened * Integral(u, (x, 0, 1)))
    rod = heat([Eq(u.diff(x).subs(x, 0), 0), outflow], end=0.3)
    solution = sj.solve(rod, tol=1e-5)
    assert np.sqrt(np.mean((solution(np.linspace(0, 1, 2000), 0.25) - 1) ** 2)) <= 1e-5
