"""Bodies within triangles: what is inside, walls, quadrature, files, and what is no body."""

import copy
import pickle
import sys

import numpy as np
import pytest
import sympy as sp
import trimesh

import sigmajet as sj
from sigmajet.geometry.partition import Partition
from sigmajet.geometry.solids.rules import boundary_rule, volume_rule
from sigmajet.problem.files import from_text

x, y, z = SPACE = sp.symbols("x y z")
u = sp.Function("u")(x, y, z)
LAPLACE = sum(u.diff(v, 2) for v in SPACE)
CUBE = trimesh.creation.box((2, 2, 2))
ROUND = trimesh.creation.icosphere(subdivisions=2)
SMALL = trimesh.creation.icosphere(subdivisions=1, radius=0.4)
RING = trimesh.creation.torus(1, 0.4, major_sections=24, minor_sections=16)
PLACES = np.random.default_rng(0).uniform(-1.5, 1.5, (3000, 3))


def body(*surfaces, **named):
    """The region of some surfaces at once."""
    points = np.concatenate([s.vertices for s in surfaces])
    shifts = np.cumsum([0, *(len(s.vertices) for s in surfaces)])
    pairs = zip(surfaces, shifts, strict=False)
    return sj.Polyhedron(SPACE, (points, np.concatenate([s.faces + k for s, k in pairs])), **named)


def moved(surface, shift, *, turned=False):
    """A copy elsewhere, perhaps with its inside out."""
    found = surface.copy()
    found.apply_translation(shift)
    if turned:
        found.invert()
    return found


def winding(surface, points):
    """How often it goes around points, by solid angles."""
    found = np.zeros(len(points))
    for corners in surface.triangles:
        a, b, c = (corner - points for corner in corners)
        la, lb, lc = (np.linalg.norm(each, axis=1) for each in (a, b, c))
        dots = [np.sum(p * q, axis=1) for p, q in ((a, b), (b, c), (c, a))]
        below = la * lb * lc + dots[0] * lc + dots[1] * la + dots[2] * lb
        found += np.arctan2(np.sum(a * np.cross(b, c), axis=1), below) / (2 * np.pi)
    return found


@pytest.mark.parametrize("surface", [CUBE, ROUND, RING], ids=["cube", "round", "ring"])
def test_inside_is_what_the_surface_goes_around(surface):
    inside = body(surface).shape.contains(PLACES)
    assert np.array_equal(inside, winding(surface, PLACES) > 0.5)
    assert 0 < np.sum(inside) < len(inside)


def test_distances_from_a_cube_are_those_of_formulas():
    region = body(CUBE).scale(2, 2, 2).translate(1, 0, 0)
    away = (PLACES - [1, 0, 0]) / 2
    out = np.linalg.norm(np.maximum(np.abs(away) - 1, 0), axis=1)
    inner = np.minimum(np.max(np.abs(away), axis=1) - 1, 0)
    np.testing.assert_allclose(region.shape.tree.level(PLACES), 2 * (out + inner), atol=1e-12)


def test_walls_end_at_sharp_edges():
    assert [len(body(s).shape.boundary) for s in (CUBE, ROUND, RING)] == [6, 1, 1]
    can = trimesh.creation.cylinder(1, 2, sections=40)
    region = body(can, name="can")
    assert region.names == ("can", "outer")
    assert len(region.shape.boundary) == 3
    reference = np.random.default_rng(1).uniform(-1, 1, (100, 2))
    for part in region.shape.boundary:
        points = part.points(Partition.of(region.shape), reference)
        assert len(points) in (100, 400)  # the round wall has two thirds of the area
        _, _, facets = trimesh.proximity.closest_point_naive(can, points)
        np.testing.assert_allclose(part.normals(points), can.face_normals[facets], atol=1e-12)
    top = region.boundary_part(z > 1 - sp.Rational(1, 10**6), "where", {})
    assert len(top.walls) == 1


