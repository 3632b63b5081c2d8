r"""The values and derivatives from which an initial-value problem starts.

The conditions give the jet :math:`u_i, u_i', \dots, u_i^{(k_i-1)}` at one place, explicitly or as
equations to be solved; the equations then give the highest derivatives there. Where they are
nonlinear in those, :math:`f(x, u, u') = 0`, there may be several: each is the start of a
solution of its own. An equation that is a product has the solutions of each factor, and a factor
by itself is regular where the product, with its double roots, is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...nonlinear.gauss_newton import CONSTANT_STARTS
from ...problem.compiled.expressions import compile_table, partial_derivative, polynomial_in
from ...problem.compiled.initial_state import VIOLATED
from ...problem.compiled.ordinary import Equations, Layout
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.statement import Problem
from ...problem.terms.affine import is_affine
from ...problem.terms.effort import BUDGET
from ...problem.terms.relation import Relation
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...rules.judgement import A_DIGIT
from ...rules.samples import FEW

Function = Callable[[Array], tuple[Array, Array]]
"""Residuals and their matrix of partial derivatives at a vector."""

_ROOT = HALF_OF_THE_DIGITS  # of a residual over its terms: a root
_STATED = VIOLATED  # of terms: as precise as data are written
# Relative, of two roots, or of the imaginary part of one, that is rounding: of a triple root.
_APART = float(np.cbrt(relative_rounding()))
_TURNS = 0.5  # relative change of partial derivatives from a root to its rounding (Kantorovich)
# Of the interval, and of initial values: away from where they are special, by half the digits.
_LATER = float(np.sqrt(_STATED))


@dataclass(frozen=True, slots=True)
class Start:
    """One way to start: the states there, and the equations to follow from them.

    Attributes
    ----------
    jet : array (rows,)
        NaN for highest derivatives that the equations do not give at the place itself, as at a
        singular point.
    equations : Equations
    branching : bool
        Whether the equations allow several highest derivatives.
    rivals : tuple of Relation
        Factors of lower order of the equation that the jet satisfies as well: where they do not
        hold further on, they have a solution of their own.
    """

    jet: Array
    equations: Equations
    branching: bool
    rivals: tuple[Relation, ...] = ()

    @property
    def singular(self) -> bool:
        """Whether the equations leave the highest derivatives open at the start."""
        return bool(np.any(np.isnan(self.jet)))


def place_of(problem: Problem) -> float | None:
    """The one place at which all conditions are posed, if this is an initial-value problem."""
    if len(problem.variables) != 1 or len(problem.equations) != len(problem.unknowns):
        return None
    places = {trace.place[0] for c in problem.conditions for trace in c.traces}
    total = sum(order for (order,) in problem.orders)
    if total == 0 or len(places) != 1 or len(problem.conditions) < total:
        return None
    (place,) = places
    return place if isinstance(place, float) else None


def starts(system: System, place: float) -> list[Start]:
    """All ways to start at a place; none where the conditions do not determine the jet.

    Raises
    ------
    ProblemError
        If several jets satisfy the conditions, or no highest derivative the equations.
    """
    problem = system.problem
    compiled = Equations.compile(problem, problem.equations)
    layout = compiled.layout
    chooses = [
        any(t.orders[0] >= layout.orders[t.unknown] for t in c.traces) for c in system.conditions
    ]
    lower = [c for c, later in zip(system.conditions, chooses, strict=True) if not later]
    later = [c for c, chosen in zip(system.conditions, chooses, strict=True) if chosen]
    total = sum(layout.orders)
    if len(lower) > total or any(
        t.orders[0] > layout.orders[t.unknown] for c in later for t in c.traces
    ):
        return []
    if len(lower) < total:
        return _joint(system, compiled, place)
    jet = _jet(lower, layout, place)
    if jet is None:
        return []
    return _branches(system, compiled, jet, place, later)


def _jet(conditions: Sequence[Residual], layout: Layout, place: float) -> Array | None:
    """The states below the highest derivatives from conditions on them alone."""
    rows = np.setdiff1d(np.arange(len(layout.order)), layout.top)
    jet = np.full(len(layout.order), np.nan)

    def function(vector: Array) -> tuple[Array, Array]:
        states = np.zeros(len(jet))
        states[rows] = vector
        return _conditions(conditions, layout, place, states, rows)

    if all(c.relation.linear for c in conditions):
        offset, matrix = function(np.zeros(len(rows)))
        if not _regular(matrix):
            return None
        jet[rows] = np.linalg.solve(matrix, -offset)
        return jet
    roots = find_roots(function, len(rows))
    if not roots:
        return None
    if len(roots) > 1:
        raise ProblemError(
            "the statement has several solutions: the conditions are satisfied by the initial "
            f"values {_listed(roots[0])}, but also by {_listed(roots[1])}; state the values "
            "themselves"
        )
    jet[rows] = roots[0]
    return jet


def _conditions(
    conditions: Sequence[Residual],
    layout: Layout,
    place: float,
    states: Array,
    rows: NDArray[np.intp],
) -> tuple[Array, Array]:
    """Residuals of conditions at states, and their partial derivatives by some of them."""
    residuals = np.empty(len(conditions))
    matrix = np.zeros((len(conditions), len(states)))
    for number, condition in enumerate(conditions):
        held = [layout.row(t.unknown, t.orders[0]) for t in condition.traces]
        value, partials = condition(np.array([[place]]), states[held][:, None])
        residuals[number] = value[0]
        np.add.at(matrix[number], held, partials[:, 0])
    return residuals, matrix[:, rows]


def _joint(system: System, compiled: Equations, place: float) -> list[Start]:
    """Start from conditions that give highest derivatives in place of lower ones."""
    layout = compiled.layout
    if len(system.conditions) != sum(layout.orders):
        return []
    everything = np.arange(len(layout.order))

    def function(states: Array) -> tuple[Array, Array]:
        residuals, matrix = _conditions(system.conditions, layout, place, states, everything)
        defect, derivative = _equations(compiled, place, states)
        return np.concatenate([residuals, defect]), np.concatenate([matrix, derivative])

    if system.problem.linear:
        offset, matrix = function(np.zeros(len(everything)))
        if not _regular(matrix):
            return []
        jet = np.asarray(np.linalg.solve(matrix, -offset), dtype=np.float64)
        return [Start(jet, compiled, False)]
    roots = find_roots(function, len(everything))
    found = [Start(root, compiled, len(roots) > 1) for root in roots]
    _refuse_branching(system.problem, found, place)
    return found


def _equations(compiled: Equations, place: float, states: Array) -> tuple[Array, Array]:
    """Residuals of the equations at a place and their partial derivatives by all states."""
    table = compiled.evaluate(np.array([place]), states[:, None])
    return table[: len(compiled.layout.orders), 0], compiled.by_states(table)[0]


def _branches(
    system: System, compiled: Equations, jet: Array, place: float, later: Sequence[Residual]
) -> list[Start]:
    """Every set of highest derivatives that the equations allow at a jet."""
    problem, layout = system.problem, compiled.layout
    found: list[Start] = []
    for equation in problem.equations:
        if not _top(problem, equation) and _fails(problem, equation, jet, place):
            raise ProblemError(
                f"the initial values contradict the equation `{equation.source}`, which holds "
                "none of the highest derivatives and so has to hold for them"
            )
    if _explicit(problem):
        found = [Start(_completed(compiled, jet, place), compiled, False)]
    elif len(problem.equations) == 1:
        factors = _factors(problem.equations[0])
        rivals = tuple(
            f
            for f in factors
            if not f.residual.has(*_top(problem, f)) and _holds(problem, f, jet, place)
        )
        for factor in factors:
            if not factor.residual.has(*_top(problem, factor)):
                continue  # a relation between the lower derivatives, which are given
            pieces = Equations.compile(problem, [factor])
            for value in _roots_of_factor(problem, factor, pieces, jet, place):
                states = jet.copy()
                states[layout.top] = value
                found.append(Start(states, pieces, True, rivals))
    else:

        def function(highest: Array) -> tuple[Array, Array]:
            states = jet.copy()
            states[layout.top] = highest
            defect, matrix = _equations(compiled, place, states)
            return defect, matrix[:, layout.top]

        for root in find_roots(function, len(layout.top)):
            states = jet.copy()
            states[layout.top] = root
            found.append(Start(states, compiled, True))
    if not found:
        raise ProblemError(
            "the initial values satisfy no equation: at "
            f"{problem.variables[0]} = {place:.6g} there is no real value of the highest "
            "derivative with which the equations hold"
        )
    kept = [s for s in found if _satisfied(later, layout, place, s.jet)]
    if not kept:
        raise ProblemError(
            f"the condition `{later[0].relation.source}` contradicts the equations, which give "
            f"{_listed(found[0].jet[layout.top])} for the highest derivatives there"
        )
    _refuse_branching(problem, kept, place)
    if len(kept) == 1 and not later:
        return [replace(kept[0], branching=not _explicit(problem))]
    return kept


def _refuse_branching(problem: Problem, found: Sequence[Start], place: float) -> None:
    """Raise if the initial values are such that solutions may branch at the start.

    There the partial derivatives of the equations by the highest derivatives are singular.
    """
    if problem.linear:
        return
    for start in found:
        if start.singular and _indeterminate(problem, start, place):
            why = "with these initial values the coefficients of the highest derivatives vanish"
        elif not start.singular and _multiple(start, place):
            values = _listed(start.jet[start.equations.layout.top])
            why = f"the highest derivatives there, {values}, are a multiple root of the equations"
        else:
            continue
        raise ProblemError(
            f"the statement may have several solutions: at {problem.variables[0]} = {place:.6g} "
            f"the equations do not determine how to go on, since {why}; start elsewhere, divide "
            "out a factor that vanishes, or solve the equations for the highest derivatives"
        )


def _multiple(start: Start, place: float) -> bool:
    """Whether the highest derivatives are a multiple root of the equations.

    A simple root is the only one as far as the partial derivatives change by less than they are
    (Kantorovich), and rounding does not move it as far as roots count as one.
    """
    top = start.equations.layout.top
    _, matrix = _equations(start.equations, place, start.jet)
    if not np.all(np.isfinite(matrix)):
        return False  # nothing is known
    for row in top:
        near = start.jet.copy()
        near[row] += _APART * (1.0 + abs(near[row]))
        _, moved = _equations(start.equations, place, near)
        try:
            change = np.linalg.solve(matrix[:, top], (moved - matrix)[:, top])
        except np.linalg.LinAlgError:
            return True
        if np.abs(change).sum(axis=1).max() > _TURNS:
            return True
    return False


def _indeterminate(problem: Problem, start: Start, place: float) -> bool:
    """Whether initial values make coefficients vanish that, as functions of time, do not.

    If so, and if the rest of the equations vanishes with them, any slope satisfies the equations.
    """
    top, states = start.equations.layout.top, np.nan_to_num(start.jet)
    ends = (problem.domain.lower[0], problem.domain.upper[0])
    later = place + _LATER * (sum(ends) - 2.0 * place)
    rng = PROBES.generator()
    others = states + _LATER * rng.standard_normal(len(states)) * (1.0 + np.abs(states))
    defect, here = _equations(start.equations, place, states)
    if not (np.all(np.isfinite(defect)) and np.all(np.isfinite(here))):
        return False
    frozen, moved = (_equations(start.equations, later, s)[1][:, top] for s in (states, others))
    if _regular(frozen) or not _regular(moved):
        return False
    slopes = np.linalg.lstsq(here[:, top], -defect, rcond=None)[0]
    return bool(np.all(np.abs(here[:, top] @ slopes + defect) <= _ROOT * (1.0 + np.abs(defect))))


def _satisfied(conditions: Sequence[Residual], layout: Layout, place: float, states: Array) -> bool:
    """Whether conditions on the highest derivatives hold."""
    everything = np.arange(len(states))
    residuals, matrix = _conditions(conditions, layout, place, states, everything)
    terms = np.abs(matrix) @ np.abs(np.nan_to_num(states)) + 1.0
    return bool(np.all(np.abs(residuals) <= _STATED * terms))


def _explicit(problem: Problem) -> bool:
    """Whether the equations are affine in the highest derivatives, with no factor to cancel."""
    if problem.linear:
        return True
    for equation in problem.equations:
        top = _top(problem, equation)
        if not is_affine(equation.residual, top):
            return False
        coefficients = [partial_derivative(equation.residual, s) for s in top]
        # A coefficient with unknowns in it may be a factor of the whole equation.
        if len(problem.equations) == 1 and coefficients[0].has(*equation.symbols):
            return False
    return True


def _top(problem: Problem, equation: Relation) -> list[sympy.Symbol]:
    """The symbols of an equation that stand for highest derivatives of the problem."""
    return [
        symbol
        for symbol, trace in zip(equation.symbols, equation.traces, strict=True)
        if trace.orders == problem.orders[trace.unknown]
    ]


def _completed(compiled: Equations, jet: Array, place: float) -> Array:
    """A jet with the highest derivatives of explicit equations; NaN at a singular point."""
    top = compiled.layout.top
    states = jet.copy()
    states[top] = 0.0
    defect, matrix = _equations(compiled, place, states)
    states[top] = np.nan
    if np.all(np.isfinite(defect)) and _regular(matrix[:, top]):
        states[top] = np.linalg.solve(matrix[:, top], -defect)
    return states


def _holds(problem: Problem, factor: Relation, jet: Array, place: float) -> bool:
    """Whether a factor vanishes at the start."""
    return vanishes(problem, factor, np.nan_to_num(jet)[:, None], np.array([place]))


def _fails(problem: Problem, equation: Relation, jet: Array, place: float) -> bool:
    """Whether an equation has a value at the start, and it is not zero."""
    compiled = Equations.compile(problem, [equation])
    states = np.nan_to_num(jet)[:, None]
    residuals, terms = compiled.terms(compiled.evaluate(np.array([place]), states), states)
    known = np.isfinite(residuals) & np.isfinite(terms)
    return bool(np.any(known & (np.abs(residuals) > _STATED * (terms + _STATED))))


def vanishes(problem: Problem, factor: Relation, states: Array, times: Array) -> bool:
    """Whether a factor vanishes at states (rows, m), relative to its terms and to one."""
    compiled = Equations.compile(problem, [factor])
    residuals, terms = compiled.terms(compiled.evaluate(times, states), states)
    return bool(np.all(np.abs(residuals) <= _STATED * (terms + _STATED)))


def _factors(equation: Relation) -> list[Relation]:
    """The equation's factors that hold unknowns, each once."""
    numerator, _ = sympy.fraction(sympy.together(equation.residual))
    if sympy.count_ops(numerator) > BUDGET / A_DIGIT:  # larger ones could take for ever
        return [equation]
    try:
        _, powers = sympy.factor_list(numerator)
    except sympy.PolynomialError:  # powers of sums with functions in them: no product to SymPy
        return [equation]
    factors = [factor for factor, _ in powers if factor.has(*equation.symbols)]
    if len(factors) == 1 and powers[0][1] == 1:
        return [equation]
    return [replace(equation, residual=factor) for factor in factors]


