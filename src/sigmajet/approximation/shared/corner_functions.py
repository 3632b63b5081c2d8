r"""Functions that are singular at corners of a region, with all derivatives, in closed form.

Solutions of elliptic equations of second order are no smoother at a corner than

.. math:: \operatorname{Re}\bigl(c\, z^{a} \bar z^{b} \log^{l} z\bigr), \qquad
          z = e^{i\beta}\, s \cdot (x - x_0),

with l = 0 or 1 and complex slopes s in which the principal part is the Laplacian (P. Grisvard,
Elliptic Problems in Nonsmooth Domains, 1985, chapter 4); a may be complex, as for systems. Then
:math:`\partial_j = z_j \partial_z + \bar z_j \partial_{\bar z}` with :math:`z_j = e^{i\beta} s_j`.
The logarithm is cut where :math:`s \cdot (x - x_0)` is negative. Where that ray meets a region, as
behind a hole of which x_0 is a corner, those cells alone have the function that the ray does not
meet from there on. In the others it is analytic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from math import comb
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...rounding import HALF_OF_THE_DIGITS
from ..saved import check_array


@dataclass(frozen=True, slots=True, eq=False)
class CornerFunctions:
    """Such functions, one for each entry.

    Attributes
    ----------
    vertices : array (n, 2)
        The corners x0.
    slopes : complex array (n, 2)
        s.
    turns : array (n,)
        beta.
    powers, spirals, conjugates, logarithms : array (n,)
        The real part of a and its imaginary part, b and l.
    phases : complex array (n,)
        c.
    reaches : array (n,)
        Length of the cut, from the corner, that does not meet the region.
    owners : array (n,)
        The number of the part of the region whose cells alone have the function; -1 for all of it.
    """

    vertices: Array
    slopes: NDArray[np.complex128]
    turns: Array
    powers: Array
    spirals: Array
    conjugates: Array
    logarithms: Array
    phases: NDArray[np.complex128]
    reaches: Array
    owners: Array

    @classmethod
    def about(
        cls,
        vertex: Array,
        slopes: NDArray[np.complex128],
        turn: float,
        reach: float,
        terms: Sequence[tuple[complex, float, float, complex]],
        owner: int = -1,
    ) -> CornerFunctions:
        """Those of one corner, by terms of a power, a conjugate, a logarithm and a phase each."""
        count = len(terms)
        powers, conjugates, logarithms, phases = np.array(terms, dtype=complex).reshape(-1, 4).T
        return cls(
            np.tile(vertex, (count, 1)),
            np.tile(slopes, (count, 1)),
            np.full(count, turn),
            powers.real,
            powers.imag,
            conjugates.real,
            logarithms.real,
            phases,
            np.full(count, reach),
            np.full(count, float(owner)),
        )

    def __len__(self) -> int:
        return len(self.powers)

    def beside(self, other: CornerFunctions) -> CornerFunctions:
        """Those of this, then those of another."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return CornerFunctions(*(np.concatenate(pair) for pair in pairs))

    def some(self, chosen: NDArray[np.bool_]) -> CornerFunctions:
        """Those chosen."""
        return CornerFunctions(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every function at points (m, 2), each (m, functions)."""
        found = {alpha: np.empty((len(points), len(self))) for alpha in orders}
        for here in self._by_corner():
            values = self._at_a_corner(here, points, found)
            for alpha, part in values.items():
                found[alpha][:, here] = part
        return found

    def held(
        self, lower: Array, upper: Array, owner: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """Which cells between corners (cells, 2) have which functions: those that no cut meets.

        The cells may be those of parts of the region.
        """
        found = np.ones((len(lower), len(self)), dtype=bool)
        if owner is not None:
            found &= (self.owners < 0.0) | (self.owners == owner[:, None])
        for here in self._by_corner():
            first = here[0]
            slopes = self.slopes[first]
            along = np.linalg.solve(np.array([slopes.real, slopes.imag]), [-1.0, 0.0])
            along /= np.linalg.norm(along)
            # Between which distances from the corner the ray is in a strip across each axis.
            near = HALF_OF_THE_DIGITS * self.reaches[first]
            along = np.where(np.abs(along) < np.finfo(float).tiny, np.finfo(float).tiny, along)
            ends = np.array([lower - near, upper + near]) - self.vertices[first]
            with np.errstate(over="ignore"):
                enters, leaves = np.sort(ends / along, axis=0)
            start = np.maximum(enters.max(axis=1), self.reaches[first] - near)
            met = (leaves.min(axis=1) >= start) & np.isfinite(start)
            found[np.ix_(met, here)] = False
        return found

    def _by_corner(self) -> Iterator[NDArray[np.intp]]:
        """The numbers of the functions of each corner."""
        places = np.column_stack([self.vertices, self.slopes, self.turns])
        _, owners = np.unique(places, axis=0, return_inverse=True)
        for corner in range(owners.max(initial=-1) + 1):
            yield np.flatnonzero(owners.ravel() == corner)

    def _at_a_corner(
        self, here: NDArray[np.intp], points: Array, orders: Iterable[Orders]
    ) -> dict[Orders, Array]:
        """Derivatives of the functions numbered, all at one corner."""
        first = here[0]
        ahead = (points - self.vertices[first]) @ self.slopes[first]
        radius = np.maximum(np.abs(ahead), np.finfo(float).tiny)
        logarithm = np.log(radius) + 1j * (np.angle(ahead) + self.turns[first])
        chain = self.slopes[first] * np.exp(1j * self.turns[first])
        a, b = self.powers[here] + 1j * self.spirals[here], self.conjugates[here]
        phase, logs = self.phases[here], self.logarithms[here] == 1
        powers: dict[tuple[complex, float], NDArray[np.complex128]] = {}

        def derivative(by_z: int, by_conjugate: int) -> NDArray[np.complex128]:
            # Of z^a log z the n-th derivative is (A log z + B) z^(a - n).
            factor, rest = np.ones_like(a), np.zeros_like(a)
            for n in range(by_z):
                factor, rest = factor * (a - n), rest * (a - n) + factor
            for n in range(by_conjugate):
                factor, rest = factor * (b - n), rest * (b - n)
            some = np.flatnonzero((factor != 0.0) | (logs & (rest != 0.0)))
            exponents = list(
                zip((a - by_z)[some].tolist(), (b - by_conjugate)[some].tolist(), strict=True)
            )
            if new := list({pair: None for pair in exponents if pair not in powers}):
                of_z, of_conjugate = np.array(new)[..., None].swapaxes(0, 1)
                values = np.exp(of_z * logarithm + of_conjugate * logarithm.conj())
                powers.update(zip(new, values, strict=True))
            found = np.zeros((len(here), len(points)), dtype=complex)
            if not len(some):
                return found
            along = (phase * factor)[some, None]
            if np.any(logs):
                with_log = along * logarithm + (phase * rest)[some, None]
                along = np.where(logs[some, None], with_log, along)
            found[some] = along * np.array([powers[pair] for pair in exponents])
            return found

        known: dict[tuple[int, int], NDArray[np.complex128]] = {}
        found = {}
        for alpha in orders:
            weights: dict[tuple[int, int], complex] = {}
            for i, j in product(range(alpha[0] + 1), range(alpha[1] + 1)):
                weight = comb(alpha[0], i) * comb(alpha[1], j) * chain[0] ** i * chain[1] ** j
                weight *= np.conj(chain[0] ** (alpha[0] - i) * chain[1] ** (alpha[1] - j))
                place = i + j, sum(alpha) - i - j
                weights[place] = weights.get(place, 0.0) + weight
            value = np.zeros((len(here), len(points)))
            for place, weight in weights.items():
                if place[1] and not np.any(b):
                    continue
                if place not in known:
                    known[place] = derivative(*place)
                value += (weight * known[place]).real
            found[alpha] = value.T
        return found

    def formulas(self, variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
        """Every function by radius and angle."""
        found = []
        for n in range(len(self)):
            shifted = [v - float(x) for v, x in zip(variables, self.vertices[n], strict=True)]
            real, imaginary = (
                sum((float(s) * v for s, v in zip(part, shifted, strict=True)), sympy.S.Zero)
                for part in (self.slopes[n].real, self.slopes[n].imag)
            )
            radius = sympy.sqrt(real**2 + imaginary**2)
            angle = sympy.atan2(imaginary, real) + float(self.turns[n])
            turned = float(self.powers[n] - self.conjugates[n]) * angle
            spiral = float(self.spirals[n])
            if spiral:
                turned += spiral * sympy.log(radius)
            parts = sympy.cos(turned), sympy.sin(turned)
            if self.logarithms[n]:
                logarithm = sympy.log(radius)
                parts = (
                    logarithm * parts[0] - angle * parts[1],
                    logarithm * parts[1] + angle * parts[0],
                )
            phase = complex(self.phases[n])
            size = radius ** float(self.powers[n] + self.conjugates[n])
            if spiral:
                size *= sympy.exp(-spiral * angle)
            found.append(size * (phase.real * parts[0] - phase.imag * parts[1]))
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that defines the functions, for saving."""
        return {f"corner_{f.name}": _real(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> CornerFunctions:
        """Rebuild from :meth:`arrays`, none where there were none; ValueError where unfit."""
        if "corner_powers" not in arrays:
            return NO_CORNERS
        count = len(arrays["corner_powers"])
        shapes = {"vertices": (count, 2), "slopes": (count, 4), "phases": (count, 2)}
        values: dict[str, NDArray[Any]] = {}
        arrays = {"corner_spirals": np.zeros(count), **arrays}  # which files of 2026 have not
        for f in fields(cls):
            if f"corner_{f.name}" not in arrays:
                raise ValueError(f"corner_{f.name} is missing")
            check_array(arrays, f"corner_{f.name}", shapes.get(f.name, (count,)))
            values[f.name] = arrays[f"corner_{f.name}"]
        for name in ("slopes", "phases"):
            values[name] = np.ascontiguousarray(values[name]).view(complex)
        return cls(**{**values, "phases": values["phases"][:, 0]})


def _real(values: NDArray[Any]) -> Array:
    """The same with real and imaginary parts side by side."""
    if values.dtype != complex:
        return values
    return np.ascontiguousarray(values).view(float).reshape(len(values), -1)


NO_CORNERS = CornerFunctions(
    np.empty((0, 2)),
    np.empty((0, 2), complex),
    np.empty(0),
    np.empty(0),
    np.empty(0),
    np.empty(0),
    np.empty(0),
    np.empty(0, complex),
    np.empty(0),
    np.empty(0),
)
