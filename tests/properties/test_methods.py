"""One statement by two methods that share neither discretisation nor iteration."""

from dataclasses import replace

import pytest

from .agreement import assert_same, solved
from .statements import STATEMENTS

# Where a march from the start and a fit of everything at once both apply.
INITIAL_VALUES = ["oscillator", "fast_decay", "logistic", "pendulum", "predator_and_prey"]
EVOLUTIONS = ["heat", "burgers", "wave", "advection_around", "reaction_and_diffusion"]
METHODS = [(name, "initial_value") for name in INITIAL_VALUES] + [
    (name, "evolution") for name in EVOLUTIONS
]


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_a_march_and_a_fit_of_everything_at_once_agree(name, method):
    statement = STATEMENTS[name]
    marched, fitted = solved(name, 1e-8, method=method), solved(name, 1e-8, method="steady")
    assert (marched.report.method, fitted.report.method) == (method, "steady")
    assert_same(
        statement,
        statement.at_nodes(marched),
        statement.at_nodes(fitted),
        marched.error_estimate,
        fitted.error_estimate,
    )


@pytest.mark.parametrize("name", ["heat", "wave"])
def test_a_time_that_is_not_named_is_a_variable_like_any_other(name):
    statement = replace(STATEMENTS[name], time=None)
    fitted, named = statement.solve(1e-8), solved(name, 1e-8, method="steady")
    assert_same(
        statement,
        statement.at_nodes(fitted),
        statement.at_nodes(named),
        fitted.error_estimate,
        named.error_estimate,
    )
