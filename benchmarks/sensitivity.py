"""What a constant is worth: problems of the registry with other values in its place.

    python benchmarks/sensitivity.py adaptivity.shape:TRIED 200 400 800 -- plane_name line_name ...

For each value: how many of these problems (names, or tags as `two-point`) meet their tolerance,
the largest error over its tolerance, the median of estimates over errors, attempts in all, and
seconds of the processor. `elliptic_planes*6` is six statements drawn at random, always the same, of
a family of `tests/properties/strategies.py`, at the tighter of its tolerances. A value is written
in Python, in the terms of the module. With `--steps` in the place of a constant it
prints what Gauss-Newton took from afar instead: how many runs came to rest, the most steps of one,
and the longest stretch in which neither its steps nor its residual halved.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from tests.properties.statement import Statement
from tests.properties.test_random import FAMILIES

import sigmajet as sj
from registry import CASES, Case
from sigmajet.discretization.collocation import fit
from sigmajet.nonlinear.gauss_newton import Descent, gauss_newton


@dataclass(frozen=True)
class Drawn:
    """A statement drawn at random, as a case."""

    name: str
    statement: Statement
    tol: float

    def problem(self) -> sj.Problem:
        return self.statement.problem

    def error(self, solution: sj.Solution) -> float:
        return self.statement.error(solution)


def drawn(text: str) -> list[Drawn]:
    """Draw the statements that `family*number` names."""
    name, _, number = text.partition("*")
    family = next(f for f in FAMILIES if f.__name__ == name)
    found: list[Statement] = []

    @settings(
        max_examples=int(number),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(family())
    def take(statement: Statement) -> None:
        found.append(statement)

    take()
    tol = 10.0 ** -FAMILIES[family][1]
    return [Drawn(f"{name} {k}", statement, tol) for k, statement in enumerate(found)]


@contextmanager
def replaced(place: str, text: str) -> Iterator[None]:
    """Put a value where a constant is, and wherever that was imported to."""
    owner, name = place.split(":")
    for strategy in ("boundary_value.steady", "initial_value", "evolution.evolution"):
        importlib.import_module(f"sigmajet.solvers.{strategy}")  # or they would load what is put in
    module = importlib.import_module(f"sigmajet.{owner}")
    value = eval(text, dict(vars(module)))
    if "." in name:  # a field of a class: its default
        name, _, field = name.partition(".")
        init = getattr(module, name).__init__
        defaults = init.__defaults__
        given = [f.name for f in fields(getattr(module, name)) if f.default is not MISSING]
        pairs = zip(given, defaults, strict=True)
        init.__defaults__ = tuple(value if each == field else old for each, old in pairs)
        yield
        init.__defaults__ = defaults
        return
    old = getattr(module, name)
    holding = [
        m for m in list(sys.modules.values()) if m and getattr(m, "__dict__", {}).get(name) is old
    ]
    chosen = [m for m in holding if m is module or not name.startswith("_")]
    for each in chosen:
        setattr(each, name, value)
    try:
        yield
    finally:
        for each in chosen:
            setattr(each, name, old)


def solved(case: Case | Drawn) -> sj.Solution | None:
    """Return the solution of a case, converged or not; None where it is refused."""
    try:
        guess = case.statement.guess if isinstance(case, Case) else None
        return sj.solve(case.problem(), tol=case.tol, on_failure="return", guess=guess)
    except sj.ProblemError:
        return None


def row(cases: list[Case | Drawn]) -> str:
    """Solve all and sum up."""
    start = time.process_time()
    errors, ratios, attempts = [], [], 0
    for case in cases:
        solution = solved(case)
        error = np.inf if solution is None else case.error(solution)
        errors.append(error / case.tol)
        if solution is not None and error > 0.0:
            ratios.append(solution.error_estimate / error)
            attempts += len(solution.report.attempts)
    seconds = time.process_time() - start
    met = sum(each <= 1.0 for each in errors)
    return (
        f"{met:4d} of {len(cases)}  {max(errors):9.1e}  {np.median(ratios):9.1f}  {attempts:8d}  "
        f"{seconds:7.1f}"
    )


def stretch(history: list[tuple[float, float]]) -> int:
    """The longest run of steps after which neither size nor residual is half of the least."""
    least, longest, now = history[0], 0, 0
    for each in history[1:]:
        fell = any(a < 0.5 * b for a, b in zip(each, least, strict=True))
        least = (min(each[0], least[0]), min(each[1], least[1])) if fell else least
        now = 0 if fell else now + 1
        longest = max(longest, now)
    return longest


def steps(cases: list[Case | Drawn]) -> None:
    """Print what Gauss-Newton took, case by case."""
    runs: list[tuple[bool, list[tuple[float, float]]]] = []

    class Watched(Descent):
        def share(self, step: Any, moved: float) -> tuple[float, bool]:
            history.append((float(moved), float(step.level(0.0))))
            return super().share(step, moved)

    def watched(*given: Any, **options: Any) -> Any:
        history.clear()
        found = gauss_newton(*given, **options)
        runs.append((found.status.settled, list(history)))
        return found

    history: list[tuple[float, float]] = []
    fit.gauss_newton, fit.Descent = watched, Watched  # type: ignore[attr-defined,assignment]
    print(f"{'':38s} runs at rest  most steps  longest stretch")
    for case in cases:
        runs.clear()
        solved(case)
        rest = [each for settled, each in runs if settled and each]
        if rest:
            most, longest = max(map(len, rest)), max(map(stretch, rest))
            print(f"{case.name:38s} {len(rest):4d} of {len(runs):3d}  {most:10d}  {longest:15d}")


def main() -> None:
    """Read the command line and print a row a value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("place", nargs="?", help="room.file:NAME or room.file:Class.field")
    parser.add_argument("values", nargs="*", help="literals, then -- and names or tags of cases")
    parser.add_argument("--steps", action="store_true")
    given = sys.argv[1:]
    names = given[given.index("--") + 1 :] if "--" in given else []
    read = parser.parse_args(given[: given.index("--")] if "--" in given else given)
    cases: list[Case | Drawn] = [
        c
        for c in CASES
        if c.name in names or (set(names) & c.tags and not c.tags & {"slow", "hard"})
    ]
    for name in names:
        cases += drawn(name) if "*" in name else []
    if read.steps:
        steps(cases)
        return
    solved(cases[0])  # what is loaded once is in no value's time
    print(f"{read.place}: met, largest error / tol, median estimate / error, attempts, seconds")
    for text in read.values:
        with replaced(read.place, text):
            print(f"{text:>16s}  {row(cases)}", flush=True)


if __name__ == "__main__":
    main()
