"""Polygons of other formats: areas, parts, text, and what is refused."""

import json

import pytest
import shapely
import sympy as sp

import sigmajet as sj
from sigmajet.problem.files import from_text

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
WKT = "POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 1, 2 2.1, 1 1))"
RINGS = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [2, 2.1], [2, 1], [1, 1]]]
GEOJSON = {"type": "Polygon", "coordinates": RINGS}


@pytest.mark.parametrize(
    "source",
    [
        WKT,
        GEOJSON,
        json.dumps({"type": "Feature", "properties": {}, "geometry": GEOJSON}),
        shapely.from_wkt(WKT),
    ],
    ids=["wkt", "geojson", "feature", "shapely"],
)
def test_every_format_gives_the_same_region(source):
    region = sj.Outline((x, y), source, name="rim")
    assert region.shape.area == pytest.approx(16 - 0.55, rel=1e-14)
    assert region.names == ("rim", "outer", "hole")
    assert len(region.shape.boundary) == 7
    problem = sj.Problem(u.diff(x, 2) + u.diff(y, 2), u, region, [sj.on_boundary(sp.Eq(u, 0))])
    read = from_text(problem.to_text())
    assert read == problem
    assert read.domain.shape.area == region.shape.area


def test_several_polygons_are_one_region():
    text = "MULTIPOLYGON (((0 0, 1 0, 0 1, 0 0)), ((3 3, 4 3, 3 4, 3 3)))"
    assert sj.Outline((x, y), text).shape.area == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "Self-intersection"),
        ("POLYGON ((0 0, 4 0, 0 4, 0 0), (5 5, 6 5, 5 6, 5 5))", "outside"),
        ("POLYGON ((0 0, 4 0, 0 4, 0 0), (0 1, 1 1, 1 2, 0 1))", "cross or touch|Ring"),
        ("POLYGON EMPTY", "empty"),
        ("LINESTRING (0 0, 1 1)", "expected a Polygon"),
        ("POLYGON ((0 0", "cannot be read"),
        ('{"type": "Polygon"', "cannot be read"),
        (7, "expected WKT, GeoJSON"),
    ],
)
def test_what_is_no_region_is_named(source, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.Outline((x, y), source)
