"""Whether what is algebraic in a mixed system follows from the rest, at the start of time.

It is asked of the discretisation: that sees walls that say too much or too little of an unknown as
well as equations that do.
"""

from __future__ import annotations

import numpy as np

from ...approximation.basis import orthonormal_basis
from ...approximation.network.network import draw_network
from ...discretization.galerkin.implicit_lines import ImplicitLines
from ...discretization.galerkin.space import Space
from ...geometry.partition import Partition
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.refusal import Refusal
from ...problem.compiled.walls import without
from ...randomness import PROBES
from .ladder import Ladder


def fault_of_mixture(model: EvolutionModel) -> Refusal | None:
    """Why what has no derivative in time does not follow from the rest, if so.

    It does not in systems of an index above one. Of unknowns that have one on a part of space
    alone nothing is asked: steps of no length tell the two parts apart by rounding.
    """
    if all(model.levels) and not model.walls.moving:
        return None
    problem, (start, end) = model.problem, model.interval
    box = Partition.whole(
        without(problem.domain.lower, model.axis), without(problem.domain.upper, model.axis)
    )
    partition = box.sliced(model.walls.planes)
    several = min(len(partition), 2) - 1
    neurons = Ladder(1.0, box.dimension, None).rung([]).neurons[several]
    basis = orthonormal_basis(draw_network(box.dimension, neurons, PROBES), alone=not several)
    space = Space(model.walls, partition, basis, start)
    values = model.initial_values(space.points)
    levels = space.project(values, space.start(start, values)[: len(values)])
    if ImplicitLines(model, space).is_determined(start, levels.ravel(), end - start):
        return None
    if all(model.levels):
        stated = ", ".join(f"`{m.residual.relation.source}`" for m in model.walls.moving.values())
        return Refusal(
            f"what the conditions {stated} tell on the walls does not follow from them and from "
            'the state there, or two of them tell the same; method="steady" takes others'
        )
    names = ", ".join(
        str(unknown)
        for unknown, orders in zip(problem.unknowns, problem.orders, strict=True)
        if not orders[model.axis]
    )
    at = np.format_float_positional(model.clock(start), trim="-")
    return Refusal(
        f"the unknowns without a derivative in {problem.time}, {names}, do not follow "
        f"from the others at {problem.time} = {at}: the "
        "equations that should tell them hold others alone (as a constraint does that a pressure "
        'sees to), or the conditions on walls are too many or too few for it; method="steady" '
        "takes others"
    )
