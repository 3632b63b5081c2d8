# ruff: noqa: E501, B023 - the page's lines are long; the lambdas are called at once
"""Write docs/measurements/performance.md: nanoseconds an element, beside np.exp and the rivals.

    python benchmarks/speed.py

Single thread, 500,000 points drawn from a normal distribution of width 5, the least of many runs,
results written into an array that is reused. Rivals take part if they are installed: see
benchmarks/requirements-kernel.txt.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np
from numpy.lib.introspect import opt_func_info

import sigmajet as sj
from sigmajet.kernel import _special

PAGE = Path(__file__).parent.parent / "docs" / "measurements" / "performance.md"
COUNT = 500_000
FAMILY_ORDERS = (0, 1, 2, 4, 8, 16, 32, 40, 100, 200)
ORDERS = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32)
X = np.random.default_rng(0).normal(size=COUNT) * 5


def seconds(
    call: Callable[[], Any], budget: float = 0.4, clock: Callable[[], float] = time.process_time
) -> float:
    """Return the least time of a call, over repetitions that fill the budget.

    It is processor time, which leaves out what others run meanwhile on the same processor.
    """
    call()
    best, spent = float("inf"), 0.0
    while spent < budget:
        start = clock()
        call()
        last = clock() - start
        best, spent = min(best, last), spent + last
    return best


def each(call: Callable[[], Any], budget: float = 0.4) -> float:
    """Return nanoseconds an element."""
    return seconds(call, budget) / COUNT * 1e9


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def own_table() -> tuple[str, str]:
    """Return the table of sigmoid over the orders, and what it says of the targets."""
    single = X.astype(np.float32)
    out, out_single = np.empty_like(X), np.empty_like(single)
    rows, ratios, gains = [], {}, []
    for n in ORDERS:
        # np.exp beside every row: the machine's mood changes
        exp = each(lambda: np.exp(X, out=out))
        double = each(lambda: sj.sigmoid(n, X, out=out))
        half = each(lambda: sj.sigmoid(n, single, out=out_single))
        ratios[n] = double / exp
        gains.append(double / half)
        numbers = (exp, double, double / exp, half, double / half)
        rows.append([str(n), *(f"{v:.2f}" for v in numbers)])
    low = max(r for n, r in ratios.items() if n <= 8)
    high = max(r for n, r in ratios.items() if 8 < n <= 16)
    verdict = (
        f"Targets: at most 2 times np.exp for n <= 8 (measured {low:.2f}: "
        f"{'met' if low <= 2 else 'missed'}), at most 3 for n <= 16 (measured {high:.2f}: "
        f"{'met' if high <= 3 else 'missed'}); float32 at least 1.5 times faster (least gain "
        f"{min(gains):.2f}: {'met' if min(gains) >= 1.5 else 'missed'})."
    )
    head = ["n", "np.exp", "float64", "over np.exp", "float32", "float64/float32"]
    return table(head, rows), verdict


def sets_table() -> str:
    """Return sigmoid with the loops of each instruction set of this processor."""
    orders = (0, 1, 2, 3, 4, 8, 16, 36, 37, 64, 128)
    single = X.astype(np.float32)
    out, out_single = np.empty_like(X), np.empty_like(single)
    rows = []
    for path in _special.instruction_sets():
        _special.use_instruction_set(path)
        times = [each(lambda: sj.sigmoid(n, X, out=out), 0.15) for n in orders]
        rows.append([path, "float64", *(f"{v:.2f}" for v in times)])
        times = [each(lambda: sj.sigmoid(n, single, out=out_single), 0.15) for n in orders]
        rows.append([path, "float32", *(f"{v:.2f}" for v in times)])
    _special.use_instruction_set(_special.instruction_sets()[0])
    return table(["loops", "type", *(f"n = {n}" for n in orders)], rows)


def family_table() -> str:
    """Return the other functions and the high orders."""
    out = np.empty_like(X)
    rows = []
    for name in ("tanh", "softplus", "silu", "bose", "coth", "sigmoid_taylor"):
        function = getattr(sj, name)
        times = [f"{each(lambda: function(n, X, out=out), 0.15):.1f}" for n in FAMILY_ORDERS]
        rows.append([name, *times])
    high = [f"{each(lambda: sj.sigmoid(n, X, out=out), 0.15):.1f}" for n in (37, 64, 100, 128, 200)]
    integrals = [f"{each(lambda: sj.sigmoid(-m, X, out=out), 0.15):.1f}" for m in (1, 2, 4, 8)]
    return (
        table(["function", *(f"n = {n}" for n in FAMILY_ORDERS)], rows)
        + f"\n`sigmoid` of orders 37, 64, 100, 128, 200: {', '.join(high)}; of orders -1, -2, -4, -8: "
        + f"{', '.join(integrals)}.\n"
    )


def family_jet_table() -> str:
    """Return the jets of the family beside single calls."""
    rows = []
    out = np.zeros((9, 50_000))
    x = X[:50_000]
    for name in ("tanh", "softplus", "silu", "bose"):
        function, jet = getattr(sj, name), getattr(sj.special, f"{name}_jet")
        together = seconds(lambda: jet(8, x, out=out), 0.2)
        alone = seconds(lambda: [function(n, x, out=out[n]) for n in range(9)], 0.2)
        numbers = (together / x.size * 1e9, alone / x.size * 1e9)
        rows.append([name, *(f"{v:.1f}" for v in numbers), f"{together / alone:.2f}"])
    return table(["function", "jet", "9 calls", "ratio"], rows)


def orders_table() -> str:
    """Return what orders along the fast axis take beside orders along the slow one."""
    rows = []
    x = X[:4000]
    for name in ("sigmoid", "silu", "bose"):
        for count in (8, 50, 200):
            function, n = getattr(sj, name), np.arange(count)
            slow, fast = np.zeros((count, x.size)), np.zeros((x.size, count))
            along = [
                seconds(lambda: function(n[:, None], x, out=slow), 0.2),
                seconds(lambda: function(n, x[:, None], out=fast), 0.2),
            ]
            numbers = (v / fast.size * 1e9 for v in along)
            rows.append(
                [name, str(count), *(f"{v:.1f}" for v in numbers), f"{along[1] / along[0]:.1f}"]
            )
    return table(["function", "orders", "n[:, None], x", "n, x[:, None]", "ratio"], rows)


def jet_table() -> str:
    """Return the jet beside single calls, with arrays that are reused and with fresh ones."""
    rows = []
    for count in (2_000, 50_000, COUNT):
        x = X[:count]
        out = np.zeros((9, count))
        jet = seconds(lambda: sj.sigmoid_jet(8, x, out=out))
        calls = seconds(lambda: [sj.sigmoid(n, x, out=out[n]) for n in range(9)])
        fresh = seconds(lambda: sj.sigmoid_jet(8, x))
        fresh_calls = seconds(lambda: [sj.sigmoid(n, x) for n in range(9)])
        numbers = (v / count * 1e9 for v in (jet, calls, fresh, fresh_calls))
        rows.append(
            [
                f"{count:,}",
                *(f"{v:.1f}" for v in numbers),
                f"{jet / calls:.2f}",
                f"{fresh / fresh_calls:.2f}",
            ]
        )
    head = [
        "points",
        "jet, out=",
        "9 calls, out=",
        "jet, fresh",
        "9 calls, fresh",
        "ratio, out=",
        "ratio, fresh",
    ]
    return table(head, rows)


def thread_table() -> str:
    """Return the time of a feature matrix with all orders to 4, by blocks of rows on threads."""
    blocks = np.random.default_rng(1).normal(size=(32, 32, 400))
    results = np.zeros((32, 5, 32, 400))
    rows = []
    one = 0.0

    def fill(i: int) -> None:
        sj.sigmoid_jet(4, blocks[i], out=results[i])

    for threads in range(1, (os.cpu_count() or 1) + 1):
        with ThreadPoolExecutor(threads) as pool:
            taken = seconds(
                lambda: list(pool.map(fill, range(len(blocks)))), 4.0, time.perf_counter
            )
        one = one or taken
        rows.append([str(threads), f"{taken * 1e3:.1f}", f"{one / taken:.2f}"])
    return table(["threads", "milliseconds", "gain"], rows)


def rival_table() -> str:
    """Return the rivals' ns an element, and their compile time apart."""
    rows = []
    for n in (1, 2, 4, 6, 8, 10, 16, 24, 32):
        out = np.empty_like(X)
        line = [str(n), f"{each(lambda: sj.sigmoid(n, X, out=out), 0.2):.2f}"]
        line += [jax_nested(n), jax_jet(n), omnibias(n), torch_nested(n)]
        rows.append(line)
    head = [
        "n",
        "sigmajet",
        "jax, nested grad",
        "jax jet (all orders)",
        "omnibias-jax",
        "torch, nested grad",
    ]
    return table(head, rows)


