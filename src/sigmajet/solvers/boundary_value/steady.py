"""Boundary-value problems: least squares, with blocks and widths grown until the error is met.

What the statement itself asks for says :mod:`.outset`, how attempts follow each other
:mod:`.search`, what an attempt is worth :mod:`.attempt`; why it did not end well,
:mod:`sigmajet.adaptivity.diagnosis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ...adaptivity.diagnosis import (
    accuracy_cause,
    contradiction_cause,
    inner_kinks,
    nearly_free,
    refuse_ambiguous,
    refuse_undetermined,
    search_causes,
    too_many_conditions,
    undefined_equations,
    violated_conditions,
)
from ...adaptivity.estimate import NO_SOLUTION, VIOLATED
from ...adaptivity.seen import Seen
from ...adaptivity.stopping import PATIENCE, UNDETERMINED, stalled
from ...analysis.boundary_value.balance import refuse_unbalanced
from ...analysis.boundary_value.continuity import refuse_unbalanced_flows
from ...analysis.boundary_value.hyperbolic_walls import refuse_hyperbolic_walls
from ...analysis.dead_cores import continued, refuse_negative_bases
from ...analysis.singular.corner_data import described, disagreements
from ...analysis.singular.wall_data import singular_along_walls
from ...approximation.norm import has_digits
from ...problem.compiled.system import System
from ...randomness import Purpose
from ...solution.outcome import Outcome
from ...solution.status import Status
from ..base import Options, Plan
from .options import SearchOptions
from .search import Found, Search, best_of


def prepare(system: System) -> Plan:
    """Make least squares over all variables ready, which take every statement."""
    return Plan(
        "steady", partial(_solve, system.without_poles()), takes=("guess", "continuation", "enrich")
    )


def _solve(
    system: System,
    options: Options,
    *,
    guess: Any = None,
    continuation: Any = None,
    enrich: Any = None,
) -> Outcome:
    """Grow the discretisation until the estimate meets `tol` or no longer falls.

    On the way to a solution with a front Gauss-Newton may come to rest where another one is free
    to move. On a line, where that is cheap, another draw says whether the problem is to blame.
    """
    refuse_hyperbolic_walls(system)
    asked = SearchOptions.read(options, system.problem, guess, continuation, enrich)
    stated, system = system, continued(system)
    search = Search(system, asked)
    if search.outset.smooth:
        refuse_unbalanced(system, search.outset.partition, asked.tol)
        refuse_unbalanced_flows(system, search.outset.partition, asked.tol)
    try:
        found = search.run()
    except KeyboardInterrupt:
        if not search.seen:
            raise
        return _interrupted(search.seen)
    free = found.best.amplification > UNDETERMINED and found.best.at_rest
    if free and not system.problem.linear and len(system.problem.variables) == 1:
        again = Search(system, replace(asked, seed=asked.seed.of(Purpose.SEARCH))).run()
        found = again if again.best.status is Status.CONVERGED else found
    best = found.best
    refuse_undetermined(system, best)
    if best.at_rest:
        refuse_ambiguous(system, best.field)
        refuse_negative_bases(stated, best.field, best.stage.partition, max(best.bound, asked.tol))
    beyond = search.outset.beyond
    causes: tuple[str, ...] = ()
    if best.status is not Status.CONVERGED:
        blind = beyond and not has_digits(best.bound)
        causes = (beyond,) if blind else _causes(system, options, found)
    return Outcome(
        field=best.field,
        status=best.status,
        attempts=tuple(s.attempt for s in found.seen),
        best=best.attempt,
        notes=(*found.notes, *causes),
        check=best.check,
    )


def _interrupted(seen: Sequence[Seen]) -> Outcome:
    """What was found before the user ended the search."""
    best = best_of(seen)
    return Outcome(
        field=best.field,
        status=Status.INTERRUPTED,
        attempts=tuple(s.attempt for s in seen),
        best=best.attempt,
        ending=f"interrupted after {len(seen)} attempt(s)",
        check=best.check,
    )


def _causes(system: System, options: Options, found: Found) -> tuple[str, ...]:
    """Likely causes of an estimate above the tolerance, most telling first."""
    best, contradiction = found.best, found.seen[-1].contradiction
    jumps = disagreements(system)
    # Which are then violated there, and need not contradict anything elsewhere.
    at_jumps = {source for jump in jumps for source in jump.sources}
    stays = stalled([s.mismatch for s in found.seen], above=VIOLATED) or stalled(
        [s.worst for s in found.seen], above=NO_SOLUTION
    )
    falling = len(found.seen) > PATIENCE and not stays
    violated = [m for m in best.mismatches if m.source not in at_jumps or m.common > VIOLATED]
    causes = (
        *undefined_equations(system, best.stage.partition, options.seed),
        *singular_along_walls(system),
        *search_causes(system, best, found.seen),
        *inner_kinks(best, str(system.problem.variables[0]), options.tol),
        *described(jumps),
        *violated_conditions(violated, options.tol, best.residual, falling=falling),
        *contradiction_cause(contradiction),
        *(too_many_conditions(system) if best.attempt.status is Status.CONTRADICTED else ()),
        *nearly_free(system, found.seen),
    )
    return causes or tuple(
        accuracy_cause(
            best.residual,
            best.bound,
            fixed=options.width is not None,
            exhausted=found.exhausted,
            amplification=best.amplification,
        )
    )
