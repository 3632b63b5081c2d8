"""Calls of Python made to crash, hang or answer nonsense; run as a script, it tries each.

Each of a few sound calls has one argument replaced by what people and programs pass by mistake or
in malice. A call is refused by one of the package's own errors, or by the `TypeError` by which
Python refuses arguments; of a ufunc as NumPy's own functions refuse them.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import sympy
import trial

import sigmajet as sj

x, y, t, k = sympy.symbols("x y t k")
u, w = sympy.Function("u"), sympy.Function("w")


LOOP: list[Any] = []
LOOP.append(LOOP)

ANYTHING = {
    "None": None,
    "True": True,
    "-1": -1,
    "0": 0,
    "1.5": 1.5,
    "10**30": 10**30,
    "nan": float("nan"),
    "inf": float("inf"),
    "1j": 1j,
    "a text": "u",
    "an empty text": "",
    "control characters": "\x1b[31m\0",
    "code": "__import__('os').system('true')",
    "a long text": "u+" * 40000 + "u",
    "bytes": b"u",
    "an empty list": [],
    "an empty dict": {},
    "a ragged list": [[1.0], [2.0, 3.0]],
    "a list of itself": LOOP,
    "an object": object(),
    "a class": dict,
    "a function": len,
    "an array of objects": np.array([object()]),
    "an array of nan": np.full(3, np.nan),
    "an empty array": np.zeros((0, 3)),
    "a date": np.datetime64("2000-01-01"),
    "a symbol": x,
    "a stranger": sympy.Symbol("stranger"),
    "an equation": sympy.Eq(u(x), 1),
    "a relation": u(x) < 1,
    "true": sympy.true,
    "an applied function": w(x),
    "a function alone": u,
    "zoo": sympy.zoo,
    "a tower": sympy.Pow(10, sympy.Pow(10, 10, evaluate=False), evaluate=False),
    "a factorial": sympy.gamma(10**9, evaluate=False),
    "a pair with code": (0, "__import__('os').system('touch executed')"),
    "an array with code": np.array(["__import__('os').system('touch executed')"]),
    "a matrix": sympy.Matrix([[u(x)]]),
    "a set": {1, 2},
    "an interval": sympy.Interval(0, 1),
}

LINE = {
    "equations": sympy.Eq(u(x).diff(x, 2), k * u(x)),
    "unknowns": u(x),
    "domain": {x: (0, 1)},
    "conditions": [sympy.Eq(u(0), 1), sympy.Eq(u(1), 2)],
    "time": None,
    "parameters": {k: 2.0},
    "functions": None,
}
FAMILY = ("sigmoid", "tanh", "softplus", "silu", "bose", "swish", "mish", "erf", "fermi_dirac")
JETS = ("sigmoid_jet", "tanh_jet", "sigmoid_taylor", "sigmoid_zeros", "sigmoid_extremes")


def nested(value: Any) -> Iterator[tuple[str, Any]]:
    """A value alone, and within what it may be expected in."""
    yield "{}", value
    yield "[{}]", [value]
    yield "{{x: {}}}", {x: value}
    yield "{{x: (0, {})}}", {x: (0, value)}


def kernel() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Calls of the derivatives."""
    for name, (what, value) in itertools.product(FAMILY, ANYTHING.items()):
        call = getattr(sj, name)
        more = (1.0,) if name == "swish" else ()
        yield f"{name}({what}, 0.5)", partial(call, value, 0.5, *more)
        yield f"{name}(3, {what})", partial(call, 3 if name != "fermi_dirac" else 0.5, value, *more)
    for name, (what, value) in itertools.product(JETS, ANYTHING.items()):
        more = () if name in JETS[3:] else (0.5,)
        yield f"{name}({what})", partial(getattr(sj, name), value, *more)


def statements() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Statements with one part replaced."""
    for part, (what, value) in itertools.product(LINE, ANYTHING.items()):
        for form, given in nested(value):
            said = f"Problem({part}={form.format(what)})"
            yield said, partial(sj.Problem, **{**LINE, part: given})


def solves(problem: sj.Problem) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Solves with one option replaced."""
    options = ("tol", "width", "seed", "method", "on_failure", "guess", "continuation")
    more = ("stop_when", "checkpoint", "layers", "steps", "seconds")
    for option, (what, value) in itertools.product((*options, *more), ANYTHING.items()):
        if callable(value) and option in ("guess",):
            continue  # which a guess may be
        yield f"solve({option}={what})", partial(sj.solve, problem, **{option: value})
    for what, value in ANYTHING.items():
        yield f"solve({what})", partial(sj.solve, value)
        yield f"load_problem({what})", partial(sj.load_problem, value)
        yield f"load_solution({what})", partial(sj.load_solution, value)


def questions(solution: sj.Solution) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is asked of a solution."""
    for what, value in ANYTHING.items():
        for method, ask in (
            ("()", solution),
            (".evaluate", solution.evaluate),
            (".residual", solution.residual),
            (".integrate", solution.integrate),
            (".monitor", solution.monitor),
            (".save", solution.save),
            (".plot", solution.plot),
            (".animate", solution.animate),
            (".to_vtk", solution.to_vtk),
            (".to_dataframe", solution.to_dataframe),
        ):
            yield f"solution{method}({what})", partial(ask, value)
        yield f"solution.evaluate(u, {what})", partial(solution.evaluate, u(x), value)
        yield f"solution.evaluate({what}, 0.5)", partial(solution.evaluate, value, 0.5)
        yield f"solution(x={what})", partial(solution, x=value)
        for option in ("at", "expression", "exact", "points", "cmap"):
            yield f"solution.plot({option}={what})", partial(solution.plot, **{option: value})
        yield f"solution.to_xarray(x={what})", partial(solution.to_xarray, x=value)
        yield f"with_parameters({what})", partial(solution.problem.with_parameters, k=value)


def calls() -> Iterator[tuple[str, Callable[[], Any]]]:
    """All of them, by what they say."""
    problem = sj.Problem(**LINE)
    yield from kernel()
    yield from statements()
    yield from solves(problem)
    yield from questions(sj.solve(problem, tol=1e-4))


def main() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    warnings.simplefilter("ignore")
    prepared = list(calls())[trial.every()]
    trial.begin()
    for name, call in prepared:
        ufunc = name.partition("(")[0] in (*FAMILY, *JETS)
        refusals = (TypeError, *((ValueError, OverflowError) if ufunc else (sj.SigmajetError,)))
        trial.tell(name, *trial.tried(call, refusals))


if __name__ == "__main__":
    main()
