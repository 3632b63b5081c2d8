"""Partition of a box into blocks, each mapped onto the reference box [-1, 1]^d."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .._types import Array, Integers
from ..rounding import HALF_OF_THE_DIGITS
from .mapping import AffineMap

# At once, when points are looked for in blocks: 8 MB of doubles. With 1e4 to 1e7 three problems
# with layers and fronts in the plane take as long (`benchmarks/sensitivity.py`).
_COMPARISONS = 1_000_000


class Filled(Protocol):
    """What blocks ask of the region that they cover, which need not fill its bounds."""

    @property
    def bounds(self) -> AffineMap:
        """The smallest box that holds the region."""
        ...

    def contains(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Return whether points (m, d) lie inside, or outside by `slack` of the size of bounds."""
        ...

    def tight(self, cell: AffineMap) -> AffineMap:
        """Return the smallest box that holds what a cell or a face has of it, empty if nothing."""
        ...

    def sections(self, face: AffineMap) -> Sequence[AffineMap]:
        """Return the pieces of a face, flat along one axis, that lie inside."""
        ...


@dataclass(frozen=True, slots=True)
class Interface:
    """The face that two blocks share: `lower` and `upper` agree along `axis`."""

    left: int
    right: int
    axis: int
    lower: Array
    upper: Array

    def lies_on(self, planes: Collection[tuple[int, float]]) -> bool:
        """Whether it is a part of one of some planes, each an axis and a place on it."""
        return (self.axis, float(self.lower[self.axis])) in planes


