"""Regions over time: what is stated on them, and what cannot be meant."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.geometry.partition import Partition

x, y, t = sp.symbols("x y t")
U = sp.Function("u")
u = U(x, y, t)
DISK = sj.Disk((x, y), (0, 0), 1, name="rim")
DOMAIN = DISK * {t: (0, 2)}
HEAT = sp.Eq(u.diff(t), u.diff(x, 2) + u.diff(y, 2))
WALL, START = sj.on_boundary(sp.Eq(u, 0)), sp.Eq(U(x, y, 0), 1 - x**2 - y**2)


def test_a_region_over_time_is_a_domain_that_says_its_time():
    problem = sj.Problem(HEAT, u, DOMAIN, [WALL, START])
    assert problem.time == t
    assert problem.variables == (x, y, t)
    assert problem.domain.space == DISK
    assert problem == sj.Problem(HEAT, u, DISK * {t: (0, 2)}, [WALL, START], time=t)
    assert problem != sj.Problem(HEAT, u, DISK * {t: (0, 3)}, [WALL, START])
    assert problem.ending_at(1.0).domain == DISK * {t: (0, 1)}
    assert str(DOMAIN) == "Disk((0, 0), 1, name='rim') * {t: (0, 2)}"


def test_points_on_its_sides_are_on_the_wall_at_all_times():
    side = sj.Problem(HEAT, u, DOMAIN, [WALL, START]).conditions[0].part
    reference = np.random.default_rng(1).uniform(-1, 1, (50, 2))
    points = side.points(Partition.of(DOMAIN.region), reference)
    assert np.hypot(*points[:, :2].T) == pytest.approx(1.0, abs=1e-14)
    assert 0.0 < points[:, 2].min() < 0.3
    assert 1.7 < points[:, 2].max() < 2.0
    assert side.normals(points) == pytest.approx(points * [1, 1, 0], abs=1e-14)
    held = DOMAIN.region.contains(np.array([[0, 0, 1], [0, 0, 3], [1, 1, 1], [0, 0, 2.0]]))
    assert held.tolist() == [True, False, False, True]


def test_a_side_counts_orders_in_space_alone():
    wave = sp.Eq(u.diff(t, 2), u.diff(x, 2) + u.diff(y, 2))
    absorbing = sj.on_boundary(sp.Eq(sj.normal_derivative(u) + u.diff(t), 0), where="rim")
    still = sp.Eq(u.diff(t).subs(t, 0), 0)
    problem = sj.Problem(wave, u, DOMAIN, [absorbing, START, still])
    assert [c.where for c in problem.conditions] == ["rim", "", ""]
    assert r"\text{on } \text{rim}" in problem.to_latex()
    assert r"t \in \left[0, 2\right]" in problem.to_latex()


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([WALL], "takes 1 initial condition at t = 0; got 0"),
        ([START], "no condition on the boundary of Disk"),
        ([WALL, START, sp.Eq(U(x, y, 2), 0)], "at the end of time, t = 2"),
        (
            [sj.on_boundary(sp.Eq(u, 0), where=t > 1), START],
            "`u = 0`: where holds t, expected .* x, y",
        ),
        ([sj.on_boundary(sp.Eq(u * sj.normal(t), 0)), START], "components along x, y"),
        ([WALL, START, sp.Eq(U(0, y, t), 0)], r"posed where x = 0; .* on_boundary"),
        ([WALL, START, sp.Eq(U(2, 0, t), 0)], "takes u.2, 0, t. at x = 2, expected|outside"),
        ([sj.on_boundary(sp.Eq(u, 0), where=x > 0), START], "too few on wall 0"),
    ],
)
def test_what_is_missing_or_misplaced_is_named(conditions, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.Problem(HEAT, u, DOMAIN, conditions)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (lambda: DISK * {t: (0, 1), sp.Symbol("s"): (0, 1)}, "got 2 intervals"),
        (lambda: DISK * {x: (0, 1)}, "x is given twice"),
        (lambda: DISK * {t: (1, 0)}, "reversed"),
        (lambda: DOMAIN - DISK * {t: (0, 1)}, "put regions together and move them first"),
        (lambda: DOMAIN.translate(1, 0, 0), "put regions together and move them first"),
        (lambda: sj.Problem(HEAT, u, DOMAIN, [WALL, START], time=x), "has the time t"),
    ],
)
def test_what_is_no_region_over_time_is_named(stated, words):
    with pytest.raises(sj.ProblemError, match=words):
        stated()


def test_a_box_takes_one_variable_more():
    box = sj.Box((x, y), (0, 0), (1, 2)) * {t: (0, 3)}
    assert box == sj.Box((x, y, t), (0, 0, 0), (1, 2, 3))


def test_conditions_at_places_of_a_region_are_points_in_it():
    v = sp.Function("v")
    laplace = v(x, y).diff(x, 2) + v(x, y).diff(y, 2)
    free = sj.on_boundary(sp.Eq(sj.normal_derivative(v(x, y)), 0))
    ring = sj.Annulus((x, y), (0, 0), 1, 2)
    integral = sp.Integral(v(x, y), (x, -1, 1), (y, -1, 1))
    for place, words in [
        (v(0, 0), "outside of Annulus"),
        (v(-2, y), "posed where x = -2; .* on_boundary"),
        (integral, "integral over a box"),
    ]:
        with pytest.raises(sj.ProblemError, match=words):
            sj.Problem(laplace, v(x, y), ring, [free, sp.Eq(place, 0)])
    sj.Problem(laplace, v(x, y), ring, [free, sp.Eq(v(1.5, 0), 0)])


def test_a_region_of_space_alone_has_no_time():
    field = U(x, y)
    equation = sp.Eq(field.diff(x, 2) + field.diff(y, 2), 1)
    for time in (x, t, "t"):
        with pytest.raises(sj.ProblemError, match=r"a region of space; with time it is region \* "):
            sj.Problem(equation, field, DISK, [sj.on_boundary(sp.Eq(field, 0))], time=time)
