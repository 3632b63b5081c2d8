"""Regions where an inequality holds: against shapes that are known, and what has no such region."""

import math
import pickle

import numpy as np
import pytest
import scipy.special
import sympy as sp

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
TINY = sp.Rational(1, 10**9)
STAR = (x**2 + y**2) ** 3 - sp.Rational(3, 10) * (x**5 - 10 * x**3 * y**2 + 5 * x * y**4) < 1


def where(inequality, **options):
    return sj.Region((x, y), inequality, **options)


def cassini(level):
    return ((x - 1) ** 2 + y**2) * ((x + 1) ** 2 + y**2) < level


def test_a_circle_is_the_disk():
    disk, known = where(x**2 + y**2 < 4, name="rim"), sj.Disk((x, y), (0, 0), 2)
    assert disk.names == ("rim", "outer")
    assert disk.shape.area == pytest.approx(known.shape.area, rel=1e-14)
    assert (*disk.lower, *disk.upper) == pytest.approx((-2, -2, 2, 2), rel=1e-15)
    places = np.random.default_rng(1).uniform(-2.2, 2.2, (5000, 2))
    assert np.array_equal(disk.shape.contains(places), known.shape.contains(places))
    turns = np.linspace(0, 6, 50)
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert disk.shape.whole.normals(2 * circle) == pytest.approx(circle, abs=1e-14)
    assert disk.shape.corners == ()


@pytest.mark.parametrize(
    ("inequality", "area", "loops"),
    [
        # 2 a^2 E(m), m = (b/a)^4, and below the figure eight 2 b^2 times what E and K make of it
        (cassini(4), 4 * scipy.special.ellipe(1 / 4), 1),
        ((x**2 + y**2 - 1) * (x**2 + y**2 - 4) <= 0, 3 * math.pi, 2),
        (x**2 + y**2 < TINY**2, math.pi * 1e-18, 1),
        (sp.exp(-(x**2) - y**2) > 0.5, math.pi * math.log(2), 1),
        (x**4 + y**4 < 1, math.gamma(1 / 4) ** 2 / (2 * math.sqrt(math.pi)), 1),
    ],
)
def test_areas_are_those_in_closed_form(inequality, area, loops):
    region = where(inequality)
    assert region.shape.area == pytest.approx(area, rel=1e-12)
    assert len(region.shape.boundary) == len(region.shape.loops) == loops


def test_every_component_is_a_wall_however_near():
    apart = where(cassini(1 - sp.Rational(1, 100)))
    assert len(apart.shape.boundary) == 2
    assert apart.shape.area < 2  # that of the figure eight
    far = where(((x - 100) ** 2 + y**2 - TINY) * (x**2 + y**2 - 1) < 0)
    assert len(far.shape.boundary) == 2
    assert far.shape.area == pytest.approx(math.pi, rel=1e-8)


def test_it_is_put_together_and_moved_as_others():
    star = where(STAR)
    both = star.rotate(1).scale(2, -1) - sj.Disk((x, y), (0, 0), 0.25)
    assert both.names == ("outer", "hole")
    assert both.shape.area == pytest.approx(2 * star.shape.area - math.pi / 16, rel=1e-12)
    copy = pickle.loads(pickle.dumps(both))
    assert copy == both
    assert copy.shape.area == both.shape.area


@pytest.mark.parametrize(
    ("inequality", "words"),
    [
        (cassini(1), "crosses or touches itself"),
        (y**2 < x**3 * (1 - x), "cusp"),
        ((x**2 + y**2 - 1) ** 2 < 0, "gradient is zero"),
        (x**2 + y**2 < 0, "alone: the region is empty"),
        (x**2 + y**2 < -1, "nowhere: the region is empty"),
        (sp.true, "everywhere: it is unbounded"),
        (y < x**2, "unbounded"),
        (x**2 + y**2 > 1, "unbounded"),
        (sp.sin(x) * sp.sin(y) < 0.5, "unbounded"),
        (abs(x) + y**2 < 1, "kinks"),
        (sp.And(x**2 + y**2 < 1, x > 0), "one each together by &"),
        (sp.Eq(x, y), "expected an inequality"),
        (x**2 + y**2 < sp.Symbol("a"), "holds a, expected x and y alone"),
        (sp.besselj(0, x) + y**2 < 0, "of besselj no bounds"),
        (sp.nan, "expected an inequality"),
    ],
)
def test_what_bounds_no_region_is_named(inequality, words):
    with pytest.raises(sj.ProblemError, match=words):
        where(inequality)


def test_a_problem_in_it_is_solved_saved_and_read_back(tmp_path):
    region = where(x**4 + y**4 < 1, name="rim")
    known = sp.exp(x) * sp.cos(y)
    slope = sp.Eq(sj.normal_derivative(u) + u, sj.normal_derivative(known) + known)
    walls = [sj.on_boundary(slope, where="rim")]
    problem = sj.Problem(sp.Eq(u.diff(x, 2) + u.diff(y, 2), 0), u, region, walls)
    solution = sj.solve(problem, tol=1e-8)
    places = np.random.default_rng(3).uniform(-0.6, 0.6, (2, 50))
    error = np.max(np.abs(solution(*places) - np.exp(places[0]) * np.cos(places[1])))
    assert error < 1e-7
    assert solution.error_estimate > 0.1 * error
    solution.save(tmp_path / "star.npz")
    again = sj.load_solution(tmp_path / "star.npz")
    assert again.problem.domain == region
    assert again(0.1, 0.2) == solution(0.1, 0.2)
    assert abs(solution.integrate(sj.normal_derivative(u), over="rim").value) < 1e-7  # no sources
