"""Regions within polygons of other libraries and formats: shapely, WKT and GeoJSON."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._extras import needed_by
from ...errors import ProblemError
from ...geometry.shapes.arc import Wall
from ...geometry.shapes.combine import refuse_unsound
from ...geometry.shapes.curve import Segment
from ...geometry.shapes.outlines import closed
from ...geometry.shapes.plane import PlaneRegion
from ..terms.domain import Region
from .arguments import state

__all__ = ["Outline"]


class Outline(Region):
    """What lies within polygons, which may have holes, as other programs write them.

    Walls are numbered in order, each polygon's outer ones first. Needs shapely.

    Parameters
    ----------
    variables : two Symbols
    source : str, mapping or shapely geometry
        A polygon or several that do not touch: as well-known text (WKT), as GeoJSON, text or a
        dictionary, or as shapely has them.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If it is no polygon, or is empty, crosses or touches itself.
    MissingExtra
        If shapely is not installed.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> text = "POLYGON ((0 0, 3 0, 0 3, 0 0), (1 0.5, 0.5 0.5, 0.5 1, 1 0.5))"
    >>> sj.Outline(sympy.symbols("x y"), text).names
    ('outer', 'hole')
    """

    __slots__ = ()

    def __init__(self, variables: Any, source: Any, *, name: str | None = None) -> None:
        with needed_by("Outline"):
            import shapely

        shapes = _polygons(_geometry(source))
        numbers = itertools.count()
        loops = []
        for shape in shapes:
            for ring in (shape.exterior, *shape.interiors):
                corners = np.array(ring.coords, dtype=float)[:, :2]
                sides = itertools.pairwise(corners)
                loops.append(closed([(Segment(a, b), Wall(next(numbers))) for a, b in sides]))
        region = PlaneRegion(loops)
        refuse_unsound(region, "Outline")
        whole = shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)
        state(self, variables, region, name, repr(shapely.to_wkt(whole, rounding_precision=-1)))


def _geometry(source: Any) -> Any:
    """What is given, as shapely has it."""
    import shapely

    if hasattr(source, "geom_type"):
        return source
    if not isinstance(source, str | Mapping):
        raise ProblemError(
            f"Outline: got {source!r:.60}, expected WKT, GeoJSON or a geometry of shapely"
        )
    try:
        if isinstance(source, str) and not source.lstrip().startswith("{"):
            return shapely.from_wkt(source)
        given = json.loads(source) if isinstance(source, str) else dict(source)
        if given.get("type") == "Feature":
            given = given["geometry"]
        return shapely.from_geojson(json.dumps(given))
    except (shapely.errors.ShapelyError, ValueError, KeyError, TypeError) as error:
        raise ProblemError(f"Outline: {source!r:.60} cannot be read ({error})") from None


def _polygons(geometry: Any) -> list[Any]:
    """The polygons of a geometry, the inside on their left."""
    import shapely

    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise ProblemError(
            f"Outline: got a {geometry.geom_type}, expected a Polygon or a MultiPolygon"
        )
    if geometry.is_empty:
        raise ProblemError("Outline: the polygon is empty")
    if not geometry.is_valid:
        raise ProblemError(f"Outline: {shapely.is_valid_reason(geometry)}")
    parts = [geometry] if geometry.geom_type == "Polygon" else list(geometry.geoms)
    return [shapely.orient_polygons(part) for part in parts]
