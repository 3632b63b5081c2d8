"""A problem whose solution is known, and how far an answer is from it.

Statements are written once, in SymPy, and serve tests, benchmarks and docs. The exact
solution never comes from sigmajet: it is a formula, evaluated by mpmath at 40 digits so that
no cancellation or overflow of the formula matters, or an oracle of `tests/oracles`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import mpmath
import numpy as np
import sympy
from scipy.stats import qmc

import sigmajet as sj

DIGITS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """What `sj.Problem` takes, and the solution: a formula per unknown, or an oracle.

    `functions` are coefficients given as code, `meant` the formulas that they stand for.
    The oracle knows the first `compared` unknowns well enough to judge; None means all.
    `layers` are places in one dimension where the solution turns quickly; the points at which
    errors are taken crowd there. `guess` is for `sj.solve`, where there are several solutions.
    `across` says by how much quantities jump at places of a variable: it is what equations mean
    there, worked out by hand, and no part of what the solver is given.
    """

    equations: Any
    unknowns: Any
    domain: dict[sympy.Symbol, tuple[Any, Any]]
    conditions: Any
    time: sympy.Symbol | None = None
    parameters: dict[sympy.Symbol, float] | None = None
    formula: sympy.Expr | Sequence[sympy.Expr] | None = None
    oracle: Callable[..., np.ndarray] | None = None
    functions: dict[Any, Callable[..., Any]] | None = None
    meant: dict[Any, sympy.Expr] = field(default_factory=dict)
    compared: int | None = None
    layers: tuple[float, ...] = ()
    guess: Any = None
    across: Sequence[tuple[Any, sympy.Symbol, Any, Any]] = ()

    @property
    def relations(self) -> tuple[list[sympy.Eq], list[sympy.Eq]]:
        """Equations and conditions, each as a list of `Eq`."""
        conditions = self.conditions
        if isinstance(conditions, dict):
            conditions = [sympy.Eq(left, right) for left, right in conditions.items()]
        return as_list(self.equations), as_list(conditions)

    @property
    def formulas(self) -> dict[Any, sympy.Expr]:
        """Unknown -> its solution."""
        return dict(zip(as_list(self.unknowns), as_list(self.formula), strict=True))


@dataclass(frozen=True)
class Case:
    """A statement with a name and the accuracy that is expected of it.

    Attributes
    ----------
    name : str
    build : callable
        Returns the `Statement`; called once.
    tol : float
        Asked of the solver, and the largest true relative L2 error allowed.
    tags : frozenset of str
        "hard": singular, thin or ill-posed; solved where slow ones are.
    """

    name: str
    build: Callable[[], Statement]
    tol: float
    tags: frozenset[str]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def statement(self) -> Statement:
        return self.build()

    def problem(self) -> sj.Problem:
        s = self.statement
        return sj.Problem(
            s.equations,
            s.unknowns,
            s.domain,
            s.conditions,
            time=s.time,
            parameters=s.parameters,
            functions=s.functions,
        )

    def exact(self, *coordinates: Any) -> np.ndarray:
        """The solution, shaped like the broadcast coordinates; unknowns in front if several."""
        if self.statement.oracle is not None:
            return self.statement.oracle(*coordinates)
        functions = _evaluators(self)
        values = np.array([f(*coordinates) for f in functions])
        return values if len(functions) > 1 else values[0]

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Points of the domain, (variables, points), and quadrature weights."""
        lower, upper = (np.array(ends, float) for ends in zip(*self.bounds, strict=True))
        span = (upper - lower)[:, None]
        if len(lower) == 1:
            return _graded(lower[0], upper[0], self.statement.layers)
        if len(lower) > 3:
            unit = qmc.Sobol(len(lower), seed=20240229).random_base2(11).T
            return lower[:, None] + span * unit, np.full(unit.shape[1], 1 / unit.shape[1])
        nodes, weights = np.polynomial.legendre.leggauss({2: 48, 3: 14}[len(lower)])
        grid = np.stack([g.ravel() for g in np.meshgrid(*[nodes] * len(lower), indexing="ij")])
        product = np.prod(np.meshgrid(*[weights] * len(lower), indexing="ij"), axis=0).ravel()
        return lower[:, None] + span * (grid + 1) / 2, product

    @property
    def bounds(self) -> list[tuple[float, float]]:
        return [(float(a), float(b)) for a, b in self.statement.domain.values()]

    def error(self, solution: Callable[..., np.ndarray]) -> float:
        """Relative L2 error, the largest over the unknowns."""
        points, weights, exact = _reference(self)
        got = np.reshape(solution(*points), exact.shape)
        first = slice(self.statement.compared)
        norms = [np.sqrt((rows[first] ** 2) @ weights) for rows in (got - exact, exact)]
        return float(np.max(norms[0] / norms[1]))


