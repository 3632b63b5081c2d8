"""Plane regions: inside, boundary, corners and cells, against formulas of elementary geometry."""

import math

import numpy as np
import pytest

from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.mapping import AffineMap
from sigmajet.geometry.partition import Partition
from sigmajet.geometry.shapes.combine import difference
from sigmajet.geometry.shapes.grading import graded
from sigmajet.geometry.shapes.outlines import disk, polygon, sector
from sigmajet.randomness import Seed

DISK = disk(np.array([0.5, 0.0]), 1.0)
NOTCHED = polygon(np.array([[-1, -1], [0, -1], [0, 0], [1, 0], [1, 1], [-1, 1]], dtype=float))
THREE_QUARTERS = sector(np.zeros(2), 1.0, 0.0, 1.5 * math.pi)


def scattered(count=20_000):
    return np.random.default_rng(0).uniform(-1.6, 1.6, (count, 2))


def test_points_are_inside_as_elementary_geometry_says():
    points = scattered()
    x, y = points.T
    assert np.array_equal(DISK.contains(points), np.hypot(x - 0.5, y) <= 1.0)
    square = np.all(np.abs(points) <= 1.0, axis=1)
    assert np.array_equal(NOTCHED.contains(points), square & ~((x > 0) & (y < 0)))
    quarters = (np.hypot(x, y) <= 1.0) & ~((x > 0) & (y < 0))
    assert np.array_equal(THREE_QUARTERS.contains(points), quarters)


def test_slack_is_of_the_size_of_the_bounds():
    beside = np.array([[1.5 + 1e-6, 0.0], [0.5, -1.0 - 1e-6]])
    assert not np.any(DISK.contains(beside))
    assert not np.any(DISK.contains(beside, 4e-7))
    assert np.all(DISK.contains(beside, 6e-7))


@pytest.mark.parametrize(
    ("region", "area", "length"),
    [
        (DISK, math.pi, 2 * math.pi),
        (NOTCHED, 3.0, 8.0),
        (THREE_QUARTERS, 0.75 * math.pi, 2 + 1.5 * math.pi),
    ],
)
def test_areas_and_lengths_are_exact(region, area, length):
    assert region.area == pytest.approx(area, rel=1e-14)
    stretches = region.whole.stretches()
    assert sum(stretch.length for stretch in stretches) == pytest.approx(length, rel=1e-14)


def test_the_direction_in_which_a_polygon_is_given_does_not_matter():
    turned = polygon(np.array([[0, 0], [0, 1], [2, 0]], dtype=float))
    assert turned.area == pytest.approx(1.0)
    walls = {part.arcs[0].wall.number: part for part in turned.boundary}
    (first,) = walls[0].stretches()  # from point 0 to point 1, on x = 0
    points, normals, _ = first.at(np.linspace(-1.0, 1.0, 5))
    assert np.all(points[:, 0] == 0.0)
    assert normals == pytest.approx(np.tile([-1.0, 0.0], (5, 1)))


def test_a_circle_is_round_to_the_last_digits_and_its_normals_are_radii():
    (stretch,) = DISK.whole.stretches()
    points, normals, speeds = stretch.at(np.linspace(-1.0, 1.0, 301))
    assert np.abs(np.hypot(points[:, 0] - 0.5, points[:, 1]) - 1.0).max() < 5e-16
    assert np.abs(normals - (points - [0.5, 0.0])).max() < 1e-15
    assert speeds == pytest.approx(np.pi)
    assert np.abs(DISK.whole.normals(points) - normals).max() < 1e-14


def test_corners_know_their_angles():
    angles = {tuple(np.round(c.vertex, 12) + 0.0): c.angle for c in NOTCHED.corners}
    assert len(angles) == 6
    assert angles.pop((0.0, 0.0)) == pytest.approx(1.5 * math.pi)
    assert list(angles.values()) == pytest.approx([math.pi / 2] * 5)
    assert [c.angle for c in DISK.corners] == []
    assert sorted(c.angle for c in THREE_QUARTERS.corners) == pytest.approx(
        [math.pi / 2, math.pi / 2, 1.5 * math.pi]
    )


