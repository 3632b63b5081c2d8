"""When a search is given up, told on made-up histories of attempts."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Eq, Function, symbols

import sigmajet as sj
from sigmajet.adaptivity.estimate import Mismatch
from sigmajet.adaptivity.seen import Seen, Stage
from sigmajet.adaptivity.stopping import determined, hopeless
from sigmajet.approximation.field import BlockField
from sigmajet.approximation.network.network import Network
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.solution.status import Status

x, y = symbols("x y")
u = Function("u")
LINE = System.compile(
    sj.Problem(Eq(u(x).diff(x, 2), 1), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)])
)
PLANE = System.compile(
    sj.Problem(
        Eq(u(x, y).diff(x, 2) + u(x, y).diff(y, 2), 1),
        u(x, y),
        {x: (0, 1), y: (0, 1)},
        [Eq(u(x, y).subs(s, a), 0) for s in (x, y) for a in (0, 1)],
    )
)
NETWORK = Network(np.ones((1, 1)), np.zeros(1))


def attempt(estimate=1e-3, *, blocks=1, at_rest=True, amplification=1.0, mismatch=0.0) -> Seen:
    partition = Partition.between(np.linspace(0.0, 1.0, blocks + 1))
    return Seen(
        Stage(partition, 40),
        BlockField(partition, NETWORK, np.zeros((blocks, 1, 1))),
        estimate,
        np.full(blocks, 1e-6),
        {},
        status=Status.INACCURATE if at_rest else Status.NOT_AT_REST,
        amplification=amplification,
        at_rest=at_rest,
        mismatches=(Mismatch("a condition", mismatch, mismatch),),
    )


def gives_up(system, attempts, defects=None, approached=True) -> bool:
    if defects is not None:
        attempts = [
            replace(a, defects=np.full_like(a.defects, d))
            for a, d in zip(attempts, defects, strict=True)
        ]
    return hopeless(system, attempts, approached=approached)


def test_a_search_goes_on_while_the_estimate_halves():
    falling = [attempt(10.0**-k) for k in range(8)]
    assert not any(gives_up(LINE, falling[:n]) for n in range(1, 9))


def test_three_attempts_without_gain_are_enough():
    stalled = [attempt(e) for e in (1e-3, 1e-6, 2e-6, 1e-6, 3e-6)]
    assert [gives_up(LINE, stalled[:n]) for n in range(1, 6)] == [False] * 4 + [True]


def test_a_defect_that_falls_is_a_gain_and_one_that_is_large_is_patience():
    stalled = [attempt(1e-6)] * 6
    assert not gives_up(LINE, stalled, [10.0**-k for k in range(3, 9)])
    assert not gives_up(LINE, stalled, [0.5] * 6)  # on a line: a layer not found yet


def test_iterations_that_never_rest_end_sooner_where_nothing_was_approached():
    restless = [attempt(at_rest=False)] * 4
    assert [gives_up(LINE, restless[:n]) for n in (1, 2, 3)] == [False, False, True]
    assert gives_up(LINE, restless[:2], approached=False)


def test_a_response_to_noise_beyond_double_precision_ends_the_search():
    assert gives_up(LINE, [attempt(amplification=1e9)])
    assert not determined([attempt(amplification=1e4)])
    assert determined([attempt(amplification=1e4), attempt(amplification=1.5e4)])


@pytest.mark.parametrize(
    ("defects", "over"), [((0.5, 0.5, 0.45, 0.5), True), ((1.3, 0.8, 0.5, 0.1), False)]
)
def test_smaller_blocks_that_meet_an_equation_no_better_say_that_it_has_no_solution(defects, over):
    attempts = [attempt(0.4, blocks=4**k) for k in range(1, 5)]
    assert gives_up(PLANE, attempts, list(defects)) is over


@pytest.mark.parametrize("share", [0.99, 0.5])
def test_conditions_violated_alike_on_ever_smaller_blocks_contradict_each_other(share):
    attempts = [
        attempt(10.0**-k, blocks=4**k, mismatch=0.5 * share ** (k - 1)) for k in range(1, 6)
    ]
    assert gives_up(PLANE, attempts, [1e-2 / 4**k for k in range(5)]) is (share == 0.99)
