"""Fields of the page as the text of a problem file, which is read and refused as files are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from latex2mathml.converter import convert

from ..errors import FileError
from ..problem.files import load_text
from ..solvers.solve import choose

__all__ = ["check", "problem_file", "python_file"]

_NAME = "this page"  # stands for the file in messages


def problem_file(fields: Mapping[str, str]) -> str:
    """The TOML of what was typed: a line for each equation, condition, variable, parameter.

    Raises
    ------
    FileError
        If a line of the region or of the parameters has no sign of equality.
    """
    parts = {key: str(fields.get(key, "")) for key in ("unknowns", "time", "tol")}
    lines = [f"unknowns = {_listed(parts['unknowns'], ';')}"]
    if parts["time"].strip():
        lines.append(f"time = {_quoted(parts['time'])}")
    lines += [f"{key} = {_listed(str(fields.get(key, '')))}" for key in ("equations", "conditions")]
    lines += ["", "[domain]"]
    for name, value in _assignments(fields, "region"):
        ends = [end.strip() for end in value.strip("[]() ").split(",")]
        lines.append(f"{_quoted(name)} = [{', '.join(map(_quoted, ends))}]")
    lines += ["", "[parameters]"]
    lines += [
        f"{_quoted(name)} = {_quoted(value)}" for name, value in _assignments(fields, "parameters")
    ]
    return "\n".join(lines) + "\n"


def check(fields: Mapping[str, str]) -> dict[str, Any]:
    """What was understood: formulas to show, values of parameters, the method.

    Raises
    ------
    FileError, ProblemError
        If it is no statement, or one that cannot be meant.
    """
    problem = load_text(problem_file(fields), _NAME).problem
    method, reason = choose(problem, "auto")
    return {
        "formulas": _formulas(problem.to_latex()),
        "parameters": {str(name): value for name, value in problem.parameters.items()},
        "method": method,
        "reason": reason,
    }


def _formulas(latex: str) -> list[str]:
    """The lines of aligned formulas as MathML, one by one: the converter knows no alignment."""
    lines = latex.removeprefix("\\begin{aligned}").removesuffix("\\end{aligned}").split("\\\\\n")
    return [convert(line.replace("&", " ").strip(), display="block") for line in lines]


def python_file(text: str, tol: float) -> str:
    """A program that solves what a problem file states."""
    return (
        "from pathlib import Path\n\nimport sigmajet as sj\n\n"
        f"STATEMENT = {text!r}\n\n"
        'file = Path("problem.toml")\nfile.write_text(STATEMENT, encoding="utf-8")\n'
        f"solution = sj.solve(sj.load_problem(file), tol={tol!r})\n"
        'print(solution.report)\nsolution.plot("solution.png")\n'
    )


def _assignments(fields: Mapping[str, str], key: str) -> list[tuple[str, str]]:
    found = []
    for line in filter(str.strip, str(fields.get(key, "")).splitlines()):
        name, sign, value = line.partition("=")
        if not sign or not value.strip():
            raise FileError(f"{_NAME}: {key}: got {line.strip()!r:.60}, expected name = value")
        found.append((name.strip(), value.strip()))
    return found


def _listed(text: str, separator: str = "\n") -> str:
    return f"[{', '.join(_quoted(part) for part in text.split(separator) if part.strip())}]"


def _quoted(text: str) -> str:
    return json.dumps(text.strip())  # TOML's basic strings take JSON's escapes
