"""Points where materials meet, and corners that walls or equations bend: no cells are needed."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from judging import judged

import sigmajet as sj

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
RADIUS = sp.sqrt(x**2 + y**2)
SQUARE = sj.Box((x, y), (-1, -1), (1, 1))


def angle_from(direction):
    """The angle of a point from a direction, between -pi and pi."""
    c, s = sp.cos(direction), sp.sin(direction)
    return sp.atan2(y * c - x * s, x * c + y * s)


def held(k, exact, region):
    flow = sj.divergence([k * u.diff(x), k * u.diff(y)], (x, y))
    return sj.Problem(flow, u, region, [sj.on_boundary(sp.Eq(u, exact))])


@pytest.mark.parametrize("power", [0.5, 0.1])
def test_interfaces_that_cross_are_solved_in_four_cells(power):
    """Kellogg: the flux fits where conductivities are as cot(power pi/4)^2 to 1."""
    high = float(mpmath.cot(power * mpmath.pi / 4))
    quarters = [(x > 0) & (y > 0), (x < 0) & (y > 0), (x < 0) & (y < 0), (x > 0) & (y < 0)]
    modes = []
    for n in range(4):
        phi = power * angle_from((2 * n + 1) * sp.pi / 4)
        sign = 1 if n in (0, 3) else -1
        modes.append(sign * RADIUS**power * (high * sp.sin(phi) if n % 2 else sp.cos(phi)))
    exact = sp.Piecewise(*zip(modes, quarters, strict=True), (0, True))
    k = sp.Piecewise((high**2, quarters[0]), (high**2, quarters[2]), (1, True))
    problem = held(k, exact, SQUARE)
    solution = sj.solve(problem, tol=1e-8)
    assert solution.report.blocks == 4
    points = np.random.default_rng(1).uniform(-1, 1, (2, 2000))
    truth = sp.lambdify((x, y), exact)(*points)
    assert np.linalg.norm(solution(*points) - truth) < 1e-8 * np.linalg.norm(truth)


def test_an_interface_may_end_on_a_wall_at_any_angle():
    """Between walls at 0 and pi: sin on one side and on the other, flux by the ratio of both."""
    turn, ratio = mpmath.pi / 3, 10

    def balance(a):
        return ratio * mpmath.cot(a * turn) + mpmath.cot(a * (mpmath.pi - turn))

    power = mpmath.findroot(balance, (1.1, 1.45), solver="anderson")
    share = mpmath.sin(power * turn) / mpmath.sin(power * (mpmath.pi - turn))
    theta = angle_from(sp.pi / 2) + sp.pi / 2
    inner = RADIUS ** float(power) * sp.sin(float(power) * theta)
    outer = float(share) * RADIUS ** float(power) * sp.sin(float(power) * (sp.pi - theta))
    below = y < sp.sqrt(3) * x
    problem = held(
        sp.Piecewise((ratio, below), (1, True)),
        sp.Piecewise((inner, below), (outer, True)),
        sj.Box((x, y), (-1, 0), (1, 1)),
    )
    solution = sj.solve(problem, tol=1e-9)
    assert solution.report.blocks == 2
    points = np.random.default_rng(1).uniform((-1, 0), (1, 1), (2000, 2)).T
    exact = sp.lambdify((x, y), sp.Piecewise((inner, below), (outer, True)))(*points)
    assert np.linalg.norm(solution(*points) - exact) < 1e-9 * np.linalg.norm(exact)


def test_an_interface_with_a_corner_is_solved_to_eight_digits():
    """A quarter of another material, even about its middle: 10 tan a pi/4 = -tan 3 a pi/4."""
    ratio = 10

    def balance(a):
        return ratio * mpmath.tan(a * mpmath.pi / 4) + mpmath.tan(3 * a * mpmath.pi / 4)

    power = float(mpmath.findroot(balance, (0.68, 0.99), solver="anderson"))
    phi = angle_from(sp.pi / 4)
    share = np.cos(power * np.pi / 4) / np.cos(power * 3 * np.pi / 4)
    within = RADIUS**power * sp.cos(power * phi)
    without = share * RADIUS**power * sp.cos(power * (sp.pi - sp.Abs(phi)))
    grain = (x > 0) & (y > 0)
    exact = sp.Piecewise((within, grain), (without, True))
    problem = held(sp.Piecewise((ratio, grain), (1, True)), exact, SQUARE)
    solution = sj.solve(problem, tol=1e-8)
    points = np.random.default_rng(1).uniform(-1, 1, (2, 2000))
    truth = sp.lambdify((x, y), exact)(*points)
    assert np.linalg.norm(solution(*points) - truth) < 1e-8 * np.linalg.norm(truth)


def test_values_may_become_slopes_on_a_curved_wall():
    """The real part of sqrt(1 - z): values on the upper half of the circle, slopes on the lower."""
    exact = sp.sqrt((sp.sqrt((x - 1) ** 2 + y**2) + 1 - x) / 2)
    slope = sj.normal(x) * exact.diff(x) + sj.normal(y) * exact.diff(y)
    disk = sj.Disk((x, y), (0, 0), 1)
    conditions = [
        sj.on_boundary(sp.Eq(u, exact), where=y > 0),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), slope), where=y < 0),
    ]
    solution = sj.solve(sj.Problem(LAPLACIAN, u, disk, conditions), tol=1e-9)
    assert solution.report.blocks == 1
    judged(solution, exact)


def test_a_load_on_a_disk_held_on_half_of_its_edge_takes_one_cell():
    conditions = [
        sj.on_boundary(sp.Eq(u, 0), where=y > 0),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), 0), where=y < 0),
    ]
    disk = sj.Disk((x, y), (0, 0), 1)
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, disk, conditions)
    coarse, fine = (sj.solve(problem, tol=tol, seed=seed) for tol, seed in ((1e-6, 0), (1e-9, 1)))
    assert coarse.report.blocks == 1
    assert abs(coarse(0.2, -0.3) - fine(0.2, -0.3)) < 1e-8


@pytest.mark.parametrize("operator", ["convection", "conductivity"])
def test_terms_of_lower_order_bend_the_functions_of_a_corner(operator):
    """The L-shape with a flow across it, or with a conductivity that varies, in a few cells."""
    dent = sj.Polygon((x, y), [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)])
    if operator == "convection":
        equation = sp.Eq(-LAPLACIAN + 3 * u.diff(x) + u.diff(y), 1)
    else:
        k = 3 + x * y + x
        equation = sp.Eq((k * u.diff(x)).diff(x) + (k * u.diff(y)).diff(y), -1)
    problem = sj.Problem(equation, u, dent, [sj.on_boundary(sp.Eq(u, 0))])
    solution, other = (sj.solve(problem, tol=tol, seed=n) for n, tol in enumerate((1e-6, 1e-7)))
    assert solution.report.blocks < 12
    points = np.random.default_rng(1).uniform(-1, 1, (2000, 2))
    points = points[dent.region.contains(points)].T
    apart = np.linalg.norm(solution(*points) - other(*points)) / np.linalg.norm(other(*points))
    assert apart < 1e-6


def test_conditions_on_the_boundary_hold_on_boxes_too():
    exact = sp.exp(x) * sp.cos(y)
    for domain in ({x: (0, 1), y: (0, 1)}, sj.Box((x, y), (0, 0), (1, 1))):
        problem = sj.Problem(LAPLACIAN, u, domain, [sj.on_boundary(sp.Eq(u, exact))])
        judged(sj.solve(problem, tol=1e-9), exact)


def test_boxes_over_time_take_conditions_on_their_boundary():
    t = sp.Symbol("t")
    w = sp.Function("w")(x, y, t)
    exact = sp.exp(-2 * t) * sp.sin(x) * sp.sin(y)
    heat = sp.Eq(w.diff(t), w.diff(x, 2) + w.diff(y, 2))
    conditions = [sj.on_boundary(sp.Eq(w, exact)), sp.Eq(w.subs(t, 0), exact.subs(t, 0))]
    for domain in (SQUARE * {t: (0, 1)}, {x: (-1, 1), y: (-1, 1), t: (0, 1)}):
        problem = sj.Problem(heat, w, domain, conditions)
        assert problem.time == t
