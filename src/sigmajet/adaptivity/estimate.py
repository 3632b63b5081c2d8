r"""How far off a solution is, told from something that its fit did not see.

Solutions v from independent draws (another seed, fewer neurons, other collocation points, other
weights of conditions against equations) share the true solution with u and nothing else, so
that the distance

.. math:: \frac{\|u - v\|_2}{\|u\|_2} \approx \text{the error of } v \ge \text{the error of } u

is taken at unseen points. Inconsistent conditions show as well: the compromise that least
squares strikes between them moves with the weights.

Two such solutions are needed. Where convergence is fast, the distance to a network of 0.8 the
width is the error of that one: near the truth and above it. Where it is slow (a singularity),
both miss the same, and their distance understates the error, by up to 35 times on the registry;
the distance to half the width then is the honest one. Which is which shows in their ratio: on a
line it is above 300 for the smooth and below 30 for the singular problems of the registry. Errors
are exponential in the d-th root of the width, so that in d variables the bound between them is
the d-th root of that on a line; in two and three the ratio is above 10 and below 4.

In four and more variables that ratio tells nothing: it was 1.4 to 20 for smooth problems, for
errors fall with the d-th root of the width. There the third distance, of the checks to each other,
tells errors that draws share from their own: those of u, v and w that have nothing in common stand
at right angles, and the triangle of the three has an acute angle at v; those that differ in size
alone lie on a line, with v in between: the cosine of the turn from u - v to v - w is 1. (With three
sources that err independently the errors follow from their distances, known for clocks as the
three-cornered hat: D. W. Gray and D. W. Allan, A method for estimating the frequency stability of
an individual oscillator, Proc. 28th Frequency Control Symposium, 1974.) The angle at v is acute
or not: of smooth problems in five to ten variables its turn had cosines of -0.5 to 0.16, and those
above 0 take the larger distance.

Where convergence is so fast that the error of u is a digit or more below that of the check, as the
rate tells by which the errors of both checks fall, the distance to a solution as wide as u says
how large it is, to a digit. The same is asked where the tolerance is within half a digit, so that
agreement by chance would show: the errors a and b of two draws that err in one way alike, normally
distributed, have a quotient :math:`a / (a - b)` with Cauchy's distribution about 1/2, of width 1/2,
which is above :math:`\sqrt{10}` once in ten times.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .._types import Array, Integers
from ..approximation.block_field import BlockField, block_features
from ..approximation.field import Field
from ..approximation.network.network import PLAIN
from ..approximation.norm import Sampled, draw_sample, root_mean_square, unknown_scales
from ..discretization.traces import evaluate_relation, evaluate_sampled, place_points
from ..geometry.partition import Partition
from ..geometry.points import face_points
from ..problem.compiled.residual import Residual
from ..problem.compiled.system import System
from ..randomness import PROBES, Purpose
from ..rules.judgement import A_DIGIT, HALVED, SLIGHT
from ..rules.samples import FEW

# Of the independent solutions against the first. Estimates of the registry's two-point problems are
# 17 times the error in the median after 104 attempts, with 0.9 and 0.7 30 times after 105, with 0.7
# and 0.3 50 times after 109 (`benchmarks/sensitivity.py`).
CHECK_WIDTHS = (0.8, 0.5)
# Relative residual, or kink, of what does not solve the equation at all. With 0.2 and 0.0125 the
# two-point problems of the registry take as many attempts, 104, and 102
# (`benchmarks/sensitivity.py`).
NO_SOLUTION = 0.05
# Share of its terms beyond which a condition is not met, or a block not resolved. A quarter of it
# and four times as much change no verdict of 91 random problems on a line.
VIOLATED = SLIGHT
# Factor within which an estimate is right, as users are told: what is nearer is no contradiction,
# and what is farther by its square is no candidate.
RIGHT_WITHIN = A_DIGIT
# What has not halved has not fallen: a residual with half as many neurons, or any measure over the
# attempts that patience allows. In the root mean square a residual was 1.04 of that of half as many
# neurons where fluxes do not balance, 2e-3 where they do, 0.96 to 1.01 over attempts; what corners
# and layers leave falls faster as blocks close in on them.
FALLEN = HALVED
# Ratio of their distances that tells fast convergence from slow on a line. With 16 and 256 no
# verdict of 103 random problems changes; estimates are 5 and 12 times the error in the median, and
# 8 times with this.
_FAST = 64.0


def judge(near: float, far: float, between: float, dimension: int) -> float:
    """Estimate the error from the distances to the wider and to the narrower check.

    `between` is the distance of the checks to each other.
    """
    few = dimension <= PLAIN
    told = fast(near, far, dimension) if few else independent(near, far, between)
    return near if told else max(near, far)


def independent(near: float, far: float, between: float) -> bool:
    """Whether the wider check errs in a way of its own: the angle there is acute."""
    return bool(far**2 < near**2 + between**2)


def fast(near: float, far: float, dimension: int) -> bool:
    """Whether these distances tell that errors fall fast with the width.

    They are exponential in the d-th root of it, and so is their ratio.
    """
    return bool(far > _FAST ** (1.0 / dimension) * near)


def extrapolated(near: float, far: float, dimension: int) -> float:
    """The error of the solution itself, at the rate at which those of the checks fall.

    They are exponential in the d-th root of the width.
    """
    wide, narrow = (share ** (1.0 / dimension) for share in CHECK_WIDTHS)
    return float(near * min(near / far, 1.0) ** ((1.0 - wide) / (wide - narrow))) if far else near


def sharpened(estimate: float, apart: float, expected: float) -> float:
    """An estimate where a solution as wide is so far apart, and the rate tells what is `expected`.

    The error is no more than a digit above that distance, or what the rate tells if that is more;
    and that distance is of two errors alike, at right angles.
    """
    return max(apart / math.sqrt(2.0), min(estimate, max(RIGHT_WITHIN * apart, expected)))


def block_defects(
    system: System,
    seen: Sampled[Field],
    partition: Partition,
    scales: dict[tuple[int, int], float],
) -> Array:
    """Defect of the equations at unseen points, (blocks,), relative to the solution.

    `scales[equation, block]` is what collocation divided the rows by: with it a defect is
    in units of the unknowns.
    """
    size = float(unknown_scales(system.unknowns, seen).max())
    defects = np.zeros(len(partition))
    for index, equation in enumerate(system.equations):
        values, _, _ = evaluate_sampled(equation, seen, partition)
        known = seen.sample.weighs | np.isfinite(values)
        for block in range(len(partition)):
            here = values[(seen.sample.block == block) & known]
            if not len(here) or (index, block) not in scales:
                continue  # next to nothing of a region
            length = root_mean_square(here, 1.0 / len(here))
            defects[block] = max(defects[block], _known(length / scales[index, block] / size))
    return defects


def relative_residual(system: System, seen: Sampled[Field], partition: Partition) -> float:
    """Root mean square of the equations' residual over that of their usual terms."""
    residuals = _residuals(system, seen, partition)
    return max([0.0, *(_known(seen.sample.norm(defect) / terms) for defect, terms in residuals)])


