r"""Where terms of unknowns hold more along a field than evenly spread points would see.

A term such as :math:`e^{-((u - m)/w)^2}` is wide or narrow by how fast its argument passes: as a
function of u its features are known, as one of x only with u. So with the present field in the
place of u it is cut into pieces on which it is a polynomial, as known terms are (:mod:`.enclosed`).
On a piece with centre c and half length h the field has a Chebyshev series :math:`\sum a_k T_k`,
and on the ellipse :math:`\rho`

.. math:: |\Re (u - a_0)| \le \sum_{k \ge 1} |a_k| \frac{\rho^k + \rho^{-k}}{2}, \qquad
    |\Im u| \le \sum_{k \ge 1} |a_k| \frac{\rho^k - \rho^{-k}}{2},

which are the balls that the term takes. Coefficients below half of the digits are left out: no
term is followed into the rounding of a field, and none of its errors is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from ..._types import Array
from ...approximation.field import Differentiable
from ...approximation.norm import root_mean_square
from ...expressions.table import Table
from ...problem.compiled.enclosure import Ball, Enclosure, NotEnclosed
from ...problem.compiled.expressions import compile_table
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.jumps.switch import SWITCHING
from ...problem.statement import Problem
from ...rounding import HALF_OF_THE_DIGITS
from .enclosed import ELLIPSES, enclosed_pieces, reach
from .features import MOST
from .pieces import NODES, POINTS, Piece, spread
from .sampled import SERIES, merged, sampled_pieces
from .shadow import with_a_width


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of unknowns: over balls, unless it is code, and in floating point."""

    enclosure: Enclosure | None
    table: Table


@dataclass(frozen=True, slots=True)
class _Equation:
    """An equation with such terms, and how it changes with these and with all else in it.

    Its `slopes` are by the terms, then by the traces where these stand outside of the terms.
    """

    number: int
    relation: Residual
    terms: tuple[_Term, ...]
    slopes: Table

    @classmethod
    def read(cls, problem: Problem, number: int, relation: Residual) -> _Equation | None:
        """What there is of an equation between values at one point."""
        symbols, residual = relation.relation.symbols, relation.relation.residual
        passed = list(dict.fromkeys(passed_terms(residual, set(symbols))))
        if not passed or not relation.local:
            return None
        numbers = {term: sympy.Dummy() for term in passed}
        held = residual.xreplace(numbers)
        slopes = [held.diff(symbol) for symbol in (*numbers.values(), *symbols)]
        terms = []
        for term in passed:
            try:
                places = [*problem.variables, *symbols]
                enclosure = Enclosure.compile(term, places, problem.parameters)
            except NotEnclosed:
                enclosure = None
            terms.append(_Term(enclosure, compile_table(problem, symbols, [term])))
        table = compile_table(problem, [*symbols, *numbers.values()], slopes)
        return cls(number, relation, tuple(terms), table)

    def traces(self, field: Differentiable, points: Array) -> Array:
        """What the unknowns are at points (m,)."""
        wanted = [(trace.unknown, trace.orders) for trace in self.relation.traces]
        return field.derivatives(wanted, points[:, None])

    def values(self, term: _Term, field: Differentiable) -> Callable[[Array], Array]:
        """A term as a function of the variable."""

        def along(points: Array) -> Array:
            found = term.table(points, self.traces(field, points))[0]
            return np.where(np.isfinite(found), found, np.nan)

        return along

    def sizes(self, field: Differentiable, edges: Array) -> tuple[Array, Array]:
        """How large the traces are, and how large a term would be that outweighs all else.

        A trace counts as if it varied over the whole line, as where residuals are judged.
        """
        half = 0.5 * np.diff(edges)
        points = (edges[:-1, None] + half[:, None] * (1.0 + NODES)).ravel()
        weights = np.repeat(half, len(NODES)) / (half.sum() * len(NODES))
        traces = self.traces(field, points)
        terms = [term.table(points, traces)[0] for term in self.terms]
        slopes = np.nan_to_num(np.abs(self.slopes(points, [*traces, *terms])))
        orders = [max(trace.orders) for trace in self.relation.traces]
        unknowns = [(trace.unknown, (0,)) for trace in self.relation.traces]
        values = field.derivatives(unknowns, points[:, None])
        units = [root_mean_square(row, weights) for row in values]
        lengths = float(np.ptp(edges)) ** np.array(orders)
        usual = np.abs(traces) + (max(units) / lengths)[:, None]
        others = root_mean_square((slopes[len(terms) :] * usual).sum(axis=0), weights)
        own = np.array([root_mean_square(row, weights) for row in slopes[: len(terms)]])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.abs(traces).max(axis=1), others / own


