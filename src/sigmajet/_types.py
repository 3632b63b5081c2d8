"""Names of types that every room uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Derivatives", "Integers", "Method", "Orders"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Orders = tuple[int, ...]
"""One order of differentiation for each variable."""
Derivatives = Callable[[Orders, Array, float], Array]
"""From orders, points (m, d) and their relative rounding to values (m, n), a column for each
component."""

Method = Literal["auto", "steady", "initial_value", "evolution", "deep"]
"""What `solve`, problem files and the command line accept as `method`."""
