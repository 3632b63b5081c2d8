"""Boundary data that contradict each other: no solution, however well two draws agree."""

import numpy as np
import pytest
from sympy import (
    Eq,
    Function,
    Integral,
    Rational,
    atan2,
    cos,
    exp,
    integrate,
    log,
    pi,
    sin,
    sqrt,
    symbols,
)

import sigmajet as sj
from sigmajet.adaptivity.stopping import PATIENCE
from sigmajet.analysis.singular.corner_data import disagreements
from sigmajet.problem.compiled.system import System
from sigmajet.solvers.boundary_value.surplus import _places

x, y = symbols("x y")
u = Function("u")
FIELD = u(x, y)
SQUARE = {x: (0, 1), y: (0, 1)}
LAPLACIAN = FIELD.diff(x, 2) + FIELD.diff(y, 2)
WALLS = [(s, end) for s in (x, y) for end in (0, 1)]
EXACT = exp(x) * cos(2 * y) + x**3
THIRDS = {x: Rational(1, 3), y: Rational(2, 3)}
PINNED = Eq(FIELD.subs(THIRDS), EXACT.subs(THIRDS))


def neumann(off) -> sj.Problem:
    """Fluxes of EXACT through the walls, that through the first one off."""
    fluxes = [Eq(FIELD.diff(s).subs(s, a), EXACT.diff(s).subs(s, a)) for s, a in WALLS]
    fluxes[0] = Eq(fluxes[0].lhs, fluxes[0].rhs + off)
    source = EXACT.diff(x, 2) + EXACT.diff(y, 2)
    return sj.Problem(Eq(LAPLACIAN, source), FIELD, SQUARE, [*fluxes, PINNED])


def dirichlet(*more) -> sj.Problem:
    bump = sin(pi * x) * sin(pi * y)
    zero = [Eq(FIELD.subs(s, a), 0) for s, a in WALLS]
    return sj.Problem(Eq(LAPLACIAN, -2 * pi**2 * bump), FIELD, SQUARE, [*zero, *more])


@pytest.mark.parametrize("off", [Rational(1, 20), Rational(1, 2)])
def test_fluxes_that_do_not_balance_the_sources_are_refused_with_both(off):
    source = integrate(EXACT.diff(x, 2) + EXACT.diff(y, 2), (x, 0, 1), (y, 0, 1))
    amounts = rf"amount to {float(source):.6g} and .* to {float(source - off):.6g}; no wall"
    with pytest.raises(sj.ProblemError, match=amounts):
        sj.solve(neumann(off), tol=1e-3)


K = 1 + x * y / 2
CONDUCTING = (K * FIELD.diff(x)).diff(x) + (K * FIELD.diff(y)).diff(y)


def through(coefficient, off):
    """The same flux through all walls but the first, where it is `off` more."""
    given = [off, 0, 0, 0]
    return [
        Eq((coefficient * FIELD.diff(s)).subs(s, end), flow)
        for (s, end), flow in zip(WALLS, given, strict=True)
    ]


@pytest.mark.parametrize("coefficient", [1, K, exp(x) * K])
@pytest.mark.parametrize("off", [Rational(1, 20), Rational(1, 2)])
def test_they_are_where_coefficients_vary(coefficient, off):
    """(k u_x)_x + (k u_y)_y = 1/10 with k = 1 + x y/2 and no flux but one through one wall."""
    flow = off * integrate((K / coefficient).subs(x, 0), (y, 0, 1))
    with pytest.raises(sj.ProblemError, match=rf"amount to 0\.1 and .* to -{float(flow):.6g};"):
        sj.solve(
            sj.Problem(
                Eq(CONDUCTING, Rational(1, 10)), FIELD, SQUARE, [*through(coefficient, off), PINNED]
            )
        )


def test_nothing_flows_through_an_axis():
    """(x u_x)_x + x u_yy = 2 x with x the radius, and a flux through its outer wall alone."""
    equation = Eq((x * FIELD.diff(x)).diff(x) + x * FIELD.diff(y, 2), 2 * x)
    slopes = [Eq(FIELD.diff(s).subs(s, end), int((s, end) == (x, 1))) for s, end in WALLS]
    fair = sj.solve(sj.Problem(equation, FIELD, SQUARE, [*slopes, Eq(FIELD.subs(THIRDS), 0)]))
    assert fair(0.5, 0.5) == pytest.approx(1 / 8 - 1 / 18, rel=1e-8)
    slopes[1] = Eq(slopes[1].lhs, 2)
    with pytest.raises(sj.ProblemError, match=r"amount to 1 and .* to 2; no wall"):
        sj.solve(sj.Problem(equation, FIELD, SQUARE, slopes))


