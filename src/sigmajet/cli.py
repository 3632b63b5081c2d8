"""The `sigmajet` command: a thin face over the library, one function a verb.

Numbers go to standard output and can be piped; progress, warnings and errors go
to standard error. Exit codes: 0 done, 1 solved but the tolerance was not met,
2 the statement, a file or an argument is wrong.

Each verb imports what it needs when it runs, so that `sigmajet --help` stays quick.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar, get_args

import typer

from ._types import Method
from .errors import FileError, SigmajetError

if TYPE_CHECKING:
    import sympy

    from .problem.statement import Problem
    from .solution.solution import Solution

__all__ = ["app", "main"]


Number = TypeVar("Number", float, Fraction)

NOT_CONVERGED = 1
WRONG = 2

app = typer.Typer(
    name="sigmajet",
    help="Every derivative of the logistic sigmoid, and differential equations solved with it.",
    epilog="Start with: sigmajet solve examples/burgers.toml --plot burgers.png",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Method = StrEnum("_Method", list(get_args(Method)))  # type: ignore[misc]  # as typer wants it


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code: the entry point of the package."""
    try:
        app(args=arguments, prog_name="sigmajet")
    except SigmajetError as error:
        _complain(str(error))
        sys.exit(WRONG)
    sys.exit(0)


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=lambda v: _version(v)
        ),
    ] = False,
) -> None: ...


def _version(wanted: bool) -> None:
    if wanted:
        from . import __version__

        typer.echo(f"sigmajet {__version__}")
        raise typer.Exit


@app.command()
def solve(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.toml", help="The statement: equations, domain, conditions."),
    ],
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
) -> None:
    """Solve a differential equation stated in a text file.

    The answer comes with an estimate of its relative error. If the estimate stays
    above the tolerance the best solution is still drawn and saved, and the exit code is 1.

    Options given here override those in the solve table of the file, where guess,
    continuation and stop_when can be stated as well.

        sigmajet solve burgers.toml --plot burgers.png --save burgers.npz
    """
    from . import solve as solve_problem
    from .problem.files import load_file

    for target in (plot, save, checkpoint):
        if target is not None and not target.parent.is_dir():
            raise FileError(f"{target}: there is no folder {str(target.parent)!r} to write it to")
    if plot is not None:
        from .solution.plotting.plot import picture_format

        picture_format(plot)
    stated = load_file(file)
    given = {
        "tol": tol,
        "width": width,
        "seed": seed,
        "method": method and method.value,
        "checkpoint": checkpoint,
    }
    options = {
        **stated.options,
        **{name: value for name, value in given.items() if value is not None},
    }
    with _progress() as progress:
        solution = solve_problem(stated.problem, progress=progress, on_failure="return", **options)
    # What cost the time is kept first.
    if save is not None:
        solution.save(save)
    if plot is not None:
        solution.plot(plot)
    _print_report(solution, stated.title or file.name)
    for name, target in (("picture", plot), ("solution", save)):
        if target is not None:
            typer.echo(f"{name:<9} {target}")
    if not solution.converged:
        raise typer.Exit(NOT_CONVERGED)


@app.command(context_settings={"ignore_unknown_options": True})  # so that -0.5 is a number
def derivative(
    order: Annotated[int, typer.Argument(metavar="N", min=0, help="Order of the derivative.")],
    points: Annotated[list[str], typer.Argument(metavar="X...", help="Where to take it.")],
    digits: Annotated[
        int | None,
        typer.Option(
            min=1, help="Correct to this many digits, at any order, instead of in float64."
        ),
    ] = None,
) -> None:
    """Print the N-th derivative of the logistic sigmoid 1/(1+e^-x), one line a point.

    In float64 up to order 200; with --digits at any order, X being taken exactly as written.

        sigmajet derivative 10 20 -20
        sigmajet derivative 1000 0.1 --digits 30
    """
    if digits is None:
        from . import sigmoid

        numbers = [_number(text, "X", float) for text in points]
        try:
            values = [repr(float(sigmoid(order, number))) for number in numbers]
        except ValueError as error:
            raise typer.BadParameter(f"{error}; here: --digits 20") from None
    else:
        import mpmath

        from . import exact

        fractions = [_number(text, "X", Fraction) for text in points]
        values = [
            mpmath.nstr(
                exact.evaluate(order, number, digits), digits, strip_zeros=False, min_fixed=-5
            )
            for number in fractions
        ]
    typer.echo("\n".join(values))


@app.command()
def coefficients(
    order: Annotated[int, typer.Argument(metavar="N", min=0, help="Order of the derivative.")],
    eulerian: Annotated[
        bool,
        typer.Option("--eulerian", help="Print A(N,0) ... A(N,N-1) of the factored form instead."),
    ] = False,
) -> None:
    """Print the integers c(N,1) ... c(N,N+1) of the N-th derivative as a polynomial in s.

    s^(N) = sum_k c(N,k) s^k. With --eulerian, those of Minai and Williams:
    s^(N) = sum_k (-1)^(k-1) A(N,k-1) s^k (1-s)^(N+1-k).

        sigmajet coefficients 3      ->  1 -7 12 -6
    """
    from . import exact

    numbers = exact.eulerian(order) if eulerian else exact.coefficients_by_recurrence(order)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # the limit guards servers; these integers are our own
    try:
        typer.echo(" ".join(map(str, numbers)))
    finally:
        sys.set_int_max_str_digits(limit)


