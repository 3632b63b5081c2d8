"""Problems with known solutions: one place that feeds tests, benchmarks and docs."""

from . import hard
from .boxes import conditions, elliptic, flow, layers, many_dimensions, nonlinear
from .boxes import interfaces as box_interfaces
from .case import Case, Statement
from .lines import (
    interface_marches,
    ordinary,
    oscillating,
    sympy_suite,
    systems,
    two_point,
    unusual,
)
from .lines import interfaces as line_interfaces
from .refused import SOLVED, STATED, Refusal
from .times import evolution, kinks, lumped, mixed, storing_walls, waves
from .times import interfaces as time_interfaces

__all__ = ["CASES", "SOLVED", "STATED", "Case", "Refusal", "Statement", "select"]

CASES: tuple[Case, ...] = (
    *ordinary.CASES,
    *two_point.CASES,
    *sympy_suite.CASES,
    *systems.CASES,
    *nonlinear.CASES,
    *conditions.CASES,
    *unusual.CASES,
    *oscillating.CASES,
    *line_interfaces.CASES,
    *interface_marches.CASES,
    *box_interfaces.CASES,
    *time_interfaces.CASES,
    *elliptic.CASES,
    *layers.CASES,
    *flow.CASES,
    *many_dimensions.CASES,
    *evolution.CASES,
    *waves.CASES,
    *mixed.CASES,
    *kinks.CASES,
    *storing_walls.CASES,
    *lumped.CASES,
    *hard.CASES,
)


def select(*tags: str, without: tuple[str, ...] = ()) -> list[Case]:
    """The cases that carry all of `tags` and none of `without`."""
    return [c for c in CASES if c.tags.issuperset(tags) and c.tags.isdisjoint(without)]
