"""Pictures of a solution: the public names of :mod:`sigmajet.solution.plotting`."""

from ._extras import needed_by

with needed_by("sigmajet.plot"):
    from .solution.plotting.plot import (
        draw_curves,
        draw_map,
        draw_residual_curves,
        draw_residual_map,
        plot,
        save,
    )

__all__ = ["draw_curves", "draw_map", "draw_residual_curves", "draw_residual_map", "plot", "save"]
