"""Directions and weights give mixed partial derivatives exactly; texts say what they seem to."""

from fractions import Fraction
from itertools import product

import pytest
import sympy as sp

from sigmajet.deep import (
    along_directions,
    biharmonic_terms,
    columns_of,
    laplacian_terms,
    read_operator,
)

X = sp.symbols("x0:4")


def polynomial(terms):
    return sum(
        sp.Rational(Fraction(c).numerator, Fraction(c).denominator)
        * sp.prod(x**a for x, a in zip(X, orders, strict=False))
        for orders, c in terms.items()
    )


def symbol(operator):
    """The operator with d_i replaced by x_i, as SymPy expands it."""
    total = sp.Rational(operator.value.numerator, operator.value.denominator)
    for direction, weights in operator.along.items():
        along = sum(v * x for v, x in zip(direction, X, strict=False))
        for order, weight in weights.items():
            total += sp.Rational(weight.numerator, weight.denominator) * along**order
    return sp.expand(total)


@pytest.mark.parametrize("orders", [o for o in product(range(4), repeat=3) if sum(o) <= 6])
def test_directions_give_every_mixed_partial_exactly(orders) -> None:
    operator = along_directions({orders: 1})
    assert symbol(operator) == polynomial({orders: 1})
    assert 2 * len(operator.along) <= sp.prod(a + 1 for a in orders)


def test_high_orders_and_sums_are_exact_too() -> None:
    terms = {(7, 4): 3, (2, 2): Fraction(1, 3), (1, 0): -2, (0, 0): 5}
    assert symbol(along_directions(terms)) == polynomial(terms)


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_laplacian_and_biharmonic_are_powers_of_the_same_sum(dimension) -> None:
    squares = sum(x**2 for x in X[:dimension])
    laplacian = along_directions(laplacian_terms(dimension))
    biharmonic = along_directions(biharmonic_terms(dimension))
    assert symbol(laplacian) == squares
    assert symbol(biharmonic) == sp.expand(squares**2)
    assert len(laplacian.along) == dimension
    assert len(biharmonic.along) <= dimension**2


def test_operators_read_as_written() -> None:
    assert read_operator("u_xxxx + 2*u_xxyy + u_yyyy", 2) == {(4, 0): 1, (2, 2): 2, (0, 4): 1}
    assert read_operator("(u_tt - 0.1*u_xx)/2 - 3*(u - u_x)", 3) == {
        (0, 0, 2): Fraction(1, 2),
        (2, 0, 0): Fraction(-1, 20),
        (0, 0, 0): -3,
        (1, 0, 0): 3,
    }
    assert read_operator("v_xyx - v_xxy + v_y", 2) == {(0, 1): 1}
    named = read_operator("w_x1x10 + w_tau", 3, variables=("x1", "tau", "x10"))
    assert named == {(1, 0, 1): 1, (0, 1, 0): 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("u_x*u_y", "not linear"),
        ("u_xx + 1", "adds a number"),
        ("3", "no derivative"),
        ("u_xx + v_y", "one function"),
        ("u_xz", "z is none of the 2"),
        ("u_xx/0", "divide"),
        ("u_xx**2", "expected derivatives"),
        ("f(u)", "expected derivatives"),
        ("u_xx +", "no sum"),
        ("1e999*u_x", "no finite number"),
        ("", "no sum"),
    ],
)
def test_texts_that_mean_no_operator_are_refused_with_the_reason(text, words) -> None:
    with pytest.raises(ValueError, match=words.replace("*", r"\*")):
        read_operator(text, 2)


def test_time_is_the_last_column_and_never_another_variable_too() -> None:
    assert columns_of({"x", "t"}, 4) == {"t": 3, "x": 0}
    with pytest.raises(ValueError, match="more variables than the 2"):
        columns_of({"x", "y", "t"}, 2)
    with pytest.raises(ValueError, match="different names"):
        columns_of({"x"}, 2, variables=("x", "x"))
    with pytest.raises(ValueError, match="not made of"):
        read_operator("u_xq", 2, variables=("x", "y"))
