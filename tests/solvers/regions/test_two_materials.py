"""Coefficients that jump at curves and surfaces: exact on both sides, by formulas."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y, z, t = sp.symbols("x y z t")
u, v = (sp.Function(name)(x, y) for name in "uv")
HALF, QUARTER = sp.Rational(1, 2), sp.Rational(1, 4)
DISK = sj.Disk((x, y), (0, 0), 1)
ROUND = x**2 + y**2 < QUARTER
SQUARE = [(-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF)]
INNER, OUTER = sp.exp(x) * sp.cos(y), sp.sin(x + 2 * y) + 2


def flow(k, function, variables=(x, y)):
    return sj.divergence([k * s for s in sj.gradient(function, variables)], variables)


def judged(solution, *sides, within):
    """Return the relative error, which the estimate may not understate by ten."""
    points = draw_sample(Partition.of(solution.problem.domain.region), Seed(7)).points
    inside = within(*points.T)
    values = np.atleast_2d(solution(*points.T))
    error = 0.0
    for value, (inner, outer) in zip(values, sides, strict=True):
        truths = [
            np.broadcast_to(sp.lambdify(solution.problem.variables, e)(*points.T), len(points))
            for e in (inner, outer)
        ]
        truth = np.where(inside, *truths)
        error = max(error, np.sqrt(np.mean((value - truth) ** 2) / np.mean(truth**2)))
    assert error < 10 * solution.error_estimate
    return error


def made(domain, place, k, tol=1e-8):
    """Return a problem with a formula on either side, and jumps of values and fluxes to match."""
    (kin, kout), step = k, sj.inside(place) if isinstance(place, sj.Region) else None

    def either(inner, outer):
        if step is not None:
            return outer + (inner - outer) * step
        return sp.Piecewise((inner, place), (outer, True))

    def load(k, f):
        return sum((k * f.diff(s)).diff(s) for s in (x, y))

    def leaving(k, f):
        return k * sum(sj.normal(s) * f.diff(s) for s in (x, y))

    k, known = either(kin, kout), either(INNER, OUTER)
    jumps = sj.interface(
        place,
        sp.Eq(sj.jump(u), OUTER - INNER),
        sp.Eq(sj.jump(k * sj.normal_derivative(u)), leaving(kout, OUTER) - leaving(kin, INNER)),
    )
    equation = sp.Eq(flow(k, u), either(load(kin, INNER), load(kout, OUTER)))
    walls = (
        [sj.on_boundary(sp.Eq(u, known))]
        if isinstance(domain, sj.Region)
        else [sp.Eq(u.subs(a, e), known.subs(a, e)) for a in (x, y) for e in (-1, 1)]
    )
    return sj.Problem(equation, u, domain, [*walls, *jumps])


CURVES = {
    "circle": (DISK, ROUND, lambda x, y: x**2 + y**2 < 0.25),
    "line to the walls": (DISK, x + y < HALF / 2, lambda x, y: x + y < 0.25),
    "upright line": (DISK, x < HALF / 2, lambda x, y: x < 0.25),
    "square in a disk": (
        DISK,
        sj.Polygon((x, y), SQUARE),
        lambda x, y: np.maximum(abs(x), abs(y)) < 0.5,
    ),
    "circle in a square": (
        sj.Polygon((x, y), [(-1, -1), (1, -1), (1, 1), (-1, 1)]),
        ROUND,
        lambda x, y: x**2 + y**2 < 0.25,
    ),
    "line in a box": ({x: (-1, 1), y: (-1, 1)}, x + y < HALF, lambda x, y: x + y < 0.5),
}


@pytest.mark.parametrize("name", CURVES)
def test_jumps_of_values_and_fluxes_are_met(name):
    domain, place, within = CURVES[name]
    solution = sj.solve(made(domain, place, (4 + x, 1 + y**2)), tol=1e-8)
    assert judged(solution, (INNER, OUTER), within=within) < 1e-9


def test_what_the_equation_means_is_continuity_of_values_and_fluxes():
    """A conducting cylinder in a uniform field: u = x within, (5/2 - 3/(8 r^2)) x around it."""
    outer = (sp.Rational(5, 2) - 3 / (8 * (x**2 + y**2))) * x
    k = sp.Piecewise((4, ROUND), (1, True))
    problem = sj.Problem(flow(k, u), u, DISK, [sj.on_boundary(sp.Eq(u, outer))])
    solution = sj.solve(problem, tol=1e-11)
    assert judged(solution, (x, outer), within=lambda x, y: x**2 + y**2 < 0.25) < 1e-12
    assert solution.report.blocks == 2


@pytest.mark.parametrize("place", [ROUND, x**2 + y**2 > QUARTER, sp.Eq(x**2 + y**2, QUARTER)])
def test_a_jump_is_the_value_outside_less_that_inside(place):
    """Or above less below; the normal goes the same way: a layer of charge on a circle."""
    charge = sj.interface(place, sp.Eq(sj.jump(sj.normal_derivative(u)), -1))
    problem = sj.Problem(
        sp.Eq(u.diff(x, 2) + u.diff(y, 2), 0), u, DISK, [sj.on_boundary(sp.Eq(u, 0)), *charge]
    )
    assert abs(sj.solve(problem, tol=1e-9)(0, 0) - 0.5 * np.log(2)) < 1e-9


def test_a_source_that_jumps_keeps_values_and_slopes_continuous():
    load = sp.Piecewise((1, ROUND), (0, True))
    wall = sj.on_boundary(sp.Eq(u, 0))
    problem = sj.Problem(sp.Eq(-u.diff(x, 2) - u.diff(y, 2), load), u, DISK, [wall])
    square = x**2 + y**2
    sides = (QUARTER - square) / 4 + sp.log(2) / 8, -sp.log(square) / 16
    solution = sj.solve(problem, tol=1e-9)
    assert judged(solution, sides, within=lambda x, y: x**2 + y**2 < 0.25) < 1e-11


def test_inclusions_beside_each_other():
    """Their fluxes are what the loads in them ask for."""
    first = x**2 + (y - sp.Rational(2, 5)) ** 2 < sp.Rational(1, 16)
    second = x**2 + (y + sp.Rational(2, 5)) ** 2 < sp.Rational(1, 9)
    k = sp.Piecewise((10, first), (sp.Rational(1, 10), second), (1, True))
    problem = sj.Problem(sp.Eq(flow(k, u), -1), u, DISK, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(problem, tol=1e-6)
    around = solution.integrate(sj.normal_derivative(u), over="outer")
    assert abs(around.value + np.pi) < 1e-6
    lower = solution.evaluate(k * u.diff(y), 0.0, -0.4 + 1 / 3 + np.array([-1e-9, 1e-9]))
    assert abs(lower[1] / lower[0] - 1.0) < 1e-5


def test_a_stiff_grain_in_an_elastic_plate():
    """Pressed all around; displacements r within and (b + d/r^2) r around, from two equations."""
    stiffness, ratio = sp.Piecewise((10, ROUND), (1, True)), sp.Rational(3, 10)
    c, shear = stiffness / (1 - ratio**2), stiffness / (2 * (1 + ratio))
    sxx, syy = c * (u.diff(x) + ratio * v.diff(y)), c * (v.diff(y) + ratio * u.diff(x))
    sxy = shear * (u.diff(y) + v.diff(x))
    b, d = sp.symbols("b d")
    both = [b + 4 * d - 1, (1 + ratio) * b - 4 * (1 - ratio) * d - 10 * (1 + ratio)]
    around = (b + d / (x**2 + y**2)).subs(sp.solve(both, [b, d]))
    walls = [sj.on_boundary(sp.Eq(f, a * around)) for f, a in ((u, x), (v, y))]
    balance = [sj.divergence([sxx, sxy], (x, y)), sj.divergence([sxy, syy], (x, y))]
    solution = sj.solve(sj.Problem(balance, [u, v], DISK, walls), tol=1e-3)
    sides = (x, x * around), (y, y * around)
    assert judged(solution, *sides, within=lambda x, y: x**2 + y**2 < 0.25) < 1e-3


def test_a_ball_within_a_ball():
    q = sp.Function("q")(x, y, z)
    square = x**2 + y**2 + z**2
    k = sp.Piecewise((4, square < QUARTER), (1, True))
    ball = sj.Ball((x, y, z), (0, 0, 0), 1)
    equation = sp.Eq(flow(k, q, (x, y, z)), -6)
    solution = sj.solve(sj.Problem(equation, q, ball, [sj.on_boundary(sp.Eq(q, 0))]), tol=1e-7)
    sides = 3 * QUARTER + (QUARTER - square) / 4, 1 - square

    def within(x, y, z):
        return x**2 + y**2 + z**2 < 0.25

    assert judged(solution, sides, within=within) < 1e-9


def test_heat_in_two_materials():
    w = sp.Function("w")(x, y, t)
    k = sp.Piecewise((4, ROUND), (1, True))
    square = x**2 + y**2
    sides = [sp.exp(-t) * e for e in (3 * QUARTER + (QUARTER - square) / 4, 1 - square)]
    known = sp.Piecewise((sides[0], ROUND), (sides[1], True))
    heating = sp.Eq(w.diff(t), flow(k, w) + 4 * sp.exp(-t) - known)
    conditions = [sj.on_boundary(sp.Eq(w, 0)), sp.Eq(w.subs(t, 0), known.subs(t, 0))]
    problem = sj.Problem(heating, w, DISK * {t: (0, 1)}, conditions)
    solution = sj.solve(problem, tol=1e-6)
    assert judged(solution, sides, within=lambda x, y, t: x**2 + y**2 < 0.25) < 1e-6


def test_what_is_solved_is_integrated_side_by_side_and_saved(tmp_path):
    inner = sj.Disk((x, y), (0, 0), HALF)
    k = 1 + 3 * sj.inside(inner)
    problem = sj.Problem(sp.Eq(flow(k, u), -4), u, DISK, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(problem, tol=1e-8)
    within = np.pi * (3 / 16 + 1 / 128)
    assert abs(solution.integrate(u, over=inner).value - within) < 1e-8
    assert abs(solution.integrate(u).value - within - np.pi * 9 / 32) < 1e-8
    solution.save(tmp_path / "two.npz")
    again = sj.load_solution(tmp_path / "two.npz")
    assert again.problem == problem
    assert np.array_equal(again([0.1, 0.7], 0.2), solution([0.1, 0.7], 0.2))