def unmet(system: System, seen: Sampled[Field], partition: Partition) -> float:
    """Share of its terms that an equation leaves: of their integrals on a line, else as above.

    A term that grows like :math:`x^{-1/2}` has an integral, as solutions ask for, and no square.
    """
    if partition.dimension > 1:
        return relative_residual(system, seen, partition)
    weights = seen.sample.weights
    shares = [
        float(weights @ np.abs(defect) / (weights @ terms or 1.0))
        for defect, terms in _by_terms(system, seen, partition)
    ]
    return max([0.0, *map(_known, shares)])


def imbalances(
    system: System, numbers: Iterable[int], seen: Sampled[Field], partition: Partition
) -> Array:
    """What residuals of equations of a line amount to in each block, (blocks,).

    Where a term is steep a residual divided by its slope is small, though the solution takes
    nothing of a pulse that it passes. The derivative below the highest is off by its integral.
    """
    found, block = np.zeros(len(partition)), seen.sample.block
    for number in numbers:
        for off in _running(system, number, [seen], partition, block):
            np.maximum.at(found, block, np.abs(off))
    return found


def drift(system: System, seen: Sampled[Field], partition: Partition) -> float:
    """What residuals of one sign amount to along a line, all blocks together.

    In a short block a residual is nothing to the unknown, and least squares may spread the bend
    from one outer solution to another over many of them, each of which is nearly met. The running
    integral tells: it is what the derivative below the highest is off by. Residuals of a solution
    change their signs within each block.
    """
    if partition.dimension > 1:
        return 0.0
    whole = np.zeros_like(seen.sample.block)
    every = [
        _running(system, number, [seen], partition, whole)
        for number in range(len(system.equations))
    ]
    return max([0.0, *(float(np.ptp(off, axis=1).sum()) for off in every)])


