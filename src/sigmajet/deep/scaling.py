"""Coefficients about as large as derivatives, in numbers of every type.

    mathematics                                          name
    p = floor(log2(K!)/K)                                lengthening(K)
    u^(k) = k! u_k = k!/2^(p k) (2^(p k) u_k)            unit(k, K)

The coefficients u_k of a Taylor series are k! below the derivatives: in float32 those of exp vanish
from k = 34 on. Along 2^p times a direction they are 2^(p k) larger, exactly.
"""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["lengthening", "unit"]


def lengthening(order: int) -> int:
    """The power of two by which directions of a jet up to an order are lengthened.

    Examples
    --------
    >>> lengthening(2), lengthening(40)
    (0, 3)
    """
    return math.floor(math.log2(math.factorial(order)) / order) if order else 0


def unit(k: int, order: int) -> float:
    """What the k-th coefficient along a lengthened direction is multiplied with.

    Examples
    --------
    >>> unit(2, 2), unit(40, 40) > 1
    (2.0, True)
    """
    return float(Fraction(math.factorial(k), 2 ** (k * lengthening(order))))
