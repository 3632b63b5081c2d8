"""Equations that switch with an unknown: the place is found, and the error says what it is.

The exact solutions are pieced together where the unknown passes the switch.
"""

import numpy as np
import pytest
from scipy.optimize import brentq
from sympy import Abs, Eq, Function, Max, Min, Piecewise, Rational, pi, sign, sin, symbols

import sigmajet as sj
from sigmajet.analysis.dead_cores import vanishing_bases
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.problem.jumps.switch import by_steps, steps

x = symbols("x", real=True)
u, v = Function("u")(x), Function("v")(x)


def solve(equation, left, right, end=1, tol=1e-8):
    conditions = [Eq(u.subs(x, 0), left), Eq(u.subs(x, end), right)]
    return sj.solve(sj.Problem(equation, u, {x: (0, end)}, conditions), tol=tol)


def check(solution, exact, end=1.0, tol=1e-8):
    """The error is within the tolerance and within 10 times the estimate."""
    places = np.linspace(0.0, end, 1001)
    truth = exact(places)
    error = np.sqrt(np.mean((solution(places) - truth) ** 2) / np.mean(truth**2))
    assert error <= tol
    assert error <= 10.0 * max(solution.error_estimate, 1e-13)


@pytest.mark.parametrize(("stiffness", "tol"), [(100, 1e-7), (1e5, 1e-6), (7, 1e-9), (3e3, 1e-8)])
def test_a_bed_that_carries_on_one_side_only(stiffness, tol):
    """u'' = c max(u, 0): a hyperbolic sine up to a point, straight beyond."""
    root = np.sqrt(stiffness)
    place = brentq(lambda s: root * (1.0 - s) - np.sinh(root * s), 1e-6, 1.0 - 1e-12, xtol=1e-15)
    size = 1.0 / np.sinh(root * place)

    def exact(at):
        inside = size * np.sinh(root * np.maximum(place - at, 0.0))
        return np.where(at < place, inside, root * size * (place - at))

    check(solve(Eq(u.diff(x, 2), stiffness * Max(u, 0)), 1, -1, tol=tol), exact, tol=tol)


@pytest.mark.parametrize(
    ("rate", "power", "left"),
    [
        (100 * Max(u, 0) ** Rational(1, 2), 0.5, 0),
        (100 * Max(u, 0) ** Rational(2, 5), 0.4, 0),
        (100 * u ** Rational(1, 2), 0.5, 1),
        (1000 * Piecewise((u ** Rational(9, 10), u > 0), (0, True)), 0.9, 1),
    ],
)
def test_a_reaction_that_uses_up_all_leaves_a_dead_core(rate, power, left):
    """u'' = k u^p beside it: u = (A d)^m with m = 2 / (1 - p) and A^2 m (m - 1) = k."""
    many = 2.0 / (1.0 - power)
    steep = np.sqrt(float(rate.subs(u, 1)) / (many * (many - 1.0)))

    def exact(at):
        core = 1.0 - 1.0 / steep
        return sum(np.maximum(steep * (d - core), 0.0) ** many for d in (at, 1.0 - at)[: 1 + left])

    check(solve(Eq(u.diff(x, 2), rate), left, 1, tol=1e-6), exact, tol=1e-6)


def test_a_dead_core_between_slopes():
    """u'(0) = 0, u'(1) = 3: below zero, where nothing sees the level of u, is no start."""
    steep = np.sqrt(100.0 / 12.0)
    core = 1.0 - np.cbrt(3.0 / (4.0 * steep)) / steep
    ends = [Eq(u.diff(x).subs(x, end), slope) for end, slope in ((0, 0), (1, 3))]
    reaction = Eq(u.diff(x, 2), 100 * Max(u, 0) ** Rational(1, 2))
    solution = sj.solve(sj.Problem(reaction, u, {x: (0, 1)}, ends), tol=1e-6)
    check(solution, lambda at: np.maximum(steep * (at - core), 0.0) ** 4, tol=1e-6)


def test_a_root_of_an_unknown_that_would_be_negative_has_no_solution():
    """u'' >= 10 and 1/10 at both ends: at most 1/10 - 10/8 in the middle."""
    with pytest.raises(sj.ProblemError, match=r"comes below zero, as about x = 0\.5"):
        solve(Eq(u.diff(x, 2), 10 + u ** Rational(1, 2)), Rational(1, 10), Rational(1, 10))


def test_roots_of_an_unknown_that_stays_positive_are_as_ever():
    """u'' = 3 sqrt(u) + 2 - 3 (1 + x) with u = (1 + x)^2."""
    source = 2 - 3 * (1 + x)
    equation = Eq(u.diff(x, 2), 3 * u ** Rational(1, 2) + source)
    check(solve(equation, 1, 4), lambda at: (1.0 + at) ** 2)


def test_a_root_is_named_whose_base_comes_to_zero():
    square = solve(Eq(u.diff(x, 2), 2), 0, 1)
    ends = [Eq(u.subs(x, end), end) for end in (0, 1)]
    rooted = sj.Problem(Eq(u.diff(x, 2), 2 * u ** Rational(1, 3)), u, {x: (0, 1)}, ends)
    blocks = Partition.whole((0.0,), (1.0,))
    (source,) = vanishing_bases(System.compile(rooted), square.field, blocks)
    assert source == "diff(u, x, 2) = 2*u**(1/3)"


