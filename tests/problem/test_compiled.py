"""Expressions as tables of real numbers, whatever SymPy and NumPy make of them."""

import pickle
import warnings

import numpy as np
import pytest
from sympy import (
    And,
    Eq,
    Float,
    Function,
    I,
    Integer,
    Max,
    Piecewise,
    Rational,
    besselj,
    cbrt,
    erf,
    exp,
    log,
    pi,
    sqrt,
    symbols,
)

import sigmajet as sj
from sigmajet.problem.boundary.predicate import compiled as predicate
from sigmajet.problem.compiled.expressions import compile_table, partial_derivative
from sigmajet.problem.compiled.residual import compile_relation

x, y, a, b = symbols("x y a b")
s = symbols("s", real=True)
u = Function("u")
POINTS = np.array([[-4.0], [-1.0], [0.0], [1.0], [4.0]])
LINE = sj.Problem(
    Eq(u(x).diff(x), a * u(x) ** 2), u(x), {x: (-4, 4)}, [Eq(u(-4), b)], parameters={a: 2.0, b: 3.0}
)


def table(*expressions, names=()):
    return compile_table(LINE, names, expressions)


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sqrt(x), [np.nan, np.nan, 0.0, 1.0, 2.0]),
        (x ** Rational(1, 3), [np.nan, np.nan, 0.0, 1.0, 4.0 ** (1 / 3)]),
        (log(x), [np.nan, np.nan, -np.inf, 0.0, np.log(4.0)]),
        (1 / x, [-0.25, -1.0, np.inf, 1.0, 0.25]),
        (exp(1000 * x), [0.0, 0.0, 1.0, np.inf, np.inf]),
        ((x * exp(900 * x) + 2) * exp(-900 * x), [np.inf, np.inf, 2.0, 1.0, 4.0]),
        (x + I * x * (x - 1), [np.nan, np.nan, 0.0, 1.0, np.nan]),
        (x * I * I, [4.0, 1.0, 0.0, -1.0, -4.0]),
    ],
)
def test_what_has_no_real_value_is_not_a_number_and_no_warning(expression, expected):
    np.testing.assert_allclose(table(expression)(POINTS)[0], expected, rtol=1e-15)


def test_constants_are_broadcast_beside_what_varies():
    found = table(Integer(3), x, pi, I, a)(POINTS)
    assert found.shape == (5, 5)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found[1], POINTS[:, 0])
    np.testing.assert_array_equal(found[[0, 2, 3, 4], 0], [3.0, np.pi, np.nan, 2.0])
    assert all(len(np.unique(row)) == 1 for row in found[[0, 2, 3, 4]])


def test_floats_keep_all_their_digits():
    digits = [16.355072286140032, -0.1, 5e-324, 1.7976931348623157e308]
    found = table(*map(Float, digits), Float(digits[0]) ** x * Float(digits[1]), Float("1e400"))
    np.testing.assert_array_equal(found(np.ones((1, 1)))[:4, 0], digits)
    assert found(np.ones((1, 1)))[4, 0] == digits[0] * digits[1]
    assert found(np.ones((1, 1)))[5, 0] == np.inf


def test_no_points_and_no_expressions_give_empty_tables():
    assert table(x, Integer(1))(np.empty((0, 1))).shape == (2, 0)
    assert table()(POINTS).shape == (0, 5)


def test_times_are_points_of_a_line():
    compiled = table(s * x, names=(s,))
    values = np.arange(5.0)[None]
    np.testing.assert_array_equal(compiled(POINTS[:, 0], values), compiled(POINTS, values))


def test_parameters_are_bound_and_can_be_replaced():
    compiled = table(a * x + b)
    np.testing.assert_array_equal(compiled(POINTS)[0], 2.0 * POINTS[:, 0] + 3.0)
    other = compiled.at({b: -1.0, a: 10.0})
    np.testing.assert_array_equal(other(POINTS)[0], 10.0 * POINTS[:, 0] - 1.0)
    np.testing.assert_array_equal(compiled(POINTS)[0], 2.0 * POINTS[:, 0] + 3.0)


def test_parameters_meet_the_same_arithmetic_as_points():
    """Of floats of Python 1/0 is an error, and the root of a negative one complex."""
    compiled = table(1 / a, cbrt(b) * x, a**1000).at({a: 0.0, b: -8.0})
    found = compiled(POINTS)
    np.testing.assert_array_equal(found[0], np.inf)
    assert np.isnan(found[1]).all()
    assert np.isinf(compiled.at({a: 10.0, b: 1.0})(POINTS)[2]).all()


