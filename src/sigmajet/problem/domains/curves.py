"""Regions within closed curves that formulas give."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...errors import ProblemError
from ...expressions.table import Table
from ...geometry.shapes import outlines
from ...geometry.shapes.combine import refuse_unsound
from ...geometry.shapes.curve import SAMPLES, FormulaCurve, Motion
from ...rounding import BISECTIONS, HALF_OF_THE_DIGITS
from ..boundary.inequality import KINKED, in_full
from ..terms.constant import expression, number, real
from ..terms.domain import Region, several
from .arguments import in_brackets, state

__all__ = ["ClosedCurve"]


class ClosedCurve(Region):
    """What lies within a smooth closed curve, given by formulas in a parameter: one wall.

    Parameters
    ----------
    variables : two Symbols
    point : two expressions
        Both coordinates, in the parameter alone.
    parameter : (Symbol, number, number)
        And the values between which it runs once around, in either direction.
    name : str, optional
        Of the wall.

    Raises
    ------
    ProblemError
        If the curve is open, crosses or touches itself, stops on its way, or has a kink. Where it
        begins and ends it may have a corner.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y, s = sympy.symbols("x y s")
    >>> r = 1 + sympy.Rational(3, 10) * sympy.cos(5 * s)
    >>> star = sj.ClosedCurve((x, y), (r * sympy.cos(s), r * sympy.sin(s)), (s, 0, 2 * sympy.pi))
    >>> round(star.upper[0], 12)
    1.3
    """

    __slots__ = ()

    def __init__(
        self, variables: Any, point: Any, parameter: Any, *, name: str | None = None
    ) -> None:
        symbol, begin, end = _span(parameter)
        formulas = _formulas(point, symbol)
        coordinates = ", ".join(map(in_full, formulas))
        text = f"({coordinates}), ({symbol}, {number(begin)}, {number(end)})"
        what = f"ClosedCurve({text})"
        turn = sympy.Dummy("t", real=True)
        along = sympy.Float(begin) * (1 - turn) + sympy.Float(end) * turn
        exact = [f.xreplace({symbol: along}) for f in formulas]
        at, velocity = _Along(exact, turn), _Along([f.diff(turn) for f in exact], turn)
        _refuse_unfit(at, velocity, what)
        curve = FormulaCurve(at, velocity, Motion(np.eye(2), np.zeros(2)))
        shape = outlines.enclosed([curve])
        refuse_unsound(shape, what)
        state(self, variables, shape, name, text)


def _span(parameter: Any) -> tuple[sympy.Symbol, float, float]:
    """The parameter and both of its ends."""
    parts = several(parameter)
    if len(parts) != 3 or not isinstance(parts[0], sympy.Symbol):
        raise ProblemError(
            f"ClosedCurve: got the parameter {parameter!r}, expected it with both of its ends, as "
            "in (s, 0, 2*pi)"
        )
    begin, end = (real(each, "ClosedCurve: an end of the parameter", {}) for each in parts[1:])
    if begin == end:
        raise ProblemError(
            f"ClosedCurve: {parts[0]} runs from {number(begin)} to {number(end)}, which is nowhere"
        )
    return parts[0], begin, end


def _formulas(point: Any, symbol: sympy.Symbol) -> list[sympy.Expr]:
    """Both coordinates."""
    given = several(point)
    if len(given) != 2:
        raise ProblemError(
            f"ClosedCurve: got {point!r}, expected both coordinates of a point, as in "
            f"(cos({symbol}), sin({symbol}))"
        )
    formulas = [expression(each, "ClosedCurve: a coordinate").doit() for each in given]
    for formula in formulas:
        strangers = (formula.free_symbols | formula.atoms(AppliedUndef)) - {symbol}
        if strangers:
            same = {str(s) for s in strangers} == {symbol.name}
            raise ProblemError(
                f"ClosedCurve: {formula} holds {', '.join(sorted(map(str, strangers)))}, expected "
                f"the parameter {symbol} alone"
                + (", the same symbol with the same assumptions" if same else "")
            )
        if formula.has(sympy.Derivative, sympy.Integral, sympy.Sum):
            raise ProblemError(f"ClosedCurve: {formula} has no closed form; write one")
        if formula.has(*KINKED):
            raise ProblemError(
                f"ClosedCurve: {formula} has kinks; put a region with corners together from "
                "others by |, & and -"
            )
    return formulas


class _Along:
    """Two formulas as a function of the parameter (m,), which gives points (m, 2)."""

    def __init__(self, formulas: list[sympy.Expr], parameter: sympy.Symbol) -> None:
        try:
            self._table = Table.compile([parameter], formulas)
        except ProblemError as error:
            raise ProblemError(
                f"ClosedCurve: a coordinate or its derivative holds {error}"
            ) from None

    def __call__(self, t: Array) -> Array:
        return np.ascontiguousarray(self._table(t).T)


def _refuse_unfit(at: _Along, velocity: _Along, what: str) -> None:
    """Raise where a curve has no points, is open, or stops."""
    t = np.linspace(0.0, 1.0, 4 * SAMPLES + 1)  # four for each place where turns are looked for
    points, velocities = at(t), velocity(t)
    for values in (points, velocities):
        if not np.all(np.isfinite(values)):
            raise ProblemError(f"{what}: a coordinate or its derivative is not a finite number")
    size = float(np.max(np.ptp(points, axis=0)))
    ends = points[[0, -1]]
    if np.max(np.abs(ends[1] - ends[0])) > HALF_OF_THE_DIGITS * size:
        first, last = map(in_brackets, ends)
        raise ProblemError(
            f"{what}: the curve begins at {first} and ends at {last}, expected the same point: "
            "once all around"
        )
    speeds = np.linalg.norm(velocities, axis=1)
    if np.min(speeds) <= HALF_OF_THE_DIGITS * np.max(speeds):
        place = in_brackets(points[int(np.argmin(speeds))])
        raise ProblemError(
            f"{what}: the curve stops at {place}, a cusp or a parameter that pauses there; walls "
            "have a direction everywhere"
        )
    kink = _kink(velocity, t)
    if kink is not None:
        place = in_brackets(at(np.array([kink]))[0])
        raise ProblemError(
            f"{what}: the curve has a kink at {place}; begin and end it there if it is the only "
            "one, or put a region with corners together from others by |, & and -"
        )


def _kink(velocity: _Along, t: Array) -> float | None:
    """Where a velocity jumps, if it does: in halves of the halves its change stays as it is."""
    low, high = t[:-1], t[1:]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ends, inner = (velocity(low), velocity(high)), velocity(middle)
        before, after = (np.linalg.norm(inner - end, axis=1) for end in ends)
        first = before > after
        low, high = np.where(first, low, middle), np.where(first, middle, high)
    jumps = np.linalg.norm(velocity(high) - velocity(low), axis=1)
    speeds = np.linalg.norm(velocity(low), axis=1)
    largest = int(np.argmax(jumps))
    jumped = jumps[largest] > HALF_OF_THE_DIGITS * np.max(speeds)
    return float(low[largest]) if jumped else None