@pytest.mark.parametrize("end", [2, Rational(5, 2), 3])
def test_an_oscillator_of_an_absolute_value(end):
    """y'' + |y| = 0 from -1 to 1: exponentials below zero, a sine above."""
    length = float(end)

    def slope(place):  # of y at its zero
        return 1.0 / np.sinh(place)

    place = brentq(lambda s: slope(s) * np.sin(length - s) - 1.0, 1e-3, 0.95, xtol=1e-15)

    def exact(at):
        return slope(place) * np.where(at < place, np.sinh(at - place), np.sin(at - place))

    check(solve(Eq(u.diff(x, 2) + Abs(u), 0), -1, 1, end=end), exact, end=length)


@pytest.mark.parametrize(
    ("below", "above", "threshold"),
    [(30, 10, Rational(1, 3)), (2, -5, 0), (-1, 4, Rational(-1, 7))],
)
def test_a_load_that_depends_on_the_side_of_a_threshold(below, above, threshold):
    """u'' = a below and b above, from -1 to 1: two parabolas."""
    level = float(threshold)

    def slope(place):  # at the threshold, from the parabola on the left
        return (level + 1.0 + 0.5 * below * place**2) / place

    def miss(place):
        rest = 1.0 - place
        return level + slope(place) * rest + 0.5 * above * rest**2 - 1.0

    places = np.linspace(1e-3, 1.0 - 1e-3, 999)
    (low,) = np.flatnonzero(np.diff(np.sign([miss(p) for p in places])))
    place = brentq(miss, places[low], places[low + 1], xtol=1e-15)

    def exact(at):
        gap = at - place
        return level + slope(place) * gap + 0.5 * np.where(gap < 0.0, below, above) * gap**2

    load = Piecewise((below, u < threshold), (above, True))
    check(solve(Eq(u.diff(x, 2), load), -1, 1), exact)


def test_a_switch_at_a_slope():
    """u'' = 10 |u'| - 3: exponentials that meet where the slope vanishes."""

    def slopes(at, place):
        return 0.3 * (np.exp(-10.0 * np.abs(at - place)) - 1.0) * np.sign(at - place)

    def exact(at, place=0.5):
        def antiderivative(gap):
            return 0.3 * ((1.0 - np.exp(-10.0 * np.abs(gap))) / 10.0 - np.abs(gap))

        return antiderivative(at - place) - antiderivative(0.0 - place)

    places = np.linspace(0.0, 1.0, 11)
    assert np.allclose(np.gradient(exact(places), 0.1), slopes(places, 0.5), atol=0.1)
    check(solve(Eq(u.diff(x, 2), 10 * Abs(u.diff(x)) - 3), 0, 0), exact)


def test_clipped_terms_have_two_switches():
    """A manufactured solution that passes both bounds of a clipped term."""
    answer = 2 * x - 1 + Rational(1, 3) * (1 - x) * x
    bound = Rational(1, 4)

    def clipped(w):
        return Min(Max(w, -bound), bound)

    source = answer.diff(x, 2) + 20 * clipped(answer)
    solution = solve(Eq(u.diff(x, 2) + 20 * clipped(u), source), -1, 1)
    check(solution, lambda at: 2 * at - 1 + (1 - at) * at / 3)


def test_several_unknowns_switch_with_each_other():
    """v'' = u and u'' = 30 |v| + f, solved by v = sin(pi (x - 1/3))."""

    answer = sin(pi * (x - Rational(1, 3)))
    wanted = {v: answer, u: answer.diff(x, 2)}
    source = wanted[u].diff(x, 2) - 30 * Abs(answer)
    equations = [Eq(v.diff(x, 2), u), Eq(u.diff(x, 2), 30 * Abs(v) + source)]
    conditions = [
        Eq(w.subs(x, end), value.subs(x, end)) for w, value in wanted.items() for end in (0, 1)
    ]
    solution = sj.solve(sj.Problem(equations, [u, v], {x: (0, 1)}, conditions), tol=1e-8)
    places = np.linspace(0.0, 1.0, 301)
    assert np.allclose(solution.evaluate(v, places), np.sin(np.pi * (places - 1 / 3)), atol=1e-7)


@pytest.mark.parametrize(
    "expression",
    [Abs(u), Max(u, 2, u**2), Min(u, -x), sign(u - x) * u, Max(Abs(u), 1), Abs(Max(u, 0) - 1)],
)
def test_an_expression_is_that_of_its_steps(expression):
    """Steps put back in their places give the expression again."""
    symbol = symbols("a", real=True)
    plain = expression.subs(u, symbol)
    rewritten, found = by_steps(plain, {symbol})
    for number in (-3.0, -0.7, 0.2, 0.9, 1.7, 2.5):
        values = {symbol: number, x: 0.4}
        known: dict = {}
        for step, definition in found.items():
            known[step] = definition.subs({**values, **known})
        assert float(rewritten.subs({**values, **known})) == pytest.approx(
            float(plain.subs(values))
        )
    assert all(not step.has(*found) for atom in plain.atoms(Abs, Max) for step in steps(atom))
