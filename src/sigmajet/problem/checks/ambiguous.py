"""A coefficient that jumps in front of a highest derivative may mean either of two things.

SymPy carries out the derivative of `k*u_x` at once, and takes that of a `Piecewise` k for zero
where k jumps: what is left, `k*u_xx`, is what is written as well by who means that u_x is
continuous. The solutions are different ones, and which is meant the form does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy

from ...errors import ProblemError
from ...rounding import SAME
from ..jumps.places import IN_ITS_INTEGRAL, Places
from ..stated import Stated
from ..terms.constant import number
from ..terms.notation import trace_text, written
from ..terms.relation import Relation
from ..terms.trace import Trace

__all__ = ["refuse_ambiguous"]

Jumps = Callable[[sympy.Expr, sympy.Symbol], Places]


def refuse_ambiguous(problem: Stated, stated: Sequence[Relation], jumps: Jumps) -> None:
    """Refuse a coefficient of a highest derivative that jumps, if nothing says what is meant.

    Parameters
    ----------
    problem : Stated
    stated : sequence of Relation
        The conditions at interfaces.
    jumps : callable
        Where a formula jumps along a variable.

    Raises
    ------
    ProblemError
    """
    for equation in problem.equations:
        for trace, symbol in zip(equation.traces, equation.symbols, strict=True):
            axes = [a for a in range(len(trace.orders)) if _leads(equation, trace, a, problem)]
            coefficient = sympy.diff(equation.stated, symbol) if axes else sympy.S.Zero
            if not coefficient.has(sympy.Piecewise):
                continue  # the derivative of other steps shows in what SymPy makes of it
            for axis in axes:
                variable = problem.variables[axis]
                places = jumps(coefficient, variable)
                where = [
                    f"{variable} = {number(p)}"
                    for p in places.planes
                    if not _said(stated, trace, axis, p)
                ]
                where += [f"{s} = 0" for s in places.surfaces]
                if where:
                    text = _text(coefficient, equation, problem)
                    raise _refusal(equation, trace, text, where[0], axis, problem)
                if places.states and trace.orders[axis] > 1:
                    text = _text(coefficient, equation, problem)
                    raise _refusal_of_state(equation, trace, text, problem)


def _leads(equation: Relation, trace: Trace, axis: int, problem: Stated) -> bool:
    """Whether a derivative is of the highest order by a variable, and may be that of a product.

    An equation of first order in one unknown, `a*u_x = f`, may have been one for `(a*u)_x`; among
    several, as `q = k*u_x`, it says how one depends on the other.
    """
    order = trace.orders[axis]
    alone = all(t.unknown == trace.unknown for t in equation.traces)
    return order == problem.orders[trace.unknown][axis] and order > (0 if alone else 1)


def _said(stated: Sequence[Relation], trace: Trace, axis: int, place: float) -> bool:
    """Whether conditions say what the upper half of the derivatives across a place do there."""
    order = trace.orders[axis]
    given = {
        t.orders[axis]
        for r in stated
        if r.across is not None and r.across.axis == axis and isinstance(r.across.place, float)
        if abs(r.across.place - place) <= SAME * max(abs(place), 1.0)
        for t in r.across.jumping[-1:]
        if t.unknown == trace.unknown
    }
    return given.issuperset(range(order // 2, order))


def _text(expression: sympy.Expr, equation: Relation, problem: Stated) -> str:
    pairs = zip(equation.symbols, equation.traces, strict=True)
    names = {s: trace_text(t, problem.unknowns, problem.variables) for s, t in pairs}
    return written(expression, names)


def _refusal(
    equation: Relation, trace: Trace, coefficient: str, where: str, axis: int, problem: Stated
) -> ProblemError:
    variable, unknown = problem.variables[axis], problem.unknowns[trace.unknown]
    order = trace.orders[axis]
    outer = max(order // 2, 1)

    def derivative(count: int) -> str:
        steps = f"{variable}, {count}" if count > 1 else f"{variable}"
        return f"{unknown}.diff({steps})" if count else f"{unknown}"

    flux = f"k*{derivative(order - outer)}"
    kept = f"Derivative({flux}, {variable}, {outer}, evaluate=False)"
    if outer == 1:
        kept = f"divergence({flux}, {variable})"
    continuous = [derivative(count) for count in range(order // 2, order)]
    jumps = ", ".join(f"Eq(jump({each}), 0)" for each in continuous)
    highest = trace_text(trace, problem.unknowns, problem.variables)
    return ProblemError(
        f"in `{equation.source}` the coefficient of {highest}, {coefficient}, jumps at {where}, "
        "where the equation may mean two things. If a flux or a force is continuous there: SymPy "
        "has carried out the derivative of a product and lost the jump; keep it as it is meant, "
        f"{kept}, in text diff(k*..., {variable}). If {' and '.join(continuous)} "
        f"{'is' if len(continuous) == 1 else 'are'} continuous: divide the equation by the "
        f"coefficient, or add interface(Eq({variable}, c), {jumps}) to the conditions"
    )


def _refusal_of_state(
    equation: Relation, trace: Trace, coefficient: str, problem: Stated
) -> ProblemError:
    return ProblemError(
        f"in `{equation.source}` the coefficient of "
        f"{trace_text(trace, problem.unknowns, problem.variables)}, {coefficient}, jumps where the "
        "unknown passes a value, and the equation may mean two things there. If it comes from a "
        f"flux, the derivative of k(u)*u_x, {IN_ITS_INTEGRAL}; if u_x itself is continuous, divide "
        "the equation by the coefficient"
    )
