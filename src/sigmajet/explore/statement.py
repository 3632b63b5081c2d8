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

    A line of the region that names two variables is a region of the plane, as is
    `x, y = Disk((0, 0), 1)`; a condition on its boundary, or a part of it, says so:
    `u = 0 on boundary`, `u = 1 on x > 0`.

    Raises
    ------
    FileError
        If a line of the region or of the parameters has no sign of equality.
    """
    parts = {key: str(fields.get(key, "")) for key in ("unknowns", "time", "tol")}
    lines = [f"unknowns = {_listed(parts['unknowns'], ';')}"]
    if parts["time"].strip():
        lines.append(f"time = {_quoted(parts['time'])}")
    domain = _assignments(fields, "region")
    shaped = any("," in name for name, _ in domain)
    lines += [
        f"equations = {_listed(str(fields.get('equations', '')))}",
        f"conditions = {_conditions(str(fields.get('conditions', '')), shaped=shaped)}",
        "",
        "[domain]",
    ]
    for name, value in domain:
        if "," in name:
            lines.append(f"{_quoted(name)} = {_quoted(value)}")
        else:
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
    lines = f'"""\n{text.strip()}\n"""'
    same = "\\" not in text and '"""' not in text and text.replace("\n", "").isprintable()
    literal = lines if same else repr(text)
    return (
        "import tempfile\nfrom pathlib import Path\n\nimport sigmajet as sj\n\n"
        f"STATEMENT = {literal}\n\n"
        'file = Path(tempfile.mkdtemp(), "problem.toml")\n'
        'file.write_text(STATEMENT, encoding="utf-8")\n'
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


def _conditions(text: str, *, shaped: bool) -> str:
    """A list of conditions, those on the boundary of a region as tables."""
    written = []
    for line in filter(str.strip, text.splitlines()):
        equation, sign, part = line.rpartition(" on ")
        if not (shaped and sign):
            written.append(_quoted(line))
        elif part.strip() == "boundary":
            written.append(f"{{equation = {_quoted(equation)}}}")
        else:
            number = part.strip().isascii() and part.strip().isdecimal()  # of a wall
            on = part.strip() if number else _quoted(part)
            written.append(f"{{equation = {_quoted(equation)}, on = {on}}}")
    return f"[{', '.join(written)}]"


def _listed(text: str, separator: str = "\n") -> str:
    return f"[{', '.join(_quoted(part) for part in text.split(separator) if part.strip())}]"


def _quoted(text: str) -> str:
    # TOML's basic strings take JSON's escapes, but none for halves of a character.
    return json.dumps(text.strip(), ensure_ascii=False).replace("\x7f", "\\u007f")
