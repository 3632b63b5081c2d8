"""The front door: choose a strategy, run it, hand back what came of it."""

from __future__ import annotations

import functools
import inspect
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ParamSpec

import numpy as np
from threadpoolctl import ThreadpoolController

from .._types import Method
from ..analysis.units import refuse_units
from ..approximation.network.network import PLAIN
from ..approximation.norm import Sampled, draw_sample, most_with_digits, without_digits
from ..errors import NotConverged, ProblemError
from ..geometry.partition import Partition
from ..problem.compiled.refusal import Refusal
from ..problem.compiled.system import System
from ..problem.statement import Problem
from ..problem.terms.vocabulary import did_you_mean
from ..randomness import PROBES
from ..rules.judgement import A_DIGIT
from ..solution.outcome import Outcome
from ..solution.report import Report
from ..solution.solution import Solution
from ..solution.status import Status
from . import initial_value
from .base import OnFailure, Options, Plan
from .boundary_value import steady as boundary_value
from .memory import refuse_width

__all__ = ["choose", "solve", "unsaid_time"]


# What takes an argument that not all methods take, in words.
_USED_BY = {
    "guess": "boundary-value problems and deep networks",
    "continuation": "boundary-value problems",
    "enrich": "boundary-value problems",
    "stop_when": "initial-value problems of ordinary differential equations",
    "checkpoint": "evolutions in time and deep networks",
    "layers": "deep networks",
    "steps": "deep networks",
    "seconds": "deep networks",
}

# Finding the BLAS libraries takes as long as a small problem: once, when all are loaded.
_LIBRARIES = ThreadpoolController()


Asked = ParamSpec("Asked")


