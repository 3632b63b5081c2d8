"""Known terms of a line that are infinite at a place: the solution has powers there."""

import numpy as np
import pytest
from scipy.integrate import quad
from sympy import Abs, Eq, Function, Rational, lambdify, symbols

import sigmajet as sj

x, a = symbols("x a")
u = Function("u")(x)
THIRD, TENTH = Rational(1, 3), Rational(1, 10)
PLACES = np.linspace(0, 1, 203)[1:-1]


def solve(equation, left, right, **options):
    ends = [Eq(u.subs(x, 0), left), Eq(u.subs(x, 1), right)]
    return sj.solve(sj.Problem(equation, u, {x: (0, 1)}, ends, **options))


SLOW = 11 * TENTH  # of which the second derivative has the power -9/10
SOURCE = SLOW * TENTH


@pytest.mark.parametrize(
    ("equation", "exact"),
    [
        (u.diff(x, 2) - SOURCE * x ** (-9 * TENTH), x**SLOW),
        (u.diff(x, 2) + (1 - x) ** Rational(-3, 2) / 4, (1 - x) ** Rational(1, 2)),
        (x ** (9 * TENTH) * u.diff(x, 2) - SOURCE, x**SLOW),
        (u.diff(x, 2) - SOURCE * Abs(x - THIRD) ** (-9 * TENTH), Abs(x - THIRD) ** SLOW),
        (
            u.diff(x, 2) + x ** (-9 * TENTH) * u - SOURCE * x ** (-9 * TENTH) - x ** (2 * TENTH),
            x**SLOW,
        ),
        (
            u.diff(x, 2) - x ** (-9 * TENTH) * (u**2 + SOURCE) + x ** (13 * TENTH),
            x**SLOW,
        ),
    ],
    ids=["left", "right", "leading", "inside", "factor", "nonlinear"],
)
def test_terms_may_be_infinite_at_a_place(equation, exact):
    solution = solve(Eq(equation, 0), exact.subs(x, 0), exact.subs(x, 1))
    np.testing.assert_allclose(solution(PLACES), lambdify(x, exact)(PLACES), rtol=0, atol=1e-12)


def test_an_integer_power_has_a_logarithm():
    solution = solve(Eq(u.diff(x, 2), 1 / x), 0, 0)
    np.testing.assert_allclose(solution(PLACES), PLACES * np.log(PLACES), rtol=0, atol=1e-12)


def test_powers_of_a_factor_alone_follow():
    """u'' + x^(-9/10) u' = 0: u' = exp(-10 x^(1/10))."""
    solution = solve(Eq(u.diff(x, 2) + x ** (-a) * u.diff(x), 0), 0, 1, parameters={a: 0.9})

    def integral(end):
        return quad(lambda s: np.exp(-10 * s) * s**9, 0, end**0.1, epsabs=0, epsrel=1e-13)[0]

    places = np.array([1e-6, 0.01, 0.5])
    expected = [integral(place) / integral(1.0) for place in places]
    np.testing.assert_allclose(solution(places), expected, rtol=0, atol=1e-7)
