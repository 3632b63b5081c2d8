"""Initial-value problems from SymPy's own tests of `dsolve`, which nobody chose for us.

`sympy_odes.json` holds 42 equations of `sympy.solvers.ode.tests.test_single` (SymPy 1.14,
BSD-3-Clause) with an explicit solution and an interval on which it is smooth. Some of the
nonlinear ones are products of equations and so have several solutions through the same initial
values, tagged "branches": they must be refused.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

from sympy import Eq, Function, Rational, Symbol, sympify
from sympy.core.function import AppliedUndef

from ..case import Collection, Statement, manufactured

CASES = Collection()
BRANCHES = {"fact_07", "fact_08", "fact_10", "lie_group_20", "algeb_06"}

x = Symbol("x")


def initial_value(entry: dict[str, Any]) -> Statement:
    names = {name: Function(name) for name in "fg"} | {"x": x}
    equation, solution = (sympify(entry[key], locals=names) for key in ("eq", "sol"))
    (unknown,) = equation.atoms(AppliedUndef)
    a, b = (Rational(str(entry[end])) for end in "ab")
    derivatives = [unknown.diff(x, k).subs(x, a) for k in range(1, entry["order"])]
    return Statement(
        equations=Eq(equation, 0),
        unknowns=unknown,
        domain={x: (a, b)},
        conditions=manufactured({unknown: solution}, unknown.func(a), *derivatives),
        formula=solution,
    )


for entry in json.loads(Path(__file__).with_name("sympy_odes.json").read_text()):
    kind = () if entry["linear"] else ("nonlinear",)
    if entry["name"] in BRANCHES:
        kind += ("branches",)
    CASES.add(1e-9, "ode", "initial-value", *kind, name=f"sympy_{entry['name']}")(
        partial(initial_value, entry)
    )
