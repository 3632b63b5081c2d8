"""Whether conditions beyond those that an equation takes agree with the others.

Least squares compromise between conditions that contradict each other by little, and blocks
that shrink at an end hide what is left. So a line is solved again without the surplus: the
conditions left out then have to hold by themselves. Beyond a line, where many numbers of conditions
are right, a value at a point, an integral and what a wall has too much are tried so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from ...adaptivity.estimate import CHECK_WIDTHS, RIGHT_WITHIN, Mismatch, violations
from ...adaptivity.stopping import SAFE
from ...adaptivity.trial import Trial
from ...approximation.block_field import BlockField
from ...approximation.network.network import Shape
from ...geometry.place import BoundaryPlace
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
    """Conditions that are one number beyond a line, and those of walls that are too many.

    Those of walls one by one, then all that are too many together: of values and slopes on all
    walls any one leaves a contradiction.
    """
    single = [(i,) for i, c in enumerate(system.conditions) if not c.relation.place.dimension]
    together: list[int] = []
    for walls, count in _counted(system):
        left = [sorted(wall, key=partial(_order, system)) for wall in walls]
        surplus = [max(left, key=len).pop() for _ in range(sum(map(len, walls)) - count)]
        together += surplus
        # Without one of another wall the rest would be Cauchy data, from which nothing follows.
        single += [(i,) for i in max(walls, key=len)] if surplus else []
    return [*single, tuple(together)] if len(together) > 1 else single


def _counted(system: System) -> Iterator[tuple[list[list[int]], int]]:
    """Conditions wall by wall, and how many an equation takes of them.

    Of both walls across a variable of a box as many as its order in that variable; of a part of
    another boundary half of its order, as elliptic ones do.
    """
    orders = system.problem.orders
    across: dict[int | None, dict[object, list[int]]] = {}
    for i, condition in enumerate(system.conditions):
        place = condition.relation.place
        fixed = [axis for axis, value in enumerate(place) if isinstance(value, float)]
        if isinstance(place, BoundaryPlace):
            across.setdefault(None, {}).setdefault(place, []).append(i)
        elif len(fixed) == 1:
            across.setdefault(fixed[0], {}).setdefault(place[fixed[0]], []).append(i)
    for axis, walls in across.items():
        if axis is None:
            count = sum((max(order) + 1) // 2 for order in orders)
            yield from (([wall], count) for wall in walls.values())
        else:
            yield list(walls.values()), sum(order[axis] for order in orders)


def _order(system: System, condition: int) -> int:
    """The highest derivative that a condition holds."""
    return max((sum(trace.orders) for trace in system.conditions[condition].traces), default=0)


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
