"""What a statement must hold to have one solution, as far as its form tells.

Only what is certain is refused here: a count that cannot suffice, data where none can be
given, two conditions that contradict each other. The rest is seen when solving.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from ...rounding import SAME
from ..stated import Stated
from ..terms.affine import is_affine
from ..terms.constant import number, real
from ..terms.domain import Domain, Shaped
from ..terms.notation import trace_text
from ..terms.relation import Relation
from ..terms.trace import Trace, of_time_alone
from ..terms.wording import Wording
from .trial import sample

__all__ = ["check", "orders", "periodic_completion"]


Orders = tuple[tuple[int, ...], ...]


def orders(equations: tuple[Relation, ...], unknowns: int, variables: int) -> Orders:
    """Return the highest derivative of each unknown in each variable."""
    traces = [trace for equation in equations for trace in equation.traces]
    return tuple(
        tuple(
            max((t.orders[j] for t in traces if t.unknown == i), default=0)
            for j in range(variables)
        )
        for i in range(unknowns)
    )


def periodic_completion(
    conditions: tuple[Relation, ...],
    highest: Orders,
    unknowns: tuple[AppliedUndef, ...],
    domain: Domain,
    seam: Callable[[int, int], Sequence[Relation] | None],
) -> tuple[Relation, ...]:
    """Add the matching derivatives that `u(a, t) = u(b, t)`, alone in its direction, implies.

    Or the matching fluxes: `seam` tells those of a variable and an unknown, if fluxes are meant.
    """
    added = []
    for condition in conditions:
        direction = _matched(condition, domain)
        if direction is None:
            continue
        unknown = condition.traces[0].unknown
        lumped = of_time_alone(unknowns)
        others = (
            c
            for c in conditions
            if c is not condition
            and not any(t.unknown in lumped and any(t.orders) for t in c.traces)
        )
        if any(_on_face(c, unknown, direction, integrals=False) for c in others):
            continue
        fluxes = seam(direction, unknown)
        if fluxes is not None:
            added += [replace(f, wording=_implied(f.wording, condition)) for f in fluxes]
            continue
        for order in range(1, highest[unknown][direction]):
            traces = tuple(_differentiated(t, direction, order) for t in condition.traces)
            texts = [trace_text(t, unknowns, domain.variables) for t in traces]
            symbols = tuple(sympy.Dummy(text, real=True) for text in texts)
            residual = symbols[0] - symbols[1]
            added.append(
                Relation(
                    residual,
                    traces,
                    symbols,
                    condition.place,
                    True,
                    _implied(f"{texts[0]} = {texts[1]}", condition),
                    residual,
                )
            )
    return tuple(added)


def _implied(statement: object, condition: Relation) -> Wording:
    return Wording(lambda: f"{statement}, implied by `{condition.source}` (periodic)")


def _matched(condition: Relation, domain: Domain) -> int | None:
    """Return the variable in which the condition equates an unknown at both ends, if any."""
    if len(condition.traces) != 2:
        return None
    first, second = condition.traces
    a, b = condition.symbols
    if first.unknown != second.unknown or any(first.orders) or any(second.orders):
        return None
    if condition.residual not in (a - b, b - a):
        return None
    differ = [i for i, p in enumerate(first.place) if p != second.place[i]]
    if len(differ) != 1:
        return None
    ends = {first.place[differ[0]], second.place[differ[0]]}
    if ends != {domain.lower[differ[0]], domain.upper[differ[0]]}:
        return None
    return differ[0]


def _on_face(condition: Relation, unknown: int, direction: int, integrals: bool) -> bool:
    """Whether the condition holds `unknown` on a whole face across `direction`."""
    return any(
        t.unknown == unknown
        and t.place[direction] is not None
        and (integrals or isinstance(t.place[direction], float))
        and all(p is None for i, p in enumerate(t.place) if i != direction)
        for t in condition.traces
    )


def _differentiated(trace: Trace, direction: int, order: int) -> Trace:
    raised = tuple(n + order * (i == direction) for i, n in enumerate(trace.orders))
    return Trace(trace.unknown, raised, trace.place)


def check(problem: Stated) -> None:
    """Refuse a problem whose form shows that it has no solution or many.

    Raises
    ------
    ProblemError
    """
    _check_equation_count(problem)
    _check_leading_terms(problem)
    if problem.time is not None:
        _check_time(problem, problem.variables.index(problem.time))
    _check_condition_orders(problem)
    _check_contradictions(problem)
    _check_condition_count(problem)


def _check_equation_count(problem: Stated) -> None:
    given, needed = len(problem.equations), len(problem.unknowns)
    if given < needed:
        names = ", ".join(map(str, problem.unknowns))
        raise ProblemError(
            f"got {given} equation{'s' * (given != 1)} for the {needed} unknowns {names}; "
            "expected at least one for each unknown"
        )
    present = {t.unknown for e in problem.equations for t in e.traces}
    for i, unknown in enumerate(problem.unknowns):
        if i not in present:
            raise ProblemError(f"the unknown {unknown} appears in no equation")


def _check_leading_terms(problem: Stated) -> None:
    """Refuse a derivative of highest order whose coefficient is zero everywhere.

    Without it the equation takes fewer conditions, or is of no order in a variable at all.
    """
    for equation in problem.equations:
        for trace, symbol in zip(equation.traces, equation.symbols, strict=True):
            highest = problem.orders[trace.unknown]
            if not any(n and n == most for n, most in zip(trace.orders, highest, strict=True)):
                continue
            coefficient = sympy.diff(equation.residual, symbol)
            if not coefficient.free_symbols & set(equation.symbols) and _is_rounding(
                coefficient, problem
            ):
                text = trace_text(trace, problem.unknowns, problem.variables)
                raise ProblemError(
                    f"the coefficient of {text} in `{equation.source}`, {coefficient}, is zero; "
                    "leave the term out, for without it other conditions determine the solution"
                )


def _is_rounding(coefficient: sympy.Expr, problem: Stated) -> bool:
    """Whether a coefficient is zero at points without meaning, or its terms cancel there."""
    if coefficient.atoms(AppliedUndef):
        return False
    known = {p: sympy.Float(v) for p, v in problem.parameters.items()}
    terms = [t.xreplace(known) for t in sympy.Add.make_args(coefficient)]
    for place in sample(problem.domain).T:
        point = dict(zip(problem.variables, map(sympy.Float, place), strict=True))
        values = [t.xreplace(point).evalf() for t in terms]
        if not all(v.is_Float or v.is_Rational for v in values):
            return False
        if abs(sum(values)) > SAME * sum(map(abs, values)):
            return False
    return True


def _check_time(problem: Stated, index: int) -> None:
    time, start, end = list(problem.domain)[index]
    if not any(orders[index] for orders in problem.orders):
        raise ProblemError(
            f"time={time}, but no equation has a derivative in {time}; leave time out"
        )
    initial = []
    fixed = [
        (condition, {t.place[index] for t in condition.traces})
        for condition in problem.conditions
        if any(t.place[index] is not None for t in condition.traces)
    ]
    if fixed and all(places == {end} for _, places in fixed):
        start, end = end, start  # time runs backwards
    for condition, places in fixed:
        named = f"the condition `{condition.source}`"
        if end in places:
            raise ProblemError(
                f"{named} is posed at the end of time, {time} = {number(end)}; an evolution "
                f"problem starts from {time} = {number(start)}, or all of it from the end "
                "(without time= the problem is solved on the whole box at once)"
            )
        if places != {start}:
            raise ProblemError(
                f"{named} is posed within time; an evolution problem starts from "
                f"{time} = {number(start)} (without time= it is solved on the whole box at once)"
            )
        if any(p is not None for i, p in enumerate(condition.place) if i != index):
            raise ProblemError(
                f"{named} holds at {time} = {number(start)} at one place only; an initial "
                "condition holds at all places, any other condition at all times"
            )
        initial.append(condition)
    _check_initial(problem, index, start, initial)


def _check_initial(problem: Stated, index: int, start: float, initial: list[Relation]) -> None:
    time = problem.domain.variables[index]
    for i, unknown in enumerate(problem.unknowns):
        needed = problem.orders[i][index]
        given = [c for c in initial if any(t.unknown == i for t in c.traces)]
        if len(given) < needed:
            raise ProblemError(
                f"the equations hold the derivative of order {needed} of {unknown} in {time}, so "
                f"{unknown.func.__name__} takes {needed} initial "
                f"condition{'s' * (needed > 1)} at {time} = {number(start)}; got {len(given)}"
            )
    needed = sum(orders[index] for orders in problem.orders)
    # What is said of an unknown without a derivative in time is compared with what follows.
    moving = [c for c in initial if any(problem.orders[t.unknown][index] for t in c.traces)]
    if len(moving) > needed:
        listed = "; ".join(f"`{c.source}`" for c in moving)
        raise ProblemError(
            f"got {len(moving)} initial conditions, {listed}; "
            f"the equations are of order {needed} in {time} and take {needed}"
        )


def _check_condition_orders(problem: Stated) -> None:
    for index, variable in enumerate(problem.variables):
        order = sum(orders[index] for orders in problem.orders)
        for condition in problem.conditions:
            for trace in condition.traces:
                pinned = len(trace.place) > 1 and None not in trace.place
                if not isinstance(trace.place[index], float) or trace.orders[index] < order:
                    continue
                if order == 0 and not pinned:
                    raise ProblemError(
                        f"the condition `{condition.source}` fixes {variable}, but no equation "
                        f"has a derivative in {variable}, so nothing is free there"
                    )
                if order and not _chooses_a_root(problem, trace):
                    text = trace_text(trace, problem.unknowns, problem.variables)
                    raise ProblemError(
                        f"the condition `{condition.source}` holds {text}, a derivative of order "
                        f"{trace.orders[index]} in {variable}; the equations are of order {order} "
                        f"in {variable}, so conditions hold derivatives of lower order only"
                    )


def _chooses_a_root(problem: Stated, trace: Trace) -> bool:
    """Whether an ordinary equation may have several values of a derivative, so that one is given.

    As f(x, u, u') = 0 may: its condition on u' says which solution is meant.
    """
    return (
        len(problem.variables) == 1
        and trace.orders == problem.orders[trace.unknown]
        and any(
            not is_affine(equation.residual, [symbol])
            for equation in problem.equations
            for symbol, held in zip(equation.symbols, equation.traces, strict=True)
            if (held.unknown, held.orders) == (trace.unknown, trace.orders)
        )
    )


def _check_contradictions(problem: Stated) -> None:
    for i, later in enumerate(problem.conditions):
        for earlier in problem.conditions[:i]:
            if not (later.linear and earlier.linear and later.traces == earlier.traces):
                continue
            if not _meet(earlier, later, problem.domain):
                continue
            same = dict(zip(later.symbols, earlier.symbols, strict=True))
            if _multiples(later.residual.xreplace(same), earlier, problem):
                raise ProblemError(
                    f"the conditions `{earlier.source}` and `{later.source}` fix the same quantity"
                    " twice; leave one out"
                    + (", or pose them on parts that do not overlap" if later.part else "")
                )


def _meet(first: Relation, second: Relation, domain: Domain) -> bool:
    """Whether conditions with the same traces hold at the same place, or on parts that overlap."""
    if first.part is None or second.part is None or not isinstance(domain, Shaped):
        return first.part is second.part
    return domain.overlap(first.part, second.part)


def _multiples(residual: sympy.Expr, other: Relation, problem: Stated) -> bool:
    """Whether two affine residuals in the same symbols have equal linear parts up to a factor."""
    rows = [[sympy.diff(r, s) for s in other.symbols] for r in (residual, other.residual)]
    return all(
        _is_zero(rows[0][j] * rows[1][0] - rows[0][0] * rows[1][j], problem)
        for j in range(1, len(other.symbols))
    )


def _is_zero(expression: sympy.Expr, problem: Stated) -> bool:
    """Whether an expression in the variables vanishes, seen at points without meaning."""
    if expression.is_zero:
        return True
    for place in sample(problem.domain).T:
        point = dict(zip(problem.variables, map(sympy.Float, place), strict=True))
        value = expression.xreplace(point)
        value = value.xreplace({k: sympy.Float(v) for k, v in problem.parameters.items()}).evalf()
        if not value.is_number or abs(value) > SAME:
            return False
    return True


def _check_condition_count(problem: Stated) -> None:
    if len(problem.variables) == 1:
        _check_ordinary_count(problem)
    elif isinstance(problem.domain, Shaped):
        _check_boundary(problem, problem.domain)
    elif len(problem.unknowns) == 1:
        _check_face_count(problem)


def _check_ordinary_count(problem: Stated) -> None:
    """Hold a regular ODE system to as many conditions as its order."""
    needed = sum(orders[0] for orders in problem.orders)
    if len(problem.conditions) >= needed or len(problem.equations) != len(problem.unknowns):
        return
    leading = [
        [_leading(e, j, (problem.orders[j][0],), problem) for j in range(len(problem.unknowns))]
        for e in problem.equations
    ]
    # A determinant by rounding away from zero, rows scaled to one, is one that is not zero.
    if None not in itertools.chain(*leading) and _determinant(leading) > SAME:
        raise ProblemError(
            f"got {_counted(len(problem.conditions))}, but the equations are of order {needed} "
            f"in all and take {needed}; without them there are many solutions"
        )


def _determinant(rows: Any) -> float:
    """Return the size of the determinant of the rows, each scaled to length one."""
    matrix = np.array(rows, dtype=float)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return float(abs(np.linalg.det(matrix / np.where(lengths > 0, lengths, 1))))


def _check_face_count(problem: Stated) -> None:
    """Hold one PDE of order m in x, with constant leading coefficient, to m conditions across x."""
    for index, variable in enumerate(problem.variables):
        needed = problem.orders[0][index]
        given = [c for c in problem.conditions if _on_face(c, 0, index, integrals=True)]
        if len(given) >= needed or len(problem.equations) != 1:
            continue
        pure = tuple(needed if i == index else 0 for i in range(len(problem.variables)))
        if _leading(problem.equations[0], 0, pure, problem):
            _, lower, upper = list(problem.domain)[index]
            raise ProblemError(
                f"got {_counted(len(given))} at {variable} = {number(lower)} or {number(upper)}, "
                f"but the equation is of order {needed} in {variable} and takes {needed} "
                "to be well posed"
            )


def _check_boundary(problem: Stated, domain: Shaped) -> None:
    """Hold equations of second and higher order to conditions on all of the boundary of a region.

    One unknown in an equation of order 2 m in space takes m of them everywhere, several unknowns
    one at least; equations of first order, as those of transport, take none where what they carry
    leaves.
    """
    space = len(domain.space.variables)
    highest = max(sum(t.orders[:space]) for e in problem.equations for t in e.traces)
    for condition in (c for c in problem.conditions if c.part is not None):
        order = max(sum(t.orders[:space]) for t in condition.traces)
        if order >= highest:
            raise ProblemError(
                f"the condition `{condition.source}` holds a derivative of order {order}; the "
                f"equations are of order {highest}, so conditions on the boundary hold derivatives "
                "of lower order only"
            )
    if highest < 2:
        return
    needed = highest // 2 if len(problem.unknowns) == 1 else 1
    parts = [c.part for c in problem.conditions if c.part is not None]
    bare = domain.bare(parts, needed)
    if bare:
        kinds = "a condition" if needed == 1 else f"{needed} conditions"
        raise ProblemError(
            f"the boundary of {domain.space} takes {kinds} everywhere; there are too few on "
            f"{bare}. region.plot() shows walls and their numbers; on_boundary(..., where=...) "
            "names them"
            if parts
            else f"got no condition on the boundary of {domain.space}; give one, as in "
            f"on_boundary(Eq({problem.unknowns[0]}, 0))"
        )


def _counted(count: int) -> str:
    return f"{count or 'no'} condition{'s' * (count != 1)}"


def _leading(
    equation: Relation, unknown: int, orders: tuple[int, ...], problem: Stated
) -> float | None:
    """Return the coefficient of a derivative if it is a constant, else None."""
    for trace, symbol in zip(equation.traces, equation.symbols, strict=True):
        if trace.unknown == unknown and trace.orders == orders:
            coefficient = sympy.diff(equation.residual, symbol)
            if coefficient.free_symbols - set(problem.parameters) or coefficient.has(AppliedUndef):
                return None
            return real(
                coefficient, f"the leading coefficient of `{equation.source}`", problem.parameters
            )
    return 0.0
