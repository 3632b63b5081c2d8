r"""Pieces beside a place where a function is not holomorphic that hold more than their nearness.

Towards such a place pieces shrink in proportion to their distance s, whatever the function does
there. What goes on as it came, like a power of s above -1, has less and less in each octave of s:
in its change over the octave times the length of that,

.. math:: C(s) = s\, \bigl(\max_{[s, 2s]} f - \min_{[s, 2s]} f\bigr),

which is what points no nearer than 2s miss of its integral. Of a pulse, as of
:math:`e^{-a/s} s^{-3/2}` at s near a, C rises towards the place and falls again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..._types import Array
from ...rules.judgement import A_DIGIT, HALVED, SEVERAL, SLIGHT
from .pieces import NODES, Piece, Pieces


def with_a_width(
    found: Pieces,
    reach: float,
    lines: Sequence[Callable[[Array], Array]],
    rounding: Callable[[float], float] = lambda place: 0.0,
) -> Pieces:
    """Those pieces alone that no end is near, within their length times `reach`.

    Towards a kink, a switch or a pole pieces shrink in proportion to their distance. Those that
    hold a pulse beside one stay, and what is further off than the pulse; `lines` are the function
    along the variable, and `rounding` is what of a value is noise.
    """
    if not found.ends:
        return found
    ends = np.array(found.ends)
    kept: list[Piece] = []
    shadowed: dict[tuple[float, bool], list[Piece]] = {}
    for piece in found.pieces:
        apart = np.maximum(piece.lower - ends, ends - piece.upper)
        nearest = float(ends[np.argmin(apart)])
        if apart.min() > reach * (piece.upper - piece.lower):
            kept.append(piece)
        else:
            shadowed.setdefault((nearest, piece.lower > nearest), []).append(piece)
    for (end, above), pieces in shadowed.items():
        begins = _pulse(end, 1.0 if above else -1.0, pieces, lines, rounding)
        kept += [p for p in pieces if max(abs(p.lower - end), abs(p.upper - end)) > begins]
    return replace(found, pieces=tuple(sorted(kept, key=lambda piece: piece.lower)))


def _pulse(
    end: float,
    side: float,
    pieces: Sequence[Piece],
    lines: Sequence[Callable[[Array], Array]],
    rounding: Callable[[float], float],
) -> float:
    """The distance from an end at which the pulse that is nearest begins; infinite without one."""
    distances = np.abs([[p.lower - end, p.upper - end] for p in pieces])
    furthest, closest = float(distances.max()), float(distances.min())
    # Octaves: the end is known to the distance of the nearest piece.
    count = int(np.log2(furthest / (A_DIGIT * closest))) if closest > 0.0 else 0
    if count < SEVERAL:
        return np.inf
    lengths = furthest * 0.5 ** np.arange(1.0, count + 1.0)
    at = end + side * lengths[:, None] * (1.0 + 0.5 * (1.0 + NODES))
    values = np.array([line(at.ravel()).reshape(at.shape) for line in lines])
    changes = np.nan_to_num(np.ptp(values, axis=2).max(axis=0))
    noise = np.array([max(map(rounding, octave[:SEVERAL])) for octave in at.tolist()])
    weight = pieces[0].limit * (pieces[0].upper - pieces[0].lower) ** 0.5  # of all pieces alike
    told = (changes * lengths**0.5 > weight) & (changes > 2.0 * noise)  # both ends of a change
    held = np.where(told, changes * lengths, 0.0)
    risen = np.minimum.accumulate(held) <= HALVED * held
    fallen = np.minimum.accumulate(held[::-1])[::-1] <= HALVED * held
    pulses = np.flatnonzero(risen & fallen & (held > 0.0))
    if not len(pulses):
        return np.inf
    last = int(pulses[-1])
    begin = last + int(np.argmax(held[last:] <= max(SLIGHT * held[last], held[last:].min())))
    return float(lengths[begin])