class Collection(list[Case]):
    """Cases of one file, in the order in which they are written there."""

    def add(self, tol: float, *tags: str, name: str = "") -> Callable[..., Any]:
        """Decorate a function that returns a `Statement`: its name becomes the case's."""

        def register(build: Callable[[], Statement]) -> Callable[[], Statement]:
            self.append(Case(name or build.__name__, build, tol, frozenset(tags)))
            return build

        return register


def manufactured(solution: dict[Any, sympy.Expr], *expressions: Any) -> list[sympy.Eq]:
    """Each expression equated to its value at the solution."""
    return [sympy.Eq(e, substitute(e, solution)) for e in map(sympy.sympify, expressions)]


def substitute(expression: sympy.Expr, solution: dict[Any, sympy.Expr]) -> sympy.Expr:
    """Replace every unknown, wherever it is taken, by its solution; carry out derivatives."""
    for unknown, formula in solution.items():
        expression = expression.replace(unknown.func, sympy.Lambda(unknown.args, formula))
    expression = expression.doit().replace(_is_of_a_step, lambda _: sympy.S.Zero)
    return expression.replace(sj.jump, _jump).replace(sj.avg, _mean)


def _is_of_a_step(node: sympy.Basic) -> bool:
    """Whether SymPy has left the derivative of a step undone, which is zero but at the step."""
    return isinstance(node, sympy.Subs | sympy.Derivative) and isinstance(
        getattr(node.expr, "expr", node.expr), sympy.floor
    )


def _sides(expression: sympy.Expr, variable: sympy.Symbol, place: sympy.Expr) -> list[sympy.Expr]:
    """An expression below and above a place, as near as 40 digits tell."""
    near = sympy.Rational(1, 10**50)
    return [expression.subs(variable, place + side * near) for side in (-1, 1)]


def _jump(*arguments: sympy.Expr) -> sympy.Expr:
    below, above = _sides(*arguments)
    return above - below


def _mean(*arguments: sympy.Expr) -> sympy.Expr:
    return sum(_sides(*arguments)) / 2


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


@cache
def _evaluators(case: Case) -> list[Callable[..., np.ndarray]]:
    s = case.statement
    names = list(s.domain)
    # N folds constants such as Ai(10) once instead of at every point.
    bare = [sympy.N(f.subs(s.parameters or {}), DIGITS + 10) for f in s.formulas.values()]

    def through_mpmath(formula: sympy.Expr) -> Callable[..., np.ndarray]:
        # In a list and dummified: a variable called e would hide the constant.
        function = sympy.lambdify(names, [formula], "mpmath", dummify=True)

        def at(*coordinates: float) -> float:
            with mpmath.workdps(DIGITS):
                return float(function(*map(mpmath.mpf, coordinates))[0])

        return np.vectorize(at, otypes=[float])

    return [through_mpmath(f) for f in bare]


@cache
def _reference(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points, weights = case.points()
    return points, weights, np.atleast_2d(case.exact(*points))


def _graded(a: float, b: float, layers: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Gauss points on panels that halve towards every layer, down to 2**-26 of the interval."""
    breaks = set(np.linspace(a, b, 33))
    for place in layers:
        for offset in (b - a) * 0.5 ** np.arange(1, 27):
            breaks |= {p for p in (place - offset, place, place + offset) if a < p < b}
    ends = np.array(sorted(breaks))
    nodes, weights = np.polynomial.legendre.leggauss(16)
    half = np.diff(ends) / 2
    points = (ends[:-1] + half)[:, None] + half[:, None] * nodes
    return points.reshape(1, -1), (half[:, None] * weights).ravel()
