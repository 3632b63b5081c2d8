"""Coefficients tried once, where a statement takes them, so that no solve breaks on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from ...expressions.table import Table
from ...randomness import PROBES
from ...rounding import SAME
from ...rules.samples import FEW
from ..terms.coefficient import Coefficient
from ..terms.constant import number
from ..terms.domain import Domain

__all__ = ["check_coefficients", "sample"]


def check_coefficients(
    expressions: Iterable[tuple[sympy.Expr, object]],
    functions: Mapping[Any, Callable[..., Any]],
    domain: Domain,
    parameters: Mapping[sympy.Symbol, float],
) -> None:
    """Try every coefficient where a statement takes it.

    Raises
    ------
    ProblemError
        If a table ends inside the domain, or a callable cannot be called with arrays, or does not
        return one real number for each point.
    """
    lower, upper = np.array(domain.lower)[:, None], np.array(domain.upper)[:, None]
    points = np.hstack([sample(domain), lower, upper])  # the ends of its diagonal too
    tried: set[AppliedUndef] = set()
    for expression, named in expressions:
        for applied in sorted(expression.atoms(AppliedUndef) - tried, key=str):
            if applied.func in functions:
                tried.add(applied)
                _try(applied, functions, domain, points, parameters, named)


def sample(domain: Domain) -> NDArray[np.float64]:
    """Points inside the box without meaning, (variables, points)."""
    lower, upper = np.array(domain.lower)[:, None], np.array(domain.upper)[:, None]
    shares = PROBES.generator().uniform(size=(len(lower), FEW))
    return np.asarray(lower + (upper - lower) * shares)


def _try(
    applied: AppliedUndef,
    functions: Mapping[Any, Callable[..., Any]],
    domain: Domain,
    points: NDArray[np.float64],
    parameters: Mapping[sympy.Symbol, float],
    named: object,
) -> None:
    function = functions[applied.func]
    table = Table.compile(
        domain.variables, applied.args, parameters=parameters, functions=functions
    )
    arguments = list(table(points.T))
    what = f"functions: {applied} in `{named}`"
    if isinstance(function, Coefficient):
        _refuse_beyond(function, applied, arguments, what)
    inside = [a[:FEW].copy() for a in arguments]  # the ends may be singular
    try:
        with np.errstate(all="ignore"):
            values = np.asarray(function(*inside))
    except Exception as problem:  # a user's code may raise anything
        raise ProblemError(
            f"{what}: the callable cannot be called with arrays "
            f"({type(problem).__name__}: {problem}); write it with NumPy's functions, "
            "or wrap it with numpy.vectorize"
        ) from problem
    if values.shape not in ((), (FEW,)):
        raise ProblemError(
            f"{what}: the callable returned an array of shape {values.shape} for arrays of shape "
            f"({FEW},); expected one number for each point"
        )
    if values.dtype.kind not in "iuf":
        raise ProblemError(
            f"{what}: the callable returned values of type {values.dtype}, expected real numbers"
        )
    if not np.all(np.isfinite(values)):
        at = ", ".join(number(float(a[np.argmin(np.isfinite(values))])) for a in inside)
        raise ProblemError(f"{what}: the callable is infinite or undefined at {at}")


def _refuse_beyond(
    coefficient: Coefficient, applied: AppliedUndef, arguments: Sequence[Any], what: str
) -> None:
    if len(arguments) != len(coefficient.ranges):
        raise ProblemError(
            f"{what} has {len(arguments)} arguments, but its table has {len(coefficient.ranges)}"
        )
    for argument, values, (low, high) in zip(
        applied.args, arguments, coefficient.ranges, strict=True
    ):
        slack = SAME * max(abs(low), abs(high)) if np.isfinite(low) else 0.0
        if values.min() < low - slack or values.max() > high + slack:
            raise ProblemError(
                f"{what}: the table runs from {number(low)} to {number(high)}, but {argument} runs "
                f"from {number(float(values.min()))} to {number(float(values.max()))}"
            )
