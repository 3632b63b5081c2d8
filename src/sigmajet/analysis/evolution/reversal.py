r"""Evolutions that are known at the end of time: the same with time running backwards.

With :math:`\tau = a + b - t` on [a, b], what is known at t = b is known at :math:`\tau = a`, and

.. math:: \partial_t^k u = (-1)^k\, \partial_\tau^k u .

Option prices and optimal controls are stated so; their diffusion has the sign that goes backwards.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import sympy

from ...geometry.place import Interval, Place
from ...problem.statement import Problem
from ...problem.terms.relation import Relation
from ...problem.terms.trace import Trace


def starts_at_the_end(problem: Problem) -> bool:
    """Whether all conditions at fixed times are at the end of time."""
    if problem.time is None:
        return False
    axis = problem.variables.index(problem.time)
    places = {t.place[axis] for c in problem.conditions for t in c.traces} - {None}
    return places == {problem.domain.upper[axis]}


def reversed_in_time(problem: Problem) -> Problem:
    r"""The problem of :math:`\tau`, under the name of its time; its texts are the user's."""
    mirrored = _Mirror(problem)
    backwards = copy.copy(problem)
    for name in ("equations", "conditions"):
        relations = tuple(map(mirrored.relation, getattr(problem, name)))
        object.__setattr__(backwards, name, relations)
    interfaces = tuple(
        replace(each, relations=tuple(map(mirrored.relation, each.relations)))
        for each in problem.interfaces
    )
    object.__setattr__(backwards, "interfaces", interfaces)
    return backwards


class _Mirror:
    """What becomes of relations, traces and places."""

    def __init__(self, problem: Problem) -> None:
        self._axis = problem.variables.index(problem.time)
        self._ends = problem.domain.lower[self._axis], problem.domain.upper[self._axis]
        self._time = {problem.time: sympy.Float(sum(self._ends)) - problem.time}

    def relation(self, relation: Relation) -> Relation:
        """A relation of the problem that runs the other way."""
        signs = {
            symbol: -symbol
            for trace, symbol in zip(relation.traces, relation.symbols, strict=True)
            if trace.orders[self._axis] % 2
        }
        traces = tuple(map(self._trace, relation.traces))
        ordered = sorted(range(len(traces)), key=lambda k: traces[k].sort_key)
        return replace(
            relation,
            residual=relation.residual.xreplace({**self._time, **signs}),
            stated=relation.stated.xreplace({**self._time, **signs}),
            traces=tuple(traces[k] for k in ordered),
            symbols=tuple(relation.symbols[k] for k in ordered),
            place=traces[ordered[0]].place.start,
        )

    def _trace(self, trace: Trace) -> Trace:
        return replace(trace, place=self._place(trace.place))

    def _place(self, place: Place) -> Place:
        value = place[self._axis]
        if value is None:
            return place
        if isinstance(value, Interval):
            turned: float | Interval = Interval(self._at(value.upper), self._at(value.lower))
        else:
            turned = self._at(value)
        return Place(turned if axis == self._axis else p for axis, p in enumerate(place))

    def _at(self, time: float) -> float:
        """The mirrored time; that of an end is the other end, to the last bit."""
        start, end = self._ends
        return start if time == end else end if time == start else start + end - time
