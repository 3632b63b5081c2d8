"""Pictures of a solution, with its residual beside it.

=====================  ==========================================================
variables              picture
=====================  ==========================================================
one                    a curve for each unknown, the residual on a log scale below
two of space           a map for each unknown with the true aspect of the box
one of space, time     the same with time running to the right
three, of a body       the body cut open, its surface and the cut coloured
three and more         the map on a mid plane of the box; the title says where
=====================  ==========================================================

The error estimate stands in the title, and so does a solve that missed its
tolerance. Figures are built without `matplotlib.pyplot`: no backend is chosen,
no window opens and no global setting changes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from ...errors import FileError, ProblemError
from ...rounding import relative_rounding
from ..storage import replacing
from .bodies import cut_open, draw_body, is_body
from .picture import (
    DPI,
    Picture,
    colours_of,
    draw_image,
    figure_of_curves,
    figure_of_maps,
    finish_curves,
)
from .sizes import Beside, Errors, Residuals
from .view import View, check_colours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..solved import Solved

__all__ = ["draw_curves", "draw_map", "draw_residual_curves", "draw_residual_map", "plot", "save"]


def plot(
    solution: Solved,
    path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | None = None,
    expression: Any = None,
    at: Mapping[Any, Any] | None = None,
    times: Any = None,
    points: int | None = None,
    cmap: str | None = None,
    residual: bool = True,
    exact: Any = None,
) -> Figure:
    """Draw every unknown of a solution with the residual of every equation.

    Parameters
    ----------
    solution : Solution
        What `sigmajet.solve` or `sigmajet.load_solution` returned.
    path : path-like, optional
        Where to write the picture; the suffix chooses the format (.png, .svg, .pdf).
    ax : matplotlib.axes.Axes, optional
        What to draw on, without the residual and the title: all curves, or one map.
    expression : expression or str, or several, optional
        What to draw instead of the unknowns, as `Solution.evaluate` takes it: `"diff(u, x)"`.
    at : dict of variable to number or numbers, optional
        Where to cut: `{t: 0.5}` holds a variable there, `{t: [0, 0.5, 1]}` gives a curve or a map
        for each; where one variable is left, curves are drawn along it. By default variables
        beyond two are held at the middle of their intervals, and bodies of space are cut open.
    times : number or numbers, optional
        Where to cut in time: the same as `at` for the variable that is time.
    points : int, optional
        Along a curve, or along each side of a map; by default as many as the picture shows.
    cmap : str, optional
        Name of a colour map of Matplotlib, for the maps of the unknowns.
    residual : bool, optional
        Whether to draw the residual beside.
    exact : expression or str, or several, optional
        What is drawn as it should be, one for each: the errors take the place of the residual.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ProblemError
        If something else is asked for than the solution has.
    FileError
        The picture cannot be written to `path`.
    """
    check_colours(cmap)
    view = View.of(solution, expression, at, times, points)
    figure: Figure
    if ax is not None:
        figure = _on(ax, view, cmap, exact)
    else:
        beside = Errors.of(view, exact) if exact is not None else Residuals(solution)
        shown = beside if residual or exact is not None else None
        figure = _figure(view, cmap, shown)
    if path is not None:
        save(figure, path)
    return figure


def _figure(view: View, cmap: str | None, beside: Beside | None) -> Picture:
    if view.line is not None:
        return _curves(view, beside)
    if view.whole and is_body(view.solution.problem):
        return _bodies(view, cmap, beside)
    return _maps(view, cmap, beside)


def _on(ax: Any, view: View, cmap: str | None, exact: Any) -> Figure:
    """Draw on axes of a caller's; returns their figure."""
    if not isinstance(ax, Axes):
        raise ProblemError(
            f"ax: got {ax!r:.60}, expected axes of Matplotlib, as figure.subplots() gives them"
        )
    if exact is not None:
        raise ProblemError(
            "ax: errors beside `exact` take axes of their own; leave one of both out"
        )
    if view.line is not None:
        return _figure_of(_draw_curves(view, ax))
    maps = len(view.labels) * len(view.cuts)
    if maps > 1:
        raise ProblemError(
            f"ax: got {maps} maps for one pair of axes; give one `expression`, or one place in "
            "`at`, for each"
        )
    return _figure_of(_draw_map(view, ax, 0, view.cuts[0], cmap))


