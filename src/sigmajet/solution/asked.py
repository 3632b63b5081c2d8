"""An expression in the unknowns of a problem, as a function of whatever solves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from .._types import Array
from ..approximation.field import Differentiable
from ..errors import ProblemError
from ..kernel._special import largest_order
from ..problem.boundary.conditions import expand_normals, normal
from ..problem.compiled.expressions import compile_table
from ..problem.statement import Problem
from ..problem.terms.constant import finite
from ..problem.terms.trace import Reader
from ..problem.text.expression import Language, Unreadable
from .derivatives.known import Known

__all__ = ["Asked", "real_parts"]


class Asked:
    """An expression read once, to be evaluated on fields.

    Parameters
    ----------
    problem : Problem
    expression : sympy expression or str
        In the unknowns, their derivatives, variables and parameters; text as files write it.

    Raises
    ------
    ProblemError
        If it holds other names, a fixed place, or a derivative of too high an order.
    """

    def __init__(self, problem: Problem, expression: Any) -> None:
        if isinstance(expression, str):
            expression = _read(problem, expression)
        reader = Reader(problem.unknowns, problem.domain, problem.parameters, problem.functions)
        written = expand_normals(finite(expression, "expression"), problem.variables)
        components = {normal(v): sympy.Dummy(f"normal_{v}") for v in problem.variables}
        placed = written.xreplace(components)
        halves = [placed, sympy.S.Zero]
        if problem.pairs is not None:
            halves = list(problem.pairs.split(placed, "expression"))
        self.is_complex = halves[1] != 0
        both, found = reader.read(sympy.Tuple(*halves), "expression")
        for trace in found:
            if any(place is not None for place in trace.place):
                raise ProblemError(
                    f"expression: got {expression}, which fixes a place; "
                    "write it in the variables and give the place as coordinates"
                )
        self._along_normals = bool(both.free_symbols & set(components.values()))
        normals = list(components.values()) if self._along_normals else []
        known = {*found.values(), *problem.variables, *problem.parameters, *normals}
        strangers = both.free_symbols - known
        if strangers:
            names = ", ".join(sorted(map(str, strangers)))
            raise ProblemError(f"expression: {names} is neither a variable nor a parameter")
        highest = max((sum(trace.orders) for trace in found), default=0)
        if highest > largest_order:
            raise ProblemError(
                f"expression: got a derivative of order {highest}; those of the sigmoid go up to "
                f"{largest_order}"
            )
        self.text = str(expression)
        self._wanted = [(trace.unknown, trace.orders) for trace in found]
        self._orders = problem.orders
        parts = list(both) if self.is_complex else [both[0]]
        self._table = compile_table(problem, [*found.values(), *normals], parts)

    @property
    def is_beyond(self) -> bool:
        """Whether it holds derivatives of higher order than the equations."""
        return any(
            order > highest
            for unknown, orders in self._wanted
            for order, highest in zip(orders, self._orders[unknown], strict=True)
        )

    def of(self, field: Differentiable, points: Array, normals: Array | None = None) -> Array:
        """Values (m,) of the expression in a field at points (m, d).

        Raises
        ------
        ProblemError
            If it takes normals where there are none, which are given on a boundary (m, d).
        """
        traces = field.derivatives(self._wanted, points)
        if self._along_normals:
            if normals is None:
                raise ProblemError(f"expression: got {self.text}, whose normals a boundary has")
            traces = np.vstack([traces, normals.T])
        return self._values(points, traces)

    def with_errors(self, known: Known, points: Array) -> tuple[Array, Array]:
        """Values (m,) at points, and what they may be off by: what each derivative is, added up."""
        traces, off = known.with_errors(self._wanted, points)
        values = self._values(points, traces)
        errors = np.zeros(len(points))
        for row, error in enumerate(off):
            moved = np.where(np.arange(len(traces))[:, None] == row, traces + error, traces)
            with np.errstate(invalid="ignore"):  # infinite less infinite
                apart = np.abs(self._values(points, moved) - values)
            errors += np.where(np.isnan(apart), np.inf, apart)
        return values, errors

    def size(self, known: Known) -> float:
        """The largest of the expression in a domain."""
        return float(np.abs(self.of(known, known.sample)).max())

    def _values(self, points: Array, traces: Array) -> Array:
        parts = self._table(points, traces)
        values: Array = parts[0] + 1j * parts[1] if self.is_complex else parts[0]
        return values


def real_parts(problem: Problem, expressions: Sequence[Any]) -> list[Any]:
    """Expressions, a complex one as its real and its imaginary part."""
    if problem.pairs is None:
        return list(expressions)
    found: list[Any] = []
    for each in expressions:
        if not Asked(problem, each).is_complex:
            found.append(each)
        elif isinstance(each, str):
            found += [f"re({each})", f"im({each})"]
        else:
            found += [sympy.re(each), sympy.im(each)]
    return found


def _read(problem: Problem, text: str) -> Any:
    """An expression as a problem file writes it."""
    try:
        return Language.of(problem).expression(text)
    except Unreadable as error:
        raise ProblemError(f"expression, column {error.column}: {error}") from None
