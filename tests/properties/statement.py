"""A statement made from its solution, and what can be done to it.

Operators and conditions are expressions in the unknowns; what they are equal to follows from the
solution, by SymPy alone. So a statement can be moved, reordered or given another solution, and its
true answer is known still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from sympy import Derivative, Eq, Expr, Symbol
from sympy.core.function import AppliedUndef

import sigmajet as sj

# Gauss points of each axis, by the number of axes: 60 integrate the square of a wave of 40 radians,
# or of a bump a twentieth wide, to four digits of the norm, which are more than an error needs.
NODES = {1: 60, 2: 24, 3: 12}

Condition = tuple[tuple[Expr, Mapping[Symbol, Any]], ...]


def counted(derivative: Derivative, variable: Symbol) -> int:
    """How often a derivative is taken by a variable."""
    return sum(int(n) for q, n in derivative.variable_count if q == variable)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Unknowns, the solution, and what the solution is put into.

    A condition is a sum of terms, each an expression in the unknowns and the place where it is
    taken: `((u, {x: 0}), (-u, {x: 1}))` says that u is periodic.
    """

    unknowns: tuple[AppliedUndef, ...]
    solution: tuple[Expr, ...]
    operators: tuple[Expr, ...]
    conditions: tuple[Condition, ...]
    domain: Mapping[Symbol, tuple[Any, Any]]
    time: Symbol | None = None

    def of_solution(self, expression: Expr) -> Expr:
        pairs = dict(zip(self.unknowns, self.solution, strict=True))
        return sympy.sympify(expression).subs(pairs).doit()

    @cached_property
    def problem(self) -> sj.Problem:
        return sj.Problem(
            [Eq(operator, self.of_solution(operator)) for operator in self.operators],
            list(self.unknowns),
            dict(self.domain),
            list(map(self.stated, self.conditions)),
            time=self.time,
        )

    def stated(self, condition: Condition) -> Eq:
        """The first term on the left, all others on the right: so periodicity is written."""
        first, *others = (left.subs(place) for left, place in condition)
        known = sum(self.of_solution(left).subs(place) for left, place in condition)
        return Eq(first, (known.expand() if others else known) - sum(others))

    def solve(self, tol: float, **options: Any) -> sj.Solution:
        return sj.solve(self.problem, tol, **options)

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Gauss points, a row for each variable, and the weights of a mean over the box."""
        z, weight = np.polynomial.legendre.leggauss(NODES[len(self.domain)])
        ends = np.array([[float(end) for end in pair] for pair in self.domain.values()])
        axes = [low + (high - low) * (z + 1) / 2 for low, high in ends]
        points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")])
        weights = np.ones(1)
        for _ in axes:
            weights = np.multiply.outer(weights, weight / 2).ravel()
        return points, weights

    @cached_property
    def exact(self) -> np.ndarray:
        """The solution at the nodes, a row for each unknown."""
        points, _ = self.nodes
        codes = [sympy.lambdify(list(self.domain), formula) for formula in self.solution]
        return np.array([np.broadcast_to(code(*points), points.shape[1]) for code in codes])

    def at_nodes(self, solution: sj.Solution) -> np.ndarray:
        return np.atleast_2d(solution(*self.nodes[0]))

    def apart(self, one: np.ndarray, other: np.ndarray) -> float:
        """Relative L2 distance of values at the nodes, the largest over the unknowns."""
        weights = self.nodes[1]
        return float(np.sqrt(((one - other) ** 2 @ weights) / (self.exact**2 @ weights)).max())

    def error(self, solution: sj.Solution) -> float:
        return self.apart(self.at_nodes(solution), self.exact)

    def reordered(self) -> Statement:
        """The same with unknowns, operators, conditions and variables in the opposite order.

        The unknowns take their arguments in the new order too.
        """
        back = {u: u.func(*reversed(u.args)) for u in self.unknowns}

        def turned(expression: Expr) -> Expr:
            return sympy.sympify(expression).subs(back)

        return replace(
            self,
            unknowns=tuple(back[u] for u in reversed(self.unknowns)),
            solution=self.solution[::-1],
            operators=tuple(turned(operator) for operator in reversed(self.operators)),
            conditions=tuple(
                tuple((turned(left), place) for left, place in condition)
                for condition in reversed(self.conditions)
            ),
            domain=dict(reversed(self.domain.items())),
        )

    def of_first_order(self) -> Statement:
        """The same with all derivatives by one variable but the highest as further unknowns.

        The variable is time where there is one. The further unknowns come last.
        """
        (q,) = {self.time} if self.time else self.domain
        orders = [
            max(
                (
                    counted(d, q)
                    for e in self.operators
                    for d in e.atoms(Derivative)
                    if d.expr == unknown
                ),
                default=0,
            )
            for unknown in self.unknowns
        ]
        names = {
            (unknown, k): sympy.Function(f"{unknown.func}_{k}")(*self.domain) if k else unknown
            for unknown, order in zip(self.unknowns, orders, strict=True)
            for k in range(order)
        }

        def lower(e: Expr) -> Expr:
            """Write a derivative as one of the last unknown that stands for a part of it."""
            if not isinstance(e, Derivative):
                return e.func(*map(lower, e.args)) if e.args and e not in self.unknowns else e
            count = counted(e, q)
            known = max(k for unknown, k in names if unknown == e.expr and k <= count)
            others = [pair for pair in e.variable_count if pair[0] != q]
            left = [(q, count - known)] if count > known else []
            name = names[e.expr, known]
            return Derivative(name, *others, *left) if others or left else name

        further = {pair: name for pair, name in names.items() if pair[1]}
        return replace(
            self,
            unknowns=(*self.unknowns, *further.values()),
            solution=(
                *self.solution,
                *(self.of_solution(unknown).diff(q, k) for unknown, k in further),
            ),
            operators=(
                *(lower(sympy.sympify(operator)) for operator in self.operators),
                *(names[unknown, k - 1].diff(q) - name for (unknown, k), name in further.items()),
            ),
            conditions=tuple(
                tuple((lower(sympy.sympify(left)), place) for left, place in condition)
                for condition in self.conditions
            ),
        )

    def moved(self, to: Mapping[Symbol, tuple[Symbol, Any, Any]]) -> Statement:
        """The same on another box: variable q becomes `new = factor * q + shift`.

        `to` is `{q: (new, factor, shift)}`; names of variables may change places among themselves.
        """
        to = {q: (q, 1, 0) for q in self.domain} | dict(to)
        order = [q for new in self.domain for q in to if to[q][0] == new]

        def place(q: Symbol, old: Any) -> Any:
            _, factor, shift = to[q]
            return factor * sympy.sympify(old) + shift

        def move(e: Expr) -> Expr:
            if isinstance(e, AppliedUndef):
                return e.func(*self.domain)
            if isinstance(e, Derivative):
                moved = move(e.expr)
                for q, count in e.variable_count:
                    new, factor, _ = to[q]
                    moved = factor**count * Derivative(moved, (new, count))
                return moved
            if e in to:
                new, factor, shift = to[e]
                return (new - shift) / factor
            return e.func(*map(move, e.args)) if e.args else e

        ends = {to[q][0]: sorted(place(q, end) for end in self.domain[q]) for q in order}
        return replace(
            self,
            solution=tuple(map(move, self.solution)),
            operators=tuple(move(sympy.sympify(operator)) for operator in self.operators),
            conditions=tuple(
                tuple(
                    (move(sympy.sympify(left)), {to[q][0]: place(q, c) for q, c in where.items()})
                    for left, where in condition
                )
                for condition in self.conditions
            ),
            domain={new: tuple(ends[new]) for new in self.domain},
        )