def _roots_of_factor(
    problem: Problem, factor: Relation, compiled: Equations, jet: Array, place: float
) -> Iterator[float]:
    """Real values of the highest derivative of one unknown that satisfy a factor."""
    top = _top(problem, factor)[0]
    states = np.nan_to_num(jet)
    polynomial = polynomial_in(factor.residual, top)
    if polynomial is None:

        def function(highest: Array) -> tuple[Array, Array]:
            states[-1] = highest[0]
            defect, matrix = _equations(compiled, place, states)
            return defect, matrix[:, -1:]

        yield from (float(root[0]) for root in find_roots(function, 1))
        return
    rows = [compiled.layout.row(t.unknown, t.orders[0]) for t in factor.traces]
    table = compile_table(problem, factor.symbols, polynomial)
    coefficients = table(np.array([place]), states[rows, None])[:, 0]
    if not np.all(np.isfinite(coefficients)) or not np.any(coefficients[:-1]):
        if len(polynomial) == 2:
            yield float("nan")  # a singular point of an explicit equation
        return
    roots = np.roots(coefficients)
    real = np.abs(roots.imag) <= _APART * np.maximum(np.abs(roots), _LATER)
    yield from _distinct([np.array([r]) for r in roots[real].real])


def _distinct(roots: Sequence[Array]) -> Iterator[float]:
    kept: list[float] = []
    for (root,) in roots:
        if all(abs(root - k) > _APART * (1.0 + abs(root)) for k in kept):
            kept.append(float(root))
    yield from sorted(kept)


