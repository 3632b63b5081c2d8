"""The derivatives of a solution, each from where it is known best, and what they are off by.

Two fields that share nothing but the solution tell by their difference what each derivative of
theirs is off by: the largest at a sample of the domain, its walls with it, where errors of
derivatives are largest. Equations of a line give derivatives from their order on as well
(`implied`); how those move where each lower derivative is moved by its error is their error. At
every point the surer of the two is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product

import numpy as np

from ..._types import Array, Orders
from ...approximation.field import Field
from ...approximation.norm import Sampled, draw_sample, relative_difference
from ...geometry.partition import Partition
from ...geometry.region import BoxRegion
from ...problem.statement import Problem
from ...randomness import Seed
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...rules.judgement import SEVERAL
from ...rules.samples import FEW
from .implied import Implied
from .singular_point import further, taylor

__all__ = ["Known"]

_Wanted = Sequence[tuple[int, Orders]]


class Known:
    """A field that answers from the equations where they know better.

    Parameters
    ----------
    problem : Problem
    field : Field
    check : Field or None
        An independent solution.
    estimate : float
        The relative error that is told of the field; where it is more than by what the check
        differs, all errors are.
    seed : Seed
        Of the sample.
    """

    def __init__(
        self, problem: Problem, field: Field, check: Field | None, estimate: float, seed: Seed
    ) -> None:
        self._problem = problem
        self._estimate = estimate
        self._field = field
        self._check = check
        self._seed = seed
        self._singular: dict[tuple[float, int], tuple[Array, Array] | None] = {}
        self._apart: dict[tuple[int, Orders], tuple[float, float]] = {}

    @cached_property
    def _implied(self) -> Implied | None:
        return Implied.of(self._problem)

    @cached_property
    def sample(self) -> Array:
        """Points of the domain (m, d): random ones, and of a box as many on its walls."""
        region = self._problem.domain.region
        points = draw_sample(Partition.of(region), self._seed).points
        if not isinstance(region, BoxRegion):
            return points
        walls = points.copy()
        sides = np.arange(len(walls)) % (2 * walls.shape[1])  # in turn
        rows, axes = np.arange(len(walls)), sides // 2
        ends = np.array([self._problem.domain.lower, self._problem.domain.upper])
        walls[rows, axes] = ends[sides % 2, axes]
        return np.concatenate([points, walls if walls.shape[1] > 1 else ends])

    def derivatives(self, wanted: _Wanted, points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        if not self._from_equations(wanted):
            return self._field.derivatives(wanted, points)
        return self.with_errors(wanted, points)[0]

    def with_errors(self, wanted: _Wanted, points: Array) -> tuple[Array, Array]:
        """The same, and what each may be off by; infinite where nothing tells."""
        values, errors = self._of_fields(wanted, points)
        implied = self._implied
        if implied is None or not len(points):
            return values, errors
        orders = implied.layout.orders
        highest = list(orders)
        for unknown, (order,) in wanted:
            highest[unknown] = max(highest[unknown], order)
        ends = np.array([self._problem.domain.lower, self._problem.domain.upper])
        found, off = self._of_equations(implied, tuple(highest), points, ends)
        everywhere = np.hstack([values, self._of_fields(wanted, ends)[0]])
        for row, (unknown, (order,)) in enumerate(wanted):
            other, error = found[unknown][order], off[unknown][order]
            known = np.isfinite(other)
            if order >= orders[unknown]:
                # What fields miss where the equations know is told where they do not.
                with np.errstate(invalid="ignore"):
                    missed = np.where(known, np.abs(everywhere[row] - other) - error, 0.0)
                errors[row] = np.maximum(errors[row], np.max(missed, initial=0.0))
            other, error, known = (each[: len(points)] for each in (other, error, known))
            surer = known & ((error < errors[row]) | np.isinf(errors[row]))
            surer &= order >= orders[unknown]
            values[row] = np.where(surer, other, values[row])
            errors[row] = np.where(surer, error, errors[row])
            errors[row, np.isinf(other)] = np.inf  # no derivative there
        return values, errors

    @cached_property
    def _scale(self) -> float:
        """What differences of the two fields are multiplied by."""
        if self._check is None:
            return 1.0
        inside = draw_sample(Partition.of(self._problem.domain.region), self._seed)
        fields = (Sampled(field, inside) for field in (self._field, self._check))
        apart = relative_difference(len(self._problem.unknowns), *fields)
        return max(1.0, self._estimate / apart) if apart > 0.0 else 1.0

    @cached_property
    def by_order(self) -> tuple[float, ...]:
        """Relative errors of derivatives along variables, to two orders beyond the equations."""
        problem = self._problem
        units = np.eye(len(problem.variables), dtype=int).tolist()
        along = list(product(range(len(problem.unknowns)), units))
        orders = range(max(map(max, problem.orders)) + 3)
        every = [[(u, tuple(order * e for e in unit)) for u, unit in along] for order in orders]
        wanted = [each for alike in every for each in alike]
        known = dict(zip(wanted, self._distances(wanted), strict=True))
        implied = [each for each in wanted if self._from_equations([each])]
        if implied:
            values, errors = (np.abs(rows) for rows in self.with_errors(implied, self.sample))
            sizes = zip(errors.max(axis=1).tolist(), values.max(axis=1).tolist(), strict=True)
            known |= zip(implied, sizes, strict=True)
        return tuple(max([0.0, *(_share(*known[each]) for each in alike)]) for alike in every)

    def _from_equations(self, wanted: _Wanted) -> Implied | None:
        """The equations, if one of some derivatives is of their order or above."""
        if (
            all(sum(orders) < sum(self._problem.orders[unknown]) for unknown, orders in wanted)
            or len(self._problem.variables) > 1
        ):
            return None
        return self._implied

    def _distances(self, wanted: _Wanted) -> list[tuple[float, float]]:
        """By how much each derivative differs in both fields at most, and how large it is."""
        missing = [each for each in dict.fromkeys(wanted) if each not in self._apart]
        if missing:
            self._apart.update(zip(missing, self._compared(missing), strict=True))
        return [self._apart[each] for each in wanted]

    def _compared(self, wanted: _Wanted) -> list[tuple[float, float]]:
        with np.errstate(all="ignore"):
            values = self._field.derivatives(wanted, self.sample)
            sizes = np.abs(values).max(axis=1)
            apart = np.full(len(wanted), np.inf)
            if self._check is not None:
                other = self._check.derivatives(wanted, self.sample)
                apart = np.abs(values - other).max(axis=1) * self._scale
                apart[np.isnan(apart)] = np.inf
                # Of an order beyond their degrees polynomials agree on nothing at all.
                highest = self._problem.orders
                beyond = [
                    np.any(np.greater(orders, highest[unknown])) for unknown, orders in wanted
                ]
                apart[(apart == 0.0) & (sizes == 0.0) & beyond] = np.inf
            apart = np.maximum(apart, relative_rounding() * sizes)
        return list(zip(apart.tolist(), sizes.tolist(), strict=True))

    def _of_fields(self, wanted: _Wanted, points: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):  # of a high order: told as unknown
            values = self._field.derivatives(wanted, points)
            errors = np.empty((len(wanted), len(points)))
            errors[:] = np.array([off for off, _ in self._distances(wanted)])[:, None]
            if self._check is not None:
                apart = np.abs(values - self._check.derivatives(wanted, points)) * self._scale
                errors = np.maximum(errors, apart)
        errors = np.where(np.isnan(errors), np.inf, errors)
        return values, errors.reshape(values.shape)

    def _of_equations(
        self, implied: Implied, highest: tuple[int, ...], *places: Array
    ) -> tuple[list[Array], list[Array]]:
        """Derivatives by order that the equations give, and how far they move with what they take.

        Not-a-number where they give none, infinite where there is none.

        How fast it moves is told by steps that rounding does not blur, and with each operation on
        the way rounded to half of the digits, which tells what rounding to all of them leaves.
        """
        layout, times = implied.layout, np.concatenate(places)[:, 0]
        rows = [(int(u), (int(o),)) for u, o in zip(layout.unknown, layout.order, strict=True)]
        states = np.hstack([self._field.derivatives(rows, points) for points in places])
        # Of roundings by chance one or two are too often small together (Vignes, 1993).
        cases = [states] * (1 + SEVERAL)
        shares = [relative_rounding() / HALF_OF_THE_DIGITS] * SEVERAL
        distances = self._distances([rows[row] for row in layout.lower])
        for row, (off, size) in zip(layout.lower, distances, strict=True):
            least = HALF_OF_THE_DIGITS * size
            shift = max(off, least) if np.isfinite(off) else least
            moved = states.copy()
            moved[row] += shift
            cases.append(moved)
            shares.append(off / (shift or 1.0))
        rounding = np.zeros((len(cases), len(times)))
        rounding[1 : 1 + SEVERAL] = HALF_OF_THE_DIGITS
        everything = implied.derivatives(
            np.tile(times, len(cases)), np.concatenate(cases, axis=1), highest, rounding.ravel()
        )
        found, errors = [], []
        for order, table in zip(layout.orders, everything, strict=True):
            value, *others = table.reshape(len(table), len(cases), len(times)).swapaxes(0, 1)
            error = relative_rounding(2 * len(value)) * np.abs(value)  # of the factorials
            with np.errstate(invalid="ignore"):  # of what is not known at all
                for share, other in zip(shares, others, strict=True):
                    error += share * np.abs(other - value)
            lower = np.full((order, len(times)), np.nan)
            found.append(np.vstack([lower, value]))
            errors.append(np.vstack([lower, error]))
        open_here = np.isnan(everything[0][0, : len(times)])
        open_here &= np.all(np.isfinite(states[layout.lower]), axis=0)
        singular = np.unique(times[open_here])
        for place in singular if len(singular) <= FEW else ():  # which are isolated
            there = self._at_singular_point(implied, float(place), highest[0])
            if there is not None:
                columns = open_here & (times == place)
                found[0][:, columns], errors[0][:, columns] = (rows[:, None] for rows in there)
        unknown = self._check is None
        return found, [np.where(np.isnan(error) | unknown, np.inf, error) for error in errors]

    def _at_singular_point(
        self, implied: Implied, place: float, highest: int
    ) -> tuple[Array, Array] | None:
        """The same of one equation where it may be singular."""
        if (place, highest) not in self._singular:
            wanted = [(0, (n,)) for n in range(highest + further(implied) + 1)]

            def told(points: Array) -> tuple[Array, Array]:
                values, errors = self._of_fields(wanted[:1], points)
                return values[0], errors[0]

            values, errors = self._of_fields(wanted, np.array([[place]]))
            found = taylor(implied, place, (values[:, 0], errors[:, 0]), told)
            kept = slice(highest + 1)
            self._singular[place, highest] = found and (found[0][kept], found[1][kept])
        return self._singular[place, highest]


def _share(error: float, size: float) -> float:
    """A relative error; infinite of what is nothing but error."""
    if not error > 0.0:
        return 0.0
    return error / size if size > 0.0 else np.inf
