"""No input ends in a traceback, takes more than five seconds, runs what it holds, or harms a file.

A part of each kind is tried here; `make hostile` tries all and writes docs/measurements/hostile.md.
"""

import subprocess
import sys
from pathlib import Path

import hostile_inputs
import numpy as np
import pytest
import sympy

import sigmajet as sj
from sigmajet.cli.arguments import read_points
from sigmajet.problem.terms.effort import fault

ROOT = Path(__file__).parents[2]
SHARES = {
    "command lines": 47,
    "saved solutions": 37,
    "calls from Python": 41,
    "requests": 17,
    "materials": 31,
}


@pytest.mark.parametrize("kind", SHARES)
def test_every_so_many_hostile_inputs_are_answered_or_refused(kind):
    found = hostile_inputs.tried(kind, SHARES[kind])
    assert len(found) > 20
    assert hostile_inputs.faults(found) == []


def test_names_and_tables_beyond_all_bounds_are_refused(tmp_path):
    long = tmp_path / "long.csv"
    long.write_text("#" * 10**6)
    with pytest.raises(sj.FileError, match="is no table of points"):
        read_points(long, ["t"])
    with pytest.raises(sj.FileError, match="cannot be read"):
        read_points(Path("a" * 5000), ["t"])
    with pytest.raises(sj.FileError, match="cannot be read"):
        sj.load_problem("a" * 5000)


@pytest.mark.slow
def test_all_hostile_inputs_are_answered_or_refused():
    subprocess.run(
        [sys.executable, ROOT / "tests" / "hostile" / "hostile_inputs.py", "--check"], check=True
    )


def test_texts_within_lists_and_arrays_are_not_executed(tmp_path):
    harm = f"__import__('pathlib').Path({str(tmp_path / 'executed')!r}).touch()"
    x, u = sympy.symbols("x"), sympy.Function("u")
    for given in ([0, harm], (0, harm), {0, harm}, np.array([harm]), np.array(harm)):
        with pytest.raises(sj.ProblemError):
            sj.Problem({u(x).diff(x): given}, u(x), {x: (0, 1)}, [sympy.Eq(u(0), 1)])
    assert not any(tmp_path.iterdir())


def test_constants_and_lengths_beyond_all_work_are_refused_at_once():
    x, u = sympy.symbols("x"), sympy.Function("u")
    tower = sympy.Pow(10, sympy.Pow(10, 10, evaluate=False), evaluate=False)
    long = u(x)
    for _ in range(40):
        long = sympy.Add(long, sympy.sin(long, evaluate=False), evaluate=False)
    for given, why in ((tower, "beyond the range"), (long, "when it is written out")):
        with pytest.raises(sj.ProblemError, match=why):
            sj.Problem({u(x).diff(x): given}, u(x), {x: (0, 1)}, [sympy.Eq(u(0), 1)])
    assert fault(sympy.Integer(3) ** sympy.Rational(1, 10**6) + sympy.gamma(170) * x**10**9) is None


def test_the_page_tells_of_a_set_that_is_large_and_of_no_fault():
    page = (ROOT / "docs" / "measurements" / "hostile.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")][1:]
    assert sorted(row[1].strip() for row in rows) == sorted([*hostile_inputs.SCRIPTS, "all"])
    inputs, faults = ([int(row[column]) for row in rows] for column in (2, 5))
    assert inputs[-1] == sum(inputs[:-1]) >= 2300
    assert faults == [0] * len(rows)
