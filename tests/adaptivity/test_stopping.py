"""When a search is given up.

Where a statement shows it within a second, it is solved. Histories are made up where the search
itself takes minutes: in the plane, and for layers that are not found for long.
"""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Eq, Function, exp, symbols

import sigmajet as sj
from sigmajet.adaptivity.estimate import Mismatch
from sigmajet.adaptivity.seen import Seen, Stage
from sigmajet.adaptivity.stopping import hopeless
from sigmajet.approximation.block_field import BlockField
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


def attempt(estimate: float, *, blocks: int = 1, mismatch: float = 0.0) -> Seen:
    partition = Partition.between(np.linspace(0.0, 1.0, blocks + 1))
    return Seen(
        Stage(partition, 40),
        BlockField(partition, NETWORK, np.zeros((blocks, 1, 1))),
        estimate,
        np.full(blocks, 1e-6),
        {},
        status=Status.INACCURATE,
        at_rest=True,
        mismatches=(Mismatch("a condition", mismatch, mismatch),),
    )


def gives_up(system, attempts, defects) -> bool:
    seen = [
        replace(a, defects=np.full_like(a.defects, d))
        for a, d in zip(attempts, defects, strict=True)
    ]
    return hopeless(system, seen, approached=True)


def test_an_equation_without_a_solution_is_given_up_and_said_to_have_none():
    # Bratu's equation has solutions up to a factor of 3.51.
    bratu = Eq(u(x).diff(x, 2) + 4 * exp(u(x)), 0)
    problem = sj.Problem(bratu, u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)])
    with pytest.raises(sj.NotConverged, match="may have no solution"):
        sj.solve(problem)


def test_a_defect_that_falls_is_a_gain_and_one_that_is_large_is_patience():
    stalled = [attempt(1e-9)] * 6
    falling = [10.0**-k for k in range(3, 9)]
    assert not gives_up(LINE, stalled, falling)
    # Far below the estimate it is not what is missing: conditions disagree by little.
    assert gives_up(LINE, [attempt(1e-6)] * 6, falling)
    assert not gives_up(LINE, stalled, [0.5] * 6)  # on a line: a layer not found yet


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
