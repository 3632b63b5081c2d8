"""Words of a command line as numbers, points, parameters and expressions."""

from __future__ import annotations

import contextlib
import csv
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import typer

from ..errors import FileError

if TYPE_CHECKING:
    import sympy

    from ..problem.statement import Problem

__all__ = [
    "constant",
    "cut",
    "expression",
    "number",
    "parameters",
    "points",
    "read_points",
    "reason",
    "standard_input",
]

Read = TypeVar("Read")
_MOST_POINTS = 1_000_000  # that ranges together may name; a second of evaluation, 50 MB of text


def number(text: str, name: str, kind: Callable[[str], Read]) -> Read:
    """A number written as Python writes one."""
    try:
        return kind(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise typer.BadParameter(f"{name} should be a number, got {text!r:.60}") from None


def constant(text: str, name: str) -> float:
    """A number, or an expression for one such as pi/4."""
    try:
        return float(text)
    except ValueError:
        from ..problem.text.expression import Language, Unreadable
    try:
        return Language().constant(text)
    except Unreadable as error:
        raise typer.BadParameter(
            f"{name} should be a number, got {text!r:.60}; column {error.column}: {error}"
        ) from None


def parameters(texts: Iterable[str]) -> dict[str, str]:
    """Read "nu=0.1" into names and texts."""
    given = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise typer.BadParameter(f"-p {text!r:.60}: expected NAME=VALUE, as in -p nu=0.1")
        given[name.strip()] = value.strip()
    return given


def expression(text: str, problem: Problem) -> sympy.Expr:
    """Read an expression in the names of a problem, as its file would write it."""
    from ..problem.text.expression import Language, Unreadable

    try:
        return Language.of(problem).expression(text)
    except Unreadable as error:
        raise typer.BadParameter(f"--expression, column {error.column}: {error}") from None


def points(text: str, names: Sequence[str]) -> list[tuple[float, ...]]:
    """Read "x=0.5,t=0:1:50" in the order of the variables: a point, or a grid of them."""
    given = dict(part.partition("=")[::2] for part in text.replace(" ", "").split(","))
    if set(given) != set(names) or len(given) != text.count(",") + 1:
        raise typer.BadParameter(
            f"--at {text} should give each of {', '.join(names)} once: "
            f"--at {'=..,'.join(names)}=.., a value or a range FIRST:LAST:COUNT"
        )
    along = [_range(given[name], name) for name in names]
    total = 1
    for values in along:
        total *= len(values)
    if total > _MOST_POINTS:
        raise typer.BadParameter(f"--at {text}: {total} points, at most {_MOST_POINTS}")
    return list(itertools.product(*along))


def cut(text: str) -> tuple[str, list[float]]:
    """Read "t=0.5" or "t=0:1:5": a variable, and the values at which it is held."""
    name, sign, value = text.replace(" ", "").partition("=")
    if not (name and sign and value):
        raise typer.BadParameter(f"--at {text!r:.60}: expected t=0.5 or t=FIRST:LAST:COUNT")
    return name, _range(value, name)


def _range(text: str, name: str) -> list[float]:
    """A value, or so many from a first to a last one."""
    parts = text.split(":")
    if len(parts) == 1:
        return [constant(text, name)]
    if len(parts) != 3 or not parts[2].isdigit() or not 2 <= int(parts[2]) <= _MOST_POINTS:
        raise typer.BadParameter(
            f"{name}={text!r:.60}: expected a value, or FIRST:LAST:COUNT with a count of 2 or more"
        )
    first, last, count = constant(parts[0], name), constant(parts[1], name), int(parts[2])
    return [first + (last - first) * k / (count - 1) for k in range(count - 1)] + [last]


def read_points(path: Path, names: Sequence[str]) -> list[tuple[float, ...]]:
    """The points of a table with a column for each variable; - is standard input."""
    try:
        if str(path) != "-" and path.exists() and not path.is_file():  # one nobody writes to hangs
            raise FileError(f"{path}: is no regular file; a pipe is read as standard input, -")
        with contextlib.ExitStack() as opened:
            if str(path) == "-":
                stream = standard_input()
            else:
                stream = opened.enter_context(path.open(encoding="utf-8-sig"))
            table = csv.DictReader(_lines(stream), skipinitialspace=True)
            return _rows(table, path, names)
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read: {reason(error)}") from error
    except csv.Error as error:
        raise FileError(f"{path}: is no table of points: {error}") from None


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines of a stream, none of which is read for an end that it may not have."""
    longest = csv.field_size_limit()
    while line := stream.readline(longest + 1):
        if len(line) > longest:
            raise csv.Error(f"a line has more than {longest} characters")
        yield line


def standard_input() -> TextIO:
    """What is typed or piped in.

    Raises
    ------
    FileError
        If it is closed.
    """
    if sys.stdin is None:
        raise FileError("standard input: is closed; give the name of a file")
    return sys.stdin


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why something cannot be read."""
    return getattr(error, "strerror", None) or "it is not UTF-8 text"


def _rows(table: csv.DictReader[str], path: Path, names: Sequence[str]) -> list[tuple[float, ...]]:
    missing = [name for name in names if name not in (table.fieldnames or ())]
    if missing:
        raise FileError(
            f"{path}: the first line should name the columns; there is none for {missing[0]!r}"
        )
    rows: list[tuple[float, ...]] = []
    for line in table:
        if len(rows) == _MOST_POINTS:
            raise FileError(f"{path}: more than {_MOST_POINTS} points; give them in parts")
        try:
            rows.append(tuple(float(line[name]) for name in names))
        except (TypeError, ValueError):
            raise FileError(
                f"{path}, line {table.line_num}: "
                f"{', '.join(names)} should be numbers, got {[line[name] for name in names]}"
            ) from None
    return rows
