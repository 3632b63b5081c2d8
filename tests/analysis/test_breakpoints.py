"""Known terms may switch, jump or be 0/0 anywhere: on a sample, on an edge, between."""

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import sigmajet as sj

x, t = sp.symbols("x t")
u, f = sp.Function("u"), sp.Function("f")
HALF, THREE_TENTHS = sp.Rational(1, 2), sp.Rational(3, 10)


def bar(load, functions=None) -> sj.Problem:
    """u'' = load between fixed ends."""
    return sj.Problem(
        sp.Eq(u(x).diff(x, 2), load),
        u(x),
        {x: (0, 1)},
        [sp.Eq(u(0), 0), sp.Eq(u(1), 0)],
        functions=functions,
    )


def on_the_left(place: float) -> float:
    """u(1/2) of a unit load up to a place in the left half, from Green's function."""
    return -(place**2) / 4


@pytest.mark.parametrize("place", [HALF, THREE_TENTHS, sp.Rational(1, 4), sp.Rational(1, 10)])
@pytest.mark.parametrize("relation", [sp.Lt, sp.Le, sp.Gt, sp.Ge])
def test_a_load_may_switch_on_a_sample(place, relation):
    load = sp.Piecewise((1, relation(x, place)), (0, True))
    solution = sj.solve(bar(load))
    left = on_the_left(float(place))
    exact = left if relation in (sp.Lt, sp.Le) else -1 / 8 - left
    assert solution(0.5) == pytest.approx(exact, abs=1e-13)
    assert solution.report.attempts[-1].blocks == 2


@pytest.mark.parametrize(
    ("load", "exact"),
    [
        (lambda s: np.where(s < 0.5, 1.0, 0.0), -1 / 16),
        (lambda s: np.where(s > 0.3, 1.0, 0.0), -0.1025),
        (lambda s: np.where(s >= 0.3, 1.0, 0.0), -0.1025),
        (lambda s: np.where(s < 1 / 3, 1.0, 0.0), -1 / 36),
        (lambda s: np.floor(2 * s), -1 / 16),
        (lambda s: np.where(s == 0.5, 7.0, 2.0 * (s < 0.5)), -1 / 8),
    ],
)
def test_a_numpy_function_may_jump(load, exact):
    solution = sj.solve(bar(f(x), {f: load}))
    assert solution(0.5) == pytest.approx(exact, abs=1e-13)
    assert solution.report.attempts[-1].blocks == 2


def test_steps_of_floor_on_samples():
    assert sj.solve(bar(sp.floor(2 * x)))(0.5) == pytest.approx(-1 / 16, abs=1e-13)


@pytest.mark.parametrize("place", [HALF, THREE_TENTHS])
def test_a_nonlinear_equation_may_switch_on_a_sample(place):
    solution = sj.solve(bar(u(x) ** 3 + sp.Piecewise((1, x > place), (0, True))))

    def shot(slope: float, end: float = 1.0) -> float:
        state, tight = [0.0, slope], {"method": "DOP853", "rtol": 1e-12, "atol": 1e-14}
        for load, low, high in ((0.0, 0.0, float(place)), (1.0, float(place), end)):
            if high > low:
                found = solve_ivp(
                    lambda _, y, q=load: [y[1], y[0] ** 3 + q], (low, high), state, **tight
                )
                state = found.y[:, -1]
        return state[0]

    slope = brentq(shot, -1.0, 1.0, xtol=1e-15)
    assert solution(0.5) == pytest.approx(shot(slope, 0.5), abs=1e-11)


def test_a_diode_between_two_layers_of_charge():
    doping = sp.Piecewise((1, x < THREE_TENTHS), (-1, x > sp.Rational(7, 10)), (0, True))
    solution = sj.solve(bar(2 * sp.sinh(u(x)) + doping))
    places = np.array([0.1, 0.3, 0.4])
    assert solution(0.5) == pytest.approx(0.0, abs=1e-12)
    assert solution(places) == pytest.approx(-solution(1 - places), abs=1e-12)
    assert solution.report.attempts[-1].blocks == 3


@pytest.mark.parametrize("place", [HALF, THREE_TENTHS, sp.Rational(1, 3)])
def test_a_removable_singularity_is_no_feature(place):
    d = x - place
    solution = sj.solve(bar((1 - sp.cos(d)) / d**2))
    # sum of (-1)^k d^(2k+2) / ((2k+2)! (2k+1) (2k+2)) is a second integral
    terms = [
        sp.Rational((-1) ** k, sp.factorial(2 * k + 2) * (2 * k + 1) * (2 * k + 2))
        for k in range(9)
    ]
    integral = sum(c * d ** (2 * k + 2) for k, c in enumerate(terms))
    low, middle, high = (float(integral.subs(x, at)) for at in (0, HALF, 1))
    assert solution(0.5) == pytest.approx(middle - (low + high) / 2, abs=1e-11)
    assert solution.report.attempts[-1].blocks == 1


@pytest.mark.parametrize(
    ("drive", "functions", "exact", "windows"),
    [
        (sp.Piecewise((1, t <= 5), (0, True)), None, np.exp(-5) - np.exp(-10), 2),
        (sp.Piecewise((1, t < 5), (0, True)), None, np.exp(-5) - np.exp(-10), 2),
        (sp.Piecewise((1, (t >= 5) & (t <= 6)), (0, True)), None, np.exp(-4) - np.exp(-5), 4),
        (f(t), {f: lambda s: 1.0 * ((s >= 5) & (s <= 6))}, np.exp(-4) - np.exp(-5), 4),
    ],
)
def test_a_march_ends_a_window_at_a_switch_on_a_sample(drive, functions, exact, windows):
    problem = sj.Problem(
        sp.Eq(u(t).diff(t) + u(t), drive), u(t), {t: (0, 10)}, sp.Eq(u(0), 0), functions=functions
    )
    solution = sj.solve(problem)
    assert solution(10.0) == pytest.approx(exact, rel=1e-9)
    assert solution.report.attempts[-1].blocks <= windows


def test_a_pulse_as_narrow_as_a_sample_is_seen_on_an_edge():
    width = sp.Rational(1, 20_000)
    step = sp.Piecewise((1, x < HALF), (0, True))
    pulse = sp.exp(-(((x - sp.Rational(3, 4)) / width) ** 2)) / width
    solution = sj.solve(bar(step + pulse))
    assert solution(0.5) == pytest.approx(-1 / 16 - np.sqrt(np.pi) / 8, abs=1e-7)
