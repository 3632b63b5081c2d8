"""Guesses and easy parameters: what a user can say of where a nonlinear solution lies."""

import numpy as np
import pytest
from sympy import Eq, Function, Rational, exp, log, symbols

import sigmajet as sj
from sigmajet.nonlinear.continuation import parameter_path
from sigmajet.problem.compiled.system import System

x, t, eps = symbols("x t epsilon")
u, v = Function("u"), Function("v")
ENDS = [Eq(u(0), 0), Eq(u(1), 0)]
BRATU = sj.Problem(Eq(u(x).diff(x, 2) + exp(u(x)), 0), u(x), {x: (0, 1)}, ENDS)


def bratu_middle(theta: float) -> float:
    """u(1/2) of Bratu's problem from its parameter, theta = sqrt(2) cosh(theta / 4)."""
    return float(2 * np.log(np.cosh(theta / 4)))


# Roots of theta = sqrt(2) cosh(theta / 4), from mpmath.findroot
LOWER, UPPER = 1.5171645990507543704, 10.938702772122106833


def test_a_guess_chooses_between_two_solutions():
    low = sj.solve(BRATU, tol=1e-10)
    high = sj.solve(BRATU, tol=1e-10, guess=16 * x * (1 - x))
    assert low(0.5) == pytest.approx(bratu_middle(LOWER), rel=1e-10)
    assert high(0.5) == pytest.approx(bratu_middle(UPPER), rel=1e-10)
    assert "from the guess" in high.report.notes[0]
    again = sj.solve(BRATU, tol=1e-10, guess=high)
    assert again(0.5) == pytest.approx(bratu_middle(UPPER), rel=1e-10)


def corner_layer(width):
    # lambda u'' = 1 - u'^2 has the solution 1 + lambda log cosh((x - 0.745) / lambda).
    def exact(place):
        s = abs(place - 0.745) / width
        return 1 + width * (s + np.log1p(np.exp(-2 * s)) - float(log(2)))

    problem = sj.Problem(
        Eq(eps * u(x).diff(x, 2), 1 - u(x).diff(x) ** 2),
        u(x),
        {x: (0, 1)},
        [Eq(u(0), exact(0.0)), Eq(u(1), exact(1.0))],
        parameters={eps: width},
    )
    return problem, exact


def test_a_solution_is_followed_from_easy_parameters():
    problem, exact = corner_layer(0.003)
    solution = sj.solve(problem, tol=1e-7, continuation={eps: 0.1})
    places = np.linspace(0, 1, 301)
    assert np.abs(solution(places) - exact(places)).max() < 1e-6
    assert "from epsilon = 0.1" in solution.report.notes[0]


def test_a_path_of_parameters_ends_at_the_problem_and_is_geometric():
    problem, _ = corner_layer(0.001)
    path = parameter_path(System.compile(problem), {eps: 0.1})
    values = [path(share).equations[0].table.parameters[eps] for share in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(values, [0.1, 0.01, 0.001], rtol=1e-14)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"guess": t}, "t is neither a variable nor a parameter"),
        ({"guess": Function("w")(x)}, r"w\(x\) is neither a variable nor a parameter"),
        ({"guess": {v(x): x}}, "is no unknown"),
        ({"guess": log(x - Rational(1, 2))}, "not finite"),
        ({"guess": "x"}, "got the text"),
        ({"continuation": {eps: 1}}, "expected a parameter of the problem"),
    ],
)
def test_what_is_no_guess_is_refused_by_name(options, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.solve(BRATU, **options)


def test_a_system_needs_a_guess_by_name():
    problem = sj.Problem(
        [Eq(u(x).diff(x), v(x) ** 2), Eq(v(x).diff(x), 1)],
        [u(x), v(x)],
        {x: (0, 1)},
        [Eq(u(1), 1), Eq(v(0), 0)],
    )
    with pytest.raises(sj.ProblemError, match="expected a dictionary"):
        sj.solve(problem, guess=x)
    solution = sj.solve(problem, guess={v(x): x})
    assert solution(0.5)[0] == pytest.approx(1 - (1 - 0.5**3) / 3, rel=1e-8)
