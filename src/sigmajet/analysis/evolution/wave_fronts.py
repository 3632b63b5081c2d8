"""Where the kinks of a linear evolution on a line go: along its characteristics.

What is not smooth in the data stays on lines of the velocities of :mod:`.waves`, that start where
it is: at kinks of the initial values, at the corners, where these and the walls meet, and at walls,
when what is given there switches. A line that comes to a wall ends, and one for each wave that
comes in there begins. Where coefficients are not smooth a line stands still, and the others are
broken as they cross it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...approximation.slanted_field import moments
from ...geometry.spacing import divided
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.initial_state import VIOLATED
from ...problem.statement import Problem
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.judgement import A_DIGIT
from ..features.features import Features, features
from .paths import Start, until_meeting
from .waves import Family, families, standing

# Of all slabs: some seconds at the first degree. With half and twice as many the waves of the
# registry are solved alike (`benchmarks/sensitivity.py`).
_MOST_CELLS = 1500


@dataclass(frozen=True, slots=True)
class Slab:
    """The lines from `start` to `end`, from left to right, the walls among them.

    `places` (lines, n) at both times, and of lines that are not straight at Chebyshev points
    between; `families` of those between the walls.
    """

    start: float
    end: float
    places: Array
    families: tuple[Family, ...]

    @property
    def quickest(self) -> float:
        """The mean speed of the quickest line."""
        moved = np.abs(self.places[:, -1] - self.places[:, 0])
        return float(moved.max()) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Fronts:
    """Where lines start: `places` at the start of time, `times` at both walls.

    `still` are places at which coefficients or sources are not smooth, `moments` times at which
    they are not; `families` those of the waves, none faster than the `quickest`. With walls that
    conditions `join`, what leaves at one comes in at the other. `sharp` are fronts of kinks and
    jumps, others of narrow data.
    """

    families: tuple[Family, ...]
    quickest: float
    unknowns: int
    places: Array
    times: Array
    still: Array
    moments: Array
    join: bool
    sharp: bool


def fronts(model: EvolutionModel, tol: float, points: int) -> Fronts | None:
    """The fronts of an evolution that has some; None of others, and where they are not known.

    Parameters
    ----------
    model : EvolutionModel
    tol : float
    points : int
        For which data are smooth between two lines, and coefficients are looked at.
    """
    problem, axis = model.problem, model.axis
    if len(problem.variables) != 2 or not problem.linear or model.singular:
        return None
    waves = families(model, points)
    if waves is None:
        return None
    # Where several waves change at a place, what comes back grows from slab to slab.
    if problem.interfaces and (len(waves) > 1 or len(problem.unknowns) > 1 or model.order > 1):
        return None
    start = [c for c in problem.conditions if c.place[axis] is not None]
    walls = [c for c in problem.conditions if c.place[axis] is None]
    ends = problem.domain.lower[1 - axis], problem.domain.upper[1 - axis]
    if any(t.place[1 - axis] not in ends for c in walls for t in c.traces):
        return None
    # From uneven pieces: a kink in the middle, or in that of a half, would part two smooth ones.
    uneven = [np.array([a + (b - a) / np.pi]) for _, a, b in problem.domain]
    given, driven, inside = (
        features(problem, tol, uneven, relations=r) for r in (start, walls, problem.equations)
    )
    joined = any(len({t.place[1 - axis] for t in c.traces}) > 1 for c in walls)
    seen = _Seen(model, points)
    quickest = max(map(seen.quickest, waves))
    turns = np.concatenate([seen.turns(wave, end) for wave in waves for end in ends])
    # Where several waves change their speed at a place, what comes back grows from slab to slab.
    several = len(waves) > 1
    width = ends[1] - ends[0]
    planes = np.array([place for _, place in problem.planes])
    still = _with(inside.ends[1 - axis], planes, width)
    broken = any(
        seen.parts(wave, place) or (several and seen.jumps(wave, place))
        for wave in waves
        for place in still
    )
    if not 0.0 < quickest < np.inf or broken or (len(turns) and not joined):
        return None
    found = Fronts(
        waves,
        quickest,
        len(problem.unknowns),
        # A start may have no jump where an interface asks for one.
        _with(_starts(problem, given, 1 - axis, points), planes, width),
        _starts(problem, driven, axis, points),
        still,
        np.union1d(inside.ends[axis], turns),
        joined,
        bool(len(given.ends[1 - axis]) or len(driven.ends[axis]) or model.contradictions),
    )
    # Where lines of narrow data cross there are too many cells.
    narrow = len(waves) == 1 and (len(found.places) or len(found.times))
    if not (found.sharp or narrow):
        return None
    if model.order > 1 and (_jumps(model, found.places) or _contradicts(model)):
        return None
    return found


def _with(places: Array, planes: Array, width: float) -> Array:
    """Places and planes; one that is a plane but for rounding is that, once.

    A line between two of them would have the velocity of neither side.
    """
    apart = np.abs(places[:, None] - planes).min(axis=1, initial=np.inf)
    return np.union1d(places[apart > A_DIGIT * SAME * width], planes)


def _starts(problem: Problem, seen: Features, axis: int, points: int) -> Array:
    """Inner places along an axis where data have ends, or pieces are short."""
    lower, upper = problem.domain.lower[axis], problem.domain.upper[axis]
    same = SAME * (upper - lower)
    inner = [e for e in seen.ends[axis] if lower + same < e < upper - same]
    edges = divided(np.array([lower, *inner, upper]), seen.points[axis], points)
    return edges[1:-1]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Velocities on a grid of so many times."""

    model: EvolutionModel
    count: int

    def quickest(self, wave: Family) -> float:
        """Its largest speed; infinite where it has none."""
        places = np.unique(self.model.start.points[:, 1 - self.model.axis])
        times = np.linspace(*self.model.interval, self.count)
        speeds = np.abs(wave.velocity(*(g.ravel() for g in np.meshgrid(places, times))))
        return float(np.nan_to_num(speeds, nan=np.inf).max())

    def turns(self, wave: Family, wall: float) -> Array:
        """When it turns round at a wall: what comes in there then is what went out before."""
        if wave.constant is not None:
            return np.empty(0)
        times = np.linspace(*self.model.interval, len(self.model.start.points))
        signs = np.sign(wave.velocity(np.full(len(times), wall), times))
        times, signs = times[signs != 0.0], signs[signs != 0.0]
        turning = signs[:-1] != signs[1:]
        lower, upper, before = times[:-1][turning], times[1:][turning], signs[:-1][turning]
        while np.any((lower < (middle := 0.5 * (lower + upper))) & (middle < upper)):
            same = np.sign(wave.velocity(np.full(len(middle), wall), middle)) == before
            lower, upper = np.where(same, middle, lower), np.where(same, upper, middle)
        return np.asarray(upper)

    def parts(self, wave: Family, place: float) -> bool:
        """Whether it goes to a place, or from it, on both sides: lines end there, or begin."""
        sides = self._beside(wave, place)
        return sides is not None and bool(np.max(sides) > 0.0 > np.min(sides))

    def jumps(self, wave: Family, place: float) -> bool:
        """Whether it has another velocity on either side of a place."""
        sides = self._beside(wave, place)
        if sides is None:
            return False
        return bool(
            np.max(np.abs(np.diff(sides, axis=0))) > HALF_OF_THE_DIGITS * self.quickest(wave)
        )

    def _beside(self, wave: Family, place: float) -> Array | None:
        """Its velocities on both sides of an inner place, (2, times); None where constant."""
        axis = 1 - self.model.axis
        lower, upper = self.model.problem.domain.lower[axis], self.model.problem.domain.upper[axis]
        beside = A_DIGIT * SAME * (upper - lower)
        if wave.constant is not None or not lower + beside < place < upper - beside:
            return None
        times = np.linspace(*self.model.interval, self.count)
        return np.array(
            [wave.velocity(np.full(len(times), place + d), times) for d in (-beside, beside)]
        )


