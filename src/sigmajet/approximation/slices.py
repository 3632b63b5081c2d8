"""How many points are evaluated at once: so many that their numbers stay in a cache."""

from __future__ import annotations

# Numbers, 1 MB. With a quarter as many networks of 60 to 1000 neurons take 7 to 9 % longer, with
# four times as many 9 to 21 %, with 16 times twice as long.
_CACHED = 2**17


def points_at_once(numbers: int) -> int:
    """Points of a slice, where each holds so many numbers."""
    return max(1, _CACHED // numbers)
