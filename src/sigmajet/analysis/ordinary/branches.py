r"""Whether an ordinary differential equation has other solutions through the same values.

An equation that is a polynomial of degree two or more in its highest derivative, such as
:math:`u'^2 = 4u`, has a solution for each of its real roots; the conditions choose
between them only if one of them gives the highest derivative somewhere. What is computed
follows one root, correctly, and without a word: so the others are looked for.
"""

from __future__ import annotations

import numpy as np
import sympy

from ..._types import Array
from ...approximation.field import Field
from ...problem.compiled.expressions import compile_table, polynomial_in
from ...problem.compiled.system import System
from ...problem.statement import Problem
from ...problem.terms.relation import Relation
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.samples import FEW

# Relative, of two roots, or of the imaginary part of one, that is error: the square root of that of
# a solution of eight digits, as a double root answers.
_APART = float(np.sqrt(HALF_OF_THE_DIGITS))


def other_slopes(system: System, field: Field) -> str | None:
    """Describe another solution through the same values, if there is one.

    Returns
    -------
    str or None
        Which derivative may take which other value where, in the user's words.
    """
    problem = system.problem
    if len(problem.variables) > 1 or len(problem.equations) > 1:
        return None
    (relation,) = problem.equations
    (order,) = problem.orders[0]
    if any(trace.orders == (order,) for c in problem.conditions for trace in c.traces):
        return None
    leading = next(
        symbol
        for symbol, trace in zip(relation.symbols, relation.traces, strict=True)
        if trace.orders == (order,)
    )
    numerator, _ = sympy.fraction(sympy.together(relation.residual))
    polynomial = polynomial_in(sympy.expand(numerator), leading)
    if polynomial is None or len(polynomial) < 3:
        return None  # there is one root
    points = np.linspace(problem.domain.lower[0], problem.domain.upper[0], FEW)[:, None]
    coefficients, reached = _coefficients(problem, relation, polynomial, field, points, order)
    if not all(
        len(_other_roots(row, slope)) for row, slope in zip(coefficients.T, reached, strict=True)
    ):
        return None
    name = problem.unknowns[0].func.__name__
    derivative = f"{name}" + "'" * order
    start = problem.domain.lower[0]
    found = _other_roots(coefficients[:, 0], float(reached[0]))
    values = " or ".join(sorted({f"{value:.6g}" for value in found}))
    return (
        f"{derivative}({start:.6g}) = {reached[0]:.6g} on the solution found, but {values} "
        "satisfies the equation as well"
    )


def _coefficients(
    problem: Problem,
    relation: Relation,
    polynomial: list[sympy.Expr],
    field: Field,
    points: Array,
    order: int,
) -> tuple[Array, Array]:
    """The polynomial's coefficients along a solution, (degree + 1, m), and its own root (m,)."""
    traces = field.derivatives([(t.unknown, t.orders) for t in relation.traces], points)
    table = compile_table(problem, relation.symbols, polynomial)
    return table(points, traces), field.derivatives([(0, (order,))], points)[0]


def _other_roots(coefficients: Array, slope: float) -> Array:
    """Real roots of a polynomial that are not the one taken."""
    if not np.all(np.isfinite(coefficients)) or not np.any(coefficients[:-1]):
        return np.empty(0)
    roots = np.roots(coefficients)
    size = np.maximum(np.abs(roots), 1.0)
    real = roots[np.abs(roots.imag) < _APART * size].real
    apart: Array = real[np.abs(real - slope) > _APART * (1.0 + abs(slope) + np.abs(real))]
    return apart
