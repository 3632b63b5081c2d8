# ruff: noqa: E501 - the page's lines are as long as they are
"""Write docs/measurements/accuracy.md: errors in units in the last place, per order, type and region.

    python benchmarks/accuracy.py                 float64, the family and the rivals (a minute)
    python benchmarks/accuracy.py --sweep         float16 and bfloat16 exhaustively, float32 at 10^7
                                                  points (half an hour): docs/measurements/accuracy-single.md

The references are balls of python-flint (tools/references.py), which share no code with the
kernel. Rivals take part if they are installed: see benchmarks/requirements-kernel.txt.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sigmajet as sj
from sigmajet.kernel import _special

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import references  # noqa: E402  (scripts beside the package, not parts of it)
import sweep_functions  # noqa: E402
import sweep_kernel  # noqa: E402

Array = NDArray[Any]
ORDERS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 160, 200)


def regions(n: int, count: int) -> dict[str, Array]:
    """Return points of each region of order n."""
    draw = np.random.default_rng(n)
    last = max(5.0, (n + 1) * math.log(2) + 3)  # beyond the last zero
    edge = draw.uniform(700, 745, count // 2)
    zeros = sj.sigmoid_zeros(n) if n > 1 else np.empty(0)
    zeros = zeros[zeros != 0]
    if zeros.size > count // 8:
        zeros = draw.choice(zeros, count // 8, replace=False)
    beside = [zeros, np.nextafter(zeros, np.inf), np.nextafter(zeros, -np.inf)]
    beside += [zeros + draw.normal(size=zeros.size) * 2.0**-k for k in (4, 8, 12, 14, 20, 32)]
    return {
        "left tail": draw.uniform(-700, -last, count),
        "core": np.concatenate(
            [draw.uniform(-last, last, count), draw.normal(size=count // 4) * 1e-3]
        ),
        "right tail": draw.uniform(last, 700, count),
        "beside zeros": np.concatenate(beside),
        "underflow edge": np.concatenate([-edge, edge]),
    }


def truth(name: str, n: int, x: Array) -> Array:
    """Return the references, rows (high word, low word)."""
    pairs = [references.double_double(references.FAMILY[name](n, float(v))) for v in x]
    return np.array(pairs).reshape(-1, 2).T


def ulps(got: Array, words: Array) -> Array:
    """Return the errors in units in the last place; below the normal numbers of 2^-1074."""
    high, low = words
    with np.errstate(all="ignore"):
        error = np.abs((got - high) - low) / np.spacing(np.abs(high))
    same = (got == high) & ~np.isfinite(high)
    return np.where(same, 0, np.where(np.isnan(error), np.inf, error))


def rivals() -> dict[str, Callable[[int, Array], Array]]:
    """Return the published formulas and the packages that are installed."""

    def power_sum(n: int, x: Array) -> Array:
        s, total = 1 / (1 + np.exp(-x)), np.zeros_like(x)
        for c in reversed(sj.exact.coefficients(n)):
            total = total * s + float(c)
        return total * s

    def minai_williams(n: int, x: Array) -> Array:
        s = 1 / (1 + np.exp(-x))
        if n == 0:
            return s
        terms = (
            (-1) ** k * float(a) * s ** (k + 1) * (1 - s) ** (n - k)
            for k, a in enumerate(sj.exact.eulerian(n))
        )
        return sum(terms, start=np.zeros_like(x))

    found: dict[str, Callable[[int, Array], Array]] = {
        "sum over powers of s": power_sum,
        "Minai and Williams": minai_williams,
    }
    if importlib.util.find_spec("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)

        def nested(n: int, x: Array) -> Array:
            function = jax.nn.sigmoid
            for _ in range(n):
                function = jax.grad(function)
            return np.asarray(jax.jit(jax.vmap(function))(x))

        found["jax, nested grad"] = lambda n, x: nested(n, x) if n <= 8 else np.full_like(x, np.nan)
    if importlib.util.find_spec("omnibias"):
        import jax.numpy as jnp
        from omnibias.jax._fastpath import sigmoid_nth_derivative

        found["omnibias-jax"] = lambda n, x: np.asarray(sigmoid_nth_derivative(jnp.asarray(x), n))
    return found


def cell(errors: Array) -> str:
    """Return max / 99 % / median, or what is there to say instead."""
    if errors.size == 0:
        return ""
    top = (np.max(errors), np.quantile(errors, 0.99, method="higher"), np.median(errors))
    return " / ".join(short(v) for v in top)


def short(value: float) -> str:
    """Return a number of units in the last place as text."""
    if not math.isfinite(value):
        return "inf"
    return f"{value:.2f}" if value < 1000 else f"1e{math.ceil(math.log10(value))}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def sigmoid_tables(count: int) -> tuple[str, str, str]:
    """Return the table of sigmoid, that of the rivals, and a sentence on all orders 0..200."""
    names = list(regions(3, 8))
    own, others = [], []
    found = rivals()
    for n in ORDERS:
        sets = regions(n, count)
        words = {name: truth("sigmoid", n, x) for name, x in sets.items()}
        own.append([str(n), *(cell(ulps(sj.sigmoid(n, sets[r]), words[r])) for r in names)])
        if n in (1, 2, 4, 8, 10, 16, 24, 32, 64):
            for rival, function in {"sigmajet": sj.sigmoid, **found}.items():
                line = [str(n), rival]
                for region in ("left tail", "core", "right tail", "beside zeros"):
                    x = sets[region][:100]
                    with np.errstate(all="ignore"):
                        got = function(n, x) if x.size else x
                    if x.size and np.all(np.isnan(got)):
                        line.append("not run")
                        continue
                    line.append(cell(ulps(got, words[region][:, :100])))
                others.append(line)
    worst = (0.0, 0, "", 0.0)
    for n in range(201):
        for region, x in regions(n, 40).items():
            errors = ulps(sj.sigmoid(n, x), truth("sigmoid", n, x))
            if errors.size and errors.max() > worst[0]:
                worst = (float(errors.max()), n, region, float(x[errors.argmax()]))
    sentence = (
        f"Every order 0..200 at fewer points: at most **{worst[0]:.2f} ulp**, at n = {worst[1]}, "
        f"{worst[2]}, x = {worst[3]!r}."
    )
    head = ["n", *names]
    return (
        table(head, own),
        table(["n", "method", "left tail", "core", "right tail", "beside zeros"], others),
        sentence,
    )


def family_table(count: int) -> str:
    """Return the errors of the other functions and of the negative orders."""
    rows = []
    cases: list[tuple[str, str, list[int]]] = [
        ("sigmoid", "sigmoid, negative orders", list(range(-8, 0))),
        *(
            (name, name, [0, 1, 2, 3, 5, 8, 16, 40, 41, 100, 200])
            for name in ("tanh", "softplus", "silu", "bose", "coth")
        ),
        ("sigmoid_taylor", "sigmoid_taylor", [1, 20, 100, 170, 200, 201, 300, 600]),
    ]
    for name, title, orders in cases:
        worst, place = -1.0, ""
        everything = []
        for n in orders:
            x = np.array(list(references.points(name, n, count, 1)))
            if name == "sigmoid_taylor" and n > 100:
                x = np.fmod(x, 8)
            errors = ulps(getattr(sj, name)(n, x), truth(name, n, x))
            everything.append(errors)
            if errors.max() > worst:
                worst, place = float(errors.max()), f"n = {n}, x = {float(x[errors.argmax()])!r}"
        rows.append([title, f"{orders[0]}..{orders[-1]}", cell(np.concatenate(everything)), place])
    return table(["function", "orders", "max / 99 % / median", "worst at"], rows)


def plain(name: str, n: float, x: float) -> float | None:
    """Return what the plain formula gives in float64, with SciPy's function for order 0."""
    from scipy import special

    sign, k = (-1.0) ** n if n == int(n) else 1.0, int(n)
    bell = np.exp(-x * x / 2)
    if name == "gaussian":
        return float(sign * special.eval_hermitenorm(k, x) * bell)
    if name == "erf":
        slope = 2 / np.sqrt(np.pi) * np.exp(-x * x)
        return float(special.erf(x) if k == 0 else -sign * special.eval_hermite(k - 1, x) * slope)
    if name == "gelu":
        density = bell / np.sqrt(2 * np.pi)
        if k < 2:
            return float(x * special.ndtr(x) if k == 0 else special.ndtr(x) + x * density)
        low, high = special.eval_hermitenorm(k - 2, x), special.eval_hermitenorm(k, x)
        return float(sign * (low - high) * density)
    if name == "arctan":
        if k == 0:
            return float(np.arctan(x))
        return float(-sign * special.factorial(k - 1) * (complex(x, -1) ** -k).imag)
    if name == "logit":
        if k == 0:
            return float(special.logit(x))
        return float(special.factorial(k - 1) * ((1 - x) ** -k - sign * x**-k))
    if name == "softsign":
        if k == 0:
            return float(x / (1 + abs(x)))
        side = -sign if x > 0 else 1.0
        return float(side * special.factorial(k) / (1 + abs(x)) ** (k + 1))
    if name == "swish" and k < 3:
        y = sweep_functions.SLOPE * x
        s = special.expit(y)
        slope = s + y * s * (1 - s)
        curve = sweep_functions.SLOPE * s * (1 - s) * (2 + y * (1 - 2 * s))
        return float((x * s, slope, curve)[k])
    if name == "mish" and k < 2:
        w = np.tanh(np.log1p(np.exp(x)))
        return float(x * w if k == 0 else w + x * special.expit(x) * (1 - w * w))
    if name == "log_sigmoid" and k == 0:
        return float(special.log_expit(x))
    return None


