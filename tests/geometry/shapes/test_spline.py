"""Regions within curves through points: areas, corners, and what is no such curve."""

import math
import pickle

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)


def circle(count, **options):
    turns = 2 * np.pi * np.arange(count) / count
    return sj.Spline((x, y), np.stack([np.cos(turns), np.sin(turns)], axis=1), **options)


def test_points_of_a_circle_give_it_to_the_fourth_order():
    errors = [abs(circle(count).shape.area - math.pi) for count in (16, 32)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.2)
    smooth = circle(16, name="rim")
    assert len(smooth.shape.boundary) == 1
    assert smooth.names == ("rim", "outer")
    assert smooth.shape.corners == ()
    assert pickle.loads(pickle.dumps(smooth)).shape.area == smooth.shape.area


def test_walls_end_at_corners_and_points_may_go_either_way():
    points = [(0, 0), (2, 0), (2, 1), (0, 1)]
    for given in (points, points[::-1]):
        square = sj.Spline((x, y), given, corners=range(4))
        assert square.shape.area == pytest.approx(2, rel=1e-14)
        assert len(square.shape.boundary) == 4
    drop = sj.Spline((x, y), [(0, 0), (2, -1), (3, 0), (2, 1)], corners=[0])
    assert [tuple(c.vertex) for c in drop.shape.corners] == [(0, 0)]


def test_a_harmonic_function_is_found_in_it():
    known = sp.exp(x) * sp.cos(y)
    problem = sj.Problem(
        u.diff(x, 2) + u.diff(y, 2), u, circle(8), [sj.on_boundary(sp.Eq(u, known))]
    )
    assert sj.solve(problem, tol=1e-8)(0.3, 0.2) == pytest.approx(
        math.exp(0.3) * math.cos(0.2), abs=1e-8
    )


@pytest.mark.parametrize(
    ("points", "options", "words"),
    [
        ([(0, 0), (1, 0)], {}, "at least three"),
        ([(0, 0), (1, 0), (1, 0), (0, 1)], {}, "points 1 and 2 are the same"),
        ([(0, 0), (1, 0), (0, 1), (0, 0)], {}, "points 3 and 0 are the same"),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], {}, "cross or touch"),
        ([(0, 0), (1, 0), (0, sp.nan)], {}, "finite number"),
        ([(0, 0), (1, 0), (0, 1)], {"corners": [3]}, "numbers of points, 0 to 2"),
        ([(0, 0), (1, 0), (2, 0)], {"corners": [0, 1, 2]}, "cross or touch|empty"),
    ],
)
def test_what_is_no_such_curve_is_named(points, options, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.Spline((x, y), points, **options)
