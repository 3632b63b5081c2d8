"""Whether conditions beyond those that an equation takes agree with the others.

Least squares compromise between conditions that contradict each other by little, and blocks
that shrink at an end hide what is left. So a line is solved again without the surplus: the
conditions left out then have to hold by themselves. Beyond a line, where many numbers of conditions
are right, a value at a point, an integral and what a wall has too much are tried so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ...adaptivity.estimate import CHECK_WIDTHS, RIGHT_WITHIN, Mismatch, violations
from ...adaptivity.stopping import SAFE
from ...adaptivity.trial import Trial
from ...approximation.block_field import BlockField
from ...approximation.network.network import Shape
from ...problem.compiled.system import System
from ...randomness import Seed


def surplus(system: System) -> int:
    """How many conditions there are on a line beyond the orders of the equations."""
    problem = system.problem
    if len(problem.variables) > 1:
        return 0
    return max(0, len(system.conditions) - sum(map(sum, problem.orders)))


def disagreement(
    system: System, field: BlockField, shape: Shape, seed: Seed, tol: float
) -> Mismatch | None:
    """A condition that is violated if it is left out, though the others determine the solution.

    On a line those are as many as there are too many; beyond it a value at a point, an integral and
    a wall's are left out one by one. What the others predict is known to ten times the distance of
    two draws; a violation above that, and above the tolerance, is none of the discretisation's.
    """
    line = field.partition.dimension == 1
    width = field.network.width
    for one in _choices(system) if line else _places(system):
        kept = tuple(c for i, c in enumerate(system.conditions) if i not in one)
        trial = Trial(replace(system, conditions=kept), field.partition, shape, seed)
        # Where a function may be left free one step tells, and Gauss-Newton does not come to rest.
        solved = trial.solve(width, 0, field, 1)
        if solved.amplification < SAFE and not system.problem.linear:
            solved = trial.solve(width, 0, field)
        if not solved.converged or solved.amplification >= SAFE:
            continue
        predicted = list(violations(system, solved.field, field.partition))
        suspects = [i for i in one if np.max(np.abs(predicted[i])) > tol]
        if suspects:
            check = trial.solve(int(CHECK_WIDTHS[0] * width), 1, field)
            again = list(violations(system, check.field, field.partition))
            for i in suspects:
                apart = RIGHT_WITHIN * np.abs(predicted[i] - again[i])
                off = np.abs(predicted[i])
                # Beside a corner a value may be further off than the solution in the mean.
                if off.max() > max(tol, apart.max()) or np.median(off) > max(tol, np.median(apart)):
                    return Mismatch.of(system.conditions[i], predicted[i])
        if line:
            break
    return None


def _choices(system: System) -> Iterable[tuple[int, ...]]:
    """Of one that is too many on a line every choice; of several as many, until one will do."""
    count, number = surplus(system), len(system.conditions)
    combinations = itertools.combinations(range(number), count)
    return itertools.islice(combinations, number if count else 0)


def _places(system: System) -> Iterable[tuple[int, ...]]:
    """Conditions that are one number beyond a line, and those of too many across a variable.

    Of the latter those of the wall with the most: without one of another wall the rest would be
    Cauchy data, from which a solution does not follow.
    """
    places = [condition.relation.place for condition in system.conditions]
    orders = system.problem.orders
    chosen = [i for i, place in enumerate(places) if not place.dimension]
    for axis in range(len(orders[0])):
        walls: dict[object, list[int]] = {}
        for i, place in enumerate(places):
            if isinstance(place[axis], float) and place.dimension == len(place) - 1:
                walls.setdefault(place[axis], []).append(i)
        if sum(map(len, walls.values())) > sum(order[axis] for order in orders):
            loaded = max(len(listed) for listed in walls.values())
            chosen += next(listed for listed in walls.values() if len(listed) == loaded)
    return ((i,) for i in chosen)


def left_out(clash: Mismatch) -> str:
    """What that says to the user."""
    return (
        f"the other conditions determine the solution, and with them the condition "
        f"`{clash.source}` is violated by {clash.worst:.1e} of its terms: it contradicts one of "
        "them or the equation"
    )


def tolerated(tol: float) -> float:
    """How much of a violation is the error of the solution, which may be a derivative's."""
    return RIGHT_WITHIN * tol