def jax_nested(n: int) -> str:
    """Nested jax.grad under jit and vmap, float64."""
    if not importlib.util.find_spec("jax"):
        return "-"
    if n > 8:
        return "compile time grows exponentially"
    import jax

    jax.config.update("jax_enable_x64", True)
    function = jax.nn.sigmoid
    for _ in range(n):
        function = jax.grad(function)
    return compiled(jax.jit(jax.vmap(function)))


def jax_jet(n: int) -> str:
    """jax.experimental.jet, which gives all orders up to n."""
    if not importlib.util.find_spec("jax"):
        return "-"
    import jax
    import jax.numpy as jnp
    from jax.experimental.jet import jet

    def all_orders(x: Any) -> Any:
        series = [jnp.ones_like(x)] + [jnp.zeros_like(x)] * (n - 1)
        return jet(jax.nn.sigmoid, (x,), (series,))[1][-1]

    return compiled(jax.jit(all_orders))


def omnibias(n: int) -> str:
    """The closed form of omnibias-jax under jit."""
    if not importlib.util.find_spec("omnibias"):
        return "-"
    import jax
    from omnibias.jax._fastpath import sigmoid_nth_derivative

    return compiled(jax.jit(lambda x: sigmoid_nth_derivative(x, n)))


def compiled(function: Any) -> str:
    """Return the run time of a jitted function and the time to compile it."""
    import jax.numpy as jnp

    try:
        x = jnp.asarray(X)
        start = time.perf_counter()
        function(x).block_until_ready()
        compile_time = time.perf_counter() - start
        return f"{each(lambda: function(x).block_until_ready(), 0.2):.2f} (compile {compile_time:.1f} s)"
    except Exception as error:  # a rival's failure is a result
        return type(error).__name__