def overlooked(
    system: System,
    draws: Sequence[Sampled[Field]],
    partition: Partition,
    faint: Sequence[Array],
) -> float:
    """What residuals that all draws leave alike amount to at `faint` features of known terms.

    One that is weaker than the tolerance asks for no blocks, and may lie between the points of all
    draws: they agree, and leave the same of the equations there. What that makes of a derivative
    beyond the feature counts, and inside of it by its length.
    """
    if not faint:
        return 0.0
    place = draws[0].sample.points[:, 0]
    part, onward = np.full(len(place), len(faint)), np.argsort(place)
    for number, group in enumerate(faint):
        part[(group[0] <= place) & (place <= group[-1])] = number
    features = [onward[part[onward] == number] for number in range(len(faint))]
    largest = 0.0
    for number in range(len(system.equations)):
        off, amount = np.abs(_running(system, number, draws, partition, part)), 0.0
        for held in features:
            forward, backward = off[:, held]
            share = float(np.ptp(place[held]) / np.ptp(place))
            inside = share * max(forward.max(), backward.max())
            amount += max(float(forward[-1]), float(backward[0]), inside)
        largest = max(largest, amount)
    return largest


def _running(
    system: System,
    number: int,
    draws: Sequence[Sampled[Field]],
    partition: Partition,
    part: Integers,
) -> Array:
    r"""What residuals make of the derivative below the highest, (2, points), anew in each part.

    As far as all draws have them. Relative to that derivative; zero where there is none. With the
    residual r and the coefficients a of the highest derivative and b of the one below it is off by
    e,

    .. math:: e' + \frac{b}{a} e = \frac{r}{a},

    which is followed forward where b/a damps it so, and backward, in the second row, elsewhere:
    beyond the length a/b, which a layer has, nothing adds up.
    """
    off = np.zeros((2, len(part)))
    equation = system.equations[number]
    every = [_rate_and_damping(equation, system.unknowns, seen, partition) for seen in draws]
    damping, rates = every[0][1], np.array([rate for rate, _ in every])
    alike = np.all(np.sign(rates) == np.sign(rates[0]), axis=0)
    rate = np.where(alike, np.sign(rates[0]) * np.abs(rates).min(axis=0), 0.0)
    place = draws[0].sample.points[:, 0]
    onward = np.lexsort((place, part))
    for found, way, sign in ((off[0], onward, 1.0), (off[1], onward[::-1], -1.0)):
        found[way] = _carried(place[way], rate[way], sign * damping[way], part[way])
    return off


def _rate_and_damping(
    equation: Residual, unknowns: int, seen: Sampled[Field], partition: Partition
) -> tuple[Array, Array]:
    """r/a, relative to the derivative below the highest, and b/a; zero where there is no such."""
    highest = max(max(trace.orders) for trace in equation.traces)
    if not highest:
        nothing = np.zeros(len(seen.sample.points))
        return nothing, nothing
    defect, partials, _ = evaluate_sampled(equation, seen, partition)
    leading = [i for i, trace in enumerate(equation.traces) if max(trace.orders) == highest]
    first = max(leading, key=lambda i: float(np.median(np.abs(partials[i]))))
    unknown, below = equation.traces[first].unknown, (highest - 1,)
    (row,) = seen.derivatives([(unknown, below)])
    scale = unknown_scales(unknowns, seen)[unknown] * partition.bounds.scale(below)
    size = float(np.abs(row).max() + scale)
    local = [(t.unknown, t.orders, t.place.everywhere) for t in equation.traces]
    lower = partials[[each == (unknown, below, True) for each in local]].sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, damping = defect / partials[first] / size, lower / partials[first]
    rate[~np.isfinite(rate)] = 0.0  # where the equation has no value others tell
    damping[~np.isfinite(damping)] = 0.0
    return rate, damping


