r"""Where the kinks of a linear evolution on a line go: along its characteristics.

With a principal part of constant coefficients,

.. math:: u_t + A u_x = \dots \quad\text{or}\quad u_{tt} + b\, u_{xt} - a\, u_{xx} = \dots,

what is not smooth in the data stays on the lines x' = c, c an eigenvalue of A or a root of
:math:`c^2 - b c = a`, that start where it is: at kinks of the initial values, at the corners, where
these and the walls meet, and at walls, when what is given there switches. A line that comes to a
wall ends, and one for each wave that comes in there begins. Across a line of velocity c

.. math:: (A - c)\, [u] = 0 \quad\text{or}\quad [u] = 0,

and no other derivative need go on (R. Courant, D. Hilbert, "Methods of Mathematical Physics" II).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...geometry.spacing import divided
from ...linalg.eigen import parted
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.initial_state import VIOLATED
from ...problem.statement import Problem
from ..features.features import Features, features
from .frozen import degree, principal

_MOST_CELLS = 1500  # of all slabs: some seconds at the first degree
_SAME = 1e-12  # of the interval, or of the time it takes to cross: one place or time


@dataclass(frozen=True, slots=True)
class Family:
    """Lines of one velocity, and what goes on across them.

    `kept` (k, unknowns): combinations of the unknowns; `slopes` says whether slopes do as well.
    """

    velocity: float
    kept: Array
    slopes: bool = False


@dataclass(frozen=True, slots=True)
class Slab:
    """The lines from `start` to `end`, from left to right, the walls among them.

    `places` (lines, 2) at both times; `families` of those between the walls.
    """

    start: float
    end: float
    places: Array
    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class Fronts:
    """Where lines start: `places` at the start of time, `times` at both walls.

    `still` are places at which coefficients or sources are not smooth, `moments` times at which
    they are not; `families` those of the waves. With walls that conditions `join`, what leaves at
    one comes in at the other. `sharp` are fronts of kinks and jumps, others of narrow data.
    """

    families: tuple[Family, ...]
    places: Array
    times: Array
    still: Array
    moments: Array
    join: bool
    sharp: bool


def fronts(model: EvolutionModel, tol: float, points: int) -> Fronts | None:
    """The fronts of an evolution that has some; None of others, and where they are not straight.

    Parameters
    ----------
    model : EvolutionModel
    tol : float
    points : int
        For which data are smooth between two lines.
    """
    problem, axis = model.problem, model.axis
    if len(problem.variables) != 2 or not problem.linear or model.singular or problem.interfaces:
        return None
    families = _families(model)
    if families is None:
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
    found = Fronts(
        families,
        _starts(problem, given, 1 - axis, points),
        _starts(problem, driven, axis, points),
        inside.ends[1 - axis],
        inside.ends[axis],
        any(len({t.place[1 - axis] for t in c.traces}) > 1 for c in walls),
        bool(len(given.ends[1 - axis]) or len(driven.ends[axis]) or model.contradictions),
    )
    # Where lines of narrow data cross there are too many cells.
    narrow = len(families) == 1 and (len(found.places) or len(found.times))
    if not (found.sharp or narrow):
        return None
    if model.order > 1 and (_jumps(model, found.places) or _contradicts(model)):
        return None
    return found


def _starts(problem: Problem, seen: Features, axis: int, points: int) -> Array:
    """Inner places along an axis where data have ends, or pieces are short."""
    lower, upper = problem.domain.lower[axis], problem.domain.upper[axis]
    same = _SAME * (upper - lower)
    inner = [e for e in seen.ends[axis] if lower + same < e < upper - same]
    edges = divided(np.array([lower, *inner, upper]), seen.points[axis], points)
    return edges[1:-1]


def _families(model: EvolutionModel) -> tuple[Family, ...] | None:
    """The waves of the principal part; None where it is no such part."""
    problem, axis = model.problem, model.axis
    traces = sorted({t for e in problem.equations for t in e.traces}, key=lambda t: t.sort_key)
    space = 1 - axis
    unknowns, order = len(problem.unknowns), model.order
    if degree(model, traces) != 1 or order > 2 or (order == 2 and unknowns > 1):
        return None
    for equation in model.system.equations:
        for trace, partial in zip(equation.traces, equation.partials, strict=True):
            leads = trace.orders[axis] + trace.orders[space] >= order
            if leads and partial.free_symbols & {*problem.variables, *equation.relation.symbols}:
                return None
    terms = principal(model, traces, model.start.points[:1])
    if not terms or not terms[0].gain.shape[-1]:
        return None
    if order == 2:
        gains = {term.alpha[0]: float(term.gain[0, 0, 0]) for term in terms}
        velocities = np.roots([1.0, gains.get(1, 0.0), -gains.get(2, 0.0)])
        if np.iscomplexobj(velocities) and np.any(velocities.imag):
            return None
        return _second_order(np.asarray(velocities.real, dtype=np.float64))
    term = next((term for term in terms if term.alpha == (1,)), None)
    if term is None:
        return None
    matrix = -term.gain[:, :, 0]
    values = np.linalg.eigvals(matrix)
    scale = float(np.abs(values).max())
    if np.abs(values.imag).max() > parted(unknowns) * scale:
        return None
    found: list[Family] = []
    for value in np.sort(values.real):
        if found and value - found[-1].velocity <= parted(unknowns) * scale:
            continue
        velocity = 0.0 if abs(value) <= parted(unknowns) * scale else float(value)
        found.append(Family(velocity, _range(matrix - velocity * np.eye(unknowns), scale)))
    if sum(unknowns - len(f.kept) for f in found) != unknowns:
        return None  # not enough waves for all unknowns: weakly hyperbolic
    return tuple(found)


def _second_order(velocities: Array) -> tuple[Family, ...] | None:
    low, high = sorted(map(float, velocities))
    if high - low <= parted(2) * max(abs(low), abs(high)):
        return None
    return tuple(Family(velocity, np.ones((1, 1))) for velocity in (low, high))


def _range(matrix: Array, scale: float) -> Array:
    """Orthonormal rows that span those of a matrix."""
    _, sizes, rows = np.linalg.svd(matrix)
    return rows[: int(np.sum(sizes > parted(len(matrix)) * scale))]


def _jumps(model: EvolutionModel, places: Array) -> bool:
    """Whether the initial value jumps at one of some places: not followed at second order."""
    axis = model.axis
    lower, upper = model.problem.domain.lower[1 - axis], model.problem.domain.upper[1 - axis]
    beside = 10 * _SAME * (upper - lower)
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


def slabs(
    start: float, end: float, walls: tuple[float, float], known: Fronts, highest: float
) -> list[Slab] | None:
    """All slabs, none longer than `highest`; None if there are too many cells."""
    width = walls[1] - walls[0]
    quickest = max(abs(f.velocity) for f in known.families)
    same = _SAME * width
    soon = _SAME * (width / quickest)
    whole = known.families[0].kept.shape[1]
    still = Family(0.0, np.eye(whole), slopes=True)
    stops = {float(t) for t in (*known.times, *known.moments) if start < t < end}
    lines = [_Line(f, float(x)) for x in known.places for f in known.families]
    lines += [_Line(still, float(x)) for x in known.still if walls[0] < x < walls[1]]
    lines += [line for wall in walls for line in _inwards(known.families, wall, walls)]
    found: list[Slab] = []
    now, cells = start, 0
    while now < end:
        lines = _sorted(lines, same)
        ahead = min([end, *(t for t in stops if t > now + soon)])
        ahead = min(ahead, *(now + d for d in _meetings(lines, walls, soon)), now + highest)
        if end - ahead < soon:
            ahead = end
        places = [[x, x] for x in walls]
        places[1:1] = [
            [line.place, line.place + line.family.velocity * (ahead - now)] for line in lines
        ]
        found.append(Slab(now, ahead, np.array(places), tuple(line.family for line in lines)))
        cells += len(lines) + 1
        if cells > _MOST_CELLS:
            return None
        hits = [any(abs(p[1] - wall) <= same for p in places[1:-1]) for wall in walls]
        driven = any(abs(t - ahead) <= soon for t in known.times)
        lines = [
            _Line(line.family, p[1])
            for line, p in zip(lines, places[1:-1], strict=True)
            if walls[0] + same < p[1] < walls[1] - same
        ]
        everywhere = driven or (known.join and any(hits))
        lines += [
            line
            for wall, hit in zip(walls, hits, strict=True)
            if hit or everywhere
            for line in _inwards(known.families, wall, walls)
        ]
        now = ahead
    return found


def _inwards(families: Sequence[Family], wall: float, walls: tuple[float, float]) -> list[_Line]:
    """The lines that come in from a wall."""
    sign = 1.0 if wall == walls[0] else -1.0
    return [_Line(f, wall) for f in families if sign * f.velocity > 0.0]


def _sorted(lines: Sequence[_Line], same: float) -> list[_Line]:
    """From left to right, as they will be; those that are the same once, those that meet at one."""
    kept: list[_Line] = []
    for line in sorted(lines, key=lambda each: each.place):
        if kept and line.place - kept[-1].place <= same:
            line.place = kept[-1].place
        kept.append(line)
    found: list[_Line] = []
    for line in sorted(kept, key=lambda each: (each.place, each.family.velocity)):
        known = found and found[-1].place == line.place and found[-1].family is line.family
        if not known:
            found.append(line)
    return found


def _meetings(lines: Sequence[_Line], walls: tuple[float, float], soon: float) -> Iterator[float]:
    """How long it takes until each neighbour meets the next, or a wall; infinite at last."""
    at = [(walls[0], 0.0), *((li.place, li.family.velocity) for li in lines), (walls[1], 0.0)]
    for (x, v), (y, w) in itertools.pairwise(at):
        if v > w and (y - x) / (v - w) > soon:
            yield (y - x) / (v - w)
    yield np.inf
