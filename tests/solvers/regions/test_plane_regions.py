"""Boundary-value problems on regions: exact solutions, and what an answer outside is."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
DISK = sj.Disk((x, y), (0.5, 0), 1)


def apart(solution, exact):
    """Return the relative error at points of the region, in the root mean square."""
    places = draw_sample(Partition.of(solution.problem.domain.region), Seed(7)).points
    truth = sp.lambdify((x, y), exact)(*places.T)
    return np.sqrt(np.mean((solution(*places.T) - truth) ** 2) / np.mean(truth**2))


@pytest.mark.parametrize(
    "exact", [1 - (x - sp.Rational(1, 2)) ** 2 - y**2, sp.exp(x) * sp.cos(y) + x**2 * y**2]
)
@pytest.mark.parametrize("power", [1, 3])
def test_poisson_is_solved_on_a_disk(exact, power):
    left = u.diff(x, 2) + u.diff(y, 2) - u**power
    right = (exact.diff(x, 2) + exact.diff(y, 2) - exact**power).expand()
    wall = sj.on_boundary(sp.Eq(u, exact))
    solution = sj.solve(sj.Problem(sp.Eq(left, right), u, DISK, [wall]), tol=1e-8)
    assert solution.converged
    assert apart(solution, exact) < 1e-8
    with pytest.raises(sj.ProblemError, match=r"the point \(1\.4, 0\.9\) lies outside the domain"):
        solution(1.4, 0.9)


def test_robin_conditions_take_the_outward_normal():
    exact = sp.exp(x) * sp.cos(y)  # harmonic
    slope = (x - sp.Rational(1, 2)) * exact.diff(x) + y * exact.diff(y)
    wall = sj.on_boundary(sp.Eq(u + sj.normal_derivative(u), exact + slope))
    solution = sj.solve(sj.Problem(u.diff(x, 2) + u.diff(y, 2), u, DISK, [wall]), tol=1e-9)
    assert apart(solution, exact) < 1e-9


def test_a_conormal_derivative_takes_its_matrix():
    exact = sp.exp(x) * sp.sin(2 * y)
    matrix = sp.Matrix([[2, 1], [1, 3]])
    flux = matrix * sp.Matrix([exact.diff(x), exact.diff(y)])
    operator = 2 * u.diff(x, 2) + 2 * u.diff(x, y) + 3 * u.diff(y, 2)
    load = operator.subs(u, exact).doit()
    slope = (x - sp.Rational(1, 2)) * flux[0] + y * flux[1]
    wall = sj.on_boundary(sp.Eq(u + sj.normal_derivative(u, matrix), exact + slope))
    solution = sj.solve(sj.Problem(sp.Eq(operator, load), u, DISK, [wall]), tol=1e-8)
    assert apart(solution, exact) < 1e-8


def test_poisson_is_solved_in_a_polygon():
    exact = sp.exp(x) * sp.cos(y) + x**2 * y**2
    triangle = sj.Polygon((x, y), [(0, 0), (2, 0), (1, sp.Rational(3, 2))])
    load = sp.Eq(u.diff(x, 2) + u.diff(y, 2), exact.diff(x, 2) + exact.diff(y, 2))
    wall = sj.on_boundary(sp.Eq(u, exact))
    solution = sj.solve(sj.Problem(load, u, triangle, [wall]), tol=1e-9)
    assert apart(solution, exact) < 1e-9


def test_a_narrow_hill_on_a_disk_takes_blocks_and_its_error_is_told():
    hill = sp.exp(-20 * ((x - sp.Rational(1, 2)) ** 2 + (y - sp.Rational(1, 4)) ** 2)) + x
    statement = sp.Eq(u.diff(x, 2) + u.diff(y, 2), hill.diff(x, 2) + hill.diff(y, 2))
    wall = sj.on_boundary(sp.Eq(u, hill))
    solution = sj.solve(sj.Problem(statement, u, DISK, [wall]), tol=1e-3, width=150)
    assert solution.report.blocks > 1
    assert apart(solution, hill) < 3 * solution.error_estimate < 3e-3
