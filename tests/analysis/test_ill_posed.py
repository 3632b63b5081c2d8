"""Evolutions that are ill-posed are refused before a step is made, their neighbours are not."""

import pytest
from sympy import Eq, Function, Rational, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.analysis.evolution.characteristics import refuse_wrong_walls
from sigmajet.analysis.evolution.degenerate_walls import refuse_degenerate_walls
from sigmajet.analysis.evolution.short_waves import refuse_growth
from sigmajet.problem.compiled.evolution import EvolutionModel
from sigmajet.problem.compiled.system import System

x, y, t = symbols("x y t")
u, v, w = Function("u")(x, t), Function("v")(x, t), Function("w")(x, y, t)
LINE, SQUARE = {x: (0, 1), t: (0, 1)}, {x: (0, 1), y: (0, 1), t: (0, 1)}
START = Eq(u.subs(t, 0), sin(pi * x))
STARTS = [START, Eq(v.subs(t, 0), 0)]
MOVING = [START, Eq(u.diff(t).subs(t, 0), 0)]
FLAT = Eq(w.subs(t, 0), sin(pi * x) * sin(pi * y))
SIDES = [Eq(w.subs(q, end), 0) for q in (x, y) for end in (0, 1)]


def left(trace):
    return Eq(trace.subs(x, 0), 0)


def right(trace):
    return Eq(trace.subs(x, 1), 0)


BOTH = [left(u), right(u)]
ACOUSTIC = [Eq(u.diff(t), v.diff(x)), Eq(v.diff(t), u.diff(x))]


def on_line(equation, *conditions, unknowns=u, domain=LINE):
    return sj.Problem(equation, unknowns, domain, conditions, time=t)


def on_square(equation, *conditions):
    return sj.Problem(equation, w, SQUARE, conditions, time=t)


GROWING = {
    "heat backward": (on_line(Eq(u.diff(t), -u.diff(x, 2)), START, *BOTH), r"diff\(u, x, 2\)"),
    "heat backward on a part": (
        on_line(Eq(u.diff(t), (x - Rational(1, 2)) * u.diff(x, 2)), START, *BOTH),
        r"diff\(u, x, 2\)",
    ),
    "diffusion that the start makes negative": (
        on_line(Eq(u.diff(t), (u - 2) * u.diff(x, 2)), START, *BOTH),
        r"diff\(u, x, 2\)",
    ),
    "elliptic": (on_line(Eq(u.diff(t, 2), -u.diff(x, 2)), *MOVING, *BOTH), r"diff\(u, x, 2\)"),
    "elliptic pair": (
        on_line(
            [Eq(u.diff(t), v.diff(x)), Eq(v.diff(t), -u.diff(x))],
            *STARTS,
            left(u),
            right(u),
            unknowns=[u, v],
        ),
        r"diff\(u, x\), diff\(v, x\)",
    ),
    "fourth order": (
        on_line(Eq(u.diff(t), u.diff(x, 4)), START, *BOTH, left(u.diff(x)), right(u.diff(x))),
        r"diff\(u, x, 4\)",
    ),
    "one axis backward": (on_square(Eq(w.diff(t), w.diff(x, 2) - w.diff(y, 2)), FLAT, *SIDES), "w"),
    "mixed": (on_square(Eq(w.diff(t), w.diff(x, y)), FLAT, *SIDES), r"diff\(w, x, y\)"),
}


@pytest.mark.parametrize("name", GROWING)
def test_growth_without_bound_is_refused_and_its_terms_named(name):
    problem, named = GROWING[name]
    with pytest.raises(sj.ProblemError, match=f"ill-posed.*{named}"):
        sj.solve(problem)


