"""When two solutions are the same: as near to each other as their estimates say."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import sigmajet as sj

from .statement import Statement
from .statements import STATEMENTS

# An estimate may fall short of the truth by this factor; the registry holds sigmajet to the same.
SHORT = 10

# Relative accuracy that rounding leaves, whatever is estimated: bases in space are cut at 1e-12 of
# their largest singular value, and heat was seen to keep 2.4e-12 at every tolerance.
ROUNDING = 1e-11


@cache
def solved(name: str, tol: float, **options: Any) -> sj.Solution:
    """A statement of the table, solved once a session."""
    return STATEMENTS[name].solve(tol, **options)


def assert_same(
    statement: Statement, one: np.ndarray, other: np.ndarray, *estimates: float
) -> None:
    """Assert that values at the nodes of a statement are apart by no more than the estimates."""
    apart = statement.apart(one, other)
    assert apart <= SHORT * sum(estimates) + ROUNDING, f"{apart:.1e} apart, {estimates} estimated"
