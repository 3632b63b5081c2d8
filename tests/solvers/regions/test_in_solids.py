"""Boundary-value problems in solids, against solutions that are known."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y, z = SPACE = sp.symbols("x y z")
u = sp.Function("u")(x, y, z)
LAPLACE = sum(u.diff(v, 2) for v in SPACE)
BALL = sj.Ball(SPACE, (0, 0, 0), 1)
CUBE = sj.Box(SPACE, (-1, -1, -1), (1, 1, 1))
KNOWN = sp.exp(x) * sp.cos(y) * (1 + z) + z**3


def dirichlet(where=None):
    return sj.on_boundary(sp.Eq(u, KNOWN), where=where)


def robin(where=None):
    slopes = (sj.normal_derivative(each) + 2 * each for each in (u, KNOWN))
    return sj.on_boundary(sp.Eq(*slopes), where=where)


def solved(region, conditions, tol):
    source = sum(KNOWN.diff(v, 2) for v in SPACE)
    solution = sj.solve(sj.Problem(sp.Eq(LAPLACE, source), u, region, conditions), tol=tol)
    places = np.random.default_rng(4).uniform(region.lower, region.upper, (2000, 3))
    places = places[region.shape.contains(places)]
    exact = sp.lambdify(SPACE, KNOWN)(*places.T)
    error = np.linalg.norm(solution(*places.T) - exact) / np.linalg.norm(exact)
    assert error <= 10 * solution.error_estimate
    assert error <= tol
    return solution


def test_a_ball_has_nine_digits_and_nothing_outside(tmp_path):
    solution = solved(BALL, [dirichlet()], 1e-9)
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        solution(1, 1, 1)
    integrals = [
        solution.integrate(sj.normal_derivative(u), over="outer"),
        solution.integrate(LAPLACE),
    ]
    balance = integrals[0].value - integrals[1].value
    assert abs(balance) <= sum(integral.error for integral in integrals) + 1e-9
    solution.save(tmp_path / "ball.npz")
    assert sj.load_solution(tmp_path / "ball.npz")(0.1, 0.2, 0.3) == solution(0.1, 0.2, 0.3)


@pytest.mark.parametrize(
    ("region", "conditions"),
    [
        (
            sj.Cylinder(SPACE, (0, 0, 0), (1, 1, 1), 1),
            [dirichlet("side"), robin(["top", "bottom"])],
        ),
        (BALL.scale(1, 2, sp.Rational(1, 2)).rotate(1, axis=(1, 1, 0)), [robin()]),
        (BALL | BALL.translate(1, 0, 0), [dirichlet()]),
        (CUBE - BALL.scale(0.4), [dirichlet("outer"), robin("hole")]),
    ],
    ids=["cylinder", "ellipsoid", "peanut", "cavity"],
)
def test_solids_put_together_and_moved(region, conditions):
    solved(region, conditions, 1e-6)
