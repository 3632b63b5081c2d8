"""What a symbol was declared to be, against the values that it takes.

SymPy simplifies by declarations before anyone can see it: `sqrt(r**2)` is `r` where `r` was
declared positive, and `sin(pi*n)` is 0 where `n` was declared an integer. On values that do not
keep the declaration such an equation is another one than was written.
"""

from __future__ import annotations

import sympy

from ...errors import ProblemError
from .constant import number

__all__ = ["refuse_broken_assumptions"]


def refuse_broken_assumptions(symbol: sympy.Symbol, lower: float, upper: float, what: str) -> None:
    """Refuse a symbol that takes the values from `lower` to `upper` but was declared otherwise.

    Raises
    ------
    ProblemError

    Examples
    --------
    >>> refuse_broken_assumptions(sympy.Symbol("r", positive=True), 0.0, 1.0, "domain")
    """
    varies = lower < upper
    # The end itself may break a strict declaration: r > 0 on [0, 1] is what users mean.
    broken = {
        "zero": symbol.is_zero and (varies or lower != 0.0),
        "positive": symbol.is_positive and (lower < 0.0 if varies else lower <= 0.0),
        "nonnegative": symbol.is_nonnegative and lower < 0.0,
        "negative": symbol.is_negative and (upper > 0.0 if varies else upper >= 0.0),
        "nonpositive": symbol.is_nonpositive and upper > 0.0,
        "nonzero": symbol.is_zero is False and not varies and lower == 0.0,
        "integer": symbol.is_integer and (varies or lower != int(lower)),
        "even": symbol.is_even and lower % 2.0 != 0.0,
        "odd": symbol.is_odd and lower % 2.0 != 1.0,
        "prime": symbol.is_prime and not sympy.isprime(int(lower)),
        "imaginary": symbol.is_imaginary,
        "not real": symbol.is_extended_real is False,
        "infinite": symbol.is_infinite,
        "not commutative": symbol.is_commutative is False,
    }
    for declared, is_broken in broken.items():
        if is_broken:
            ends = f"runs from {number(lower)} to {number(upper)}"
            taken = ends if varies else f"is {number(lower)}"
            raise ProblemError(
                f"{what}: {symbol} was declared {declared}, but it {taken}, and SymPy may have "
                "simplified by the declaration; make the symbol without it"
            )
