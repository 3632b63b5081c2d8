"""Reference values of the sigmoid family in ball arithmetic: no code is shared with the kernel.

Run ``python tools/references.py`` to write tests/data/references.csv, the points that the tests
read, or with ``--check`` to compare it with the one in the repository. Needs python-flint.

    s^(n)(x) = (-1)^(n+1) e A_n(-e)/(1 + e)^(n+1),  e = exp(-x), A_n the Eulerian polynomial

and everything else by power series. A value is given as the double nearest to it and the double
nearest to the rest.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from flint import acb, arb, arb_poly, arb_series, ctx, fmpz_poly

TARGET = Path(__file__).parents[1] / "tests" / "data" / "references.csv"


@lru_cache(maxsize=1)
def eulerian(largest: int) -> list[fmpz_poly]:
    """Return A_0, ..., A_largest with x d/dx (A_n/(1-x)^(n+1)) = A_(n+1)/(1-x)^(n+2), times x."""
    x, rows = fmpz_poly([0, 1]), [fmpz_poly([1])]
    for n in range(largest):
        a = rows[-1]
        rows.append(a * (1 + n * x) + x * (1 - x) * a.derivative() if n else fmpz_poly([1]))
    return rows


def digits(n: int, x: float) -> int:
    """Return a working precision in bits that leaves 150 after all cancellation."""
    return 400 + 5 * n + (0 if x == 0 else max(0, -3 * math.frexp(x)[1]))


def sigmoid(n: int, x: float) -> arb:
    """Return s^(n)(x) as a ball; for n < 0 -Li_(-n)(-exp(x))."""
    ctx.prec = digits(abs(n), x)
    point = arb(x)
    if n < 0:
        return -acb(-point.exp()).polylog(-n).real
    if n == 0:
        return 1 / (1 + (-point).exp())
    if x == 0:  # the series knows exact zeros
        return series(n, x, lambda u: 1 / (1 + (-u).exp()))
    e = (-abs(point)).exp()
    value = e * arb_poly(eulerian(200)[n])(-e) / (1 + e) ** (n + 1)
    return value if n % 2 or x < 0 else -value


def series(n: int, x: float, function: Callable[[arb_series], arb_series]) -> arb:
    """Return the n-th derivative of a function at x from its power series."""
    ctx.prec, ctx.cap = 3 * digits(n, x), n + 1
    coefficients = function(arb_series([arb(x), 1])).coeffs()
    return coefficients[n] * arb(n).fac() if n < len(coefficients) else arb(0)


FAMILY: dict[str, Callable[[int, float], arb]] = {
    "sigmoid": sigmoid,
    "tanh": lambda n, x: series(n, x, lambda u: 1 - 2 / (1 + (2 * u).exp())),
    "softplus": lambda n, x: sigmoid(n - 1, x),
    "silu": lambda n, x: series(n, x, lambda u: u / (1 + (-u).exp())),
    "bose": lambda n, x: series(n, x, lambda u: 1 / (1 - (-u).exp())),
    "coth": lambda n, x: series(n, x, lambda u: 2 / (1 - (-2 * u).exp()) - 1),
    "sigmoid_taylor": lambda n, x: series(n, x, lambda u: 1 / (1 + (-u).exp())) / arb(n).fac(),
}


def double_double(ball: arb) -> tuple[float, float]:
    """Return the double nearest to the ball's middle and the double nearest to the rest."""
    high = nearest(ball)
    return (high, nearest(ball - arb(high))) if math.isfinite(high) else (high, 0.0)


def nearest(ball: arb) -> float:
    """Return the double nearest to the ball's middle: to even, subnormal and overflow included."""
    mantissa, exponent = (int(v) for v in ball.mid().man_exp())
    try:  # Python's division and conversion of integers are correctly rounded
        return mantissa / 2**-exponent if exponent < 0 else float(mantissa * 2**exponent)
    except OverflowError:
        return math.inf if mantissa > 0 else -math.inf


def points(name: str, n: int, count: int, seed: int) -> Iterator[float]:
    """Yield points of the core and the tails, and of the poles of the Bose family."""
    draw = random.Random(f"{name} {n} {seed}")
    for _ in range(count):
        yield draw.uniform(-4, 4)
        yield draw.uniform(-60, 60)
        yield draw.uniform(-700, 700) / (2 if name in ("tanh", "coth") else 1)
        yield draw.gauss(0, 1) * 2.0 ** draw.uniform(-40, 0)


def rows() -> Iterator[str]:
    """Yield the lines of the file: function, order, x, high word, low word."""
    orders = {
        "sigmoid": [*range(-8, 14), 15, 16, 17, 24, 32, 33, 40, 41, 64, 100, 128, 129, 200],
        "sigmoid_taylor": [0, 3, 40, 120, 170, 171, 200, 201, 300, 600],
    }
    for name, reference in FAMILY.items():
        for n in orders.get(name, [0, 1, 2, 3, 8, 17, 40, 41, 100]):
            for x in points(name, n, 5, 0):
                if name == "sigmoid_taylor" and n > 100:
                    x = math.fmod(x, 8)  # beyond, everything underflows
                high, low = double_double(reference(n, x))
                yield f"{name},{n},{x.hex()},{high.hex()},{low.hex()}\n"


def main() -> None:
    """Write the file, or with --check compare it."""
    text = "".join(rows())
    if "--check" in sys.argv[1:]:
        sys.exit(None if TARGET.read_text() == text else f"{TARGET} differs from what this makes")
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
