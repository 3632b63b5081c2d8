"""Regions in problem files: what is printed reads back, and nothing else is run."""

import time

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.cli import main
from sigmajet.problem.files import from_text

x, y, t, s = sp.symbols("x y t s")
u, v = sp.Function("u")(x, y), sp.Function("v")(x, y, t)
DISK = sj.Disk((x, y), (0, 0), 1)
PLATE = sj.Box((x, y), (-1, -1), (1, 1)) - sj.Disk((x, y), (0.1, 0), sp.Rational(1, 3), name="a-b")
DRUM = """
unknowns = "u(x, y)"
equations = "diff(u, x, 2) + diff(u, y, 2) = -4"
conditions = {equation = "u = 0"}
[domain]
"x, y" = "Disk((0, 0), 1)"
"""


def laplace(region, *conditions):
    return sj.Problem(u.diff(x, 2) + u.diff(y, 2), u, region, conditions)


@pytest.mark.parametrize(
    "region",
    [
        DISK,
        PLATE,
        sj.Sector((x, y), (0, 0.1), 2, 0, 3 * sp.pi / 2, name="it's"),
        (PLATE | sj.Ellipse((x, y), (3, 0), (2.1, 1 / 3))).rotate(0.3, (1, 2)).scale(2, -1),
        sj.Annulus((x, y), (0, 0), 1, 2) & sj.Polygon((x, y), [(0, 0), (3, 0), (0.1, 3)]),
        DISK.scale(2, about=(1, 0)).translate(1e-3, -7) - sj.Disk((x, y), (0, -7), 0.25),
        sj.Box((x, y), (0, 0), (1, sp.pi)).as_region(),
        sj.Spline((x, y), [(0, 0), (2, -1), (3, 0.1), (2, 1)], corners=[0, 2], name="drop"),
        sj.Region((x, y), (x / 3.0) ** 2 + y**4 / 7 <= 1, name="rim").rotate(0.3),
        sj.ClosedCurve((x, y), (2 * sp.cos(s), sp.sin(s) + 3), (s, 0, 2 * sp.pi), name="rim"),
    ],
)
def test_what_a_region_prints_reads_back(region):
    problem = laplace(region, sj.on_boundary(sp.Eq(u, 0)))
    read = from_text(problem.to_text())
    assert read == problem
    assert str(read.domain) == str(region)
    assert (read.domain.lower, read.domain.upper) == (region.lower, region.upper)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("a-b", 'on = "a-b"'),
        (PLATE.part("hole"), 'on = "hole"'),
        (["hole", 2], 'on = ["hole",2]'),
        (sp.And(x < 0.5, sp.Ne(y, 2)), 'on = "(x < 0.5) and (y != 2)"'),
        (sp.Eq(x, 1), 'on = "x == 1"'),
        (None, '{equation = "u = 0"}'),
    ],
)
def test_parts_of_a_boundary_read_back(where, text):
    rest = sj.on_boundary(sp.Eq(sj.normal_derivative(u, 1 + x**2) + u, sp.cos(y)))
    conditions = [sj.on_boundary(sp.Eq(u, 0), where=where)]
    if where is not None:
        with pytest.raises(sj.ProblemError):  # what is left is bare
            laplace(PLATE, *conditions)
        conditions = [sj.on_boundary(sp.Eq(u, 0), where=where), *_others(where, rest)]
    problem = laplace(PLATE, *conditions)
    assert text in problem.to_text()
    assert from_text(problem.to_text()) == problem


def _others(where, rest):
    by_name = {"a-b": "outer", PLATE.part("hole"): "outer", str(["hole", 2]): [0, 1, 3]}
    key = str(where) if isinstance(where, list) else where
    other = by_name[key] if key in by_name else sp.Not(where)
    return [sj.on_boundary(rest.statement, where=other)]


def test_a_name_that_reads_as_a_predicate_is_told_from_it():
    odd = sj.Disk((x, y), (0, 0), 1, name="x > 0")
    both = (
        laplace(odd, sj.on_boundary(sp.Eq(u, 0), "x > 0")),
        laplace(odd, sj.on_boundary(sp.Eq(u, 0), x > 0), sj.on_boundary(sp.Eq(u, 1), x <= 0)),
    )
    for problem in both:
        assert from_text(problem.to_text()) == problem


def test_a_region_over_time_reads_back():
    wall, start = sj.on_boundary(sp.Eq(v, 0)), sp.Eq(v.subs(t, 0), 1 - x**2 - y**2)
    heat = v.diff(t) - v.diff(x, 2) - v.diff(y, 2)
    problem = sj.Problem(heat, v, DISK * {t: (0, 0.1)}, [wall, start])
    read = from_text(problem.to_text())
    assert read == problem
    assert read.time == t


