"""Statements drawn at random: each is solved, and its estimate is true.

A few of them, always the same, run with the other tests. `make random` draws many others; what
fails is shrunk to a small statement, which is printed.
"""

import os

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from . import strategies
from .agreement import SHORT

PATIENT = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
PROFILES = {
    "few": settings(max_examples=4, derandomize=True, **PATIENT),
    "many": settings(max_examples=200, **PATIENT),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "few")]

# family of statements -> tolerances that it is asked for, as powers of ten
FAMILIES = {
    strategies.linear_lines: (3, 10),
    strategies.coercive_systems: (3, 10),
    strategies.monotone_lines: (3, 10),
    strategies.initial_values: (3, 10),
    strategies.coupled_initial_values: (3, 10),
    strategies.elliptic_planes: (3, 6),
    strategies.diffusions: (3, 7),
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_what_is_well_posed_is_solved_and_judged_right(family):
    @PROFILE
    @given(family(), st.integers(*FAMILIES[family]))
    def holds(statement, digits):
        note(str(statement.problem))
        solution = statement.solve(10.0**-digits)  # raises where it is refused or not converged
        error = statement.error(solution)
        bound = max(10.0**-digits, SHORT * solution.error_estimate)
        assert error <= bound, f"error {error:.1e}, estimate {solution.error_estimate:.1e}"

    holds()
