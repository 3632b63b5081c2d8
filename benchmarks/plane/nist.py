"""The elliptic test set of NIST: what is asked of adaptive refinement, each with its answer.

W. F. Mitchell, A collection of 2D elliptic problems for testing adaptive grid refinement
algorithms, Applied Mathematics and Computation 220, 2013. Sources and wall values are made here
from the solutions. `python benchmarks/plane/nist.py` prints the table of
`docs/measurements/nist.md`, `--write` puts it into the page; names choose problems. Not here is the
battery, of which no solution is known.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

import sigmajet as sj

PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "nist.md"
x, y = sp.symbols("x y", real=True)
u, v = (sp.Function(name)(x, y) for name in "uv")
UNIT = {x: (0, 1), y: (0, 1)}
CENTRED = {x: (-1, 1), y: (-1, 1)}
TOL = 1e-6
SIDE = 350  # points along a side at which errors are taken, none on an axis: peaks are 1/300 wide


class Case(NamedTuple):
    """A statement, its solution as code of points, and what of it is asked."""

    name: str
    build: Callable[[], tuple[sj.Problem, Callable[..., Any]]]
    tol: float = TOL


def laplacian(f: sp.Expr) -> sp.Expr:
    return f.diff(x, 2) + f.diff(y, 2)


def divergence(f: sp.Expr, k: Any = 1) -> sp.Expr:
    return sj.divergence([k * f.diff(x), k * f.diff(y)], (x, y))


def code(exact: sp.Expr) -> Callable[..., Any]:
    return sp.lambdify((x, y), exact, "numpy")


def given(
    exact: sp.Expr, domain: Any, operator: Callable[[sp.Expr], sp.Expr] = laplacian
) -> tuple[sj.Problem, Callable[..., Any]]:
    """A problem with the source and the values on all walls that a solution has."""
    equation = sp.Eq(operator(u), operator(exact))
    return sj.Problem(equation, u, domain, walls(exact, domain)), code(exact)


def walls(exact: sp.Expr, domain: Any) -> list[Any]:
    if not isinstance(domain, dict):
        return [sj.on_boundary(sp.Eq(u, exact))]
    ends = [(a, end) for a, pair in domain.items() for end in pair]
    return [sp.Eq(u.subs(*end), exact.subs(*end)) for end in ends]


def polynomial() -> Any:
    """Of degree 40, flat at the walls."""
    return given(2**40 * (x * (1 - x) * y * (1 - y)) ** 10, UNIT)


def notched(angle: float) -> tuple[sj.Polygon, Callable[..., Any]]:
    """The square (-1, 1)^2 but a wedge below the positive axis, and the angle from that axis."""
    corners = [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)]
    turns = [np.pi / 4, 3 * np.pi / 4, 5 * np.pi / 4, 7 * np.pi / 4]
    c, s = np.cos(angle), np.sin(angle)
    reach = 1.0 / max(abs(c), abs(s))
    kept = [p for p, t in zip(corners, turns, strict=True) if t < angle - 1e-9]
    points = [(0.0, 0.0), (1.0, 0.0), *kept, (reach * c, reach * s)]
    return sj.Polygon((x, y), points), lambda a, b: np.arctan2(b, a) % (2 * np.pi)


def corner(angle: sp.Expr) -> Any:
    """r^a sin(a theta), a = pi/omega, in a square from which a wedge is cut."""
    region, _ = notched(float(angle))
    power = sp.pi / angle
    # An angle that is cut within the wedge.
    middle = (angle + 2 * sp.pi) / 2
    turn = sp.atan2(
        -(y * sp.cos(middle) - x * sp.sin(middle)), -(x * sp.cos(middle) + y * sp.sin(middle))
    )
    theta = turn + middle - sp.pi
    exact = (x**2 + y**2) ** (power / 2) * sp.sin(power * theta)
    problem = sj.Problem(sp.Eq(laplacian(u), 0), u, region, walls(exact, region))
    return problem, code(exact)


def elasticity(mode: int) -> Any:
    """Plane strain at a corner of 270 degrees without tractions, of even or odd displacements.

    By N. I. Muskhelishvili's potentials z^a and b z^a.
    """
    nu, half = sp.Rational(3, 10), 3 * sp.pi / 4
    sign, start = (1, 0.5445) if mode == 1 else (-1, 0.9085)
    a = sp.Symbol("a")
    a = sp.nsolve(sp.sin(2 * a * half) + sign * a * sp.sin(2 * half), a, start)
    b = sp.N(sp.cos(2 * a * half) + sign * a * sp.cos(2 * half))
    kappa, shear = 3 - 4 * nu, 1 / (2 * (1 + nu))
    # Along the middle of the material, away from the corner, and to the left of that.
    along, left = (y - x) / sp.sqrt(2), -(x + y) / sp.sqrt(2)
    r, t = sp.sqrt(x**2 + y**2), sp.atan2(left, along)
    c, s, far_c, far_s = sp.cos(a * t), sp.sin(a * t), sp.cos((2 - a) * t), sp.sin((2 - a) * t)
    if mode == 1:
        pair = (kappa + b) * c - a * far_c, (kappa - b) * s - a * far_s
    else:
        pair = (b - kappa) * s - a * far_s, (b + kappa) * c + a * far_c
    first, second = (r**a / (2 * shear) * each for each in pair)
    exact = (-first - second) / sp.sqrt(2), (first - second) / sp.sqrt(2)
    grown = (u.diff(x) + v.diff(y)) / (1 - 2 * nu)
    equations = [sp.Eq(laplacian(f) + grown.diff(w), 0) for f, w in ((u, x), (v, y))]
    region = sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, -1), (0, -1)])
    conditions = [sj.on_boundary(sp.Eq(f, e)) for f, e in zip((u, v), exact, strict=True)]
    functions = [code(e) for e in exact]
    problem = sj.Problem(equations, [u, v], region, conditions)
    return problem, lambda p, q: np.stack([f(p, q) for f in functions])


def peak(sharpness: int, a: sp.Expr, b: sp.Expr) -> Any:
    return given(sp.exp(-sharpness * ((x - a) ** 2 + (y - b) ** 2)), UNIT)


def boundary_layer(width: sp.Expr) -> Any:
    """Convection along (2, 1) out of two walls."""
    factors = (1 - sp.exp(-(1 - a) / width) for a in (x, y))
    exact = next(factors) * next(factors) * sp.cos(sp.pi * (x + y))
    return given(exact, CENTRED, lambda f: -width * laplacian(f) + 2 * f.diff(x) + f.diff(y))


def boundary_line() -> Any:
    """A power of the distance from a wall, whose slope is infinite there."""
    return given(x ** sp.Rational(3, 5), UNIT)


def oscillation(periods: int) -> Any:
    """sin(1/(a + r)), with so many periods up to a corner."""
    near = 1 / (periods * sp.pi)
    r = sp.sqrt(x**2 + y**2)
    return given(sp.sin(1 / (near + r)), UNIT, lambda f: -laplacian(f) - f / (near + r) ** 4)


def front(steepness: int, a: sp.Expr, b: sp.Expr, radius: sp.Expr) -> Any:
    distance = sp.sqrt((x - a) ** 2 + (y - b) ** 2)
    return given(sp.atan(steepness * (distance - radius)), UNIT)


def interior_line(power: sp.Expr, slope: sp.Expr) -> Any:
    """Smooth but for a power of the distance from a line inside."""
    away = x - slope * (y + 1)
    exact = sp.cos(sp.pi * y / 2) + sp.Piecewise((away**power, away > 0), (0, True))
    smooth = laplacian(sp.cos(sp.pi * y / 2))
    rough = sp.Piecewise((laplacian(away**power), away > 0), (0, True))
    values = [sp.Eq(u.subs(*end), exact.subs(*end)) for end in ((x, -1), (x, 1), (y, -1), (y, 1))]
    statement = sp.Eq(laplacian(u), smooth + rough)
    numeric = sp.lambdify((x, y), [sp.cos(sp.pi * y / 2), away], "numpy")

    def exactly(a: Any, b: Any) -> Any:
        base, distance = numeric(a, b)
        return base + np.maximum(distance, 0.0) ** float(power)

    return sj.Problem(statement, u, CENTRED, values), exactly


def crossing(power: float) -> Any:
    """Two materials by turns in the four quarters of a square (Kellogg).

    cos(a phi) about the middle of a quarter of the one, cot(a pi/4) sin(a phi) in the next: fluxes
    agree where conductivities are as cot(a pi/4)^2 to 1.
    """
    high = float(1.0 / np.tan(power * np.pi / 4.0))
    r, quarter = sp.sqrt(x**2 + y**2), sp.pi / 4
    modes = []
    for n in range(4):
        middle = (2 * n + 1) * quarter
        phi = sp.atan2(
            y * sp.cos(middle) - x * sp.sin(middle), x * sp.cos(middle) + y * sp.sin(middle)
        )
        sign = 1 if n in (0, 3) else -1
        mode = high * sp.sin(power * phi) if n % 2 else sp.cos(power * phi)
        modes.append(sign * r**power * mode)
    places = (x > 0) & (y > 0), (x < 0) & (y > 0), (x < 0) & (y < 0)
    exact = sp.Piecewise(*zip(modes, places, strict=False), (modes[3], True))
    k = sp.Piecewise((high**2, places[0]), (high**2, places[2]), (1, True))
    region = sj.Box((x, y), (-1, -1), (1, 1))
    problem = sj.Problem(divergence(u, k), u, region, walls(exact, region))
    return problem, code(exact)


def difficulties() -> Any:
    """On the L-shape: a corner, a front that runs into a wall, a peak and a boundary layer."""
    theta = sp.atan2(-(x + y), y - x) + 3 * sp.pi / 4  # cut within the quarter that is missing
    corner_part = (x**2 + y**2) ** sp.Rational(1, 3) * sp.sin(2 * theta / 3)
    bent = sp.atan(200 * (sp.sqrt(x**2 + (y + sp.Rational(3, 4)) ** 2) - sp.Rational(3, 4)))
    bump = sp.exp(-1000 * ((x - sp.sqrt(5) / 4) ** 2 + (y + sp.Rational(1, 4)) ** 2))
    layer = sp.exp(-100 * (1 + y))
    region = sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, -1), (0, -1)])
    exact = corner_part + bent + bump + layer
    source = laplacian(bent + bump + layer)
    return sj.Problem(sp.Eq(laplacian(u), source), u, region, walls(exact, region)), code(exact)


HALF, TENTH = sp.Rational(1, 2), sp.Rational(1, 10)
OUTSIDE = -sp.Rational(1, 20), -sp.Rational(1, 20), sp.Rational(7, 10)
ASIDE = sp.Rational(3, 2), sp.Rational(1, 4), sp.Rational(23, 25)
CASES = (
    Case("polynomial", polynomial),
    Case("corner_181", partial(corner, sp.pi + sp.Rational(1, 100))),
    Case("corner_225", partial(corner, 5 * sp.pi / 4)),
    Case("corner_270", partial(corner, 3 * sp.pi / 2)),
    Case("corner_315", partial(corner, 7 * sp.pi / 4)),
    Case("slit", partial(corner, 2 * sp.pi)),
    Case("elasticity_1", partial(elasticity, 1)),
    Case("elasticity_2", partial(elasticity, 2)),
    Case("peak_mild", partial(peak, 1000, HALF, HALF)),
    Case("peak_sharp", partial(peak, 100_000, sp.Rational(51, 100), sp.Rational(117, 1000))),
    Case("layer_mild", partial(boundary_layer, TENTH)),
    Case("layer_thin", partial(boundary_layer, sp.Rational(1, 1000))),
    Case("boundary_line", boundary_line),
    Case("oscillation_10", partial(oscillation, 10)),
    Case("oscillation_50", partial(oscillation, 50)),
    Case("front_mild", partial(front, 20, *OUTSIDE)),
    Case("front_steep", partial(front, 1000, *OUTSIDE)),
    Case("front_aside", partial(front, 1000, *ASIDE)),
    Case("well", partial(front, 50, HALF, HALF, sp.Rational(1, 4))),
    Case("line_5/2", partial(interior_line, sp.Rational(5, 2), 0)),
    Case("line_11/10", partial(interior_line, sp.Rational(11, 10), 0)),
    Case("line_3/2", partial(interior_line, sp.Rational(3, 2), sp.Rational(3, 5))),
    Case("crossing_1/2", partial(crossing, 0.5)),
    Case("crossing_1/10", partial(crossing, 0.1)),
    Case("difficulties", difficulties),
)
HEAD = (
    "| problem | tol | estimate | error | cells x neurons | processor, s | |\n"
    "|---|--:|--:|--:|--:|--:|---|"
)


def error(solution: sj.Solution, exact: Callable[..., Any]) -> float:
    """Relative L2 error on a grid of points that no solve has seen; of vectors together."""
    bounds = solution.problem.domain.region.bounds
    along = (np.arange(SIDE) + 0.5) / SIDE
    sides = [
        low + (high - low) * along for low, high in zip(bounds.lower, bounds.upper, strict=True)
    ]
    points = np.stack([g.ravel() for g in np.meshgrid(*sides)], axis=-1)
    points = points[solution.problem.domain.region.contains(points)]
    found, wanted = solution(*points.T), exact(*points.T)
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


def rows(cases: list[Case]) -> Iterator[str]:
    """Solve problems and say what came of each."""
    for case in cases:
        start = time.process_time()
        try:
            problem, exact = case.build()
            solution = sj.solve(problem, tol=case.tol, on_failure="return")
        except sj.SigmajetError as refusal:
            seconds, text = time.process_time() - start, " ".join(str(refusal).split())
            yield f"| {case.name} | {case.tol:.0e} | | | | {seconds:.1f} | refused: {text} |"
            continue
        seconds = time.process_time() - start
        report, estimate = solution.report, solution.error_estimate
        off = error(solution, exact)
        missed = "" if solution.converged else "missed"
        note = " (understated)" if off > 10 * estimate and off > 1e-15 else ""
        yield (
            f"| {case.name} | {case.tol:.0e} | {estimate:.1e} | {off:.1e} | "
            f"{report.blocks} x {report.width} | {seconds:.1f} | {missed}{note} |"
        )


def written(page: str, new: list[str]) -> str:
    """A page with new rows in its table, in the place of those of the same problems."""
    before, rest = page.split("<!-- nist-table -->\n")
    table, after = rest.split("<!-- end -->", 1)
    by_name = {line.split("|")[1].strip(): line for line in [*table.splitlines()[2:], *new]}
    lines = [HEAD, *(by_name[c.name] for c in CASES if c.name in by_name)]
    return before + "\n".join(["<!-- nist-table -->", *lines, "<!-- end -->"]) + after


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(c.name for c in CASES))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    print(HEAD)
    for line in rows([c for c in CASES if not asked.names or c.name in asked.names]):
        print(line, flush=True)
        if asked.write:
            page = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(written(page, [line]), encoding="utf-8")


if __name__ == "__main__":
    main()