@dataclass(frozen=True, slots=True)
class Partition:
    """Blocks that cover a region: corners `lower` and `upper`, each (blocks, d).

    Splits are remembered by their coordinates only, so that blocks which meet do
    so to the last bit. Without a `region` they tile a box. Where surfaces cut the region into
    `parts`, `owner` says of which one every block has something: blocks of different parts may
    overlap, and have no faces in common.
    """

    lower: Array
    upper: Array
    region: Filled | None = None
    parts: tuple[Filled, ...] = ()
    owner: Integers | None = None
    _faces: list[Interface] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def between(cls, edges: Sequence[float] | Array) -> Partition:
        """The blocks of a line between edges in rising order."""
        points = np.asarray(edges, dtype=float)[:, None]
        return cls(points[:-1], points[1:])

    @classmethod
    def grid(cls, edges: Sequence[Array]) -> Partition:
        """The blocks between edges in rising order along every axis."""
        lower, upper = (
            np.stack([corners.ravel() for corners in np.meshgrid(*along, indexing="ij")], axis=-1)
            for along in ([e[:-1] for e in edges], [e[1:] for e in edges])
        )
        return cls(lower, upper)

    @classmethod
    def whole(cls, lower: tuple[float, ...], upper: tuple[float, ...]) -> Partition:
        """One block: the box itself."""
        return cls(np.array([lower], dtype=float), np.array([upper], dtype=float))

    @classmethod
    def of(cls, region: Filled, parts: Sequence[Filled] = ()) -> Partition:
        """One block: the bounds of a region, of which later cuts keep what holds a part of it.

        One for each of some `parts` into which it is cut.
        """
        bounds = [each.bounds for each in (parts or (region,))]
        lower, upper = np.array([b.lower for b in bounds]), np.array([b.upper for b in bounds])
        return cls(lower, upper, region, tuple(parts), np.arange(len(parts)) if parts else None)

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return int(self.lower.shape[1])

    @property
    def half_widths(self) -> Array:
        """Half the length of every block along every axis, (blocks, d)."""
        return 0.5 * (self.upper - self.lower)

    @property
    def bounds(self) -> AffineMap:
        """The map onto the box that the blocks tile."""
        return AffineMap(self.lower.min(axis=0), self.upper.max(axis=0))

    def edges(self, axis: int = 0) -> Array:
        """Where blocks end along an axis, in rising order."""
        found: Array = np.unique([self.lower[:, axis], self.upper[:, axis]])
        return found

    def filled(self, block: int) -> Filled | None:
        """What a block has something of: the region, or its part; None for a box."""
        return self.region if self.owner is None else self.parts[self.owner[block]]

    def within(self, part: int) -> tuple[Integers, Partition]:
        """The numbers of the blocks of a part, and these alone."""
        assert self.owner is not None  # who asks for parts has some
        blocks = np.flatnonzero(self.owner == part)
        return blocks, Partition(self.lower[blocks], self.upper[blocks], self.parts[part])

    def part_of(self, points: Array) -> Integers:
        """The number of the part that holds each point; where none does, of one next to it."""
        found = np.full(len(points), -1)
        for slack in (0.0, HALF_OF_THE_DIGITS):
            for number, part in enumerate(self.parts):
                left = np.flatnonzero(found < 0)
                if len(left):
                    found[left[part.contains(points[left], slack)]] = number
        left = np.flatnonzero(found < 0)
        assert self.owner is not None
        found[left] = self.owner[self._nearest(points[left])]
        return found

    def mapping(self, block: int) -> AffineMap:
        """The map of the reference cell onto a block."""
        return AffineMap(self.lower[block], self.upper[block])

    def to_reference(self, points: Array, block: int) -> Array:
        """Map points of the box onto the reference coordinates of a block."""
        return self.mapping(block).to_reference(points)

    def from_reference(self, points: Array, block: int) -> Array:
        """Map reference coordinates of a block onto the box, its faces exactly."""
        return self.mapping(block).from_reference(points)

    def locate(self, points: Array) -> Integers:
        """Index of a block that holds each point; points outside go to a nearest block.

        Where blocks do not fill a box, points may be outside of all by rounding.
        """
        if self.owner is None:
            return self._nearest(points)
        nearest = np.empty((len(self.parts), len(points)), dtype=np.intp)
        held = np.zeros(nearest.shape, dtype=bool)
        for part in range(len(self.parts)):
            blocks, partition = self.within(part)
            nearest[part] = blocks[partition._nearest(points)] if len(blocks) else 0
            ends = self.lower[nearest[part]], self.upper[nearest[part]]
            held[part] = np.all((points >= ends[0]) & (points <= ends[1]), axis=1) & bool(
                len(blocks)
            )
        chosen = np.argmax(held, axis=0)
        several = np.flatnonzero(np.sum(held, axis=0) != 1)  # others are in boxes of one part alone
        chosen[several] = self.part_of(points[several])
        return np.asarray(nearest[chosen, np.arange(len(points))])

    def _nearest(self, points: Array) -> Integers:
        """Index of a block that holds each point, or is next to it, whatever is in it."""
        if len(self) == 1:
            return np.zeros(len(points), dtype=np.intp)
        if self.dimension == 1:
            order = np.argsort(self.lower[:, 0])
            position = np.searchsorted(self.lower[order, 0], points[:, 0], side="right") - 1
            return order[np.clip(position, 0, None)]
        inside = np.clip(points, self.lower.min(axis=0), self.upper.max(axis=0))
        found = np.empty(len(points), dtype=np.intp)
        step = max(1, _COMPARISONS // self.lower.size)
        for start in range(0, len(points), step):
            part = inside[start : start + step]
            # Axis by axis: NumPy's maximum over an axis of two or three takes 15 times as long.
            beyond = np.zeros((len(part), len(self)))
            for lower, upper, x in zip(self.lower.T, self.upper.T, part.T, strict=True):
                np.maximum(beyond, lower - x[:, None], out=beyond)
                np.maximum(beyond, x[:, None] - upper, out=beyond)
            found[start : start + step] = np.argmin(beyond, axis=1)
        return found

    def split(self, pieces: Mapping[int, int]) -> Partition:
        """Cut each block named into so many equal pieces, along its axis longest in the box."""
        lower: list[Array] = []
        upper: list[Array] = []
        whole: list[int] = []
        extent = self.bounds.upper - self.bounds.lower
        for block, (low, high) in enumerate(zip(self.lower, self.upper, strict=True)):
            axis = int(np.argmax((high - low) / extent))
            cuts = np.linspace(low[axis], high[axis], pieces.get(block, 1) + 1)
            for start, stop in itertools.pairwise(cuts):
                lower.append(_replaced(low, axis, start))
                upper.append(_replaced(high, axis, stop))
                whole.append(block)
        return self._cut_into(lower, upper, whole)

    def cut(self, axes: Mapping[int, Sequence[int] | Integers]) -> Partition:
        """Halve each block named across all of its axes named."""
        lower: list[Array] = []
        upper: list[Array] = []
        whole: list[int] = []
        for block, (low, high) in enumerate(zip(self.lower, self.upper, strict=True)):
            pieces = [(low, high)]
            for axis in map(int, axes.get(block, ())):
                middle = 0.5 * (low[axis] + high[axis])
                pieces = [
                    piece
                    for start, stop in pieces
                    for piece in (
                        (start, _replaced(stop, axis, middle)),
                        (_replaced(start, axis, middle), stop),
                    )
                ]
            lower += [start for start, _ in pieces]
            upper += [stop for _, stop in pieces]
            whole += [block] * len(pieces)
        return self._cut_into(lower, upper, whole)

    def sliced(self, planes: Iterable[tuple[int, float]]) -> Partition:
        """Cut every block that a plane meets there; a plane is an axis and a place on it."""
        lower, upper = list(self.lower), list(self.upper)
        whole = list(range(len(self)))
        for axis, place in planes:
            for block in range(len(lower)):
                if lower[block][axis] < place < upper[block][axis]:
                    lower.append(_replaced(lower[block], axis, place))
                    upper.append(upper[block])
                    upper[block] = _replaced(upper[block], axis, place)
                    whole.append(whole[block])
        return self._cut_into(lower, upper, whole)

    def _cut_into(
        self, lower: Sequence[Array], upper: Sequence[Array], whole: Sequence[int]
    ) -> Partition:
        """Smaller blocks, those without a part of the region left out, the others fitted to it.

        Of which block each is a piece says `whole`. Half of the digits of a block are left to its
        neighbours.
        """
        if self.region is None:
            return Partition(np.array(lower), np.array(upper))
        held, owner = [], []
        for low, high, block in zip(lower, upper, whole, strict=True):
            filled = self.filled(block)
            assert filled is not None  # there is a region
            cell = filled.tight(AffineMap(low, high))
            if np.all(cell.upper - cell.lower > HALF_OF_THE_DIGITS * (high - low)):
                held.append(cell)
                owner.append(0 if self.owner is None else int(self.owner[block]))
        ends = np.array([cell.lower for cell in held]), np.array([cell.upper for cell in held])
        owners = None if self.owner is None else np.array(owner)
        return Partition(*ends, self.region, self.parts, owners)

    def interfaces(self) -> list[Interface]:
        """All faces of positive measure that two blocks share, what they have of the region.

        A face that the region meets in several pieces is several.
        """
        if not self._faces:
            self._faces.extend(self._shared())
        return self._faces

    def _shared(self) -> Iterator[Interface]:
        for left in range(len(self)):
            region = self.filled(left)
            for axis in range(self.dimension):
                meeting = self.lower[:, axis] == self.upper[left, axis]
                if self.owner is not None:
                    meeting &= self.owner == self.owner[left]
                for right in np.flatnonzero(meeting):
                    lower = np.maximum(self.lower[left], self.lower[right])
                    upper = np.minimum(self.upper[left], self.upper[right])
                    if np.all(np.delete(upper > lower, axis)):
                        face = AffineMap(lower, upper)
                        for piece in [face] if region is None else region.sections(face):
                            if np.all(np.delete(piece.upper > piece.lower, axis)):
                                yield Interface(left, int(right), axis, piece.lower, piece.upper)


def _replaced(corner: Array, axis: int, value: float) -> Array:
    corner = corner.copy()
    corner[axis] = value
    return corner