def _figure_of(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ProblemError("ax: the axes were removed from their figure")
    return figure


def _curves(view: View, beside: Beside | None) -> Picture:
    figure = figure_of_curves()
    if beside is not None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.4])
        _draw_curves(view, upper)
        _draw_sizes(view, lower, beside)
        upper.set_xlabel("")
    else:
        _draw_curves(view, figure.subplots())
    _finish(figure, view, "line", view.cuts[0])
    return figure


def _maps(view: View, cmap: str | None, beside: Beside | None) -> Picture:
    problem, count = view.solution.problem, len(view.labels)
    second = 0 if beside is None else len(beside.labels)
    rows, columns = max(count, second), 1 if beside is None else 2
    plane = view.plane(view.cuts[0])
    figure = figure_of_maps(problem, rows * len(view.cuts), columns, plane)
    grid = figure.subplots(rows * len(view.cuts), columns, squeeze=False)
    for number, cut in enumerate(view.cuts):
        for row in range(rows):
            cells = grid[number * rows + row]
            for axes, exists in zip(cells, (row < count, row < second), strict=False):
                axes.set_visible(exists)
            if row < count:
                _draw_map(view, cells[0], row, cut, cmap)
            if beside is not None and row < second:
                _draw_size_map(view, cells[1], row, cut, beside)
    _finish(figure, view, "plane", plane.held)
    return figure


def _bodies(view: View, cmap: str | None, beside: Beside | None) -> Picture:
    """A body cut open for each quantity, and beside it one for each row of what is beside."""
    problem, count = view.solution.problem, len(view.labels)
    second = 0 if beside is None else len(beside.labels)
    rows, columns = max(count, second), 1 if beside is None else 2
    figure = figure_of_maps(problem, rows, columns)
    polygons, points = cut_open(problem)
    for row, values in enumerate(view.values(points)):
        axes = figure.add_subplot(rows, columns, columns * row + 1, projection="3d")
        scale, colours = colours_of(values)
        draw_body(problem, axes, polygons, values, scale, cmap or colours, view.labels[row])
    if beside is None:
        _finish(figure, view, "body", {})
        return figure
    for row, sizes in enumerate(beside.sizes(points)):
        axes = figure.add_subplot(rows, columns, columns * row + 2, projection="3d")
        lowest, highest = _decades(sizes)
        label = _size_label(beside, row)
        clipped = np.maximum(sizes, lowest)
        scale = LogNorm(lowest, highest)
        draw_body(problem, axes, polygons, clipped, scale, "magma", label)
    _finish(figure, view, "body", {})
    return figure


def _size_label(beside: Beside, row: int) -> str:
    """What a row of sizes is of."""
    return f"|{beside.name}|" + (f" of {beside.labels[row]}" if len(beside.labels) > 1 else "")


def _finish(figure: Figure, view: View, what: str, held: Mapping[int, float]) -> None:
    """Say above a figure how good the solution is, and where it is cut if that is one place."""
    place = f"on the {what} {view.place(held)}" if held and len(view.cuts) == 1 else ""
    title = _title(view.solution, place)
    figure.suptitle(title, fontsize="medium", color=_title_colour(view.solution))


def draw_curves(
    solution: Solved, axes: Axes, *, expression: Any = None, at: Mapping[Any, Any] | None = None
) -> Axes:
    """Draw the unknowns of a problem as curves over the one variable that runs.

    Parameters
    ----------
    solution : Solution
    axes : matplotlib.axes.Axes
        What to draw on.
    expression, at : optional
        As `plot` takes them: other quantities; where all variables but one are held.

    Returns
    -------
    matplotlib.axes.Axes
        The same.
    """
    return _draw_curves(View.of(solution, expression, at), axes)


