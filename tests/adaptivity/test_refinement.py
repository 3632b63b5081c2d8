"""How discretisations grow: cuts where and across what a solution is rough."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Function, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.adaptivity.refinement import cut
from sigmajet.adaptivity.roughness import rough_axes
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.network.network import Network
from sigmajet.geometry.partition import Partition

x, y = symbols("x y")
u = Function("u")(x, y)
SQUARE = Partition.whole((0.0, 0.0), (1.0, 1.0))


def one_neuron(partition: Partition, *slopes: float) -> BlockField:
    network = Network(np.array([slopes]), np.zeros(1))
    return BlockField(partition, network, np.ones((len(partition), 1, 1)))


def values_of_one_neuron(*slopes: float):
    return partial(one_neuron(SQUARE, *slopes).derivatives, [(0, (0, 0))])


@pytest.mark.parametrize(("slopes", "axes"), [((40.0, 0.5), [0]), ((0.5, 40.0), [1])])
def test_a_front_is_rough_across_itself_only(slopes, axes):
    assert rough_axes(values_of_one_neuron(*slopes), SQUARE, 0).tolist() == axes


def test_an_oblique_front_is_rough_along_both_axes():
    assert rough_axes(values_of_one_neuron(30.0, 25.0), SQUARE, 0).tolist() == [0, 1]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_cut_blocks_tile_the_box(seed):
    rng = np.random.default_rng(seed)
    partition = Partition.whole((-1.0, 0.0, 2.0), (1.0, 3.0, 2.5))
    for _ in range(3):
        chosen = np.flatnonzero(rng.random(len(partition)) < 0.5)
        partition = partition.cut({int(b): np.flatnonzero(rng.random(3) < 0.5) for b in chosen})
    volumes = np.prod(2 * partition.half_widths, axis=1)
    np.testing.assert_allclose(volumes.sum(), 2 * 3 * 0.5, rtol=1e-12)
    middles = 0.5 * (partition.lower + partition.upper)
    assert partition.locate(middles).tolist() == list(range(len(partition)))


def test_blocks_of_a_line_that_are_good_are_left_while_others_are_cut():
    line = Partition.whole((0.0,), (1.0,)).split({0: 4})
    finer = cut(line, np.array([1e-12, 1e-2, 1e-12, 5e-3]), 1e-8)
    ends = list(zip(finer.lower[:, 0], finer.upper[:, 0], strict=True))
    assert ends[0] == (0.0, 0.25)
    assert (0.5, 0.75) in ends
    assert not {(0.25, 0.5), (0.75, 1.0)} & set(ends)


def test_a_layer_along_a_wall_is_found_and_resolved():
    width = 0.01
    exact = (1 - exp((x - 1) / width)) * sin(pi * y)
    operator = u.diff(x, 2) + u.diff(y, 2)
    load = operator.subs(u, exact).doit()
    walls = [Eq(u.subs(s, a), exact.subs(s, a)) for s in (x, y) for a in (0, 1)]
    solution = sj.solve(sj.Problem(Eq(operator, load), u, {x: (0, 1), y: (0, 1)}, walls), tol=1e-5)
    points = np.random.default_rng(1).random((2, 2000))
    points[0, 1000:] = 1 - 0.02 * points[0, 1000:]
    expected = (1 - np.exp((points[0] - 1) / width)) * np.sin(np.pi * points[1])
    assert solution.report.blocks > 1
    assert np.abs(solution(*points) - expected).max() < 1e-4


def test_in_many_variables_wider_networks_follow_one_that_was_not_enough():
    space = symbols("p:5")
    unknown = Function("v")(*space)
    exact = exp(-sum((1 + i / 5) * (q - (3 + i % 4) / 10) ** 2 for i, q in enumerate(space)))
    faces = [(q, end) for q in space for end in (0, 1)]
    problem = sj.Problem(
        Eq(sum(unknown.diff(q, 2) for q in space), sum(exact.diff(q, 2) for q in space)),
        unknown,
        dict.fromkeys(space, (0, 1)),
        [Eq(unknown.subs(q, end), exact.subs(q, end)) for q, end in faces],
    )
    solution = sj.solve(problem, tol=2e-3)
    widths = [attempt.width for attempt in solution.report.attempts]
    assert len(widths) > 1
    assert widths == sorted(widths)
    middle = dict.fromkeys(space, 0.5)
    assert solution(*middle.values()) == pytest.approx(float(exact.subs(middle)), abs=4e-3)
