"""A solution in motion: a GIF of curves over a line, or of maps over a plane."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image  # Matplotlib's own writer of pictures: it brings Pillow

from .atomic import replacing
from .errors import FileError, ProblemError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .solution import Solution

__all__ = ["animate"]

_CURVE_POINTS, _MAP_POINTS = 601, 128
_DPI = 100
_MARGIN = 0.05  # of the range of values, above and below the curves


def animate(
    solution: Solution, path: str | os.PathLike[str], *, frames: int = 100, rate: int = 20
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
    pictures = [_picture(solution, m, v, values) for m, v in zip(moments, values, strict=True)]
    with replacing(target) as stream:
        pictures[0].save(
            stream,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=round(1000 / rate),
            loop=0,
        )


def _values(solution: Solution, frames: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times at which the solution is known, and the unknowns there, (frames, unknowns, ...)."""
    problem = solution.problem
    domain, axis = problem.domain, problem.variables.index(problem.time)
    moments = np.linspace(domain.lower[axis], domain.upper[axis], frames)
    found = []
    for moment in moments:
        places = _places(solution, moment)
        shape = np.broadcast_shapes(*(p.shape for p in places))
        found.append(np.reshape(solution(*places), (len(problem.unknowns), *shape)))
    values = np.array(found)
    known = np.isfinite(values.reshape(frames, -1)).all(axis=1)
    if not known.any():
        raise ProblemError("animate: the solution is not known at any time")
    return moments[known], values[known]


def _places(solution: Solution, moment: float) -> list[NDArray[np.float64]]:
    """Coordinates of one frame: the line, or the first two variables with the others mid-way."""
    problem = solution.problem
    space = [k for k, v in enumerate(problem.variables) if v != problem.time]
    places = []
    for k, (low, high) in enumerate(zip(problem.domain.lower, problem.domain.upper, strict=True)):
        if k not in space:
            places.append(np.array(moment))
        elif len(space) == 1:
            places.append(np.linspace(low, high, _CURVE_POINTS))
        elif k == space[0]:
            places.append(np.linspace(low, high, _MAP_POINTS)[None, :])
        elif k == space[1]:
            places.append(np.linspace(low, high, _MAP_POINTS)[:, None])
        else:
            places.append(np.array(0.5 * (low + high)))
    return places


def _picture(
    solution: Solution,
    moment: float,
    values: NDArray[np.float64],
    everything: NDArray[np.float64],
) -> Image.Image:
    problem = solution.problem
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    names = [str(unknown).replace("$", r"\$") for unknown in problem.unknowns]
    places = [p for p in _places(solution, moment) if p.size > 1]
    space = [v for v in problem.variables if v != problem.time]
    if len(places) == 1:
        axes = figure.subplots()
        for name, row in zip(names, values, strict=True):
            axes.plot(places[0], row, label=name, linewidth=1.6)
        low, high = everything.min(), everything.max()
        margin = _MARGIN * ((high - low) or 1.0)
        axes.set_ylim(low - margin, high + margin)
        axes.set_xlim(places[0][0], places[0][-1])
        axes.set_xlabel(str(space[0]))
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.legend(frameon=False, loc="upper right")
    else:
        across, up = places[0].ravel(), places[1].ravel()
        for axes, name, row, all_of in zip(
            figure.subplots(1, len(names), squeeze=False)[0],
            names,
            values,
            everything.swapaxes(0, 1),
            strict=True,
        ):
            image = axes.imshow(
                row,
                origin="lower",
                extent=(across[0], across[-1], up[0], up[-1]),
                vmin=all_of.min(),
                vmax=all_of.max(),
                interpolation="bilinear",
            )
            axes.set_xlabel(str(space[0]))
            axes.set_ylabel(str(space[1]))
            axes.set_title(name, fontsize="medium")
            figure.colorbar(image, ax=axes, shrink=0.8)
    verdict = "" if solution.converged else "NOT CONVERGED, "
    figure.suptitle(f"{verdict}{problem.time} = {moment:.3f}", fontsize="medium")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=_DPI)
    return Image.open(stream).convert("RGB")
