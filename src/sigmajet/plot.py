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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from .atomic import replacing
from .errors import FileError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from .problem import Problem
    from .solution import Solution

__all__ = ["draw_curves", "draw_map", "draw_residual_curves", "draw_residual_map", "plot", "save"]

CURVE_POINTS = 2001
MAP_POINTS = 192  # along the longer side: two points a pixel at the size drawn, 0.04 M evaluations
MAP_WIDTH = 3.9  # inches: two maps with their colour bars fill a page
DEFAULT_ASPECT = 0.75
FLATTEST_TRUE_ASPECT = 5.0  # a longer box would be drawn as a sliver
SIGN_CHANGE = 0.01  # a smaller share of the other sign is overshoot, not a change of sign
SMALLEST_RESIDUAL = 1e-30  # zero for every purpose, and safe in the float32 of an image
RESIDUAL_DECADES = 8  # below the largest residual; zero crossings go to -inf
DPI = 160


def plot(solution: Solution, path: str | os.PathLike[str] | None = None) -> Figure:
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
        figure = _new_figure(6.4, 4.8)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.4])
        draw_curves(solution, upper)
        draw_residual_curves(solution, lower)
        upper.set_xlabel("")
        place = ""
    else:
        plane = _mid_plane(problem)
        rows = max(len(problem.unknowns), len(problem.equations))
        height = float(np.clip(MAP_WIDTH * plane.aspect(problem), 1.0, 4.6))
        width = min(MAP_WIDTH, height / plane.aspect(problem))
        figure = _new_figure(2 * (width + 1.3), 0.4 + rows * (height + 0.8))
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
        place = plane.describe(problem)
    figure.suptitle(_title(solution, place), fontsize="medium", color=_title_colour(solution))
    if path is not None:
        save(figure, path)
    return figure


def draw_curves(solution: Solution, axes: Axes) -> Axes:
    """Draw the unknowns of a problem in one variable as curves."""
    problem = solution.problem
    x = np.linspace(problem.domain.lower[0], problem.domain.upper[0], CURVE_POINTS)
    for unknown, values in zip(problem.unknowns, _unknowns(solution, x), strict=True):
        axes.plot(x, values, label=_text(unknown), linewidth=1.6)
    if len(problem.unknowns) == 1:
        axes.set_ylabel(_text(problem.unknowns[0]))
    else:
        axes.legend(frameon=False)
    return _finish_curves(problem, axes)


def draw_residual_curves(solution: Solution, axes: Axes) -> Axes:
    """Draw the residuals of a problem in one variable, absolute and on a log scale."""
    problem = solution.problem
    x = np.linspace(problem.domain.lower[0], problem.domain.upper[0], CURVE_POINTS)
    residuals = _residuals(solution, x)
    lowest, highest = _residual_range(residuals)
    for number, values in enumerate(residuals, start=1):
        axes.plot(x, np.maximum(values, lowest), label=f"equation {number}", linewidth=0.9)
    axes.set_yscale("log")
    axes.set_ylim(lowest, highest)
    axes.set_ylabel("|residual|")
    if len(residuals) > 1:
        axes.legend(frameon=True, edgecolor="none", fontsize="small")
    return _finish_curves(problem, axes)


def draw_map(solution: Solution, axes: Axes, unknown: int = 0) -> Axes:
    """Draw one unknown of a problem in two or more variables as a map.

    A field that changes sign gets a diverging map about zero, any other a sequential one.
    """
    problem = solution.problem
    plane = _mid_plane(problem)
    values = _unknowns(solution, *plane.points(problem))[unknown]
    low, high = _finite_range(values)
    if min(-low, high) > SIGN_CHANGE * max(-low, high):
        scale, colours = Normalize(-max(-low, high), max(-low, high)), "RdBu_r"
    else:
        scale, colours = Normalize(low, high), "viridis"
    return _draw_image(problem, axes, values, scale, colours, _text(problem.unknowns[unknown]))