@dataclass(frozen=True, slots=True)
class Along:
    """The terms of a line's equations that a field may pass in a moment."""

    equations: tuple[_Equation, ...]

    @classmethod
    def read(cls, system: System) -> Along:
        """Find them: none of linear problems, and none beyond a line."""
        problem = system.problem
        line = len(problem.variables) == 1 and not problem.linear
        equations = system.equations if line else ()
        read = (_Equation.read(problem, number, each) for number, each in enumerate(equations))
        return cls(tuple(equation for equation in read if equation is not None))

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of the equations."""
        return tuple(equation.number for equation in self.equations)

    def points(self, field: Differentiable, edges: Array, tol: float) -> Array:
        """Points that see all of the terms along a field that is smooth between edges.

        None where the terms are polynomials there, to the tolerance of their equation.
        """
        found = []
        for equation in self.equations:
            traces, sizes = equation.sizes(field, edges)
            known = _Passed(equation, field, HALF_OF_THE_DIGITS * traces)
            for term, size in zip(equation.terms, sizes.tolist(), strict=True):
                if np.isfinite(size):
                    found.append(_pieces(known, term, edges, tol, size))
        return spread([pieces for pieces in found if len(pieces) >= len(edges)])


@dataclass(frozen=True, slots=True)
class _Passed:
    """An equation and a field, whose traces hold no more digits than `noise` leaves."""

    equation: _Equation
    field: Differentiable
    noise: Array

    def traces(self, points: Array) -> Array:
        """What the unknowns are at points (m,)."""
        return self.equation.traces(self.field, points)


def _pieces(
    passed: _Passed, term: _Term, edges: Array, tol: float, floor: float
) -> Sequence[Piece]:
    """The pieces of a line on which a term is a polynomial along a field."""
    values = passed.equation.values(term, passed.field)
    if term.enclosure is None:
        sampled = sampled_pieces(values, edges, tol, floor)
        return () if sampled is None else with_a_width(sampled, reach(), [values]).pieces
    balls = _BallsAlong(passed, term.enclosure)
    most = MOST // balls.cost
    enclosed = enclosed_pieces(balls, edges, tol, most, floor) if len(edges) <= most else None
    if enclosed is None:
        return ()
    wide = with_a_width(enclosed, reach(), [values], lambda place: balls.size(place)[1])
    return merged(wide.pieces, [values])


def passed_terms(expression: sympy.Expr, unknown: set[sympy.Symbol]) -> Iterator[sympy.Expr]:
    """The functions of unknowns in an expression that are no polynomials of them.

    Of what switches those of its branches: where it does so is followed by itself
    (:mod:`..switches`).
    """
    if not expression.free_symbols & unknown or expression in unknown:
        return
    whole = isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0
    if whole or isinstance(expression, (sympy.Add, sympy.Mul, sympy.Piecewise, *SWITCHING)):
        pieces = isinstance(expression, sympy.Piecewise)
        for argument in expression.args:
            yield from passed_terms(argument.args[0] if pieces else argument, unknown)
    else:
        yield expression


class _BallsAlong:
    """A term over balls: a piece of the line, and what the field is there."""

    def __init__(self, passed: _Passed, enclosure: Enclosure) -> None:
        import flint

        taken = 2 * POINTS * len(passed.equation.relation.traces)  # numbers of the field, a piece
        self.cost = (2 + len(ELLIPSES)) * enclosure.cost + taken
        self._arb, self._acb = flint.arb, flint.acb
        self._passed, self._enclosure = passed, enclosure

    def size(self, centre: float) -> tuple[float, float]:
        """How large it is there, and its rounding; both zero if it has no value."""
        value = self._enclosure(*2 * (self._at(centre),))
        if not value.is_finite():
            return 0.0, 0.0
        return float(value.mid().abs_upper()), float(value.rad())

    def bounds(self, centre: float, half: float) -> list[float]:
        """Of the distance from the value in the centre, for each of the ellipses."""
        at = self._at(centre)
        middle = self._enclosure(at, at)
        series = self._passed.traces(centre + half * NODES) @ SERIES.T
        sizes = np.abs(series)
        sizes[sizes <= self._passed.noise[:, None]] = 0.0
        real = self._around(centre, half, series[:, 0], sizes, 1.0)
        found = []
        for rho in ELLIPSES:
            balls = self._around(centre, half, series[:, 0], sizes, rho)
            bound = float((self._enclosure(balls, real) - middle).abs_upper())
            found.append(bound if bound < np.inf else np.inf)
        return found

    def _at(self, centre: float) -> list[Ball]:
        traces = self._passed.traces(np.array([centre]))[:, 0]
        return [self._acb(x) for x in (centre, *traces.tolist())]

    def _around(
        self, centre: float, half: float, middles: Array, sizes: Array, rho: float
    ) -> list[Ball]:
        """Balls of the variable, and of the field, on an ellipse; on the line itself for 1."""
        powers = rho ** np.arange(1.0, sizes.shape[1])
        widths = sizes[:, 1:] @ (0.5 * (powers + 1.0 / powers))
        heights = sizes[:, 1:] @ (0.5 * (powers - 1.0 / powers))
        inside = 1.0 - HALF_OF_THE_DIGITS if rho == 1.0 else 1.0  # switches may be at the ends
        boxes = [
            (centre, half * 0.5 * (rho + 1.0 / rho), half * 0.5 * (rho - 1.0 / rho)),
            *zip(middles.tolist(), widths.tolist(), heights.tolist(), strict=True),
        ]
        return [self._acb(self._arb(m, inside * w), self._arb(0.0, h)) for m, w, h in boxes]
