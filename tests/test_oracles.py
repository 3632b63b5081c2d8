"""How accurate the reference solvers are: each against a second method or a formula."""

import numpy as np
import pytest
from scipy.special import airy, jv

from oracles import chebyshev, cole_hopf, fourier, series
from registry import evolution


@pytest.mark.parametrize("nu", [0.5 / np.pi, 0.1 / np.pi, 0.01 / np.pi, 0.001])
def test_cole_hopf_by_two_quadratures_agrees_to_1e_13(nu):
    x = np.linspace(-1, 1, 201)[:, None]
    t = np.array([0.0, 0.01, 0.1, 0.3, 0.5, 1.0])
    by_trapezoid = cole_hopf.burgers(x, t, nu)
    by_hermite = cole_hopf.burgers_gauss_hermite(x, t[1:], nu)
    assert np.abs(by_trapezoid[:, 1:] - by_hermite).max() < 1e-13
    assert np.abs(by_trapezoid - cole_hopf.burgers(x, t, nu, nodes=2801)).max() < 1e-13
    assert np.abs(by_trapezoid[:, 0] + np.sin(np.pi * x[:, 0])).max() < 1e-15


def test_cole_hopf_satisfies_burgers_equation():
    """Both quadratures share the formula; this does not."""
    nu, n = 0.3 / np.pi, 100
    x, t = chebyshev.points(n, -1, 1), chebyshev.points(24, 0.4, 0.7)
    u = cole_hopf.burgers(x[:, None], t, nu)
    dx, dt = chebyshev.differentiation(n, -1, 1), chebyshev.differentiation(24, 0.4, 0.7)
    residual = u @ dt.T + u * (dx @ u) - nu * dx @ dx @ u
    # Differentiating twice at 100 points amplifies rounding by 1e6 inside, more at the ends.
    assert np.abs(residual[2:-2, 2:-2]).max() < 1e-9


@pytest.mark.parametrize(
    ("problem", "name", "last", "error"),
    [
        (evolution.KDV, "kdv", 1.0, 3e-10),
        (evolution.ALLEN_CAHN, "allen_cahn", 1.0, 3e-11),
        (evolution.KURAMOTO_SIVASHINSKY, "ks", 0.3, 3e-9),
    ],
    ids=["kdv", "allen_cahn", "ks"],
)
def test_fourier_oracle_agrees_with_itself_refined_and_with_dop853(problem, name, last, error):
    n, step = evolution.RESOLUTION[name]
    x, times = np.linspace(*problem.interval, 301), np.array([last / 2, last])

    def values(coefficients):
        return np.array([problem.evaluate(c, x) for c in coefficients])

    used = values(fourier.etdrk4(problem, times, n, step))
    refined = values(fourier.etdrk4(problem, times, 3 * n // 2, step / 2))
    assert np.abs(used - refined).max() < error * np.abs(used).max()
    coarse = 128  # what the explicit method can afford
    explicit = values(fourier.dop853(problem, times, coarse))
    same = values(fourier.etdrk4(problem, times, coarse, step / 2))
    assert np.abs(explicit - same).max() < error * np.abs(used).max()


def test_chebyshev_on_an_interval_reaches_1e_12():
    x = np.linspace(-10, 3, 500)
    ends = [airy(e)[0] for e in (-10, 3)]
    solution = chebyshev.solve_interval(
        [lambda x: -x, lambda x: 0.0, lambda x: 1.0],
        lambda x: 0.0,
        [(-10, [1], ends[0]), (3, [1], ends[1])],
        (-10, 3),
        64,
    )
    assert np.abs(solution(x) - airy(x)[0]).max() < 1e-12


def test_chebyshev_takes_slopes_and_singular_coefficients():
    x = np.linspace(0, 6, 500)
    solution = chebyshev.solve_interval(
        [lambda x: x, lambda x: 1.0, lambda x: x],
        lambda x: 0.0,
        [(0, [0, 1], 0.0), (6, [1], jv(0, 6))],
        (0, 6),
        40,
    )
    assert np.abs(solution(x) - jv(0, x)).max() < 1e-12


def test_chebyshev_solves_a_beam_of_order_four():
    x = np.linspace(0, 1, 101)
    solution = chebyshev.solve_interval(
        [lambda x: 0.0] * 4 + [lambda x: 1.0],
        lambda x: -1.0,
        [(0, [1], 0), (0, [0, 1], 0), (1, [0, 0, 1], 0), (1, [0, 0, 0, 1], 0)],
        (0, 1),
        12,
    )
    exact = -(x**4) / 24 + x**3 / 6 - x**2 / 4
    assert np.abs(solution(x) - exact).max() < 1e-11  # fourth derivatives: condition 1e5


def test_chebyshev_converges_geometrically_on_a_square():
    x, y = (g.ravel() for g in np.meshgrid(*[np.linspace(0, 1, 23)] * 2))

    def exact(x, y):
        return np.exp(x) * np.sin(3 * y + x)

    def source(x, y):
        return np.exp(x) * (2 * np.cos(3 * y + x) - 9 * np.sin(3 * y + x))

    def error(n):
        solution = chebyshev.solve_poisson(source, exact, ((0, 1), (0, 1)), n)
        return np.abs(solution(x, y) - exact(x, y)).max()

    assert error(8) > 1e-6  # so that the next line measures convergence
    assert error(24) < 1e-13


def test_series_of_the_hot_lid_is_the_mean_of_its_neighbours_sides():
    """Four copies turned by a right angle add up to u = 1, on the centre to 1/4 each."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0.02, 0.98, (2, 60))
    turned = [series.hot_lid(*p) for p in ((x, y), (y, x), (x, 1 - y), (y, 1 - x))]
    assert np.abs(sum(turned) - 1).max() < 1e-13


def test_series_of_torsion_agrees_with_chebyshev_and_is_symmetric():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 1, (2, 60))
    u = series.torsion(x, y)
    assert np.abs(u - series.torsion(y, x)).max() < 1e-13
    spectral = chebyshev.solve_poisson(
        lambda x, y: -1.0, lambda x, y: 0.0 * x * y, ((0, 1), (0, 1)), 64
    )
    # r^2 log r at the corners: convergence is algebraic there, of order about 4.
    assert np.abs(u - spectral(x, y)).max() < 1e-8


def test_series_of_the_cooling_slab_agrees_with_error_functions():
    from scipy.special import erfc

    x, t = np.linspace(0, 1, 41)[:, None], np.array([1e-5, 1e-3, 0.02, 0.1])
    root = 2 * np.sqrt(t)
    images = sum((-1) ** m * (erfc((m + x) / root) + erfc((m + 1 - x) / root)) for m in range(12))
    assert np.abs(series.cooling_slab(x, t) - (1 - images)).max() < 1e-13