def _draw_curves(view: View, axes: Axes) -> Axes:
    axis = _running(view)
    for cut in view.cuts:
        points = view.along(axis, cut)
        for name, values in zip(view.labels, view.values(points), strict=True):
            label = f"{name}, {view.place(cut)}" if len(view.cuts) > 1 else name
            axes.plot(points[axis], values, label=label, linewidth=1.6)
    if len(view.labels) == 1:
        axes.set_ylabel(view.labels[0])
    if len(view.labels) * len(view.cuts) > 1:
        axes.legend(frameon=False)
    return finish_curves(view.solution.problem, axes, axis)


def _running(view: View) -> int:
    if view.line is None:
        raise ProblemError("curves: give places of all variables but one, as in at={t: 0.5}")
    return view.line


def draw_residual_curves(
    solution: Solved, axes: Axes, *, at: Mapping[Any, Any] | None = None
) -> Axes:
    """Draw the residuals of a problem over one variable, absolute and on a log scale.

    Parameters and result are those of `draw_curves`.
    """
    return _draw_sizes(View.of(solution, at=at), axes, Residuals(solution))


def _draw_sizes(view: View, axes: Axes, beside: Beside) -> Axes:
    axis, problem = _running(view), view.solution.problem
    found = [(cut, view.along(axis, cut)) for cut in view.cuts]
    sizes = np.array([beside.sizes(points) for _, points in found])
    lowest, highest = _decades(sizes)
    for (cut, points), rows in zip(found, sizes, strict=True):
        for name, values in zip(beside.labels, rows, strict=True):
            label = name + (f", {view.place(cut)}" if len(found) > 1 else "")
            axes.plot(points[axis], np.maximum(values, lowest), label=label, linewidth=0.9)
    axes.set_yscale("log")
    axes.set_ylim(lowest, highest)
    axes.set_ylabel(f"|{beside.name}|")
    if len(beside.labels) > 1:
        axes.legend(frameon=True, edgecolor="none", fontsize="small")
    return finish_curves(problem, axes, axis)


def draw_map(
    solution: Solved,
    axes: Axes,
    unknown: int = 0,
    *,
    expression: Any = None,
    at: Mapping[Any, Any] | None = None,
    cmap: str | None = None,
) -> Axes:
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
    expression, at, cmap : optional
        As `plot` takes them.

    Returns
    -------
    matplotlib.axes.Axes
        The same.
    """
    check_colours(cmap)
    view = View.of(solution, expression, at)
    return _draw_map(view, axes, unknown, view.cuts[0], cmap)


def _draw_map(view: View, axes: Axes, row: int, cut: Mapping[int, float], cmap: str | None) -> Axes:
    plane = view.plane(cut)
    values = view.values(view.over(plane))[row]
    scale, colours = colours_of(values)
    label = view.labels[row] + (f", {view.place(cut)}" if len(view.cuts) > 1 else "")
    return draw_image(view.solution.problem, axes, values, scale, cmap or colours, label, plane)


def draw_residual_map(
    solution: Solved, axes: Axes, equation: int = 0, *, at: Mapping[Any, Any] | None = None
) -> Axes:
    """Draw the residual of one equation, absolute and on a logarithmic colour scale.

    Parameters and result are those of `draw_map`, with the number of the equation, from 0.
    """
    view = View.of(solution, at=at)
    return _draw_size_map(view, axes, equation, view.cuts[0], Residuals(solution))


def _draw_size_map(
    view: View, axes: Axes, row: int, cut: Mapping[int, float], beside: Beside
) -> Axes:
    problem, plane = view.solution.problem, view.plane(cut)
    values = beside.sizes(view.over(plane))[row]
    lowest, highest = _decades(values)
    label = _size_label(beside, row)
    clipped = np.maximum(values, lowest)
    return draw_image(problem, axes, clipped, LogNorm(lowest, highest), "magma", label, plane)


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


def _decades(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the whole decades worth showing: from nearly the smallest size to the largest.

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
    return f"{verdict}{error}" + (f", {place}" if place else "")


def _title_colour(solution: Solved) -> str:
    return "black" if solution.converged else "tab:red"
