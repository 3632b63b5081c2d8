"""A solution in motion: a GIF of curves over a line, or of maps over a plane."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rcParams
from matplotlib.animation import FuncAnimation, PillowWriter

from ...errors import FileError, ProblemError
from ..storage import replacing
from .picture import (
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
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ..solved import Solved

__all__ = ["animate"]


def animate(
    solution: Solved, path: str | os.PathLike[str], *, frames: int = 100, rate: int = 20
) -> None:
    """Write an animation of an evolution; see `Solution.animate`."""
    problem = solution.problem
    target = Path(path)
    if problem.time is None:
        raise ProblemError("animate: the problem names no time; solution.plot() draws it")
    if target.suffix.lower() != ".gif":
        raise FileError(f"{target}: got the suffix {target.suffix!r}, expected .gif")
    if not (isinstance(frames, int) and frames > 0 and isinstance(rate, int) and rate > 0):
        raise ProblemError(
            f"animate: got frames={frames!r}, rate={rate!r}, expected positive integers"
        )
    moments, values = _values(solution, frames)
    figure = _figure(solution)
    film = FuncAnimation(
        figure,
        lambda frame: _draw(solution, figure, float(moments[frame]), values[frame], values),
        frames=len(moments),
        init_func=list,
    )
    # Its writer wants the name of a file; what becomes the target is complete.
    with tempfile.TemporaryDirectory() as folder, replacing(target) as stream:
        written = Path(folder) / "out.gif"
        film.save(written, writer=PillowWriter(fps=rate))
        stream.write(written.read_bytes())


def _values(solution: Solved, frames: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times at which the solution is known, and the unknowns there, (frames, unknowns, ...)."""
    problem = solution.problem
    domain, axis = problem.domain, problem.variables.index(problem.time)
    moments = np.linspace(domain.lower[axis], domain.upper[axis], frames)
    values = np.array([values_of(solution, *_places(solution, moment)) for moment in moments])
    known = np.isfinite(values.reshape(frames, -1)).any(axis=1)  # none outside of a region
    if not known.any():
        raise ProblemError("animate: the solution is not known at any time")
    return moments[known], values[known]


def _places(solution: Solved, moment: float) -> list[NDArray[np.float64]]:
    """Coordinates of one frame: the line, or the plane that a picture shows."""
    problem = solution.problem
    axis = problem.variables.index(problem.time)
    if len(problem.variables) > 2:
        return Plane.of(problem).points({axis: moment})
    places = [line_of(problem)]
    places.insert(axis, np.array(moment))
    return places


def _figure(solution: Solved) -> Figure:
    """The empty figure that all frames are drawn on."""
    problem = solution.problem
    if len(problem.variables) == 2:
        return figure_of_curves()
    return figure_of_maps(problem, 1, len(problem.unknowns))


def _draw(
    solution: Solved,
    figure: Figure,
    moment: float,
    values: NDArray[np.float64],
    everything: NDArray[np.float64],
) -> list[Artist]:
    """Draw one frame anew, as a figure of its own would be."""
    problem = solution.problem
    figure.clear()
    names = [plain(unknown) for unknown in problem.unknowns]
    place = ""
    if len(problem.variables) == 2:
        axes = figure.subplots()
        for name, row in zip(names, values, strict=True):
            axes.plot(line_of(problem), row, label=name, linewidth=1.6)
        low, high = everything.min(), everything.max()
        margin = rcParams["axes.ymargin"] * ((high - low) or 1.0)
        axes.set_ylim(low - margin, high + margin)
        axes.legend(frameon=False, loc="upper right")
        finish_curves(problem, axes)
    else:
        held = Plane.of(problem).held.items()
        others = ((problem.variables[axis], at) for axis, at in held)
        place = "".join(f", {plain(v)} = {at:g}" for v, at in others if v != problem.time)
        grid = figure.subplots(1, len(names), squeeze=False)[0]
        for number, (axes, name) in enumerate(zip(grid, names, strict=True)):
            scale, colours = colours_of(everything[:, number])
            draw_image(problem, axes, values[number], scale, colours, name)
    verdict = "" if solution.converged else "NOT CONVERGED, "
    figure.suptitle(f"{verdict}{plain(problem.time)} = {moment:.3f}{place}", fontsize="medium")
    return []
