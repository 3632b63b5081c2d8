"""How accurate the reference solvers are: each against a second method or a formula."""

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import airy, jv

from oracles import (
    beam,
    boundary_layer,
    chebyshev,
    cole_hopf,
    fourier,
    pendulum,
    reaction,
    series,
    split_step,
)
from oracles.cavity import in_time, steady
from registry.times import evolution, waves

CAVITY = Path(__file__).parent / "data" / "pinnacle" / "lid_driven.csv"


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
        (evolution.KURAMOTO_SIVASHINSKY, "ks", 0.5, 3e-8),
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


def test_fourier_oracle_of_a_kink_agrees_with_itself_refined():
    """The error of a series cut off at n falls like n^-3/2 in the mean square."""
    x, times = np.linspace(-1, 1, 1001), np.array([0.2, 1.0])
    used, refined = (
        np.array([waves.ALLEN_CAHN_KINKED.evaluate(c, x) for c in coefficients])
        for coefficients in (
            fourier.etdrk4(waves.ALLEN_CAHN_KINKED, times, *waves.KINKED_RESOLUTION),
            fourier.etdrk4(waves.ALLEN_CAHN_KINKED, times, 8192, 5e-4),
        )
    )
    assert np.sqrt(np.mean((used - refined) ** 2)) < 1e-6


def test_split_step_oracle_of_a_kink_agrees_with_itself_refined():
    """To a tenth of the registry's tolerance: a kink leaves splitting of order four little more."""
    x, t = np.meshgrid(np.linspace(-5, 5, 301), [np.pi / 8, np.pi / 4, np.pi / 2])
    n, step = waves.SCHROEDINGER_RESOLUTION
    used, refined = (
        split_step.oracle(lambda p: 2 / np.cosh(p), (-5, 5), *resolution)(x, t)
        for resolution in ((n, step), (2 * n, step / 2))
    )
    assert np.sqrt(np.mean((used - refined) ** 2) / np.mean(refined**2)) < 1e-5


def test_split_step_oracle_keeps_a_soliton():
    """sech(x) e^(i t / 2), whose tail at 20 is below rounding's square root by five digits."""
    x, t = np.meshgrid(np.linspace(-20, 20, 201), [0.7, 1.5])
    n, step = waves.SCHROEDINGER_RESOLUTION
    found = split_step.oracle(lambda p: 1 / np.cosh(p), (-20, 20), n, step)(x, t)
    expected = np.array([np.cos(t / 2), np.sin(t / 2)]) / np.cosh(x)
    assert np.abs(found - expected).max() < 1e-8


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


def test_bratu_by_96_and_by_64_points_a_side_agree_to_1e_8():
    x, y = np.random.default_rng(1).uniform(0.0, 1.0, (2, 300))
    used, coarser = (reaction.bratu(n)(x, y) for n in (96, 64))
    assert np.linalg.norm(used - coarser) < 1e-8 * np.linalg.norm(used)
    assert np.abs(used - reaction.bratu(96)(y, 1 - x)).max() < 1e-13


@pytest.mark.parametrize("number", [5.0, 10.0])
def test_troesch_agrees_with_an_initial_value_problem_from_the_steep_end(number):
    x = np.linspace(0.5, 1.0, 30)
    slope = np.sqrt(float(reaction._slope(number)) ** 2 + 2 * (np.cosh(number) - 1))
    walked = solve_ivp(
        lambda _, w: (w[1], number * np.sinh(number * w[0])),
        (1.0, 0.5),
        (1.0, slope),
        "DOP853",
        t_eval=x[::-1],
        rtol=1e-13,
        atol=1e-15,
    )
    # Backwards the equation amplifies, by 1e6 or so over this distance.
    assert np.abs(walked.y[0][::-1] - reaction.troesch(number, x)).max() < 1e-9


@pytest.mark.parametrize(
    ("a", "b", "length", "slope"), [(0.5, 0.0, 8.0, 0.33), (1.0, 0.5, 6.0, 0.93)]
)
def test_similarity_solutions_agree_with_shooting(a, b, length, slope):
    used = boundary_layer.similarity(a, b, length, slope)
    x = np.linspace(0, length, 50)

    def shot(curvature):
        return solve_ivp(
            lambda _, f: (f[1], f[2], -a * f[0] * f[2] - b * (1 - f[1] ** 2)),
            (0.0, length),
            (0.0, 0.0, curvature),
            "DOP853",
            t_eval=x,
            rtol=1e-12,
            atol=1e-14,
        ).y

    curvature = brentq(lambda c: shot(c)[1, -1] - 1, 0.2, 1.5, xtol=1e-14)
    assert np.abs(used(x) - shot(curvature)[0]).max() < 1e-9