def test_a_solution_on_a_region_is_saved_bit_for_bit(tmp_path):
    bent = sj.Polygon((x, y), [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)])
    load = sj.Problem(u.diff(x, 2) + u.diff(y, 2) + 1, u, bent, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(load, tol=1e-4)
    solution.save(tmp_path / "bent.npz")
    read = sj.load_solution(tmp_path / "bent.npz")
    places = np.array([[0.5, 1.5, 0.9, 0.25], [0.5, 0.25, 0.9, 1.75]])
    assert np.array_equal(read(*places), solution(*places))
    assert read.problem == load
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        read(1.5, 1.5)
    slope = sj.normal_derivative(u)
    both = [each.integrate(slope, over="outer").value for each in (read, solution)]
    assert both[0] == both[1]


def test_the_command_solves_and_draws_a_region(tmp_path, capsys):
    file = tmp_path / "drum.toml"
    file.write_text(DRUM)
    saved, picture = tmp_path / "drum.npz", tmp_path / "drum.png"
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["solve", str(file), "--save", str(saved), "--plot", str(picture)])
    assert picture.stat().st_size > 0
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["check", str(file)])
    assert "Disk((0, 0), 1)" in capsys.readouterr().out
    assert abs(sj.load_solution(saved)(0.3, 0.4) - 0.75) < 1e-8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("__import__('os')", "unknown shape __import__"),
        ("Disk.__init__((0, 0), 1)", "unknown motion __init__"),
        ("Disk((0, 0), 1).shape", r"got Disk\(\(0, 0\), 1\)\.shape"),
        ("Disk((0, 0), 1)[0]", r"got Disk\(\(0, 0\), 1\)\[0\]"),
        ("Disk((0, 0), (lambda: 1)())", "domain.x, y"),
        ("Dsk((0, 0), 1)", "did you mean Disk"),
        ("Disk((0, 0), 1, name=x)", "expected a quoted text"),
        ("Disk((0, 0), 1, 2)", r"Disk takes 2 argument\(s\), Disk\(centre, radius\)"),
        ("Annulus((0, 0), 1)", r"Annulus\(centre, inner, outer\), and name by name; got Annulus"),
        ("Disk((0, 0), 1).rotate()", r"rotate\(angle\), and about and axis by name; got Disk"),
        ("Disk((0, 0), radius=1)", "got radius by name, as only about, axis, corners, name may be"),
        ("Disk((0, 0), **a)", r"got \*\* by name"),
        ("Disk((0, 0), 9**9**9)", "too large"),
        ("Disk((0, 0), x)", "unknown name x"),
        ("Disk((0, 0), -1)", "a number above zero"),
        ("Disk((0, 0), 1) -", "not a region"),
        ("(" * 300 + "Disk((0, 0), 1)" + ")" * 300, "not a region|nested too deeply"),
        (" | ".join(f"Disk(({3 * n}, 0), 1)" for n in range(60)), "too much in one file|too long"),
        ("ClosedCurve((cos(s), sin(s)), (s, 0, x))", "unknown name x"),
        ("ClosedCurve((cos(s), u), (s, 0, 1))", "unknown name u"),
        ("ClosedCurve((cos(s), sin(s)), 1)", r"expected ClosedCurve\(\(cos"),
        ("ClosedCurve((cos(s), sin(s), s), (s, 0, 1))", "expected both coordinates"),
        ("ClosedCurve((9**9**9*s, s), (s, 0, 1))", "too large"),
        ("", "got no text, expected a region"),
    ],
)
def test_other_text_is_refused_by_name_and_soon(text, message):
    start = time.process_time()
    with pytest.raises((sj.FileError, sj.ProblemError), match=message):
        from_text(DRUM.replace("Disk((0, 0), 1)", text))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"u = 0"}', '"u = 0", on = "hole"}', "expected one of outer"),
        ('"u = 0"}', '"u = 0", on = "z > 0"}', "unknown name z"),
        ('"u = 0"}', '"u = 0", at = 1}', r"^text: conditions.0.at: unknown key; known .*, on$"),
        ('"u = 0"}', '"u = 0", on = true}', r"^text: conditions.0.on.0: expected the name .*True$"),
        ('"u = 0"}', '"normal(t) = u"}', "one of x, y"),
        ("= -4", "= normal(x)", "on the boundary of a region"),
        ('"Disk((0, 0), 1)"', "[0, 1]", "expected a region"),
        ('"x, y" = "Disk((0, 0), 1)"', "x = [0, 1]\ny = [0, 1]", "boundary of a box"),
        ('"x, y"', '"x"', "such as u\\(x\\)"),
    ],
)
def test_statements_about_regions_that_cannot_be_meant(old, new, message):
    with pytest.raises((sj.FileError, sj.ProblemError), match=message):
        from_text(DRUM.replace(old, new))