def _as_stated(function: Callable[Asked, Solution]) -> Callable[Asked, Solution]:
    """Take from the problem's own options what a call of `solve` does not give."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def solving(*args: Asked.args, **kwargs: Asked.kwargs) -> Solution:
        given = signature.bind(*args, **kwargs)
        problem = given.arguments["problem"]
        if isinstance(problem, Problem):
            _refuse_unknown(problem.solve_options, signature)
            given.arguments = {**problem.solve_options, **given.arguments}
        return function(*given.args, **given.kwargs)

    return solving


def _refuse_unknown(options: Mapping[str, Any], signature: inspect.Signature) -> None:
    for name in options:
        if name not in signature.parameters or name == "problem":
            raise ProblemError(
                f"solve_options: {name} is no argument of solve"
                + did_you_mean(name, signature.parameters)
            )


@_as_stated
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
    enrich: Sequence[Any] | None = None,
    stop_when: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    layers: Sequence[int] | None = None,
    steps: int | None = None,
    seconds: float | None = None,
) -> Solution:
    """Solve a differential problem and estimate the error of the answer.

    Parameters
    ----------
    problem : Problem
        The statement. What a file gives in its `[solve]` table, `problem.solve_options`, holds
        for the arguments that are not given here.
    tol : float, optional
        Wanted relative L2 error over the domain, for each unknown. Default 1e-8; below
        about 1e-13 rounding stands in the way. Above 0.3, and in more than three variables above
        0.01, an estimate says nothing: what is larger asks for that.
    width : int, optional
        Neurons of each block. By default grown until the tolerance is met. The solution of an
        initial-value problem is a polynomial on each window; a width asks for it as networks
        instead, which costs digits, the most of them in higher derivatives.
    seed : int, optional
        Of the inner weights and the points; the same seed gives the same answer.
    method : {"auto", "steady", "initial_value", "evolution", "deep"}, optional
        "steady" fits all variables at once; "initial_value" goes from window to window along a
        line; "evolution" integrates in `problem.time` with a network in space. "auto" takes
        "initial_value" where all conditions of an ordinary differential equation are posed at one
        place, "evolution" where the problem names a time and can be integrated; the report says
        why. "deep" trains a network of several layers, which is never chosen by itself: it takes
        minutes, and reaches fewer digits than the others where these have a smooth function of
        few variables before them.
    progress : bool or callable, optional
        True writes lines to standard error, and in a notebook shows a bar; a callable gets
        `(message, fraction)`, after each attempt and each step in time. The fraction is of the
        present run, and may start anew.
    on_failure : {"raise", "warn", "return"}, optional
        What to do where the error estimate stays above `tol`, or where an interrupt (Ctrl-C) ends
        an evolution before its time: what is done is handed on in the same way.
    guess : expression, dict of unknown to expression, Solution, or module, optional
        Where to start a nonlinear boundary-value problem; with several solutions it chooses one.
        Linear problems need none. A module is one of PyTorch or Equinox, trained elsewhere: affine
        layers with tanh or the logistic sigmoid between them, from the variables in their order to
        the unknowns. Of a deep network: a module, or the solution of another training, that is
        trained further; the layers are its own.
    continuation : dict of Symbol to number, optional
        Easy values of some parameters of a nonlinear boundary-value problem, `{nu: 1}`: the
        solution is followed from there to the parameters of the problem.
    enrich : sequence of expression, optional
        Of a boundary-value problem: functions of the variables that all cells have in common beside
        their networks, such as a singular function of a known exponent, `r**a * sin(a*theta)`.
        Where they jump, as at the branch cut of an angle, is to be outside of the domain. A
        solution with them cannot be saved.
    stop_when : Eq or expression, optional
        Of an initial-value problem: stop at the first change of sign of left minus right side, in
        either direction, after the start. May hold the unknowns, their derivatives to the
        order of the equations, and the variable. The solution then is defined up to there;
        `report.stopped` is the place.
    checkpoint : path, optional
        Of an evolution or a deep network: a file that is kept up to date while it runs. The same
        call with the same file goes on where the last one was interrupted, to the same answer bit
        for bit.
    layers : sequence of int, optional
        Of a deep network: the neurons of each hidden layer, by default (20, 20, 20). A step takes
        time like the square of the number of weights, or its cube.
    steps : int, optional
        Of a deep network: how many steps of Levenberg and Marquardt's method to train it at most,
        by default 500. Fewer where the error estimate meets `tol` before.
    seconds : float, optional
        Of a deep network: how long to train it at most, by default as long as the steps take.

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
    options = Options.check(tol, width, seed, progress, method=method, on_failure=on_failure)
    start = time.perf_counter()
    system = System.compile(problem)
    refuse_width(options.width, system.unknowns)
    plan, reason = _choose(system, method)
    given = {
        "guess": guess,
        "continuation": continuation,
        "enrich": enrich,
        "stop_when": stop_when,
        "checkpoint": checkpoint,
        "layers": layers,
        "steps": steps,
        "seconds": seconds,
    }
    own = {name: value for name, value in given.items() if value is not None}
    _refuse_unused(own, plan, reason)
    # Threads of the linear algebra that share a core spin, and cost a factor of five on a busy
    # machine; what can run side by side are independent solves.
    with _LIBRARIES.limit(limits=1, user_api="blas"):
        most = _most_that_tells(problem)
        telling = replace(options, tol=min(options.tol, most))
        outcome = plan.run(telling, **own)
        if outcome.at_once and method == "auto" and not own:
            plan, reason, outcome = _at_once(system, telling) or (plan, reason, outcome)
    converged = outcome.status is Status.CONVERGED
    estimate = outcome.best.bound if outcome.best.bound <= most else np.inf
    solved = problem
    for place in outcome.reached:
        solved = solved.ending_at(place)
    solution = Solution(
        solved,
        outcome.field,
        estimate,
        converged,
        Report(
            method=plan.method,
            reason=reason,
            blocks=outcome.best.blocks,
            width=outcome.best.width,
            degree=outcome.best.degree,
            layers=outcome.best.layers,
            seed=options.seed.number,
            tol=options.tol,
            seconds=time.perf_counter() - start,
            residual=outcome.best.residual,
            status=outcome.status,
            attempts=outcome.attempts,
            notes=(
                *_axes(problem),
                *outcome.notes,
                *_small_unknowns(solved, outcome),
                *(() if converged else unsaid_time(problem, plan)),
            ),
            stopped=outcome.reached[-1] if outcome.reached else None,
            ending=outcome.ending,
        ),
        outcome.check,
    )
    if not converged:
        message = _failure(solution)
        if on_failure == "raise":
            raise NotConverged(message, solution)
        if on_failure == "warn":
            warnings.warn(message, stacklevel=3)  # of who called `solve`
    return solution


def choose(problem: Problem, method: Method = "auto") -> tuple[Method, str]:
    """The method that would solve a problem, and why; nothing is solved.

    Raises
    ------
    ProblemError
        If the method asked for does not take the problem.
    """
    plan, reason = _choose(System.compile(problem), method)
    return plan.method, reason


