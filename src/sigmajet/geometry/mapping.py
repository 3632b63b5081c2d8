r"""From the reference cell to a cell of the domain: F, its inverse, and what F does to derivatives.

With :math:`x = F(\xi)` for :math:`\xi` in :math:`[-1, 1]^d` a function on the reference cell is one
on the cell, and where every coordinate is stretched by itself,

.. math:: \partial_x^\alpha = \Bigl(\prod_i (F_i')^{-\alpha_i}\Bigr)\, \partial_\xi^\alpha .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .._types import Array, Orders


class Mapping(Protocol):
    """A map of the reference cell onto a cell, coordinate by coordinate."""

    def from_reference(self, points: Array) -> Array:
        """Return F at points (m, d) of the reference cell."""
        ...

    def to_reference(self, points: Array) -> Array:
        """Return the points (m, d) of the reference cell that F takes to these."""
        ...

    def scale(self, orders: Orders) -> float:
        """Return what a derivative by reference coordinates is multiplied by for one by x."""
        ...


@dataclass(frozen=True, slots=True)
class AffineMap:
    """The map onto a box between two corners, (d,) each."""

    lower: Array
    upper: Array

    @property
    def middle(self) -> Array:
        """Where F takes the origin."""
        return 0.5 * (self.upper + self.lower)

    @property
    def half_widths(self) -> Array:
        """The derivatives F', half the length of the box along every axis."""
        return 0.5 * (self.upper - self.lower)

    def from_reference(self, points: Array) -> Array:
        """Map points of the reference cell onto the box, its faces exactly."""
        return np.asarray(0.5 * (self.lower * (1.0 - points) + self.upper * (1.0 + points)))

    def to_reference(self, points: Array) -> Array:
        """Map points of the domain onto reference coordinates."""
        return np.asarray((points - self.middle) / self.half_widths)

    def scale(self, orders: Orders) -> float:
        """Return half_widths**-alpha."""
        return float(np.prod(self.half_widths ** -np.array(orders, dtype=float)))
