"""Where no wall prescribes a value, sources and fluxes are held against each other."""

import re

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
HALF = sp.Rational(1, 2)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
DENT = sj.Polygon((x, y), [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)])
REGIONS = [  # with areas and lengths
    (sj.Disk((x, y), (0, 0), 1), np.pi, 2 * np.pi),
    (sj.Annulus((x, y), (0, 0), HALF, 1), 0.75 * np.pi, 3 * np.pi),
    (DENT, 3.0, 8.0),
]


@pytest.mark.parametrize(("region", "area", "length"), REGIONS)
def test_both_numbers_are_told(region, area, length):
    wall = sj.on_boundary(sp.Eq(3 * sj.normal_derivative(u), 1))
    words = f"amount to {5 * area:.6g} and the fluxes through all walls to {2 / 3 * length:.6g}"
    with pytest.raises(sj.ProblemError, match=re.escape(words)):
        sj.solve(sj.Problem(sp.Eq(2 * LAPLACIAN, 5), u, region, [wall]))


def test_fluxes_of_a_solution_balance():
    """In units of two, with the value at a point that makes it the only one."""
    exact = sp.exp(x) * sp.cos(y) + x**2
    slope = sj.normal(x) * exact.diff(x) + sj.normal(y) * exact.diff(y)
    wall = sj.on_boundary(sp.Eq(2 * sj.normal_derivative(u), 2 * slope))
    pin = sp.Eq(u.subs({x: 0.5, y: 0}), exact.subs({x: 0.5, y: 0}))
    disk = sj.Disk((x, y), (0, 0), 1)
    solution = sj.solve(sj.Problem(sp.Eq(LAPLACIAN, 2), u, disk, [wall, pin]), tol=1e-8)
    assert abs(solution(0.3, 0.4) - (np.exp(0.3) * np.cos(0.4) + 0.09)) < 1e-8


@pytest.mark.parametrize(
    ("equation", "condition"),
    [
        (sp.Eq(LAPLACIAN, 1), sp.Eq(u, 0)),
        (sp.Eq(LAPLACIAN, 1), sp.Eq(sj.normal_derivative(u) + u, 0)),
        (sp.Eq(LAPLACIAN, u), sp.Eq(sj.normal_derivative(u), 1)),
    ],
)
def test_nothing_is_said_where_they_need_not(equation, condition):
    disk = sj.Disk((x, y), (0, 0), 1)
    solution = sj.solve(sj.Problem(equation, u, disk, [sj.on_boundary(condition)]), tol=1e-6)
    assert solution.converged


def refused(problem):
    with pytest.raises(sj.ProblemError, match="have to be the same: there is no solution") as told:
        sj.solve(problem, tol=1e-4)
    return [float(word) for word in re.findall(r"to (-?[\d.]+)", str(told.value))[:2]]


def test_walls_of_a_box_are_held_against_its_source():
    """2 u_xx + u_xy + u_yy: through a wall goes its conormal derivative."""
    across = {x: 2 * u.diff(x) + u.diff(y) / 2, y: u.diff(y) + u.diff(x) / 2}
    fluxes = [sp.Eq(across[q].subs(q, end), 3 * end) for q in (x, y) for end in (0, 1)]
    equation = sp.Eq(2 * u.diff(x, 2) + u.diff(x, y) + u.diff(y, 2), 5)
    assert refused(sj.Problem(equation, u, {x: (0, 1), y: (0, 1)}, fluxes)) == [5.0, 6.0]


def test_nothing_goes_out_through_walls_that_are_periodic():
    around = sp.Eq(u.subs(x, 0), u.subs(x, 2))
    through = [sp.Eq(u.diff(y).subs(y, 0), 1), sp.Eq(u.diff(y).subs(y, 1), 2)]
    problem = sj.Problem(sp.Eq(LAPLACIAN, x + 1), u, {x: (0, 2), y: (0, 1)}, [around, *through])
    assert refused(problem) == [4.0, 2.0]


def test_walls_of_a_ball_are_held_against_its_source():
    z = sp.Symbol("z")
    v = sp.Function("v")(x, y, z)
    ball = sj.Ball((x, y, z), (0, 0, 0), 1)
    laplacian = sum(v.diff(q, 2) for q in (x, y, z))
    problem = sj.Problem(
        sp.Eq(laplacian, 3), v, ball, [sj.on_boundary(sp.Eq(sj.normal_derivative(v), 2))]
    )
    assert refused(problem) == pytest.approx([4 * np.pi, 8 * np.pi], rel=1e-5)


def test_a_source_that_jumps_inside_a_block_is_not_judged_by_rules_that_miss_it():
    third = sp.Rational(1, 3)
    source = sp.Piecewise((1, x < third), (0, True))
    fluxes = [sp.Eq(u.diff(q).subs(q, end), 0) for q in (x, y) for end in (0, 1)]
    fluxes[1] = sp.Eq(u.diff(x).subs(x, 1), third)
    pin = sp.Eq(u.subs({x: 0, y: 0}), 0)
    problem = sj.Problem(sp.Eq(LAPLACIAN, source), u, {x: (0, 1), y: (0, 1)}, [*fluxes, pin])
    solution = sj.solve(problem, tol=1e-3)
    exact = sp.integrate(sp.integrate(source, (x, 0, x)), (x, 0, x))
    assert solution(1.0, 0.5) == pytest.approx(float(exact.subs(x, 1)), abs=1e-3)
