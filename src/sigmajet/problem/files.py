"""Problem files: a statement as TOML, with a title and what to ask of the solver."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import FileError, ProblemError
from .statement import Problem
from .terms.effort import BUDGET
from .text.toml import LARGEST, Contents, read

__all__ = ["ProblemFile", "from_text", "load_file", "load_problem", "load_text"]


@dataclass(frozen=True, slots=True)
class ProblemFile:
    """What a problem file holds.

    Attributes
    ----------
    problem : Problem
        With what the `[solve]` table gives as its `solve_options`.
    title : str
        Empty if the file gives none.
    """

    problem: Problem
    title: str


def load_problem(path: str | os.PathLike[str]) -> Problem:
    """Read a problem from a TOML file.

    Parameters
    ----------
    path : path to a TOML file
        Keys: `unknowns`, `equations`, `conditions`, a table `[domain]` with the two ends of each
        variable; optional are `title`, `time`, `[parameters]` and `[solve]`, arguments of `solve`,
        which are kept as `problem.solve_options` and hold unless `solve` is given others.
        A region is `"x, y" = "Disk((0, 0), 1)"` in that table, the text that it prints, or
        `"x, y, z" = "Polyhedron('part.stl')"`, a file in the same folder, and a
        condition on its boundary `{equation = "normal_derivative(u) = 0", on = "outer"}`.
        Expressions know numbers,
        `pi`, `E`, `+ - * / **`, the usual functions, `diff(u, x, 2)`, `u(0, t)`,
        `diff(u, x)(0, t)`, `integral(u, (x, 0, 1))` and `where(x < 0, value, other)`.

    Returns
    -------
    Problem

    Raises
    ------
    FileError
        If the file cannot be read as a problem; the message names file, key and column.
    ProblemError
        If it can, but the statement cannot be meant.

    Notes
    -----
    Nothing in the file is executed, and its size, nesting and numbers are bounded, so that a file
    from a stranger can neither run code nor hang.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import sigmajet as sj
    >>> file = pathlib.Path(tempfile.mkdtemp(), "decay.toml")
    >>> size = file.write_text(
    ...     '''
    ... unknowns = "u(t)"
    ... equations = "diff(u, t) = -k*u"
    ... conditions = "u(0) = 1"
    ... [domain]
    ... t = [0, 1]
    ... [parameters]
    ... k = 2
    ... '''
    ... )
    >>> print(f"{sj.solve(sj.load_problem(file))(1.0):.9f}")  # exp(-2)
    0.135335283
    """
    return load_file(path).problem


def load_file(
    path: str | os.PathLike[str], parameters: Mapping[str, str] | None = None
) -> ProblemFile:
    """Read a problem together with its title and the options for solving it.

    `parameters` are other values of some parameters of the file, as text.

    Raises
    ------
    FileError, ProblemError
        As `load_problem`.
    """
    name = os.fspath(path)
    file = Path(path)
    try:
        if not file.is_file():
            what = "is a directory" if file.is_dir() else "is no file"
            raise FileError(f"{name:.200}: {what}; expected a problem in TOML")
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise FileError(f"{name:.200}: cannot be read ({error.strerror})") from None
    if len(content) > LARGEST:
        raise FileError(f"{name}: larger than {LARGEST // 1024} KiB; expected a problem in TOML")
    try:
        text = content.decode("utf-8-sig")  # with a mark of its byte order, as Windows writes it
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: byte {error.start} is not UTF-8; expected TOML text") from None
    return load_text(text, name, parameters, file.parent)


def load_text(
    text: str,
    name: str,
    parameters: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> ProblemFile:
    """Read the text of a file; `name` stands for it in messages.

    Files that it names are looked for in `folder`; without one it may name none.

    Raises
    ------
    FileError, ProblemError
        As `load_problem`.
    """
    return _stated(read(text, name, parameters or {}, folder=folder), name)


def from_text(text: str, name: str = "text", budget: int = BUDGET) -> Problem:
    """Read what `Problem.to_text` writes, within a budget of operations.

    `name` stands for the file in messages.

    Raises
    ------
    FileError, ProblemError
        As `load_problem`.
    """
    return _stated(read(text, name, budget=budget), name).problem


def _stated(contents: Contents, name: str) -> ProblemFile:
    """The problem that the contents of a file state."""
    try:
        problem = Problem(**contents.statement)
    except ProblemError as error:
        raise ProblemError(f"{name}: {error}") from None
    return ProblemFile(problem.with_solve_options(**contents.options), contents.title)
