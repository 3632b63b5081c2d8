"""Networks on the blocks of a box, with their outer weights filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .._types import Array, Orders
from ..errors import ProblemError
from ..geometry.partition import Filled, Partition
from .network.layers import Layers
from .network.network import Network
from .saved import check_array, check_partition
from .shared.corner_functions import NO_CORNERS
from .shared.functions import SharedFunctions, read


@dataclass(frozen=True, slots=True)
class BlockField:
    """One network on every block of a partition: `coefficients` (blocks, unknowns, width).

    With functions that blocks share, of which the last coefficients are the weights, the same in
    every block that has the function, and zero in the others.
    """

    partition: Partition
    network: Layers
    coefficients: Array
    shared: SharedFunctions = NO_CORNERS

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
            weights = self.coefficients[where, :, self.network.width :]
            having = np.flatnonzero(np.any(weights, axis=(1, 2)))  # others may be where one is not
            features = self.shared.features(points[having], {orders for _, orders in wanted})
            for row, (unknown, orders) in zip(values, wanted, strict=True):
                row[having] += np.einsum("mf,mf->m", features[orders], weights[having, unknown])
        return values

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        owner = self.partition.owner
        return {
            "lower": self.partition.lower,
            "upper": self.partition.upper,
            **({} if owner is None else {"owner": owner.astype(float)}),
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
        cls,
        arrays: Mapping[str, NDArray[Any]],
        dimension: int,
        unknowns: int,
        formulas: SharedFunctions = NO_CORNERS,
    ) -> BlockField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together.

        `formulas` are the functions that users added to it.
        """
        check_partition(arrays, "", dimension)
        owner = None
        if "owner" in arrays:
            check_array(arrays, "owner", (len(arrays["lower"]),))
            owner = arrays["owner"].astype(np.intp)
        partition = Partition(arrays["lower"], arrays["upper"], owner=owner)
        network = Network.from_arrays(arrays, dimension)
        shared = read(arrays, formulas)
        width = network.width + len(shared)
        check_array(arrays, "coefficients", (len(partition), unknowns, width))
        return cls(partition, network, arrays["coefficients"], shared)

    def on(self, region: Filled, parts: tuple[Filled, ...]) -> BlockField:
        """The same on blocks that know their region and its parts, as none from a file does.

        Raises
        ------
        ValueError
            If blocks are of parts that there are not.
        """
        lower, upper, owner = self.partition.lower, self.partition.upper, self.partition.owner
        if (owner is None) != (not parts) or (
            owner is not None and not set(owner) <= set(range(len(parts)))
        ):
            raise ValueError("owner: the blocks are not those of the parts of the region")
        return (
            replace(self, partition=Partition(lower, upper, region, parts, owner))
            if parts
            else self
        )

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Return the network as a formula, piece by piece where there are several blocks.

        Raises
        ------
        ProblemError
            If blocks are of parts of a region, which overlap.
        """
        if self.partition.owner is not None:
            raise ProblemError(
                "to_sympy: this solution has formulas of its own on each side of an interface, and "
                "not one; evaluate(expression, ...) and solution(...) take both"
            )
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
