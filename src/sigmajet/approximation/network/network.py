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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.special

from ..._types import Array, Orders
from ...geometry.points import sobol_points
from ...special import sigmoid, sigmoid_jet


@dataclass(frozen=True, slots=True)
class Network:
    """Hidden layer over the reference box: `weights` (width, d) and `biases` (width,)."""

    weights: Array
    biases: Array

    @property
    def width(self) -> int:
        """Number of neurons."""
        return len(self.biases)

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return int(self.weights.shape[1])

    def sigmoids(self, points: Array, totals: Iterable[int]) -> dict[int, Array]:
        """s^(n) of every neuron's argument at points (m, d), (m, width) for each n in `totals`.

        All of them share one exponential for each point and neuron.
        """
        wanted = set(totals)
        arguments = points @ self.weights.T
        arguments += self.biases
        if len(wanted) <= 1:
            return {n: sigmoid(n, arguments) for n in wanted}
        jet = sigmoid_jet(max(wanted), arguments)
        return {n: jet[n] for n in wanted}

    def powers(self, orders: Orders) -> Array:
        """w^alpha of every neuron, (width,)."""
        along = np.flatnonzero(orders)  # raising the others to 0 as well took a fifth of a solve
        return np.asarray(np.prod(self.weights[:, along] ** np.array(orders)[along], axis=1))

    def features(self, points: Array, orders: Iterable[Orders]) -> dict[Orders, Array]:
        """Derivatives of every neuron at points (m, d), (m, width) for each multi-index."""
        wanted = set(orders)
        sigmoids = self.sigmoids(points, map(sum, wanted))
        return {alpha: sigmoids[sum(alpha)] * self.powers(alpha) for alpha in wanted}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the inner weights of a layer are distributed.

    Attributes
    ----------
    steepness : float
        The largest slope over width**(1/d): detail for each neuron along an axis.
    sparse : bool
        Whether most neurons look along one or two axes only. In many dimensions this resolves
        sums of functions of few variables, where isotropic directions resolve radial ones.
    """

    steepness: float = 0.1
    sparse: bool = False


def draw_network(
    dimension: int,
    width: int,
    seed: int | Sequence[int],
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
    directions = scipy.special.ndtri(drawn[:, :dimension])
    if shape.sparse and dimension > 2:
        rng = np.random.default_rng(seed)
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


_FLATTEST = 0.5  # below, a layer spans a few polynomials only
# The flattest slope against the steepest, and how far beyond the box centres may be: neurons beyond
# the walls bend towards them. On a line, where errors end in rounding, flat and distant neurons
# leave least of it (equations of order 8: 1e-12, and 1e-10 with the values for more variables);
# there narrower slopes leave a third of the error.
_LEAST_ON_A_LINE, _LEAST = 0.2, 0.4
_BEYOND_A_LINE, _BEYOND = 2.1, 1.8
