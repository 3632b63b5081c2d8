"""Pictures of what is solved in a body of space: cut open, surface and cut coloured by values.

Whatever lies before the middle of the second variable, where the reader stands, is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from ...geometry.solids.solid import SolidRegion
from ...problem.drawing_in_space import PIECES, framed, tiles_of
from .picture import plain

if TYPE_CHECKING:
    from matplotlib.colors import Normalize
    from numpy.typing import NDArray

    from ...problem.statement import Problem

__all__ = ["cut_open", "draw_body", "is_body"]


def is_body(problem: Problem) -> bool:
    """Whether a problem is posed in a body of space, and not in a box."""
    return isinstance(problem.domain.region, SolidRegion)


def cut_open(problem: Problem) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Polygons (k, 4, 3) of the cut through a body and of its surface behind it.

    With the coordinates of a point of the body for each.
    """
    region: Any = problem.domain.region
    middle = 0.5 * (problem.domain.lower[1] + problem.domain.upper[1])
    found = []
    for polygons, points in tiles_of(region.whole):
        behind = points[:, 1] >= middle
        corners = np.minimum(np.arange(4), polygons.shape[1] - 1)  # a triangle has one twice
        found.append((polygons[behind][:, corners], points[behind]))
    lower, upper = region.bounds.lower, region.bounds.upper
    along = [np.linspace(lower[axis], upper[axis], 2 * PIECES + 1) for axis in (0, 2)]
    x, z = (each.ravel() for each in np.meshgrid(along[0][:-1], along[1][:-1]))
    dx, dz = (each[1] - each[0] for each in along)
    around = [(x, z), (x + dx, z), (x + dx, z + dz), (x, z + dz)]
    cut = np.stack([np.column_stack([a, np.full(len(a), middle), b]) for a, b in around], axis=1)
    points = cut.mean(axis=1)
    held = region.contains(points)
    found.append((cut[held], points[held]))
    polygons, points = (np.concatenate(each) for each in zip(*found, strict=True))
    return polygons, list(points.T)


def draw_body(
    problem: Problem,
    axes: Any,
    polygons: NDArray[np.float64],
    values: NDArray[np.float64],
    scale: Normalize,
    colours: str,
    label: str,
) -> Any:
    """Draw polygons in the colours of values."""
    known = np.isfinite(values)
    paints = colormaps[colours](scale(values[known]))
    axes.add_collection3d(Poly3DCollection(polygons[known], facecolors=paints, edgecolors=paints,
                                           linewidths=0.2))  # fmt: skip
    domain = problem.domain
    framed(axes, domain.lower, domain.upper, [plain(v) for v in problem.variables])
    axes.set_title(label, fontsize="medium")
    axes.figure.colorbar(ScalarMappable(scale, colours), ax=axes, shrink=0.7, pad=0.12)
    return axes
