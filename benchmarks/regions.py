"""The table of `docs/guide/regions.md`: problems on regions with answers that are known.

`python benchmarks/regions.py` prints it, `--write` puts it into the page; names choose problems.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

PAGE = Path(__file__).parents[1] / "docs" / "guide" / "regions.md"
x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
t = sp.symbols("t")
w = sp.Function("w")(x, y, t)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
HALF = sp.Rational(1, 2)
DENT = [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)]


class Case(NamedTuple):
    """A problem, the tolerance, and what judges its solution: an error against something known."""

    name: str
    problem: sj.Problem
    tol: float
    against: str
    judge: Callable[[sj.Solution], float]


def formula(*exact: sp.Expr) -> Callable[[sj.Solution], float]:
    """The largest relative L2 error of the unknowns, at points that no solve has seen."""

    def judged(solution: sj.Solution) -> float:
        domain = solution.problem.domain
        points = draw_sample(Partition.of(domain.region), Seed(7)).points
        values = np.atleast_2d(solution(*points.T))
        truths = [sp.lambdify(domain.variables, e)(*points.T) for e in exact]
        return max(
            float(np.sqrt(np.mean((v - t) ** 2) / np.mean(t**2)))
            for v, t in zip(values, truths, strict=True)
        )

    return judged


def disk() -> Case:
    """A load on a disk that is held at its edge."""
    exact = sp.exp(x) * sp.cos(y) + x**2 * y**2
    statement = sp.Eq(LAPLACIAN, exact.diff(x, 2) + exact.diff(y, 2))
    wall = sj.on_boundary(sp.Eq(u, exact))
    problem = sj.Problem(statement, u, sj.Disk((x, y), (HALF, 0), 1), [wall])
    return Case("disk, smooth", problem, 1e-10, "formula", formula(exact))


def ring() -> Case:
    """A ring with values inside and Robin's condition outside."""
    square = x**2 + y**2
    exact = sp.log(square) + x / square + x * y
    slope = x * exact.diff(x) + y * exact.diff(y)
    inner = sj.on_boundary(sp.Eq(u, exact), where="hole")
    outer = sj.on_boundary(sp.Eq(sj.normal_derivative(u) + 2 * u, slope + 2 * exact), where="outer")
    problem = sj.Problem(LAPLACIAN, u, sj.Annulus((x, y), (0, 0), HALF, 1), [inner, outer])
    return Case("ring, Robin outside", problem, 1e-10, "formula", formula(exact))


def star() -> Case:
    """A harmonic function within r = 1 + 0.3 cos 5 theta."""
    turn = sp.Symbol("s")
    r = 1 + sp.Rational(3, 10) * sp.cos(5 * turn)
    region = sj.ClosedCurve((x, y), (r * sp.cos(turn), r * sp.sin(turn)), (turn, 0, 2 * sp.pi))
    exact = sp.exp(x) * sp.cos(y)
    problem = sj.Problem(LAPLACIAN, u, region, [sj.on_boundary(sp.Eq(u, exact))])
    return Case("star by a formula", problem, 1e-10, "formula", formula(exact))


def dent() -> Case:
    """A singular solution at a corner of 270 degrees."""
    radius = sp.sqrt(x**2 + y**2)
    angle = sp.atan2(-x - y, y - x) + 3 * sp.pi / 4
    exact = radius ** sp.Rational(2, 3) * sp.sin(2 * angle / 3) + sp.exp(x) * sp.cos(y)
    wall = sj.on_boundary(sp.Eq(u, exact))
    problem = sj.Problem(LAPLACIAN, u, sj.Polygon((x, y), DENT), [wall])
    return Case("L-shape, singular", problem, 1e-10, "formula", formula(exact))


def loaded_dent() -> Case:
    """-Lap u = 1 on the L-shape; the value is that of tests/solvers/regions/test_corners.py."""
    value = 0.102362157656037
    wall = sj.on_boundary(sp.Eq(u, 0))
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, sj.Polygon((x, y), DENT), [wall])
    return Case(
        "L-shape, -Lap u = 1",
        problem,
        1e-10,
        "value at (1/2, 1/2)",
        lambda solution: abs(float(solution(0.5, 0.5)) / value - 1.0),
    )


def frame() -> Case:
    """-Lap u = 1 between two squares; the value is that of test_holes_with_corners.py."""
    value = 0.033447228354306
    region = sj.Box((x, y), (-1, -1), (1, 1)) - sj.Box((x, y), (-HALF, -HALF), (HALF, HALF))
    wall = sj.on_boundary(sp.Eq(u, 0))
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, region, [wall])
    return Case(
        "square frame, -Lap u = 1",
        problem,
        1e-8,
        "value at (3/4, 3/4)",
        lambda solution: abs(float(solution(0.75, 0.75)) / value - 1.0),
    )


