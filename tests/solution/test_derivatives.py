"""Derivatives of every order, and what each is said to be off by, beside exact ones."""

import pickle

import numpy as np
import pytest
import sympy
from scipy.interpolate import CubicSpline
from sympy import Eq, Function, Piecewise, Rational, exp, legendre, log, sin, sqrt, symbols

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField

x, y, t = symbols("x y t")
u, v, k = Function("u"), Function("v"), Function("k")
PLACES = np.linspace(0, 1, 41)
ROOT = sqrt(1 + x)


def at_ends(equation, exact):
    """A problem on the unit interval with the values of its exact solution at both ends."""
    ends = [Eq(u(end), exact.subs(x, end)) for end in (0, 1)]
    return sj.Problem(equation, u(x), {x: (0, 1)}, ends)


def from_start(equation, exact, **more):
    """The same with what starts it at zero."""
    order = max(d.derivative_count for d in equation.atoms(sympy.Derivative))
    start = [Eq(u(x).diff(x, n).subs(x, 0), exact.diff(x, n).subs(x, 0)) for n in range(order)]
    return sj.Problem(equation, u(x), {x: (0, 1)}, start, **more)


def true(exact, order, places=PLACES):
    return sympy.lambdify(x, exact.diff(x, order), "numpy")(places) + 0.0 * places


WAVE = 2 + sin(3 * x)
CASES = {
    "steady": (at_ends(Eq(u(x).diff(x, 2), 4 * u(x)), exp(2 * x)), exp(2 * x)),
    "marched": (from_start(Eq(u(x).diff(x, 2), 4 * u(x)), exp(2 * x)), exp(2 * x)),
    "a quotient": (from_start(Eq(u(x).diff(x), 1 / (2 * u(x))), ROOT), ROOT),
    "a root": (at_ends(Eq(u(x).diff(x, 2), -1 / (4 * ROOT**3)), ROOT), ROOT),
    "a logarithm": (from_start(Eq(u(x).diff(x), exp(-u(x))), log(1 + x)), log(1 + x)),
    "implicit": (
        from_start(Eq(u(x).diff(x) ** 3 + u(x).diff(x), u(x) ** 3 + exp(x)), exp(x)),
        exp(x),
    ),
    "of many parts": (
        from_start(
            Eq(
                u(x).diff(x),
                3 * sympy.cos(3 * x)
                + sympy.atan(sympy.Max(u(x), WAVE - 1) ** Rational(3, 2))
                - sympy.atan(sympy.Abs(WAVE) ** sympy.Mod(Rational(3, 2) + 0 * x, 2))
                + sympy.tanh(u(x) ** u(x))
                - sympy.tanh(WAVE**WAVE),
            ),
            WAVE,
        ),
        WAVE,
    ),
}


# What errors and what is told of them come to at most, over the largest value: to order 5, of order
# 8 and of order 20. Measured to three times less; where a solution a rounding away has its singular
# points near, as in the last two, rounding itself takes digits with each order.
BOUNDS = {
    "steady": (1e-12, 1e-12, 1e-12),
    "marched": (1e-13, 1e-13, 1e-13),
    "a quotient": (3e-12, 5e-12, 2e-11),
    "a root": (3e-14, 3e-14, 1e-13),
    "a logarithm": (2e-11, 3e-11, 1e-10),
    "implicit": (3e-12, 5e-11, 1.0),
    "of many parts": (5e-9, 5e-4, None),
}
EXACT_TO = 1e-13  # the values of order 20 where no digit is lost: the first four, measured 4e-14


@pytest.mark.parametrize("name", list(CASES))
def test_derivatives_of_ordinary_equations_keep_their_digits(name):
    problem, exact = CASES[name]
    solution = sj.solve(problem)
    low, middle, high = BOUNDS[name]
    bounds = dict.fromkeys((0, 1, 2, 3, 5), low) | {8: middle} | ({20: high} if high else {})
    for order, bound in bounds.items():
        truth = true(exact, order)
        size = np.abs(truth).max()
        values, error = solution.evaluate(u(x).diff(x, order), PLACES, with_error=True)
        assert error.shape == PLACES.shape
        off = np.abs(values - truth)
        assert np.all(off <= error + 1e-15 * size)
        assert error.max() < bound * size
        if name in list(CASES)[:4]:
            assert off.max() < EXACT_TO * size


