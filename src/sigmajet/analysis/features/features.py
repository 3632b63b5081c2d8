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
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from ..._types import Array
from ...problem.compiled.enclosure import Enclosure, NotEnclosed
from ...problem.compiled.expressions import compile_table
from ...problem.statement import Problem
from ...problem.terms.relation import Relation
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.judgement import A_DIGIT, SEVERAL
from .enclosed import Balls, enclosed_pieces, reach
from .pieces import Piece, Pieces, spread
from .sampled import jumps, merged, sampled_pieces
from .shadow import with_a_width

MOST = 2**17  # operations on balls for a statement: one or two tenths of a second


@dataclass(frozen=True)
class Features:
    """What known terms hold, along each variable.

    Attributes
    ----------
    pieces : tuple of tuple of tuple of Piece
        For each term that takes many, those on which it is a polynomial to the tolerance.
    ends : tuple of array
        Where terms are not holomorphic: kinks, switches and poles, known to rounding.
    unproven : tuple of sympy.Expr
        Terms whose features would take too long to enclose.
    """

    pieces: tuple[tuple[tuple[Piece, ...], ...], ...]
    ends: tuple[Array, ...]
    unproven: tuple[sympy.Expr, ...]

    @cached_property
    def points(self) -> tuple[Array, ...]:
        """Nowhere may those of a discretisation be further apart; empty where no piece is short."""
        return tuple(map(spread, self.pieces))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a report has to say of terms that are unproven."""
        return tuple(map(doubt, self.unproven))


def faint(problem: Problem, wanted: Features, switches: Sequence[Array]) -> tuple[Array, ...]:
    """Points of a line at each feature too weak for the tolerance, which `wanted` ones step over.

    Draws that pass over one all err alike, by more than their distance.
    """
    (points,), (seen,) = features(problem, HALF_OF_THE_DIGITS, switches).points, wanted.points
    if len(points) < SEVERAL:
        return ()
    around = np.concatenate([[-np.inf], seen, [np.inf]])
    after = np.searchsorted(around, points, side="right")
    found = points[around[after] - around[after - 1] > A_DIGIT * np.gradient(points)]
    gaps = np.diff(found)
    groups = np.split(found, np.flatnonzero(gaps > A_DIGIT * np.minimum.accumulate(gaps)) + 1)
    return tuple(group for group in groups if len(group) >= SEVERAL)


def doubt(term: object) -> str:
    """What a report has to say of a term that is unproven."""
    return (
        f"it is not proven that nothing narrow was passed over in `{term}`: more would be to "
        "enclose than in some tenths of a second"
    )


def features(
    problem: Problem,
    tol: float,
    switches: Sequence[Array] | None = None,
    relations: Sequence[Relation] | None = None,
) -> Features:
    """The features of all known terms of a statement.

    Parameters
    ----------
    problem : Problem
    tol : float
        To which terms matter, relative to their own size in L2.
    switches : sequence of array, optional
        Along each variable, where terms are known to switch: pieces end there.
    relations : sequence of Relation, optional
        Whose terms; by default all equations and conditions of the problem.
    """
    variables = problem.variables
    if relations is None:
        relations = (*problem.equations, *problem.conditions)
    terms = _terms(problem, relations)
    found: list[list[tuple[Piece, ...]]] = [[] for _ in variables]
    ends: list[list[float]] = [[] for _ in variables]
    unproven = []
    looks = [
        (term, axis)
        for term in terms
        for axis, variable in enumerate(variables)
        if variable in term.free_symbols
    ]
    enclosures = {term: _enclosure(problem, term) for term, _ in looks}
    for term, axis in looks:
        inner = switches[axis] if switches else np.empty(0)
        sides = problem.domain.lower[axis], problem.domain.upper[axis]
        edges = np.union1d(sides, inner)
        enclosure = enclosures[term]
        most = MOST // len(looks)
        pieces = _pieces(problem, term, enclosure, axis, edges, tol, most)
        if pieces is None:
            pieces = _pieces_of_parts(problem, term, axis, edges, tol, most)
        if pieces is None:
            unproven.append(term)
            continue
        for each in pieces:
            ends[axis] += each.ends
            found[axis].append(each.pieces)
    return Features(
        tuple(map(tuple, found)), tuple(map(np.unique, ends)), tuple(dict.fromkeys(unproven))
    )


def jumps_of_code(
    problem: Problem, relations: Sequence[Relation], axis: int, tol: float
) -> Iterator[Array]:
    """Where code in some relations jumps along a variable, whatever the others are."""
    for term in _terms(problem, relations):
        if problem.variables[axis] not in term.free_symbols or not term.atoms(AppliedUndef):
            continue
        edges = np.array([problem.domain.lower[axis], problem.domain.upper[axis]])
        places: set[float] | None = None
        for values in _along(problem, term, axis):
            pieces = sampled_pieces(values, edges, tol)
            own = set() if pieces is None else set(jumps(values, pieces, edges).tolist())
            places = own if places is None else places & own
        yield np.array(sorted(places or ()))


def _terms(problem: Problem, relations: Sequence[Relation]) -> Sequence[sympy.Expr]:
    known = {*problem.variables, *problem.parameters}
    return list(dict.fromkeys(t for r in relations for t in known_terms(r.residual, known)))


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


def _enclosure(problem: Problem, term: sympy.Expr) -> Enclosure | None:
    """A term over balls; None of code."""
    try:
        return Enclosure.compile(term, problem.variables, problem.parameters)
    except NotEnclosed:
        return None


def _pieces(
    problem: Problem,
    term: sympy.Expr,
    enclosure: Enclosure | None,
    axis: int,
    edges: Array,
    tol: float,
    most: int,
) -> list[Pieces] | None:
    """The pieces of a term along a variable; None if they are too many."""
    lower, upper = problem.domain.lower, problem.domain.upper
    if enclosure is None:
        lines = list(_along(problem, term, axis))
        sampled = [(sampled_pieces(values, edges, tol), values) for values in lines]
        known = [with_a_width(each, reach(), [v]) for each, v in sampled if each is not None]
        return [each for each in known if len(each.pieces) >= len(edges)]
    balls = Balls(enclosure, lower, upper, axis)
    found = enclosed_pieces(balls, edges, tol, 0)  # as ordinary terms are
    if found is None:
        found = enclosed_pieces(balls, edges, tol, most // balls.cost)
    # Not before: of a narrow term whose parts cancel beside it a random place sees but rounding.
    if found is None and enclosure.vanishes(_some(lower, upper)):
        return []
    ends = found.ends if found is not None else ()
    if ends:
        # What is left beside a switch that ends pieces has a width, or is no end of them.
        edges = _with(edges, ends)
        found = enclosed_pieces(balls, edges, tol, most // balls.cost)
    if found is None:
        return None
    lines = list(_along(problem, term, axis))
    found = with_a_width(found, reach(), lines, lambda place: balls.size(place)[1])
    if len(found.pieces) >= len(edges):
        found = replace(found, pieces=tuple(merged(found.pieces, lines)))
    few = len(found.pieces) < len(edges)
    return [Pieces(() if few else found.pieces, (*ends, *found.ends))]


def _pieces_of_parts(
    problem: Problem, term: sympy.Expr, axis: int, edges: Array, tol: float, most: int
) -> list[Pieces] | None:
    """Those of all parts that vary along a variable; None if there are none, or one is unproven.

    Over all that other variables may be, bounds of a product are wide, and those of its factors are
    not where each has variables of its own.
    """
    variable = problem.variables[axis]
    found: list[Pieces] = []
    parts = [part for part in _parts(term) if variable in part.free_symbols]
    for part in parts:
        pieces = _pieces(problem, part, _enclosure(problem, part), axis, edges, tol, most)
        if pieces is None:
            pieces = _pieces_of_parts(problem, part, axis, edges, tol, most)
        if pieces is None:
            return None
        found += pieces
    return found if parts else None


def _parts(term: sympy.Expr) -> list[sympy.Expr]:
    """Factors, terms, or pieces and their conditions: what a term is made of, if it is."""
    if isinstance(term, sympy.exp) and isinstance(term.exp, sympy.Add):
        return [sympy.exp(each) for each in term.exp.args]
    if isinstance(term, sympy.Piecewise):
        values = [value for value, _ in term.args]
        switches = sorted(term.atoms(Relational), key=str)
        steps = [sympy.Piecewise((1, switch), (0, True)) for switch in switches]
        return values + [step for step in steps if step != term]
    return list(term.args) if isinstance(term, sympy.Mul | sympy.Add) else []


def _with(edges: Array, ends: Sequence[float]) -> Array:
    """Edges, and the places about which there are ends; those at an edge are that edge."""
    same = HALF_OF_THE_DIGITS * (edges[-1] - edges[0])
    places = np.sort(ends)
    groups = np.split(places, np.flatnonzero(np.diff(places) > same) + 1)
    middles = [float(group.mean()) for group in groups]
    return np.union1d(edges, [m for m in middles if np.abs(edges - m).min() > same])


def _some(lower: Sequence[float], upper: Sequence[float]) -> Array:
    """Points of a box, as many as it has variables."""
    shares = PROBES.generator().random((len(lower), len(lower)))
    return np.asarray(lower + shares * np.subtract(upper, lower))


def _along(problem: Problem, term: sympy.Expr, axis: int) -> Iterator[Callable[[Array], Array]]:
    """A term on lines along a variable."""
    table = compile_table(problem, (), [term])
    starts = _some(problem.domain.lower, problem.domain.upper)
    for start in starts:

        def values(along: Array, start: Array = start) -> Array:
            points = np.tile(start, (len(along), 1))
            points[:, axis] = along
            found = table(points)[0]
            return np.where(np.isfinite(found), found, np.nan)

        yield values
