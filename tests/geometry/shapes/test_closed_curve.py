"""Regions within curves by formulas: areas in closed form, and what is no such curve."""

import math
import pickle

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y, s = sp.symbols("x y s")
R = 1 + sp.Rational(3, 10) * sp.cos(5 * s)
AROUND = (s, 0, 2 * sp.pi)
STAR_AREA = math.pi * (1 + 0.3**2 / 2)


def curve(*point, span=AROUND, **options):
    return sj.ClosedCurve((x, y), point, span, **options)


def star(**options):
    return curve(R * sp.cos(s), R * sp.sin(s), **options)


@pytest.mark.parametrize(
    ("region", "area"),
    [
        (star(), STAR_AREA),
        (curve(sp.Derivative(sp.sin(s), s), sp.Integral(sp.cos(x), (x, 0, s))), math.pi),
        (star(span=(s, 2 * sp.pi, 0)), STAR_AREA),
        (star().rotate(1).scale(-1, 2), 2 * STAR_AREA),
        (star() - sj.Disk((x, y), (0, 0), sp.Rational(1, 5)), STAR_AREA - math.pi / 25),
        (curve(sp.cos(s) / 10**9, sp.sin(s) / 10**9), math.pi * 1e-18),
    ],
)
def test_areas_are_those_of_the_formula(region, area):
    assert region.shape.area == pytest.approx(area, rel=1e-13)


def test_points_and_normals_are_those_of_the_formula():
    region = star(name="rim")
    assert region.names == ("rim", "outer")
    places = np.random.default_rng(2).uniform(-1.4, 1.4, (5000, 2))
    radius, angle = np.hypot(*places.T), np.arctan2(places[:, 1], places[:, 0])
    assert np.array_equal(region.shape.contains(places), radius < 1 + 0.3 * np.cos(5 * angle))
    turns = np.linspace(0.1, 6.2, 40)
    r, slope = 1 + 0.3 * np.cos(5 * turns), -1.5 * np.sin(5 * turns)
    radial, around = (np.stack(p, 1) for p in _frames(turns))
    on_wall = r[:, None] * radial
    outward = r[:, None] * radial - slope[:, None] * around
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    assert region.shape.whole.normals(on_wall) == pytest.approx(outward, abs=1e-12)


def test_a_kink_that_no_function_tells_is_named_and_a_corner_at_the_seam_is_one():
    hidden = sp.sqrt(sp.cos(s - 1) ** 2)
    with pytest.raises(sj.ProblemError, match="kink at"):
        curve(sp.cos(s) * (2 + hidden), sp.sin(s) * (2 + hidden))
    drop = curve(sp.sin(s / 2), sp.sin(s))  # from the origin and back to it
    assert [tuple(np.round(c.vertex, 12)) for c in drop.shape.corners] == [(0, 0)]
    assert drop.shape.corners[0].angle == pytest.approx(2 * math.atan(2), rel=1e-12)


def _frames(turns):
    return (np.cos(turns), np.sin(turns)), (-np.sin(turns), np.cos(turns))


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (lambda: curve(sp.cos(s), sp.sin(2 * s)), "cross or touch each other"),
        (lambda: curve(sp.cos(s), sp.sin(s), span=(s, 0, 4 * sp.pi)), "cross or touch|touch or"),
        (lambda: curve(sp.cos(s), sp.sin(s), span=(s, 0, 3)), r"begins at \(1, 0\) and ends at"),
        (lambda: curve(sp.cos(s), sp.sin(s), span=(s, 1, 1)), "from 1 to 1, which is nowhere"),
        (lambda: curve(sp.cos(s), sp.sin(s), span=(0, 1)), r"as in \(s, 0, 2\*pi\)"),
        (lambda: curve(sp.cos(s) ** 3, sp.sin(s) ** 3), r"stops at \(1, 0\)"),
        (lambda: curve(1, 2), "stops at"),
        (lambda: curve(sp.cos(s), abs(sp.sin(s))), "has kinks"),
        (lambda: curve(sp.cos(s), sp.sin(x)), "holds x, expected the parameter s alone"),
        (lambda: curve(sp.cos(s), sp.Function("f")(s)), r"holds f\(s\), expected"),
        (lambda: curve(sp.cos(s), sp.Symbol("s", real=True)), "with the same assumptions"),
        (lambda: curve(1 / s, sp.sin(s)), "not a finite number"),
        (lambda: curve(sp.sqrt(s - 1), sp.sin(s)), "not a finite number"),
        (lambda: curve(sp.cos(s), sp.ceiling(s)), "has kinks"),
        (
            lambda: curve(sp.cos(s), sp.zeta(s + 3)),
            "holds Derivative, which cannot be turned",
        ),
        (lambda: curve(sp.cos(s), sp.Integral(sp.exp(sp.sin(s)), s)), "has no closed form"),
        (lambda: curve(sp.cos(s)), "expected both coordinates"),
        (lambda: star() - sj.Disk((x, y), (3, 0), 1), "nothing is taken away"),
    ],
)
def test_what_is_no_region_is_named(stated, words):
    with pytest.raises(sj.ProblemError, match=words):
        stated()


def test_a_region_with_a_curve_can_be_pickled():
    region = star() - sj.Disk((x, y), (0, 0), 0.5)
    again = pickle.loads(pickle.dumps(region))
    assert again == region
    assert again.shape.area == region.shape.area


def test_a_harmonic_function_in_a_star_has_ten_digits():
    u = sp.Function("u")(x, y)
    wall = sj.on_boundary(sp.Eq(u, sp.exp(x) * sp.cos(y)))
    solution = sj.solve(sj.Problem(u.diff(x, 2) + u.diff(y, 2), u, star(), [wall]), tol=1e-10)
    angle, share = np.random.default_rng(5).uniform(size=(2, 300)) * [[2 * np.pi], [0.99]]
    radius = share * (1 + 0.3 * np.cos(5 * angle))
    px, py = radius * np.cos(angle), radius * np.sin(angle)
    exact = np.exp(px) * np.cos(py)
    error = np.linalg.norm(solution(px, py) - exact) / np.linalg.norm(exact)
    assert error < min(1e-10, 10 * solution.error_estimate)
