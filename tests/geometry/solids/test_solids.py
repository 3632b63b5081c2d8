"""Solids: what is inside, their walls and normals against formulas, and what is no solid."""

import copy
import pickle

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.geometry.mapping import AffineMap
from sigmajet.geometry.partition import Partition
from sigmajet.problem.files import from_text

x, y, z = SPACE = sp.symbols("x y z")
u = sp.Function("u")(x, y, z)
LAPLACE = sum(u.diff(v, 2) for v in SPACE)
BALL = sj.Ball(SPACE, (0, 0, 0), 1)
CUBE = sj.Box(SPACE, (-1, -1, -1), (1, 1, 1))
PIPE = sj.Cylinder(SPACE, (0, 0, -2), (0, 0, 2), sp.Rational(1, 2), name="pipe")
PLACES = np.random.default_rng(0).uniform(-2.2, 2.2, (4000, 3))


def within(region):
    return region.shape.contains(PLACES)


@pytest.mark.parametrize(
    ("region", "inside"),
    [
        (BALL, lambda x, y, z: x**2 + y**2 + z**2 < 1),
        (PIPE, lambda x, y, z: (np.hypot(x, y) < 0.5) & (abs(z) < 2)),
        (CUBE - PIPE, lambda x, y, z: (np.hypot(x, y) > 0.5) & (np.maximum(abs(x), abs(y)) < 1)
         & (abs(z) < 1)),
        (BALL | BALL.translate(1, 0, 0), lambda x, y, z: np.minimum(x**2, (x - 1) ** 2) + y**2
         + z**2 < 1),
        (BALL.scale(1, 2, 0.5), lambda x, y, z: x**2 + y**2 / 4 + 4 * z**2 < 1),
        (CUBE.rotate(sp.pi / 4), lambda x, y, z: (abs(x) + abs(y) < np.sqrt(2)) & (abs(z) < 1)),
        (PIPE.rotate(sp.pi / 2, axis=(1, 0, 0)) & CUBE,
         lambda x, y, z: (np.hypot(x, z) < 0.5) & (abs(y) < 1)),
    ],
)  # fmt: skip
def test_inside_is_what_the_formula_says(region, inside):
    assert np.array_equal(within(region), inside(*PLACES.T))
    bounds = PLACES[within(region)]
    assert np.all(bounds >= region.lower)
    assert np.all(bounds <= region.upper)


def test_walls_have_names_and_outward_normals():
    drilled = CUBE - PIPE
    assert drilled.names == ("left", "right", "front", "back", "bottom", "top", "pipe", "side",
                             "outer")  # fmt: skip
    hollow = CUBE - sj.Ball(SPACE, (0.1, 0, 0), 0.5)
    assert hollow.names[-2:] == ("outer", "hole")
    whole = Partition.of(hollow.shape)
    reference = np.random.default_rng(1).uniform(-1, 1, (200, 2))
    hole = hollow.shape.part("hole")
    points = hole.points(whole, reference)
    from_centre = points - [0.1, 0, 0]
    assert np.linalg.norm(from_centre, axis=1) == pytest.approx(np.full(200, 0.5), rel=1e-14)
    assert hole.normals(points) == pytest.approx(-2 * from_centre, abs=1e-13)
    egg = BALL.scale(1, 2, 0.5).rotate(1, axis=(1, 1, 1))
    wall = egg.shape.whole
    points = wall.points(Partition.of(egg.shape), reference)
    step = 1e-6 * wall.normals(points)
    level = egg.shape.tree.body.level
    ahead, behind = (level(egg.shape.tree.back(points + s * step)) for s in (1, -1))
    assert np.all(ahead > 0)
    assert np.all(behind < 0)


def test_walls_of_a_union_lie_outside_of_both():
    both = BALL | BALL.translate(1, 0, 0)
    points = both.shape.whole.points(Partition.of(both.shape), np.zeros((1, 2)) + 0.3)
    assert len(points) == 2
    away = np.minimum(np.linalg.norm(points, axis=1), np.linalg.norm(points - [1, 0, 0], axis=1))
    assert away == pytest.approx(np.ones(2))


def test_cells_fit_what_they_have():
    cell = AffineMap(np.array([0.5, -2.0, -2.0]), np.array([2.0, 2.0, 2.0]))
    held = BALL.shape.tight(cell)
    side = np.sqrt(0.75)
    assert (*held.lower, *held.upper) == pytest.approx((0.5, -side, -side, 1, side, side), abs=0.02)
    outside = BALL.shape.tight(AffineMap(np.full(3, 0.6), np.full(3, 2.0)))
    assert np.all(outside.upper < outside.lower)
    (face,) = BALL.shape.sections(AffineMap(np.array([0.5, -2, -2]), np.array([0.5, 2, 2])))
    assert face.upper == pytest.approx([0.5, side, side], abs=0.02)


@pytest.mark.parametrize(
    "region",
    [
        sj.Ball(SPACE, (0, 1, sp.Rational(1, 3)), 0.1, name="it's"),
        (CUBE - PIPE).rotate(1, (0, 0, 1), axis=(1, 0, 0)).scale(2, 1, -1),
        BALL & CUBE.translate(0.5, 0, 0),
    ],
)
def test_what_a_solid_prints_reads_back(region):
    halves = [sj.on_boundary(sp.Eq(u, 0), where=each) for each in (x > 0, x < 0)]
    problem = sj.Problem(LAPLACE, u, region, halves)
    read = from_text(problem.to_text())
    assert read == problem
    assert str(read.domain) == str(region)
    assert read.domain.upper == region.upper
    assert pickle.loads(pickle.dumps(problem)) == problem
    assert copy.deepcopy(region) == region


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: sj.Ball(SPACE, (0, 0, 0), 0), "radius is 0"),
        (lambda: sj.Ball(SPACE, (0, 0, 0), sp.nan), "finite number"),
        (lambda: sj.Ball((x, y), (0, 0, 0), 1), "2 variables, expected three"),
        (lambda: sj.Ball(SPACE, (0, 0), 1), "expected three numbers"),
        (lambda: sj.Cylinder(SPACE, (1, 0, 0), (1, 0, 0), 1), "region is empty"),
        (lambda: BALL & BALL.translate(3, 0, 0), "nothing is left"),
        (lambda: CUBE - BALL.scale(3), "nothing is left"),
        (lambda: BALL - BALL, "nothing is left"),
        (lambda: BALL - BALL.translate(3, 0, 0), "outside of what it is cut from"),
        (lambda: BALL | sj.Disk((x, y), (0, 0), 1), "same variables"),
        (lambda: BALL.scale(1, 0, 1), "none of them zero"),
        (lambda: BALL.rotate(1, axis=(0, 0, 0)), "axis is zero"),
        (lambda: BALL.part("hole"), "expected one of outer"),
    ],
)
def test_what_is_no_solid_is_named(build, words):
    with pytest.raises(sj.ProblemError, match=words):
        build()


def test_what_has_no_condition_is_named():
    halves = [sj.on_boundary(sp.Eq(u, 0), where=z > 0)]
    with pytest.raises(sj.ProblemError, match=r"wall 0 about \("):
        sj.Problem(LAPLACE, u, BALL, halves)
    with pytest.raises(sj.ProblemError, match=r"wall 2 \(pipe, top\), all of it"):
        sj.Problem(LAPLACE, u, PIPE, [sj.on_boundary(sp.Eq(u, 0), where=["side", "bottom"])])
