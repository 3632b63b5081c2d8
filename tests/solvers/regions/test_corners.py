"""Corners of plane regions: singular functions bring smooth convergence back."""

import numpy as np
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