@pytest.mark.parametrize("region", [DISK, NOTCHED, THREE_QUARTERS])
def test_tight_boxes_hold_what_cells_have_and_no_more(region):
    fine = scattered(400_000)
    held = fine[region.contains(fine)]
    rng = np.random.default_rng(1)
    for _ in range(60):
        lower = rng.uniform(-1.5, 1.2, 2)
        cell = AffineMap(lower, lower + rng.uniform(0.1, 0.8, 2))
        tight = region.tight(cell)
        inside = held[np.all((held >= cell.lower) & (held <= cell.upper), axis=1)]
        if len(inside) < 200:
            continue
        assert np.all(inside >= tight.lower)
        assert np.all(inside <= tight.upper)
        # No box around so many random points is far smaller; a tip may hold few of them.
        assert np.all(np.abs(inside.min(axis=0) - tight.lower) < 0.06)
        assert np.all(np.abs(inside.max(axis=0) - tight.upper) < 0.06)


def test_a_cell_that_meets_a_region_along_its_walls_alone_has_nothing_of_it():
    notch = NOTCHED.tight(AffineMap(np.array([0.0, -1.0]), np.array([1.0, 0.0])))
    assert not np.all(notch.upper > notch.lower)
    assert NOTCHED.arcs_in(AffineMap(np.array([0.0, -1.0]), np.array([1.0, 0.0]))) == []


def test_the_boundary_is_shared_out_among_cells_once():
    box = Partition.of(THREE_QUARTERS)
    for _ in range(3):
        box = box.cut(dict.fromkeys(range(len(box)), (0, 1)))
    part = THREE_QUARTERS.whole
    lengths = [s.length for b in range(len(box)) for s in part.stretches(box.mapping(b))]
    assert sum(lengths) == pytest.approx(2 + 1.5 * math.pi, rel=1e-12)


def test_faces_are_what_lies_inside_piece_by_piece():
    face = AffineMap(np.array([0.5, -2.0]), np.array([0.5, 2.0]))
    (piece,) = THREE_QUARTERS.sections(face)
    assert [piece.lower[1], piece.upper[1]] == pytest.approx([0.0, math.sqrt(0.75)])
    saw = polygon(np.array([[0, 0], [4, 0], [4, 1], [3, 3], [2, 1], [1, 3], [0, 1]], dtype=float))
    pieces = saw.sections(AffineMap(np.array([0.0, 2.0]), np.array([4.0, 2.0])))
    ends = [end for p in pieces for end in (p.lower[0], p.upper[0])]
    assert ends == pytest.approx([0.5, 1.5, 2.5, 3.5])


def test_cells_without_a_part_of_a_disk_are_left_out_and_samples_fill_the_rest():
    box = Partition.whole((-0.5, -1.0), (1.5, 1.0))
    for _ in range(3):
        box = box.cut(dict.fromkeys(range(len(box)), (0, 1)))
    partition = Partition(box.lower, box.upper, DISK).cut({})
    assert len(partition) == 60  # of 64: the four in the corners have nothing of it
    sample = draw_sample(partition, Seed(0))
    assert np.all(DISK.contains(sample.points))
    assert sample.weights.sum() == pytest.approx(1.0)
    # The mean of r^2 over a disk is half the square of its radius.
    squares = np.sum((sample.points - [0.5, 0.0]) ** 2, axis=1)
    assert sample.weights @ squares == pytest.approx(0.5, abs=0.02)
    for face in partition.interfaces():
        along = 1 - face.axis
        middle = 0.5 * (face.lower + face.upper)
        assert DISK.contains(middle[None])
        assert face.upper[along] > face.lower[along]


def test_cells_are_no_larger_than_holes_are_wide_and_far_together():
    region = disk(np.zeros(2), 1.0)
    for middle, radius in (((0.4, 0.1), 0.05), ((-0.5, 0.0), 0.2)):
        region = difference(region, disk(np.array(middle), radius))
    cells = graded(Partition.of(region))
    sides = (2.0 * cells.half_widths).max(axis=1)
    for middle, radius in (((0.4, 0.1), 0.05), ((-0.5, 0.0), 0.2)):
        beyond = np.maximum(cells.lower - middle, middle - cells.upper) - radius
        away = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        assert np.all(sides < 2.0 * radius + away)
    assert graded(cells) is cells
    assert len(cells) < 100
    plain = Partition.of(DISK)
    assert graded(plain) is plain
