"""Known terms in the plane and in space that hold something narrow: blocks are cut to see it."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.analysis.features.boxes import NarrowTerms
from sigmajet.analysis.features.enclosed import Norm
from sigmajet.geometry.partition import Partition

x, y, z = sp.symbols("x y z")
U = sp.Function("u")(x, y)
V = sp.Function("v")(x, y, z)
LAPLACIAN = U.diff(x, 2) + U.diff(y, 2)
SQUARE = {x: (0, 1), y: (0, 1)}
CENTRE = sp.Rational(3137, 10000), sp.Rational(3, 5)


def spot(width):
    """One unit of a source, all of it within a few widths of CENTRE."""
    far = (x - CENTRE[0]) ** 2 + (y - CENTRE[1]) ** 2
    return sp.exp(-far / sp.Float(width) ** 2) / (sp.pi * sp.Float(width) ** 2)


def cold(source, tol):
    walls = [sp.Eq(U.subs(s, a), 0) for s in (x, y) for a in (0, 1)]
    return sj.solve(sj.Problem(sp.Eq(LAPLACIAN, source), U, SQUARE, walls), tol=tol)


def blocks(problem, tol=1e-6):
    lower, upper = problem.domain.lower, problem.domain.upper
    return NarrowTerms.read(problem, tol).seen(Partition.whole(lower, upper), 600, 128)


def green(source, at, terms=400):
    """Green's function of the square at one point, by its sine series in x; unit source."""
    k = np.arange(1, terms) * np.pi
    low, high = sorted([source[1], at[1]])
    # sinh(k low) sinh(k (1 - high)) / (k sinh k), without overflow
    decay = np.exp(k * (low - high)) * -np.expm1(-2 * k * low) * -np.expm1(-2 * k * (1 - high))
    across = decay / (2 * k * -np.expm1(-2 * k))
    return -2 * np.sum(np.sin(k * source[0]) * np.sin(k * at[0]) * across)


@pytest.mark.parametrize(("width", "plain"), [(1e-2, 0), (1e-3, 1)])
def test_a_spot_in_a_source_is_seen(width, plain):
    """Outside a spot its potential is that of a point: the truth is Green's function."""
    solution = cold(plain + spot(width), 1e-3)
    centre, at = tuple(map(float, CENTRE)), (0.7, 0.3)
    smooth = float(cold(sp.Integer(1), 1e-5)(*at)) if plain else 0.0
    assert solution(*at) == pytest.approx(smooth + green(centre, at), rel=1e-2)


def test_blocks_are_cut_about_a_spot_alone():
    walls = [sp.Eq(U.subs(s, a), 0) for s in (x, y) for a in (0, 1)]
    found = blocks(sj.Problem(sp.Eq(LAPLACIAN, 1 + spot(1e-3)), U, SQUARE, walls))
    near = found.partition.locate(np.array([CENTRE], dtype=float))[0]
    assert np.all(found.partition.half_widths[near] < 1 / 32)
    assert len(found.partition) < 64
    assert found.smooth
    assert not found.doubts


def test_a_pulse_on_a_wall_cuts_the_blocks_that_meet_it_along_the_wall():
    walls = [sp.Eq(U.subs(s, a), 0) for s, a in [(x, 1), (y, 0), (y, 1)]]
    pulse = sp.exp(-(((y - CENTRE[1]) * 1000) ** 2))
    found = blocks(sj.Problem(sp.Eq(LAPLACIAN, 0), U, SQUARE, [*walls, sp.Eq(U.subs(x, 0), pulse)]))
    met, far = found.partition.locate(np.array([[0.0, 0.6], [0.0, 0.1]]))
    assert found.partition.half_widths[met, 1] <= 1 / 64
    assert found.partition.half_widths[far, 1] >= 1 / 8
    assert np.all(found.partition.half_widths[:, 0] == 1 / 2)


@pytest.mark.parametrize(
    "source",
    [
        sp.sin(3 * sp.pi * x) * sp.cos(2 * sp.pi * y),
        1 / (1 + 4 * (x - y) ** 2),
        sp.sqrt(x**2 + y**2),
        sp.Piecewise((1, x < sp.Rational(1, 3)), (0, True)),
    ],
)
def test_ordinary_terms_keep_one_block(source):
    walls = [sp.Eq(U.subs(s, a), 0) for s in (x, y) for a in (0, 1)]
    found = blocks(sj.Problem(sp.Eq(LAPLACIAN, source), U, SQUARE, walls))
    assert len(found.partition) == 1


def test_a_spot_in_space_is_seen():
    box = dict.fromkeys((x, y, z), (0, 1))
    far = sum((s - sp.Rational(2, 5)) ** 2 for s in (x, y, z))
    laplacian = sum(V.diff(s, 2) for s in (x, y, z))
    walls = [sp.Eq(V.subs(s, a), 0) for s in (x, y, z) for a in (0, 1)]
    found = blocks(sj.Problem(sp.Eq(laplacian, sp.exp(-far * 10**4)), V, box, walls))
    near = found.partition.locate(np.full((1, 3), 0.4))[0]
    assert np.all(found.partition.half_widths[near] <= 1 / 8)


@pytest.mark.parametrize("size", [1.0, 1e170], ids=["usual", "whose square leaves the range"])
def test_of_a_peak_that_is_cut_away_no_rounding_is_left(size):
    norm = Norm()
    norm.add(1e9 * size, 1.0)
    norm.add(1e9 * size, -1.0)
    norm.add(size, 0.25)
    assert float(norm) == pytest.approx(0.5 * size)
    norm.add(np.inf, 0.5)  # where a bound has no number
    assert float(norm) == pytest.approx(0.5 * size)


def test_terms_of_any_size_are_bounded():
    walls = [sp.Eq(U.subs(s, a), 0) for s in (x, y) for a in (0, 1)]
    for size in (1, sp.Integer(10) ** 170):
        found = blocks(sj.Problem(sp.Eq(LAPLACIAN, size * sp.exp(x * y)), U, SQUARE, walls))
        assert len(found.partition) == 1
        assert not found.doubts