def motz() -> Case:
    """Motz's problem: values become slopes in the middle of a straight wall."""
    leading = 401.162453745235  # see tests/solvers/regions/test_cells.py
    region = sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, 0)])
    walls = [
        sj.on_boundary(sp.Eq(u, 0), where=4),
        sj.on_boundary(sp.Eq(u, 500), where=1),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), 0), where=[0, 2, 3]),
    ]

    def judged(solution: sj.Solution) -> float:
        field: Any = solution.field
        functions = field.shared
        away = np.hypot(*functions.vertices.T) + np.abs(functions.powers - 0.5)
        found = field.of_shared[0, int(np.argmin(away))] / np.sqrt(region.shape.size)
        return float(abs(found / leading - 1.0))

    problem = sj.Problem(LAPLACIAN, u, region, walls)
    return Case("Motz", problem, 1e-11, "first coefficient", judged)


def hot_disk() -> Case:
    """Heat in a disk that is held at its edge."""
    exact = sp.exp(-t) * (1 - x**2 - y**2) * (2 + sp.sin(x + t))
    statement = sp.Eq(w.diff(t) - w.diff(x, 2) - w.diff(y, 2), heating(exact))
    conditions = [sj.on_boundary(sp.Eq(w, 0)), sp.Eq(w.subs(t, 0), exact.subs(t, 0))]
    domain = sj.Disk((x, y), (0, 0), 1) * {t: (0, 1)}
    problem = sj.Problem(statement, w, domain, conditions)
    return Case("heat in a disk", problem, 1e-7, "formula", formula(exact))


def heating(exact: sp.Expr) -> sp.Expr:
    """The source that heats to a temperature."""
    return sp.simplify(exact.diff(t) - exact.diff(x, 2) - exact.diff(y, 2))


def waving_ring() -> Case:
    """A plane wave across a ring, for four fifths of its period."""
    exact = sp.cos(3 * x + 4 * y - 5 * t)
    statement = sp.Eq(w.diff(t, 2), w.diff(x, 2) + w.diff(y, 2))
    conditions = [
        sj.on_boundary(sp.Eq(w, exact)),
        sp.Eq(w.subs(t, 0), exact.subs(t, 0)),
        sp.Eq(w.diff(t).subs(t, 0), exact.diff(t).subs(t, 0)),
    ]
    domain = sj.Annulus((x, y), (0, 0), HALF, 1) * {t: (0, 1)}
    problem = sj.Problem(statement, w, domain, conditions)
    return Case("wave in a ring", problem, 1e-7, "formula", formula(exact))


def four_holes() -> Case:
    """Poisson2d-C of PINNacle: a square with four holes; judged by the estimate alone."""
    region = sj.Polygon((x, y), [(-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF)])
    third = sp.Rational(3, 10)
    for a in (-third, third):
        for b in (-third, third):
            region = region - sj.Disk((x, y), (a, b), sp.Rational(1, 10))
    walls = [
        sj.on_boundary(sp.Eq(u, 1), where="outer"),
        sj.on_boundary(sp.Eq(u, 0), where="hole"),
    ]
    problem = sj.Problem(LAPLACIAN, u, region, walls)

    def judged(solution: sj.Solution) -> float:
        flux = solution.integrate(sj.normal_derivative(u), over=["outer", "hole"])
        inflow = solution.integrate(sj.normal_derivative(u), over="outer")
        return abs(flux.value / inflow.value)

    return Case("PINNacle Poisson2d-C", problem, 1e-9, "balance of fluxes", judged)


def plate() -> Case:
    """A plate with a hole under tension (Kirsch): displacements, and the stress at the hole."""
    v, w = (sp.Function(name)(x, y) for name in ("v", "w"))
    ratio = sp.Rational(3, 10)
    modulus = 1 / (2 * (1 + ratio))
    kappa = (3 - ratio) / (1 + ratio)
    r = sp.sqrt(x**2 + y**2)
    c, s = x / r, y / r
    c3, s3 = 4 * c**3 - 3 * c, 3 * s - 4 * s**3
    along = r * (kappa + 1) * c + 2 / r * ((1 + kappa) * c + c3) - 2 / r**3 * c3
    across = r * (kappa - 3) * s + 2 / r * ((1 - kappa) * s + s3) - 2 / r**3 * s3
    exact = along / (8 * modulus), across / (8 * modulus)
    size = 1 / (1 - ratio**2)
    sxx = size * (v.diff(x) + ratio * w.diff(y))
    syy = size * (w.diff(y) + ratio * v.diff(x))
    sxy = modulus * (v.diff(y) + w.diff(x))
    square = sj.Polygon((x, y), [(-3, -3), (3, -3), (3, 3), (-3, 3)])
    nx, ny = sj.normal(x), sj.normal(y)
    walls = [
        *(sj.on_boundary(sp.Eq(f, e), where="outer") for f, e in zip((v, w), exact, strict=True)),
        sj.on_boundary(sp.Eq(sxx * nx + sxy * ny, 0), where="hole"),
        sj.on_boundary(sp.Eq(sxy * nx + syy * ny, 0), where="hole"),
    ]
    balance = [sp.Eq(sxx.diff(x) + sxy.diff(y), 0), sp.Eq(sxy.diff(x) + syy.diff(y), 0)]
    problem = sj.Problem(balance, [v, w], square - sj.Disk((x, y), (0, 0), 1), walls)

    def judged(solution: sj.Solution) -> float:
        turns = 0.01 + 2 * np.pi * np.arange(50) / 50
        hoop = solution.evaluate(sxx + syy, np.cos(turns), np.sin(turns))
        return float(np.abs(hoop - (1 - 2 * np.cos(2 * turns))).max() / 3.0)

    return Case("plate with a hole", problem, 1e-6, "stress at the hole", judged)


