"""Two materials, enrichment, regions, pictures of problems and tables from a pipe, asked for badly.

Run as a script, it tries each. Of a problem with an interface at a curve everything is read and
checked that a solve reads and checks before it begins.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import sympy
import trial
from hostile_calls import ANYTHING

import sigmajet as sj

x, y, t = sympy.symbols("x y t")
u = sympy.Function("u")(x, y)
GRAIN = x**2 + y**2 < sympy.Rational(1, 4)
DISK = sj.Disk((x, y), (0, 0), 1)
WALL = sj.on_boundary(sympy.Eq(u, 0))

CURVES = {
    "none": sympy.true,
    "everywhere else": sympy.false,
    "the wall": x**2 + y**2 < 1,
    "beyond the wall": x**2 + y**2 < 4,
    "empty": x**2 + y**2 < -1,
    "a point": x**2 + y**2 <= 0,
    "a speck": x**2 + y**2 < sympy.Float("1e-40"),
    "a speck at the wall": (x - 1) ** 2 + y**2 < sympy.Float("1e-20"),
    "without a bound": x**2 + y**2 < sympy.Float("1e300"),
    "an infinite one": x < sympy.oo,
    "no number": sympy.Lt(x, sympy.nan, evaluate=False),
    "a tangent to the wall": x < 1,
    "touching inside": (x - sympy.Rational(1, 2)) ** 2 + y**2 < sympy.Rational(1, 4),
    "a cross": x * y < 0,
    "a star": x**3 - 3 * x * y**2 < 0,
    "a double point": x**2 - y**2 + x**3 < 0,
    "a cusp": y**2 < x**3,
    "a doubled line": x**2 <= 0,
    "stripes": sympy.sin(300 * x) < 0,
    "stripes without end": sympy.sin(1 / x) < 0,
    "checks": sympy.sin(50 * x) * sympy.sin(50 * y) < 0,
    "a high power": x ** (10**9) < 1,
    "a tower": sympy.exp(sympy.exp(sympy.exp(9 * x))) < 2,
    "a kink": sympy.Abs(x) + sympy.Abs(y) < sympy.Rational(1, 2),
    "steps": sympy.floor(4 * x) < 1,
    "a choice": sympy.Piecewise((x, y < 0), (-x, True)) < sympy.Rational(1, 3),
    "largest": sympy.Max(x, y) < sympy.Rational(1, 3),
    "a stranger": x < sympy.Symbol("a"),
    "of time": x < t,
    "of the unknown": u < sympy.Rational(1, 2),
    "a slope": u.diff(x) < 0,
    "an equation": sympy.Eq(x, y),
    "an inequality": sympy.Ne(x, y),
    "a negation": sympy.Not(GRAIN),
    "both": sympy.And(GRAIN, x > 0, y > x),
    "either": sympy.Or(GRAIN, x > sympy.Rational(1, 4)),
    "one of both": sympy.Xor(GRAIN, x > 0),
    "many": sympy.Or(*((x - a / 40) ** 2 + y**2 < sympy.Float("1e-4") for a in range(-39, 40, 30))),
    "many lines": sympy.And(*(x + a * y < 2 for a in range(4))),
    "a long sum": sum(sympy.sin(n * x) * sympy.cos(n * y) for n in range(12)) < 0,
    "of complex numbers": sympy.re(sympy.sqrt(x + sympy.I * y)) < sympy.Rational(1, 4),
    "a number": 3,
    "a text": "x**2 + y**2 < 1/4",
    "code": "__import__('os').system('touch executed')",
    "a region": sj.Disk((x, y), (0, 0), 1),
    "a region elsewhere": sj.Disk((x, y), (5, 0), 1),
    "a region of other variables": sj.Disk((x, t), (0, 0), 1),
    "a solid": sj.Ball((x, y, t), (0, 0, 0), 1),
    "a region with a hole": sj.Disk((x, y), (0, 0), 0.5) - sj.Disk((x, y), (0, 0), 0.25),
}

SHAPES = (
    *("Disk((0, 0), 1/2)", "Disk((0, 0), -1)", "Disk((0, 0), 0)", "Disk((0, 0), 1e400)", "Disk()"),
    *(
        "Disk((0, 0), x)",
        "Disk((0, 0, 0), 1)",
        "Disk(0, 1)",
        "Disk((1e300, 0), 1e300)",
        "",
        " ",
        "x",
    ),
    *("Disk((0, 0), 1e-300)", "Disk((0, 0), 1/2) - Disk((0, 0), 1/2)", "Disk((0, 0), 1/2) - 1"),
    *(
        "Polygon([(0, 0)])",
        "Polygon([(0, 0), (1, 1)])",
        "Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])",
    ),
    *(
        "Polygon([(0, 0), (0, 0), (0, 0)])",
        "Polygon(3)",
        "Box((0, 0), (0, 0))",
        "Box((1, 1), (0, 0))",
    ),
    *("Ball((0, 0, 0), 1)", "Disk.__class__", "__import__('os').system('touch executed')", "Disk"),
    *(
        " | ".join(f"Disk(({n}/100, 0), 1/100)" for n in range(300)),
        "(" * 300,
        "Disk((0, 0), 9**9**9)",
    ),
    *(
        f"Polygon({[(n, n * n) for n in range(3000)]})",
        "inside('Disk((0, 0), 1/2)')",
        "\\u001b[31m",
    ),
    *(
        "Disk((0, 0), 1/2) * 3",
        "Disk((0, 0), 1/2) & Disk((5, 0), 1/2)",
        "a" * 5000,
        "nan",
        "Ellipse((0, 0), 1)",
    ),
)
JUMPS = (
    *("jump(u) = 0", "jump(u, x) = 0", "jump(u, x, y) = 0", "jump(u, x, 1e400) = 0", "jump() = 0"),
    *("jump(u, x, 2) = 0", "jump(u, x, 0) = 0", "jump(u, 0.5, x) = 0", "jump(1, x, 0.5) = 0"),
    *("jump(jump(u, x, 0.5), x, 0.5) = 0", "avg(u, x, 0.5) = 1", "jump(u, x, nan) = 0"),
    *("jump(u, x, where(u < 0, 1, 2)) = 0", "jump(u, x, 0.5)**999 = 1", "jump(u, t, 0.5) = 0"),
    *(
        "jump(diff(u, x, 99), x, 0.5) = 0",
        "jump(u, x, 9**9**9) = 0",
        "jump(u, x, 0.5) = jump(u, x, 0.6)",
    ),
    *("jump(u, x, 0.5) = u(0)", "jump(u, x, 0.5) < 0", "jump(u, x, '0.5') = 0", "jump = 0"),
    *("jump(u, x, 0.5) = 1e308*10", "jump(u, x, 0.5, 0.6) = 0", "1/jump(u, x, 0.5) = 0"),
)
TABLES = (
    *(
        b"",
        b"\n",
        b"t",
        b"t\n",
        b"t\nnan\n",
        b"t\ninf\n",
        b"t\n1e400\n",
        b"t\n0,1\n",
        b"t,t\n0,0\n",
    ),
    *(
        b"x\n0\n",
        b"t\nx\n",
        b"t\n'0'\n",
        b'"t\n0\n',
        b"\0\0\0",
        bytes(range(256)),
        b"\xff\xfet\0\n\0",
    ),
    *(
        b"t\n" + b"0\n" * 200_000,
        b"t" * 10**6,
        b"t\n" + b"9" * 10**6,
        b"\xef\xbb\xbft\n0\n",
        b"t\r0\r",
    ),
    *(
        b"t\n=cmd|' /C calc'!A0\n",
        b"\x1b[31m\n0\n",
        b"t;\n0;\n",
        b"t\t0\n",
        b"t\n-0.1\n",
        b"t\n2\n",
    ),
    *(
        b"," * 10**5,
        b"t\n\n\n0\n",
        b"t\n0\n#x\n",
        b"t\n__import__('os').system('touch executed')\n",
    ),
)


def calls() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Calls with one argument replaced by what it is not."""
    flux = sj.gradient(u, (x, y))
    square = sj.Problem(sj.divergence(flux, (x, y)) + 1, u, DISK, [WALL])
    whole = sympy.Eq(sj.jump(u), 0)
    for what, value in ANYTHING.items():
        for said, call in {
            "interface({}, jump)": partial(sj.interface, value, whole),
            "interface(curve, {})": partial(sj.interface, GRAIN, value),
            "inside({})": partial(sj.inside, value),
            "gradient({}, (x, y))": partial(sj.gradient, value, (x, y)),
            "gradient(u, {})": partial(sj.gradient, u, value),
            "divergence({}, (x, y))": partial(sj.divergence, value, (x, y)),
            "divergence(flux, {})": partial(sj.divergence, flux, value),
            "jump({})": partial(sj.jump, value),
            "normal({})": partial(sj.normal, value),
            "avg({})": partial(sj.avg, value),
            "normal_derivative({})": partial(sj.normal_derivative, value),
            "normal_derivative(u, {})": partial(sj.normal_derivative, u, value),
            "on_boundary({})": partial(sj.on_boundary, value),
            "on_boundary(u = 0, where={})": partial(sj.on_boundary, sympy.Eq(u, 0), where=value),
            "solve(enrich={})": partial(sj.solve, square, enrich=value),
            "solve(enrich=[{}])": partial(sj.solve, square, enrich=[value]),
            "problem.plot({})": partial(square.plot, value),
            "problem.plot(ax={})": partial(square.plot, ax=value),
            "Disk({}, centre, 1)": partial(sj.Disk, value, (0, 0), 1),
            "Disk((x, y), {}, 1)": partial(sj.Disk, (x, y), value, 1),
            "Disk((x, y), centre, {})": partial(sj.Disk, (x, y), (0, 0), value),
            "Polygon((x, y), {})": partial(sj.Polygon, (x, y), value),
            "Box((x, y), corner, {})": partial(sj.Box, (x, y), (0, 0), value),
            "Ellipse((x, y), centre, {})": partial(sj.Ellipse, (x, y), (0, 0), value),
            "disk | {}": partial(lambda other: DISK | other, value),
            "disk - {}": partial(lambda other: DISK - other, value),
            "disk * {}": partial(lambda other: DISK * other, value),
        }.items():
            yield said.format(what), call


