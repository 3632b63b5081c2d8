"""How many points are evaluated at once: so many that their numbers stay in a cache."""

from __future__ import annotations

SLICE = 4096  # points: 2**22 doubles of work space where a network of width 1000 is contracted
_CACHED = 2**19  # numbers, 4 MB: beyond, networks of 16 000 neurons take twice as long


def points_at_once(numbers: int) -> int:
    """Points of a slice, where each holds so many numbers."""
    return max(1, min(SLICE, _CACHED // numbers))