def test_a_surface_within_bounds_a_cavity():
    region = body(CUBE, moved(SMALL, (0.2, 0, 0), turned=True))
    assert region.names == ("outer", "hole")
    (hole,) = region.shape.part("hole").walls
    points = hole.at(np.random.default_rng(2).uniform(0, 1, (50, 2)))
    assert np.all(np.sum(hole.normals(points) * (points - [0.2, 0, 0]), axis=1) < 0)
    assert not region.shape.contains(np.array([[0.2, 0, 0]]))[0]
    two = body(CUBE, *(moved(SMALL, (s / 2, 0, 0), turned=True) for s in (-1, 1)))
    assert two.names == ("outer", "hole", "hole 1", "hole 2")


def test_sides_of_triangles_are_mended():
    faces = ROUND.faces.copy()
    faces[::7] = faces[::7, ::-1]
    for turned in (faces, ROUND.faces[:, ::-1]):
        mended = sj.Polyhedron(SPACE, (ROUND.vertices, turned))
        assert np.array_equal(mended.shape.contains(PLACES), body(ROUND).shape.contains(PLACES))
    soup = ROUND.vertices[ROUND.faces].reshape(-1, 3)
    noisy = soup.astype(np.float32) * (
        1 + 1e-7 * np.random.default_rng(3).choice([0, 1], soup.shape)
    )
    joined = sj.Polyhedron(SPACE, (noisy, np.arange(len(soup)).reshape(-1, 3)))
    assert len(joined.shape.tree.body.facets) == len(ROUND.faces)


@pytest.mark.parametrize("surface", [CUBE, ROUND, RING], ids=["cube", "round", "ring"])
def test_rules_are_exact_for_the_polyhedron(surface):
    shape = body(surface).shape
    points, weights = volume_rule(shape, 20)
    on_wall, normals, areas = boundary_rule(shape.whole, 20)
    assert np.sum(weights) == pytest.approx(surface.volume, rel=1e-12)
    assert np.sum(areas) == pytest.approx(surface.area, rel=1e-12)
    source, flux = np.exp(points[:, 0]), np.exp(on_wall[:, 0]) * normals[:, 0]
    assert areas @ flux == pytest.approx(weights @ source, rel=1e-10)
    assert np.all(shape.contains(points))


def test_bodies_are_put_together_with_others():
    drilled = body(CUBE) - sj.Cylinder(SPACE, (0, 0, -2), (0, 0, 2), 0.5)
    radii, height = np.hypot(PLACES[:, 0], PLACES[:, 1]), np.max(np.abs(PLACES), axis=1)
    assert np.array_equal(drilled.shape.contains(PLACES), (radii > 0.5) & (height < 1))
    _, weights = volume_rule(drilled.shape, 4)
    assert np.sum(weights) == pytest.approx(8 - np.pi / 2, rel=1e-3)
    upper = body(CUBE).boundary_part(sp.And(z > 1 - sp.Rational(1, 100), x > y), "where", {})
    _, _, areas = boundary_rule(upper, 12)
    assert np.sum(areas) == pytest.approx(2.04, rel=1e-3)


@pytest.mark.parametrize("suffix", [".stl", ".ply", ".obj", ".off"])
def test_files_of_all_formats_hold_the_same_body(suffix, tmp_path):
    file = tmp_path / f"part{suffix}"
    CUBE.export(file)
    region = sj.Polyhedron(SPACE, str(file))
    assert region.lower == (-1, -1, -1)
    assert len(region.shape.boundary) == 6
    assert len(sj.Polyhedron(SPACE, trimesh.load_mesh(file)).shape.boundary) == 6


def test_what_a_body_prints_reads_back():
    region = (body(RING) - sj.Ball(SPACE, (0, 1, 0), 0.1)).rotate(1, axis=(1, 1, 0))
    problem = sj.Problem(LAPLACE, u, region, [sj.on_boundary(sp.Eq(u, 0))])
    read = from_text(problem.to_text())
    assert read == problem
    assert read.domain.upper == region.upper
    assert pickle.loads(pickle.dumps(problem)) == problem
    assert copy.deepcopy(region) == region
    assert len(str(region)) < 300
    assert sj.Polyhedron(SPACE, region.text.split("'")[1]).upper == body(RING).upper


