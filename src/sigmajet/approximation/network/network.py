r"""Sigmoid networks of one hidden layer: features and all their derivatives in closed form.

.. math::

    u(x) = \sum_j a_j\, s(w_j \cdot x + b_j), \qquad
    \partial^\alpha u(x) = \sum_j a_j\, w_j^\alpha\, s^{(|\alpha|)}(w_j \cdot x + b_j)

==================  ==========================================
symbol              name here
==================  ==========================================
:math:`w_j`         ``weights[j]``, a row for each neuron
:math:`b_j`         ``biases[j]``
:math:`\alpha`      ``orders``, one order for each variable
:math:`a_j`         the outer weights: what least squares finds
==================  ==========================================

The inner weights are drawn once, over the reference box :math:`[-1, 1]^d`. What
decides the error is the slope :math:`|w|`: steep neurons resolve detail, flat ones
span smooth functions, and a *mixture* of slopes is worth several digits against
one slope for all (an equation of order 8 on 80 neurons: 1e-12 against 1e-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array, Integers, Orders
from ...geometry.sobol import sobol_points
from ...randomness import Seed
from ..saved import check_array
from ..slices import points_at_once
from .activation import ACTIVATIONS, SIGMOID, Activation
from .layers import Combination


@dataclass(frozen=True, slots=True)
class Network:
    """Hidden layer over the reference box: `weights` (width, d) and `biases` (width,)."""

    weights: Array
    biases: Array
    activation: Activation = SIGMOID

    @property
    def width(self) -> int:
        """Number of neurons."""
        return len(self.biases)

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return int(self.weights.shape[1])

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every neuron at points (m, d), (m, width) for each multi-index."""
        wanted = set(orders)
        activated = self._activated(points, map(sum, wanted))
        return {alpha: activated[sum(alpha)] * self._powers(alpha) for alpha in wanted}

    def contracted(self, points: Array, wanted: Sequence[tuple[Orders, Array]]) -> Array:
        """Derivatives of functions with outer weights (width,) at points (m, d), (k, m)."""
        totals = {sum(orders) for orders, _ in wanted}
        weights = [outer * self._powers(orders) for orders, outer in wanted]
        values = np.empty((len(wanted), len(points)))
        count = points_at_once(self.width)
        for start in range(0, len(points), count):
            here = slice(start, start + count)
            activated = self._activated(points[here], totals)
            for row, (orders, _), weight in zip(values, wanted, weights, strict=True):
                row[here] = activated[sum(orders)] @ weight
        return values

    def combination(self, groups: Sequence[Sequence[Orders]]) -> Combination:
        """Sums of derivatives of every neuron, weighted at every point; see :class:`.Layers`.

        Derivatives of one total order share s^(n): their factors and powers of w are summed first,
        in one matrix product.
        """
        totals = {sum(orders) for group in groups for orders in group}
        kinds = []
        for group in groups:
            alike: dict[int, list[int]] = {}
            for k, orders in enumerate(group):
                alike.setdefault(sum(orders), []).append(k)
            kinds.append(
                [
                    (total, chosen, np.array([self._powers(group[k]) for k in chosen]))
                    for total, chosen in alike.items()
                ]
            )

        def combined(points: Array, factors: Sequence[Array]) -> list[Array]:
            activated = self._activated(points, totals)
            sums = []
            for kind, shares in zip(kinds, factors, strict=True):
                parts = []
                for total, chosen, powers in kind:
                    part = shares[chosen].T @ powers
                    part *= activated[total]
                    parts.append(part)
                sums.append(_added(parts))
            return sums

        return combined

    def image(self, axes: Integers, signs: Array) -> Network:
        """The network whose neurons are those of this one after a map, see :mod:`.symmetry`."""
        return replace(self, weights=self.weights[:, axes] * signs)

    def beside(self, others: Sequence[Network]) -> Network:
        """One network with the neurons of this one, then those of others of the same activation."""
        every = (self, *others)
        return replace(
            self,
            weights=np.concatenate([network.weights for network in every]),
            biases=np.concatenate([network.biases for network in every]),
        )

    def formulas(self, variables: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """Every neuron as an expression in the variables of the reference box."""
        return [
            self.activation.formula(sum((w * x for w, x in zip(row, variables, strict=True)), bias))
            for row, bias in zip(self.weights.tolist(), self.biases.tolist(), strict=True)
        ]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that defines the network, for saving."""
        return {
            "weights": self.weights,
            "biases": self.biases,
            "activation": np.array(self.activation.name),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], dimension: int, prefix: str = ""
    ) -> Network:
        """Rebuild a network from :meth:`arrays`; ValueError where they do not fit together."""
        width, name = len(arrays[f"{prefix}biases"]), arrays[f"{prefix}activation"]
        check_array(arrays, f"{prefix}weights", (width, dimension))
        check_array(arrays, f"{prefix}biases", (width,))
        if name.shape != () or str(name) not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"{prefix}activation: got {name}, expected one of {known}")
        return cls(arrays[f"{prefix}weights"], arrays[f"{prefix}biases"], ACTIVATIONS[str(name)])

    def _activated(self, points: Array, totals: Iterable[int]) -> dict[int, Array]:
        """s^(n) of every neuron's argument at points (m, d), (m, width) for each n in `totals`.

        All of them share one exponential for each point and neuron.
        """
        wanted = set(totals)
        arguments = points @ self.weights.T
        arguments += self.biases
        if len(wanted) <= 1:
            return {n: self.activation.derivative(n, arguments) for n in wanted}
        jet = self.activation.jet(max(wanted), arguments)
        return {n: jet[n] for n in wanted}

    def _powers(self, orders: Orders) -> Array:
        """w^alpha of every neuron, (width,)."""
        along = np.flatnonzero(orders)  # raising the others to 0 as well took a fifth of a solve
        return np.asarray(np.prod(self.weights[:, along] ** np.array(orders)[along], axis=1))


def _added(parts: Sequence[Array]) -> Array:
    """The sum of some arrays, in the first of them."""
    total, *others = parts
    for part in others:
        total += part
    return total


@dataclass(frozen=True, slots=True)
class Shape:
    """How the inner weights of a layer are distributed.

    Attributes
    ----------
    steepness : float
        The largest slope over width**(1/d): detail for each neuron along an axis. With half and
        twice the default 30 problems on lines meet their tolerances in 60 and 44 attempts, with it
        in 47 (`benchmarks/sensitivity.py`).
    sparse : bool
        Whether most neurons look along one or two axes only. In many dimensions this resolves
        sums of functions of few variables, where isotropic directions resolve radial ones.
    """

    steepness: float = 0.1
    sparse: bool = False


def draw_network(
    dimension: int,
    width: int,
    seed: Seed,
    shape: Shape | None = None,
    *,
    images: int = 1,
) -> Network:
    """Draw directions, slopes and centres for a smooth function on the reference box.

    They follow a scrambled Sobol sequence, which leaves no gaps, and centres lie evenly over the
    projection of the box on their direction.

    As steep as for a network of all neurons if each is one of `images` that share an outer weight.
    """
    shape = shape or Shape()
    drawn = sobol_points(dimension + 2, width, seed)
    directions = _directions(drawn[:, :dimension])
    if shape.sparse and dimension > 2:
        rng = seed.generator()
        active = rng.choice([1, 2, dimension], width)  # a third of each
        rank = np.argsort(rng.random((width, dimension)), axis=1)
        directions[rank >= active[:, None]] = 0.0
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    steepest = max(_FLATTEST, shape.steepness * (width * images) ** (1.0 / dimension))
    least, beyond = (_LEAST_ON_A_LINE, _BEYOND_A_LINE) if dimension == 1 else (_LEAST, _BEYOND)
    slopes = steepest * (least + (1.0 - least) * drawn[:, -2])
    # The box reaches from the origin as far as |w|_1 along a direction w.
    reach = beyond * np.sum(np.abs(directions), axis=1)
    biases = slopes * reach * (2.0 * drawn[:, -1] - 1.0)
    return Network(directions * slopes[:, None], biases)


def _directions(drawn: Array) -> Array:
    """Isotropic directions, of any length, from points (width, d) of the unit cube."""
    if drawn.shape[1] == 1:
        return np.where(drawn < 0.5, -1.0, 1.0)
    from scipy.special import ndtri  # takes as long as a small problem

    return np.asarray(ndtri(drawn))


# Variables in which two networks tell the rate of all. In more, those of every width leave out the
# same high degrees. With 2 and 4 three problems in space and beyond are solved too, in 5 and 7
# attempts, with it in 7 (`benchmarks/sensitivity.py`).
PLAIN = 3
# Of the steepest slope: below, a layer spans a few polynomials only. It binds in many variables.
# With 0.25 and with 1, 33 problems on lines and 15 in the plane meet their tolerances in as many
# attempts (`benchmarks/sensitivity.py`).
_FLATTEST = 0.5
# The flattest slope against the steepest, and how far beyond the box centres may be: neurons beyond
# the walls bend towards them. On a line, where errors end in rounding, flat and distant neurons
# leave least of it (equations of order 8: 1e-12, and 1e-10 with the values for more variables);
# there narrower slopes leave a third of the error.
_LEAST_ON_A_LINE, _LEAST = 0.2, 0.4
_BEYOND_A_LINE, _BEYOND = 2.1, 1.8
