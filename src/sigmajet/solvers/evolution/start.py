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
from ...errors import ProblemError
from ...geometry.partition import Partition
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.refusal import Refusal
from ...problem.compiled.walls import without
from ...randomness import PROBES
from ...rules.judgement import A_DIGIT
from ...rules.samples import FEW
from .ladder import Ladder


def fault_of_mixture(model: EvolutionModel) -> Refusal | None:
    """Why what has no derivative in time does not follow from the rest, if so.

    It does not in systems of an index above two. Of unknowns that have one on a part of space
    alone nothing is asked: steps of no length tell the two parts apart by rounding.
    """
    if all(model.levels) and not model.walls.moving:
        return None
    fault = _fault_of_multipliers(model)
    if fault is not None:
        return fault
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
    lines = ImplicitLines(model, space)
    if lines.is_determined(start, levels.ravel(), end - start):
        times = np.linspace(start, end, FEW)
        if lines.unmet(times, levels.ravel(), model.walls.driven()) > 1.0 / A_DIGIT:
            names = ", ".join(str(problem.unknowns[k]) for k in model.walls.multipliers)
            raise ProblemError(
                "the conditions on the walls contradict the constraint that asks for "
                f"{names}: what they let in does not flow out"
            )
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
        f"from the others at {problem.time} = {at}, nor from how a constraint without them changes "
        "(as a pressure does from the divergence of velocities): other equations should tell them, "
        'or the conditions on walls are too many or too few for it; method="steady" takes others'
    )


def _fault_of_multipliers(model: EvolutionModel) -> Refusal | None:
    """Why multipliers of constraints are not told by an integration in time, if so."""
    problem, asked = model.problem, model.walls.multipliers
    if not asked:
        return None
    names = ", ".join(str(problem.unknowns[k]) for k in asked)
    what = f"{names}, which a constraint without them asks for,"
    if model.order > 1:
        return Refusal(
            f"{what} follows from its second derivative in {problem.time} (an index above two); "
            'method="steady" takes that'
        )
    joins = [
        relation.source
        for relation in model.walls.relations
        if len({t.unknown in asked for t in relation.traces}) > 1
    ]
    if joins or model.walls.moving or (model.walls.planes and len(problem.variables) > 2):
        why = (
            f"the condition `{joins[0]}` joins {what} to others"
            if joins
            else f"beside {what} no condition may be an equation of its own, nor an interface "
            "stand in the plane"
        )
        return Refusal(f'{why}; an evolution does not take that, method="steady" does')
    return None
