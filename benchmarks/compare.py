"""sigmajet beside its peers: error and time on the same problems, in one run.

    make compare

writes docs/measurements/comparison.md. Every method is timed once, from statement to solution,
after one small problem has loaded its libraries; the error is the relative L2 error against the
registry's exact solution, taken by one and the same function.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from peers import bvp, pinn, rfm, spectral
from rich.progress import track

import sigmajet as sj
from registry import CASES, Case

METHODS = {"solve_bvp": bvp, "spectral": spectral, "pyrfm": rfm, "deepxde": pinn}
PACKAGES = ("sigmajet", "numpy", "scipy", "sympy", "pyrfm", "deepxde", "torch")
PAGE = Path(__file__).parent.parent / "docs" / "measurements" / "comparison.md"

HEAD = """\
# Beside the peers

This page is written by `make compare` (`benchmarks/compare.py`); nothing on it is typed in.

Each row is one problem of the registry under `tests/registry`, solved once by each method in
one run on one machine. Errors are relative L2 errors against the exact solution. Seconds are of
processor time on one core, from the statement to the solution, without imports. Read the rows
with this in mind:

- The methods are not asked for the same accuracy. sigmajet gets the tolerance that the registry
  states for the case (in its row), `solve_bvp` 1e-10 always, the spectral codes 1e-12. Where
  sigmajet is asked for less than 1e-10, its time is for less work.
- The networks of DeepXDE are trained for fewer steps than in its examples (both numbers in the
  row) and with one seed, so its errors are upper bounds of what it can reach, not its best.
- The registry's hard cases (singular, thin or ill-posed) and the slow ones are not here.
- `solve_bvp` is not given the cases in small units: on an interval of nanometres it adds nodes
  until 24 GB of memory are full.
- For sigmajet the estimate is what it said of its own error; "over tolerance" means that it
  raised `NotConverged`, and the row shows the solution which that error carries.

**A smooth problem on an interval or a box belongs to a spectral method**, as the rows show, if
one writes the discretisation; and a two-point boundary-value problem has a good home in
`solve_bvp`, if one reduces it to first order and has a starting guess (here zero). What sigmajet
adds is that the equation is the input, in any order and in several dimensions, and that an
estimate of the error comes with the answer.
"""

GROUPS: dict[str, Callable[[Case], bool]] = {
    "Beside networks trained by automatic differentiation": lambda c: "benchmark" in c.tags,
    "Beside other random features": lambda c: "random-features" in c.tags,
    "Ordinary differential equations": lambda c: (
        "ode" in c.tags and c.tags.isdisjoint({"two-point", "benchmark", "initial-value"})
    ),
    "The test set of Cash and Mazzia": lambda c: "two-point" in c.tags,
    "Initial-value problems of SymPy's tests": lambda c: "initial-value" in c.tags,
    "Many dimensions": lambda c: "many-dimensions" in c.tags,
}


@dataclass(frozen=True)
class Result:
    error: float
    seconds: float
    note: str = ""


def by_sigmajet(case: Case) -> Result:
    def solve(case: Case):
        solution = sj.solve(case.problem(), tol=case.tol, on_failure="return")
        over = "" if solution.converged else ", over tolerance"
        return solution, f"asked {case.tol:.0e}, estimate {solution.error_estimate:.0e}{over}"

    return timed(solve, case)


def timed(solve: Callable[[Case], tuple[Any, str]], case: Case) -> Result:
    started = time.process_time()
    try:
        solution, note = solve(case)
    except Exception as problem:  # a failure is a result, whatever its type
        return Result(np.nan, time.process_time() - started, f"raises {type(problem).__name__}")
    seconds = time.process_time() - started
    return Result(case.error(solution), seconds, note)


def compare(cases: Iterable[Case]) -> dict[Case, dict[str, Result]]:
    table = {}
    for case in cases:
        table[case] = {"sigmajet": by_sigmajet(case)}
        for name, peer in METHODS.items():
            if peer.applies(case):
                table[case][name] = timed(peer.solve, case)
    return table


def chosen() -> list[Case]:
    return [
        c
        for c in CASES
        if c.tags.isdisjoint({"slow", "hard"}) and any(belongs(c) for belongs in GROUPS.values())
    ]


def page(table: dict[Case, dict[str, Result]], load: list[float]) -> str:
    versions = ", ".join(f"{p} {version(p)}" for p in PACKAGES)
    machine = f"Python {platform.python_version()}; {os.cpu_count()} cores, {platform.machine()}"
    busy = " and ".join(f"{v:.1f}" for v in load)
    lines = [HEAD, f"Versions: {versions}; {machine}. Load before and after the run: {busy}.\n"]
    for title, belongs in GROUPS.items():
        rows = {case: results for case, results in table.items() if belongs(case)}
        if rows:
            lines += [f"## {title}\n", *summary(rows), "", *details(rows), ""]
    return "\n".join(lines)


def summary(rows: dict[Case, dict[str, Result]]) -> Iterator[str]:
    yield "| method | problems | error at most 1e-8 | median error | median seconds | in all |"
    yield "|---|---|---|---|---|---|"
    for method in ("sigmajet", *METHODS):
        results = [r[method] for r in rows.values() if method in r]
        if results:
            errors, seconds = np.array([(r.error, r.seconds) for r in results]).T
            good = int((errors <= 1e-8).sum())
            median = np.median(np.nan_to_num(errors, nan=np.inf))
            yield (
                f"| {method} | {len(results)} | {good} | {median:.1e} "
                f"| {np.median(seconds):.2g} | {seconds.sum():.2g} s |"
            )


def details(rows: dict[Case, dict[str, Result]]) -> Iterator[str]:
    yield "| problem | method | error | seconds | relative to sigmajet's | |"
    yield "|---|---|---|---|---|---|"
    for case, results in rows.items():
        for method, r in results.items():
            problem = f"`{case}`" if method == "sigmajet" else ""
            error = "none" if np.isnan(r.error) else f"{r.error:.1e}"
            ratio = r.seconds / results["sigmajet"].seconds
            times = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"
            yield f"| {problem} | {method} | {error} | {r.seconds:.2g} | {times} | {r.note} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="print the rows of the cases whose name holds this")
    wanted = parser.parse_args().only
    cases = [c for c in chosen() if wanted is None or wanted in c.name]
    pinn.load()
    rfm.load()
    warm = next(c for c in CASES if not pinn.applies(c) and bvp.applies(c))
    compare([warm])  # load the other libraries, fill caches
    load = [os.getloadavg()[0]]
    table = compare(track(cases, description="comparing"))
    load.append(os.getloadavg()[0])
    text = page(table, load)
    if wanted is None:
        PAGE.write_text(text)
        print(f"wrote {PAGE}")
    else:
        print(text)


if __name__ == "__main__":
    main()
