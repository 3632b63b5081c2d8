"""Why a search did not end well, in the user's words, from what was measured on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..analysis.dead_cores import vanishing_bases
from ..analysis.ordinary.branches import other_slopes
from ..approximation.field import Field
from ..approximation.norm import Sample, draw_sample
from ..discretization.traces import evaluate_relation, place_points
from ..errors import ProblemError
from ..geometry.partition import Partition
from ..problem.compiled.residual import Residual
from ..problem.compiled.system import System
from ..randomness import PROBES, Purpose, Seed
from ..rounding import HALF_OF_THE_DIGITS, SAME
from ..rules.samples import MANY
from .estimate import RIGHT_WITHIN, VIOLATED, Mismatch, driven
from .seen import Seen
from .stopping import SAFE, UNDETERMINED, freed


def refuse_undetermined(system: System, seen: Seen) -> None:
    """Raise if noise at rounding level moves the solution by more than the solution.

    A nonlinear iteration may well be singular where it stands, if that is no solution: it did not
    come to rest, or did where nothing that is near meets the equations better.
    """
    met = max(seen.mismatch, seen.residual) < VIOLATED
    judged = seen.at_rest and (met or system.problem.linear)
    if judged and seen.amplification >= UNDETERMINED:
        blocks = seen.stage.partition
        lengths = blocks.upper.max(axis=0) - blocks.lower.min(axis=0)
        ratio = 1.0 if system.problem.time else float(lengths.max() / lengths.min())
        if ratio * ratio > UNDETERMINED:  # of second derivatives
            raise ProblemError(
                f"rounding hides what determines a solution along a domain that is {ratio:.0e} "
                "times as long as it is wide, where derivatives along it are next to nothing "
                "beside those across: take the mean across as an unknown of the long variable"
            )
        raise undetermined(consistent=met and not _contradicted(system, seen))


def _contradicted(system: System, seen: Seen) -> bool:
    """Whether data of a linear problem are next to nothing beside what they are met with."""
    return (
        system.problem.linear
        and 0.0 < driven(system, seen.field, seen.stage.partition) < HALF_OF_THE_DIGITS
    )


def undetermined(*, consistent: bool) -> ProblemError:
    """What to say of a statement that leaves its solution open, or has none.

    `consistent` says that what was found meets the equations and conditions.
    """
    return ProblemError(
        "the statement does not determine a solution: "
        + (
            "some function can be added to any solution without violating an equation or a "
            "condition. A condition is missing, or one more must pin it (its value at a point, "
            "or its mean)"
            if consistent
            else "an equation and its conditions contradict each other (resonance): there is no "
            "solution, or the data must satisfy a further condition"
        )
    )


def refuse_ambiguous(system: System, field: Field) -> None:
    """Raise if the conditions leave open which root of an implicit equation is meant."""
    other = None if system.problem.linear else other_slopes(system, field)
    if other is not None:
        raise ProblemError(
            f"the statement has several solutions: {other}; "
            "give one more condition, the value of that derivative at a point"
        )


def undefined_equations(system: System, partition: Partition, seed: Seed) -> Iterator[str]:
    """Equations of a linear problem that are not real numbers everywhere."""
    sample = draw_sample(partition, seed.of(Purpose.UNSEEN))
    for source, point in _undefined(system, sample, partition) if system.problem.linear else ():
        yield (
            f"the equation `{source}` is not a real number on part of the domain, as at "
            f"{_written(system, point)}: a coefficient or source has to be finite and real "
            "everywhere"
        )
    for index, condition in enumerate(system.conditions if system.problem.linear else ()):
        points = place_points(
            system.problem, condition, partition, MANY, PROBES.of(Purpose.PLACES, index)
        )
        bad = _without_value(condition, points, partition)
        if bad.any():
            yield (
                f"what the condition `{condition.relation.source}` gives is not a real number at "
                f"{bad.sum()} of {len(bad)} points of its place, as at "
                f"{_written(system, points[bad][0])}: data have to be finite and real everywhere; "
                "a root of what vanishes along a wall is not, for rounding puts points on either "
                "side: give its value there"
            )


def _undefined(system: System, sample: Sample, partition: Partition) -> Iterator[tuple[str, Array]]:
    """Such equations as text, and a place of each."""
    for equation in system.equations:
        bad = _without_value(equation, sample.points, partition)
        if bad.any():
            yield equation.relation.source, sample.points[bad][0]


def _without_value(relation: Residual, points: Array, partition: Partition) -> NDArray[np.bool_]:
    """At which points a relation about zero is no real number."""
    defect, partials, _ = evaluate_relation(relation, None, points, partition)
    return np.asarray(~np.isfinite(defect) | ~np.isfinite(partials).all(axis=0))


def _written(system: System, point: Array) -> str:
    """A place in words."""
    variables = system.problem.variables
    return ", ".join(f"{v} = {p:.3g}" for v, p in zip(variables, point, strict=True))


def violated_conditions(
    mismatches: Sequence[Mismatch], tol: float, residual: float, *, falling: bool = False
) -> Iterator[str]:
    """Conditions that are not met, the worst first, in a solution that leaves a residual.

    One that is met over half of its place contradicts nothing there: what is left sticks to places.
    Where equations are not met either, too coarse a solution looks like a contradiction. What is
    `falling` with finer discretisations is none, for a contradiction stays.
    """
    limit = max(VIOLATED, RIGHT_WITHIN * tol)
    cause = "it may contradict another condition or the equation"
    if residual > limit:
        cause += ", or the solution has a corner, a layer or waves that are not resolved"
    if falling:
        cause = (
            "less than on coarser cells, so that it contradicts nothing: the solution has a "
            "corner, a layer or waves that are not resolved"
        )
    for mismatch in sorted(mismatches, key=lambda m: -m.worst):
        if mismatch.worst > limit:
            yield (
                f"the condition `{mismatch.source}` is violated by {mismatch.worst:.1e} of its "
                f"terms: {cause}"
                if mismatch.common > limit
                else f"the condition `{mismatch.source}` is met over most of its place, and "
                f"violated by {mismatch.worst:.1e} of its terms where it is met least: a corner "
                "at which the solution is singular or data disagree, or a layer, is not resolved"
            )


def search_causes(system: System, best: Seen, seen: Sequence[Seen]) -> Iterator[str]:
    """What a search over discretisations has noticed of the problem itself."""
    sources = [] if best.at_rest else vanishing_bases(system, best.field, best.stage.partition)
    for source in sources:
        yield (
            f"the equation `{source}` takes a root of what comes down to zero, and has no real "
            "value below: where a solution stays zero on a part of the domain, a dead core, write "
            "the base as Max(..., 0)"
        )
    if not best.at_rest and not sources:
        yield (
            "Gauss-Newton did not come to rest: the problem may have no solution, or a start "
            "nearer to it is needed"
        )
    if best.growing or freed(seen):
        yield (
            "disturbances of the data grow with the number of neurons: a function may be free, as "
            "at a resonance, or the problem is ill-posed"
        )


def inner_kinks(best: Seen, variable: str, tol: float) -> Iterator[str]:
    """What to say of switches that blocks of a line did not come to end at."""
    if best.astray > tol:
        places = ", ".join(f"{place:.6g}" for place in best.switches)
        yield (
            f"a term of the unknowns switches at {variable} = {places}, and no blocks were found "
            "that end there: a kink within a block is missed by all solutions that the estimate "
            "compares"
        )


def contradiction_cause(contradiction: float) -> Iterator[str]:
    """What a residual says that independent solutions have in common."""
    if contradiction:
        yield (
            f"a residual of {contradiction:.1e} of the equations' terms is spread over the "
            "domain and does not fall on more neurons: the conditions may contradict the "
            "equations, as fluxes through the walls that do not balance the sources do"
        )


def too_many_conditions(system: System) -> Iterator[str]:
    """What to say of conditions of a line that are more than its equations take, and disagree."""
    problem = system.problem
    taken, given = sum(orders[0] for orders in problem.orders), len(problem.conditions)
    regular = len(problem.variables) == 1 and len(problem.equations) == len(problem.unknowns)
    if regular and given > taken:
        yield (
            f"there are {given} conditions, and the equations are of order {taken} in all and "
            f"take {taken}: those beyond have to agree with the others, and seem not to"
        )


def nearly_free(system: System, seen: Sequence[Seen]) -> Iterator[str]:
    """What to say where the last attempt let noise decide how much of a function there is.

    Coarser ones may not have represented that function.
    """
    last = seen[-1]
    if last.at_rest and last.amplification > UNDETERMINED:
        such = (
            "what lies between layers at both ends where a flow goes away from a turning point"
            if _turns(system, last)
            else "the free one of a resonance that coefficients are next to"
        )
        yield (
            f"the statement hardly determines a solution: some function can be added, as {such}, "
            "and the equations and conditions notice it by less than "
            f"{1.0 / last.amplification:.0e} of it; its value at a point inside would pin it"
        )


def _turns(system: System, seen: Seen) -> bool:
    """Whether the coefficient of a slope changes its sign in the domain, about a solution."""
    partition = seen.stage.partition
    points = draw_sample(partition, PROBES).points
    for equation in system.equations:
        _, partials, _ = evaluate_relation(equation, seen.field, points, partition)
        for trace, coefficient in zip(equation.traces, partials, strict=True):
            if sum(trace.orders) == 1 and coefficient.min() < 0.0 < coefficient.max():
                return True
    return False


def accuracy_cause(
    residual: float,
    estimate: float,
    *,
    fixed: bool,
    exhausted: bool = False,
    at_rounding: bool = False,
    amplification: float = 1.0,
) -> Iterator[str]:
    """What may explain an estimate above the tolerance where nothing else does.

    `fixed` says that the user gave the width, `exhausted` that finer discretisations are too large,
    `at_rounding` that steps in time were as accurate as rounding lets them be, `amplification` is
    that of noise.
    """
    if residual > VIOLATED:
        yield (
            "the equations are not met between the collocation points: the solution has detail "
            "(a layer, a singularity, oscillation) that the network does not resolve"
        )
    elif fixed:
        yield "width is fixed: leave it out, and networks grow until tol is met"
    elif exhausted:
        yield "finer discretisations would be too large: try a larger tol"
    elif at_rounding:
        yield (
            "tol is below what rounding allows: steps in time were as accurate as it lets them be, "
            f"and {estimate:.1e} was reached; try a larger tol"
        )
    elif amplification > SAFE and estimate < SAME * amplification:
        yield (
            f"what the equations and conditions are off by moves the solution {amplification:.0e} "
            "times as far, as beside a resonance, and rounding is enough of that: finer "
            "discretisations gained no more, try a larger tol"
        )
    elif estimate < HALF_OF_THE_DIGITS:  # half of the digits are there
        yield "finer discretisations gained no more, which rounding may explain: try a larger tol"