STAR = moved(CUBE, (0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices, CUBE.faces[:-1])), "open: 3 edges"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices, CUBE.faces[:0])), "got 0 triangles"),
        (lambda: sj.Polyhedron(SPACE, (0 * CUBE.vertices, CUBE.faces)), "one point"),
        (lambda: body(CUBE, STAR), "crosses or touches itself"),
        (lambda: body(CUBE, moved(CUBE, (2, 0, 0))), "more than two triangles"),
        (lambda: body(CUBE, moved(CUBE, (2, 2, 2))), r"touches itself about \(1, 1, 1\)"),
        (lambda: body(CUBE, moved(CUBE, (2, 0.3, 0.2))), "touches itself"),
        (lambda: body(CUBE, SMALL), "lies within another one"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices * [1, 1, 0], CUBE.faces)), "touches|two tri"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices * np.nan, CUBE.faces)), "no finite number"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices, CUBE.faces + 1)), "expected 0 to 7"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices, CUBE.faces - 1)), "from -1 to 6"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices, CUBE.faces * 1.0)), "whole numbers"),
        (lambda: sj.Polyhedron(SPACE, (CUBE.vertices[:, :2], CUBE.faces)), "expected .n, 3."),
        (lambda: sj.Polyhedron(SPACE, 3), "expected a file"),
        (lambda: sj.Polyhedron(SPACE, "OFF 8 12 0 1 2 3"), "cut off"),
        (lambda: sj.Polyhedron(SPACE, "OFF 4 -1 0 " + "0 " * 40), "no text of a surface"),
        (lambda: sj.Polyhedron(SPACE, "OFF four 4 0"), "no text of a surface"),
        (lambda: sj.Polyhedron((x, y), (CUBE.vertices, CUBE.faces)), "expected three"),
    ],
)  # fmt: skip
def test_what_bounds_no_body_is_named(build, words):
    with pytest.raises(sj.ProblemError, match=words):
        build()


@pytest.mark.parametrize("size", [1e-100, 1e-3, 1e100])
def test_bodies_of_all_sizes_are_read(size):
    region = sj.Polyhedron(SPACE, (ROUND.vertices * size, ROUND.faces))
    assert np.array_equal(region.shape.contains(PLACES * size), body(ROUND).shape.contains(PLACES))


def test_triangles_that_are_lines_are_named():
    points = np.concatenate([CUBE.vertices, [CUBE.vertices[CUBE.faces[0][:2]].mean(axis=0)]])
    a, b, c = CUBE.faces[0]
    faces = [*CUBE.faces[1:], (a, 8, c), (8, b, c), (a, b, 8)]
    with pytest.raises(sj.ProblemError, match="1 triangles of the surface are lines"):
        sj.Polyhedron(SPACE, (points, np.array(faces)))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("part.step", b"ISO-10303-21;", r"expected .stl, .ply, .obj, .off"),
        ("part.stl", b"", "no triangles can be read"),
        ("part.stl", b"solid\nfacet normal 0 0 rubbish", "no triangles can be read"),
        ("part.stl", bytes(80) + b"\0\0\0\x80" + bytes(50), "no triangles can be read"),
        ("part.ply", b"ply\nformat ascii 1.0\nelement vertex 99999999\nend_header\n", "cannot|no"),
        ("part.obj", b"v 0 0\nf 1 2 99999999999\n", "cannot be read|no triangles can"),
        ("part.off", b"OFF\n1 1 0\n0 0 0\n3 0 9 9\n", "cannot be read|no triangles|expected 0"),
        ("part.obj", b"v 0 0 0\n" * 2_200_000, "larger than 16 MiB"),
    ],
)  # fmt: skip
def test_files_that_hold_no_surface_are_named(name, content, words, tmp_path):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(sj.SigmajetError, match=words):
        sj.Polyhedron(SPACE, file)


def test_missing_files_and_folders_are_named(tmp_path):
    (tmp_path / "folder.stl").mkdir()
    for name in ("none.stl", "folder.stl"):
        with pytest.raises(sj.FileError, match="is no file"):
            sj.Polyhedron(SPACE, tmp_path / name)


def test_without_trimesh_the_extra_is_named(tmp_path, monkeypatch):
    CUBE.export(tmp_path / "part.stl")
    monkeypatch.setitem(sys.modules, "trimesh", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'sigmajet\[mesh\]'"):
        sj.Polyhedron(SPACE, tmp_path / "part.stl")
    assert len(body(CUBE).shape.boundary) == 6  # which needs none
