r"""Units in which numbers leave the range of floating point.

Least squares sum squares of rows, in which a derivative of order n along an interval of length L is
of size :math:`L^{-n}`. Where :math:`L^{-2n}` is zero or infinite in floating point there is nothing
to sum, and what follows, an equation without a solution, has nothing to do with the statement.
"""

from __future__ import annotations

import numpy as np

from ..errors import ProblemError
from ..problem.compiled.system import System


def refuse_units(system: System) -> None:
    """Raise if the variables are measured in units that no sum of squares can be taken in.

    Raises
    ------
    ProblemError
    """
    problem = system.problem
    relations = (*system.equations, *system.conditions)
    orders = [trace.orders for relation in relations for trace in relation.traces]
    highest = np.max(orders, axis=0)
    lengths = np.subtract(problem.domain.upper, problem.domain.lower)
    with np.errstate(all="ignore"):
        squares = lengths ** (-2.0 * highest)
    for name, length, order, square in zip(
        problem.variables, lengths.tolist(), highest.tolist(), squares.tolist(), strict=True
    ):
        if square == 0.0 or np.isinf(square):
            raise ProblemError(
                f"domain: the interval of {name} has a length of {length:.3g}, whose power "
                f"{-2 * order} (squares of derivatives of order {order}) leaves the range of "
                f"floating point; measure {name} in another unit"
            )
