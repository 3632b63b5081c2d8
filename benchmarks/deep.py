# ruff: noqa: E501 - the lines of the page are long
"""Write docs/measurements/deep-networks.md: derivatives of high order through deep networks.

    make bench-deep

A tanh network of two variables at 1024 points in float64: its derivative of one order along one
direction, and the gradient of that derivative's mean square in all parameters. Processor time, the
least of repetitions, which leaves out what others run meanwhile; compiling is a figure apart. Peers
are those of peers/requirements-deep.txt that are installed: one of them asks for Python 3.12.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.experimental import jet as experimental
from torch import nn

import sigmajet.jax as sjx
import sigmajet.torch as sjt

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "deep-networks.md"
POINTS = np.random.default_rng(0).uniform(-1, 1, (1024, 2))
BASE = (64, 64, 64)
ORDERS = (1, 2, 4, 6, 8, 12, 16, 20)
SHAPES = ((32,) * 3, (256,) * 3, (64,) * 2, (64,) * 4, (64,) * 8)
LONGEST = 30.0  # seconds a call; a longer one ends its series, as does a lack of memory
MEMORY = 16e9  # bytes that a process may hold: the graphs of rivals grow to more than there is
ASKED = 8, 100  # at this order, so many times faster than nested differentiation
NONE = "-"

Way = Callable[[int], Iterator[tuple[str, Callable[[], Any], float]]]
"""For an order: value and gradient by name, each a call and the seconds it took to compile."""


class Row(NamedTuple):
    """Milliseconds of a derivative and of its gradient, and seconds of compiling both."""

    value: float
    gradient: float
    compiled: float
    number: float  # the mean square of the derivative, which all ways must agree on


def weights(layers: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return matrices and shifts of a network, the same for both frameworks."""
    rng = np.random.default_rng(1)
    sizes = (2, *layers, 1)
    return [
        (rng.normal(size=(a, b)) / a**0.5, rng.normal(size=b)) for a, b in itertools.pairwise(sizes)
    ]


def module(layers: tuple[int, ...]) -> nn.Sequential:
    """Return the network as a module of PyTorch."""
    stack: list[nn.Module] = []
    for matrix, shift in weights(layers):
        linear = nn.Linear(*matrix.shape, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(matrix.T))
            linear.bias.copy_(torch.tensor(shift))
        stack += [linear, nn.Tanh()]
    return nn.Sequential(*stack[:-1])


def network(parameters: Any, x: jax.Array) -> jax.Array:
    """Return the network's values in JAX."""
    for matrix, shift in parameters[:-1]:
        x = jnp.tanh(x @ matrix + shift)
    return x @ parameters[-1][0] + parameters[-1][1]


def in_torch(derive: Callable[[nn.Module, torch.Tensor, int], torch.Tensor], layers: Any) -> Way:
    """Return a way that differentiates a module."""
    net, x = module(layers), torch.tensor(POINTS)

    def way(order: int) -> Any:
        def square() -> torch.Tensor:
            return (derive(net, x, order) ** 2).mean()

        yield "value", lambda: float(square().detach()), 0.0
        # derivatives do not depend on the last shift, and nested differentiation drops it
        every = list(net.parameters())
        yield (
            "gradient",
            lambda: torch.autograd.grad(square(), every, materialize_grads=True),
            0.0,
        )

    return way


def in_jax(derive: Callable[[Any, jax.Array, int], jax.Array], layers: Any) -> Way:
    """Return a way that differentiates a function under jit."""
    parameters = jax.tree.map(jnp.asarray, weights(layers))
    x = jnp.asarray(POINTS)

    def way(order: int) -> Any:
        def square(parameters: Any) -> jax.Array:
            return jnp.mean(derive(lambda x: network(parameters, x), x, order) ** 2)

        for name, f in (("value", square), ("gradient", jax.grad(square))):
            start = time.process_time()
            ready = jax.jit(f).lower(parameters).compile()
            spent = time.process_time() - start
            yield name, lambda ready=ready: jax.block_until_ready(ready(parameters)), spent

    return way


def jet_of_torch(net: nn.Module, x: torch.Tensor, order: int) -> torch.Tensor:
    return sjt.jet(net, x, torch.ones_like(x), order)[-1]


