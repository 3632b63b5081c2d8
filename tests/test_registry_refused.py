"""What has no single solution raises, says why, and never gives a number."""

import pytest

import sigmajet as sj
from registry import STATED


@pytest.mark.parametrize("refusal", STATED, ids=str)
def test_the_statement_is_refused_and_the_culprit_named(refusal):
    with pytest.raises(sj.ProblemError, match=refusal.says):
        refusal.problem()
