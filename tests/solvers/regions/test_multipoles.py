"""Holes have the logarithm and the multipoles about their middle, in common for all cells."""

import numpy as np
import pytest
import sympy as sp
from judging import judged

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
SQUARE = sj.Box((x, y), (-1, -1), (1, 1))


@pytest.mark.parametrize("radius", [sp.Rational(1, 5), sp.Rational(1, 1000)])
def test_one_cell_is_enough_around_a_hole_of_any_size(radius):
    a = x - sp.Rational(3, 10)
    exact = sp.log(a**2 + y**2) + radius * a / (a**2 + y**2) + x * y
    region = SQUARE - sj.Disk((x, y), (sp.Rational(3, 10), 0), radius)
    wall = sj.on_boundary(sp.Eq(u, exact))
    solution = sj.solve(sj.Problem(LAPLACIAN, u, region, [wall]), tol=1e-9)
    assert judged(solution, exact) < 1e-10
    assert solution.report.blocks == 1


def test_they_follow_the_principal_part():
    exact = sp.log(x**2 / 4 + y**2) + x * y
    region = SQUARE - sj.Disk((x, y), (0, 0), sp.Rational(1, 5))
    equation = 4 * u.diff(x, 2) + u.diff(y, 2)
    wall = sj.on_boundary(sp.Eq(u, exact))
    solution = sj.solve(sj.Problem(equation, u, region, [wall]), tol=1e-9)
    assert judged(solution, exact) < 1e-10


def test_a_long_hole_has_fewer_and_the_problem_stays_determined():
    """Of 20 about an ellipse of 1/20 by 2/5 rounding leaves nothing near its waist."""
    long = sj.Ellipse((x, y), (0, 0), (sp.Rational(1, 10), sp.Rational(2, 5)))
    exact = sp.exp(x) * sp.cos(y)
    problem = sj.Problem(LAPLACIAN, u, SQUARE - long, [sj.on_boundary(sp.Eq(u, exact))])
    assert judged(sj.solve(problem, tol=1e-9), exact) < 1e-9


def test_one_cell_is_enough_around_a_hole_in_an_elastic_plate():
    """What a force on the hole and a pressure in it make, log r and 1/r, in a square."""
    v = sp.Function("v")(x, y)
    grown = 2 * (u.diff(x) + v.diff(y))  # 2 is 1 / (1 - 2 nu)
    equations = [f.diff(x, 2) + f.diff(y, 2) + grown.diff(a) for f, a in ((u, x), (v, y))]
    a, b = x - sp.Rational(1, 5), y + sp.Rational(1, 10)
    square = a**2 + b**2
    exact = sp.log(square) - a**2 / square + a / square, -a * b / square + b / square
    given = [
        sp.Eq(e, e.subs({u: exact[0], v: exact[1]}, simultaneous=True).doit()) for e in equations
    ]
    region = SQUARE - sj.Disk((x, y), (sp.Rational(1, 5), -sp.Rational(1, 10)), sp.Rational(1, 20))
    walls = [sj.on_boundary(sp.Eq(f, e)) for f, e in zip((u, v), exact, strict=True)]
    solution = sj.solve(sj.Problem(given, [u, v], region, walls), tol=1e-8)
    assert judged(solution, *exact) < 1e-9
    assert solution.report.blocks == 1


def test_they_are_saved(tmp_path):
    exact = sp.log(x**2 + y**2)
    region = SQUARE - sj.Disk((x, y), (0, 0), sp.Rational(1, 2))
    solution = sj.solve(
        sj.Problem(LAPLACIAN, u, region, [sj.on_boundary(sp.Eq(u, exact))]), tol=1e-6
    )
    solution.save(tmp_path / "ring.npz")
    again = sj.load_solution(tmp_path / "ring.npz")
    assert np.array_equal(again(0.7, [0.0, 0.3]), solution(0.7, [0.0, 0.3]))
