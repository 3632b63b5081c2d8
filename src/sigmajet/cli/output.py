"""What the command prints: text without control characters, reports as tables or JSON, a bar."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..solution.solution import Solution

__all__ = ["Exit", "complain", "print_json", "print_report", "progress_bar", "say", "shown"]


class Exit(IntEnum):
    """What the command leaves with, beside 0."""

    NOT_CONVERGED = 1  # solved, but the tolerance was not met
    WRONG = 2  # the statement, a file or an argument
    FAULT = 3  # of sigmajet itself


_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def shown(text: str) -> str:
    """A text from a stranger as a terminal may show it: what controls it is taken out."""
    return "".join(c if c.isprintable() or c in "\n\t" else _REPLACEMENT for c in text)


def say(text: str) -> None:
    """Print on standard output."""
    typer.echo(shown(text))


def complain(message: str, heading: str = "error") -> None:
    """Print on standard error, with a heading."""
    typer.secho(f"{heading}: ", fg=typer.colors.RED, bold=True, err=True, nl=False)
    typer.echo(shown(message), err=True)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on standard error while a solve runs, nothing where that is not a terminal."""
    if not sys.stderr.isatty():  # rich takes as long to load as a small problem
        yield lambda message, fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("reading the statement", total=1.0)
        yield lambda message, fraction: bar.update(
            task, description=shown(message), completed=fraction
        )


def print_report(solution: Solution, title: str) -> None:
    """Print the attempts as a table, then in words what came of them."""
    report = solution.report
    rows = [[*report.columns, "residual", "error estimate", "time"]]
    rows += [
        [
            *map(str, attempt.numbers),
            f"{attempt.residual:.1e}",
            f"{attempt.estimate:.1e}" if attempt.status.is_estimated else str(attempt.status),
            f"{attempt.seconds:.2f} s",
        ]
        for attempt in report.attempts
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    say(title)
    for row in rows:
        say("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    say(f"method {report.method}: {report.reason}; tol {report.tol:.1e}, seed {report.seed}")
    if solution.converged:
        say(
            f"converged: relative error about {solution.error_estimate:.1e}, "
            f"tolerance {report.tol:.1e}, {report.seconds:.1f} s in all"
        )
        if report.errors_by_order:
            say(report.errors_by_order)
        for note in filter(None, (report.ending, *report.notes)):
            say(f"note: {note}")
    else:
        causes = "".join(f"\n- {note}" for note in report.notes)
        complain(f"{solution.failure}{causes}", heading="NOT CONVERGED")


def print_json(solution: Solution, title: str) -> None:
    """Print the report as JSON; numbers that are not finite, of which it has none, as null."""
    contents = {
        "title": title,
        "converged": solution.converged,
        "error_estimate": solution.error_estimate,
        "derivatives": solution.report.derivatives,
        **solution.report.as_dict(),
    }
    typer.echo(json.dumps(_finite(contents), allow_nan=False, indent=2))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
