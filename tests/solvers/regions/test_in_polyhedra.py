"""Boundary-value problems within surfaces of triangles, of files, against known solutions."""

import numpy as np
import pytest
import sympy as sp
import trimesh

import sigmajet as sj
from sigmajet.cli import main
from sigmajet.problem.files import from_text

x, y, z = SPACE = sp.symbols("x y z")
u = sp.Function("u")(x, y, z)
LAPLACE = sum(u.diff(v, 2) for v in SPACE)
KNOWN = sp.exp(x / 2) * sp.sin(y + z / 2) + x * y * z
POINTWISE = 10  # by how much a largest error exceeds a mean one where it peaks at a wall


def prism():
    """An L of height 1: twelve corners, the two ends in two rectangles each."""
    flat = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2), (0, 1)], dtype=float)
    ends = np.array([(0, 1, 4), (0, 4, 7), (1, 2, 3), (1, 3, 4), (7, 4, 5), (7, 5, 6)])
    sides = [(k, (k + 1) % 8) for k in range(8)]
    walls = [t for a, b in sides for t in ((a, b, b + 8), (a, b + 8, a + 8))]
    points = [np.column_stack([flat, np.full(8, height)]) for height in (0.0, 1.0)]
    return trimesh.Trimesh(np.concatenate(points), [*ends[:, ::-1], *(ends + 8), *walls])


def hollow():
    inner = trimesh.creation.icosphere(subdivisions=2, radius=0.5)
    inner.invert()
    return trimesh.util.concatenate([trimesh.creation.icosphere(subdivisions=2), inner])


def on_surface(surface, count):
    rng = np.random.default_rng(5)
    chosen = rng.choice(len(surface.faces), count, p=surface.area_faces / surface.area)
    shares = rng.dirichlet(np.ones(3), count)
    return np.einsum("nk,nkd->nd", shares, surface.triangles[chosen])


def status(*words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code


def robin(known, where=None):
    slopes = (sj.normal_derivative(each) + 2 * each for each in (u, known))
    return sj.on_boundary(sp.Eq(*slopes), where=where)


@pytest.mark.parametrize(
    ("surface", "known", "slope"),
    [
        (prism(), KNOWN, z > sp.Rational(1, 2)),
        (trimesh.creation.icosphere(subdivisions=3), KNOWN, None),
        (hollow(), KNOWN + 1 / sp.sqrt(x**2 + y**2 + z**2), "hole"),
        (trimesh.creation.torus(1, 0.4, major_sections=32, minor_sections=16), KNOWN, x > 0),
    ],
    ids=["prism", "round", "cavity", "ring"],
)
def test_bodies_of_files_have_five_digits_and_true_estimates(surface, known, slope, tmp_path):
    surface.export(tmp_path / "part.stl")
    region = sj.Polyhedron(SPACE, tmp_path / "part.stl")
    held = sj.on_boundary(sp.Eq(u, known), where=None if slope is None else "outer")
    conditions = [held]
    if isinstance(slope, sp.Basic):
        conditions = [robin(known, slope), sj.on_boundary(sp.Eq(u, known), where=~slope)]
    elif slope is not None:
        conditions.append(robin(known, slope))
    source = sum(known.diff(v, 2) for v in SPACE)
    solution = sj.solve(sj.Problem(sp.Eq(LAPLACE, source), u, region, conditions), tol=1e-5)
    rng = np.random.default_rng(4)
    places = rng.uniform(region.lower, region.upper, (6000, 3))
    places = places[region.shape.contains(places)]
    exact = sp.lambdify(SPACE, known)
    size = np.sqrt(np.mean(exact(*places.T) ** 2))
    error = np.sqrt(np.mean((solution(*places.T) - exact(*places.T)) ** 2)) / size
    assert error <= 1e-5
    assert error <= 10 * solution.error_estimate
    walls = on_surface(trimesh.load_mesh(tmp_path / "part.stl"), 2000)
    off = np.abs(solution(*walls.T) - exact(*walls.T)) / size
    assert np.max(off) <= POINTWISE * 10 * solution.error_estimate
    if len(surface.faces) > 1000:  # whose integrals take as long as all else
        return
    flux, total = (
        solution.integrate(e, over=where)
        for e, where in ((sj.normal_derivative(u), list(region.names[:2])), (LAPLACE, region))
    )
    assert abs(flux.value - total.value) <= 10 * (flux.error + total.error)


def test_problem_files_name_surfaces_beside_them(tmp_path, monkeypatch, capsys):
    trimesh.creation.box((2, 2, 2)).export(tmp_path / "part.stl")
    text = """
    unknowns = "u(x, y, z)"
    equations = "diff(u, x, 2) + diff(u, y, 2) + diff(u, z, 2) = 6"
    conditions = [
        {equation = "u = x**2 + y**2 + z**2", on = [0, 1, 2, 3, 4]},
        {equation = "normal_derivative(u) = 2", on = 5},
    ]
    [domain]
    "x, y, z" = "Polyhedron('part.stl')"
    [solve]
    tol = 1e-5
    """
    (tmp_path / "part.toml").write_text(text)
    monkeypatch.chdir("/")
    saved = tmp_path / "part.npz"
    assert status("solve", tmp_path / "part.toml", "--save", saved) == 0
    (tmp_path / "part.stl").unlink()  # the solution holds it
    solution = sj.load_solution(saved)
    assert solution(0.5, 0.5, 1) == pytest.approx(1.5, abs=1e-4)
    flux = solution.integrate(sj.normal_derivative(u), over="outer")
    assert abs(flux.value - 48) <= flux.error + 48 * solution.error_estimate
    whole = solution.integrate(1, over=solution.problem.domain)
    assert whole.value == pytest.approx(8, rel=1e-12)
    capsys.readouterr()
    assert status("solve", tmp_path / "part.toml") != 0
    assert "part.stl: is no file" in capsys.readouterr().err
    page = text.replace("part.stl", str(saved))
    with pytest.raises(sj.FileError, match="only a problem file may name"):
        from_text(page)


@pytest.mark.parametrize("tol", [1e-2, 1e-3])
def test_few_digits_in_a_ring_are_met_at_once(tol):
    surface = trimesh.creation.torus(1, 0.4, major_sections=32, minor_sections=16)
    region = sj.Polyhedron(SPACE, (surface.vertices, surface.faces))
    known = sp.sin(2 * x) * sp.cos(y) * sp.exp(z)
    equation = sp.Eq(LAPLACE, sum(known.diff(v, 2) for v in SPACE))
    problem = sj.Problem(equation, u, region, [sj.on_boundary(sp.Eq(u, known))])
    solution = sj.solve(problem, tol=tol)
    assert solution.error_estimate <= tol
    assert abs(solution(1, 0, 0) - np.sin(2)) <= 10 * solution.error_estimate
