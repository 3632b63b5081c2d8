"""A network of several tanh layers as a field: what training returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...deep.network import Layered, Mirrors
from ..saved import check_array

__all__ = ["LayeredField"]


@dataclass(frozen=True, slots=True)
class LayeredField:
    """A tanh network of all variables, with an output for each unknown."""

    network: Layered

    def derivatives(self, wanted: Sequence[tuple[int, Orders]], points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        return self.network.derivatives(wanted, points)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the field, for saving."""
        network = self.network
        return {
            "sizes": np.array(network.sizes),
            "centre": network.centre,
            "radius": network.radius,
            "parameters": network.parameters,
            **({} if network.mirrors is None else asdict(network.mirrors)),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, unknowns: int
    ) -> LayeredField:
        """Rebuild a field from :meth:`arrays`; ValueError where they do not fit together."""
        needed = {"sizes", "centre", "radius", "parameters"}
        if arrays.keys() not in (needed, needed | {"signs", "parities"}):
            raise ValueError("expected the arrays of a network of several layers")
        sizes = arrays["sizes"]
        if sizes.ndim != 1 or sizes.dtype.kind != "i" or len(sizes) < 3 or np.any(sizes < 1):
            raise ValueError(f"sizes: got {sizes}, expected a positive integer for each layer")
        if (sizes[0], sizes[-1]) != (dimension, unknowns):
            raise ValueError(f"sizes: got {sizes}, expected {dimension} first and {unknowns} last")
        check_array(arrays, "centre", (dimension,))
        check_array(arrays, "radius", (dimension,))
        if np.any(arrays["radius"] <= 0.0):
            raise ValueError("radius: expected positive numbers")
        count = int(np.sum((sizes[:-1] + 1) * sizes[1:]))
        check_array(arrays, "parameters", (count,))
        mirrors = None
        if "signs" in arrays:
            images = len(np.atleast_1d(arrays["signs"]))
            for name, width in (("signs", dimension), ("parities", unknowns)):
                check_array(arrays, name, (images, width))
                if np.any(np.abs(arrays[name]) != 1.0):
                    raise ValueError(f"{name}: expected 1 and -1")
            mirrors = Mirrors(arrays["signs"], arrays["parities"])
        box = arrays["centre"], arrays["radius"]
        return cls(Layered(tuple(map(int, sizes)), *box, arrays["parameters"], mirrors))

    def to_sympy(self, variables: Sequence[sympy.Symbol], unknowns: int) -> list[sympy.Expr]:
        """Return a formula for each unknown, tanh within tanh."""
        network = self.network
        scaled = [
            (variable - sympy.Float(centre)) / sympy.Float(radius)
            for variable, centre, radius in zip(
                variables, network.centre.tolist(), network.radius.tolist(), strict=True
            )
        ]
        if network.mirrors is None:
            return self._formulas(scaled)
        mirrors = network.mirrors
        images = [
            self._formulas([int(sign) * value for sign, value in zip(signs, scaled, strict=True)])
            for signs in mirrors.signs
        ]
        count = sympy.Integer(len(images))
        return [
            sympy.Add(
                *(
                    int(parity) * image[number]
                    for parity, image in zip(mirrors.parities[:, number], images, strict=True)
                )
            )
            / count
            for number in range(unknowns)
        ]

    def _formulas(self, values: list[sympy.Expr]) -> list[sympy.Expr]:
        """Of the outputs, for formulas of the coordinates in the scaled box."""
        for number, (weights, bias) in enumerate(self.network.layers):
            if number:
                values = [sympy.tanh(value, evaluate=False) for value in values]
            values = [
                sympy.Add(
                    sympy.Float(shift),
                    *(
                        sympy.Mul(sympy.Float(weight), value, evaluate=False)
                        for weight, value in zip(column, values, strict=True)
                    ),
                    evaluate=False,
                )
                for column, shift in zip(weights.T.tolist(), bias.tolist(), strict=True)
            ]
        return values