@app.command()
def evaluate(
    solution: Annotated[
        Path, typer.Argument(metavar="SOLUTION", help="What `sigmajet solve --save` wrote.")
    ],
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="x=0.5,t=0.2", help="A point; give the option once for each."),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Many points: a column for each variable; - is standard input."
        ),
    ] = None,
    expression: Annotated[
        str | None,
        typer.Option(help='Instead of the unknowns, any expression in them: "diff(u, x)**2".'),
    ] = None,
) -> None:
    """Print the values of a saved solution as CSV, one line a point.

    Without --expression the columns are the unknowns.

        sigmajet evaluate burgers.npz --at x=0.5,t=0.2 --at x=0.1,t=1
        sigmajet evaluate burgers.npz --points where.csv --expression "diff(u, x)"
    """
    from . import load_solution

    loaded = load_solution(solution)
    names = [str(variable) for variable in loaded.problem.variables]
    rows = [_point(text, names) for text in at or ()]
    if points is not None:
        rows += _read_points(points, names)
    if not rows:
        raise typer.BadParameter(
            f"no point to evaluate at: give --at {'=..,'.join(names)}=.. or --points FILE.csv"
        )
    columns = zip(*rows, strict=True)
    if expression is None:
        heads = [str(unknown.func) for unknown in loaded.problem.unknowns]
        values = loaded(*columns)
    else:
        heads = [expression]
        values = loaded.evaluate(_expression(expression, loaded.problem), *columns)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names + heads)
    for row, value in zip(rows, values.reshape(len(heads), len(rows)).T, strict=True):
        writer.writerow([*map(repr, row), *(repr(float(number)) for number in value)])


@app.command()
def plot(
    solution: Annotated[
        Path, typer.Argument(metavar="SOLUTION", help="What `sigmajet solve --save` wrote.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT.png", help="[SOLUTION with the suffix .png]"),
    ] = None,
) -> None:
    """Draw a saved solution with its residual beside it (.png, .svg or .pdf)."""
    from . import load_solution

    target = output or solution.with_suffix(".png")
    load_solution(solution).plot(target)
    typer.echo(f"picture   {target}")


def _complain(message: str, heading: str = "error") -> None:
    typer.secho(f"{heading}: ", fg=typer.colors.RED, bold=True, err=True, nl=False)
    typer.echo(message, err=True)


def _number(text: str, name: str, kind: Callable[[str], Number]) -> Number:
    try:
        return kind(text)
    except (ValueError, ZeroDivisionError):
        raise typer.BadParameter(f"{name} should be a number, got {text!r}") from None


def _expression(text: str, problem: Problem) -> sympy.Expr:
    """Read an expression in the names of a problem, as its file would write it."""
    from .problem.text.expression import Language, Unreadable

    language = Language(
        unknowns={unknown.func.__name__: unknown for unknown in problem.unknowns},
        variables={variable.name: variable for variable in problem.variables},
        parameters={name.name: (name, value) for name, value in problem.parameters.items()},
    )
    try:
        return language.expression(text)
    except Unreadable as error:
        raise typer.BadParameter(f"--expression, column {error.column}: {error}") from None


def _point(text: str, names: Sequence[str]) -> tuple[float, ...]:
    """Read "x=0.5,t=0.2" in the order of the variables."""
    given = dict(part.partition("=")[::2] for part in text.replace(" ", "").split(","))
    if set(given) != set(names) or len(given) != text.count(",") + 1:
        raise typer.BadParameter(
            f"--at {text} should give each of {', '.join(names)} once: --at {'=..,'.join(names)}=.."
        )
    return tuple(_number(given[name], name, float) for name in names)


def _read_points(path: Path, names: Sequence[str]) -> list[tuple[float, ...]]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise FileError(f"{path}: cannot be read: {reason}") from error
    table = csv.DictReader(text.splitlines(), skipinitialspace=True)
    missing = [name for name in names if name not in (table.fieldnames or ())]
    if missing:
        raise FileError(
            f"{path}: the first line should name the columns; there is none for {missing[0]!r}"
        )
    rows = []
    for line in table:
        try:
            rows.append(tuple(float(line[name]) for name in names))
        except (TypeError, ValueError):
            raise FileError(
                f"{path}, line {table.line_num}: "
                f"{', '.join(names)} should be numbers, got {[line[name] for name in names]}"
            ) from None
    return rows


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on standard error while a solve runs, nothing where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda message, fraction: bar.update(task, description=message, completed=fraction)


def _print_report(solution: Solution, title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    report = solution.report
    # As text: what the file and the reasons say is no markup.
    table = Table(title=Text(title), title_justify="left", caption_justify="left")
    table.caption = Text(f"method {report.method}: {report.reason}; seed {report.seed}")
    for head in (*report.columns, "residual", "error estimate", "tolerance", "time"):
        table.add_column(head, justify="right")
    for attempt in report.attempts:
        table.add_row(
            str(attempt.blocks),
            str(attempt.degree or attempt.width),
            f"{attempt.residual:.1e}",
            f"{attempt.estimate:.1e}",
            f"{report.tol:.1e}",
            f"{attempt.seconds:.2f} s",
        )
    Console().print(table)
    if solution.converged:
        typer.echo(
            f"converged: relative error about {solution.error_estimate:.1e}, "
            f"tolerance {report.tol:.1e}, {report.seconds:.1f} s in all"
        )
        for note in filter(None, (report.ending, *report.notes)):
            typer.echo(f"note: {note}")
    else:
        causes = "".join(f"\n- {note}" for note in report.notes)
        _complain(f"{solution.failure}{causes}", heading="NOT CONVERGED")
