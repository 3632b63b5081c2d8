"""sigmajet beside its peers: error and time on the same problems, in one run.

    make compare

writes docs/comparison.md. Every method is timed once, from statement to solution, after one
small problem has loaded its libraries; the error is the relative L2 error against the registry's
exact solution, taken by one and the same function.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from peers import bvp, pinn, spectral
from rich.progress import track

import sigmajet as sj
from registry import CASES, Case

METHODS = {"solve_bvp": bvp, "spectral": spectral, "deepxde": pinn}
PACKAGES = ("sigmajet", "numpy", "scipy", "sympy", "deepxde", "torch")
PAGE = Path(__file__).parent.parent / "docs" / "comparison.md"

HEAD = """\
# Beside the peers

This page is written by `make compare` (`benchmarks/compare.py`); nothing on it is typed in.

Each row is one problem of the registry under `tests/registry`, solved once by each method in
one run on one machine, with no method tuned to the problem. Errors are relative L2 errors
against the exact solution. Seconds run from the statement to the solution, without imports. For
sigmajet the estimate is what it said of its own error; "over tolerance" means that it raised
`NotConverged` with that estimate, and the row shows the solution the error carries.

What to read from it: **a smooth problem on an interval or a box belongs to a spectral method**,
and a two-point boundary-value problem to `solve_bvp`, if one is ready to reduce it to first
order and to choose a starting guess; both are faster there. What sigmajet adds is that the
equation is the input, in any order and up to ten dimensions, and that a checked error comes
with the answer. Networks trained by automatic differentiation reach three to five digits in
minutes.
"""


@dataclass(frozen=True)
class Result:
    error: float
    seconds: float
    note: str = ""


def by_sigmajet(case: Case) -> Result:
    def solve(case: Case):
        solution = sj.solve(case.problem(), tol=case.tol, on_failure="return")
        over = "" if solution.converged else ", over tolerance"
        return solution, f"estimate {solution.error_estimate:.0e}{over}"

    return timed(solve, case)


def timed(solve, case: Case) -> Result:
    started = time.perf_counter()
    try:
        solution, note = solve(case)
    except Exception as problem:  # a peer's failure is a result, whatever its type
        return Result(np.nan, time.perf_counter() - started, type(problem).__name__)
    return Result(case.error(solution), time.perf_counter() - started, note)


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
        if any(peer.applies(c) for peer in METHODS.values()) or "many-dimensions" in c.tags
        if "slow" not in c.tags
    ]


def page(table: dict[Case, dict[str, Result]]) -> str:
    lines = [HEAD, f"Versions: {', '.join(f'{p} {version(p)}' for p in PACKAGES)}; Python "]
    lines[-1] += f"{platform.python_version()}; {os.cpu_count()} cores, {platform.machine()}.\n"
    groups = {
        "Networks against networks": [c for c in table if "deepxde" in table[c]],
        "Ordinary differential equations": [
            c for c in table if "ode" in c.tags and not {"two-point", "benchmark"} & c.tags
        ],
        "The two-point test set": [c for c in table if "two-point" in c.tags],
        "Many dimensions": [c for c in table if "many-dimensions" in c.tags],
    }
    for title, cases in groups.items():
        lines += [f"## {title}\n", "| problem | method | error | seconds | times sigmajet's | |"]
        lines.append("|---|---|---|---|---|---|")
        for case in cases:
            ours = table[case]["sigmajet"]
            for method, r in table[case].items():
                problem = f"`{case}`" if method == "sigmajet" else ""
                error = "none" if np.isnan(r.error) else f"{r.error:.1e}"
                ratio = f"{r.seconds / ours.seconds:.2g}"
                lines.append(
                    f"| {problem} | {method} | {error} | {r.seconds:.2g} | {ratio} | {r.note} |"
                )
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="print the rows of the cases whose name holds this")
    wanted = parser.parse_args().only
    cases = [c for c in chosen() if wanted is None or wanted in c.name]
    compare([CASES[0]])  # load libraries, fill caches
    text = page(compare(track(cases, description="comparing")))
    if wanted is None:
        PAGE.write_text(text)
        print(f"wrote {PAGE}")
    else:
        print(text)


if __name__ == "__main__":
    main()
