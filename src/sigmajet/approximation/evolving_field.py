"""Networks in space whose outer weights change in time: what a method of lines computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array, Orders
from ..errors import ProblemError
from ..geometry.partition import Partition
from ..rounding import SAME
from .basis import Basis
from .dense_output import DenseOutput
from .network.network import Network
from .saved import check_array, check_partition
from .slices import points_at_once


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time on one partition of space, in steps of one method.

    `values` (steps, k + 1, unknowns, blocks, size) holds the coefficients of the basis at the
    positions of the method's dense output in every step.
    """

    partition: Partition
    basis: Basis
    times: Array
    values: Array
    dense: DenseOutput

    def derivatives(
        self, wanted: Sequence[tuple[int, int, Orders]], block: int, times: Array, places: Array
    ) -> Array:
        """Derivatives on a block at times and places, (k, m).

        Each is wanted of an unknown, of an order in time and of orders in space.
        """
        moments, back = np.unique(times, return_inverse=True)  # often a few, at many places
        moments = np.clip(moments, self.times[0], self.times[-1])
        step = np.searchsorted(self.times, moments, side="right") - 1
        step = np.clip(step, 0, len(self.times) - 2)
        length = np.diff(self.times)[step]
        position = (moments - self.times[step]) / length
        functions = self.basis.evaluate(
            self.partition, block, places, {alpha for _, _, alpha in wanted}
        )
        shares = {
            order: self.dense.weights(position, order) / length[:, None] ** order
            for order in {order for _, order, _ in wanted}
        }
        coefficients = {
            (u, order): (shares[order][:, None] @ self.values[step, :, u, block])[:, 0]
            for u, order in {(u, order) for u, order, _ in wanted}
        }
        found = np.empty((len(wanted), len(places)))
        for row, (unknown, order, alpha) in zip(found, wanted, strict=True):
            row[:] = np.einsum("mk,mk->m", functions[alpha], coefficients[unknown, order][back])
        return found


