"""Unions, intersections and differences: areas in closed form, points by set operations."""

import math

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

XY = sp.symbols("x y")
LENS = 2 * math.pi / 3 - math.sqrt(3) / 2  # of two unit circles a unit apart


def box(lower, upper):
    return sj.Box(XY, lower, upper)


def disk(centre, radius, **options):
    return sj.Disk(XY, centre, radius, **options)


SQUARE, ROUND = box((0, 0), (4, 4)), disk((2, 2), 1)


@pytest.mark.parametrize(
    ("region", "area", "walls", "corners"),
    [
        (SQUARE - ROUND, 16 - math.pi, 5, 4),
        (SQUARE | disk((4, 2), 1), 16 + math.pi / 2, 6, 6),
        (SQUARE & disk((0, 0), 2), math.pi, 3, 3),
        (ROUND - SQUARE.translate(2, 0), math.pi / 2, 2, 2),
        (disk((0, 0), 1) | disk((1, 0), 1), 2 * math.pi - LENS, 2, 2),
        (disk((0, 0), 1) & disk((1, 0), 1), LENS, 2, 2),
        (box((0, 0), (1, 1)) | box((1, 0), (2, 1)), 2, 6, 4),  # walls that coincide
        (box((0, 0), (1, 1)) | box((1, 0.25), (2, 0.5)), 1.25, 8, 8),
        (box((0, 0), (2, 2)) - box((1, 1), (2, 2)), 3, 6, 6),
        (disk((0, 0), 1).scale(-1, 2) & box((0, -5), (5, 5)), math.pi, 2, 2),
        (sj.Ellipse(XY, (0, 0), (2, 1)).rotate(0.3) - disk((0.2, 0.1), 0.3), 1.91 * math.pi, 2, 0),
        (sj.Annulus(XY, (1, 1), 1, 2) & sj.Sector(XY, (1, 1), 3, 0, 1), 1.5, 4, 4),
    ],
)
def test_areas_walls_and_corners_are_as_drawn(region, area, walls, corners):
    assert region.shape.area == pytest.approx(area, rel=2e-14)
    assert len(region.shape.boundary) == walls
    assert len(region.shape.corners) == corners


def test_a_component_may_be_taken_away_whole():
    both = disk((0, 0), 1) | disk((5, 0), 1)
    for second in (disk((5, 0), 2), disk((5, 0), 1)):
        assert (both - second).shape.area == pytest.approx(np.pi)
    with pytest.raises(sj.ProblemError, match="nothing is taken away"):
        both - disk((20, 0), 1)


def test_areas_far_from_the_origin_lose_no_more_digits_than_their_points():
    far = 2.0**30
    ring = disk((far, -far), 1) - disk((far, -far), 0.5)
    assert ring.shape.area == pytest.approx(0.75 * np.pi, rel=far * 1e-15)


def test_points_are_inside_by_the_operations_of_sets():
    points = np.random.default_rng(3).uniform(-0.5, 4.5, (20_000, 2))
    one, two = sj.Ellipse(XY, (2, 2), (2, 0.7)).rotate(0.4), SQUARE - disk((3, 2), 0.8)
    inside = one.shape.contains(points), two.shape.contains(points)
    assert np.array_equal((one | two).shape.contains(points), inside[0] | inside[1])
    assert np.array_equal((one & two).shape.contains(points), inside[0] & inside[1])
    assert np.array_equal((one - two).shape.contains(points), inside[0] & ~inside[1])


def test_a_wall_that_rounding_tilts_is_cut_where_others_cross_it():
    tilted = sj.Polygon(XY, [(0.3, 0), (0.7, 0), (0.7, 1), (np.nextafter(0.3, 1), 1)])
    below = tilted & box((-1, -1), (2, 0.3))
    assert below.shape.area == pytest.approx(0.12, rel=1e-15)


def test_walls_keep_their_names_and_holes_are_counted():
    region = SQUARE - ROUND - disk((0.5, 0.5), 0.25, name="pipe")
    assert region.names == (
        "bottom",
        "right",
        "top",
        "left",
        "pipe",
        "outer",
        "hole",
        "hole 1",
        "hole 2",
    )

    def length(name):
        return sum(stretch.length for stretch in region.shape.part(name).stretches())

    assert length("pipe") == pytest.approx(math.pi / 2)
    assert length("hole") == pytest.approx(2.5 * math.pi)
    assert length("hole 1") == pytest.approx(2 * math.pi)
    assert length("outer") == pytest.approx(16)
    assert length("left") == length(3) == pytest.approx(4)


def test_normals_of_a_hole_point_into_it():
    hole = (SQUARE - ROUND).shape.part("hole")
    (stretch,) = hole.stretches()
    points, normals, _ = stretch.at(np.linspace(-1.0, 1.0, 50))
    assert normals == pytest.approx(np.array([2.0, 2.0]) - points)


def test_moved_regions_are_moved_point_by_point():
    region = SQUARE - ROUND
    points = np.random.default_rng(4).uniform(-6, 6, (5000, 2))
    turned = region.rotate(0.7, (1, 0)).translate(0.5, -1)
    cos, sin = math.cos(0.7), math.sin(0.7)
    back = (points - [0.5, -1] - [1, 0]) @ np.array([[cos, -sin], [sin, cos]]) + [1, 0]
    assert np.array_equal(turned.shape.contains(points), region.shape.contains(back))
    mirrored = region.scale(-1, 0.5, about=(1, 1))
    back = (points - 1.0) / [-1, 0.5] + 1.0
    assert np.array_equal(mirrored.shape.contains(points), region.shape.contains(back))
    assert mirrored.shape.area == pytest.approx(0.5 * (16 - math.pi))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: SQUARE - SQUARE, "empty"),
        (lambda: ROUND - box((-5, -5), (5, 5)), "empty"),
        (lambda: SQUARE - disk((1, 1), 1), r"touch or cross each other at \(0, 1\)"),
        (lambda: SQUARE - ROUND - disk((3.25, 2), 0.25), r"touch or cross each other at \(3, 2\)"),
        (lambda: disk((0, 0), 1) | disk((2, 0), 1), r"at \(1, 0\)"),
        (
            lambda: sj.Polygon(XY, [(0, 0), (1, 1), (1, 0), (0, 1)]),
            r"walls 0 and 2 cross or touch each other at \(0.5, 0.5\)",
        ),
        (lambda: sj.Polygon(XY, [(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)]), r"at \(1, 0\)"),
        (lambda: sj.Polygon(XY, [(0, 0), (1, 1), (2, 2)]), "touch"),
        (lambda: sj.Polygon(XY, [(0, 0), (1, 1)]), "at least three"),
        (lambda: disk((0, 0), -1), "radius is -1"),
        (lambda: sj.Annulus(XY, (0, 0), 2, 1), "the inner one first"),
        (lambda: sj.Sector(XY, (0, 0), 1, 0, 7), "is a Disk"),
        (lambda: SQUARE | sj.Disk(sp.symbols("y x"), (0, 0), 1), "the same variables"),
    ],
)
def test_bad_regions_are_named(made, words):
    with pytest.raises(sj.ProblemError, match=words):
        made()
