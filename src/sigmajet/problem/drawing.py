"""Pictures of statements: a region, the parts of its boundary, and what holds there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._extras import needed_by
from .._types import Array

with needed_by("a picture"):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.path import Path

__all__ = ["Layer", "curves_of", "draw", "draw_line", "empty_figure", "outline"]

_POINTS = 65  # of a drawn arc: a quarter of a circle that fills a page is round to a pixel


@dataclass(frozen=True, slots=True)
class Layer:
    """What holds on a part of the boundary: its text, and curves or points (m, d) of the part.

    Of a body there are polygons (k, n, 3) in their place.
    """

    label: str
    curves: Sequence[Array]


class _Picture(Figure):
    """A figure that a notebook shows, whichever backend Matplotlib has there."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png")
        return stream.getvalue()


def empty_figure(size: tuple[float, float] | None = None) -> Figure:
    """A figure without axes."""
    figure = _Picture(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def outline(region: Any) -> Path:
    """The boundary of a plane region as a path to fill, holes included, or to clip with."""
    points, codes = [], []
    shares = np.linspace(0.0, 1.0, _POINTS)
    for loop in region.loops:
        around = np.concatenate([arc.at(shares)[:-1] for arc in loop] + [loop[0].start[None]])
        points.append(around)
        codes += [Path.MOVETO, *[Path.LINETO] * (len(around) - 2), Path.CLOSEPOLY]
    return Path(np.concatenate(points), codes)


def curves_of(part: Any) -> list[Array]:
    """The arcs of a part of the boundary of a plane region, as points (m, 2)."""
    return [arc.at(np.linspace(0.0, 1.0, _POINTS)) for arc in part.arcs]


def draw(region: Any, names: Sequence[str], layers: Sequence[Layer], title: str) -> Figure:
    """A plane region, its walls with their numbers and names, and what holds on them."""
    figure = empty_figure()
    axes = figure.subplots()
    from matplotlib.patches import PathPatch

    axes.add_patch(PathPatch(outline(region), facecolor="0.93", edgecolor="0.6", linewidth=0.8))
    for number, layer in enumerate(layers):
        label: str | None = layer.label.replace("$", r"\$")
        for curve in layer.curves:
            marker = "o" if len(curve) == 1 else None
            axes.plot(*curve.T, color=f"C{number}", marker=marker, linewidth=2.2, label=label)
            label = None
    for part in region.boundary:
        _name_wall(axes, region, part)
    axes.set_aspect("equal")
    axes.set_xlabel(names[0].replace("$", r"\$"))
    axes.set_ylabel(names[1].replace("$", r"\$"))
    axes.margins(0.12)
    axes.set_title(title.replace("$", r"\$"), fontsize="medium")
    if layers:
        figure.legend(loc="outside lower center", frameon=False, fontsize="small")
    return figure


def draw_line(name: str, ends: tuple[float, float], layers: Sequence[Layer], title: str) -> Figure:
    """An interval, and above the places of what holds there marks, at heights of their own."""
    figure = empty_figure((6.4, 2.4 + 0.2 * len(layers)))
    axes = figure.subplots()
    axes.plot(ends, (0.0, 0.0), color="0.6", linewidth=4.0, solid_capstyle="butt")
    for number, layer in enumerate(layers):
        height, colour = number + 1.0, f"C{number}"
        label: str | None = layer.label.replace("$", r"\$")
        for curve in layer.curves:
            places = curve[:, 0]
            axes.vlines(places, 0.0, height, color=colour, linewidth=0.8)
            heights = np.full(len(places), height)
            axes.plot(places, heights, color=colour, marker="o", linewidth=2.2, label=label)
            label = None
    axes.set_xlabel(name.replace("$", r"\$"))
    axes.set_yticks([])
    axes.set_ylim(bottom=-0.5)
    axes.margins(0.06)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.set_title(title.replace("$", r"\$"), fontsize="medium")
    if layers:
        figure.legend(loc="outside lower center", frameon=False, fontsize="small")
    return figure


def _name_wall(axes: Any, region: Any, part: Any) -> None:
    """Write the number and the names of a wall beside the middle of it, outside."""
    wall = part.arcs[0].wall
    stretch = max(part.stretches(), key=lambda each: float(each.length))
    point, normal, _ = (each[0] for each in stretch.at(np.zeros(1)))
    at = point + 0.05 * region.size * normal
    text = ", ".join([str(wall.number), *sorted(wall.names)]).replace("$", r"\$")
    axes.annotate(text, at, ha="center", va="center", fontsize="small", color="0.35")
