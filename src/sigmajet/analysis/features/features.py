"""Features: where the known terms of a statement hold more than evenly spread points would see.

Sources, coefficients, initial values and data on walls are known before anything is solved. Each
is cut into pieces on which it is a polynomial to the tolerance, along one variable at a time: by
bounds that hold where it is a formula (:mod:`.enclosed`), by samples where it is code
(:mod:`.sampled`). What takes many pieces asks for points where they are short, from all that
would otherwise step over them: blocks, windows, steps, and the samples that solutions are judged
at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from ..._types import Array
from ...problem.compiled.enclosure import Enclosure, NotEnclosed
from ...problem.compiled.expressions import Table
from ...problem.statement import Problem
from .enclosed import Balls, enclosed_pieces, reach
from .pieces import Piece, spread
from .sampled import merged, sampled_pieces

_MOST = 2**16  # operations on balls for a statement: about a tenth of a second


@dataclass(frozen=True, slots=True)
class Features:
    """What known terms hold, along each variable.

    Attributes
    ----------
    points : tuple of array
        Nowhere may those of a discretisation be further apart than these; empty where all terms
        are polynomials of degree `POINTS` over the whole interval.
    unproven : tuple of sympy.Expr
        Terms whose features would take too long to enclose.
    """

    points: tuple[Array, ...]
    unproven: tuple[sympy.Expr, ...] = ()


def features(problem: Problem, tol: float, switches: Sequence[Array] | None = None) -> Features:
    """The features of all known terms of a statement.

    Parameters
    ----------
    problem : Problem
    tol : float
        To which terms matter, relative to their own size in L2.
    switches : sequence of array, optional
        Along each variable, where terms are known to switch: pieces end there.
    """
    variables = problem.variables
    known = {*variables, *problem.parameters}
    relations = (*problem.equations, *problem.conditions)
    terms = dict.fromkeys(t for r in relations for t in known_terms(r.residual, known))
    found: list[list[tuple[Piece, ...]]] = [[] for _ in variables]
    unproven = []
    looks = [
        (term, axis)
        for term in terms
        for axis, variable in enumerate(variables)
        if variable in term.free_symbols
    ]
    for term, axis in looks:
        inner = switches[axis] if switches else np.empty(0)
        ends = problem.domain.lower[axis], problem.domain.upper[axis]
        edges = np.union1d(ends, inner)
        pieces = _pieces(problem, term, axis, edges, tol, _MOST // len(looks))
        if pieces is None:
            unproven.append(term)
        else:
            found[axis] += [each for each in pieces if len(each) >= len(edges)]
    return Features(tuple(map(spread, found)), tuple(unproven))


def known_terms(expression: sympy.Basic, known: set[sympy.Symbol]) -> Iterator[sympy.Expr]:
    """The largest parts in which no unknown stands; those of a sum, or a product, as one."""
    if isinstance(expression, sympy.Expr) and expression.free_symbols <= known:
        yield expression
        return
    unknown = [a for a in expression.args if not a.free_symbols <= known]
    if isinstance(expression, sympy.Add | sympy.Mul):
        given = [a for a in expression.args if a.free_symbols <= known]
        if given:
            yield expression.func(*given)
    for argument in unknown:
        yield from known_terms(argument, known)


def _pieces(
    problem: Problem, term: sympy.Expr, axis: int, edges: Array, tol: float, most: int
) -> list[tuple[Piece, ...]] | None:
    """The pieces of a term along a variable; None if they are too many."""
    lower, upper = problem.domain.lower, problem.domain.upper
    try:
        enclosure = Enclosure.compile(term, problem.variables, problem.parameters)
    except NotEnclosed:
        lines = [sampled_pieces(values, edges, tol) for values in _along(problem, term, axis)]
        return [each.with_a_width(reach()) for each in lines if each is not None]
    if enclosure.vanishes(_some(lower, upper)):
        return []
    balls = Balls(enclosure, lower, upper, axis)
    found = enclosed_pieces(balls, edges, tol, most // balls.cost)
    if found is None:
        return None
    pieces = found.with_a_width(reach())
    if len(pieces) >= len(edges):
        pieces = tuple(merged(pieces, list(_along(problem, term, axis))))
    return [pieces]


def _some(lower: Sequence[float], upper: Sequence[float]) -> Array:
    """Points of a box, as many as it has variables."""
    shares = np.random.default_rng(0).random((len(lower), len(lower)))
    return np.asarray(lower + shares * np.subtract(upper, lower))


def _along(problem: Problem, term: sympy.Expr, axis: int) -> Iterator[Callable[[Array], Array]]:
    """A term on lines along a variable."""
    table = Table.compile(problem, (), [term])
    starts = _some(problem.domain.lower, problem.domain.upper)
    for start in starts:

        def values(along: Array, start: Array = start) -> Array:
            points = np.tile(start, (len(along), 1))
            points[:, axis] = along
            found = table(points)[0]
            return np.where(np.isfinite(found), found, np.nan)

        yield values
