"""Norms over a region by unseen points, and how far two functions are apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .._types import Array, Orders
from ..geometry.mapping import AffineMap
from ..geometry.partition import Filled, Partition
from ..randomness import Seed
from ..rounding import HALF_OF_THE_DIGITS, relative_rounding
from ..rules.judgement import A_DIGIT
from ..rules.samples import FEW
from .field import Field

AnyField = TypeVar("AnyField", bound=Field, covariant=True)

# Points of a sample on a line, in two, three and more dimensions. On a line about four fall into a
# thousandth of it; in many dimensions there are networks of 100 000 neurons, and a root mean square
# is known to a tenth.
_SAMPLE = (4096, 2048, 2048, 512)


@dataclass(frozen=True, slots=True)
class Sample:
    """Unseen points (m, d) of a region with quadrature weights (m,) that sum to one."""

    points: Array
    weights: Array
    block: NDArray[np.intp]

    @property
    def weighs(self) -> NDArray[np.bool_]:
        """Whether points are random ones; the others are where something was expected."""
        return self.weights > 0.0

    def norm(self, values: Array) -> float:
        """Root mean square over the region of values (m,)."""
        return root_mean_square(values, self.weights)

    def median(self, values: Array) -> float:
        """Median over the region of values (m,): a small part of it does not count."""
        order = np.argsort(values)
        middle = np.searchsorted(np.cumsum(self.weights[order]), 0.5 * self.weights.sum())
        return float(values[order[middle]])


def root_mean_square(values: Array, weights: Array | float) -> float:
    """Of values (m,) whose weights sum to one; the square of 1e-170 is zero, of 1e160 infinite."""
    size = float(np.max(np.abs(values)))
    if size == 0.0 or not np.isfinite(size):  # a diverged iterate: not finite
        return size
    return size * float(np.sqrt(np.sum(weights * (values / size) ** 2)))


def draw_sample(partition: Partition, seed: Seed) -> Sample:
    """Uniform points of the region in every block, weighted by the block's volume."""
    rng = seed.generator()
    blocks = len(partition)
    each = max(FEW, _SAMPLE[min(partition.dimension, len(_SAMPLE)) - 1] // blocks)
    reference = rng.uniform(-1.0, 1.0, (blocks, each, partition.dimension))
    points = [partition.from_reference(reference[b], b) for b in range(blocks)]
    volumes = np.prod(partition.half_widths, axis=1)
    for b in range(blocks):
        region = partition.filled(b)
        if region is not None:
            points[b], share = _within(points[b], partition.mapping(b), region, rng)
            volumes[b] *= share
    numbers = [len(p) for p in points]
    weights = np.repeat(volumes / volumes.sum() / np.maximum(numbers, 1), numbers)
    return Sample(np.concatenate(points), weights, np.repeat(np.arange(blocks), numbers))


def _within(
    points: Array, cell: AffineMap, region: Filled, rng: np.random.Generator
) -> tuple[Array, float]:
    """As many points of the region in a cell as are given of the cell, and its share of it."""
    held = points[region.contains(points)]
    drawn, count = len(points), len(points)
    while len(held) < count and drawn < FEW * count:
        more = cell.from_reference(rng.uniform(-1.0, 1.0, (drawn, len(cell.lower))))
        held = np.concatenate([held, more[region.contains(more)]])
        drawn *= 2
    return held[:count], len(held) / drawn


def with_points(sample: Sample, partition: Partition, places: Array) -> Sample:
    """A sample of a line with points more, which show in defects and weigh nothing in norms."""
    points = places[:, None]
    return Sample(
        np.concatenate([sample.points, points]),
        np.concatenate([sample.weights, np.zeros(len(points))]),
        np.concatenate([sample.block, partition.locate(points)]),
    )


@dataclass(frozen=True, slots=True)
class Sampled(Generic[AnyField]):
    """A field seen at the points of a sample, where each derivative is evaluated once."""

    field: AnyField
    sample: Sample
    _known: dict[tuple[int, Orders], Array] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )

    def derivatives(self, wanted: Sequence[tuple[int, Orders]]) -> Array:
        """Return d^orders u_i at the sample for each (i, orders) wanted, (k, m)."""
        missing = [each for each in dict.fromkeys(wanted) if each not in self._known]
        if missing:
            found = self.field.derivatives(missing, self.sample.points)
            self._known.update(zip(missing, found, strict=True))
        shape = len(wanted), len(self.sample.points)
        return np.array([self._known[each] for each in wanted]).reshape(shape)

    def values(self, unknowns: int) -> Array:
        """The unknowns, (unknowns, m)."""
        zero = (0,) * self.sample.points.shape[1]
        return self.derivatives([(i, zero) for i in range(unknowns)])


def most_with_digits(size: float = 1.0) -> float:
    """The error at which log10(size / error), the number of digits that it leaves, is a half."""
    return float(size / np.sqrt(A_DIGIT))


def has_digits(error: float, size: float = 1.0) -> bool:
    """Whether that number rounds to one."""
    return bool(error < most_with_digits(size))


def unknown_scales(unknowns: int, seen: Sampled[Field]) -> Array:
    """The root mean square of each unknown; that of the largest for one that vanishes."""
    norms = np.array([seen.sample.norm(row) for row in seen.values(unknowns)])
    floor = HALF_OF_THE_DIGITS * norms.max()
    return np.where(norms > floor, norms, norms.max() or 1.0)


def without_digits(unknowns: int, first: Sampled[Field], second: Sampled[Field]) -> list[int]:
    """The unknowns that are small beside others, not zero, and of which two fields share no digit.

    Their errors are measured by the size of the others.
    """
    values = first.values(unknowns)
    norms = np.array([first.sample.norm(row) for row in values])
    apart = np.array([first.sample.norm(row) for row in values - second.values(unknowns)])
    small = (norms < unknown_scales(unknowns, first)) & (norms > relative_rounding() * norms.max())
    return [int(i) for i in np.flatnonzero(small & ~(A_DIGIT * apart < norms))]


def relative_difference(unknowns: int, first: Sampled[Field], second: Sampled[Field]) -> float:
    """Relative L2 distance of two fields at a sample, the largest over the unknowns.

    An unknown far smaller than the others may be theirs to rounding. It counts by its own size if
    the fields agree on a digit of it, and by the size of the others if they do not. What is not
    finite is infinitely far.
    """
    sample, values = first.sample, first.values(unknowns)
    scales = unknown_scales(unknowns, first)
    with np.errstate(invalid="ignore"):  # infinite less or over infinite: judged below
        apart = values - second.values(unknowns)
        distances = []
        for value, difference, scale in zip(values, apart, scales, strict=True):
            own, distance = sample.norm(value), sample.norm(difference)
            distances.append(distance / (own if A_DIGIT * distance < own else scale))
    return float(max(distances)) if np.all(np.isfinite(distances)) else float("inf")