@dataclass(frozen=True, slots=True)
class EvolvingField:
    """Networks in space with coefficients that change in time: consecutive stretches.

    `axis` says which variable is time. Outside the times reached the values are NaN.
    """

    axis: int
    stretches: tuple[Stretch, ...]

    def reversed(self, total: float) -> EvolvingField:
        """The field whose value at a time is that of this one at `total` less the time."""
        return EvolvingField(
            self.axis,
            tuple(
                Stretch(
                    stretch.partition,
                    stretch.basis,
                    total - stretch.times[::-1],
                    stretch.values[::-1, ::-1],
                    DenseOutput(1.0 - stretch.dense.positions[::-1]),
                )
                for stretch in self.stretches[::-1]
            ),
        )

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        times = points[:, self.axis]
        places = np.delete(points, self.axis, axis=1)
        split = [
            (unknown, orders[self.axis], orders[: self.axis] + orders[self.axis + 1 :])
            for unknown, orders in wanted
        ]
        ends = np.array([w.times[-1] for w in self.stretches])
        which = np.minimum(np.searchsorted(ends, times, side="left"), len(ends) - 1)
        values = np.full((len(wanted), len(points)), np.nan)
        begin = self.stretches[0].times[0]
        for index in np.unique(which):
            stretch = self.stretches[index]
            slack = SAME * max(abs(ends[-1]), abs(begin))
            reached = (times <= stretch.times[-1] + slack) & (times >= begin - slack)
            held = np.flatnonzero((which == index) & reached)
            where = stretch.partition.locate(places[held])
            count = points_at_once(stretch.values.shape[1] * stretch.basis.size)
            for block in np.unique(where):
                here = held[where == block]
                for start in range(0, len(here), count):
                    chosen = here[start : start + count]
                    values[:, chosen] = stretch.derivatives(
                        split, int(block), times[chosen], places[chosen]
                    )
        return values

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        contents: dict[str, NDArray[Any]] = {"axis": np.array(self.axis)}
        bases = {id(stretch.basis): stretch.basis for stretch in self.stretches}
        numbers = {key: number for number, key in enumerate(bases)}
        for number, basis in enumerate(bases.values()):
            contents |= {
                **{f"basis{number}_{name}": a for name, a in basis.network.arrays().items()},
                f"basis{number}_transform": basis.transform,
                f"basis{number}_points": basis.points,
                f"basis{number}_shares": basis.weights,
            }
        for index, stretch in enumerate(self.stretches):
            contents |= {
                f"stretch{index}_basis": np.array(numbers[id(stretch.basis)]),
                f"stretch{index}_lower": stretch.partition.lower,
                f"stretch{index}_upper": stretch.partition.upper,
                f"stretch{index}_times": stretch.times,
                f"stretch{index}_values": stretch.values,
                f"stretch{index}_positions": stretch.dense.positions,
            }
        return contents

    @property
    def boxes(self) -> tuple[Array, Array]:
        """Lower and upper corners of its blocks over their stretches of time, (n, d) each."""
        lower, upper = (
            np.concatenate(
                [
                    np.insert(getattr(s.partition, side), self.axis, s.times[end], axis=1)
                    for s in self.stretches
                ]
            )
            for side, end in (("lower", 0), ("upper", -1))
        )
        return lower, upper

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, unknowns: int
    ) -> EvolvingField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together."""
        axis = arrays["axis"]
        if axis.shape != () or axis.dtype.kind != "i" or not 0 <= axis < dimension:
            raise ValueError("axis: expected the number of a variable")
        count = sum(name.endswith("_transform") for name in arrays)
        bases = [_basis(arrays, f"basis{number}_", dimension - 1) for number in range(count)]
        stretches: list[Stretch] = []
        moments = [times for name, times in arrays.items() if name.endswith("_times")]
        sizes = [float(np.abs(times).max(initial=0.0)) for times in moments]
        slack = 4.0 * SAME * max(sizes, default=0.0)  # between the two sides of a kink in time
        for index in range(len(moments)):
            name = f"stretch{index}_"
            blocks, steps = len(arrays[f"{name}lower"]), len(arrays[f"{name}values"])
            values, times = arrays[f"{name}values"], arrays[f"{name}times"]
            which = arrays[f"{name}basis"]
            if which.shape != () or which.dtype.kind != "i" or not 0 <= which < count:
                raise ValueError(f"{name}basis: expected the number of a basis")
            basis = bases[int(which)]
            nodes = values.shape[1] if values.ndim > 1 else 0
            positions = arrays[f"{name}positions"]
            check_array(arrays, f"{name}positions", (nodes,))
            if positions[0] != 0.0 or positions[-1] != 1.0 or not np.all(np.diff(positions) > 0.0):
                raise ValueError(f"{name}positions: expected to rise from 0 to 1")
            check_partition(arrays, name, dimension - 1)
            check_array(arrays, f"{name}times", (steps + 1,))
            check_array(arrays, f"{name}values", (steps, nodes, unknowns, blocks, basis.size))
            if not np.all(np.diff(times) > 0.0):
                raise ValueError(f"{name}times: expected to rise")
            if stretches and not 0.0 <= times[0] - stretches[-1].times[-1] <= slack:
                raise ValueError(f"{name}times: expected to begin where stretch {index - 1} ends")
            partition = Partition(arrays[f"{name}lower"], arrays[f"{name}upper"])
            stretches.append(Stretch(partition, basis, times, values, DenseOutput(positions)))
        field = cls(int(axis), tuple(stretches))
        if not stretches or field.arrays().keys() != arrays.keys():
            raise ValueError("expected the arrays of consecutive stretches")
        return field

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Refuse: thousands of polynomials in time are no formula."""
        raise ProblemError(
            "to_sympy: an evolution is a table of networks in time, not one formula; "
            "evaluate it, or solve with method='steady'"
        )


def _basis(arrays: Mapping[str, NDArray[Any]], prefix: str, dimension: int) -> Basis:
    """One of the bases of an evolving field."""
    network = Network.from_arrays(arrays, dimension, prefix)
    transform, points, shares = (arrays[f"{prefix}{n}"] for n in ("transform", "points", "shares"))
    (_, size), count = transform.shape, len(shares)
    check_array(arrays, f"{prefix}transform", (network.width, size))
    check_array(arrays, f"{prefix}points", (count, dimension))
    check_array(arrays, f"{prefix}shares", (count,))
    return Basis(network, transform, points, shares)
