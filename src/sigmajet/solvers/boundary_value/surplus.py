"""Whether conditions beyond those that an equation takes agree with the others.

Least squares compromise between conditions that contradict each other by little, and blocks
that shrink at an end hide what is left. So a line is solved again without the surplus: the
conditions left out then have to hold by themselves.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from ...adaptivity.estimate import RIGHT_WITHIN, mismatches
from ...adaptivity.stopping import UNDETERMINED
from ...adaptivity.trial import Trial
from ...approximation.block_field import BlockField
from ...approximation.network.network import Shape
from ...problem.compiled.system import System


def surplus(system: System) -> int:
    """How many conditions there are on a line beyond the orders of the equations."""
    problem = system.problem
    if len(problem.variables) > 1:
        return 0
    return max(0, len(system.conditions) - sum(map(sum, problem.orders)))


def disagreement(system: System, field: BlockField, shape: Shape, seed: int) -> float:
    """How far surplus conditions are violated, relative to their terms, if they are left out."""
    count = surplus(system)
    number = len(system.conditions)
    # Of one that is left out this is every choice; of several as many, until one will do.
    for left_out in itertools.islice(itertools.combinations(range(number), count), number):
        kept = tuple(c for i, c in enumerate(system.conditions) if i not in left_out)
        reduced = replace(system, conditions=kept)
        trial = Trial(reduced, field.partition, shape, seed)
        solved = trial.solve(field.network.width, 0, field)
        if solved.converged and solved.amplification < UNDETERMINED:
            violated = mismatches(system, solved.field, field.partition)
            return max(violated[i].worst for i in left_out)
    return 0.0


def tolerated(tol: float) -> float:
    """How much of a violation is the error of the solution, which may be a derivative's."""
    return RIGHT_WITHIN * tol
