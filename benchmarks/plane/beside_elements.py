"""sigmajet beside finite elements on regions: error and processor time, in one run.

    make compare-regions

writes docs/measurements/comparison-regions.md. The statements and their judges are those of
`benchmarks/regions.py`; scikit-fem solves the same in `benchmarks/peers/fem.py`, on finer meshes
until it is as accurate as sigmajet was or the next mesh would take too long.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import regions
from peers import fem

import sigmajet as sj

PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "comparison-regions.md"
LIMIT = 8.0  # seconds of the processor that a mesh may take
GROWN = 5.0  # times that a mesh of half the size takes, at least
PACKAGES = ("sigmajet", "scikit-fem", "triangle", "numpy", "scipy")

HEAD = f"""\
# Regions beside finite elements

This page is written by `make compare-regions` (`benchmarks/plane/beside_elements.py`); nothing on
it is typed in.

Each problem is one of [the page of regions](../guide/regions.md#figures). sigmajet solves it at
the tolerance in its row; scikit-fem with elements of degree 4, on triangles whose edges are
parabolas along curved walls, on a coarse mesh and on finer ones, each with half the edges. In its
row stands the first mesh on which it is as accurate as sigmajet was, or the last one before a mesh
would take {LIMIT:.0f} s by the one before. Read the rows with this in mind:

- Seconds are those of the processor on one core: of scikit-fem for that one mesh, with assembly and
  direct solution, without meshes before and without an estimate; of sigmajet for the whole search,
  with two more solutions for its estimate.
- For finite elements somebody has written the weak form and the mesh, finer towards corners and
  holes where they ask for it, by hand for each problem. For sigmajet it is the statement.
- Edges are parabolas, so that errors at curved walls fall with the fourth power of their length.
- Errors are of the same quantity: in L2 over the region where there is a formula, else of the
  number that is named. That of heat is over all times for sigmajet, at the end for scikit-fem.
- The flow past a cylinder takes minutes and is solved where it is named:
  `benchmarks/plane/beside_elements.py cylinder`.

**Where a few digits are enough finite elements have them in a tenth of a second**, once the
mesh is made; the rows show what more digits take.
"""
SLOW = ("cylinder",)


def of_energy() -> float:
    """The flux into Poisson2d-C: no formula is known, sigmajet at 1e-10 stands for it."""
    case = regions.four_holes()
    solution = sj.solve(case.problem, tol=1e-10, on_failure="return")
    return solution.integrate(sj.normal_derivative(regions.u), over="outer").value


CASES = (
    "disk",
    "ring",
    "star",
    "dent",
    "loaded_dent",
    "conductor",
    "plate",
    "hot_disk",
    "four_holes",
    *SLOW,
)


def by_elements(solve: Callable[[int], float], wanted: float) -> tuple[float, float, int]:
    """Error, seconds and level of the mesh that is fine enough, or the last that is affordable."""
    level = 0
    while True:
        start = time.process_time()
        error = solve(level)
        seconds = time.process_time() - start
        if error <= wanted or GROWN * seconds > LIMIT:
            return error, seconds, level
        level += 1


def rows(name: str) -> list[str]:
    """Solve a problem by both."""
    case = getattr(regions, name)()
    solve, against, judge = getattr(fem, name), case.against, case.judge
    if name == "four_holes":
        inflow = of_energy()
        solve, against = partial(fem.four_holes, inflow=inflow), "flux into the holes"

        def judge(solution: sj.Solution) -> float:
            found = solution.integrate(sj.normal_derivative(regions.u), over="outer")
            return abs(found.value / inflow - 1)

    start = time.process_time()
    solution = sj.solve(case.problem, tol=case.tol, on_failure="return")
    seconds = time.process_time() - start
    error = judge(solution)
    found, taken, level = by_elements(solve, error)
    return [
        f"| {case.name} | {against} | sigmajet, {case.tol:.0e} | {error:.1e} | {seconds:.1f} | |",
        f"| | | scikit-fem, mesh {level} | {found:.1e} | {taken:.1f} | {taken / seconds:.2g} |",
    ]


def main() -> None:
    """Print the rows, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(CASES))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    lines = [
        "| problem | error of | method | error | seconds | times sigmajet's |",
        "|---|---|---|--:|--:|--:|",
    ]
    for name in asked.names or [name for name in CASES if name not in SLOW]:
        lines += rows(name)
        print("\n".join(lines[-2:]), flush=True)
    if asked.write:
        versions = ", ".join(f"{p} {version(p)}" for p in PACKAGES)
        machine = f"{os.cpu_count()} cores, {platform.machine()}"
        said = f"Versions: {versions}, Python {platform.python_version()}; {machine}.\n"
        PAGE.write_text("\n".join([HEAD, said, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