def nested_in_torch(net: nn.Module, x: torch.Tensor, order: int) -> torch.Tensor:
    x = x.clone().requires_grad_()
    y = net(x)
    for _ in range(order):
        (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        y = slope.sum(-1)
    return y


def jet_for_pytorch(layers: Any) -> Way:
    """Return the way of jet-for-pytorch: its interpreter takes an order at each call."""
    from jet import jet

    ready: dict[nn.Module, Any] = {}

    def derive(net: nn.Module, x: torch.Tensor, order: int) -> torch.Tensor:
        if net not in ready:
            ready[net] = jet(net, (x,))
        return ready[net]((x, torch.ones_like(x), *[torch.zeros_like(x)] * (order - 1)))[-1]

    return in_torch(derive, layers)


def omnibias(layers: Any) -> Way:
    """Return the way of omnibias-torch, by its recurrence of quadratic cost."""
    from omnibias.torch.jet import mlp_jet

    def derive(net: nn.Module, x: torch.Tensor, order: int) -> torch.Tensor:
        linear = [(f.weight, f.bias) for f in net.children() if isinstance(f, nn.Linear)]
        stack = [(*pair, "tanh") for pair in linear[:-1]] + [(*linear[-1], None)]
        jet = mlp_jet(x, torch.ones_like(x), stack, order, riccati=True)
        return jet[-1] * math.factorial(order)

    return in_torch(derive, layers)


def jet_of_jax(f: Callable[[jax.Array], jax.Array], x: jax.Array, order: int) -> jax.Array:
    return sjx.jet(f, x, jnp.ones_like(x), order)[-1]


def experimental_jet(f: Callable[[jax.Array], jax.Array], x: jax.Array, order: int) -> jax.Array:
    series = [jnp.ones_like(x), *[jnp.zeros_like(x)] * (order - 1)]
    return experimental.jet(f, (x,), (series,))[1][-1]


WAYS: dict[str, Callable[[Any], Way]] = {
    "sigmajet.torch": lambda layers: in_torch(jet_of_torch, layers),
    "sigmajet.jax": lambda layers: in_jax(jet_of_jax, layers),
    "jax.experimental.jet": lambda layers: in_jax(experimental_jet, layers),
    **({"jet-for-pytorch": jet_for_pytorch} if importlib.util.find_spec("jet") else {}),
    **({"omnibias-torch": omnibias} if importlib.util.find_spec("omnibias") else {}),
    "nested autograd": lambda layers: in_torch(nested_in_torch, layers),
}


def least(call: Callable[[], Any]) -> float:
    """Return the least processor time of a call, of at most 5 and about half a second."""
    best, spent, calls = float("inf"), 0.0, 0
    while calls < 5 and spent < 0.5:
        start = time.process_time()
        call()
        last = time.process_time() - start
        best, spent, calls = min(best, last), spent + last, calls + 1
    return best


def measure(way: Way, order: int) -> Row:
    """Return the times of a way at an order."""
    found, compiled, number = {}, 0.0, float("nan")
    for name, call, spent in way(order):
        compiled += spent
        if name == "value":
            number = float(call())
        found[name] = 1e3 * least(call)
    return Row(found["value"], found["gradient"], compiled, number)


def series(name: str, layers: tuple[int, ...], orders: tuple[int, ...]) -> dict[int, Row]:
    """Return the times of a way at rising orders, as far as it ends in time and memory."""
    way, rows, last, grown = WAYS[name](layers), {}, 0.0, 1
    for order in orders:
        # nested differentiation multiplies by about 3 with each order, memory as well as time
        ahead = last * 3 ** (order - grown) if name.startswith("nested") else last
        if ahead > LONGEST:
            break
        try:
            rows[order] = measure(way, order)
        except RuntimeError as error:  # which PyTorch raises where an allocation fails
            if "memory" not in str(error):
                raise
            break
        last = 1e-3 * (rows[order].value + rows[order].gradient) + rows[order].compiled
        grown = order
        print(f"{name:22s} {layers} order {order}: {rows[order]}", flush=True)
    return rows


def agree(rows: list[Row]) -> None:
    """Refuse to print times of ways that differ in what they compute."""
    numbers = np.array([row.number for row in rows])
    if np.ptp(numbers) > 1e-8 * np.max(np.abs(numbers)):
        raise SystemExit(f"the ways disagree: {numbers}")


def table(head: str, lines: dict[str, dict[str, Row]], ways: list[str]) -> str:
    """Return value / gradient (+ compiling) of each way, one line a network or order."""
    text = [f"| {head} | " + " | ".join(ways) + " |", "| --- " * (len(ways) + 1) + "|"]
    for label, cells in lines.items():
        agree(list(cells.values()))
        text.append(f"| {label} | " + " | ".join(cell(cells.get(name)) for name in ways) + " |")
    return "\n".join(text) + "\n"


def cell(row: Row | None) -> str:
    """Return milliseconds of value and gradient, and seconds of compiling if there was any."""
    if row is None:
        return NONE
    compiled = f" + {row.compiled:.1f} s" if row.compiled else ""
    return f"{row.value:.3g} / {row.gradient:.3g}{compiled}"


def verdicts(times: dict[str, dict[int, Row]]) -> str:
    """Return what the figures say of what was asked for."""
    order, asked = ASKED
    own, nested = times["sigmajet.torch"], times["nested autograd"]
    top = max(nested)
    ratios = nested[top].value / own[top].value, nested[top].gradient / own[top].gradient
    if top == order:
        outcome = "met" if min(ratios) >= asked else "missed"
    else:
        outcome = "not measured: nested autograd did not get there"
    ours, theirs = times["sigmajet.jax"], times["jax.experimental.jet"]
    both = [n for n in ours if n in theirs]
    faster = [n for n in both if ours[n].value < theirs[n].value]
    steeper = [n for n in both if ours[n].gradient < theirs[n].gradient]
    ends = own[20].value / own[4].value, own[20].gradient / own[4].gradient
    return f"""\
- At order {top}, the highest that nested autograd reached, jets in PyTorch take 1/{ratios[0]:.0f} of its time for values
  and 1/{ratios[1]:.0f} for gradients. The aim at order {order}: 1/{asked} for both ({outcome}).
- Of the orders {", ".join(map(str, both))}, `sigmajet.jax.jet` is faster than `jax.experimental.jet` under jit, compiling
  apart, for values at {", ".join(map(str, faster)) or "none"}; for gradients at {", ".join(map(str, steeper)) or "none"}.
  The aim: at every order from 2 to 20.
- From order 4 to 20 time grows {ends[0]:.1f} times for values in PyTorch and {ends[1]:.1f} times for gradients; the square
  of the order grows 25 times.
"""


def prepare() -> None:
    """Make a process ready to measure in."""
    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_DATA, (int(MEMORY), resource.RLIM_INFINITY))