def test_pendulum_satisfies_its_equation():
    n = 32
    t = chebyshev.points(n, 0, 2)
    d = chebyshev.differentiation(n, 0, 2)
    u = pendulum.angle(t)
    assert np.abs(d @ d @ u + np.sin(u))[1:-1].max() < 1e-10
    assert u[0] == 0


def test_flow_in_the_cavity_agrees_with_a_coarser_one_and_with_the_published_one():
    """PINNacle's reference is good to 2e-4, and its pressure to 1.6e-2."""
    x, y, *published = np.loadtxt(CAVITY, delimiter=",", skiprows=1).T
    used, coarser = steady.lid_driven(x, y), steady.flow(24)(x, y)
    for tolerance, others in ((6e-4, coarser), (3e-4, published)):
        for velocity, other in list(zip(used, others, strict=True))[:2]:
            assert np.linalg.norm(velocity - other) < tolerance * np.linalg.norm(other)
    assert np.linalg.norm(used[2] - published[2]) < 2e-2 * np.linalg.norm(published[2])


def test_flow_in_a_cavity_set_in_motion_obeys_its_equations_and_agrees_with_a_coarser_one():
    x, y, t = np.random.default_rng(1).random((3, 500))
    used, coarser = in_time.lid_driven(x, y, t), in_time.flow(16, 100)(x, y, t)
    far = np.linalg.norm(used - coarser, axis=1) / np.linalg.norm(used, axis=1)
    assert np.all(far < [1e-4, 5e-3, 1e-3, 2e-4])
    # Well after the start: curl and speeds against differences of the streamfunction.
    h, (x, y, t) = 1e-3, np.array([[0.3, 0.6], [0.4, 0.7], [0.8, 0.9]])

    def stream(dx, dy):
        return in_time.lid_driven(x + dx * h, y + dy * h, t)[0]

    around = stream(1, 0) + stream(-1, 0) + stream(0, 1) + stream(0, -1) - 4 * stream(0, 0)
    _, curl, along, up = in_time.lid_driven(x, y, t)
    np.testing.assert_allclose(curl, -around / h**2, rtol=1e-4)
    np.testing.assert_allclose(along, (stream(0, 1) - stream(0, -1)) / (2 * h), rtol=1e-4)
    np.testing.assert_allclose(up, -(stream(1, 0) - stream(-1, 0)) / (2 * h), rtol=1e-3)

    def carried(dt):
        return in_time.lid_driven(x, y, t + dt * h)[1]

    def vorticity(dx, dy):
        return in_time.lid_driven(x + dx * h, y + dy * h, t)[1]

    rate = (carried(1) - carried(-1)) / (2 * h)
    slope_x = (vorticity(1, 0) - vorticity(-1, 0)) / (2 * h)
    slope_y = (vorticity(0, 1) - vorticity(0, -1)) / (2 * h)
    spread = vorticity(1, 0) + vorticity(-1, 0) + vorticity(0, 1) + vorticity(0, -1) - 4 * curl
    friction = in_time.VISCOSITY * spread / h**2
    left = rate + along * slope_x + up * slope_y
    np.testing.assert_allclose(left, friction, atol=2e-2 * np.abs(friction).max())


def test_the_creeping_beam_starts_as_it_should_and_satisfies_its_equation():
    rate, n = 0.01, 40
    x = np.linspace(0, 1, 101)
    start = beam.creeping(x, 0.0, rate=rate)
    assert np.abs(start - np.sin(np.pi * x) ** 2).max() < 1e-12
    x, t = chebyshev.points(n, 0, 1), chebyshev.points(16, 0.1, 0.3)
    u = beam.creeping(x[:, None], t, rate=rate)
    dx, dt = chebyshev.differentiation(n, 0, 1), chebyshev.differentiation(16, 0.1, 0.3)
    assert np.abs(u[[0, -1]]).max() < 1e-14
    assert np.abs((dx @ u)[[0, -1]]).max() < 1e-11
    residual = u @ dt.T + rate * np.linalg.matrix_power(dx, 4) @ u
    assert np.abs(residual[4:-4]).max() < 1e-6  # of slopes of 3; rounding of four differentiations
