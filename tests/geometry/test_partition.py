"""Partitions: blocks tile the box, faces pair up, points find their block. Exact arithmetic."""

from fractions import Fraction
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigmajet.geometry.partition import Partition

BOUNDS = ((-0.3, 1.7), (10.1, 10.4), (-7.0, 1e3))  # ends that have no short binary form


@st.composite
def partitions(draw, dimensions=(1, 2, 3)) -> Partition:
    """Boxes cut at random, block by block, two to four times."""
    dimension = draw(st.sampled_from(dimensions))
    lower, upper = zip(*draw(st.permutations(BOUNDS))[:dimension], strict=True)
    partition = Partition.whole(lower, upper)
    for _ in range(draw(st.integers(1, 4))):
        blocks = st.integers(0, len(partition) - 1)
        pieces = draw(st.dictionaries(blocks, st.integers(2, 3), min_size=1, max_size=3))
        partition = partition.split(pieces)
    return partition


def exact(corner) -> list[Fraction]:
    return [Fraction(float(v)) for v in corner]


def sides(lower, upper) -> list[Fraction]:
    return [b - a for a, b in zip(exact(lower), exact(upper), strict=True)]


def whole(partition: Partition) -> tuple[np.ndarray, np.ndarray]:
    return partition.lower.min(axis=0), partition.upper.max(axis=0)


@given(partitions())
@settings(max_examples=40, deadline=None)
def test_blocks_tile_the_box_without_gap_or_overlap(partition):
    volumes = [
        prod(sides(*corners)) for corners in zip(partition.lower, partition.upper, strict=True)
    ]
    assert min(volumes) > 0
    assert sum(volumes) == prod(sides(*whole(partition)))
    for i in range(len(partition)):
        common = np.minimum(partition.upper, partition.upper[i]) > np.maximum(
            partition.lower, partition.lower[i]
        )
        assert np.flatnonzero(common.all(axis=1)).tolist() == [i]


@given(partitions())
@settings(max_examples=40, deadline=None)
def test_every_inner_face_is_covered_once_by_interfaces(partition):
    faces = partition.interfaces()
    assert len({(f.left, f.right, f.axis) for f in faces}) == len(faces)
    start, end = whole(partition)

    def area(lower, upper, axis):
        return prod(s for a, s in enumerate(sides(lower, upper)) if a != axis)

    for block, (low, high) in enumerate(zip(partition.lower, partition.upper, strict=True)):
        for axis in range(partition.dimension):
            above = [f for f in faces if f.left == block and f.axis == axis]
            below = [f for f in faces if f.right == block and f.axis == axis]
            full = area(low, high, axis)
            for shared, at, edge in ((above, high, end), (below, low, start)):
                assert all(f.lower[axis] == f.upper[axis] == at[axis] for f in shared)
                covered = sum(area(f.lower, f.upper, axis) for f in shared)
                assert covered == (0 if at[axis] == edge[axis] else full)


@given(partitions(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_locate_finds_the_block_that_holds_a_point(partition, seed):
    rng = np.random.default_rng(seed)
    start, end = whole(partition)
    points = np.concatenate(
        [rng.uniform(start, end, (50, partition.dimension)), partition.lower, partition.upper]
    )
    found = partition.locate(points)
    for point, block in zip(points, found, strict=True):
        holders = [
            b
            for b in range(len(partition))
            if all(partition.lower[b] <= point) and all(point <= partition.upper[b])
        ]
        assert block in holders


@given(partitions(), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_a_point_outside_goes_to_the_block_of_the_nearest_point_of_the_box(partition, seed):
    start, end = whole(partition)
    spread = np.random.default_rng(seed).uniform(-0.5, 1.5, (30, partition.dimension))
    points = start + (end - start) * spread
    nearest = np.clip(points, start, end)
    found = partition.locate(points)
    assert np.all(partition.lower[found] <= nearest)
    assert np.all(nearest <= partition.upper[found])


@given(partitions())
@settings(max_examples=40, deadline=None)
def test_reference_corners_map_to_the_corners_of_a_block_to_the_last_bit(partition):
    ones = np.ones((1, partition.dimension))
    for block in range(len(partition)):
        assert partition.from_reference(-ones, block).tobytes() == partition.lower[block].tobytes()
        assert partition.from_reference(ones, block).tobytes() == partition.upper[block].tobytes()


@given(partitions(), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_to_reference_undoes_from_reference(partition, seed):
    reference = np.random.default_rng(seed).uniform(-1, 1, (20, partition.dimension))
    for block in range(len(partition)):
        points = partition.from_reference(reference, block)
        # Forming points loses what the size of the coordinates over that of the block costs.
        size = np.maximum(np.abs(partition.lower[block]), np.abs(partition.upper[block]))
        loss = 4e-16 * np.max(size / partition.half_widths[block])
        back = partition.to_reference(points, block)
        np.testing.assert_allclose(back, reference, rtol=0, atol=4e-16 + loss)


def test_a_block_is_cut_across_its_longest_side_relative_to_the_box():
    partition = Partition.whole((0.0, 0.0), (1.0, 100.0))
    halves = partition.split({0: 2})
    assert halves.upper.tolist() == [[0.5, 100.0], [1.0, 100.0]]
    quarters = halves.split({1: 2})
    assert quarters.lower.tolist() == [[0.0, 0.0], [0.5, 0.0], [0.5, 50.0]]


def test_blocks_that_are_not_named_stay():
    partition = Partition.whole((0.0,), (1.0,)).split({0: 3})
    again = partition.split({})
    assert again.lower.tolist() == partition.lower.tolist()
    assert again.upper.tolist() == partition.upper.tolist()


@pytest.mark.parametrize("pieces", [2, 3, 7])
def test_pieces_are_equally_long(pieces):
    partition = Partition.whole((-0.3,), (1.7,)).split({0: pieces})
    np.testing.assert_allclose(partition.half_widths[:, 0], 1.0 / pieces, rtol=1e-14)
