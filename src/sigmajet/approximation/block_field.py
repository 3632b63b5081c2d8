"""Networks on the blocks of a box, with their outer weights filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array, Orders
from ..geometry.partition import Partition
from .corner_functions import NO_CORNERS, CornerFunctions
from .network.layers import Layers
from .network.network import Network
from .saved import check_array, check_partition


@dataclass(frozen=True, slots=True)
class BlockField:
    """One network on every block of a partition: `coefficients` (blocks, unknowns, width).

    With functions that blocks share, of which the last coefficients are the weights, the same in
    every block that has the function, and zero in the others.
    """

    partition: Partition
    network: Layers
    coefficients: Array
    shared: CornerFunctions = NO_CORNERS

    @property
    def of_network(self) -> Array:
        """The coefficients without those of functions that blocks share."""
        return self.coefficients[..., : self.network.width]

    @property
    def of_shared(self) -> Array:
        """The weights of functions that blocks share, (unknowns, functions)."""
        weights = self.coefficients[..., self.network.width :]
        having = np.argmax(np.abs(weights), axis=0, keepdims=True)
        return np.asarray(np.take_along_axis(weights, having, axis=0)[0])

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        values = np.empty((len(wanted), len(points)))
        where = self.partition.locate(points)
        for block in map(int, np.unique(where)):
            held = np.flatnonzero(where == block)
            mapping = self.partition.mapping(block)
            weighted = [
                (orders, self.of_network[block, unknown] * mapping.scale(orders))
                for unknown, orders in wanted
            ]
            reference = mapping.to_reference(points[held])
            values[:, held] = self.network.contracted(reference, weighted)
        if len(self.shared):
            features = self.shared.features(points, {orders for _, orders in wanted})
            weights = self.coefficients[where, :, self.network.width :]
            for row, (unknown, orders) in zip(values, wanted, strict=True):
                row += np.einsum("mf,mf->m", features[orders], weights[:, unknown])
        return values

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        return {
            "lower": self.partition.lower,
            "upper": self.partition.upper,
            "coefficients": self.coefficients,
            **self.network.arrays(),
            **(self.shared.arrays() if len(self.shared) else {}),
        }

    @property
    def boxes(self) -> tuple[Array, Array]:
        """Lower and upper corners of what it is made of, (n, d) each."""
        return self.partition.lower, self.partition.upper

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, unknowns: int
    ) -> BlockField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together."""
        check_partition(arrays, "", dimension)
        partition = Partition(arrays["lower"], arrays["upper"])
        network = Network.from_arrays(arrays, dimension)
        shared = CornerFunctions.from_arrays(arrays)
        width = network.width + len(shared)
        check_array(arrays, "coefficients", (len(partition), unknowns, width))
        return cls(partition, network, arrays["coefficients"], shared)

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Return the network as a formula, piece by piece where there are several blocks."""
        formulas = []
        corners = self.shared.formulas(variables)
        for unknown in range(unknowns):
            pieces = []
            for block in range(len(self.partition)):
                mapping = self.partition.mapping(block)
                middle, half = mapping.middle, mapping.half_widths
                reference = [(v - m) / h for v, m, h in zip(variables, middle, half, strict=True)]
                outer = self.of_network[block, unknown].tolist()
                features = self.network.formulas(reference)
                neurons = [a * feature for a, feature in zip(outer, features, strict=True)]
                weights = self.coefficients[block, unknown, self.network.width :].tolist()
                neurons += [a * corner for a, corner in zip(weights, corners, strict=True)]
                inside = sympy.And(
                    *(
                        sympy.And(m - h <= v, v <= m + h)
                        for v, m, h in zip(variables, middle.tolist(), half.tolist(), strict=True)
                    )
                )
                pieces.append((sympy.Add(*neurons), inside))
            formulas.append(
                pieces[0][0] if len(pieces) == 1 else sympy.Piecewise(*pieces, evaluate=False)
            )
        return formulas


def block_features(
    network: Layers, partition: Partition, block: int, points: Array, orders: set[Orders]
) -> dict[Orders, Array]:
    """Derivatives by the variables of the box of a block's features at points of the box."""
    mapping = partition.mapping(block)
    features = network.features(mapping.to_reference(points), orders)
    for alpha, values in features.items():
        if any(alpha):
            values *= mapping.scale(alpha)
    return features