def conducting(curve: Any, given: bool) -> Any:
    """What is asked of a conductor within a curve, or what is given there; nothing is solved."""
    if isinstance(curve, sj.Region):
        inner = sj.inside(curve) > 0
    else:
        inner = GRAIN if isinstance(curve, str) else curve  # SymPy would execute a text
    k = sympy.Piecewise((4, inner), (1, True))
    flux = [k * slope for slope in sj.gradient(u, (x, y))]
    more = sj.interface(curve, sympy.Eq(sj.jump(u), 1)) if given else ()
    problem = sj.Problem(sj.divergence(flux, (x, y)) + 1, u, DISK, [WALL, *more])
    return str(problem), problem.to_latex(), problem.plot()


def curves() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Materials within curves that are none."""
    for (what, curve), given in itertools.product(CURVES.items(), (False, True)):
        said = "what is given at" if given else "a conductor within"
        yield f"{said} {what}", partial(conducting, curve, given)


def stated(text: str) -> Any:
    """Read a problem file."""
    Path("in.toml").write_text(text)
    return sj.load_problem("in.toml")


def files() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Problem files with two materials."""
    form = (
        'unknowns = "u(x, y)"\nequations = {}\n'
        'conditions = [{{equation = "u = 0"}}]\n[domain]\n"x, y" = {}\n'
    )
    for shape in SHAPES:
        for quoted in (f'inside("{shape}")', f"inside({shape})"):
            k = f"(1 + 3*{quoted})"
            text = f"diff({k}*diff(u, x), x) + diff({k}*diff(u, y), y) + 1 = 0"
            yield quoted[:60], partial(stated, form.format(json.dumps(text), '"Disk((0, 0), 1)"'))
        plain = json.dumps("diff(u, x, 2) + diff(u, y, 2) = 1")
        yield f"domain {shape[:50]}", partial(stated, form.format(plain, json.dumps(shape)))
    line = (
        'unknowns = "u(x)"\nequations = "diff(where(x < 0.5, 1, 4)*diff(u, x), x) = 0"\n'
        'conditions = ["u(0) = 0", "u(1) = 1", {}]\n[domain]\nx = [0, 1]\n'
    )
    for jump in JUMPS:
        yield jump[:60], partial(stated, line.format(json.dumps(jump)))


