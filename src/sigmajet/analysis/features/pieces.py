"""Pieces of an interval on which a function is a polynomial, and points that see them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ..._types import Array

POINTS = 40  # of a piece: what a block of a line at first, of 48 neurons, can follow
NODES = chebyshev.chebpts1(POINTS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an interval, and the degree at which a function is a polynomial up to a limit."""

    lower: float
    upper: float
    degree: int
    limit: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """Of an interval, with the places towards which they would shrink without end."""

    pieces: tuple[Piece, ...]
    ends: tuple[float, ...] = ()


def spread(found: Sequence[Sequence[Piece]]) -> Array:
    """Points so dense that pieces of each function hold their degree and one more of them."""
    edges = np.unique([end for pieces in found for p in pieces for end in (p.lower, p.upper)])
    if not len(edges):
        return edges
    middles = 0.5 * (edges[:-1] + edges[1:])
    density = np.zeros(len(middles))
    for pieces in found:
        for p in pieces:
            inside = (p.lower < middles) & (middles < p.upper)
            density[inside] = np.maximum(density[inside], (p.degree + 1) / (p.upper - p.lower))
    passed = np.concatenate([[0.0], np.cumsum(density * np.diff(edges))])
    rising = np.concatenate([[True], np.diff(passed) > 0.0])
    between = np.interp(np.arange(0.5, passed[-1]), passed[rising], edges[rising])
    return np.asarray(between)