def _jumps(model: EvolutionModel, places: Array) -> bool:
    """Whether the initial value jumps at one of some places: not followed at second order."""
    axis = model.axis
    lower, upper = model.problem.domain.lower[1 - axis], model.problem.domain.upper[1 - axis]
    beside = A_DIGIT * SAME * (upper - lower)
    sides = np.concatenate([places - beside, places + beside])
    values = model.initial_values(sides[:, None])[0, 0].reshape(2, -1)
    size = np.abs(model.initial_values(model.start.points[:, [1 - axis]])[0]).max()
    return bool(np.abs(values[1] - values[0]).max(initial=0.0) > VIOLATED * size)


def _contradicts(model: EvolutionModel) -> bool:
    """Whether a wall has another value than the initial state there."""
    for condition in model.system.conditions:
        place = condition.relation.place
        if place[model.axis] is not None or any(sum(t.orders) for t in condition.traces):
            continue
        points = model.start.on(place)
        values = model.start.values(condition.traces, points)
        apart, partials = condition(points, values)
        given, _ = condition(points, np.zeros_like(values))
        size = (
            np.abs(partials).max()
            * np.abs(model.start.values(condition.traces, model.start.points)).max()
        )
        if np.abs(apart).max() > VIOLATED * (size + np.abs(given).max()):
            return True
    return False


