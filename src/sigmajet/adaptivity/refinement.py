r"""How a discretisation grows until it resolves a solution: wider networks, or more blocks.

A smooth solution is worth a wider network: its error falls exponentially with
:math:`N^{1/d}`, the number of neurons along an axis, at a rate that two networks tell. A layer, a
singularity or many wavelengths are worth more blocks, cut where the equations' defect at
unseen points says that the solution is not resolved, and across the axes along which it is rough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np

from .._types import Array, Orders
from ..analysis.boundary_value.oscillation import resolving_degree
from ..analysis.features.pieces import POINTS
from ..discretization.collocation.mortar import work
from ..geometry.partition import Partition
from ..geometry.region import BoxRegion
from ..geometry.shapes.grading import graded
from ..geometry.spacing import divided
from ..linalg.least_squares.interface import qr_work
from ..rounding import relative_rounding
from ..rules.judgement import A_DIGIT, HALVED, SLIGHT
from .estimate import CHECK_WIDTHS, VIOLATED, fast
from .marking import MOST_PIECES, bulk, lost
from .roughness import rough_axes
from .seen import Seen, Stage

_Length = TypeVar("_Length", float, Array)

# Neurons of each block by dimension, and of the first one from four on. For 15 problems in the
# plane half as many take 35 attempts in place of 22, twice as many take longer; for 33 on lines it
# is 75, 49 and 42 attempts; with half as many one of three in space and beyond is not solved
# (`benchmarks/sensitivity.py`).
BLOCK_WIDTH = {1: 48, 2: 200, 3: 400, 4: 500}
# Budget of one solve in floating-point operations: 15 s on one core. The QR of one block of
# n columns takes 10/3 n^3 of them.
_WORK = 3e11
# A wider network against a cut: how many times the work it may take. Twice the digits take 2^d
# blocks, or 2^d times the neurons of one, which is more work; but digits are lost between blocks.
# With 2.5 times the first width at most, smooth problems in the plane took 4 to 16 blocks for one.
_RATHER_WIDER = A_DIGIT
# Of a neuron at the points that it brings: half a minute for 500,000 that share 500 outer weights.
_FEATURES = 1200.0
MOST_BLOCKS = 512  # on a line: bounds the work; 107 random problems took 82 at most
# Of the width predicted. Without it a width just short of the tolerance took another attempt; aimed
# at a tenth of the tolerance, widths that would have met it were taken for too costly.
_MARGIN = 1.1


class Refinement:
    """Says what to solve next, for a tolerance.

    Parameters
    ----------
    partition : Partition
        One block, or the blocks on which a nonlinear problem was approached.
    orders : sequence of tuple of int
        Highest derivative of each unknown by each variable.
    width : int or None
        Neurons of each block if the caller fixed them.
    images : int
        Neurons that share an outer weight. Widths are numbers of weights.
    shared : int
        Functions that all blocks share.
    layers : callable
        Gives planes that part boundary layers from the rest, an axis and a place on it each.
    waves : pair of array, or None
        Points of the region (m, d), and how many waves of the operator about each of them the box
        would hold along each axis, (m, d).

    Attributes
    ----------
    first : Stage
    angle : float
        Radians of waves over half of its blocks, if they ask for more than was there; else zero.
    """

    def __init__(
        self,
        partition: Partition,
        orders: Sequence[Orders],
        width: int | None,
        tol: float,
        images: int = 1,
        shared: int = 0,
        layers: Callable[[], Sequence[tuple[int, float]]] = tuple,
        waves: tuple[Array, Array] | None = None,
    ) -> None:
        self.dimension = partition.dimension
        self.orders = orders
        self.unknowns = len(orders)
        plain = partition.region is None or isinstance(partition.region, BoxRegion)
        self.box = plain and not partition.parts
        self.fixed = width
        self.tol = tol
        self.images = images
        self.shared = shared
        self.layers = layers
        self.first = Stage(partition, width or self._first_width(partition))
        self.angle, self._waves = 0.0, waves
        if waves is not None and width is None:
            self.first, self.angle = self._resolving(*waves)

    def _resolving(self, points: Array, waves: Array) -> tuple[Stage, float]:
        """The first stage, or one that resolves the waves of the operator, if that takes more.

        Blocks are halved to ever fewer waves, and the stage of least work is taken; one block alone
        is preferred as in later stages, if it leaves a step of growth within the budget.
        """
        first = self.first
        limit = float(_angles(first.partition, points, waves).max())
        stages: list[tuple[Stage, float]] = []
        partition = first.partition
        while True:
            width = self._holding(limit)
            if width <= first.width and not stages:
                return first, 0.0
            stages.append((Stage(partition, width), limit))
            if width <= self._block_width():
                break
            limit *= HALVED
            finer = _halved_to(limit, partition, points, waves)
            if len(finer) > MOST_BLOCKS:
                break
            partition = finer
        whole, _ = stages[0]
        paid = self._affordable_width() * float(np.prod(CHECK_WIDTHS))
        if len(whole.partition) == 1 and whole.width <= min(paid, self._widest(whole.partition)):
            return stages[0]
        costs = [work(self.orders, stage.partition, stage.width) for stage, _ in stages]
        least = int(np.argmin(costs))
        return stages[least] if costs[least] <= _WORK else (first, 0.0)

    def _holding(self, angle: float) -> int:
        """Neurons of a block whose check holds waves of this many radians over half of it.

        They span about as much as the polynomials of a total degree that are as many.
        """
        degree = resolving_degree(angle, self.tol)
        functions = math.comb(degree + self.dimension, self.dimension)
        return int(_MARGIN * functions / CHECK_WIDTHS[0])

    def _first_width(self, partition: Partition) -> int:
        if len(partition) > 1:
            return self._block_width()
        # Two steps of growth are left within the budget.
        affordable = int(self._affordable_width() * float(np.prod(CHECK_WIDTHS)) ** 2)
        return min(BLOCK_WIDTH[min(self.dimension, max(BLOCK_WIDTH))], affordable)

    def begin(self, partition: Partition) -> Stage:
        """The first stage on blocks that are given."""
        return (
            self.first
            if partition is self.first.partition
            else Stage(partition, self._block_width())
        )

    def after(self, seen: Sequence[Seen]) -> Stage | None:
        """The next stage; None where nothing better can be afforded."""
        last = seen[-1]
        if self.dimension == 1:
            return self._on_a_line(last)
        parted = self._parted(seen)
        if parted is not None:
            return parted
        wider = self._wider(seen)
        if wider is not None or self.dimension > 3:
            return wider
        finer = self._finer(seen, self.halved(seen))
        if finer is None and not self.box:
            # Not all that should be, then: what is worst, or wider networks as far as they go.
            finer = self._finer(seen, self.halved(seen, worst=True)) or self._widened(last.stage)
        return finer

    def _parted(self, seen: Sequence[Seen]) -> Stage | None:
        """Blocks of their own for boundary layers, where errors show that there are some."""
        partition = seen[-1].stage.partition
        if partition is not self.first.partition or self._fast(seen):
            return None
        following = Stage(partition.sliced(self.layers()), self._block_width())
        more = len(following.partition) > len(partition)
        return following if more and self._affordable(following) else None

    def _widened(self, stage: Stage) -> Stage | None:
        """The same cells of a region, with the least growth that can be told apart."""
        following = Stage(stage.partition, int(stage.width / CHECK_WIDTHS[0]))
        least = following.width <= _grown(self._block_width()) and self.fixed is None
        return following if least and self._affordable(following) else None

    def _on_a_line(self, last: Seen) -> Stage | None:
        stage = last.stage
        beside = last.astray > self.tol >= last.worst  # edges are to move, and no more
        finer = stage.partition if beside else cut(stage.partition, last.defects, self.tol)
        if stage.partition is self.first.partition and not beside:
            finer = finer.sliced(self.layers())
        finer = seeing(finer, last.wanted)
        if len(finer) == len(stage.partition) and not beside:
            return None
        return None if len(finer) > MOST_BLOCKS else Stage(finer, self._block_width())

    def _block_width(self) -> int:
        return self.fixed or self._shared(BLOCK_WIDTH[min(self.dimension, max(BLOCK_WIDTH))])

    def _shared(self, width: int) -> int:
        """Neurons of each of several unknowns: the work is cubic in all of them.

        It then grows as the couplings do, with the square of the unknowns; on a line it is little.
        """
        return width if self.dimension == 1 else int(width / np.cbrt(self.unknowns))

    def _wider(self, seen: Sequence[Seen]) -> Stage | None:
        """The same blocks with the width at which the tolerance will be met."""
        last = seen[-1]
        partition, width = last.stage.partition, last.stage.width
        if self.fixed is not None:
            return None
        if len(partition) > 1:
            few = np.mean(bulk(last.defects)) < 0.5
            if not self._fast(seen) if len(last.errors) > 1 else few:
                return None  # what wider networks do not gain on, or a few bad blocks: cut
        widest = self._widest(partition)
        least, most = int(width / CHECK_WIDTHS[0]), min(_grown(width), widest)
        wanted = self._predicted(seen)
        # Many wavelengths show no rate before they are resolved, nor does the first of a partition.
        if self.box and self.dimension == 2 and len(partition) == 1 and wanted > widest:
            wanted = widest = min(widest, _grown(self.first.width))
        elif np.isinf(wanted) and last.worst < VIOLATED:
            wanted = least
        # Beyond space there are no blocks to fall back on: as far as it goes.
        if least > widest or (wanted > widest and self.dimension <= 3):
            return None
        following = Stage(partition, int(np.clip(wanted, least, most)))
        return following if len(partition) == 1 or self._affordable(following) else None

    def _widest(self, block: Partition) -> int:
        """Neurons of a block before it is cut, or the time for it is spent."""
        widest = self._affordable_width()
        if self.dimension > 3:
            return widest
        if not self.box and self.dimension == 2:
            # Cells end at the walls of their region, beyond which a solution is seldom smooth for
            # long. On a ring 56 of 200 neurons were 40 times as accurate as 16 of 400, in half the
            # time. In space a ball in one cell had an error of 4e-10 after 1 s, in eight after 25.
            return min(widest, int(self._block_width() / CHECK_WIDTHS[0]))
        if len(block) > 1:
            return min(widest, _grown(max(self._block_width(), self.first.width)))
        parts = block.cut({0: range(self.dimension)})
        most = _RATHER_WIDER * work(self.orders, parts, self._block_width())
        return min(widest, self._affordable_width(most))

    def _affordable_width(self, budget: float = _WORK) -> int:
        """Neurons of one block that a budget pays for."""
        columns = (budget / qr_work(1)) ** (1 / 3)
        neurons = (budget / _FEATURES / self.images) ** 0.5
        return int(min(columns / self.unknowns, neurons))

    def _fast(self, seen: Sequence[Seen]) -> bool:
        """Whether the error falls fast with the width; False where that is not known."""
        errors = [error for _, error in self._errors(seen)]
        return len(errors) > 1 and fast(errors[-1], errors[-2], self.dimension)

    def _errors(self, seen: Sequence[Seen]) -> list[tuple[int, float]]:
        """Errors by width on the last blocks; where checks did not tell, defects stand for them."""
        if len(seen[-1].errors) > 1:
            return sorted(seen[-1].errors.items())
        same = [s for s in seen if s.stage.partition is seen[-1].stage.partition]
        return [(s.stage.width, float(s.defects.max())) for s in same]

    def _rate(self, seen: Sequence[Seen]) -> tuple[float, float, float] | None:
        """Neurons along an axis, log error there and its slope; None where it does not fall."""
        known = [(width, error) for width, error in self._errors(seen) if np.isfinite(error)]
        if len(known) < 2:
            return None
        sides = np.array([w for w, _ in known[-2:]]) ** (1.0 / self.dimension)
        logs = np.log([max(e, float(np.finfo(float).tiny)) for _, e in known[-2:]])
        slope = float((logs[0] - logs[1]) / (sides[1] - sides[0]))
        return (float(sides[1]), float(logs[1]), slope) if slope > 0.0 else None

    def _predicted(self, seen: Sequence[Seen]) -> float:
        """Width whose check, on fewer neurons, will be within the tolerance."""
        rate = self._rate(seen)
        if rate is None:
            return np.inf
        side, log, slope = rate
        side += max(log - np.log(self.tol), 0.0) / slope
        return float(_MARGIN * side**self.dimension / CHECK_WIDTHS[0])

    def halved(self, seen: Sequence[Seen], *, worst: bool = False) -> Partition:
        """Blocks cut where they are worst, across the axes along which the solution is rough.

        Cells of a region all at once that will have to be, or the `worst` ones. Where errors do not
        fall fast, what is worst spreads into the others: a small hole in a square took 250 cells,
        all cut at once, and takes 100. Before all that come cells that holes ask for, see
        :func:`graded`: a flow past a cylinder had no digit on 82 cells, and has five on 40 of them.
        """
        last = seen[-1]
        partition = last.stage.partition
        fitted = graded(partition)
        needed = work(self.orders, fitted, self._block_width(), self.shared)
        if len(fitted) > len(partition) and needed <= _WORK:
            return fitted
        poor = bulk(last.defects)
        if not (self.box or worst) and self._fast(seen):
            poor |= last.defects > self.tol
        lower, upper = partition.lower.min(axis=0), partition.upper.max(axis=0)
        if self.box and lost(last.defects):  # close in on the walls
            outer = (partition.lower == lower) | (partition.upper == upper)
            across = {int(b): np.flatnonzero(outer[b]) for b in np.flatnonzero(outer.any(axis=1))}
        else:
            unknowns = [(i, (0,) * self.dimension) for i in range(self.unknowns)]
            across = {
                int(b): rough_axes(partial(last.field.derivatives, unknowns), partition, int(b))
                for b in np.flatnonzero(poor)
            }
        long = partition.half_widths > shortest(upper - lower)
        return partition.cut({b: axes[long[b, axes]] for b, axes in across.items()})

    def _finer(self, seen: Sequence[Seen], finer: Partition) -> Stage | None:
        """More blocks, of a width that can be afforded."""
        last = seen[-1]
        partition = last.stage.partition
        if len(finer) == len(partition):
            return None
        widths = [self._block_width()]
        if self.angle and self._waves is not None:
            widths = [max(*widths, self._holding(float(_angles(finer, *self._waves).max())))]
        if len(partition) > 1:
            # Blocks that are not cut need what they had.
            widths.insert(0 if self._fast(seen) else 1, last.stage.width)
        for width in widths:
            more = len(partition) == 1 or len(finer) * width > len(partition) * last.stage.width
            if more and self._affordable(Stage(finer, width)):
                return Stage(finer, width)
        return None

    def _affordable(self, stage: Stage) -> bool:
        return work(self.orders, stage.partition, stage.width) <= _WORK


def cut(partition: Partition, defects: Array, tol: float = 1.0) -> Partition:
    """Cut the blocks of a line that are not resolved, into halves or more pieces.

    Where a solution is smooth its error on p pieces of a block has p times the digits: so many
    are cut as the tolerance then asks for. That of a layer has fewer, which the next cut shows.
    """
    poor = bulk(defects)
    if lost(defects):
        poor[:] = False
        poor[[0, -1]] = True
    poor &= partition.half_widths[:, 0] > shortest(2.0 * partition.half_widths.sum())
    return partition.split({int(b): _pieces(defects[b], tol) for b in np.flatnonzero(poor)})


def seeing(partition: Partition, points: Array, count: int = POINTS) -> Partition:
    """The blocks of a line, cut to be nowhere longer than so many gaps between points."""
    edges = partition.edges()
    finer = divided(edges, points, count)
    return partition if len(finer) == len(edges) else Partition.between(finer)


def _angles(partition: Partition, points: Array, waves: Array) -> Array:
    """Radians of waves over half of each block, in any direction, (blocks,); 0 without points."""
    where, extent = partition.locate(points), partition.bounds.upper - partition.bounds.lower
    found = np.zeros(len(partition))
    for block in np.unique(where):
        shares = 2.0 * partition.half_widths[block] / extent
        found[block] = np.pi * np.linalg.norm(shares * waves[where == block].mean(axis=0))
    return found


def _halved_to(limit: float, partition: Partition, points: Array, waves: Array) -> Partition:
    """Blocks halved along all axes until none holds more waves than that."""
    while len(partition) <= MOST_BLOCKS:
        many = np.flatnonzero(_angles(partition, points, waves) > (1.0 + SLIGHT) * limit)
        if not len(many):
            break
        partition = partition.cut({int(b): range(partition.dimension) for b in many})
    return partition


def _grown(width: int) -> int:
    """The most neurons after so many: the narrower check then has grown by the least growth.

    That is the one with which the wider check is as wide as the solution was.
    """
    wide, narrow = CHECK_WIDTHS
    return int(width / wide / narrow)


def shortest(length: _Length) -> _Length:
    """Half of a block whose neurons rounding still tells apart."""
    return relative_rounding(BLOCK_WIDTH[1]) * length


def _pieces(defect: float, tol: float) -> int:
    """How many parts of a block have the digits of a tolerance."""
    enough = range(2, MOST_PIECES)
    small = min(defect, 1.0)  # powers of what is not overflow
    return next((p for p in enough if small**p <= tol), MOST_PIECES)
