"""Regions, their walls, and places by coordinates: points fall where they are said to."""

import numpy as np
import pytest

from sigmajet.geometry.mapping import AffineMap
from sigmajet.geometry.partition import Partition
from sigmajet.geometry.place import Interval, Place
from sigmajet.geometry.points import interior_points, points_inside
from sigmajet.geometry.region import BoxRegion
from sigmajet.randomness import Seed

CORNERS = [((0.1,), (0.7,)), ((-1.0, 2.0), (1.0, 5.0)), ((0.0, -0.3, 1.0), (0.1, 0.3, 9.0))]
regions = pytest.mark.parametrize("region", [BoxRegion(*c) for c in CORNERS], ids=["1", "2", "3"])


def partition_of(region: BoxRegion) -> Partition:
    """Blocks of unlike size."""
    return Partition.whole(region.lower, region.upper).split({0: 3}).split({1: 2})


@regions
def test_outward_normals_leave_the_region_and_inward_ones_enter_it(region):
    for wall in region.boundary:
        points = wall.points(partition_of(region), interior_points(wall.dimension, 8, Seed(0)))
        normals = wall.normals(points)
        np.testing.assert_array_equal(np.linalg.norm(normals, axis=1), 1.0)
        assert np.all(region.contains(points))
        assert not np.any(region.contains(points + 1e-6 * normals))
        assert np.all(region.contains(points - 1e-6 * normals))


@regions
def test_the_flux_of_the_identity_through_the_walls_is_the_volume_times_the_dimension(region):
    """Gauss's theorem, with one point a wall: x.n is constant on each."""
    half = region.bounds.half_widths
    flux = 0.0
    for wall in region.boundary:
        (point,) = wall.points(
            Partition.whole(region.lower, region.upper), np.zeros((1, len(half) - 1))
        )
        area = np.prod(2 * np.delete(half, wall.axis))
        flux += area * point @ wall.normals(point[None])[0]
    assert flux == pytest.approx(len(half) * np.prod(2 * half), rel=1e-13)


@regions
def test_points_inside_are_in_the_cell_and_the_region(region):
    reference = interior_points(len(region.lower), 16, Seed(1))
    partition = partition_of(region)
    cells = [partition.mapping(block) for block in range(len(partition))]
    inside = points_inside([region] * len(cells), cells, 16, Seed(1))
    for cell, points in zip(cells, inside, strict=True):
        np.testing.assert_array_equal(points, cell.from_reference(reference))
        assert np.all((points > cell.lower) & (points < cell.upper))


def test_a_cell_that_reaches_beyond_the_region_is_cut_to_what_it_has_of_it():
    region = BoxRegion((0.0, 0.0), (1.0, 2.0))
    cell = AffineMap(np.array([0.5, -1.0]), np.array([1.5, 1.0]))
    tight = region.tight(cell)
    np.testing.assert_array_equal(tight.lower, [0.5, 0.0])
    np.testing.assert_array_equal(tight.upper, [1.0, 1.0])
    (points,) = points_inside([region], [cell], 32, Seed(0))
    assert len(points) == 32
    assert np.all(region.contains(points))


def test_slack_is_relative_to_the_size_along_each_axis_and_nothing_is_no_point():
    region = BoxRegion((0.0, 0.0), (1.0, 100.0))
    points = np.array([[1.05, 50.0], [0.5, 105.0], [0.5, 111.0], [1.2, 50.0], [np.nan, 1.0]])
    assert region.contains(points, 0.1).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize("place", [(0.0, None), (None, 2.0), (1.0, 0.0), (0.5, 1.0)])
def test_points_of_a_place_lie_on_it_in_every_block_that_it_meets(place):
    place = Place(place)
    partition = partition_of(BoxRegion((0.0, 0.0), (1.0, 2.0)))
    reference = (
        interior_points(place.dimension, 5, Seed(0)) if place.dimension else np.empty((1, 0))
    )
    points = place.points(partition, reference)
    for axis in place.fixed:
        np.testing.assert_array_equal(points[:, axis], place[axis])
    for block in range(len(partition)) if place.dimension else ():
        low, high = partition.lower[block], partition.upper[block]
        meets = all(low[a] <= place[a] <= high[a] for a in place.fixed)
        inside = np.all((points >= low) & (points <= high), axis=1)
        assert np.any(inside) == meets
    assert len(points) == 1 or place.dimension


def test_a_place_says_what_runs_along_it():
    edge = Place((None, Interval(0.0, 1.0), 2.0))
    assert (edge.free, edge.fixed, edge.dimension) == ([0], [1, 2], 1)
    assert edge.start == (None, 0.0, 2.0)
    assert edge.without(1) == (None, 2.0)
    assert not edge.everywhere
    assert Place((None, None)).everywhere
    assert isinstance(edge.without(0), Place)


def test_scales_of_derivatives_are_those_of_the_chain_rule():
    """Of a product of polynomials in reference coordinates, by exact differences."""
    mapping = AffineMap(np.array([1.0, -2.0]), np.array([4.0, 2.0]))
    points = np.random.default_rng(0).uniform(mapping.lower, mapping.upper, (6, 2))
    reference = mapping.to_reference(points)
    np.testing.assert_allclose(mapping.from_reference(reference), points, rtol=1e-14)

    def function(x: np.ndarray) -> np.ndarray:
        first, second = mapping.to_reference(x).T
        return first**2 * second

    forward, sideways = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    once = 0.5 * (function(points + forward) - function(points - forward))
    np.testing.assert_allclose(once, 2 * np.prod(reference, axis=1) * mapping.scale((1, 0)))
    twice = function(points + forward) - 2 * function(points) + function(points - forward)
    np.testing.assert_allclose(twice, 2 * reference[:, 1] * mapping.scale((2, 0)))
    across = function(points + sideways) - function(points)
    np.testing.assert_allclose(across, reference[:, 0] ** 2 * mapping.scale((0, 1)))
