"""Cells of regions: holes, walls that turn, places where one condition follows another."""

import numpy as np
import pytest
import sympy as sp
from judging import judged

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)


def test_a_ring_takes_one_cell():
    """Of log r and x / r^2 no network on it has more than three digits: they are multipoles."""
    square = x**2 + y**2
    exact = sp.log(square) + x / square + x * y
    slope = x * exact.diff(x) + y * exact.diff(y)
    ring = sj.Annulus((x, y), (0, 0), sp.Rational(1, 2), 1)
    walls = [
        sj.on_boundary(sp.Eq(u, exact), where="hole"),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u) + 2 * u, slope + 2 * exact), where="outer"),
    ]
    solution = sj.solve(sj.Problem(LAPLACIAN, u, ring, walls), tol=1e-8)
    assert judged(solution, exact) < 1e-8
    flux = solution.integrate(sj.normal_derivative(u), over="hole")
    assert flux.value == pytest.approx(-4 * np.pi, abs=min(10 * flux.error, 1e-6))
    assert solution.report.blocks == 1


def test_where_values_become_slopes_the_leading_coefficient_has_ten_digits():
    """Motz's problem: all of its solution is a sum of r^(k - 1/2) cos((k - 1/2) theta).

    Fitted on the walls in least squares (Z.-C. Li, R. Mathon, P. Sermer, SIAM J. Numer. Anal. 24,
    1987), 50 terms leave 6e-11 there and have 401.162453745235 as the first coefficient.
    """
    region = sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, 0)])
    walls = [
        sj.on_boundary(sp.Eq(u, 0), where=sp.And(sp.Eq(y, 0), x < 0)),
        sj.on_boundary(sp.Eq(u, 500), where=sp.Eq(x, 1)),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), 0), where=[0, 2, 3]),
    ]
    solution = sj.solve(sj.Problem(LAPLACIAN, u, region, walls), tol=1e-11)
    functions = solution.field.shared
    leading = np.flatnonzero(np.isclose(functions.powers, 0.5))
    (at_origin,) = [k for k in leading if np.allclose(functions.vertices[k], 0)]
    found = solution.field.of_shared[0, at_origin] / np.sqrt(2.0)  # of r over the size, 2
    assert found == pytest.approx(401.162453745235, rel=1e-10)


@pytest.mark.parametrize("turned", [0, sp.Rational(3, 10)])
def test_integrals_over_a_domain_and_its_walls_have_the_digits_that_they_say(turned):
    region = sj.Polygon((x, y), [(-1, -1), (1, -1), (1, 1), (-1, 1)]).rotate(turned)
    region = region - sj.Disk((x, y), (0, 0), sp.Rational(1, 2))
    exact = sp.exp(x) * sp.cos(y)
    wall = sj.on_boundary(sp.Eq(u, exact))
    solution = sj.solve(sj.Problem(LAPLACIAN, u, region, [wall]), tol=1e-8)
    area = solution.integrate(1)
    assert area.value == pytest.approx(4 - np.pi / 4, rel=1e-13)
    round_hole = solution.integrate(1, over="hole")
    assert round_hole.value == pytest.approx(np.pi, rel=1e-14)
    # The mean over a circle of a harmonic function is its value in the middle.
    mean = solution.integrate(u, over=region.part("hole"))
    assert abs(mean.value - np.pi) < 10 * mean.error < 1e-6
    # Green's first identity; no flux through all of the boundary.
    energy = solution.integrate(u.diff(x) ** 2 + u.diff(y) ** 2)
    work = solution.integrate(u * sj.normal_derivative(u), over=["hole", "outer"])
    assert abs(energy.value - work.value) < 10 * (energy.error + work.error) < 1e-5
    with pytest.raises(sj.ProblemError, match="normals"):
        solution.integrate(sj.normal_derivative(u))


def test_integrals_over_boxes_are_told_as_well():
    problem = sj.Problem(
        sp.Eq(u.diff(x, 2) + u.diff(y, 2), 2 * sp.exp(x + y)),
        u,
        {x: (0, 1), y: (0, 2)},
        [
            sp.Eq(u.subs(v, a), sp.exp(x + y).subs(v, a))
            for v, a in ((x, 0), (x, 1), (y, 0), (y, 2))
        ],
    )
    solution = sj.solve(problem, tol=1e-9)
    total = solution.integrate(u)
    truth = (np.e - 1) * (np.exp(2) - 1)
    assert abs(total.value - truth) < 10 * total.error < 1e-7
