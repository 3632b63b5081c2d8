"""What a picture and a film have in common: the plane drawn, its true shape, its colours."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from ...geometry.shapes.plane import PlaneRegion
from ...problem.drawing import outline
from ..masked import inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ...problem.statement import Problem
    from ..solved import Solved

__all__ = [
    "DPI",
    "Picture",
    "Plane",
    "colours_of",
    "draw_image",
    "figure_of_curves",
    "figure_of_maps",
    "finish_curves",
    "line_between",
    "line_of",
    "plain",
    "values_of",
]


DPI = 160  # a figure of Matplotlib's own size, 6.4 inches wide, then fills a page of 1024 pixels
MAP_WIDTH = 3.9  # inches: two maps with their colour bars fill a page
# Along each side of a map, 0.03 M evaluations: four pixels for each, interpolated between them.
MAP_POINTS = 160


@dataclass(frozen=True, slots=True)
class Plane:
    """Two variables of a problem that span a picture, the others held at the middle."""

    problem: Problem
    across: int
    up: int
    places: Mapping[int, float]

    @classmethod
    def of(cls, problem: Problem, places: Mapping[int, float] | None = None) -> Plane:
        """The plane of the first two variables of space, or of the line and time to the right.

        Those that have `places` do not count: where they are held, and not at the middle.
        """
        places = places or {}
        space = [axis for axis in space_of(problem) if axis not in places]
        if len(space) == 1:
            (time,) = {*range(len(problem.variables))} - {*space, *places}
            return cls(problem, time, space[0], places)
        return cls(problem, space[0], space[1], places)

    @property
    def true_aspect(self) -> float | None:
        """Height over width of the box, None where it means nothing or is illegible."""
        if self.problem.variables[self.across] == self.problem.time:
            return None
        lower, upper = self.problem.domain.lower, self.problem.domain.upper
        width, height = (upper[axis] - lower[axis] for axis in (self.across, self.up))
        ratio = height / width
        short = MAP_WIDTH * min(ratio, 1 / ratio)
        return ratio if short >= 1.0 else None  # an inch: less is a sliver

    @property
    def held(self) -> dict[int, float]:
        """Where the plane lies: the variables across it, by axis."""
        domain = self.problem.domain
        return {
            axis: self.places.get(axis, (low + high) / 2)
            for axis, (low, high) in enumerate(zip(domain.lower, domain.upper, strict=True))
            if axis not in (self.across, self.up)
        }

    def points(
        self, held: Mapping[int, float] | None = None, count: int | None = None
    ) -> list[NDArray[np.float64]]:
        """Coordinates that broadcast to (up, across), at the centres of so many cells a side.

        `held` says where to hold other variables than at the middle.
        """
        count = count or MAP_POINTS
        places = self.held | dict(held or {})
        lower, upper = self.problem.domain.lower, self.problem.domain.upper
        shares = (np.arange(count) + 0.5) / count
        coordinates = []
        for axis, (low, high) in enumerate(zip(lower, upper, strict=True)):
            if axis in places:
                coordinates.append(np.array([[places[axis]]]))
            else:
                centres = low + (high - low) * shares
                coordinates.append(centres[None, :] if axis == self.across else centres[:, None])
        return coordinates


def space_of(problem: Problem) -> list[int]:
    """The axes of the variables that are not time."""
    return [axis for axis, name in enumerate(problem.variables) if name != problem.time]


def line_of(problem: Problem) -> NDArray[np.float64]:
    """Points along the only variable of space, its ends included: one for each pixel."""
    (axis,) = space_of(problem)
    return line_between(problem.domain.lower[axis], problem.domain.upper[axis])


def line_between(low: float, high: float, count: int | None = None) -> NDArray[np.float64]:
    """Points of a curve, one for each pixel by default."""
    return np.linspace(low, high, count or int(rcParams["figure.figsize"][0] * DPI))


def values_of(solution: Solved, *points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unknowns at points, always on a leading axis."""
    return inside(solution.problem, solution.parts, len(solution.problem.unknowns), points)


def _grown(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A map with the values of neighbours next to its border, under which a picture is cut."""
    for _ in range(2):
        padded = np.pad(values, 1, constant_values=np.nan)
        rows, columns = values.shape
        around = np.stack(
            [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
        )
        known = np.isfinite(around)
        count = known.sum(axis=0)
        mean = np.where(known, around, 0.0).sum(axis=0) / np.maximum(count, 1)
        values = np.where(np.isnan(values) & (count > 0), mean, values)
    return values


class Picture(Figure):
    """A figure that a notebook shows, whichever backend Matplotlib has there."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png")
        return stream.getvalue()


def figure_of_curves(size: tuple[float, float] | None = None) -> Picture:
    """An empty figure of a size in inches, by default that of all figures."""
    figure = Picture(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def figure_of_maps(
    problem: Problem, rows: int, columns: int, plane: Plane | None = None
) -> Picture:
    """An empty figure of the size that rows and columns of maps and colour bars take."""
    across, up = rcParams["figure.figsize"]
    aspect = (plane or Plane.of(problem)).true_aspect or up / across
    height = float(np.clip(MAP_WIDTH * aspect, 1.0, 4.6))
    width = min(MAP_WIDTH, height / aspect)
    return figure_of_curves((columns * (width + 1.3), 0.4 + rows * (height + 0.8)))


def finish_curves(problem: Problem, axes: Axes, axis: int | None = None) -> Axes:
    """Name the variable under curves, the only one of space by default, and frame them lightly."""
    if axis is None:
        (axis,) = space_of(problem)
    axes.set_xlabel(plain(problem.variables[axis]))
    axes.set_xlim(problem.domain.lower[axis], problem.domain.upper[axis])
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def colours_of(values: NDArray[np.float64]) -> tuple[Normalize, str]:
    """The scale and the colour map for values: diverging about zero where they change sign.

    What is less than a step between two colours is overshoot.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    diverging = "RdBu_r"
    if min(-low, high) * colormaps[diverging].N > 2 * max(-low, high):
        return Normalize(-max(-low, high), max(-low, high)), diverging
    return Normalize(low, high), "viridis"


def draw_image(
    problem: Problem,
    axes: Axes,
    values: NDArray[np.float64],
    scale: Normalize,
    colours: str,
    label: str,
    plane: Plane | None = None,
) -> Axes:
    """Draw values on the plane of a problem, in its true shape where that is legible."""
    plane = plane or Plane.of(problem)
    lower, upper = problem.domain.lower, problem.domain.upper
    space = problem.domain.space
    region = space.region
    in_space = max(plane.across, plane.up) < len(space.variables)
    shaped = isinstance(region, PlaneRegion) and in_space
    image = axes.imshow(
        _grown(values) if shaped else values,
        origin="lower",
        extent=(lower[plane.across], upper[plane.across], lower[plane.up], upper[plane.up]),
        aspect="auto" if plane.true_aspect is None else "equal",
        interpolation="bilinear",
        norm=scale,
        cmap=colours,
    )
    if shaped:
        edge = PathPatch(outline(region), fill=False, linewidth=0.8)
        axes.add_patch(edge)
        image.set_clip_path(edge)
        axes.spines[:].set_visible(False)
    axes.set_xlabel(plain(problem.variables[plane.across]))
    axes.set_ylabel(plain(problem.variables[plane.up]))
    axes.set_title(label, fontsize="medium")
    axes.figure.colorbar(image, cax=axes.inset_axes((1.03, 0.0, 0.05, 1.0)))
    return axes


def plain(name: object) -> str:
    """A name as plain text: a dollar sign would start Matplotlib's mathematics."""
    return str(name).replace("$", r"\$")
