r"""How many conditions each wall of an evolution takes: what comes in from there.

Along the normal of a wall the principal terms of :mod:`.frozen` take solutions
:math:`r\, e^{s t + \kappa x}` with a large s > 0; on the scale of their wave length, with
:math:`\mu = s^{1/q} / \kappa`,

.. math:: \mu^D r = \sum_{k, \alpha} A_{k \alpha}\, \mu^{D - \alpha} r, \qquad
          D = \max \alpha.

What decays from the left wall on, Re mu < 0, comes in there and takes a condition each; what
decays from the right wall, Re mu > 0, takes one there (H.-O. Kreiss, J. Lorenz, "Initial-Boundary
Value Problems and the Navier-Stokes Equations"). For u_t + c u_x = 0, mu is -c: speeds of the
characteristics. What stands still, mu = 0, is left to the user.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problem import Relation
from ..problem.constant import number
from .companion import companion
from .frozen import Term, degree, principal
from .lines import EvolutionModel

Array = NDArray[np.float64]

_SPLIT = 10.0  # times what rounding makes of a Jordan block, below which a mu is zero
_STILL = 1e-6  # the least that counts as a speed, against the largest anywhere at the start


def refuse_wrong_walls(model: EvolutionModel) -> None:
    """Raise if a wall has fewer conditions than what comes in there takes.

    Conditions too many may agree with what goes out, which solving shows. Conditions that join two
    walls (periodic ones) are not judged, nor is a nonlinear equation whose initial state
    contradicts the walls: what then comes in is not known.

    Raises
    ------
    ProblemError
    """
    nonlinear = not all(e.linear for e in model.problem.equations)
    if not (nonlinear and model.contradictions):
        for axis in range(len(model.problem.variables)):
            if axis != model.axis:
                _check_axis(model, axis)


def _check_axis(model: EvolutionModel, axis: int) -> None:
    problem = model.problem
    across = [c for c in problem.conditions if c.place[axis] is not None]
    if any(len({t.place[axis] for t in c.traces}) > 1 for c in across):
        return
    along = [v for v in range(len(problem.variables)) if v not in (axis, model.axis)]
    # What does not change along a wall is told by the derivatives across it.
    normal = sorted(
        {t for e in problem.equations for t in e.traces if not any(t.orders[v] for v in along)},
        key=lambda t: t.sort_key,
    )
    inside = _matrices(model, axis, principal(model, normal, model.start.points))
    scale = max(
        (float(np.abs(m).max(initial=0.0)) ** (1 / k) for k, m in inside.items()), default=0
    )
    if scale == 0.0:
        return
    ends = (problem.domain.lower[axis], problem.domain.upper[axis])
    whole = [c for c in across if all(c.place[v] is None for v in along)]
    given = {end: [c for c in whole if c.place[axis] == end] for end in ends}
    for inwards, end in zip((1, -1), ends, strict=True):
        place = tuple(end if v == axis else None for v in range(len(problem.variables)))
        there = _matrices(model, axis, principal(model, normal, model.start.on(place)))
        # mu^D = ... + A_alpha mu^(D - alpha): those of high alpha come first.
        falling = sorted(there, reverse=True)
        scaled = np.array([there[k] / scale**k for k in falling]).transpose(3, 0, 1, 2)
        if scaled.size:
            speeds = -inwards * np.asarray(np.linalg.eigvals(companion(scaled)).real, dtype=float)
            moves = ""
            if degree(model, normal) == 1:
                at = np.unique(np.round(inwards * scale * speeds[len(speeds) // 2], 6)) + 0.0
                moves = (
                    f" (at {problem.time} = {number(model.interval[0])} the equations carry at "
                    f"speed {', '.join(map(number, at))})"
                )
            _judge(f"{problem.variables[axis]} = {number(end)}", speeds, moves, given, end)


def _judge(
    wall: str, speeds: Array, moves: str, given: dict[float, list[Relation]], end: float
) -> None:
    """Raise if the conditions at a wall cannot suit speeds (m, n) into the domain at its points.

    `moves` is what to say of finite speeds.
    """
    still = max(_STILL, _SPLIT * np.finfo(float).eps ** (1.0 / speeds.shape[1]))
    fewest = int(np.sum(speeds > still, axis=1).min())
    beyond = ", ".join(f"`{c.source}`" for at, held in given.items() if at != end for c in held)
    if len(given[end]) < fewest:
        raise ProblemError(
            f"the wall {wall} takes {_counted(fewest)}, one for each wave that comes in "
            f"there{moves}; got {_counted(len(given[end]))} there"
            f"{f', and {beyond} at the other wall' if beyond else ''}. "
            f"Pose what is missing at {wall}"
        )


def _matrices(model: EvolutionModel, axis: int, terms: list[Term]) -> dict[int, Array]:
    """The matrices (unknowns, unknowns, m) of derivatives across the walls, by alpha from 1 on."""
    at = axis - (axis > model.axis)
    shape = terms[0].gain.shape if terms else ()
    found = {k: np.zeros(shape) for k in range(1, 1 + max((t.alpha[at] for t in terms), default=0))}
    for term in terms:
        found[term.alpha[at]] += term.gain
    return found


def _counted(count: int) -> str:
    return f"{count or 'no'} condition{'s' * (count != 1)}"
