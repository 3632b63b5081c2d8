"""Corners of plane regions: singular functions bring smooth convergence back."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from judging import judged

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
DENT = sj.Polygon((x, y), [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)])
RADIUS, ANGLE = sp.sqrt(x**2 + y**2), sp.atan2(-x - y, y - x) + 3 * sp.pi / 4


class LoadedDent:
    """The solution of -Lap u = 1 on `DENT` that vanishes on its walls, by particular solutions.

    u + r^2/4 is harmonic. Of it r^(2 k/3) sin(2 k theta/3) is what the dent has, and at each corner
    Im(w^2 log w) what carries r^2/4 from one wall to the other; the rest is a polynomial. By the
    maximum principle `bound`, the largest value on the walls, bounds the error everywhere (L. Fox,
    P. Henrici, C. Moler, SIAM J. Numer. Anal. 4, 1967).
    """

    corners = np.array([-1 - 1j, -1j, 0, 1, 1 + 1j, -1 + 1j])

    def __init__(self):
        shares = np.concatenate(
            [np.logspace(-12, -2, 40), 0.5 - 0.5 * np.cos(np.pi * (np.arange(200) + 0.5) / 200)]
        )
        walls = self.walls(np.concatenate([shares, 1 - shares[:40]]))
        columns = self.functions(walls)
        sizes = np.abs(columns).max(axis=0)
        solved = np.linalg.lstsq(columns / sizes, np.abs(walls) ** 2 / 4, rcond=1e-15)
        self.weights = solved[0] / sizes
        self.bound = np.abs(self(self.walls(np.linspace(0.0013, 0.9987, 3001)))).max()

    def walls(self, shares):
        return (
            self.corners[:, None] + (np.roll(self.corners, -1) - self.corners)[:, None] * shares
        ).ravel()

    def functions(self, z):
        radius, angle = np.abs(z)[:, None], self.angle(z, -np.pi / 4)[:, None]
        exponents = 2 / 3 * np.array([k for k in range(1, 41) if k % 3])
        powers = ((z + 0.2 - 0.2j)[:, None] / 1.3) ** np.arange(41)
        parts = [
            (radius / 1.5) ** exponents * np.sin(exponents * angle),
            powers.real,
            powers.imag[:, 1:],
        ]
        for corner, after in zip(self.corners, np.roll(self.corners, -1), strict=True):
            w = (z - corner) / ((after - corner) / abs(after - corner))
            # Measured from the wall that follows, cut outside: in the dent at -45 degrees.
            turn = self.angle(w, -np.pi / 4 if corner == 0 else -3 * np.pi / 4)
            log = np.log(np.maximum(np.abs(w), 1e-300))
            parts.append(
                (np.abs(w) ** 2 * (log * np.sin(2 * turn) + turn * np.cos(2 * turn)))[:, None]
            )
        return np.hstack(parts)

    @staticmethod
    def angle(w, least):
        return least + np.mod(np.angle(w) - least, 2 * np.pi)

    def __call__(self, z):
        return self.functions(z) @ self.weights - np.abs(z) ** 2 / 4


def test_a_dent_with_constant_load_is_solved_to_ten_digits():
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, DENT, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(problem, tol=1e-10)
    exact = LoadedDent()
    assert exact.bound < 1e-12
    points = draw_sample(Partition.of(DENT.region), Seed(7)).points
    truth = exact(points[:, 0] + 1j * points[:, 1])
    error = np.linalg.norm(solution(*points.T) - truth) / np.linalg.norm(truth)
    assert error < 1e-10
    assert error < 10 * solution.error_estimate
    assert solution.error_estimate < 1e-10
    assert solution.report.blocks < 16
    field = BlockField.from_arrays(solution.field.arrays(), 2, 1)
    at = [(0, (0, 0))], points
    np.testing.assert_array_equal(field.derivatives(*at), solution.field.derivatives(*at))
    # What the load brings leaves through the walls, though slopes at the dent are infinite.
    flux = solution.integrate(sj.normal_derivative(u), over="outer")
    assert abs(flux.value + 3.0) < flux.error < 1e-7


def test_slopes_more_singular_where_conditions_change_integrate_as_well():
    """Insulated on one side of the dent, -2/3 is the exponent of the slope on the other."""
    walls = [
        sj.on_boundary(sp.Eq(u if wall != 2 else sj.normal_derivative(u), 0), where=wall)
        for wall in range(6)
    ]
    solution = sj.solve(sj.Problem(sp.Eq(-LAPLACIAN, 1), u, DENT, walls), tol=1e-7)
    fluxes = [
        solution.integrate(sj.normal_derivative(u), over=DENT.part(wall)) for wall in range(6)
    ]
    off = abs(sum(flux.value for flux in fluxes) + 3.0)
    assert off < sum(flux.error for flux in fluxes) < 1e-4


def test_singular_functions_of_a_dent_are_found_beside_smooth_ones():
    exact = RADIUS ** sp.Rational(2, 3) * sp.sin(2 * ANGLE / 3) + sp.exp(x) * sp.cos(y)
    problem = sj.Problem(LAPLACIAN, u, DENT, [sj.on_boundary(sp.Eq(u, exact))])
    assert judged(sj.solve(problem, tol=1e-10), exact) < 1e-10


def test_a_principal_part_with_other_coefficients_has_other_exponents():
    """Stretched by (1, 2) and turned, the angle of the dent is another one."""
    operator = u.diff(x, 2) + 4 * u.diff(y, 2)
    scaled = sp.atan2(y / 2, x)
    opening = 2 * sp.pi - sp.atan2(1, 1)  # of the walls after the stretch
    turned = scaled + sp.Piecewise((2 * sp.pi, y < 0), (0, True))
    wedge = sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, -2), (1, -2)])
    exponent = sp.pi / opening
    exact = (x**2 + y**2 / 4) ** (exponent / 2) * sp.sin(exponent * turned) + x
    problem = sj.Problem(operator, u, wedge, [sj.on_boundary(sp.Eq(u, exact))])
    assert judged(sj.solve(problem, tol=1e-9), exact) < 1e-9


def test_terms_of_lower_order_have_their_own():
    """exp(x/2) times a solution without them."""
    harmonic = RADIUS ** sp.Rational(2, 3) * sp.sin(2 * ANGLE / 3)
    shift = sp.Rational(1, 2)
    equation = LAPLACIAN - shift**2 * u
    # I_(2/3)(r/2) sin(2 theta/3) solves it: r^(2/3) (1 + r^2/(16 (1 + 2/3)) + ...).
    series = sum(
        (RADIUS / 2 * shift) ** (2 * k) / (sp.factorial(k) * sp.rf(sp.Rational(5, 3), k))
        for k in range(10)
    )
    exact = harmonic * series
    problem = sj.Problem(equation, u, DENT, [sj.on_boundary(sp.Eq(u, exact))])
    assert judged(sj.solve(problem, tol=1e-9), exact) < 1e-9


# Where materials meet, walls bend, or an equation has terms of lower order.

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


def test_a_flow_around_a_corner_is_solved_to_six_digits_in_one_cell():
    """psi = r^(a + 1) (cos (a + 1) t + B cos (a - 1) t) about the bisector (Moffatt, 1964)."""
    v, p = (sp.Function(name)(x, y) for name in "vp")
    root = mpmath.findroot(
        lambda a: a * mpmath.sin(1.5 * mpmath.pi) + mpmath.sin(1.5 * a * mpmath.pi), 0.54
    )
    a, turn = sp.Float(root), sp.atan2(-x - y, y - x)
    other = -sp.cos((a + 1) * 3 * sp.pi / 4) / sp.cos((a - 1) * 3 * sp.pi / 4)
    stream = RADIUS ** (a + 1) * (sp.cos((a + 1) * turn) + other.evalf() * sp.cos((a - 1) * turn))
    pressure = -4 * a * other.evalf() * RADIUS ** (a - 1) * sp.sin((a - 1) * turn)
    exact = (
        stream.diff(y) + sp.exp(x) * sp.cos(y),
        -stream.diff(x) - sp.exp(x) * sp.sin(y),
        pressure,
    )
    equations = [
        *(-f.diff(x, 2) - f.diff(y, 2) + p.diff(s) for f, s in ((u, x), (v, y))),
        u.diff(x) + v.diff(y),
    ]
    at = {x: sp.Rational(1, 2), y: sp.Rational(1, 2)}
    conditions = [
        *(sj.on_boundary(sp.Eq(f, e)) for f, e in zip((u, v), exact, strict=False)),
        sp.Eq(p.subs(at), float(pressure.subs(at))),
    ]
    wedge = sj.Sector((x, y), (0, 0), 1, 0, 3 * sp.pi / 2)
    problem = sj.Problem(equations, [u, v, p], wedge, conditions)
    solution = sj.solve(problem, tol=1e-5, width=90)
    assert judged(solution, *exact) < 1e-6
    assert solution.report.blocks == 1


@pytest.mark.parametrize(
    ("region", "exact"),
    [
        (
            sj.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (0, 1)]),
            sp.sqrt(RADIUS) * sp.cos(sp.atan2(y, x) / 2),
        ),
        (sj.Disk((x, y), (1, 0), 1), RADIUS ** sp.Rational(2, 3) * sp.cos(2 * sp.atan2(y, x) / 3)),
        (
            sj.Polygon((x, y), [(-1, 0), (1, 0), (1, 1), (-1, 1)]),
            x * (1 - 2 * sp.atan2(y, x) / sp.pi) - 2 / sp.pi * y * sp.log(RADIUS),
        ),
    ],
    ids=["root in a corner", "power on a round wall", "kink on a straight one"],
)
def test_what_walls_are_given_may_be_singular_at_a_place(region, exact):
    given = exact + x * y
    problem = sj.Problem(LAPLACIAN, u, region, [sj.on_boundary(sp.Eq(u, given))])
    assert judged(sj.solve(problem, tol=1e-9), exact + x * y) < 1e-10
