r"""Solid harmonics about points of space, singular there, with all derivatives.

Outside of a cavity about c, what it brings into a harmonic function is a sum of derivatives of
:math:`1/r`, :math:`r = |x - c|`: those of degree l span the solid harmonics
:math:`r^{-l-1} Y_{lm}` (E. W. Hobson, The Theory of Spherical and Ellipsoidal Harmonics, 1931,
section 79; it is Kelvin's inversion of the polynomials of that degree), and as
:math:`\partial_z^2 = -\partial_x^2 - \partial_y^2` on them, those with one derivative by z at most
are :math:`2 l + 1` independent ones. In units R of the cavity, :math:`y = (x - c) / R`, the
functions are

.. math:: f_\alpha = \frac{1}{|\alpha|!} \partial_y^\alpha \frac1{|y|}, \qquad \alpha_3 \le 1,

and :math:`t_k = \partial^k (1/|y|) / k!` obey

.. math:: |k|\, |y|^2 t_k = - (2 |k| - 1) \sum_i y_i\, t_{k - e_i} - (|k| - 1) \sum_i t_{k - 2 e_i}

(Z.-H. Duan and R. Krasny, An adaptive treecode for computing nonbonded potential energy, J. Comput.
Chem. 22, 2001). All of them grow without bound at c.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...rules.samples import FEW
from ..saved import check_array

__all__ = ["NO_HARMONICS", "Harmonics"]


@dataclass(frozen=True, slots=True, eq=False)
class Harmonics:
    """All of them up to a degree, about some points.

    Attributes
    ----------
    centres : array (n, 3)
        c.
    radii : array (n,)
        R.
    degrees : array (n,)
        The highest l.
    owners : array (n,)
        The number of the part of the region whose cells alone have them; -1 for all of it.
    """

    centres: Array
    radii: Array
    degrees: Array
    owners: Array

    def __len__(self) -> int:
        return int(np.sum((self.degrees + 1.0) ** 2))

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every function at points (m, 3), each (m, functions)."""
        wanted = list(orders)
        found: dict[Orders, list[Array]] = {alpha: [np.empty((len(points), 0))] for alpha in wanted}
        for centre, radius, degree in zip(self.centres, self.radii, self.degrees, strict=True):
            highest = max((sum(alpha) for alpha in wanted), default=0)
            taylor = _taylor((points - centre) / radius, int(degree) + highest)
            for alpha in wanted:
                unit = radius ** -float(sum(alpha))
                columns = [
                    unit * _factor(k, alpha) * taylor[_sum(k, alpha)] for k in _kinds(int(degree))
                ]
                found[alpha].append(np.stack(columns, axis=-1))
        return {alpha: np.hstack(parts) for alpha, parts in found.items()}

    def held(
        self, lower: Array, upper: Array, owner: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """Which cells have which functions: all, or those of a part."""
        counts = ((self.degrees + 1.0) ** 2).astype(int)
        owners = np.repeat(self.owners, counts)
        found = np.ones((len(lower), len(owners)), dtype=bool)
        return found if owner is None else (owners < 0.0) | (owners == owner[:, None])

    def formulas(self, variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
        """Every function as a derivative, carried out."""
        found = []
        for centre, radius, degree in zip(self.centres, self.radii, self.degrees, strict=True):
            shifted = [v - float(c) for v, c in zip(variables, centre, strict=True)]
            source = float(radius) / sympy.sqrt(sum((s**2 for s in shifted), sympy.S.Zero))
            for k in _kinds(int(degree)):
                steps = [(v, n) for v, n in zip(variables, k, strict=True) if n]
                slope = sympy.diff(source, *steps) if steps else source
                found.append(float(radius) ** sum(k) / math.factorial(sum(k)) * slope)
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that defines the functions, for saving."""
        names = ("centres", "radii", "degrees", "owners")
        return {f"harmonic_{name}": getattr(self, name) for name in names}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Harmonics:
        """Rebuild from :meth:`arrays`, none where there were none; ValueError where unfit."""
        if "harmonic_radii" not in arrays:
            return NO_HARMONICS
        count = len(arrays["harmonic_radii"])
        shapes = {"centres": (count, 3), "radii": (count,), "degrees": (count,), "owners": (count,)}
        values = []
        for name, shape in shapes.items():
            if f"harmonic_{name}" not in arrays:
                raise ValueError(f"harmonic_{name} is missing")
            check_array(arrays, f"harmonic_{name}", shape)
            values.append(arrays[f"harmonic_{name}"])
        degrees = values[2]
        if np.any((degrees < 0.0) | (degrees > FEW) | (degrees % 1.0 != 0.0)):
            raise ValueError(f"harmonic_degrees: expected integers from 0 to {FEW}")
        return cls(*values)


NO_HARMONICS = Harmonics(np.empty((0, 3)), np.empty(0), np.empty(0), np.empty(0))


def _kinds(degree: int) -> list[Orders]:
    """The derivatives that make the functions, by degree."""
    return [
        (i, level - last - i, last)
        for level in range(degree + 1)
        for last in range(min(level, 1) + 1)
        for i in range(level - last + 1)
    ]


def _sum(first: Orders, second: Orders) -> Orders:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _factor(kind: Orders, more: Orders) -> float:
    """What t of the sum is multiplied by for a derivative of f."""
    whole = math.prod(math.factorial(n) for n in _sum(kind, more))
    return whole / math.factorial(sum(kind))


def _taylor(y: Array, highest: int) -> dict[Orders, Array]:
    """t_k at points (m, 3) for all k up to a degree."""
    square = np.maximum(np.sum(y**2, axis=1), np.finfo(float).tiny)
    found: dict[Orders, Array] = {(0, 0, 0): square**-0.5}
    with np.errstate(over="ignore", invalid="ignore"):  # at c itself, where nothing is asked
        for size in range(1, highest + 1):
            for a, b in itertools.product(range(size + 1), repeat=2):
                if a + b > size:
                    continue
                k = (a, b, size - a - b)
                total = np.zeros(len(y))
                for axis in range(3):
                    one = tuple(n - (i == axis) for i, n in enumerate(k))
                    two = tuple(n - 2 * (i == axis) for i, n in enumerate(k))
                    if one[axis] >= 0:
                        total -= (2 * size - 1) * y[:, axis] * found[one]
                    if two[axis] >= 0:
                        total -= (size - 1) * found[two]
                found[k] = total / (size * square)
    return found
