"""The verbs about the sigmoid itself: its derivatives and their coefficients."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated

import typer

from .arguments import number
from .output import say

# Of orders, digits, and powers of ten of a point. Beyond, Python's integers take more than a few
# seconds, n^3 of their digits: 2000 coefficients 2 s, order 2000 at 2000 digits 3 s. In Python
# there is no limit, see `sigmajet.exact`.
_MOST = 2000


def derivative(
    order: Annotated[int, typer.Argument(metavar="N", min=0, help="Order of the derivative.")],
    points: Annotated[list[str], typer.Argument(metavar="X...", help="Where to take it.")],
    digits: Annotated[
        int | None,
        typer.Option(
            min=1, help="Correct to this many digits, instead of in float64, up to order 2000."
        ),
    ] = None,
) -> None:
    """Print the N-th derivative of the logistic sigmoid 1/(1+e^-x), one line a point.

    In float64 up to order 200; with --digits up to order 2000, X being taken exactly as written.

        sigmajet derivative 10 20 -20
        sigmajet derivative 1000 0.1 --digits 30
    """
    if digits is None:
        from .. import sigmoid
        from ..kernel._special import largest_order

        numbers = [number(text, "X", float) for text in points]
        try:
            values = [repr(float(sigmoid(order, x))) for x in numbers]
        except OverflowError:  # beyond the integers of C
            most = f"at most {largest_order}, or {_MOST} with --digits 20"
            raise typer.BadParameter(f"N = {order:.3e}: {most}") from None
        except ValueError as error:
            raise typer.BadParameter(f"N = {order}: {error}; here: --digits 20") from None
    else:
        import mpmath

        from .. import exact

        _bound("N", order, "sigmajet.exact.evaluate")
        _bound("--digits", digits, "sigmajet.exact.evaluate")
        fractions = [number(text, "X", _fraction) for text in points]
        values = [
            mpmath.nstr(exact.evaluate(order, x, digits), digits, strip_zeros=False, min_fixed=-5)
            for x in fractions
        ]
    say("\n".join(values))


def coefficients(
    order: Annotated[int, typer.Argument(metavar="N", min=0, help="Order of the derivative.")],
    eulerian: Annotated[
        bool,
        typer.Option("--eulerian", help="Print A(N,0) ... A(N,N-1) of the factored form instead."),
    ] = False,
) -> None:
    """Print the integers c(N,1) ... c(N,N+1) of the N-th derivative as a polynomial in s.

    s^(N) = sum_k c(N,k) s^k. With --eulerian, those of Minai and Williams:
    s^(N) = sum_k (-1)^(k-1) A(N,k-1) s^k (1-s)^(N+1-k).

        sigmajet coefficients 3      ->  1 -7 12 -6
    """
    from .. import exact

    _bound("N", order, "sigmajet.exact.coefficients_by_recurrence")
    numbers = exact.eulerian(order) if eulerian else exact.coefficients_by_recurrence(order)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # the limit guards servers; these integers are our own
    try:
        typer.echo(" ".join(map(str, numbers)))
    finally:
        sys.set_int_max_str_digits(limit)


def _bound(name: str, value: int, unbounded: str) -> None:
    """Refuse what would take minutes."""
    if value > _MOST:
        raise typer.BadParameter(
            f"{name} = {value}: at most {_MOST} here, for its cost grows with the cube; "
            f"{unbounded} in Python takes any"
        )


def _fraction(text: str) -> Fraction:
    """A decimal or a quotient, exactly; one whose digits would fill pages is refused."""
    if "/" not in text:
        try:
            exact = Decimal(text)
            size = exact.adjusted() if exact else 0
        except InvalidOperation:
            raise ValueError(text) from None
        if not exact.is_finite():
            raise ValueError(text)
        if abs(size) > _MOST:
            raise typer.BadParameter(
                f"X = {text:.60}: with --digits its size is 1e-{_MOST} to 1e{_MOST}, for its cost "
                "grows with that; sigmajet.exact.evaluate in Python takes any"
            )
    return Fraction(text)
