"""Constants that steer the solver are few, and their number is never raised."""

import runpy
from pathlib import Path

CEILING = 127  # lowered as rules take the place of constants


def test_constants_are_no_more_than_they_were(capsys) -> None:
    script = Path(__file__).parents[1] / "tools" / "constants.py"
    counts = runpy.run_path(str(script))["count"]()
    with capsys.disabled():
        print(f"\n{counts.total()} constants steer the solver (at most {CEILING})")
    assert 0 < counts.total() <= CEILING
