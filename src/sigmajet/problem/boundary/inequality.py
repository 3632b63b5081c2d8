"""Inequalities of two variables, `x**2 + y**2 < 1`, as the regions where they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom
from sympy.printing.str import StrPrinter

from ..._types import Array
from ...errors import ProblemError
from ...expressions.table import Table
from ...geometry.level_sets.tracing import below_zero
from ...geometry.shapes.plane import PlaneRegion
from ..jumps.switch import INEQUALITIES
from .bounds import bounds

__all__ = ["KINKED", "in_full", "region_where"]

# Functions with kinks, at which a curve has a corner that its derivative does not tell.
KINKED = (
    *(sympy.Piecewise, sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside),
    *(sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod),
)


class _Digits(StrPrinter):  # type: ignore[misc]
    """SymPy's text, with all digits of floats."""

    def _print_Float(self, number: sympy.Float) -> str:
        return repr(float(number))


def in_full(formula: sympy.Basic) -> str:
    """A formula as text that reads back as the same."""
    return str(_Digits().doprint(formula))


def region_where(
    variables: Sequence[sympy.Symbol], inequality: Any, name: str | None = None
) -> tuple[PlaneRegion, str]:
    """The region of the plane where an inequality holds, its walls named, and its text.

    Raises
    ------
    ProblemError
        If it is no inequality of the variables, or the region is empty, unbounded or not smooth.
    """
    if isinstance(inequality, sympy.And | sympy.Or):
        sign = "&" if isinstance(inequality, sympy.And) else "|"
        raise ProblemError(
            f"Region: got {inequality}, expected one inequality; put regions of one each together "
            f"by {sign}"
        )
    if isinstance(inequality, bool | BooleanAtom):
        held = "everywhere: it is unbounded" if inequality else "nowhere: the region is empty"
        raise ProblemError(f"Region: the inequality holds {held}")
    if not isinstance(inequality, INEQUALITIES):
        raise ProblemError(f"Region: got {inequality!r}, expected an inequality: x**2 + y**2 < 1")
    if name is not None and (not isinstance(name, str) or not name):
        raise ProblemError(f"Region: got the name {name!r}, expected a text")
    text = f"Region({in_full(inequality)}" + (f", name={name!r})" if name else ")")
    formula = _below(variables, inequality)
    try:
        level = _Formula(formula, tuple(variables))
    except ProblemError as error:
        raise ProblemError(f"{text}: the formula or its derivative holds {error}") from None
    try:
        region = below_zero(level)
        return (region.named(name) if name else region), text
    except ProblemError as error:
        raise ProblemError(f"{text}: {error}") from None


def _below(variables: Sequence[sympy.Symbol], inequality: Relational) -> sympy.Expr:
    """What is negative where an inequality holds."""
    if len(variables) != 2:
        raise ProblemError(
            f"Region: got {len(variables)} variables, expected two: inequalities are of the plane"
        )
    given = (inequality.lts - inequality.gts).doit()
    strangers = given.free_symbols - set(variables)
    if strangers:
        same = {str(s) for s in strangers} <= {s.name for s in variables}
        raise ProblemError(
            f"Region: {inequality} holds {', '.join(sorted(map(str, strangers)))}, expected "
            f"{' and '.join(map(str, variables))} alone"
            + (", the same symbols with the same assumptions" if same else "")
        )
    if given.has(*KINKED):
        raise ProblemError(
            f"Region: {inequality} has kinks; put a region with corners together from others by "
            "|, & and -"
        )
    unknown = (sympy.I, sympy.Derivative, sympy.Integral, sympy.Sum, sympy.nan, sympy.zoo)
    if any(part.has(*unknown) for part in (given, *(given.diff(v) for v in variables))):
        raise ProblemError(f"Region: {inequality} is no formula of real numbers in closed form")
    return given


class _Formula:
    """A formula of two variables with its gradient, at points and over boxes."""

    def __init__(self, formula: sympy.Expr, variables: tuple[sympy.Symbol, ...]) -> None:
        self._given = formula, variables
        self._slopes = [formula.diff(v) for v in variables]
        self._table = Table.compile(variables, [formula, *self._slopes])

    def values(self, points: Array) -> Array:
        """It at points (m, 2)."""
        return np.asarray(self._table(points)[0])

    def gradients(self, points: Array) -> Array:
        """Its gradient, (m, 2)."""
        return np.ascontiguousarray(self._table(points)[1:].T)

    def range(self, lower: Array, upper: Array) -> tuple[Array, Array]:
        """Bounds (m,) of it over boxes."""
        return self._bounds(self._given[0], lower, upper)

    def slopes(self, lower: Array, upper: Array) -> tuple[Array, Array]:
        """Bounds (m, 2) of its gradient over boxes."""
        found = [self._bounds(slope, lower, upper) for slope in self._slopes]
        return np.stack([a for a, _ in found], axis=-1), np.stack([b for _, b in found], axis=-1)

    def _bounds(self, formula: sympy.Expr, lower: Array, upper: Array) -> tuple[Array, Array]:
        ends = {v: (lower[:, i], upper[:, i]) for i, v in enumerate(self._given[1])}
        return bounds(formula, ends)