def functions_table(count: int) -> str:
    """Return the errors of the functions beside the family, and of the plain formulas."""
    rows = []
    for name in (*sweep_functions.SERIES, *sweep_functions.INTEGRALS):
        orders = (
            sweep_functions.HALVES if name in sweep_functions.INTEGRALS else (0, 1, 2, 3, 8, 20)
        )
        error, n, x = sweep_functions.worst(name, count)
        line = [name, f"{error:.2f}", f"n = {n}, x = {x!r}"]
        for order in orders[:4]:
            points = list(sweep_functions.points(name, order, count))
            with np.errstate(all="ignore"):
                found = [(plain(name, order, p), p) for p in points]
                off = [
                    sweep_functions.error_of(value, name, order, p)
                    for value, p in found
                    if value is not None
                ]
            line.append(short(max(off)) if off else "")
        rows.append(line)
    head = ["function", "sigmajet", "worst at", *(f"plain, n = {n}" for n in range(4))]
    return table(head, rows)


def every_set(points: int) -> str:
    """Return the worst error of each function with each instruction set."""
    paths = _special.instruction_sets()
    rows = []
    for name in sweep_kernel.FAMILY:
        least, greatest = (-8 if name == "sigmoid" else 0), sweep_kernel.GREATEST.get(name, 200)
        total, worst = sweep_kernel.sweep(name, range(least, greatest + 1, 5), points, True)
        count, random = sweep_kernel.sweep(name, range(least, greatest + 1), points, False)
        cells = []
        for path in paths:
            error, n, x = max(worst[path][0], random[path][0])
            cells.append(f"{error:.2f} at n = {n}, x = {x!r}")
        rows.append([name, f"{total + count:,}", *cells])
    return table(["function", "points", *paths], rows)


