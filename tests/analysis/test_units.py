"""Units in which numbers leave the range of floats are named, and nothing else is blamed."""

import pytest
from sympy import Eq, Function, symbols

import sigmajet as sj

x, t = symbols("x t")
U = Function("u")


def parabola(length, order=2):
    u = U(x)
    ends = [Eq(u.subs(x, a), 1) for a in (0, length)]
    ends += [Eq(u.diff(x).subs(x, a), 0) for a in (0, length)] if order == 4 else []
    return sj.Problem(Eq(u.diff(x, order), 0), u, {x: (0, length)}, ends)


@pytest.mark.parametrize("length", [1e-200, 1e-80, 1e100, 1e300])
def test_an_interval_whose_powers_leave_the_range_of_floats_is_named(length):
    with pytest.raises(sj.ProblemError, match=r"interval of x .* power -4 .* another unit"):
        sj.solve(parabola(length))


@pytest.mark.parametrize("length", [1e-70, 1e80])
def test_one_whose_powers_do_not_is_solved(length):
    assert sj.solve(parabola(length))(length / 3) == pytest.approx(1.0, rel=1e-8)


def test_what_counts_is_the_order_of_the_equation():
    with pytest.raises(sj.ProblemError, match="power -8"):
        sj.solve(parabola(1e60, order=4))


@pytest.mark.parametrize("length", [1e-200, 1e200])
def test_an_evolution_over_such_an_interval_is_refused_in_the_same_words(length):
    u = U(x, t)
    ends = [Eq(u.subs(t, 0), 0), Eq(u.subs(x, 0), 0), Eq(u.subs(x, length), 1)]
    problem = sj.Problem(Eq(u.diff(t), u.diff(x, 2)), u, {x: (0, length), t: (0, 1)}, ends, time=t)
    with pytest.raises(sj.ProblemError, match="measure x in another unit"):
        sj.solve(problem)


@pytest.mark.parametrize("length", [1e-200, 1e-300])
def test_a_march_whose_slopes_leave_the_range_of_floats_ends_and_says_so(length):
    problem = sj.Problem(
        Eq(U(x).diff(x), -U(x) / length), U(x), {x: (0, length)}, [Eq(U(0), 1)]
    )  # windows were halved for ever
    with pytest.raises(sj.NotConverged, match=r"derivative of u .* measure x in another unit"):
        sj.solve(problem)


def test_a_march_says_what_bounds_its_windows():
    problem = sj.Problem(Eq(U(x).diff(x), -U(x)), U(x), {x: (0, 1e300)}, [Eq(U(0), 1)])
    with pytest.raises(sj.NotConverged, match="length of the interval and the rounding of x"):
        sj.solve(problem)
    slow = sj.Problem(Eq(U(x).diff(x), -U(x) / 1e300), U(x), {x: (0, 1e300)}, [Eq(U(0), 1)])
    assert sj.solve(slow)(1e300) == pytest.approx(0.36787944117144233, rel=1e-8)
