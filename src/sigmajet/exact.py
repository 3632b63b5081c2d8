"""Exact numbers behind the derivatives of the logistic sigmoid.

With ``s(x) = 1/(1 + exp(-x))`` the Riccati equation ``s' = s(1 - s)`` makes every derivative a
polynomial in s with integer coefficients:

    s^(n) = sum_{k=1}^{n+1} c(n,k) s^k                            `coefficients`, OEIS A163626
    c(n,k) = (-1)^(k+1) (k-1)! S(n+1,k)                           S: `stirling2`, OEIS A008277
    s^(n) = sum_{k=1}^{n} (-1)^(k-1) A(n,k-1) s^k (1-s)^(n+1-k)   A: `eulerian`, OEIS A008292

The last form is that of Minai and Williams, Neural Networks 6 (1993) 845-853. The function
``1/(1 - exp(-x))`` solves the same equation, so the same coefficients serve it.

Integers only: in floating point the sums cancel beyond small n, see `sigmajet.sigmoid`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from numbers import Integral, Rational
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpmath import mpf

__all__ = ["coefficients", "coefficients_by_recurrence", "eulerian", "evaluate", "stirling2"]


def _index(name: str, value: int) -> int:
    if not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} = {value!r}: expected an integer >= 0")
    return int(value)


def stirling2(n: int, k: int) -> int:
    """Stirling number of the second kind: partitions of n things into k nonempty sets.

    k! S(n,k) = sum_{j=0}^{k} (-1)^(k-j) binomial(k,j) j^n; zero for k > n.

    Raises
    ------
    ValueError
        If n or k is no integer >= 0.

    Examples
    --------
    >>> [stirling2(4, k) for k in range(5)]
    [0, 1, 7, 6, 1]
    """
    n, k = _index("n", n), _index("k", k)
    signed = (math.comb(k, j) * j**n * (1 if (k - j) % 2 == 0 else -1) for j in range(k + 1))
    return int(sum(signed)) // math.factorial(k)


def coefficients(n: int) -> tuple[int, ...]:
    """Return (c(n,1), ..., c(n,n+1)) with s^(n) = sum c(n,k) s^k, from the closed form.

    c(n,k) = (-1)^(k+1) (k-1)! S(n+1,k), OEIS A163626. The work grows as n^3 products of integers
    of about n log2(n) bits; `coefficients_by_recurrence` takes n^2 sums.

    Raises
    ------
    ValueError
        If n is no integer >= 0.

    Examples
    --------
    >>> coefficients(2)  # s'' = s - 3 s^2 + 2 s^3
    (1, -3, 2)
    """
    n = _index("n", n)
    return tuple(
        (-1) ** (k + 1) * math.factorial(k - 1) * stirling2(n + 1, k) for k in range(1, n + 2)
    )


def coefficients_by_recurrence(n: int) -> tuple[int, ...]:
    """Return the same numbers as `coefficients`, by c(n+1,k) = k c(n,k) - (k-1) c(n,k-1).

    Raises
    ------
    ValueError
        If n is no integer >= 0.

    Examples
    --------
    >>> coefficients_by_recurrence(3)
    (1, -7, 12, -6)
    """
    row = [1]
    for _ in range(_index("n", n)):
        row = [
            k * c - (k - 1) * before
            for k, (c, before) in enumerate(zip([*row, 0], [0, *row], strict=True), start=1)
        ]
    return tuple(row)


@lru_cache(maxsize=8)
def eulerian(n: int) -> tuple[int, ...]:
    """Return the Eulerian numbers (A(n,0), ..., A(n,n-1)); for n = 0 the empty product, (1,).

    A(n,k) counts the permutations of n things with k ascents:
    A(n,k) = (k+1) A(n-1,k) + (n-k) A(n-1,k-1), OEIS A008292.

    Raises
    ------
    ValueError
        If n is no integer >= 0.

    Examples
    --------
    >>> eulerian(4)
    (1, 11, 11, 1)
    """
    n = _index("n", n)
    row = [1]
    for m in range(2, n + 1):
        row = [
            (k + 1) * a + (m - k) * before
            for k, (a, before) in enumerate(zip([*row, 0], [0, *row], strict=True))
        ]
    return tuple(row)


def evaluate(n: int, x: Any, digits: int = 50) -> mpf:
    """Return s^(n)(x), correctly rounded to the binary precision that carries `digits` digits.

    Parameters
    ----------
    n : int
        Order of the derivative, any integer >= 0. The cost grows as n^2.
    x : int, float, Fraction, Decimal, mpf or str
        Taken exactly: ``0.1`` is the double nearest to one tenth, ``"0.1"`` is one tenth.
    digits : int
        Decimal digits of the result.

    Returns
    -------
    mpmath.mpf
        At infinity the limit, 1 or 0; at nan, nan.

    Raises
    ------
    ValueError
        If n is no integer >= 0, or `digits` none >= 1.

    Notes
    -----
    The Eulerian form is summed with a running error bound, and the precision is doubled until
    the bound decides the rounding. That ends: for rational x != 0 the value is transcendental,
    and for x = 0 it is a rational number, rounded directly.

    Examples
    --------
    >>> evaluate(10, 20, digits=20)  # mpmath shows as many digits as its own precision says
    mpf('-2.0611492721243175e-9')
    """
    from ._extras import needed_by

    with needed_by("exact.evaluate"):
        import mpmath
        from mpmath.libmp import dps_to_prec, from_rational, mpf_pos

    n = _index("n", n)
    if not isinstance(digits, Integral) or digits < 1:
        raise ValueError(f"digits = {digits!r}: expected an integer >= 1")
    precision = dps_to_prec(int(digits))
    exact = _fraction(x)
    if not isinstance(exact, Fraction):  # +-inf and nan
        limit = exact if math.isnan(exact) else float(n == 0 and exact > 0)
        return mpmath.mpf(limit)
    if exact == 0:
        ratio = _at_zero(n).as_integer_ratio()
        return mpmath.mp.make_mpf(from_rational(*ratio, precision, "n"))
    context = mpmath.mp.clone()
    sign = 1 if exact > 0 or n % 2 else -1  # s(-x) = 1 - s(x); n = 0 is not symmetric
    weights = eulerian(n)
    bits = precision + 16
    while True:
        # exp(-|x|) has relative error 2^(2-context.prec) |x| from rounding x; a term of the sum
        # at most n + 1 times that of its factors, and as much again from its own roundings.
        context.prec = bits + max(0, math.ceil(abs(exact))).bit_length() + n.bit_length() + 8
        size = context.mpf(abs(exact.numerator)) / exact.denominator
        e = context.exp(-size)
        if n == 0:
            value = magnitude = 1 / (1 + e) if exact > 0 else e / (1 + e)
        else:
            terms = []
            power = e
            for weight in weights:
                terms.append(weight * power)
                power *= -e
            scale = (1 + e) ** (n + 1)
            # Term k is (-1)^(k-1) A(n,k-1) e^(k)/(1+e)^(n+1): s and 1 - s swap between x and -x.
            value = sign * _parity(n) * context.fsum(terms) / scale
            magnitude = context.fsum(terms, absolute=True) / scale
        error = context.ldexp(magnitude, -bits)
        low, high = (mpf_pos((value + d)._mpf_, precision, "n") for d in (-error, error))
        if low == high:
            return mpmath.mp.make_mpf(low)
        bits *= 2


def _parity(n: int) -> int:
    """Sign of s^(n) in the right tail: s ~ 1 - exp(-x)."""
    return 1 if n % 2 else -1


def _at_zero(n: int) -> Fraction:
    return sum(
        (Fraction(c, 2**k) for k, c in enumerate(coefficients(n), start=1)), start=Fraction(0)
    )


def _fraction(x: Any) -> Fraction | float:
    """Return the rational number that x is, or the float it is if not finite."""
    if isinstance(x, str | Rational):
        return Fraction(x)
    if hasattr(x, "_mpf_"):
        sign, mantissa, exponent, _ = x._mpf_
        if mantissa or not exponent:
            return Fraction(int(-mantissa if sign else mantissa)) * Fraction(2) ** int(exponent)
        return float(x)
    try:
        return Fraction(*x.as_integer_ratio())
    except (AttributeError, ValueError, OverflowError):
        return float(x)