def test_systems_and_equations_without_a_derivative_give_all_of_them():
    equations = [Eq(u(x).diff(x), -v(x)), Eq(v(x) + v(x) ** 3, u(x) + u(x) ** 3)]  # v = u
    solution = sj.solve(sj.Problem(equations, [u(x), v(x)], {x: (0, 1)}, [Eq(u(0), 1)]))
    for unknown, order in ((u, 9), (v, 12)):
        asked, truth = unknown(x).diff(x, order), (-1) ** order * np.exp(-PLACES)
        values, error = solution.evaluate(asked, PLACES, with_error=True)
        assert np.all(np.abs(values - truth) <= 3 * error)
        assert error.max() < 1e-6


def test_piecewise_terms_are_taken_as_they_are_at_each_place():
    force = Piecewise((0, x < Rational(1, 2)), (6 * x, True))
    exact = [0 * x, x**3 - 3 * x / 4 + Rational(1, 4)]  # from (1/2, 0), (1/2, 0')
    start = [Eq(u(0), 0), Eq(u(x).diff(x).subs(x, 0), 0)]
    solution = sj.solve(sj.Problem(Eq(u(x).diff(x, 2), force), u(x), {x: (0, 1)}, start))
    places = np.array([0.1, 0.3, 0.7, 0.9])
    for order in (2, 3, 4, 7):
        truth = np.where(places < 0.5, true(exact[0], order, places), true(exact[1], order, places))
        np.testing.assert_allclose(
            solution.evaluate(u(x).diff(x, order), places), truth, rtol=0, atol=1e-12
        )


U, R = u(x), Rational
B = 3 - 2 * sqrt(2)
SINGULAR = {  # equations that lose their order at zero or both ends, and what solves them
    "Bessel": (x * U.diff(x, 2) + U.diff(x) + x * U, sympy.besselj(0, x), "both"),
    "Legendre": ((1 - x**2) * U.diff(x, 2) - 2 * x * U.diff(x) + 20 * U, legendre(4, x), "both"),
    "Cauchy and Euler": (x**2 * U.diff(x, 2) - 6 * U, x**3, "both"),
    "Bratu": (
        x * U.diff(x, 2) + U.diff(x) + x * exp(U),
        log(8 * B) - 2 * log(1 + B * x**2),
        "slope",
    ),
    "Thomas and Fermi": (
        x * U.diff(x, 2) - U**2 - 2 * x / (1 + x) ** 3 + 1 / (1 + x) ** 2,
        1 / (1 + x),
        "both",
    ),
    "first order": (x * U.diff(x) - 2 * U - x**3 * exp(x), x**2 * exp(x), "end"),
}


@pytest.mark.filterwarnings("ignore:no digit")  # of the seventh near the points
@pytest.mark.parametrize("name", list(SINGULAR))
def test_at_and_near_singular_points_what_is_told_is_true(name):
    equation, exact, sides = SINGULAR[name]
    begin = Eq(U.diff(x).subs(x, 0), 0) if sides == "slope" else Eq(u(0), exact.subs(x, 0))
    conditions = [begin, Eq(u(1), exact.subs(x, 1))][sides == "end" :]
    solution = sj.solve(sj.Problem(Eq(equation, 0), U, {x: (0, 1)}, conditions), seed=3)
    places = np.array([0.0, 1e-12, 1e-4, 0.5])
    for order in (1, 2, 3, 7):
        values, error = solution.evaluate(U.diff(x, order), places, with_error=True)
        slope = exact.diff(x, order)
        truth = [
            float(slope.subs(x, 0).doit() if not p else slope.evalf(40, {x: p})) for p in places
        ]
        assert np.all(np.abs(values - truth) <= 10 * error + 1e-14)
        if (name, order) != ("Cauchy and Euler", 3) and sides != "end":  # which is free there
            assert error[0] < 1e-8