def torch_nested(n: int) -> str:
    """Nested torch.autograd.grad."""
    if not importlib.util.find_spec("torch"):
        return "-"
    if n > 8:
        return "not run"
    import torch

    torch.set_num_threads(1)
    count = COUNT // 10

    def run() -> None:
        x = torch.tensor(X[:count], requires_grad=True)
        y = torch.sigmoid(x)
        for order in range(n):
            (y,) = torch.autograd.grad(y.sum(), x, create_graph=order < n - 1)

    return f"{seconds(run, 0.3) / count * 1e9:.1f}"


def floor_table() -> str:
    """Return np.exp and scipy's expit."""
    from scipy.special import expit

    out = np.empty_like(X)
    rows = [
        ["np.exp", f"{each(lambda: np.exp(X, out=out)):.2f}"],
        ["scipy.special.expit", f"{each(lambda: expit(X, out=out)):.2f}"],
        ["np.copyto", f"{each(lambda: np.copyto(out, X)):.2f}"],
    ]
    return table(["call", "ns an element"], rows)


def side_by_side() -> str:
    """Return what benchmarks/side_by_side.py prints: AVX2 beside AVX2."""
    if not all(map(importlib.util.find_spec, ("jax", "torch"))):
        return "Not run: needs jax and torch.\n"
    command = [sys.executable, str(Path(__file__).with_name("side_by_side.py"))]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exponential_of_numpy() -> str:
    """Return the instructions that np.exp uses here."""
    return str(opt_func_info(func_name="^exp$", signature="float64")["exp"]["dd"]["current"])


def page() -> str:
    """Return docs/measurements/performance.md."""
    threads = thread_table()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:  # one core for everybody, whatever threads a rival starts
        os.sched_setaffinity(0, {max(cores)})
    beside = side_by_side()
    own, verdict = own_table()
    floor, jets, rivals = floor_table(), jet_table(), rival_table()
    family, family_jets, sets = family_table(), family_jet_table(), sets_table()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    loops = _special.instruction_sets()[0]
    return f"""# Performance

Made by `make bench` on one core of {processor()} with the {loops} loops,
NumPy {np.__version__}, whose np.exp takes {exponential_of_numpy()} here.
Nanoseconds an element, {COUNT:,} points from a normal distribution of width 5, the least processor time of many runs,
while the machine's load average was {load:.1f}.

## sigmoid(n, x)

{own}
{verdict}

Where float64 misses its target: np.exp runs at a few times the speed of copying the array, with a result good to an ulp
and nothing done to it afterwards. A factor near its zero multiplies the error of the exponential, so the kernel needs the
exponential, the quotient and the product to about 2^-63: some 65 vector operations before the first factor
of p and six for each factor, against about 20 in all for np.exp. In exchange the errors are half an ulp nearly everywhere and
0.65 at most ([accuracy](accuracy.md)). Orders above 64 use loops that the compiler vectorises. NumPy's exponential uses
AVX-512 too where there is one; elsewhere it is the scalar one of the C library, so that ratios to it flatter.

## Every instruction set

The loops of the other sets on the same processor; most processors have x86_64_v3, AVX2 and FMA.

{sets}
## AVX2 beside AVX2

Everybody with the instructions that most processors have, in turns in one process, 100,000 points, on {processor()}:
{beside}
What the rivals' digits are worth is on the page of [accuracy](accuracy.md).

## The floor

{floor}
## All orders at once

`sigmoid_jet(8, x)` beside nine calls; the target is a ratio of 0.4.

{jets}
Fresh arrays cost page faults; for large matrices pass `out=`.

## Several cores

The interpreter lock is released. A feature matrix of 1024 x 400 with all orders to 4, in 32 blocks of rows on threads:

{threads}
## The family

{family}
Points near zeros and poles, and beyond |x| = 600, are done again in double-double, about 100 ns each. `sigmoid_taylor`
above order 200 is a sum over poles, point by point.

Orders may change from point to point, as along the fast axis in `sigmoid(np.arange(50), x[:, None])`: vectors hold orders
then, and the numbers are the same.

{orders_table()}
The exponential is shared by the jets of the family too, here to order 8 at 50,000 points:

{family_jets}
## Rivals

{rivals}
jax and omnibias-jax in float64 under jit, everybody on one core; compile time apart. torch at a tenth of the points.
omnibias-jax sums powers of s: its digits go as the order grows ([accuracy](accuracy.md)).
"""


def processor() -> str:
    """Return the processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    PAGE.write_text(page())
