"""Tanh networks of several layers in NumPy: partial derivatives, and the gradients of these.

mathematics                                          name
h_0 = (x - c) / r                                    centre, radius
z_l = h_{l-1} W_l + b_l,  h_l = tanh(z_l)            hidden layers
v = h_L W_{L+1} + b_{L+1}                            outputs
W_1, b_1, W_2, b_2, ...                              parameters
u_i(h_0) = mean over g of p_{g,i} v_i(s_g h_0)       mirrors: s_g = signs[g], p_g = parities[g]

The mean over reflections of the box is even or odd, as its parities say, whatever the weights.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .._types import Array, Orders
from ..randomness import Seed
from .lines import Lines

__all__ = ["Layered", "Mirrors", "Wanted"]

Wanted = Sequence[tuple[int, Orders]]
"""Which derivatives are taken: the number of an output, and an order for each variable."""


@dataclass(frozen=True, slots=True, eq=False)
class Mirrors:
    """A group of reflections of the box, and what they do to each output.

    Attributes
    ----------
    signs : array, shape (g, d)
        Of the coordinates about the middle, 1 or -1, the identity first.
    parities : array, shape (g, outputs)
        1 where an output stays, -1 where it changes its sign.
    """

    signs: Array
    parities: Array

    @classmethod
    def generated(cls, dimension: int, reflections: Sequence[tuple[int, Sequence[int]]]) -> Mirrors:
        """The group of reflections along some axes, each with a parity for every output.

        Examples
        --------
        >>> mirrors = Mirrors.generated(2, [(0, (1, -1))])
        >>> mirrors.signs.tolist(), mirrors.parities.tolist()
        ([[1.0, 1.0], [-1.0, 1.0]], [[1.0, 1.0], [1.0, -1.0]])
        """
        outputs = len(reflections[0][1])
        signs, parities = np.ones((1, dimension)), np.ones((1, outputs))
        for axis, parity in reflections:
            turned = np.ones(dimension)
            turned[axis] = -1.0
            signs = np.concatenate([signs, signs * turned])
            parities = np.concatenate([parities, parities * np.array(parity, dtype=float)])
        return cls(signs, parities)

    def shares(self, wanted: Wanted) -> Array:
        """What each image adds to each derivative, (g, k)."""
        orders = np.array([orders for _, orders in wanted], dtype=int).reshape(
            len(wanted), self.signs.shape[1]
        )
        outputs = [output for output, _ in wanted]
        shares = np.ones((len(self.signs), len(wanted)))
        for share, signs, parities in zip(shares, self.signs, self.parities, strict=True):
            share *= np.prod(signs**orders, axis=1) * parities[outputs] / len(shares)
        return shares


@dataclass(frozen=True, slots=True, eq=False)
class Layered:
    """A network of tanh layers over a box, with an output for each unknown.

    Parameters
    ----------
    sizes : tuple of int
        Variables, neurons of each hidden layer, outputs.
    centre, radius : array, shape (d,)
        Of the box that is scaled to [-1, 1].
    parameters : array, shape (p,)
        Weights (in, out) and biases (out,) of the layers, in their order.
    mirrors : Mirrors, optional
        Reflections of the box over which the mean is taken; none by default.

    Examples
    --------
    >>> import numpy as np
    >>> from sigmajet.randomness import Seed
    >>> network = Layered.drawn((2, 8, 8, 1), np.zeros(2), np.ones(2), Seed(0))
    >>> network.derivatives(((0, (0, 0)), (0, (2, 0))), np.zeros((3, 2))).shape
    (2, 3)
    """

    sizes: tuple[int, ...]
    centre: Array
    radius: Array
    parameters: Array
    mirrors: Mirrors | None = None
    _lines: dict[tuple[tuple[int, Orders], ...], tuple[Lines, Array]] = dataclasses.field(
        default_factory=dict, repr=False
    )

    @classmethod
    def drawn(cls, sizes: tuple[int, ...], centre: Array, radius: Array, seed: Seed) -> Layered:
        """Draw the weights that a training starts from.

        Behind the first layer they have variance 2 / (in + out) (X. Glorot and Y. Bengio, AISTATS
        2010). Those of the first have variance 2 / d, so that slopes are as steep in any number of
        variables, times a factor of each neuron, log-uniform from 1 to 8; its neurons are centred
        at uniform points of the box. Without the factor Allen and Cahn's equation with layers of a
        hundredth had an error of 0.45 after 60 steps of 3 x 20 neurons, with it 0.22, and with one
        of up to 30 of 0.3; Burgers' front of 0.01/pi had 3e-4 after 100 steps either way.
        """
        rng = seed.generator()
        inputs, first, *_ = sizes
        slopes = math.sqrt(2.0 / inputs) * rng.standard_normal((inputs, first))
        slopes *= 8.0 ** rng.uniform(size=first)
        places = rng.uniform(-1.0, 1.0, (inputs, first))
        parts = [slopes, -np.sum(slopes * places, axis=0)]
        for before, after in pairwise(sizes[1:]):
            scale = math.sqrt(2.0 / (before + after))
            parts += [scale * rng.standard_normal((before, after)), np.zeros(after)]
        return cls(sizes, centre, radius, np.concatenate([part.ravel() for part in parts]))

    def at(self, parameters: Array) -> Layered:
        """The network with other parameters."""
        return dataclasses.replace(self, parameters=parameters)

    @property
    def layers(self) -> list[tuple[Array, Array]]:
        """Weights (in, out) and biases (out,) of each layer."""
        found, start = [], 0
        for before, after in pairwise(self.sizes):
            middle = start + before * after
            weights = self.parameters[start:middle].reshape(before, after)
            found.append((weights, self.parameters[middle : middle + after]))
            start = middle + after
        return found

    def derivatives(self, wanted: Wanted, points: Array) -> Array:
        """Return d^orders u_i at points (m, d) for each (i, orders) wanted, (k, m)."""
        lines, units = self._along(wanted)
        values = np.zeros((len(wanted), len(points)))
        for images, shares in self._images(wanted, points):
            for some in self._slices(len(points), lines):
                found = lines.combined(self._forward(images[some], lines)[0])
                values[:, some] += shares[:, None] * found
        return units[:, None] * values

    def gradients(self, wanted: Wanted, points: Array, weights: Array) -> Array:
        """The gradient by the parameters, at each point, of a weighted sum of derivatives.

        Parameters
        ----------
        wanted
            As for `derivatives`.
        points : array, shape (m, d)
        weights : array, shape (k, m)
            Of each derivative at each point.

        Returns
        -------
        array, shape (m, p)
        """
        lines, units = self._along(wanted)
        rows = np.zeros((len(points), len(self.parameters)))
        weighted = units[:, None] * weights
        for images, shares in self._images(wanted, points):
            for some in self._slices(len(points), lines):
                _, kept = self._forward(images[some], lines)
                adjoint = lines.spread(shares[:, None] * weighted[:, some], self.sizes[-1])
                self._backward(rows[some], adjoint, kept, lines)
        return rows

    def _images(self, wanted: Wanted, points: Array) -> Iterator[tuple[Array, Array]]:
        """Points of the scaled box after each reflection, and the shares of derivatives there."""
        scaled = (points - self.centre) / self.radius
        if self.mirrors is None:
            yield scaled, np.ones(len(wanted))
            return
        for signs, shares in zip(self.mirrors.signs, self.mirrors.shares(wanted), strict=True):
            yield signs * scaled, shares

    def _along(self, each: Wanted) -> tuple[Lines, Array]:
        """The lines in the scaled box, and what derivatives there are multiplied with."""
        wanted = tuple(each)
        if wanted not in self._lines:
            units = [np.prod(self.radius ** -np.array(orders, dtype=float)) for _, orders in wanted]
            self._lines[wanted] = Lines.of(wanted), np.array(units)
        return self._lines[wanted]

    def _slices(self, points: int, lines: Lines) -> Iterator[slice]:
        """Points whose series fill a quarter of a megabyte a layer, which caches hold."""
        each = max(1, 2**15 // (lines.rows * max(self.sizes)))
        for start in range(0, points, each):
            yield slice(start, start + each)

    def _forward(self, points: Array, lines: Lines) -> tuple[Array, list[tuple[Array, Array]]]:
        """Series of the outputs (rows, m, n); of each layer its input, and w of that."""
        (weights, bias), *deeper = self.layers
        start = lines.start(points)
        kept = [(start, start)]
        series = _affine(start, weights, bias)
        for weights, bias in deeper:
            kept.append(lines.hyperbolic_tangent(series))
            series = _affine(kept[-1][0], weights, bias)
        return series, kept

    def _backward(
        self, rows: Array, adjoint: Array, kept: list[tuple[Array, Array]], lines: Lines
    ) -> None:
        """Add gradients (m, p), from the adjoint (rows, m, n) of the outputs."""
        stop = rows.shape[1]
        for (weights, bias), (values, slope) in zip(self.layers[::-1], kept[::-1], strict=True):
            rows[:, stop - len(bias) : stop] += adjoint[0]
            stop -= len(bias)
            outer = np.matmul(values.transpose(1, 2, 0), adjoint.transpose(1, 0, 2))
            rows[:, stop - weights.size : stop] += outer.reshape(len(rows), -1)
            stop -= weights.size
            if stop:
                back = adjoint.reshape(-1, len(bias)) @ weights.T
                adjoint = lines.correlated(slope, back.reshape(*adjoint.shape[:2], -1))


def _affine(series: Array, weights: Array, bias: Array) -> Array:
    """The series of h W + b, as one product."""
    rows, points, width = series.shape
    result = (series.reshape(-1, width) @ weights).reshape(rows, points, -1)
    result[0] += bias
    return result
