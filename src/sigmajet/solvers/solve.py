"""The front door: choose a strategy, run it, judge the outcome."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from threadpoolctl import ThreadpoolController

from .._types import Method
from ..adaptivity.estimate import VIOLATED, mismatches, undefined
from ..analysis.ordinary.branches import other_slopes
from ..approximation.field import Differentiable
from ..approximation.norm import draw_sample
from ..errors import ProblemError
from ..problem.compiled.formulas import Formulas
from ..problem.compiled.system import System
from ..problem.statement import Problem
from ..problem.terms.constant import real
from ..solution.outcome import UNDETERMINED, Outcome
from ..solution.report import Report
from ..solution.solution import NotConverged, Solution
from ..timestepping.windows.event import read_event
from .base import OnFailure, Options
from .boundary_value.steady import solve_steady
from .initial_value import prepare, solve_initial_value

__all__ = ["solve"]


Strategy = Callable[[System, Options], Outcome]

_NOTHING_KNOWN = 0.5  # estimate that is none
# In many variables networks of all widths leave out the same high degrees: that two of them share
# one digit says little.
_NOTHING_KNOWN_OF_MANY = 0.01
_NEAR_ROUNDING = 1e-6  # estimate below which rounding, amplified by an operator, is likely

# The method that looks at an argument, and in words.
_USED: dict[str, tuple[Method, str]] = {
    "guess": ("steady", "boundary-value problems"),
    "continuation": ("steady", "boundary-value problems"),
    "stop_when": ("initial_value", "initial-value problems of ordinary differential equations"),
    "checkpoint": ("evolution", "evolutions in time"),
}

# Finding the BLAS libraries takes as long as a small problem: once, when all are loaded.
_LIBRARIES = ThreadpoolController()


def solve(
    problem: Problem,
    tol: float = 1e-8,
    width: int | None = None,
    seed: int = 0,
    method: Method = "auto",
    progress: bool | Callable[[str, float], None] = False,
    on_failure: OnFailure = "raise",
    *,
    guess: Any = None,
    continuation: Mapping[Any, Any] | None = None,
    stop_when: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Solution:
    """Solve a differential problem and estimate the error of the answer.

    Parameters
    ----------
    problem : Problem
        The statement.
    tol : float, optional
        Wanted relative L2 error over the domain, for each unknown. Default 1e-8; below
        about 1e-13 rounding stands in the way.
    width : int, optional
        Neurons of each block. By default grown until the tolerance is met.
    seed : int, optional
        Of the inner weights and the points; the same seed gives the same answer.
    method : {"auto", "steady", "initial_value", "evolution"}, optional
        "steady" fits all variables at once; "initial_value" goes from window to window along a
        line; "evolution" integrates in `problem.time` with a network in space. "auto" takes
        "initial_value" where all conditions of an ordinary differential equation are posed at one
        end, "evolution" where the problem names a time and can be integrated; the report says
        why.
    progress : bool or callable, optional
        True writes lines to standard error; a callable gets `(message, fraction)`, after each
        attempt and each step in time. The fraction is of the present run, and may start anew.
    on_failure : {"raise", "warn", "return"}, optional
        What to do where the error estimate stays above `tol`, or where an interrupt (Ctrl-C) ends
        an evolution before its time: what is done is handed on in the same way.
    guess : expression, dict of unknown to expression, or Solution, optional
        Where to start a nonlinear boundary-value problem; with several solutions it chooses one.
        Linear problems need none.
    continuation : dict of Symbol to number, optional
        Easy values of some parameters of a nonlinear boundary-value problem, `{nu: 1}`: the
        solution is followed from there to the parameters of the problem.
    stop_when : Eq or expression, optional
        Of an initial-value problem: stop at the first change of sign of left minus right side, in
        either direction, after the start. May hold the unknowns, their derivatives to the
        order of the equations, and the variable. The solution then is defined up to there;
        `report.stopped` is the place.
    checkpoint : path, optional
        Of an evolution: a file that is kept up to date while it runs. The same call with the
        same file goes on where the last one was interrupted, to the same answer bit for bit.

    Returns
    -------
    Solution
        Callable, with `error_estimate`, `converged` and `report`.

    Raises
    ------
    ProblemError
        If the statement does not determine a solution, or an argument does nothing for the
        method that solves the problem.
    NotConverged
        If the error estimate stays above `tol`, or the solution ends before its domain does; it
        carries the best solution.

    Examples
    --------
    >>> import sigmajet as sj
    >>> from sympy import Eq, Function, symbols
    >>> x, u = symbols("x"), Function("u")
    >>> problem = sj.Problem(
    ...     Eq(u(x).diff(x, 2), -u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 1)]
    ... )
    >>> solution = sj.solve(problem, tol=1e-10)
    >>> print(f"{solution(0.5):.10f}")  # sin(1/2) / sin(1)
    0.5697469637
    """
    if not isinstance(problem, Problem):
        raise ProblemError(
            f"solve: got {type(problem).__name__}, expected a Problem; "
            "for a file use load_problem(path)"
        )
    options = Options.check(
        tol,
        width,
        seed,
        progress,
        method=method,
        on_failure=on_failure,
        guess=_read_guess(problem, guess),
        continuation=_read_continuation(problem, continuation),
        checkpoint=checkpoint,
    )
    start = time.perf_counter()
    system = System.compile(problem)
    chosen, strategy, reason = _choose(system, method)
    given = {
        "guess": guess,
        "continuation": continuation,
        "stop_when": stop_when,
        "checkpoint": checkpoint,
    }
    _refuse_unused([name for name, value in given.items() if value is not None], chosen, reason)
    if stop_when is not None:
        options = replace(options, stop_when=read_event(problem, stop_when))
    # Threads of the linear algebra that share a core spin, and cost a factor of five on a busy
    # machine; what can run side by side are independent solves.
    with _LIBRARIES.limit(limits=1, user_api="blas"):
        outcome = strategy(system, options)
    converged = outcome.converged and outcome.best.estimate <= options.tol
    _refuse_undetermined(system, outcome)
    _refuse_ambiguous(system, outcome)
    notes = outcome.notes if converged else (*outcome.notes, *_causes(system, outcome, options))
    # Solutions apart by half their size have no digit in common, and the truth may be any size.
    limit = _NOTHING_KNOWN if len(problem.variables) <= 3 else _NOTHING_KNOWN_OF_MANY
    estimate = outcome.best.estimate if outcome.best.estimate < limit else np.inf
    solution = Solution(
        problem if outcome.reached is None else problem.ending_at(outcome.reached),
        outcome.field,
        estimate,
        converged,
        Report(
            method=outcome.method,
            reason=reason,
            blocks=outcome.best.blocks,
            width=outcome.best.width,
            seed=options.seed,
            tol=options.tol,
            seconds=time.perf_counter() - start,
            residual=outcome.best.residual,
            attempts=outcome.attempts,
            notes=notes,
            stopped=outcome.reached,
            ending=outcome.ending,
        ),
    )
    if not converged:
        message = _failure(solution)
        if on_failure == "raise":
            raise NotConverged(message, solution)
        if on_failure == "warn":
            warnings.warn(message, stacklevel=2)
    return solution


def _read_guess(problem: Problem, guess: Any) -> Differentiable | None:
    if guess is None:
        return None
    if not isinstance(guess, Solution):
        return Formulas(problem, guess)
    if len(guess.problem.unknowns) != len(problem.unknowns) or (
        guess.problem.domain != problem.domain
    ):
        raise ProblemError(
            f"guess: got {guess!r}, expected a solution with as many unknowns on the same domain"
        )
    return guess.field


def _read_continuation(
    problem: Problem, continuation: Mapping[Any, Any] | None
) -> dict[sympy.Symbol, float]:
    easy = {}
    for symbol, value in (continuation or {}).items():
        if symbol not in problem.parameters:
            known = ", ".join(map(str, problem.parameters)) or "none"
            raise ProblemError(
                f"continuation: got {symbol}, expected a parameter of the problem ({known}); "
                "name the coefficient in Problem(..., parameters={...})"
            )
        easy[symbol] = real(value, f"continuation in {symbol}")
    return easy


def _refuse_unused(given: Sequence[str], method: Method, reason: str) -> None:
    """Raise if an argument that was given does nothing for the method."""
    for name in given:
        takes, used = _USED[name]
        if takes != method:
            raise ProblemError(
                f"{name}: used by {used} alone; this problem is solved by "
                f'method="{method}" ({reason}): leave {name} out'
            )


def _choose(system: System, method: Method) -> tuple[Method, Strategy, str]:
    """The method for a problem, its strategy, and why."""
    problem = system.problem
    asked = "asked for"
    if method == "initial_value":
        return method, solve_initial_value, asked
    if method == "auto" and len(problem.variables) == 1:
        strategy = prepare(system)
        if strategy is not None:
            why = "an ordinary differential equation with conditions at one end"
            return "initial_value", strategy, why
    if method == "steady" or (method == "auto" and problem.time is None):
        return "steady", solve_steady, asked if method == "steady" else "no variable is time"
    if problem.time is None:
        raise ProblemError(
            'method="evolution" needs a time; got a problem without one: give Problem(..., time=t)'
        )
    from ..problem.compiled.evolution import EvolutionModel
    from .evolution.evolution import solve_evolution  # its integrators take long to import

    if method == "evolution":
        return method, solve_evolution, asked
    try:
        EvolutionModel(system)
    except ProblemError as refusal:
        return "steady", solve_steady, f"{problem.time} is time, but {refusal}"
    return "evolution", solve_evolution, f"{problem.time} is time"


def _refuse_undetermined(system: System, outcome: Outcome) -> None:
    """Raise if noise at rounding level moves the solution by more than the solution.

    A nonlinear iteration that did not come to rest may well be singular where it stands.
    """
    if outcome.amplification < UNDETERMINED or not outcome.converged:
        return
    consistent = all(
        mismatch < VIOLATED for _, mismatch in mismatches(system, outcome.field, outcome.partition)
    )
    raise ProblemError(
        "the statement does not determine a solution: "
        + (
            "some function can be added to any solution without violating an equation or a "
            "condition. A condition is missing, or one more must pin it (its value at a point, "
            "or its mean)"
            if consistent and outcome.best.residual < VIOLATED
            else "an equation and its conditions contradict each other (resonance): there is no "
            "solution, or the data must satisfy a further condition"
        )
    )


def _refuse_ambiguous(system: System, outcome: Outcome) -> None:
    """Raise if the conditions leave open which root of an implicit equation is meant."""
    if outcome.method != "initial_value" and outcome.converged and not system.problem.linear:
        other = other_slopes(system, outcome.field)
        if other is not None:
            raise ProblemError(
                f"the statement has several solutions: {other}; "
                "give one more condition, the value of that derivative at a point"
            )


def _causes(system: System, outcome: Outcome, options: Options) -> tuple[str, ...]:
    """Likely causes of an estimate above the tolerance, most telling first."""
    if outcome.ending:
        return ()  # which says why
    causes = []
    if system.problem.linear:
        sample = draw_sample(outcome.partition, options.seed)
        for source, point in undefined(system, sample, outcome.partition):
            place = ", ".join(
                f"{v} = {p:.3g}" for v, p in zip(system.problem.variables, point, strict=True)
            )
            causes.append(
                f"the equation `{source}` is not a real number on part of the domain, as at "
                f"{place}: a coefficient or source has to be finite and real everywhere"
            )
    if not outcome.converged and outcome.method == "steady":
        causes.append(
            "Gauss-Newton did not come to rest: the problem may have no solution, or a start "
            "nearer to it is needed"
        )
    if outcome.growing:
        causes.append(
            "disturbances of the data grow with the number of neurons: a function may be free, as "
            "at a resonance, or the problem is ill-posed"
        )
    # A march keeps its conditions; what networks make of a derivative of order 19 is rounding.
    fitted = outcome.method != "initial_value"
    violated = mismatches(system, outcome.field, outcome.partition) if fitted else []
    for source, mismatch in sorted(violated, key=lambda m: -m[1]):
        if mismatch > max(VIOLATED, 10 * options.tol):
            causes.append(
                f"the condition `{source}` is violated by {mismatch:.1e} of its terms: it may "
                "contradict another condition or the equation"
            )
    if outcome.contradiction:
        causes.append(
            f"a residual of {outcome.contradiction:.1e} of the equations' terms is spread over the "
            "domain and does not fall on more neurons: the conditions may contradict the "
            "equations, as fluxes through the walls that do not balance the sources do"
        )
    if not causes and outcome.best.residual > 1e-2:
        causes.append(
            "the equations are not met between the collocation points: the solution has detail "
            "(a layer, a singularity, oscillation) that the network does not resolve"
        )
    if not causes and options.width is not None:
        causes.append("width is fixed: leave it out, and networks grow until tol is met")
    elif not causes and outcome.exhausted:
        causes.append("finer discretisations would be too large: try a larger tol")
    elif not causes and outcome.best.estimate < _NEAR_ROUNDING:
        causes.append(
            "finer discretisations gained no more, which rounding may explain: try a larger tol"
        )
    return tuple(causes)


def _failure(solution: Solution) -> str:
    lines = [
        str(solution.failure),
        *(f"- {note}" for note in solution.report.notes),
        "The best solution is in the attribute `solution` of this exception; "
        'on_failure="return" hands it back.',
    ]
    return "\n".join(lines)
