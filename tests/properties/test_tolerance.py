"""A tolerance is kept, a tighter one is never worse, and estimates are true at every one."""

from itertools import pairwise

import pytest

from .agreement import ROUNDING, SHORT, solved
from .statements import EACH, STATEMENTS

TOLERANCES = (1e-3, 1e-6, 1e-9)


@pytest.mark.parametrize("name", EACH)
def test_a_tighter_tolerance_is_never_worse(name):
    statement = STATEMENTS[name]
    errors = [statement.error(solved(name, tol)) for tol in TOLERANCES]
    assert all(error <= tol for error, tol in zip(errors, TOLERANCES, strict=True)), errors
    assert all(tight <= max(loose, ROUNDING) for loose, tight in pairwise(errors)), errors


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_an_estimate_is_true_where_the_tolerance_is_loose(name):
    solution = solved(name, 1e-3)
    assert STATEMENTS[name].error(solution) <= SHORT * solution.error_estimate + ROUNDING