def find_roots(function: Function, size: int) -> list[Array]:
    """Real roots of a square system that Newton's method finds from many starts."""
    import scipy.optimize  # takes a third as long as all that comes before

    rng = PROBES.generator()
    guesses = [np.full(size, value) for value in CONSTANT_STARTS]
    # With 6 to 64 of them the branches of the registry and 16 random problems start alike.
    guesses += [rng.standard_normal(size) * 10.0 ** rng.uniform(-1, 2) for _ in range(FEW)]
    found: list[Array] = []
    for guess in guesses:
        with np.errstate(all="ignore"):
            defect, matrix = function(guess)
            if not (np.all(np.isfinite(defect)) and np.all(np.isfinite(matrix))):
                continue
            result = scipy.optimize.root(
                lambda vector: function(vector)[0],
                guess,
                jac=lambda vector: function(vector)[1],
                options={"xtol": relative_rounding(FEW)},
            )
            defect, matrix = function(result.x)
            # At a multiple root the matrix vanishes, but not beside it.
            _, beside = function(result.x + _APART * (1.0 + np.abs(result.x)))
        terms = np.fmax(np.abs(matrix), np.abs(beside)) @ (np.abs(result.x) + 1.0)
        if not np.all(np.abs(defect) <= _ROOT * terms):
            continue
        if all(np.any(np.abs(result.x - f) > _APART * (1.0 + np.abs(f))) for f in found):
            found.append(result.x)
    return found


def _regular(matrix: Array) -> bool:
    """Whether a matrix, the largest in each of its rows scaled to one, is regular to rounding."""
    if not np.all(np.isfinite(matrix)):
        return False
    largest = np.abs(matrix).max(axis=1, keepdims=True)  # which unlike a norm cannot underflow
    if not np.all(largest > 0.0):
        return False
    return bool(np.linalg.matrix_rank(matrix / largest) == len(matrix))


def _listed(values: Array) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
