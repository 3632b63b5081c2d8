"""The verbs about saved solutions: their values, and their pictures."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import arguments
from .output import say, shown


def evaluate(
    solution: Annotated[
        Path, typer.Argument(metavar="SOLUTION", help="What `sigmajet solve --save` wrote.")
    ],
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="x=0.5,t=0:1:50",
            help="A point, or a grid: FIRST:LAST:COUNT; give the option once for each.",
        ),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Many points: a column for each variable; - is standard input."
        ),
    ] = None,
    expression: Annotated[
        list[str] | None,
        typer.Option(
            help='Instead of the unknowns, expressions in them: "diff(u, x)**2". Once for each.'
        ),
    ] = None,
) -> None:
    """Print the values of a saved solution as CSV, one line a point.

    Without --expression the columns are the unknowns.

        sigmajet evaluate burgers.npz --at x=0.5,t=0.2 --at x=pi/4,t=0:1:50
        sigmajet evaluate burgers.npz --points where.csv --expression "diff(u, x)"
    """
    import numpy as np

    from .. import load_solution

    loaded = load_solution(solution)
    names = [str(variable) for variable in loaded.problem.variables]
    rows = [row for text in at or () for row in arguments.points(text, names)]
    if points is not None:
        rows += arguments.read_points(points, names)
    if not rows:
        raise typer.BadParameter(
            f"no point to evaluate at: give --at {'=..,'.join(names)}=.. or --points FILE.csv"
        )
    columns = list(zip(*rows, strict=True))
    if not expression:
        heads = [str(unknown.func) for unknown in loaded.problem.unknowns]
        values = loaded.parts(*columns)
    else:
        heads = list(expression)
        read = [arguments.expression(text, loaded.problem) for text in heads]
        values = np.array([loaded.evaluate(each, *columns) for each in read])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*names, *map(shown, heads)])
    for row, value in zip(rows, values.reshape(len(heads), len(rows)).T, strict=True):
        writer.writerow([*map(repr, row), *(repr(float(number)) for number in value)])


def plot(
    solution: Annotated[
        Path, typer.Argument(metavar="SOLUTION", help="What `sigmajet solve --save` wrote.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT.png", help="[SOLUTION with the suffix .png]"),
    ] = None,
    expression: Annotated[
        list[str] | None,
        typer.Option(help='Instead of the unknowns, expressions in them: "diff(u, x)**2".'),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="t=0.5", help="Where to cut; t=FIRST:LAST:COUNT gives a picture for each."
        ),
    ] = None,
    cmap: Annotated[
        str | None, typer.Option(help="Name of a colour map of Matplotlib. [viridis or RdBu_r]")
    ] = None,
    residual: Annotated[bool, typer.Option(help="Draw the residual beside.")] = True,
) -> None:
    """Draw a saved solution with its residual beside it (.png, .svg or .pdf).

    sigmajet plot burgers.npz -o front.svg --expression "u_x" --at t=0:1:5 --no-residual
    """
    from .. import load_solution

    target = output or solution.with_suffix(".png")
    loaded = load_solution(solution)
    for text in expression or ():
        arguments.expression(text, loaded.problem)  # a fault names the option
    places = dict(arguments.cut(text) for text in at or ())
    loaded.plot(target, expression=expression, at=places, cmap=cmap, residual=residual)
    say(f"picture   {target}")
