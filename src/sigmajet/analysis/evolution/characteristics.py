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

So a wall takes at least what comes in, and at most that and what stands still. The first is seen
at the start. The second holds as long as the signs of Re mu do: for coefficients that neither time
nor the unknowns change, and where all alpha are even. Then -mu is a solution with mu, and one
that crosses over is a short wave without bound, which :mod:`.short_waves` refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ...geometry.region import Wall
from ...linalg.eigen import companion, parted
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.expressions import partial_derivative
from ...problem.terms.constant import number
from ...problem.terms.relation import Relation
from ...problem.terms.trace import Trace
from .frozen import Term, degree, principal


def refuse_wrong_walls(model: EvolutionModel) -> None:
    """Raise if a wall has fewer conditions than what comes in there takes, or surely more.

    More are refused whether they agree or not: those that do say nothing, and of those that do not
    a solver may keep some in a layer thinner than it sees. Conditions that join two walls
    (periodic ones) are not judged, nor is an equation whose initial state contradicts the walls if
    what comes in depends on it.

    Raises
    ------
    ProblemError
    """
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
    lasting = _lasting(model, axis, normal)
    nonlinear = not all(e.linear for e in problem.equations)
    if nonlinear and model.contradictions and not lasting:
        return
    scale = max(
        (float(np.abs(m).max(initial=0.0)) ** (1 / k) for k, m in inside.items()), default=0
    )
    if scale == 0.0:
        return
    ends = (problem.domain.lower[axis], problem.domain.upper[axis])
    whole = [c for c in across if all(c.place[v] is None for v in along)]
    given = {end: [c for c in whole if c.place[axis] == end] for end in ends}
    judged = []
    walls = [w for w in problem.domain.region.boundary if isinstance(w, Wall) and w.axis == axis]
    for wall in walls:
        inwards, end = -wall.outward, wall.value
        there = _matrices(model, axis, principal(model, normal, model.start.on(wall.place)))
        # mu^D = ... + A_alpha mu^(D - alpha): those of high alpha come first.
        falling = sorted(there, reverse=True)
        scaled = np.array([there[k] / scale**k for k in falling]).transpose(3, 0, 1, 2)
        if scaled.size:
            speeds = -inwards * np.asarray(np.linalg.eigvals(companion(scaled)).real, dtype=float)
            moves = ""
            if degree(model, normal) == 1:
                outwards = -inwards if model.backwards else inwards
                middle = outwards * scale * speeds[len(speeds) // 2]
                at = np.unique([float(f"{speed:.6g}") + 0.0 for speed in middle])
                moves = (
                    f" (at {problem.time} = {number(model.clock(model.interval[0]))} the equations "
                    f"carry at speed {', '.join(map(number, at))})"
                )
            beyond = [c for other in ends if other != end for c in given[other]]
            name = f"{problem.variables[axis]} = {number(end)}"
            judged.append(_Wall(name, speeds, moves, given[end], beyond))
    for each in judged:
        each.refuse_shortage()
    for each in judged if lasting else []:
        each.refuse_surplus()


@dataclass(frozen=True, slots=True)
class _Wall:
    """A wall with the speeds (m, n) into the domain at its points, and what is given there.

    `moves` is what to say of finite speeds, `beyond` what the other wall has.
    """

    name: str
    speeds: Array
    moves: str
    given: list[Relation]
    beyond: list[Relation]

    @property
    def still(self) -> float:
        """What counts as no speed."""
        return parted(self.speeds.shape[1])

    def refuse_shortage(self) -> None:
        """Raise if the conditions are fewer than what comes in, everywhere on the wall."""
        fewest = int(np.sum(self.speeds > self.still, axis=1).min())
        if len(self.given) < fewest:
            beyond = f", and {_listed(self.beyond)} at the other wall" if self.beyond else ""
            raise ProblemError(
                f"the wall {self.name} takes {_counted(fewest)}, one for each wave that comes in "
                f"there{self.moves}; got {_counted(len(self.given))} there{beyond}. "
                f"Pose what is missing at {self.name}"
            )

    def refuse_surplus(self) -> None:
        """Raise if the conditions are more than what does not go out, anywhere on the wall."""
        most = int(np.sum(self.speeds >= -self.still, axis=1).max())
        if len(self.given) > most:
            comes = "one for each wave that comes" if most else "for nothing comes"
            raise ProblemError(
                f"the wall {self.name} takes {_counted(most)}, {comes} in there{self.moves}; "
                f"got {_counted(len(self.given))} there, {_listed(self.given)}. "
                f"Leave out {_counted(len(self.given) - most)} at {self.name}"
            )


def _lasting(model: EvolutionModel, axis: int, traces: Sequence[Trace]) -> bool:
    """Whether what comes in across an axis does so at all times, by the principal terms."""
    q = degree(model, traces)
    chosen = [t for t in traces if t.orders[model.axis] < model.order]
    chosen = [t for t in chosen if degree(model, [t]) == q]
    if all(t.orders[axis] % 2 == 0 for t in chosen):
        return True
    time = model.problem.time
    return not any(
        partial_derivative(e.residual, symbol).free_symbols & {time, *e.symbols}
        for e in model.problem.equations
        for symbol, trace in zip(e.symbols, e.traces, strict=True)
        if trace in chosen or trace.orders[model.axis] == model.order
    )


def _matrices(model: EvolutionModel, axis: int, terms: list[Term]) -> dict[int, Array]:
    """The matrices (unknowns, unknowns, m) of derivatives across the walls, by alpha from 1 on."""
    at = axis - (axis > model.axis)
    shape = terms[0].gain.shape if terms else ()
    found = {k: np.zeros(shape) for k in range(1, 1 + max((t.alpha[at] for t in terms), default=0))}
    for term in terms:
        found[term.alpha[at]] += term.gain
    return found


def _listed(conditions: list[Relation]) -> str:
    return ", ".join(f"`{c.source}`" for c in conditions)


def _counted(count: int) -> str:
    return f"{count or 'no'} condition{'s' * (count != 1)}"
