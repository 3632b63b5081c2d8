"""SciPy's `solve_bvp` on the registry's ordinary differential equations.

The statement is reduced to first order with SymPy, as a user would by hand: y_k stands for the
k-th derivative, the equation is solved for the highest one, and a condition at either end
becomes an expression in the values there. Starts from zero on 11 nodes; tol 1e-10.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy.integrate import solve_bvp
from sympy.core.function import AppliedUndef

from registry import Case

TOLERANCE = 1e-10
NODES = 200_000  # as many as fit in some seconds

Solution = Callable[[np.ndarray], np.ndarray]


def applies(case: Case) -> bool:
    """One unknown on an interval, conditions at its ends, regular leading coefficient."""
    # On an interval of nanometres it adds nodes until 24 GB are full: units are left out.
    unsuited = {"system", "multipoint", "singular", "hard", "units"}
    return "ode" in case.tags and case.tags.isdisjoint(unsuited)


def solve(case: Case) -> tuple[Solution, str]:
    rates, ends, (a, b), order = first_order(case)
    mesh = np.linspace(a, b, 11)
    with np.errstate(all="ignore"):
        run = solve_bvp(rates, ends, mesh, np.zeros((order, 11)), tol=TOLERANCE, max_nodes=NODES)
    return lambda x: run.sol(x)[0], "" if run.success else "reports failure"


def first_order(case: Case) -> tuple[Any, Any, tuple[float, float], int]:
    """Right-hand side, end conditions, interval and order."""
    s = case.statement
    unknown = s.unknowns
    (variable,) = unknown.args
    (bounds,) = s.domain.values()
    (equation,), conditions = s.relations
    equation = equation.lhs - equation.rhs
    order = max(d.derivative_count for d in equation.atoms(sympy.Derivative))
    y = sympy.symbols(f"y0:{order}")
    highest = sympy.Dummy()
    for k in range(order, 0, -1):
        derivative = unknown.diff(variable, k)
        equation = equation.subs(derivative, highest if k == order else y[k])
    (top,) = sympy.solve(equation.subs(unknown, y[0]), highest)
    at_ends = [sympy.symbols(f"{side}0:{order}") for side in "ab"]

    def traced(statement: sympy.Eq) -> sympy.Expr:
        """Replace u(a), u'(a), ... by symbols."""
        expression = statement.lhs - statement.rhs
        for end, symbols in zip(bounds, at_ends, strict=True):
            for k in range(order - 1, -1, -1):
                trace = unknown.diff(variable, k).subs(variable, end) if k else unknown.func(end)
                expression = expression.subs(trace, symbols[k])
        if expression.atoms(AppliedUndef):
            raise ValueError(f"{case}: {statement} is not at an end")
        return expression

    parameters = s.parameters or {}
    functions = ["scipy", "numpy"]
    rate = sympy.lambdify([variable, y], top.subs(parameters), functions)
    residual = sympy.lambdify(at_ends, [traced(c).subs(parameters) for c in conditions], functions)

    def rates(x: np.ndarray, state: np.ndarray) -> np.ndarray:
        return np.vstack([state[1:], rate(x, state) * np.ones_like(x)])

    def ends(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.array(residual(left, right), float)

    return rates, ends, (float(bounds[0]), float(bounds[1])), order