def _carried(place: Array, rate: Array, damping: Array, part: Integers) -> Array:
    """Solve e' + damping e = rate from point to point, anew in each part and held where it grows.

    Of each step with the means of its ends. What neither grows nor falls is followed in the
    direction in which its zero is positive: in one of both.
    """
    step = np.abs(np.diff(place, prepend=place[:1]))
    rate, damping = (0.5 * (each + np.roll(each, 1)) for each in (rate, damping))
    damped = ~np.signbit(damping)
    exponent = step * np.where(damped, damping, 0.0)
    length = np.divide(-np.expm1(-exponent), damping, out=step.copy(), where=exponent > 0.0)
    gain = np.where(damped, rate * length, 0.0)
    keep = np.exp(-exponent)
    begun = np.diff(part, prepend=part[:1] - 1) != 0
    keep[begun] = gain[begun] = 0.0
    pairs = zip(keep.tolist(), gain.tolist(), strict=True)
    ways = itertools.accumulate(pairs, lambda e, pair: pair[0] * e + pair[1], initial=0.0)
    return np.array(list(ways)[1:])


def _known(size: float) -> float:
    """A size; infinite where it is no number, which any comparison would take for small."""
    return np.inf if np.isnan(size) else size


def common_residual(system: System, draws: Sequence[Sampled[Field]], partition: Partition) -> float:
    """Residual that independent solutions have in common, from the widest to the narrowest.

    Data that contradict each other, as fluxes through the walls that do not balance the sources,
    end in a residual that is spread over the box, alike in every draw: these are equally far from
    the truth, and near to each other. Half as many neurons leave a multiple of the residual
    of consistent data. The median is blind to what sticks to a corner singularity or a layer: that
    hardly falls either, though the solution is right.
    """
    medians = np.array(
        [
            [
                seen.sample.median(np.abs(defect)) / terms
                for defect, terms in _residuals(system, seen, partition)
            ]
            for seen in draws
        ]
    )
    flat = medians[0] > FALLEN * medians[-1]
    return float(np.max(np.where(flat, medians.min(axis=0), 0.0)))


def _residuals(
    system: System, seen: Sampled[Field], partition: Partition
) -> Iterator[tuple[Array, float]]:
    """Residual of each equation at a sample, and the root mean square of its usual terms."""
    for defect, terms in _by_terms(system, seen, partition):
        yield defect, seen.sample.norm(terms) or 1.0


def _by_terms(
    system: System, seen: Sampled[Field], partition: Partition
) -> Iterator[tuple[Array, Array]]:
    """Residual of each equation at a sample, and the size of its usual terms."""
    scales = unknown_scales(system.unknowns, seen)
    for equation in system.equations:
        defect, partials, values = evaluate_sampled(equation, seen, partition)
        terms = _usual(equation, partials, values, scales, partition) + np.abs(defect)
        # Where an equation has no value, as 0/0, others tell; where it has none at random it is not
        # met.
        known = seen.sample.weighs | np.isfinite(terms)
        yield np.where(known, defect, 0.0), np.where(known, terms, 0.0)


def _usual(
    relation: Residual, partials: Array, values: Array, scales: Array, partition: Partition
) -> Array:
    """The size of the terms of a relation in its traces, with those usual for them, (m,)."""
    bounds = partition.bounds
    units = [scales[t.unknown] * bounds.scale(t.orders) for t in relation.traces]
    sizes = np.abs(partials) * (np.abs(values) + np.array(units)[:, None])
    return np.asarray(sizes.sum(axis=0))


