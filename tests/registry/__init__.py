"""Problems with known solutions: one place that feeds tests, benchmarks and docs."""

from . import ordinary
from .case import Case, Statement

__all__ = ["CASES", "Case", "Statement", "select"]

CASES: tuple[Case, ...] = (*ordinary.CASES,)


def select(*tags: str, without: tuple[str, ...] = ()) -> list[Case]:
    """The cases that carry all of `tags` and none of `without`."""
    return [c for c in CASES if c.tags.issuperset(tags) and c.tags.isdisjoint(without)]
