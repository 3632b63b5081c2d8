r"""Unknowns that no equation without a derivative in time tells: the multipliers of constraints.

In the equations of an incompressible flow,

.. math:: u_t + \dots + \nabla p = \nu \Delta u, \qquad \nabla \cdot u = 0,

the pressure has no derivative in time, and what has none as well, the constraint, does not hold
it: p is as large as it has to be for the constraint to hold at later times. What follows only from
the derivative in time of a constraint has the index 2 (E. Hairer, G. Wanner, "Solving Ordinary
Differential Equations II", VII.1).

Unknowns and equations without a derivative in time are matched by which holds which (a matching
of most pairs, as structural ranks are found); who is left over on the one side are multipliers, on
the other constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ..._types import Orders
from ..terms.relation import Relation


def multipliers(
    equations: Sequence[Relation], highest: Sequence[Orders], time: int, lumped: Collection[int]
) -> Mapping[int, Orders]:
    """The unknowns of all variables that are multipliers, as far as equations tell by their form.

    Of equations on the domain that hold derivatives of some `highest` orders, where one variable is
    time and some unknowns are `lumped`, of time alone. With the orders, by each variable of space,
    below which their derivatives agree where blocks meet: those of what constraints hold. None
    where there are fewer constraints than multipliers.
    """
    columns = [k for k, orders in enumerate(highest) if not orders[time] and k not in lumped]
    rows = [e for e in equations if not any(t.orders[time] for t in e.traces)]
    if not columns or len(rows) != len(columns):
        return {}
    held = np.array([[any(t.unknown == k for t in row.traces) for k in columns] for row in rows])
    # These take as long as a small problem.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    matched = maximum_bipartite_matching(csr_array(held.astype(float)), perm_type="column")
    constraints = [row for row, column in zip(rows, matched, strict=True) if column < 0]
    found = [k for k in range(len(columns)) if k not in matched]
    smooth = np.zeros(len(highest[0]), dtype=int)
    for trace in (t for constraint in constraints for t in constraint.traces):
        smooth = np.maximum(smooth, np.subtract(highest[trace.unknown], trace.orders))
    return {
        columns[k]: tuple(
            max(int(own), int(other))
            for j, (own, other) in enumerate(zip(highest[columns[k]], smooth, strict=True))
            if j != time
        )
        for k in found
    }
