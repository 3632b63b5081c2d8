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
