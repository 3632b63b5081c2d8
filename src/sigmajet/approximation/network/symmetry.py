"""Groups of reflections and exchanges of variables, and the networks whose neurons they carry."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Integers
from .network import Network

Words = NDArray[np.bool_]

# Maps to sum over. More make the solve faster but its network, a neuron for each map, larger.
_LARGEST = 512
# Of the dual code, at most. On a Gaussian in ten variables and 625 weights 32 reflections in cycles
# of ten left an estimate of 9e-5, 512 reflections 4e-4.
_DISTANCE = 5


@dataclass(frozen=True, slots=True)
class Symmetry:
    """A group of maps of the reference box: x_i -> signs[g, i] x[axes[g, i]], identity first."""

    axes: Integers
    signs: Array

    def __len__(self) -> int:
        return len(self.axes)

    def images(self, network: Network) -> tuple[Network, ...]:
        """The networks whose neurons are those of one after each map but the identity."""
        return tuple(
            network.image(axes, signs)
            for axes, signs in zip(self.axes[1:], self.signs[1:], strict=True)
        )


# The identity alone; what it does to axes and signs nobody asks.
NO_SYMMETRY = Symmetry(np.zeros((1, 0), dtype=np.intp), np.zeros((1, 0)))


def chosen_maps(
    dimension: int,
    reflected: Sequence[int],
    classes: Sequence[Sequence[int]],
    largest: int = _LARGEST,
) -> Symmetry:
    """As many maps as are allowed: reflections along axes, and cycles of equal axes."""
    choices = []
    for distance in range(1, min(len(reflected) + 1, _DISTANCE) + 1):
        words = code(len(reflected), distance)
        signs = np.ones((len(words), dimension))
        signs[:, reflected] = np.where(words, -1.0, 1.0)
        turns = np.arange(dimension)[None]
        for members in sorted(classes, key=len, reverse=True):
            if len(signs) * len(turns) * len(members) <= largest:
                turned = np.repeat(turns[None], len(members), axis=0)
                for step in range(len(members)):
                    turned[step][:, members] = turns[:, np.roll(members, step)]
                turns = turned.reshape(-1, dimension)
        if len(signs) <= largest:
            choices.append((len(signs) * len(turns), len(signs), turns, signs))
    _, _, turns, signs = max(choices, key=lambda choice: choice[:2])
    return Symmetry(np.repeat(turns, len(signs), axis=0), np.tile(signs, (len(turns), 1)))


def code(length: int, distance: int) -> Words:
    """Words (k, length) of the linear code whose dual is the lexicographic one of a distance.

    A lexicographic code, each word the first that is so far from all before, is linear, and what
    its words are orthogonal to is found without them: from the last place on, each column is the
    least number that is no sum, modulo two, of fewer than `distance` - 1 columns before (J. H.
    Conway and N. J. A. Sloane, Lexicographic codes, IEEE Trans. Information Theory 32, 1986).
    """
    columns: list[int] = []
    for _ in range(length):
        sums = {
            functools.reduce(operator.xor, chosen, 0)
            for count in range(distance - 1)
            for chosen in itertools.combinations(columns, count)
        }
        columns.append(next(number for number in itertools.count() if number not in sums))
    rows = max(columns, default=0).bit_length()
    bits = np.array(columns[::-1], dtype=int)[None] >> np.arange(rows)[:, None] & 1
    choices = np.array(list(itertools.product((0, 1), repeat=rows)), dtype=int)
    words = choices @ bits % 2 == 1
    return np.asarray(words[np.lexsort(words.T[::-1])] if length else words)