def test_symbols_named_like_those_of_common_subexpressions_keep_their_values():
    x0 = symbols("x0")
    compiled = table(exp(x) * x0 + exp(x), exp(x), names=(x0,))
    np.testing.assert_allclose(
        compiled(POINTS, [np.full(5, 3.0)])[0], 4.0 * np.exp(POINTS[:, 0]), rtol=1e-15
    )


def test_a_residual_comes_with_its_partial_derivatives_for_any_parameters():
    residual = compile_relation(LINE, LINE.equations[0])
    slope = [trace.orders for trace in residual.traces].index((1,))
    traces = np.empty((2, 5))
    traces[slope], traces[1 - slope] = 1.0, POINTS[:, 0]
    for each, size in ((residual, 2.0), (residual.at({a: 5.0, b: 0.0}), 5.0)):
        defect, partials = each(POINTS, traces)
        sign = partials[slope, 0]
        assert abs(sign) == 1.0
        np.testing.assert_array_equal(sign * defect, 1.0 - size * POINTS[:, 0] ** 2)
        np.testing.assert_array_equal(sign * partials[1 - slope], -2.0 * size * POINTS[:, 0])


def test_conditions_on_points_combine_with_those_on_parameters():
    compiled = table(Piecewise((x, And(x > 0, a > 1)), (b, True)))
    np.testing.assert_array_equal(compiled(POINTS)[0], [3.0, 3.0, 3.0, 1.0, 4.0])
    np.testing.assert_array_equal(compiled.at({a: 0.0, b: 5.0})(POINTS)[0], 5.0)


def test_a_table_is_pickled_as_what_it_was_made_of():
    compiled = table(a * s + x, names=(s,)).at({a: 7.0, b: 0.0})
    again = pickle.loads(pickle.dumps(compiled))
    values = np.arange(5.0)[None]
    np.testing.assert_array_equal(again(POINTS, values), compiled(POINTS, values))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (besselj(0, x) > Rational(1, 2), [False, True, True, True, False]),
        (erf(x) > Rational(1, 2), [False, False, False, True, True]),
        ((-1) ** Rational(1, 3) * x**2 > 0, [False] * 5),  # of complex numbers none is above
    ],
)
def test_predicates_know_the_same_functions_and_the_same_real_numbers(condition, expected):
    found = predicate(condition, (x,), {}, "the condition")(POINTS)
    np.testing.assert_array_equal(found, expected)


def test_arguments_of_coefficients_may_be_special_functions_and_coefficients():
    f, g = Function("f"), Function("g")
    problem = sj.Problem(
        Eq(u(x).diff(x), f(besselj(0, x)) + f(g(x))),
        u(x),
        {x: (0, 1)},
        [Eq(u(0), 0)],
        functions={f: np.square, g: np.sqrt},
    )
    found = compile_table(problem, (), [f(besselj(0, x)), f(g(x))])(np.array([[0.0], [0.25]]))
    bessel = 0.984435929295853  # J_0(1/4), Abramowitz and Stegun, table 9.1
    np.testing.assert_allclose(found, [[1.0, bessel**2], [0.0, 0.25]], rtol=1e-12)


def test_a_derivative_that_scipy_does_not_have_is_named():
    from sympy import elliptic_pi

    with pytest.raises(sj.ProblemError, match="elliptic_pi"):
        table(elliptic_pi(x, y))


def test_integers_beyond_those_of_the_machine_are_numbers_as_others():
    huge = 10**20 + 3
    slope = sqrt(huge) * exp(-x) / Integer(10) ** 10 + Rational(1, huge)
    problem = sj.Problem(Eq(u(x).diff(x), slope), u(x), {x: (0, 1)}, [Eq(u(0), 0)])
    assert float(sj.solve(problem)(1.0)) == pytest.approx(1 - np.exp(-1), rel=1e-12)


def test_a_power_that_is_cut_off_has_no_slope_beyond():
    """SymPy's derivative of sqrt(Max(s, 0)) is nothing times infinity below zero."""
    slope = partial_derivative(sqrt(Max(s, 0)), s)
    names = np.array([[-4.0, -1.0, 0.0, 1.0, 4.0]])
    np.testing.assert_array_equal(
        table(slope, names=[s])(POINTS, names)[0], [0.0, 0.0, 0.0, 0.5, 0.25]
    )