def test_where_slopes_are_none_of_a_divergence_what_is_left_of_equations_shows_it():
    """With u_x beside it exp(x) times the equation is what the flux balances."""
    equation = Eq(CONDUCTING + K * FIELD.diff(x), Rational(1, 10))
    found = sj.solve(
        sj.Problem(equation, FIELD, SQUARE, [*through(1, Rational(1, 2)), PINNED]),
        tol=1e-3,
        on_failure="return",
    )
    assert not found.converged
    assert found.error_estimate > 1e-3
    notes = " ".join(found.report.notes)
    assert "the equations are not met between the collocation points" in notes
    assert "the other conditions determine" not in notes


def test_fluxes_that_balance_are_as_good_as_ever():
    solution = sj.solve(neumann(0), tol=1e-8)
    assert solution(0.5, 0.25) == pytest.approx(np.exp(0.5) * np.cos(0.5) + 0.125, rel=1e-8)


def test_a_mean_that_contradicts_the_walls_is_not_converged_and_named():
    half = Eq(Integral(FIELD, (x, 0, 1), (y, 0, 1)), Rational(1, 2))  # it is 4 / pi**2
    with pytest.raises(sj.NotConverged, match=r"condition `integral.*is violated"):
        sj.solve(dirichlet(half), tol=1e-3)


def test_what_a_wall_has_too_much_is_tried_against_the_rest():
    """Of slope and value at x = 0 either; without another wall the rest are Cauchy data."""
    slope = Eq(FIELD.diff(x).subs(x, 0), pi * sin(pi * y) + Rational(1, 10))
    system = System.compile(dirichlet(slope))
    tried = {system.conditions[i].relation.source for (i,) in _places(system)}
    assert tried == {"u(0, y) = 0", "diff(u, x)(0, y) = pi*sin(pi*y) + 1/10"}
    assert not list(_places(System.compile(dirichlet())))


def test_a_slope_that_agrees_with_the_values_on_all_walls_is_one_more():
    slope = Eq(FIELD.diff(x).subs(x, 0), pi * sin(pi * y))
    assert sj.solve(dirichlet(slope), tol=1e-4)(0.5, 0.5) == pytest.approx(1.0, abs=1e-4)


DISK = sj.Disk((x, y), (0, 0), 1)
HARMONIC = x**2 - y**2


def held_by_values_and_slopes(domain, off):
    """A harmonic function by both on all of the boundary, its slopes off."""
    if domain is DISK:
        slope = sj.normal(x) * HARMONIC.diff(x) + sj.normal(y) * HARMONIC.diff(y) + off
        pair = [Eq(FIELD, HARMONIC), Eq(sj.normal_derivative(FIELD), slope)]
        return sj.Problem(Eq(LAPLACIAN, 0), FIELD, domain, [sj.on_boundary(c) for c in pair])
    walls = [
        Eq(FIELD.diff(s, n).subs(s, a), HARMONIC.diff(s, n).subs(s, a) + off * n)
        for s, a in WALLS
        for n in (0, 1)
    ]
    return sj.Problem(Eq(LAPLACIAN, 0), FIELD, domain, walls)


@pytest.mark.parametrize("domain", [SQUARE, DISK])
def test_what_all_walls_have_too_much_is_left_out_together(domain):
    """Of values and slopes on all of the boundary any one leaves a contradiction."""
    agreeing = sj.solve(held_by_values_and_slopes(domain, 0), tol=1e-6)
    assert agreeing(0.5, 0.25) == pytest.approx(0.1875, abs=1e-6)
    with pytest.raises(sj.NotConverged, match="the other conditions determine") as caught:
        sj.solve(held_by_values_and_slopes(domain, 1), tol=1e-6)
    assert len(caught.value.solution.report.attempts) == PATIENCE


def test_walls_that_disagree_at_a_corner_only_are_solved():
    lid = [Eq(FIELD.subs(s, a), int((s, a) == (y, 1))) for s, a in WALLS]
    solution = sj.solve(sj.Problem(Eq(LAPLACIAN, 0), FIELD, SQUARE, lid), tol=0.1)
    assert solution(0.5, 0.5) == pytest.approx(0.25, abs=0.02)


def _hot_wall(decay):
    """Of Lap u = c u in the unit square, 1 on the wall x = 1 and 0 on the others, at (0.7, 0.3).

    By c and the root k of n^2 pi^2 + c: a sine series whose terms fall as e^(-0.3 k).
    """
    waves = np.pi * np.arange(1, 81, 2)
    roots = np.sqrt(waves**2 + decay)
    return np.sum(4 / waves * np.sin(0.3 * waves) * np.sinh(0.7 * roots) / np.sinh(roots))