def page(measured: Callable[..., dict[int, Row]]) -> str:
    """Return the page, of series that are measured."""
    jets = [name for name in WAYS if not name.startswith("nested")]
    by_shape = {
        f"{len(layers)} x {layers[0]}": {
            name: rows[8] for name in jets if 8 in (rows := measured(name, layers, (8,)))
        }
        for layers in SHAPES
    }
    times = {name: measured(name, BASE, ORDERS) for name in WAYS}
    by_order = {
        str(n): {name: rows[n] for name, rows in times.items() if n in rows} for n in ORDERS
    }
    return f"""\
# Derivatives through deep networks

Made by `make bench-deep` on a machine with {os.cpu_count()} cores ({platform.machine()}) while its load average was
{os.getloadavg()[0]:.1f}, with PyTorch {torch.__version__} and JAX {jax.__version__}. A tanh network of two variables, 1024 points, float64.
A cell holds milliseconds of processor time, the least of repetitions, one thread of matrix products: for the derivative of
that order along one direction, then for the gradient of its mean square in all parameters; and the seconds that compiling both took.
`{NONE}` is where a way was ended, by its time at the order before with compiling, or as forecast, of more than {LONGEST:.0f} s, or by its memory, of more than {1e-9 * MEMORY:.0f} GB.
All ways agree on the derivative to 1e-8, or there would be no page.

## Orders, through 3 x 64

{table("order", by_order, list(WAYS))}
{verdicts(times)}
## Depths and widths, order 8

{table("network", by_shape, jets)}"""


def main() -> None:
    # A process for each series: the memory of graphs is not given back
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, prepare, max_tasks_per_child=1) as pool:
        PAGE.write_text(page(lambda *asked: pool.submit(series, *asked).result()))


if __name__ == "__main__":
    main()