ADVECTION = Eq(u.diff(t) + u.diff(x), 0)
BURGERS = Eq(u.diff(t) + u * u.diff(x), 0)
RISING = Eq(u.subs(t, 0), 2 + x)
WRONG = {
    "inflow at both walls": (
        on_line(Eq(u.diff(t) - x * u.diff(x), 0), START, domain={x: (-1, 1), t: (0, 1)}),
        r"x = -1 takes 1 condition.*speed 1\); got no conditions there. Pose",
    ),
    "given at the outflow": (
        on_line(ADVECTION, START, right(u)),
        r"x = 0 takes 1 condition.*speed 1\); got no conditions there, and `u\(1, t\) = 0` at the",
    ),
    "speed of the initial state": (
        on_line(BURGERS, RISING, Eq(u.subs(x, 1), 3)),
        r"x = 0 takes 1 condition.*speed 2\)",
    ),
    "pair given on one side": (
        on_line(ACOUSTIC, *STARTS, left(u), left(v), unknowns=[u, v]),
        r"x = 1 takes 1 condition,.*speed -1, 1\); got no conditions there",
    ),
    "wave given on one side": (
        on_line(Eq(u.diff(t, 2), u.diff(x, 2)), *MOVING, left(u), left(u.diff(x))),
        "x = 1 takes 1 condition,.*got no conditions there",
    ),
    "heat given on one side": (
        on_line(Eq(u.diff(t), u.diff(x, 2)), START, left(u), left(u.diff(x))),
        "x = 1 takes 1 condition,.*got no conditions there",
    ),
    "dispersion with the slope on the left": (
        on_line(Eq(u.diff(t) + u.diff(x, 3), 0), START, *BOTH, left(u.diff(x))),
        "x = 1 takes 2 conditions,.*got 1 condition there",
    ),
    "a face that the flow enters": (
        on_square(Eq(w.diff(t) + w.diff(x) + w.diff(y), 0), FLAT, SIDES[0], SIDES[3]),
        "y = 0 takes 1 condition,.*got no conditions there",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_conditions_that_do_not_suit_what_comes_in_are_refused_and_the_wall_named(name):
    problem, named = WRONG[name]
    with pytest.raises(sj.ProblemError, match=f"the wall {named}"):
        sj.solve(problem)


CLAMPED = [*BOTH, left(u.diff(x)), right(u.diff(x))]
HEAT = Eq(u.diff(t), u.diff(x, 2))
TOO_MANY = {
    "heat with a slope": (on_line(HEAT, START, *BOTH, right(u.diff(x))), "x = 1 takes 1", 2),
    "heat with both slopes": (on_line(HEAT, START, *CLAMPED), "x = 0 takes 1", 2),
    "diffusion that depends on the state": (
        on_line(Eq(u.diff(t), ((1 + u**2) * u.diff(x)).diff(x).doit()), START, *BOTH, CLAMPED[2]),
        "x = 0 takes 1",
        2,
    ),
    "Burgers with viscosity and a third that the start contradicts": (
        on_line(Eq(u.diff(t) + u * u.diff(x), u.diff(x, 2) / 10), START, *BOTH, right(u.diff(x))),
        "x = 1 takes 1",
        2,
    ),
    "a value where all goes out, though it agrees": (
        on_line(ADVECTION, Eq(u.subs(t, 0), exp(x)), left(u - exp(x - t)), right(u - exp(x - t))),
        "x = 1 takes no",
        1,
    ),
    "wave with a slope": (
        on_line(Eq(u.diff(t, 2), u.diff(x, 2)), *MOVING, *BOTH, left(u.diff(x))),
        "x = 0 takes 1",
        2,
    ),
    "dispersion with both slopes": (
        on_line(Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0), START, *CLAMPED),
        "x = 0 takes 1",
        2,
    ),
    "all of a pair on one side": (
        on_line(ACOUSTIC, *STARTS, *BOTH, left(v), unknowns=[u, v]),
        "x = 0 takes 1",
        2,
    ),
    "all faces of a square that the flow leaves": (
        on_square(Eq(w.diff(t) + w.diff(x) + w.diff(y), 0), FLAT, *SIDES),
        "x = 1 takes no",
        1,
    ),
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_more_conditions_than_a_wall_surely_takes_are_refused_and_it_is_named(name):
    problem, named, got = TOO_MANY[name]
    model = EvolutionModel.read(System.compile(problem))
    with pytest.raises(sj.ProblemError, match=rf"{named} condition.*got {got} .*Leave out 1 ") as e:
        refuse_wrong_walls(model)
    assert "np." not in str(e.value)


def test_a_number_in_a_message_is_written_as_a_user_would():
    subsonic = [
        Eq(u.diff(t) + u.diff(x) / 2 + v.diff(x), 0),
        Eq(v.diff(t) + u.diff(x) + v.diff(x) / 2, 0),
    ]
    with pytest.raises(sj.ProblemError, match=r"carry at speed -0\.5, 1\.5\); got no"):
        sj.solve(on_line(subsonic, *STARTS, left(u), left(v), unknowns=[u, v]))


TAKEN = {
    "advection from the left": on_line(ADVECTION, START, left(u)),
    "outflow at both walls": on_line(
        Eq(u.diff(t) + x * u.diff(x), 0), START, domain={x: (-1, 1), t: (0, 1)}
    ),
    "periodic": on_line(ADVECTION, START, Eq(u.subs(x, 0), u.subs(x, 1))),
    "Burgers without viscosity": on_line(BURGERS, RISING, Eq(u.subs(x, 0), 2)),
    "Burgers that stands still at first": on_line(
        BURGERS, Eq(u.subs(t, 0), 0), Eq(u.subs(x, 0), t)
    ),
    "Burgers with viscosity": on_line(
        Eq(u.diff(t) + u * u.diff(x), u.diff(x, 2) / 100), START, *BOTH
    ),
    "dispersion": on_line(
        Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0), START, *BOTH, right(u.diff(x))
    ),
    "dispersion to the other side": on_line(
        Eq(u.diff(t) - u.diff(x, 3), 0), START, *BOTH, left(u.diff(x))
    ),
    "beam": on_line(Eq(u.diff(t, 2), -u.diff(x, 4)), *MOVING, *CLAMPED),
    "Swift-Hohenberg": on_line(
        Eq(u.diff(t), -u - 2 * u.diff(x, 2) - u.diff(x, 4)), START, *CLAMPED
    ),
    "telegraph": on_line(Eq(u.diff(t, 2) + u.diff(t), u.diff(x, 2) - u), *MOVING, *BOTH),
    "wave with inner friction": on_line(
        Eq(u.diff(t, 2), u.diff(x, 2) + u.diff(x, 2, t)), *MOVING, *BOTH
    ),
    "acoustic pair": on_line(ACOUSTIC, *STARTS, left(u), right(v), unknowns=[u, v]),
    "acoustic pair that absorbs": on_line(
        ACOUSTIC, *STARTS, left(u), right(u + v), unknowns=[u, v]
    ),
    "pair that is not diagonal": on_line(
        [Eq(u.diff(t) + u.diff(x) + v.diff(x), 0), Eq(v.diff(t) + v.diff(x), 0)],
        *STARTS,
        left(u),
        left(v),
        unknowns=[u, v],
    ),
    "wave as a pair of second order": on_line(
        [Eq(u.diff(t), v), Eq(v.diff(t), u.diff(x, 2))], *STARTS, *BOTH, unknowns=[u, v]
    ),
    "degenerate diffusion": on_line(Eq(u.diff(t), (x * u.diff(x)).diff(x).doit()), START, right(u)),
    "transport that turns, given at both walls": on_line(
        Eq(u.diff(t) + cos(4 * t) * u.diff(x), 0), START, *BOTH
    ),
    "diffusion that vanishes with the state": on_line(
        Eq(u.diff(t), (u * u.diff(x)).diff(x).doit()), START, *BOTH, left(u.diff(x))
    ),
    "transport in the plane": on_square(
        Eq(w.diff(t) + w.diff(x) + w.diff(y), 0), FLAT, SIDES[0], SIDES[2]
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_well_posed_is_not_refused(name):
    model = EvolutionModel.read(System.compile(TAKEN[name]))
    refuse_growth(model)
    refuse_wrong_walls(model)
    refuse_degenerate_walls(model)


RAMP = [Eq(u.subs(t, 0), x), Eq(u.subs(x, 1), 1 + t)]
BESSEL = Eq(u.diff(t), (x * u.diff(x)).diff(x).doit())
SQUARED = Eq(u.diff(t), (x**2 * u.diff(x)).diff(x).doit())
BLACK_SCHOLES = Eq(u.diff(t), x**2 * u.diff(x, 2) + x * u.diff(x) - u / 10)


@pytest.mark.parametrize(
    ("equation", "value", "named"),
    [
        (SQUARED, 1 + t, r"`u\(0, t\) = t \+ 1` contradicts the equation"),
        (BLACK_SCHOLES, 1, r"`u\(0, t\) = 1` contradicts the equation"),
        (BESSEL, t**2, r"diff\(u, x, 2\) vanishes and nothing is carried in.*leave"),
    ],
)
def test_a_value_where_diffusion_vanishes_is_refused(equation, value, named):
    with pytest.raises(sj.ProblemError, match=named):
        sj.solve(on_line(equation, *RAMP, Eq(u.subs(x, 0), value)), tol=1e-4)


@pytest.mark.parametrize(
    ("equation", "wall"),
    [
        (SQUARED, left(u)),
        (BLACK_SCHOLES, Eq(u.subs(x, 0), 2 * exp(-t / 10))),
        (BESSEL, left(u.diff(x))),
        (Eq(u.diff(t), x * u.diff(x, 2) - u.diff(x)), left(u)),  # the drift carries it in
        (Eq(x * u.diff(t), x * u.diff(x, 2) + u.diff(x)), left(u.diff(x))),
    ],
)
def test_a_wall_where_diffusion_vanishes_takes_what_the_equation_allows(equation, wall):
    refuse_degenerate_walls(EvolutionModel.read(System.compile(on_line(equation, *RAMP, wall))))


def test_a_wall_where_diffusion_vanishes_needs_no_condition():
    solution = sj.solve(on_line(BESSEL, *RAMP), tol=1e-8)
    assert solution([0.0, 0.3], [0.5, 0.5]) == pytest.approx([0.5, 0.8], abs=1e-8)


def test_a_wall_that_absorbs_is_followed_in_time():
    absorbing = Eq((u.diff(t) + u.diff(x)).subs(x, 1), 0)
    problem = on_line(
        Eq(u.diff(t, 2), u.diff(x, 2)),
        Eq(u.subs(t, 0), x),
        Eq(u.diff(t).subs(t, 0), -1),
        Eq(u.subs(x, 0), -t),
        absorbing,
    )
    solution = sj.solve(problem, tol=1e-6)
    assert solution.report.method == "evolution"
    assert solution(0.3, 0.8) == pytest.approx(-0.5, abs=1e-6)
