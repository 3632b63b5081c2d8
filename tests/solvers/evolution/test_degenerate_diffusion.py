"""Porous media: diffusion that vanishes with the unknown, whose fronts move at finite speeds."""

import numpy as np
import pytest
from sympy import Eq, Function, Max, symbols

import sigmajet as sj

x, t = symbols("x t")
u = Function("u")
U = u(x, t)
U_T = U.diff(t)


def stated(right, start, places, times, outside=0):
    walls = [Eq(u(place, t), outside) for place in places]
    began = Eq(u(x, times[0]), start)
    return sj.Problem(Eq(U_T, right), U, {x: places, t: times}, [began, *walls], time=t)


def barenblatt(places, times):
    """Of u_t = (u^2)_xx, a source point (G. I. Barenblatt, 1952)."""
    return times ** (-1 / 3) * np.maximum(0, 1 - places**2 * times ** (-2 / 3) / 12)


def dissolving(places, times):
    """Of u_t = (u u_x)_x - u, the same in another time, less what decays."""
    grown = 1 + 6 * (1 - np.exp(-times))
    return np.exp(-times) * grown ** (-1 / 3) * np.maximum(0, 1 - places**2 * grown ** (-2 / 3))


CASES = {
    "Barenblatt's solution": (
        stated((U**2).diff(x, 2), Max(0, 1 - x**2 / 12), (-6, 6), (1, 3)),
        barenblatt,
        1e-3,
    ),
    "above a ground of one": (
        stated(
            2 * ((U - 1) * U.diff(x)).diff(x), 1 + Max(0, 1 - x**2 / 12), (-6, 6), (1, 3), outside=1
        ),
        lambda places, times: 1 + barenblatt(places, times),
        1e-2,
    ),
    "with a loss": (
        stated((U * U.diff(x)).diff(x) - U, Max(0, 1 - x**2), (-2, 2), (0, 2)),
        dissolving,
        1e-2,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_front_of_a_porous_medium_is_followed(name):
    problem, exact, tol = CASES[name]
    solution = sj.solve(problem, tol=tol)
    lower, upper = problem.domain.lower, problem.domain.upper
    points = np.random.default_rng(0).uniform(lower, upper, (4000, 2)).T
    true = exact(*points)
    error = np.linalg.norm(solution(*points) - true) / np.linalg.norm(true)
    assert error < tol
    assert error < 10 * solution.error_estimate


def test_a_sink_that_takes_what_is_not_there_is_not_followed():
    """Beyond u = 0 diffusion runs backwards."""
    problem = sj.Problem(
        Eq(U_T, (U * U.diff(x)).diff(x) - 1),
        U,
        {x: (-2, 2), t: (0, 1)},
        [Eq(u(x, 0), Max(0, 1 - x**2)), *[Eq(U.diff(x).subs(x, place), 0) for place in (-2, 2)]],
        time=t,
    )
    with pytest.raises(sj.NotConverged, match="has become ill-posed"):
        sj.solve(problem, tol=1e-2)