def draw_residual_map(solution: Solution, axes: Axes, equation: int = 0) -> Axes:
    """Draw the residual of one equation, absolute and on a logarithmic colour scale."""
    problem = solution.problem
    values = _residuals(solution, *_mid_plane(problem).points(problem))[equation]
    lowest, highest = _residual_range(values)
    label = "|residual|"
    if len(problem.equations) > 1:
        label += f" of equation {equation + 1}"
    clipped = np.maximum(values, lowest)
    return _draw_image(problem, axes, clipped, LogNorm(lowest, highest), "magma", label)


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a picture in one step: a reader sees the old file or the whole new one."""
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


@dataclass(frozen=True, slots=True)
class _Plane:
    """Two variables of a problem that span a picture, the others held at the middle."""

    across: int
    up: int

    def true_aspect(self, problem: Problem) -> float | None:
        """Return height over width of the box, None where it means nothing or is illegible."""
        if problem.variables[self.across] == problem.time:
            return None
        width, height = (
            problem.domain.upper[axis] - problem.domain.lower[axis]
            for axis in (self.across, self.up)
        )
        ratio = height / width
        return ratio if max(ratio, 1 / ratio) <= FLATTEST_TRUE_ASPECT else None

    def aspect(self, problem: Problem) -> float:
        return self.true_aspect(problem) or DEFAULT_ASPECT

    def points(self, problem: Problem) -> list[NDArray[np.float64]]:
        """Return coordinates that broadcast to (up, across), at the centres of the pixels."""
        coordinates = []
        for axis, (low, high) in enumerate(
            zip(problem.domain.lower, problem.domain.upper, strict=True)
        ):
            centres = low + (high - low) * (np.arange(MAP_POINTS) + 0.5) / MAP_POINTS
            if axis == self.across:
                coordinates.append(centres[None, :])
            elif axis == self.up:
                coordinates.append(centres[:, None])
            else:
                coordinates.append(np.array([[(low + high) / 2]]))
        return coordinates

    def describe(self, problem: Problem) -> str:
        """Say where the plane lies, empty if it is the whole domain."""
        return ", ".join(
            f"{variable} = {(low + high) / 2:g}"
            for axis, (variable, low, high) in enumerate(
                zip(problem.variables, problem.domain.lower, problem.domain.upper, strict=True)
            )
            if axis not in (self.across, self.up)
        )


def _mid_plane(problem: Problem) -> _Plane:
    space = [axis for axis, name in enumerate(problem.variables) if name != problem.time]
    if len(space) == 1:
        return _Plane(across=1 - space[0], up=space[0])
    return _Plane(across=space[0], up=space[1])


def _unknowns(solution: Solution, *points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate with the unknowns always on a leading axis."""
    shape = np.broadcast_shapes(*(coordinate.shape for coordinate in points))
    return np.reshape(solution(*points), (len(solution.problem.unknowns), *shape))


def _residuals(solution: Solution, *points: NDArray[np.float64]) -> NDArray[np.float64]:
    shape = np.broadcast_shapes(*(coordinate.shape for coordinate in points))
    residuals = np.abs(solution.residual(*points))
    return np.reshape(residuals, (len(solution.problem.equations), *shape))


def _finite_range(values: NDArray[np.float64]) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _residual_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the whole decades worth showing: from nearly the smallest residual to the largest."""
    finite = values[np.isfinite(values)]
    lowest, highest = np.quantile(finite, (0.01, 1.0)) if finite.size else (0.0, 0.0)
    top = int(np.ceil(np.log10(max(highest, SMALLEST_RESIDUAL))))
    bottom = int(np.floor(np.log10(max(lowest, SMALLEST_RESIDUAL))))
    return 10.0 ** np.clip(bottom, top - RESIDUAL_DECADES, top - 1), 10.0**top


def _draw_image(
    problem: Problem,
    axes: Axes,
    values: NDArray[np.float64],
    scale: Normalize,
    colours: str,
    label: str,
) -> Axes:
    plane = _mid_plane(problem)
    lower, upper = problem.domain.lower, problem.domain.upper
    image = axes.imshow(
        values,
        origin="lower",
        extent=(lower[plane.across], upper[plane.across], lower[plane.up], upper[plane.up]),
        aspect="auto" if plane.true_aspect(problem) is None else "equal",
        interpolation="bilinear",
        norm=scale,
        cmap=colours,
    )
    axes.set_xlabel(_text(problem.variables[plane.across]))
    axes.set_ylabel(_text(problem.variables[plane.up]))
    axes.set_title(label, fontsize="medium")
    axes.figure.colorbar(image, cax=axes.inset_axes((1.03, 0.0, 0.05, 1.0)))
    return axes


def _finish_curves(problem: Problem, axes: Axes) -> Axes:
    axes.set_xlabel(_text(problem.variables[0]))
    axes.set_xlim(problem.domain.lower[0], problem.domain.upper[0])
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _new_figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _title(solution: Solution, place: str) -> str:
    error = f"estimated relative error {solution.error_estimate:.0e}"
    verdict = "" if solution.converged else "NOT CONVERGED: "
    return f"{verdict}{error}" + (f", on the plane {place}" if place else "")


def _title_colour(solution: Solution) -> str:
    return "black" if solution.converged else "tab:red"


def _text(name: object) -> str:
    """Return a name as plain text: a dollar sign would start Matplotlib's mathematics."""
    return str(name).replace("$", r"\$")
