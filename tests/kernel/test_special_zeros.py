"""The table of zeros: certified by ball arithmetic, and what its generator makes."""

import importlib.util
from pathlib import Path

import pytest
from flint import arb, ctx

import sigmajet as sj

SCRIPT = Path(__file__).parents[2] / "tools" / "tables" / "make_tables.py"
specification = importlib.util.spec_from_file_location("make_tables", SCRIPT)
make_tables = importlib.util.module_from_spec(specification)
specification.loader.exec_module(make_tables)


@pytest.fixture(autouse=True)
def precision():
    ctx.prec = 512
    yield
    ctx.prec = 53


def derivative_sign(n, x):
    """Sign of s^(n) at a ball, from its series over powers of s: no code of the table's."""
    s = 1 / (1 + (-x).exp())
    value = sum((c * s**k for k, c in enumerate(sj.exact.coefficients(n), start=1)), arb(0))
    return -1 if value < 0 else 1 if value > 0 else 0


@pytest.mark.parametrize("n", [3, 4, 17, 64])
def test_the_derivative_changes_sign_across_each_double_double(n):
    for x, _ in make_tables.positive_zeros(n, make_tables.reduced_polynomials(n)[n]):
        high, low = make_tables.double_double(x)
        middle, step = arb(high) + arb(low), abs(arb(low)) * arb(2) ** -53
        assert derivative_sign(n, middle - step) * derivative_sign(n, middle + step) == -1


@pytest.mark.parametrize("n", [3, 4, 17, 64, 200])
def test_the_table_is_what_its_generator_makes(n):
    pairs = make_tables.positive_zeros(n, make_tables.reduced_polynomials(n)[n])
    text = make_tables.TARGET.read_text()
    for pair in pairs:
        assert make_tables.zero_row(*pair) in text
    assert [x for x in sj.sigmoid_zeros(n) if x > 0] == [
        make_tables.double_double(x)[0] for x, _ in pairs
    ]


def test_a_ball_that_does_not_decide_its_rounding_is_refused():
    with pytest.raises(ArithmeticError, match="does not decide"):
        make_tables.round_to_double(arb(1) + arb(2) ** -53)
