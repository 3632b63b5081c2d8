r"""Which equation is tested with the functions of which unknown, where no derivative in time says.

A Galerkin method tests an equation with functions that keep what the adjoint of its operator asks
of them on the walls. Of an operator of order d in u with N conditions on u on the two walls of an
axis those are 2 d - N: of u_xx = f with u given on both, the same two. In the vorticity equation,

.. math:: \omega_t + \dots = \nu \Delta \omega, \qquad \Delta \psi + \omega = 0,

nothing is given of :math:`\omega` and all of :math:`\psi` and its slope, so that the first
is tested with the functions of :math:`\psi`, four conditions, and the second with those of
:math:`\omega`, none: what comes out is the biharmonic equation in its weak form,
:math:`(\nabla \psi_t, \nabla v) + \dots = \nu (\omega, \Delta v)`, whose energy decays.

Equations and unknowns are matched so that these numbers differ least in all, and, where several
matchings do as well, an equation goes with the unknown of its highest derivatives (the assignment
problem; H. W. Kuhn, Naval Research Logistics Quarterly 2, 1955).
"""

from __future__ import annotations

import numpy as np

from ..._types import Integers
from ...problem.compiled.evolution import EvolutionModel


def matched_equations(model: EvolutionModel) -> Integers:
    """The equation that goes with each unknown, (unknowns,); -1 of those of time alone."""
    problem = model.problem
    if not model.mixed:
        return np.arange(len(problem.unknowns))
    given = _conditions(model)
    fields = np.setdiff1d(np.arange(len(given)), problem.lumped)
    count, space = given.shape
    apart = np.zeros((len(fields), count))
    highest = np.zeros((len(fields), count))
    for row, equation in enumerate(problem.stated_equations):
        orders = np.full((count, space), -1)
        for trace in equation.traces:
            across = np.delete(np.array(trace.orders), model.axis)
            orders[trace.unknown] = np.maximum(orders[trace.unknown], across)
        moving = {t.unknown for t in equation.traces if t.orders[model.axis]}
        for axis in range(space):
            degree = max(int(orders[:, axis].max()), 0)
            leading = np.flatnonzero(orders[:, axis] == degree)
            wanted = 2 * degree - given[leading, axis].max(initial=0)
            apart[row] += np.abs(wanted - given[:, axis])
        highest[row] = orders.sum(axis=1)
        highest[row, list(moving)] += 1
    # Integers: one apart weighs more than all orders together.
    from scipy.optimize import linear_sum_assignment  # takes as long as a small problem

    weights = apart * (1 + highest.sum()) - highest
    _, unknowns = linear_sum_assignment(weights[:, fields])
    found = np.full(count, -1)
    found[fields[unknowns]] = np.arange(len(fields))
    return found


def _conditions(model: EvolutionModel) -> Integers:
    """How many conditions each unknown has on both walls of an axis, (unknowns, space axes)."""
    problem = model.problem
    found = np.zeros((len(problem.unknowns), len(problem.variables) - 1), dtype=int)
    for condition in model.walls.conditions[: len(model.walls.relations)]:
        relation = condition.relation
        if relation.across is not None:
            continue
        top = max(relation.traces, key=lambda t: sum(t.orders))
        for axis in relation.place.fixed:
            found[top.unknown, axis] += 1
    return found
