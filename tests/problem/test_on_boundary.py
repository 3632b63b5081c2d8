"""Conditions on boundaries: where they hold, what is left over, and what cannot be meant."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y = sp.symbols("x y")
u, v = (sp.Function(name)(x, y) for name in "uv")
PLATE = sj.Box((x, y), (0, 0), (4, 4)) - sj.Disk((x, y), (2, 2), 1)
LAPLACE = u.diff(x, 2) + u.diff(y, 2)
ZERO, FREE = sp.Eq(u, 0), sp.Eq(sj.normal_derivative(u), 0)


def length(condition):
    return sum(stretch.length for stretch in condition.part.stretches())


def test_several_kinds_share_a_boundary_by_name_number_and_predicate():
    conditions = [
        sj.on_boundary(ZERO, where=PLATE.part("hole")),
        sj.on_boundary(FREE, where=[0, "right"]),
        sj.on_boundary(sp.Eq(u, x), where=sp.Eq(y, 4)),
        sj.on_boundary(sp.Eq(u, 1), where=sp.And(x < sp.Rational(1, 2), y > 0, y < 4)),
    ]
    problem = sj.Problem(LAPLACE, u, PLATE, conditions)
    lengths = [length(c) for c in problem.conditions]
    assert lengths == pytest.approx([2 * np.pi, 8, 4, 4])


def test_a_predicate_cuts_a_wall_where_it_changes():
    k = sp.Symbol("k")
    upper, lower = (sj.on_boundary(ZERO, where=w) for w in (y >= k, y < k))
    disk = sj.Disk((x, y), (0, 0), 1)
    problem = sj.Problem(LAPLACE, u, disk, [upper, lower], parameters={k: sp.Rational(1, 2)})
    assert [length(c) for c in problem.conditions] == pytest.approx(
        [2 * np.pi / 3, 4 * np.pi / 3], rel=1e-12
    )


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([], "no condition on the boundary"),
        ([sj.on_boundary(ZERO, where="outer")], "too few on wall 4, all around"),
        (
            [sj.on_boundary(ZERO, where="hole"), sj.on_boundary(ZERO, where=x < 1)],
            r"too few on wall 0 \(bottom\) from \(1, 0\) to \(4, 0\); wall 1 \(right\)",
        ),
        ([sj.on_boundary(ZERO, where="hull")], "got 'hull', expected one of bottom, right"),
        ([sj.on_boundary(ZERO, where=7)], "a wall's number, 0 to 4"),
        ([sj.on_boundary(ZERO, where=x > 9)], "x > 9 holds nowhere on the boundary"),
        ([sj.on_boundary(ZERO, where=x + y)], "expected a predicate of SymPy in x, y"),
        ([sj.on_boundary(ZERO, where=lambda x, y: x > 0)], "where is Python's <lambda>, expected"),
        ([sj.on_boundary(ZERO, where={"x": 1})], "expected a predicate of SymPy in x, y"),
        ([sj.on_boundary(ZERO, where=sp.Symbol("z") > 0)], "where holds z"),
        ([sj.on_boundary(sp.Eq(u.subs(x, 0), 0))], "taken at the point itself"),
        ([sj.on_boundary(sp.Eq(x, 0))], "none of the unknowns"),
        ([sj.on_boundary(ZERO), sj.on_boundary(sp.Eq(2 * u, 1), where="hole")], "twice"),
        ([sj.on_boundary(sp.Eq(LAPLACE, 1))], "derivative of order 2"),
    ],
)
def test_what_cannot_be_meant_is_named(conditions, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.Problem(LAPLACE, u, PLATE, conditions)


def test_an_equation_of_fourth_order_takes_two_conditions_everywhere():
    disk = sj.Disk((x, y), (0, 0), 1)
    plate = LAPLACE.diff(x, 2) + LAPLACE.diff(y, 2)
    both = [sj.on_boundary(ZERO), sj.on_boundary(FREE)]
    assert len(sj.Problem(sp.Eq(plate, 1), u, disk, both).conditions) == 2
    with pytest.raises(sj.ProblemError, match="2 conditions everywhere"):
        sj.Problem(sp.Eq(plate, 1), u, disk, both[:1])


def test_a_statement_says_where_its_conditions_hold():
    conditions = [sj.on_boundary(ZERO, where="hole"), sj.on_boundary(FREE, where="outer")]
    assert str(sj.Problem(LAPLACE, u, PLATE, conditions)).splitlines()[-2:] == [
        "    u = 0, on hole",
        "    normal(x)*diff(u, x) + normal(y)*diff(u, y) = 0, on outer",
    ]
