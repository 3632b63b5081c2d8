"""An expression in the unknowns of a problem, as a function of whatever solves it."""

from __future__ import annotations

from typing import Any

from .._types import Array
from ..approximation.field import Differentiable
from ..approximation.norm import Sample
from ..errors import ProblemError
from ..problem.compiled.expressions import Table
from ..problem.statement import Problem
from ..problem.terms.constant import expression as as_expression
from ..problem.terms.trace import Reader
from ..problem.text.expression import Language, Unreadable

__all__ = ["Asked"]


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
        If it holds other names or a fixed place.
    """

    def __init__(self, problem: Problem, expression: Any) -> None:
        if isinstance(expression, str):
            expression = _read(problem, expression)
        reader = Reader(problem.unknowns, problem.domain, problem.parameters, problem.functions)
        walked, found = reader.read(as_expression(expression, "expression"), "expression")
        for trace in found:
            if any(place is not None for place in trace.place):
                raise ProblemError(
                    f"expression: got {expression}, which fixes a place; "
                    "write it in the variables and give the place as coordinates"
                )
        known = {*found.values(), *problem.variables, *problem.parameters}
        strangers = walked.free_symbols - known
        if strangers:
            names = ", ".join(sorted(map(str, strangers)))
            raise ProblemError(f"expression: {names} is neither a variable nor a parameter")
        self.text = str(expression)
        self._wanted = [(trace.unknown, trace.orders) for trace in found]
        self._orders = problem.orders
        self._table = Table.compile(problem, list(found.values()), [walked])

    @property
    def is_beyond(self) -> bool:
        """Whether it holds derivatives of higher order than the equations."""
        return any(
            order > highest
            for unknown, orders in self._wanted
            for order, highest in zip(orders, self._orders[unknown], strict=True)
        )

    def of(self, field: Differentiable, points: Array) -> Array:
        """Values (m,) of the expression in a field at points (m, d)."""
        values: Array = self._table(points, field.derivatives(self._wanted, points))[0]
        return values

    def error(self, field: Differentiable, other: Differentiable, sample: Sample) -> float:
        """Root mean square over a sample of what the expression differs by in two fields."""
        return sample.norm(self.of(field, sample.points) - self.of(other, sample.points))

    def size(self, field: Differentiable, sample: Sample) -> float:
        """Root mean square of the expression over a sample."""
        return sample.norm(self.of(field, sample.points))


def _read(problem: Problem, text: str) -> Any:
    """An expression as a problem file writes it."""
    try:
        return Language.of(problem).expression(text)
    except Unreadable as error:
        raise ProblemError(f"expression, column {error.column}: {error}") from None
