"""Predicates of the variables, `x > 0` or `Eq(y, 0)`, as functions of points on a boundary."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from ..._types import Array
from ...errors import ProblemError
from ...expressions.table import Table
from ...rounding import HALF_OF_THE_DIGITS

__all__ = ["Level", "compiled", "levels_of", "not_a_predicate"]

Holds = Callable[[Array], NDArray[np.bool_]]
Level = Callable[[Array], Array]

_COMPARED: dict[str, Any] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def compiled(
    predicate: sympy.Basic,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> Holds:
    """A predicate as a function of points (m, d); equalities hold to half of the digits.

    Raises
    ------
    ProblemError
        If it is no predicate of the variables.
    """
    return _Predicate(predicate, tuple(variables), dict(parameters), named)


class _Predicate:
    """A predicate as a function of points, which pickles as what it was made of."""

    def __init__(self, *given: Any) -> None:
        self._given = given
        self._holds = _compiled(*given)

    def __reduce__(self) -> tuple[type[_Predicate], tuple[Any, ...]]:
        return _Predicate, self._given

    def __call__(self, points: Array) -> NDArray[np.bool_]:
        return self._holds(points)


def _compiled(
    predicate: sympy.Basic,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> Holds:
    if isinstance(predicate, BooleanTrue | BooleanFalse):
        holds = bool(predicate)
        return lambda points: np.full(len(points), holds)
    if isinstance(predicate, Relational):
        return _relation(predicate, variables, parameters, named)
    if not isinstance(predicate, sympy.And | sympy.Or | sympy.Not):
        raise not_a_predicate(predicate, variables, named)
    parts = [_compiled(each, variables, parameters, named) for each in predicate.args]
    if isinstance(predicate, sympy.Not):
        return lambda points: ~parts[0](points)
    over = np.all if isinstance(predicate, sympy.And) else np.any
    return lambda points: np.asarray(over([each(points) for each in parts], axis=0))


def not_a_predicate(
    where: object, variables: Sequence[sympy.Symbol], named: object
) -> ProblemError:
    """What is wrong with a place that is none."""
    what = f"Python's {where.__name__}" if inspect.isroutine(where) else f"{where!s:.60}"
    return ProblemError(
        f"{named}: where is {what}, expected a predicate of SymPy in "
        f"{', '.join(map(str, variables))}, as {variables[0]} > 0; the name of a part or the "
        "number of a wall; or a list of those"
    )


def levels_of(
    predicate: sympy.Basic,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> list[Level]:
    """Functions of points (m, d), at zeros of which alone a predicate changes."""
    return [
        _difference(relation, variables, parameters, named)
        for relation in sorted(predicate.atoms(Relational), key=str)
    ]


def _relation(
    relation: Relational,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> Holds:
    difference = _difference(relation, variables, parameters, named)
    compare = _COMPARED[relation.rel_op]
    sides = [_function(s, variables, parameters, named) for s in relation.args]

    def holds(points: Array) -> NDArray[np.bool_]:
        rounding = HALF_OF_THE_DIGITS * (1.0 + sum(np.abs(side(points)) for side in sides))
        values = difference(points)
        signs = np.where(np.abs(values) <= rounding, 0.0, np.sign(values))
        return np.asarray(compare(signs, 0.0))

    return holds


def _difference(
    relation: Relational,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> Level:
    return _function(relation.lhs - relation.rhs, variables, parameters, named)


def _function(
    expression: sympy.Expr,
    variables: Sequence[sympy.Symbol],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> Level:
    strangers = expression.free_symbols - {*variables, *parameters}
    if strangers:
        names = ", ".join(sorted(map(str, strangers)))
        raise ProblemError(
            f"{named}: where holds {names}, expected the variables "
            f"{', '.join(map(str, variables))} alone"
        )
    try:
        table = Table.compile(variables, [expression], parameters=parameters)
    except ProblemError as error:
        raise ProblemError(f"{named}: where holds {error}") from None
    return lambda points: table(points)[0]
