"""The verbs about statements: solve one, look at one, begin one."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from .._extras import needed_by
from .._types import Method
from ..errors import FileError, SigmajetError
from .arguments import parameters, reason, standard_input
from .output import Exit, complain, print_json, print_report, progress_bar, say

if TYPE_CHECKING:
    from ..problem.files import ProblemFile

_Method = StrEnum("_Method", list(get_args(Method)))  # type: ignore[misc]  # as typer wants it
_Kind = StrEnum("_Kind", ["ivp", "bvp", "system", "poisson", "heat", "wave"])  # files of templates/

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.toml",
        help="The statement: equations, domain, conditions; - is standard input.",
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", "-p", metavar="NAME=VALUE", help="Another value of a parameter of the file."
    ),
]


def solve(
    file: File,
    plot: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="Draw the solution and its residual.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="OUT.npz", help="Keep the solution for later.")
    ] = None,
    tol: Annotated[float | None, typer.Option(help="Relative L2 error to reach. [1e-8]")] = None,
    width: Annotated[
        int | None, typer.Option(help="Number of neurons. [grown until tol is met]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same answer. [0]")] = None,
    method: Annotated[
        _Method | None,
        typer.Option(help="All variables at once, or in windows or steps along one. [auto]"),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN.npz",
            help="Of an evolution: keep its state here, and go on from it if it was interrupted.",
        ),
    ] = None,
    parameter: Parameters = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Solve a differential equation stated in a text file.

    The answer comes with an estimate of its relative error. If the estimate stays
    above the tolerance the best solution is still drawn and saved, and the exit code is 1.

    Options given here override those in the solve table of the file, where guess,
    continuation and stop_when can be stated as well.

        sigmajet solve burgers.toml --plot burgers.png --save burgers.npz -p nu=0.01
    """
    _check_targets(file, {"--plot": plot, "--save": save, "--checkpoint": checkpoint})
    with _loading():
        from .. import solve as solve_problem

        stated = _read(file, parameter)
    given: dict[str, Any] = {
        "tol": tol,
        "width": width,
        "seed": seed,
        "method": method and method.value,
        "checkpoint": checkpoint,
    }
    options = {name: value for name, value in given.items() if value is not None}
    with progress_bar() as progress:
        solution = solve_problem(stated.problem, progress=progress, on_failure="return", **options)
    # What was found out is said first: a disk may be full.
    title = stated.title or file.name
    print_json(solution, title) if json else print_report(solution, title)
    tell = (lambda text: None) if json else say
    kept = [
        _kept(name, target, write, tell)
        for name, target, write in (
            ("solution", save, solution.save),
            ("picture", plot, solution.plot),
        )
        if target is not None
    ]
    if not all(kept):
        raise typer.Exit(Exit.WRONG)
    if not solution.converged:
        raise typer.Exit(Exit.NOT_CONVERGED)


def _kept(
    name: str, target: Path, write: Callable[[Path], object], tell: Callable[[str], None]
) -> bool:
    """Write a file; whether that went well."""
    try:
        write(target)
    except SigmajetError as error:
        complain(str(error), heading=f"no {name}")
        return False
    tell(f"{name:<9} {target}")
    return True


def _check_targets(file: Path, targets: dict[str, Path | None]) -> None:
    """Refuse, before anything is solved, what could not be written or would harm a file."""
    from ..solution.storage import writable

    seen = {os.path.realpath(file): str(file)}
    for option, target in targets.items():
        if target is None:
            continue
        real = str(writable(target))
        if real in seen:
            raise FileError(f"{option} {target}: is {seen[real]} itself; give another name")
        seen[real] = f"that of {option}"
        if option == "--plot":
            with needed_by("--plot"):
                from ..solution.plotting.plot import picture_format

            picture_format(target)


@contextmanager
def _loading() -> Iterator[None]:
    """Nothing is collected meanwhile, nor looked at again: what loads stays, and is large."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _read(file: Path, given: list[str] | None = None) -> ProblemFile:
    """The statement of a file or of standard input."""
    from ..problem.files import load_file, load_text
    from ..problem.text.toml import LARGEST

    values = parameters(given or ())
    if str(file) == "-":
        name = "standard input"
        try:
            text = standard_input().read(LARGEST + 1)  # of a stream without an end, no more
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"{name}: cannot be read: {reason(error)}") from None
        return load_text(text.removeprefix("\ufeff"), name, values, Path())
    return load_file(file, values)


def check(
    file: File,
    parameter: Parameters = None,
    latex: Annotated[
        bool, typer.Option("--latex", help="Print equations and conditions as LaTeX.")
    ] = False,
) -> None:
    """Read a statement, say what was understood and which method would solve it.

    sigmajet check burgers.toml
    """
    with _loading():
        from ..solvers.solve import choose

        stated = _read(file, parameter)
    problem = stated.problem
    if latex:
        say(problem.to_latex())
        return
    if stated.title:
        say(stated.title)
    say(str(problem))
    kind = "linear" if problem.linear else "nonlinear"
    counted = len(problem.conditions)
    say(
        f"{kind}; {len(problem.unknowns)} unknown(s), {len(problem.stated_equations)} equation(s), "
        f"{counted} condition(s)"
    )
    asked = problem.solve_options.get("method", "auto")
    method, reason = choose(problem, asked)
    say(f"method {method}: {reason}")


def new(
    kind: Annotated[_Kind, typer.Argument(metavar="KIND", help=f"One of {', '.join(_Kind)}.")],
) -> None:
    """Print a statement to begin with, to be written into a file and changed.

    sigmajet new heat > mine.toml
    """
    from importlib import resources

    template = resources.files(__package__) / "templates" / f"{kind}.toml"
    typer.echo(template.read_text(encoding="utf-8"), nl=False)
