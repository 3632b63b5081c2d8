"""Conditions beyond what an equation takes: they have to agree to the tolerance."""

import numpy as np
import pytest
from sympy import Eq, Function, Integral, Rational, cos, exp, sin, symbols

import sigmajet as sj

x = symbols("x")
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