def single_references(task: tuple[int, Array]) -> Array:
    """Return s^(n) at float32 points to double precision, by ball arithmetic at fewer bits."""
    n, x = task
    from flint import arb, arb_poly, ctx

    ctx.prec = 90 + 3 * abs(n)
    polynomial = arb_poly(references.eulerian(200)[n]) if n > 0 else None
    result = np.empty(x.size)
    for i, v in enumerate(x.tolist()):
        e = (-abs(arb(v))).exp()
        if polynomial is None:
            ball = (1 if v >= 0 else e) / (1 + e)
        else:
            ball = e * polynomial(-e) / (1 + e) ** (n + 1)
            if n % 2 == 0 and v > 0:
                ball = -ball
        if not ball.rel_accuracy_bits() > 40:  # beside a zero, or at it
            ball = references.sigmoid(n, v)
            ctx.prec = 90 + 3 * abs(n)
        result[i] = references.nearest(ball)
    return result


def sweep(points: int) -> str:
    """Return the tables of float16, bfloat16 and float32 inputs."""
    halves = np.arange(2**16, dtype=np.uint16)
    with np.errstate(invalid="ignore"):
        half = halves.view(np.float16).astype(np.float32)
    bfloat = (halves.astype(np.uint32) << 16).view(np.float32)
    strata = []
    draw = np.random.default_rng(0)
    rows = []
    total = 0
    orders = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 33)
    with ProcessPoolExecutor() as pool:
        for n in orders:
            # float32: all exponents from 2^-30 to 128, the core, and the 64 floats beside each zero
            exponents = draw.uniform(-30, 7, points // 2)
            strata = [
                2.0**exponents * draw.choice([-1, 1], exponents.size),
                draw.uniform(-12, 12, points // 2),
            ]
            zeros = sj.sigmoid_zeros(n).astype(np.float32)
            near = zeros.view(np.int32)[:, None] + np.arange(-32, 33, dtype=np.int32)
            single = np.concatenate([*strata, near.view(np.float32).ravel()]).astype(np.float32)
            line = [str(n)]
            for inputs in (half, bfloat, single):
                x = inputs[np.isfinite(inputs) & (np.abs(inputs) < 110)]
                reference = np.concatenate(
                    list(pool.map(single_references, [(n, c) for c in np.array_split(x, 16)]))
                )
                got = sj.sigmoid(n, x).astype(np.float64)
                with np.errstate(all="ignore"):
                    step = np.spacing(np.abs(reference).astype(np.float32)).astype(np.float64)
                    errors = np.abs(got - reference) / step
                infinite = np.isinf(reference.astype(np.float32))
                errors = np.where(
                    infinite, np.where(got == np.sign(reference) * np.inf, 0, np.inf), errors
                )
                line.append(cell(errors))
                total += x.size if inputs is single else 0
            rows.append(line)
            print(line, flush=True)
    head = ["n", "every float16", "every bfloat16", "float32, sampled"]
    return (
        f"# Accuracy in single precision\n\nMade by `make accuracy-sweep`. Inputs are all finite "
        f"float16 and bfloat16 numbers, and {total:,} float32 numbers in all: every binade from "
        "2^-30 to 128, the core, and the 64 neighbours of each zero. Results are float32; errors "
        "are in its units in the last place, max / 99 % / median, against balls of python-flint. "
        "The target is 1 ulp wherever the value fits into float32. Inputs beyond 110, "
        "where everything but the order 0 is 0, are left out.\n\n" + table(head, rows)
    )


def page(count: int) -> str:
    """Return docs/measurements/accuracy.md."""
    own, others, sentence = sigmoid_tables(count)
    return f"""# Accuracy

Made by `make accuracy` ({platform.machine()}, {_special.instruction_sets()[0]} loops). Errors are
in units in the last place of float64, as max / 99 % / median; below the normal numbers in units
of 2^-1074. The references are balls of python-flint that share no code with the kernel. Half a unit is what
rounding alone costs. Target: 1 ulp.

## sigmoid(n, x), float64

{own}
{sentence}

Single precision has [a page of its own](accuracy-single.md).

## The same beside other methods

{others}
The sums are the published formulas in float64. "not run": the compile time of nested differentiation
grows exponentially with n. Errors above 1000 ulp are rounded up to a power of ten; 1e16 means that no digit is right.

## The family

{family_table(20)}
## Beside the family

Points of every size, in the tails, and beside zeros the doubles next to them and others ever farther away; orders 0 to 200, of
the integrals k = -1/2, 1/2, 3/2, 5/2. "plain" is the formula in float64 with SciPy's functions.

{functions_table(12)}
`swish` is taken with slope 1.702.

## Every instruction set

Random doubles of every exponent, and for `sigmoid`, `tanh`, `softplus`, `silu` and `sigmoid_taylor` points around every zero of every
fifth order: the doubles beside it, and relative distances from 1 to 2^-52 (`tools/sweep_kernel.py` sweeps every order).

{every_set(20)}
Below an ulp at every order 0..200. The zeros of `silu`, `swish` and `mish` are not tabulated: beside them, where the two terms
x s^(n) and n s^(n-1) cancel, they are taken again in 256 bits. Beyond order 200 `sigmoid_taylor` is a sum over poles with an
error of 2^-90 of its envelope; beside zeros, where that is too much, it is summed in 256 bits.

## Why it holds

An error of relative size ε in e = exp(-|x|) becomes |s^(n+1)/s^(n)| ε in the result, and that factor is about p/|p_j - p| beside
a zero. Everything after e costs less than 2^-100 of the factor it happens in.

| computation | ε | nearest that it is used to a zero | error before the last rounding |
| --- | --- | --- | --- |
| vectors, AVX-512 (orders to 64) | 2^-63: 2^-64 from the series, as much from rounding r^2/2 | 2^-8 p | 2^-55: a quarter of an ulp |
| vectors, AVX2 and 64-bit ARM (orders to 64) | 2^-66 from the series: 256 powers of two an octave, so that r^2/2 is below 2^-20 | 2^-10 p | 2^-56 |
| loops | 2^-73: the rounding of r^3/6 | 2^-14 p | 2^-59 |
| one point | 2^-97: the first three terms after r^2/2 in two words | to the double beside it: within 1/64, p_j - p is formed from x - x_j | 2^-90 |

Where a computation may not be used the next one is; both test it on the error that they carry along anyway: it is the sum of
low word over factor, and the low words are kept between known limits by the choice of the table. At the double nearest to a
zero x - x_j is the rest of x_j beyond it, so the table has x_j in three words. Below the normal numbers results are
rounded once, from two words.

At complex points all but `sigmoid_taylor` work in plain doubles: a test holds the relative error of the modulus below
6 (n + 2) 2^-53 at any imaginary part, beside zeros and beside the poles i pi (2k + 1) too (`silu` loses digits beside its zeros).
"""


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--points", type=int, default=640_000, help="float32 points an order")
    parser.add_argument("--count", type=int, default=200, help="float64 points a region")
    options = parser.parse_args()
    if options.sweep:
        (ROOT / "docs" / "measurements" / "accuracy-single.md").write_text(sweep(options.points))
    else:
        (ROOT / "docs" / "measurements" / "accuracy.md").write_text(page(options.count))


if __name__ == "__main__":
    main()
