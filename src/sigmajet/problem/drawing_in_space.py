"""Pictures of statements in space: walls of bodies and boxes as surfaces, and what holds there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._extras import needed_by
from .._types import Array
from ..geometry.solids.polyhedron import Patch
from ..geometry.solids.triangles import quartered

with needed_by("a picture"):
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from .drawing import Layer, empty_figure

__all__ = ["PIECES", "draw_solid", "framed", "surface_of", "tiles_of"]

PIECES = 48  # along a wall: a circle of half as many sides still looks round


def surface_of(part: Any) -> list[Array]:
    """The walls of a part of the boundary of a solid as polygons (k, n, 3)."""
    return [polygons for polygons, _ in tiles_of(part)]


def tiles_of(part: Any, pieces: int = PIECES) -> list[tuple[Array, Array]]:
    """The walls as polygons (k, n, 3) with points (k, 3) of the wall in the middle of each."""
    tiles = [_tiles(part, wall, pieces) for wall in part.walls]
    return [(polygons, middles) for polygons, middles in tiles if len(polygons)]


def _tiles(part: Any, wall: Any, pieces: int) -> tuple[Array, Array]:
    if isinstance(wall.face, Patch):
        corners = wall.leaf.motion(wall.face.facets.corners.reshape(-1, 3)).reshape(-1, 3, 3)
        found = [np.empty((0, 3, 3))]
        while len(corners):
            sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
            small = sides * pieces <= 2.0 * part.region.size
            found.append(corners[small])
            corners = quartered(corners[~small])
        polygons = np.concatenate(found)
        middles = polygons.mean(axis=1)
    else:
        ends = np.linspace(0.0, 1.0, pieces + 1)
        u, v = (each.ravel() for each in np.meshgrid(ends[:-1], ends[:-1]))
        step = ends[1]
        around = [(u, v), (u + step, v), (u + step, v + step), (u, v + step)]
        polygons = np.stack([wall.at(np.column_stack(each)) for each in around], axis=1)
        middles = wall.at(np.column_stack([u + 0.5 * step, v + 0.5 * step]))
    seen = part.exposed(wall, middles)
    return polygons[seen], middles[seen]


def draw_solid(region: Any, names: Sequence[str], layers: Sequence[Layer], title: str) -> Figure:
    """A body, its walls with their numbers and names, and what holds on them, seen through."""
    figure = empty_figure()
    axes: Any = figure.add_subplot(projection="3d")
    shown = layers or [Layer("", surface_of(part)) for part in region.boundary]
    for number, layer in enumerate(shown):
        label: str | None = layer.label.replace("$", r"\$")
        for surface in layer.curves:
            colour = f"C{number}" if layers else "0.8"
            if surface.ndim == 2:  # a point, or the ends of a line
                axes.plot(*surface.T, color=colour, marker="o", label=label)
            else:
                body = Poly3DCollection(surface, facecolors=colour, alpha=0.55, shade=True)
                axes.add_collection3d(body)
                axes.plot([], [], [], color=colour, marker="s", linestyle="", label=label)
            label = None
    for part in region.boundary:
        _name_wall(axes, region, part)
    framed(axes, region.bounds.lower, region.bounds.upper, names)
    axes.set_title(title.replace("$", r"\$"), fontsize="medium", wrap=True)
    if layers:
        figure.legend(loc="outside lower center", frameon=False, fontsize="small")
    return figure


def framed(axes: Any, lower: Any, upper: Any, names: Sequence[str]) -> None:
    """Frame a body in its true shape, with the names of the variables."""
    low, high = np.asarray(lower), np.asarray(upper)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    axes.set_box_aspect(high - low)
    axes.locator_params(nbins=4)
    for name, called in zip("xyz", names, strict=True):
        getattr(axes, f"set_{name}label")(called.replace("$", r"\$"))


def _name_wall(axes: Any, region: Any, part: Any) -> None:
    """Write the number and the names of a wall beside the middle of it, outside."""
    (wall,) = part.walls
    middles = np.concatenate([middles for _, middles in tiles_of(part, PIECES // 4)])
    at = middles[[np.argmin(np.linalg.norm(middles - middles.mean(axis=0), axis=1))]]
    place = (at + 0.05 * region.size * part.normals(at))[0]
    text = ", ".join([str(wall.number), *sorted(wall.names)]).replace("$", r"\$")
    axes.text(*place, text, ha="center", va="center", fontsize="small", zorder=len(text) + 99)