def piped(table: bytes) -> None:
    """Evaluate a solution at what comes through a pipe; raise unless that ends as it should."""
    from sigmajet.cli import main

    sys.stdin = io.TextIOWrapper(io.BytesIO(table), encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(["evaluate", "saved.npz", "--points", "-"])
        except SystemExit as leaving:
            code = leaving.code
    said = out.getvalue() + err.getvalue()
    if code not in (0, 2) or any(sign in said for sign in ("Traceback", "internal", "\x1b")):
        raise RuntimeError(f"exit code {code}: {said[-100:]!r}")
    if code == 2:
        raise PermissionError  # refused


def main() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    warnings.simplefilter("ignore")
    v = sympy.Function("y")(t)
    decay = sj.Problem(sympy.Eq(v.diff(t), -v), v, {t: (0, 1)}, [sympy.Eq(v.subs(t, 0), 1)])
    sj.solve(decay).save("saved.npz")
    every = trial.every()
    prepared = [*calls(), *curves(), *files()][every]
    tables = [(f"--points - {table[:30]!r}", partial(piped, table)) for table in TABLES][every]
    trial.begin()
    for name, call in (*prepared, *tables):
        refusals = (TypeError, sj.SigmajetError, PermissionError)
        trial.tell(name, *trial.tried(call, refusals))
    os.remove("saved.npz")


if __name__ == "__main__":
    main()