@pytest.mark.parametrize(
    ("equation", "conditions", "exists"),
    [
        (Eq(2 * x * U.diff(x), U), [Eq(u(1), 1)], 0),  # a root
        (Eq(x**2 * U.diff(x, 2), R(15, 4) * U), [Eq(u(0), 0), Eq(u(1), 1)], 2),  # x^(5/2)
        (Eq(x**2 * U.diff(x, 2) - 6 * U, 5 * x**3), [Eq(u(0), 0), Eq(u(1), 1)], 2),  # x^3 log x
        (Eq(sqrt(x) * U.diff(x), U), [Eq(u(1), 1)], 0),  # exp(2 sqrt(x) - 2)
    ],
)
@pytest.mark.filterwarnings("ignore:no digit")
def test_of_a_derivative_that_does_not_exist_no_digit_is_told(equation, conditions, exists):
    problem = sj.Problem(equation, U, {x: (0, 1)}, conditions)
    solution = sj.solve(problem, tol=1e-7, on_failure="return")
    for order in range(1, 5):
        _, error = solution.evaluate(U.diff(x, order), [0.0, 0.5], with_error=True)
        assert np.isinf(error).tolist() == [order > exists, False]


@pytest.mark.filterwarnings("error")
def test_of_what_leaves_the_range_of_floats_the_error_is_infinite():
    solution = sj.solve(CASES["marched"][0])
    assert solution.evaluate(exp(exp(1000 * U)), 1.0, with_error=True) == (np.inf, np.inf)


def test_where_the_highest_derivative_stands_within_a_sum_no_digit_is_lost():
    inner = (1 + x) * U.diff(x)
    equation = Eq(exp(inner - (1 + x) * U) + U.diff(x), 1 + U)
    values = sj.solve(from_start(equation, exp(x))).evaluate(U.diff(x, 8), PLACES)
    np.testing.assert_allclose(values, np.exp(PLACES), rtol=1e-12)


def test_derivatives_of_code_are_the_fields_and_of_tables_are_followed_as_far_as_they_go():
    equation, growth = Eq(u(x).diff(x), k(x) * u(x)), exp(sin(x))
    coded = sj.solve(from_start(equation, growth, functions={k: np.cos}))
    assert np.abs(coded.evaluate(u(x).diff(x, 2), PLACES) - true(growth, 2)).max() < 1e-6
    with pytest.warns(sj.PrecisionWarning, match=r"no digit of Derivative\(u\(x\), \(x, 40\)\)"):
        coded.evaluate(u(x).diff(x, 40), PLACES)
    nodes = np.linspace(0, 1, 6)
    spline = CubicSpline(nodes, np.cos(nodes))
    table = sj.solve(from_start(equation, growth, functions={k: spline}))
    values, slopes = table(PLACES), table.evaluate(u(x).diff(x, 2), PLACES)
    np.testing.assert_allclose(
        slopes, (spline(PLACES, 1) + spline(PLACES) ** 2) * values, rtol=1e-11
    )


def test_a_derivative_of_more_variables_is_warned_of_where_no_digit_is_left():
    field, exact = u(x, y), exp(x) * sin(y)
    walls = [Eq(field.subs(s, p), exact.subs(s, p)) for s in (x, y) for p in (0, 1)]
    equation = Eq(field.diff(x, 2) + field.diff(y, 2), 0)
    plane = sj.solve(sj.Problem(equation, field, {x: (0, 1), y: (0, 1)}, walls))
    points = np.random.default_rng(0).uniform(0, 1, (2, 50))
    for orders in ((1, 0), (0, 2), (2, 2)):
        asked = field.diff(x, orders[0], y, orders[1])
        truth = sympy.lambdify((x, y), exact.diff(x, orders[0], y, orders[1]))(*points)
        values, error = plane.evaluate(asked, *points, with_error=True)
        off = np.abs(values - truth).max()
        assert off <= 3 * error.max() <= 1e4 * off
    with pytest.warns(sj.PrecisionWarning, match="no digit"):
        plane.evaluate(field.diff(x, 14), *points)