def kink(system: System, seen: Sampled[BlockField]) -> float:
    """Largest jump across interfaces of a derivative that should agree, relative to its size.

    Its size is at least that of a function that varies over the whole box: on a line of symmetry
    the derivative may vanish. Small blocks weigh little, and a kink between two of them is a cheap
    way for least squares out of conditions that contradict each other.
    """
    field, partition = seen.field, seen.field.partition
    dimension = partition.dimension
    largest = 0.0
    scales = unknown_scales(system.unknowns, seen)
    bounds = partition.bounds
    for unknown, orders in enumerate(system.problem.orders):
        for axis, highest in enumerate(orders):
            for order in range(1, highest):
                alpha = tuple(order if a == axis else 0 for a in range(dimension))
                jumps, size = [0.0], float(scales[unknown] * bounds.scale(alpha))
                for face in partition.interfaces():
                    if face.axis == axis and not face.lies_on(system.problem.planes):
                        points = face_points(face, FEW, PROBES, partition.filled(face.left))
                        sides = [
                            block_features(field.network, partition, side, points, {alpha})[alpha]
                            @ field.of_network[side, unknown]
                            for side in (face.left, face.right)
                        ]
                        common = field.coefficients[:, unknown, field.network.width :]
                        if np.any(apart := common[face.left] - common[face.right]):
                            sides[0] += field.shared.features(points, {alpha})[alpha] @ apart
                        jumps.append(float(np.max(np.abs(sides[0] - sides[1]))))
                        size = max(size, float(np.max(np.abs(sides))))
                largest = max(largest, max(jumps) / (size or 1.0))
    return largest


class Mismatch(NamedTuple):
    """How far a condition is violated, relative to its usual terms."""

    source: str
    """The condition as text."""
    worst: float
    """Where it is met least."""
    common: float
    """Over half of its place at least.

    At a corner where values on two walls disagree, or of a singularity, a right solution may be far
    off too. A point or a mean is its whole place.
    """

    @classmethod
    def of(cls, condition: Residual, violation: Array) -> Mismatch:
        """What its violation at points of its place, see :func:`violations`, amounts to."""
        parts = np.abs(violation)
        return cls(condition.relation.source, float(np.max(parts)), float(np.median(parts)))


def mismatches(system: System, field: Field, partition: Partition) -> tuple[Mismatch, ...]:
    """How far each condition is violated, and each relation at an interface after them."""
    relations = (*system.conditions, *system.across)
    return tuple(map(Mismatch.of, relations, violations(system, field, partition)))


def violations(system: System, field: Field, partition: Partition) -> Iterator[Array]:
    """Of each condition, at points of its place, the defect over the largest of its usual terms."""
    scales = unknown_scales(system.unknowns, Sampled(field, draw_sample(partition, PROBES)))
    for index, condition in enumerate((*system.conditions, *system.across)):
        seed = PROBES.of(Purpose.PLACES, index)
        points = place_points(system.problem, condition, partition, FEW, seed)
        defect, partials, values = evaluate_relation(condition, field, points, partition)
        terms = _usual(condition, partials, values, scales, partition)
        yield defect / (float(np.max(terms)) or 1.0)


def driven(system: System, field: Field, partition: Partition) -> float:
    """The largest share that what is given has in the terms of an equation or a condition.

    Of linear ones. A function that is free to rounding takes what is left of data that contradict
    each other, as at a resonance, and is so large that nearly nothing is left beside its terms.
    """
    seen = Sampled(field, draw_sample(partition, PROBES))
    scales = unknown_scales(system.unknowns, seen)
    shares = [0.0]
    for number, relation in enumerate((*system.conditions, *system.equations)):
        points = seen.sample.points
        if number < len(system.conditions):
            seed = PROBES.of(Purpose.PLACES, number)
            points = place_points(system.problem, relation, partition, FEW, seed)
        given, _ = relation.at_zero(points)
        _, partials, values = evaluate_relation(relation, field, points, partition)
        terms = _usual(relation, partials, values, scales, partition)
        shares.append(float(np.max(np.abs(given)) / (np.max(terms) or 1.0)))
    return max(map(_known, shares))