def cylinder() -> Case:
    """A flow past a cylinder in a channel, DFG 2D-1; drag and lift as far as they are known.

    Re = 20: M. Schaefer and S. Turek, Benchmark computations of laminar flow around a cylinder,
    Notes on Numerical Fluid Mechanics 52, 1996; the numbers are of G. Nabh, Heidelberg, 1998.
    """
    drag, lift = 5.57953523, 0.0106189
    v, p = (sp.Function(name)(x, y) for name in "vp")
    viscosity, height = sp.Rational(1, 1000), sp.Rational(41, 100)
    pipe = sj.Box((x, y), (0, 0), (sp.Rational(22, 10), height))
    fifth = sp.Rational(1, 5)
    channel = pipe - sj.Disk((x, y), (fifth, fifth), sp.Rational(1, 20))
    equations = [
        sp.Eq(
            u * f.diff(x) + v * f.diff(y) + p.diff(a),
            viscosity * (f.diff(x, 2) + f.diff(y, 2)),
        )
        for f, a in ((u, x), (v, y))
    ]
    inflow = sp.Rational(6, 5) * y * (height - y) / height**2
    still = ["bottom", "top", "hole"]
    conditions = [
        sj.on_boundary(sp.Eq(u, inflow), where="left"),
        sj.on_boundary(sp.Eq(v, 0), where="left"),
        *(sj.on_boundary(sp.Eq(f, 0), where=still) for f in (u, v)),
        sj.on_boundary(sp.Eq(viscosity * u.diff(x), p), where="right"),
        sj.on_boundary(sp.Eq(v.diff(x), 0), where="right"),
    ]
    equations.append(sp.Eq(u.diff(x) + v.diff(y), 0))

    def judged(solution: sj.Solution) -> float:
        nx, ny = sj.normal(x), sj.normal(y)  # into the cylinder
        found = [
            solution.integrate(p * n - viscosity * sj.normal_derivative(f), over="hole").value
            for f, n in ((u, nx), (v, ny))
        ]
        return max(abs(500 * f / k - 1.0) for f, k in zip(found, (drag, lift), strict=True))

    problem = sj.Problem(equations, [u, v, p], channel, conditions)
    return Case("flow past a cylinder, Re 20", problem, 1e-4, "drag and lift", judged)


def creeping() -> Case:
    """Stokes flow past the same cylinder; what forces on all walls leave of the drag."""
    v, p = (sp.Function(name)(x, y) for name in "vp")
    height, fifth = sp.Rational(41, 100), sp.Rational(1, 5)
    pipe = sj.Box((x, y), (0, 0), (sp.Rational(22, 10), height))
    channel = pipe - sj.Disk((x, y), (fifth, fifth), sp.Rational(1, 20))
    equations = [
        *(sp.Eq(f.diff(x, 2) + f.diff(y, 2), p.diff(a)) for f, a in ((u, x), (v, y))),
        sp.Eq(u.diff(x) + v.diff(y), 0),
    ]
    inflow = sp.Rational(6, 5) * y * (height - y) / height**2
    still = ["bottom", "top", "hole"]
    conditions = [
        sj.on_boundary(sp.Eq(u, inflow), where="left"),
        sj.on_boundary(sp.Eq(v, 0), where="left"),
        *(sj.on_boundary(sp.Eq(f, 0), where=still) for f in (u, v)),
        sj.on_boundary(sp.Eq(u.diff(x), p), where="right"),
        sj.on_boundary(sp.Eq(v.diff(x), 0), where="right"),
    ]

    def judged(solution: sj.Solution) -> float:
        force = p * sj.normal(x) - sj.normal_derivative(u)
        drag = solution.integrate(force, over="hole").value
        outer = solution.integrate(force, over=["left", "right", "bottom", "top"]).value
        return abs((drag + outer) / drag)

    problem = sj.Problem(equations, [u, v, p], channel, conditions)
    return Case("Stokes flow past a cylinder", problem, 1e-6, "balance of forces", judged)


