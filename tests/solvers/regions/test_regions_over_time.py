"""Evolutions in regions: heat, a corner that turns inwards, slopes at walls, waves."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y, t = sp.symbols("x y t")
U = sp.Function("u")
u = U(x, y, t)
SPREAD = u.diff(x, 2) + u.diff(y, 2)


def error(solution: sj.Solution, exact: sp.Expr) -> float:
    points = draw_sample(Partition.of(solution.problem.domain.region), Seed(11)).points.T
    truth = sp.lambdify((x, y, t), exact)(*points)
    return float(np.linalg.norm(solution(*points) - truth) / np.linalg.norm(truth))


def source(exact: sp.Expr) -> sp.Expr:
    return exact.diff(t) - exact.diff(x, 2) - exact.diff(y, 2)


@pytest.fixture(scope="module")
def cooling() -> sj.Solution:
    exact = sp.exp(-t) * (1 - x**2 - y**2)
    rim = sj.on_boundary(sp.Eq(u, 0))
    domain = sj.Disk((x, y), (0, 0), 1) * {t: (0, 1)}
    heat = sp.Eq(u.diff(t), SPREAD + source(exact))
    return sj.solve(sj.Problem(heat, u, domain, [rim, sp.Eq(U(x, y, 0), exact.subs(t, 0))]))


def test_heat_in_a_disk(cooling) -> None:
    exact = sp.exp(-t) * (1 - x**2 - y**2)
    assert error(cooling, exact) <= 10 * cooling.error_estimate <= 1e-5


def test_heat_around_a_corner_that_turns_inwards() -> None:
    bend = sj.Polygon((x, y), [(0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1)])
    exact = sp.exp(-t) * sp.sin(x + 2 * y)
    conditions = [sj.on_boundary(sp.Eq(u, exact)), sp.Eq(U(x, y, 0), exact.subs(t, 0))]
    heat = sp.Eq(u.diff(t), SPREAD + source(exact))
    solution = sj.solve(sj.Problem(heat, u, bend * {t: (0, 1)}, conditions))
    assert error(solution, exact) <= 10 * solution.error_estimate <= 1e-5


def test_a_reaction_with_slopes_at_the_rim() -> None:
    exact = sp.exp(-t) * sp.cos(x) + y / 4
    slope = sj.normal(x) * exact.diff(x) + sj.normal(y) * exact.diff(y)
    conditions = [
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), slope)),
        sp.Eq(U(x, y, 0), exact.subs(t, 0)),
    ]
    reaction = sp.Eq(u.diff(t), SPREAD + u - u**3 + source(exact) - exact + exact**3)
    domain = sj.Ellipse((x, y), (0, 0), (1, sp.Rational(1, 2))) * {t: (0, 1)}
    solution = sj.solve(sj.Problem(reaction, u, domain, conditions), tol=1e-5)
    assert error(solution, exact) <= 10 * solution.error_estimate <= 1e-4


def test_a_wave_across_a_ring() -> None:
    exact = sp.cos(x + y - sp.sqrt(2) * t)
    conditions = [
        sj.on_boundary(sp.Eq(u, exact)),
        sp.Eq(U(x, y, 0), exact.subs(t, 0)),
        sp.Eq(u.diff(t).subs(t, 0), exact.diff(t).subs(t, 0)),
    ]
    domain = sj.Annulus((x, y), (0, 0), sp.Rational(1, 2), 1) * {t: (0, 1)}
    solution = sj.solve(sj.Problem(sp.Eq(u.diff(t, 2), SPREAD), u, domain, conditions), tol=1e-4)
    assert error(solution, exact) <= 10 * solution.error_estimate <= 1e-3


def test_other_methods_are_refused_by_name(cooling) -> None:
    assert "t is time, but" in cooling.report.reason
    with pytest.raises(sj.ProblemError, match=r'"evolution" solves on boxes, and Disk.* is none'):
        sj.solve(cooling.problem, method="evolution")
    with pytest.raises(sj.ProblemError, match=r'"initial_value" needs .* at one place'):
        sj.solve(cooling.problem, method="initial_value")


def test_tables_and_films_leave_out_what_is_outside(cooling, tmp_path) -> None:
    frame = cooling.to_dataframe(points=9)
    inside = np.hypot(frame.x, frame.y) <= 1
    assert frame.u[inside].notna().all()
    assert frame.u[~inside].isna().all()
    cooling.plot(tmp_path / "disk.png", at={t: [0, 1]})
    cooling.animate(tmp_path / "disk.gif", frames=3)
    assert (tmp_path / "disk.gif").read_bytes().startswith(b"GIF8")
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        cooling(0.9, 0.9, 0.5)