def test_errors_survive_a_file_and_copies_and_frameworks_see_the_same_numbers(tmp_path):
    solution = sj.solve(CASES["steady"][0])
    asked = u(x).diff(x, 6)
    values, error = solution.evaluate(asked, PLACES, with_error=True)
    solution.save(tmp_path / "saved.npz")
    for other in (sj.load_solution(tmp_path / "saved.npz"), pickle.loads(pickle.dumps(solution))):
        assert all(
            map(np.array_equal, other.evaluate(asked, PLACES, with_error=True), (values, error))
        )
    jax = pytest.importorskip("jax")
    closed = solution.to_jax()
    slope = lambda place: closed(place[None])  # noqa: E731
    for _ in range(3):
        slope = jax.grad(slope)
    with jax.enable_x64(True):
        assert float(slope(0.5)) == pytest.approx(8 * np.exp(1.0), rel=1e-12)


def test_a_report_tells_errors_order_by_order():
    report = sj.solve(CASES["steady"][0]).report
    assert len(report.derivatives) == 5
    assert 0 < max(report.derivatives) < 1e-11
    assert "of derivatives by order, at most: 0: " in str(report)
    assert "by order" in report._repr_html_()
    field, exact = u(x, t), exp(-t) * sin(x)
    walls = [Eq(field.subs(*at), exact.subs(*at)) for at in ((x, 0), (x, 2), (t, 0))]
    domain = {x: (0, 2), t: (0, Rational(1, 2))}
    heat = sj.solve(
        sj.Problem(Eq(field.diff(t), field.diff(x, 2)), field, domain, walls, time=t), tol=1e-6
    )
    points = np.meshgrid(np.linspace(0, 2, 41), np.linspace(0, 0.5, 21))
    for order, told in enumerate(heat.report.derivatives):
        truth = sympy.lambdify((x, t), exact.diff(x, order))(*points)
        asked = field.diff(x, order)
        values, error = heat.evaluate(asked, *points, with_error=True)
        off = np.abs(values - truth).max()
        assert off <= 10 * error.max() <= 30 * told * np.abs(truth).max()
    assert heat.report.derivatives[0] >= heat.error_estimate / 3


@pytest.mark.filterwarnings("error")
def test_the_highest_order_of_all_keeps_its_digits_too():
    solution = sj.solve(CASES["marched"][0])
    values, error = solution.evaluate(u(x).diff(x, 200), [0.0, 1.0], with_error=True)
    truth = 2.0**200 * np.exp([0.0, 2.0])
    assert np.all(np.abs(values - truth) <= error)
    assert np.all(error < 1e-10 * truth)


def test_coordinates_that_are_no_numbers_are_refused_in_words():
    solution = sj.solve(CASES["marched"][0])
    for place in ("here", [1, "2b"], None, object()):
        with pytest.raises(sj.ProblemError, match=r"coordinates: expected numbers for x|outside"):
            solution(place)


def test_what_is_off_by_order_is_asked_of_each_field_once(monkeypatch):
    """One by one the derivatives of a solution in twenty variables took ten times the solve."""
    solution = sj.solve(CASES["steady"][0])
    asked = []
    derivatives = BlockField.derivatives

    def counted(field, wanted, points):
        asked.append(len(wanted))
        return derivatives(field, wanted, points)

    monkeypatch.setattr(BlockField, "derivatives", counted)
    assert len(solution.report.derivatives) == 5
    assert asked.count(5) == 2  # all orders, of the solution and of what checks it
    assert sum(asked) < 40
