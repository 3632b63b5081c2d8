"""The exact numbers against the OEIS, against each other and against ball arithmetic."""

import math
import subprocess
import sys
from fractions import Fraction

import mpmath
import pytest
from flint import arb, arb_series, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from sigmajet import exact

A008277 = [[1], [1, 1], [1, 3, 1], [1, 7, 6, 1], [1, 15, 25, 10, 1], [1, 31, 90, 65, 15, 1]]
A163626 = [[1], [1, -1], [1, -3, 2], [1, -7, 12, -6], [1, -15, 50, -60, 24]]
A008292 = [[1], [1, 1], [1, 4, 1], [1, 11, 11, 1], [1, 26, 66, 26, 1], [1, 57, 302, 302, 57, 1]]


def test_stirling_rows_are_oeis_a008277():
    rows = [[exact.stirling2(n, k) for k in range(1, n + 1)] for n in range(1, 7)]
    assert rows == A008277


def test_stirling_numbers_at_the_border():
    assert exact.stirling2(0, 0) == 1
    assert exact.stirling2(5, 0) == exact.stirling2(3, 4) == 0


def test_coefficient_rows_are_oeis_a163626():
    assert [list(exact.coefficients(n)) for n in range(5)] == A163626


def test_eulerian_rows_are_oeis_a008292():
    assert [list(exact.eulerian(n)) for n in range(1, 7)] == A008292


@pytest.mark.parametrize("n", [*range(12), 50, 120])
def test_closed_form_equals_recurrence(n):
    assert exact.coefficients(n) == exact.coefficients_by_recurrence(n)


@pytest.mark.parametrize("n", range(1, 25))
def test_eulerian_form_is_the_same_polynomial(n):
    s = Fraction(3, 7)
    eulerian = sum(
        (-1) ** (k - 1) * a * s**k * (1 - s) ** (n + 1 - k)
        for k, a in enumerate(exact.eulerian(n), start=1)
    )
    assert eulerian == sum(c * s**k for k, c in enumerate(exact.coefficients(n), start=1))


@pytest.mark.parametrize("n", range(1, 20))
def test_eulerian_numbers_count_permutations(n):
    assert sum(exact.eulerian(n)) == math.factorial(n)


def ball(n, x: Fraction):
    """s^(n)(x) as a certified ball from flint's power series: shares no code with exact.py."""
    ctx.cap = n + 1
    point = arb(x.numerator) / x.denominator
    series = 1 / (1 + (-arb_series([point, 1])).exp())
    coefficients = series.coeffs()  # without trailing exact zeros
    return coefficients[n] * math.factorial(n) if n < len(coefficients) else arb(0)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 60),
    x=st.fractions(-60, 60, max_denominator=10**6),
    digits=st.integers(1, 60),
)
def test_evaluate_is_correctly_rounded(n, x, digits):
    value = exact.evaluate(n, x, digits)
    precision = mpmath.libmp.dps_to_prec(digits)
    ctx.prec = 1200
    try:
        truth = ball(n, x)
        got = arb(mpmath.nstr(value, 400)) if value else arb(0)
        assert value.man.bit_length() <= precision
        ulp = arb(2) ** (mpmath.frexp(value)[1] - precision) if value else arb(2) ** -1000
        assert 2 * abs(truth - got) <= ulp * arb("1.000000001")
    finally:
        ctx.prec = 53


def test_high_order_against_flint():
    ctx.prec = 4000
    try:
        truth = ball(600, Fraction(5, 2))
        got = exact.evaluate(600, Fraction(5, 2), 50)
        assert abs(truth - arb(mpmath.nstr(got, 400))) < abs(truth) * arb("1e-50")
    finally:
        ctx.prec = 53


@pytest.mark.parametrize("n", range(8))
def test_value_at_zero_is_the_rational_number(n):
    rational = sum(Fraction(c, 2**k) for k, c in enumerate(exact.coefficients(n), start=1))
    assert exact.evaluate(n, 0) == mpmath.mpf(rational.numerator) / rational.denominator


def test_limits_and_nan():
    assert exact.evaluate(0, math.inf) == 1
    assert exact.evaluate(0, -math.inf) == exact.evaluate(7, math.inf) == 0
    assert mpmath.isnan(exact.evaluate(2, math.nan))


def test_argument_is_taken_exactly():
    assert exact.evaluate(3, "0.1") != exact.evaluate(3, 0.1)
    assert exact.evaluate(3, "0.1") == exact.evaluate(3, Fraction(1, 10))
    assert exact.evaluate(3, mpmath.mpf(0.1)) == exact.evaluate(3, 0.1)


@pytest.mark.parametrize("n", [-1, 1.5, "2"])
def test_orders_that_are_none_are_refused(n):
    with pytest.raises(ValueError, match="expected an integer >= 0"):
        exact.evaluate(n, 1.0)


def test_import_needs_no_mpmath():
    code = "import sys, sigmajet.exact; sys.exit('mpmath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
