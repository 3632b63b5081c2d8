"""Corners of plane regions: singular functions bring smooth convergence back."""

import numpy as np
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
DENT = sj.Polygon((x, y), [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)])
RADIUS, ANGLE = sp.sqrt(x**2 + y**2), sp.atan2(-x - y, y - x) + 3 * sp.pi / 4


def harmonic(corners, values, poles, degree):
    """Return the harmonic function with values on the walls of a polygon of complex corners.

    By poles outside of every corner, exponentially clustered, and a polynomial (A. Gopal and L. N.
    Trefethen, Solving Laplace problems with corner singularities via rational functions, SIAM J.
    Numer. Anal. 57, 2019).
    """
    corners = np.asarray(corners, dtype=complex)
    before, after = np.roll(corners, 1), np.roll(corners, -1)
    size = np.abs(corners - corners.mean()).max()
    ahead, back = (after - corners) / np.abs(after - corners), (before - corners)
    back /= np.abs(back)
    inner = np.angle(back / ahead) % (2 * np.pi)
    outwards = -ahead * np.exp(0.5j * inner)
    steps = 1.5 * size * np.exp(4.0 * (np.sqrt(np.arange(1, poles + 1)) - np.sqrt(poles)))
    places = (corners[:, None] + outwards[:, None] * steps).ravel()
    scales = np.tile(steps, len(corners))
    shares = np.concatenate([np.logspace(-15, -0.31, 150)])
    shares = np.concatenate([shares, 1.0 - shares])
    walls = (corners[:, None] + (after - corners)[:, None] * shares).ravel()

    def basis(z):
        z = np.asarray(z, dtype=complex).ravel()
        powers = ((z - corners.mean()) / size)[:, None] ** np.arange(degree + 1)
        parts = np.hstack([powers, scales / (z[:, None] - places)])
        return np.hstack([parts.real, parts.imag])

    weights = np.linalg.lstsq(basis(walls), values(walls), rcond=1e-15)[0]
    return lambda z: (basis(z) @ weights).reshape(np.shape(z))


def judged(solution, exact):
    """Return the relative error, which has to be near what the estimate says."""
    places = draw_sample(Partition.of(solution.problem.domain.region), 7).points
    truth = sp.lambdify((x, y), exact)(*places.T)
    error = np.sqrt(np.mean((solution(*places.T) - truth) ** 2) / np.mean(truth**2))
    assert error < 10 * solution.error_estimate
    return error


def test_a_dent_with_constant_load_is_solved_to_ten_digits():
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, DENT, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(problem, tol=1e-10)
    places = np.array([-0.5 + 0.25j, 0.5 + 0.5j, -0.5 - 0.5j, -0.01 - 0.01j, 0.9 + 0.9j])
    corners = [-1 - 1j, -1j, 0, 1, 1 + 1j, -1 + 1j]
    rest = harmonic(corners, lambda z: np.abs(z) ** 2 / 4, poles=70, degree=30)
    truth = rest(places) - np.abs(places) ** 2 / 4
    # The oracle itself has nine digits.
    np.testing.assert_allclose(solution(places.real, places.imag), truth, atol=3e-9)
    assert solution.error_estimate < 1e-10
    assert solution.report.blocks < 16
    field = BlockField.from_arrays(solution.field.arrays(), 2, 1)
    at = [(0, (0, 0))], np.column_stack([places.real, places.imag])
    np.testing.assert_array_equal(field.derivatives(*at), solution.field.derivatives(*at))


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
