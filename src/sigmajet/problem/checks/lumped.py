r"""Unknowns of time alone are solved for as functions of all variables that do not change in space.

.. math:: \partial_x T = 0,

What tells them, as `T' = u_x(0, t)`, is a condition.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy.core.function import AppliedUndef

from ...geometry.place import Place
from ..terms.domain import Domain
from ..terms.relation import Relation
from ..terms.trace import Trace
from ..terms.wording import Wording

__all__ = ["spread", "with_rates"]


def spread(
    lumped: Sequence[int], unknowns: Sequence[AppliedUndef], domain: Domain
) -> tuple[Relation, ...]:
    """The equations that say that those do not change in space."""
    found = []
    everywhere = Place([None] * len(domain.variables))
    for number in lumped:
        for axis, variable in enumerate(domain.variables):
            if variable in unknowns[number].args:
                continue
            orders = tuple(int(k == axis) for k in range(len(domain.variables)))
            text = f"diff({unknowns[number].func.__name__}, {variable}) = 0"
            symbol = sympy.Dummy(text, real=True)
            trace = Trace(number, orders, everywhere)
            wording = Wording(text.__str__)
            found.append(Relation(symbol, (trace,), (symbol,), everywhere, True, wording, symbol))
    return tuple(found)


def with_rates(
    orders: tuple[tuple[int, ...], ...], lumped: Sequence[int], conditions: Sequence[Relation]
) -> tuple[tuple[int, ...], ...]:
    """The highest derivatives with those of unknowns of time alone, which conditions hold."""
    found = [list(each) for each in orders]
    for trace in (t for c in conditions for t in c.traces if t.unknown in lumped):
        found[trace.unknown] = list(map(max, found[trace.unknown], trace.orders))
    return tuple(map(tuple, found))