@dataclass(slots=True)
class _Line:
    family: Family
    place: float

    def velocity(self, time: float) -> float:
        """Where it is now, at a time."""
        return float(self.family.velocity(np.array([self.place]), np.array([time]))[0])


def slabs(
    start: float,
    end: float,
    walls: tuple[float, float],
    known: Fronts,
    highest: float,
    count: int,
) -> list[Slab] | None:
    """All slabs, none longer than `highest`; None if there are too many cells.

    Lines that are not straight are polynomials with `count` nodes in each.
    """
    width = walls[1] - walls[0]
    same, soon = SAME * width, SAME * (width / known.quickest)
    still = standing(known.unknowns)
    stops = {float(t) for t in (*known.times, *known.moments) if start < t < end}
    lines = [_Line(f, float(x)) for x in known.places for f in known.families]
    lines += [_Line(still, float(x)) for x in known.still if walls[0] < x < walls[1]]
    edges = np.unique([*walls, *(line.place for line in lines if line.family is still)])
    # Lines of a wave are of a form, or none could follow another.
    bent = any(family.constant is None for family in known.families)
    found: list[Slab] = []
    now, cells, wanted = start, 0, [True, True]
    while now < end:
        ahead = min([end, *(t for t in stops if t > now + soon), now + highest])
        if end - ahead < soon:
            ahead = end
        soonest = 0.5 * (now + ahead)
        for wall, inwards, comes in zip(walls, (1.0, -1.0), wanted, strict=True):
            new = [_Line(family, wall) for family in known.families] if comes else []
            lines += [line for line in new if inwards * line.velocity(soonest) > 0.0]
        lines = _sorted(lines, same, soonest)
        starts = [_started(line, edges, soonest, same / A_DIGIT) for line in lines]
        paths = until_meeting(starts, (now, ahead), walls, count, same)
        if paths is None:
            return None
        ahead = end if end - paths.end < soon else paths.end
        places = np.empty((2 + len(lines), count + 1 if bent else 2))
        places[[0, -1]] = np.array(walls)[:, None]
        places[1:-1] = paths.at(moments(places.shape[1]))
        places[1:-1, 0] = [line.place for line in lines]
        found.append(Slab(now, ahead, places, tuple(line.family for line in lines)))
        cells += len(lines) + 1
        if cells > _MOST_CELLS:
            return None
        ends = places[1:-1, -1].tolist()
        hits = [any(abs(place - wall) <= same for place in ends) for wall in walls]
        driven = any(abs(t - ahead) <= soon for t in known.times)
        lines = [
            _Line(line.family, place)
            for line, place in zip(lines, ends, strict=True)
            if walls[0] + same < place < walls[1] - same
        ]
        everywhere = driven or (known.join and any(hits))
        wanted = [hit or everywhere for hit in hits]
        now = ahead
    return found


def _started(line: _Line, edges: Array, time: float, beside: float) -> Start:
    """A line with the places that it stays between, up to which velocities are smooth."""
    if line.family.constant is not None:
        return Start(line.family, line.place, (line.place, line.place))
    backwards = line.velocity(time) < 0.0
    after = int(np.searchsorted(edges, line.place, side="left" if backwards else "right"))
    after = min(max(after, 1), len(edges) - 1)
    return Start(line.family, line.place, (edges[after - 1] + beside, edges[after] - beside))


def _sorted(lines: Sequence[_Line], same: float, time: float) -> list[_Line]:
    """From left to right, as they will be; those that are the same once, those that meet at one.

    Where one of these stands still, that is where it stood.
    """
    kept: list[_Line] = []
    for line in sorted(lines, key=lambda each: each.place):
        if kept and line.place - (last := kept[-1].place) <= same:
            if line.family.constant == 0.0:
                for met in (each for each in kept if each.place == last):
                    met.place = line.place
            line.place = kept[-1].place
        kept.append(line)
    found: list[_Line] = []
    for line in sorted(kept, key=lambda each: (each.place, each.velocity(time))):
        known = found and found[-1].place == line.place and found[-1].family is line.family
        if not known:
            found.append(line)
    return found
