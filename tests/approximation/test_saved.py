"""Blocks that a file holds tile their box, and stretches of time follow each other."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.evolving_field import EvolvingField
from sigmajet.approximation.polynomial_field import PolynomialField
from sigmajet.approximation.saved import check_partition
from sigmajet.geometry.partition import Partition


def tiling(dimension, cuts, seed=0):
    """A box cut again and again, in random order, with hanging corners."""
    rng = np.random.default_rng(seed)
    partition = Partition.whole((0.0,) * dimension, (1.0,) * dimension)
    for _ in range(cuts):
        block, axis = int(rng.integers(len(partition))), int(rng.integers(dimension))
        partition = partition.cut({block: [axis]})
    order = rng.permutation(len(partition))
    return {"lower": partition.lower[order], "upper": partition.upper[order]}


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_blocks_that_tile_a_box_are_accepted(dimension):
    check_partition(tiling(dimension, 40), "", dimension)


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_block_that_reaches_into_another_is_refused(dimension, seed):
    blocks = tiling(dimension, 40, seed)
    rng = np.random.default_rng(seed)
    inner = np.argwhere(blocks["upper"] < 1.0)
    block, axis = inner[rng.integers(len(inner))]
    blocks["upper"][block, axis] += 1e-9
    with pytest.raises(ValueError, match=r"overlap|follow each other"):
        check_partition(blocks, "", dimension)


def test_a_block_twice_is_refused():
    blocks = tiling(2, 10)
    twice = {name: np.concatenate([corners, corners[3:4]]) for name, corners in blocks.items()}
    with pytest.raises(ValueError, match="two blocks overlap"):
        check_partition(twice, "", 2)


def test_a_gap_between_intervals_is_refused():
    blocks = {"lower": np.array([[0.0], [0.6]]), "upper": np.array([[0.5], [1.0]])}
    with pytest.raises(ValueError, match="do not follow each other"):
        PolynomialField.from_arrays(blocks | {"series": np.zeros((2, 1, 3))}, 1, 1)


def test_stretches_of_time_that_overlap_or_leave_a_gap_are_refused():
    x, t = sp.symbols("x t")
    u = sp.Function("u")(x, t)
    walls = [sp.Eq(u.subs(x, end), 0) for end in (0, 1)]
    start = sp.Eq(u.subs(t, 0), sp.sin(sp.pi * x))
    heat = sj.Problem(
        sp.Eq(u.diff(t), u.diff(x, 2)), u, {x: (0, 1), t: (0, 1)}, [*walls, start], time=t
    )
    field = sj.solve(heat, tol=1e-2)._field
    arrays = field.arrays()
    assert len(EvolvingField.from_arrays(arrays, 2, 1).stretches) == len(field.stretches) > 1
    for shift in (-0.01, 0.01):
        moved = arrays | {"stretch1_times": field.stretches[1].times + shift}
        with pytest.raises(ValueError, match="begin where stretch 0 ends"):
            EvolvingField.from_arrays(moved, 2, 1)
