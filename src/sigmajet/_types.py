"""Names of types that every room uses."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Integers", "Method", "Orders"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Orders = tuple[int, ...]
"""One order of differentiation for each variable."""

Method = Literal["auto", "steady", "initial_value", "evolution"]
"""What `solve`, problem files and the command line accept as `method`."""