def conductor() -> Case:
    """A cylinder that conducts four times as well as the disk around it, in a field along x."""
    square = x**2 + y**2
    inner = square < sp.Rational(1, 4)
    outer = (sp.Rational(5, 2) - 3 / (8 * square)) * x
    k = sp.Piecewise((4, inner), (1, True))
    flow = sj.divergence([k * slope for slope in sj.gradient(u, (x, y))], (x, y))
    wall = sj.on_boundary(sp.Eq(u, outer))
    problem = sj.Problem(flow, u, sj.Disk((x, y), (0, 0), 1), [wall])
    exact = sp.Piecewise((x, inner), (outer, True))
    return Case("two materials in a disk", problem, 1e-8, "formula", formula(exact))


def shell() -> Case:
    """A charge off the middle of the cavity of a shell."""
    z = sp.symbols("z")
    potential = sp.Function("q")(x, y, z)
    laplacian = sum(potential.diff(v, 2) for v in (x, y, z))
    away = sp.sqrt((x - sp.Rational(1, 5)) ** 2 + y**2 + z**2)
    exact = 1 / away + sp.exp(x) * sp.cos(y)
    region = sj.Ball((x, y, z), (0, 0, 0), 1) - sj.Ball((x, y, z), (0, 0, 0), HALF)
    problem = sj.Problem(laplacian, potential, region, [sj.on_boundary(sp.Eq(potential, exact))])
    return Case("shell, charge in its cavity", problem, 1e-7, "formula", formula(exact))


def ball() -> Case:
    """A harmonic function in a ball."""
    z = sp.symbols("z")
    potential = sp.Function("q")(x, y, z)
    laplacian = sum(potential.diff(v, 2) for v in (x, y, z))
    exact = sp.exp(x) * sp.cos(y) + x * z
    region = sj.Ball((x, y, z), (0, 0, 0), 1)
    problem = sj.Problem(laplacian, potential, region, [sj.on_boundary(sp.Eq(potential, exact))])
    return Case("ball, smooth", problem, 1e-9, "formula", formula(exact))


def triangles() -> Case:
    """A smooth function in a ring of triangles, of a file."""
    import trimesh

    z = sp.symbols("z")
    heat = sp.Function("q")(x, y, z)
    exact = sp.exp(x / 2) * sp.sin(y + z / 2) + x * y * z
    equation = sp.Eq(*(sum(f.diff(v, 2) for v in (x, y, z)) for f in (heat, exact)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ring.stl")
        trimesh.creation.torus(1, 0.4, major_sections=32, minor_sections=16).export(file)
        region = sj.Polyhedron((x, y, z), file)
    problem = sj.Problem(equation, heat, region, [sj.on_boundary(sp.Eq(heat, exact))])
    return Case("ring of 1024 triangles (.stl)", problem, 1e-5, "formula", formula(exact))


CASES = (
    disk,
    ring,
    star,
    dent,
    loaded_dent,
    frame,
    motz,
    conductor,
    ball,
    shell,
    triangles,
    four_holes,
    plate,
    creeping,
    cylinder,
    hot_disk,
    waving_ring,
)
HEAD = (
    "| problem | tol | estimate | error | against | cells x neurons | processor, s |\n"
    "|---|--:|--:|--:|---|--:|--:|"
)


def row(case: Case) -> str:
    """Solve a problem and say what came of it."""
    start = time.process_time()
    solution = sj.solve(case.problem, tol=case.tol, on_failure="return")
    seconds = time.process_time() - start
    report = solution.report
    missed = "" if solution.converged else " (missed)"
    return (
        f"| {case.name} | {case.tol:.0e} | {solution.error_estimate:.1e}{missed} | "
        f"{case.judge(solution):.1e} | {case.against} | {report.blocks} x {report.width} | "
        f"{seconds:.1f} |"
    )


def main() -> None:
    """Print the table, or write it: some rows beside those that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(c.__name__ for c in CASES))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    lines = [HEAD]
    for make in CASES:
        if not asked.names or make.__name__ in asked.names:
            lines.append(row(make()))
            print(lines[-1], flush=True)
    if asked.write:
        before, rest = PAGE.read_text(encoding="utf-8").split("<!-- regions-table -->\n")
        table, after = rest.split("<!-- end -->", 1)
        known = {line.split("|")[1]: line for line in table.splitlines()[2:]}
        known |= {line.split("|")[1]: line for line in lines[1:]}
        order = [f" {make().name} " for make in CASES]
        rows = [known[name] for name in order if name in known]
        table = "\n".join([HEAD, *rows])
        text = f"{before}<!-- regions-table -->\n{table}\n<!-- end -->{after}"
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
