"""Random numbers: a stream of its own for each purpose, spawned from the one seed of a solve.

A seed is a node of a tree, and each purpose, with a number where there are several of a kind,
names a branch of it (`numpy.random.SeedSequence` with that path as its `spawn_key`). Streams of
different paths are independent: points that tell an error are none of those that a solution was
fitted at, and the draws of seed 1 are not the second draws of seed 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np


class Purpose(IntEnum):
    """What is drawn. A new one goes to the end: the numbers are part of what is drawn."""

    PROBES = auto()  # where formulas are tried, whatever the seed of the solve
    SEARCH = auto()  # another search, from its beginning
    RUN = auto()  # one integration in time among several
    DRAW = auto()  # one solution among several that share the problem alone
    NEURONS = auto()  # inner weights of a network of some width
    POINTS = auto()  # where equations hold
    PLACES = auto()  # where a condition holds
    FACES = auto()  # where blocks meet
    UNSEEN = auto()  # where fields are compared, and what they leave of equations is measured
    SHAPES = auto()  # the same for networks of which one is chosen
    OFFERED = auto()  # points among which some are chosen for the next round of a training
    CHOICE = auto()  # which of these
    STATES = auto()  # values of unknowns without meaning


@dataclass(frozen=True, slots=True)
class Seed:
    """A node of the tree of seeds.

    Attributes
    ----------
    number : int
        What the user gave.
    path : tuple of int
        The purposes from there, each with its number.
    """

    number: int
    path: tuple[int, ...] = ()

    def of(self, purpose: Purpose, number: int = 0) -> Seed:
        """The seed for a purpose, or for one of several of its kind."""
        return Seed(self.number, (*self.path, purpose, number))

    def generator(self) -> np.random.Generator:
        """A generator at the beginning of the stream."""
        return np.random.default_rng(np.random.SeedSequence(self.number, spawn_key=self.path))


PROBES = Seed(0).of(Purpose.PROBES)