def _most_that_tells(problem: Problem) -> float:
    """The largest estimate that says something; a tolerance above it is met by none that does not.

    Solutions without a digit in common say nothing, and the truth may be any size. In many
    variables networks of all widths leave out the same high degrees: that two of them share one
    digit says little.
    """
    return A_DIGIT**-2.0 if len(problem.variables) > PLAIN else most_with_digits()


def _small_unknowns(problem: Problem, outcome: Outcome) -> Iterator[str]:
    """What the estimate does not say of unknowns that are far smaller than others."""
    if outcome.check is None or len(problem.unknowns) == 1:
        return
    sample = draw_sample(Partition.of(problem.domain.region), PROBES)
    fields = (Sampled(field, sample) for field in (outcome.field, outcome.check))
    for number in without_digits(len(problem.unknowns), *fields):
        name = problem.unknowns[number].func.__name__
        yield (
            f"{name} is below 1e-8 of the largest unknown and no digit of it is known: its error "
            f"counts against that one; for digits of {name} state it in larger units"
        )


def _axes(problem: Problem) -> Iterator[str]:
    """What is asked for on singular axes beside what is stated."""
    for relation in problem.axes:
        yield (
            f"the equation is singular where `{relation.source}` is asked for, which solutions "
            "without a singularity meet there"
        )


def unsaid_time(problem: Problem, plan: Plan) -> Iterator[str]:
    """Which variable an evolution would follow, where everything was solved for at once."""
    if plan.method != "steady" or problem.time is not None or len(problem.variables) == 1:
        return
    for axis, (variable, start) in enumerate(
        zip(problem.variables, problem.domain.lower, strict=True)
    ):
        places = {trace.place[axis] for held in problem.conditions for trace in held.traces}
        if {place for place in places if isinstance(place, float)} != {start}:
            continue
        try:
            evolving = problem.in_time(variable)
        except ProblemError:
            continue
        if isinstance(_prepared(System.compile(evolving), "evolution"), Plan):
            yield (
                f"{variable} has conditions at its start alone, as a time has: with "
                f"Problem(..., time={variable}) the solution is followed from there"
            )


def _refuse_unused(given: Iterable[str], plan: Plan, reason: str) -> None:
    """Raise if an argument that was given does nothing for the method."""
    for name in given:
        if name not in plan.takes:
            raise ProblemError(
                f"{name}: used by {_USED_BY[name]} alone; this problem is solved by "
                f'method="{plan.method}" ({reason}): leave {name} out'
            )


def _choose(system: System, method: Method) -> tuple[Plan, str]:
    """The plan for a problem, and why this one."""
    problem = system.problem
    if method not in ("auto", "initial_value"):  # which takes steps of any length
        refuse_units(system)
    if method != "auto":
        asked = _prepared(system, method)
        if isinstance(asked, Refusal):
            raise ProblemError(asked.reason)
        return asked, "asked for"
    if len(problem.variables) == 1:
        march = _prepared(system, "initial_value")
        if isinstance(march, Plan):
            return march, "an ordinary differential equation with conditions at one place"
    refuse_units(system)
    if problem.time is None:
        return boundary_value.prepare(system), "no variable is time"
    evolution = _prepared(system, "evolution")
    if isinstance(evolution, Plan):
        return evolution, f"{problem.time} is time"
    return boundary_value.prepare(system), f"{problem.time} is time, but {evolution.reason}"


def _at_once(system: System, options: Options) -> tuple[Plan, str, Outcome] | None:
    """What a fit to all of a line gives where a march ended at a singular point at its far end."""
    plan = boundary_value.prepare(system)
    try:
        outcome = plan.run(options)
    except ProblemError:
        return None
    if outcome.status is not Status.CONVERGED:
        return None
    return plan, "a march from the conditions ends at a singular point at the far end", outcome


def _prepared(system: System, method: Method) -> Plan | Refusal:
    """The plan of a method, or why it does not take the problem."""
    if method == "steady":
        return boundary_value.prepare(system)
    if method == "initial_value":
        return initial_value.prepare(system)
    if method == "deep":
        from .deep import deep  # of many files that others do not need

        return deep.prepare(system)
    from .evolution import evolution  # its integrators take long to import

    return evolution.prepare(system)


def _failure(solution: Solution) -> str:
    lines = [
        str(solution.failure),
        *(f"- {note}" for note in solution.report.notes),
        "The best solution is in the attribute `solution` of this exception; "
        'on_failure="return" hands it back.',
    ]
    return "\n".join(lines)