@pytest.mark.parametrize("decay", [0, 4])
def test_walls_that_disagree_at_corners_keep_the_digits_of_a_square(decay):
    lid = [Eq(FIELD.subs(s, a), int((s, a) == (x, 1))) for s, a in WALLS]
    solution = sj.solve(sj.Problem(Eq(LAPLACIAN, decay * FIELD), FIELD, SQUARE, lid), tol=1e-7)
    assert solution(0.7, 0.3) == pytest.approx(_hot_wall(decay), abs=1e-8)


def test_the_angle_about_a_corner_is_that_of_the_operator():
    # arg(x + y e^(2 pi i / 3)) solves u_xx + u_xy + u_yy = 0.
    angle = atan2(sqrt(3) * y, 2 * x - y)
    values = [Eq(FIELD.subs(x, 0), 2 * pi / 3), Eq(FIELD.subs(y, 0), 0)]
    values += [Eq(FIELD.subs(s, 1), angle.subs(s, 1)) for s in (x, y)]
    operator = LAPLACIAN + FIELD.diff(x, y)
    solution = sj.solve(sj.Problem(Eq(operator, 0), FIELD, SQUARE, values), tol=1e-8)
    assert solution(0.3, 0.4) == pytest.approx(float(angle.subs({x: 0.3, y: 0.4})), abs=1e-9)


def test_walls_that_disagree_at_corners_are_named_with_their_values():
    lid = [Eq(FIELD.subs(s, a), 100 * int((s, a) == (y, 1))) for s, a in WALLS]
    other = Function("v")(x, y)
    lid += [Eq(other.subs(s, a), 0) for s, a in WALLS]
    equations = [Eq(LAPLACIAN, 0), Eq(other.diff(x, 2) + other.diff(y, 2), FIELD)]
    problem = sj.Problem(equations, [FIELD, other], SQUARE, lid)
    found = sj.solve(problem, tol=1e-6, width=100, on_failure="return")
    notes = " ".join(found.report.notes)
    assert " 0 against 100 at (0, 1) and (1, 1)" in notes
    assert "may contradict" not in notes


def test_walls_that_agree_at_corners_are_not_named():
    walls = [Eq(FIELD.subs(s, a), (x + y).subs(s, a)) for s, a in WALLS]
    problem = sj.Problem(Eq(LAPLACIAN, 0), FIELD, SQUARE, walls)
    assert not disagreements(System.compile(problem))


@pytest.mark.parametrize("source", [log(x - Rational(1, 2)), sqrt(x - Rational(1, 2))])
def test_a_source_that_is_no_number_on_part_of_the_domain_is_named(source):
    problem = sj.Problem(Eq(u(x).diff(x, 2), source), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)])
    with pytest.raises(sj.NotConverged, match="not a real number on part of the domain, as at x"):
        sj.solve(problem)


def test_conditions_that_disagree_by_little_are_not_searched_for_ever():
    """A fourth condition of a third-order line is off by 2e-3: the defect of blocks still falls."""
    x, v = symbols("x"), Function("v")
    exact = sin(3 * x) + exp(-x)
    off = Rational(2, 1000)
    problem = sj.Problem(
        Eq(v(x).diff(x, 3), exact.diff(x, 3)),
        v(x),
        {x: (-1, 1)},
        [
            Eq(v(-1), exact.subs(x, -1)),
            Eq(v(x).diff(x).subs(x, -1), exact.diff(x).subs(x, -1)),
            Eq(v(1), exact.subs(x, 1)),
            Eq(Integral(v(x), (x, -1, 1)), exact.integrate((x, -1, 1)) + off),
        ],
    )
    found = sj.solve(problem, tol=1e-8, on_failure="return")
    assert not found.converged
    assert len(found.report.attempts) <= 10


@pytest.mark.parametrize("source", [1, u(x)])
def test_a_condition_too_many_on_a_line_is_said_to_be_one(source):
    conditions = [Eq(u(0), 0), Eq(u(1), 1), Eq(u(x).diff(x).subs(x, 0), 3)]
    problem = sj.Problem(Eq(u(x).diff(x, 2), source), u(x), {x: (0, 1)}, conditions)
    with pytest.raises(sj.NotConverged, match=r"3 conditions, .* of order 2 .* agree") as lost:
        sj.solve(problem)
    assert "layer" not in str(lost.value)
