"""Porous media, whose diffusion vanishes with the unknown, and media that change with it."""

import numpy as np
import pytest
from sympy import Eq, Function, Max, Piecewise, Rational, erf, exp, lambdify, sqrt, symbols

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


def melting(k, place):
    """v = K(u) of u_t = (k(u) u_x)_x, k from 1 to `k` at u = 1/2, where x = 2 place sqrt(t + 1/4).

    F. Neumann's solution: a erf(z / 2) and b + c erf(z / (2 sqrt(k))) with z = x / sqrt(t + 1/4).
    """
    half, z = Rational(1, 2), x / sqrt(t + Rational(1, 4))
    a = half / erf(place)
    c = a * exp(-(place**2) * (1 - 1 / k)) / sqrt(k)
    beyond = half + k * c * (erf(z / (2 * sqrt(k))) - erf(place / sqrt(k)))
    return Piecewise((a * erf(z / 2), z < 2 * place), (beyond, True)), beyond


@pytest.mark.parametrize(
    ("k", "place"), [(Rational(4), 0.4), (Rational(1, 4), 0.4), (Rational(10), 0.3)]
)
def test_a_coefficient_that_jumps_with_the_unknown_is_solved_in_its_integral(k, place):
    # As a refusal of (k(u)*u_x)_x says.
    exact, beyond = melting(k, Rational(place).limit_denominator(10))
    capacity = Piecewise((1, Rational(1, 2) > U), (1 / k, True))
    ends = [Eq(u(0, t), 0), Eq(u(1, t), beyond.subs(x, 1)), Eq(u(x, 0), exact.subs(t, 0))]
    equation = Eq(capacity * U_T, U.diff(x, 2))
    solution = sj.solve(sj.Problem(equation, U, {x: (0, 1), t: (0, 1)}, ends, time=t), tol=1e-3)
    points = np.random.default_rng(0).random((2, 10_000))
    true = lambdify((x, t), exact, ["scipy", "numpy"])(*points)
    error = np.sqrt(np.mean((solution(*points) - true) ** 2) / np.mean(true**2))
    assert error < 1e-3
    assert error < 10 * solution.error_estimate
