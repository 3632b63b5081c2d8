"""Pictures of a solution, with its residual beside it.

=====================  ==========================================================
variables              picture
=====================  ==========================================================
one                    a curve for each unknown, the residual on a log scale below
two of space           a map for each unknown with the true aspect of the box
one of space, time     the same with time running to the right
three and more         the map on a mid plane of the box; the title says where
=====================  ==========================================================

The error estimate stands in the title, and so does a solve that missed its
tolerance. Figures are built without `matplotlib.pyplot`: no backend is chosen,
no window opens and no global setting changes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from ...errors import FileError
from ...rounding import relative_rounding
from ..storage import replacing
from .picture import (
    DPI,
    Picture,
    Plane,
    colours_of,
    draw_image,
    figure_of_curves,
    figure_of_maps,
    finish_curves,
    line_of,
    plain,
    values_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..solved import Solved

__all__ = ["draw_curves", "draw_map", "draw_residual_curves", "draw_residual_map", "plot", "save"]


def plot(solution: Solved, path: str | os.PathLike[str] | None = None) -> Picture:
    """Draw every unknown of a solution with the residual of every equation.

    Parameters
    ----------
    solution : Solution
        What `sigmajet.solve` or `sigmajet.load_solution` returned.
    path : path-like, optional
        Where to write the picture; the suffix chooses the format (.png, .svg, .pdf).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FileError
        The picture cannot be written to `path`.
    """
    problem = solution.problem
    if len(problem.variables) == 1:
        figure = figure_of_curves()
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.4])
        draw_curves(solution, upper)
        draw_residual_curves(solution, lower)
        upper.set_xlabel("")
        place = ""
    else:
        rows = max(len(problem.unknowns), len(problem.equations))
        figure = figure_of_maps(problem, rows, 2)
        grid = figure.subplots(rows, 2, squeeze=False)
        for row, (left, right) in enumerate(grid):
            if row < len(problem.unknowns):
                draw_map(solution, left, row)
            else:
                left.set_axis_off()
            if row < len(problem.equations):
                draw_residual_map(solution, right, row)
            else:
                right.set_axis_off()
        held = Plane.of(problem).held
        place = ", ".join(f"{problem.variables[axis]} = {at:g}" for axis, at in held.items())
    figure.suptitle(_title(solution, place), fontsize="medium", color=_title_colour(solution))
    if path is not None:
        save(figure, path)
    return figure


def draw_curves(solution: Solved, axes: Axes) -> Axes:
    """Draw the unknowns of a problem in one variable as curves.

    Parameters
    ----------
    solution : Solution
    axes : matplotlib.axes.Axes
        What to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The same.
    """
    problem = solution.problem
    x = line_of(problem)
    for unknown, values in zip(problem.unknowns, values_of(solution, x), strict=True):
        axes.plot(x, values, label=plain(unknown), linewidth=1.6)
    if len(problem.unknowns) == 1:
        axes.set_ylabel(plain(problem.unknowns[0]))
    else:
        axes.legend(frameon=False)
    return finish_curves(problem, axes)


def draw_residual_curves(solution: Solved, axes: Axes) -> Axes:
    """Draw the residuals of a problem in one variable, absolute and on a log scale.

    Parameters and result are those of `draw_curves`.
    """
    problem = solution.problem
    x = line_of(problem)
    residuals = _residuals(solution, x)
    lowest, highest = _residual_range(residuals)
    for number, values in enumerate(residuals, start=1):
        axes.plot(x, np.maximum(values, lowest), label=f"equation {number}", linewidth=0.9)
    axes.set_yscale("log")
    axes.set_ylim(lowest, highest)
    axes.set_ylabel("|residual|")
    if len(residuals) > 1:
        axes.legend(frameon=True, edgecolor="none", fontsize="small")
    return finish_curves(problem, axes)


def draw_map(solution: Solved, axes: Axes, unknown: int = 0) -> Axes:
    """Draw one unknown of a problem in two or more variables as a map.

    A field that changes sign gets a diverging map about zero, any other a sequential one. Of more
    than two variables the first two of space are drawn, with the others in the middle.

    Parameters
    ----------
    solution : Solution
    axes : matplotlib.axes.Axes
        What to draw on.
    unknown : int, optional
        Which one, counted from 0.

    Returns
    -------
    matplotlib.axes.Axes
        The same.
    """
    problem = solution.problem
    values = values_of(solution, *Plane.of(problem).points())[unknown]
    return draw_image(problem, axes, values, *colours_of(values), plain(problem.unknowns[unknown]))


def draw_residual_map(solution: Solved, axes: Axes, equation: int = 0) -> Axes:
    """Draw the residual of one equation, absolute and on a logarithmic colour scale.

    Parameters and result are those of `draw_map`, with the number of the equation, from 0.
    """
    problem = solution.problem
    values = _residuals(solution, *Plane.of(problem).points())[equation]
    lowest, highest = _residual_range(values)
    label = "|residual|"
    if len(problem.equations) > 1:
        label += f" of equation {equation + 1}"
    clipped = np.maximum(values, lowest)
    return draw_image(problem, axes, clipped, LogNorm(lowest, highest), "magma", label)


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a picture in one step: a reader sees the old file or the whole new one.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : path-like
        Its suffix chooses the format.

    Raises
    ------
    FileError
        If the suffix names no format, or the file cannot be written.
    """
    target = Path(path)
    suffix = picture_format(target)
    with replacing(target) as stream:
        figure.savefig(stream, format=suffix, dpi=DPI)


def picture_format(target: Path) -> str:
    """The format that the suffix of a file names.

    Raises
    ------
    FileError
        If it names none.
    """
    formats = FigureCanvasBase.get_supported_filetypes()
    suffix = target.suffix.lstrip(".").lower()
    if suffix not in formats:
        raise FileError(
            f"{target}: the suffix {target.suffix!r} names no picture format; "
            f"use one of {', '.join(sorted('.' + name for name in formats))}"
        )
    return suffix


def _residuals(solution: Solved, *points: NDArray[np.float64]) -> NDArray[np.float64]:
    shape = np.broadcast_shapes(*(coordinate.shape for coordinate in points))
    residuals = np.abs(solution.residual(*points))
    return np.reshape(residuals, (len(solution.problem.equations), *shape))


def _residual_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the whole decades worth showing: from nearly the smallest residual to the largest.

    One that rounding separates from the largest is zero: residuals cross zero, which on a log
    scale has no end.
    """
    finite = values[np.isfinite(values)]
    lowest, highest = np.quantile(finite, (0.01, 1.0)) if finite.size else (0.0, 0.0)
    rounding = relative_rounding()
    highest = max(highest, rounding**2)  # zero for every purpose, and safe in an image's float32
    top = int(np.ceil(np.log10(highest)))
    bottom = int(np.floor(np.log10(max(lowest, rounding * highest))))
    return 10.0 ** min(bottom, top - 1), 10.0**top


def _title(solution: Solved, place: str) -> str:
    error = f"estimated relative error {solution.error_estimate:.0e}"
    verdict = "" if solution.converged else "NOT CONVERGED: "
    return f"{verdict}{error}" + (f", on the plane {place}" if place else "")


def _title_colour(solution: Solved) -> str:
    return "black" if solution.converged else "tab:red"
