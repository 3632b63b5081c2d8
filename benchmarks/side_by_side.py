# ruff: noqa: B023 - the lambdas are called at once
"""Print the kernel's AVX2 loops beside jax's and torch's code for AVX2, for the performance page.

    python benchmarks/side_by_side.py

A process of its own, because jax and torch read their instruction set once, when they are loaded.
What is compared takes turns in short runs, and the least wall time of each counts: both see the
same moods of the machine. One core, 100,000 points from a normal distribution of width 5.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=AVX2"
os.environ["ATEN_CPU_CAPABILITY"] = "avx2"
os.environ["MKL_ENABLE_INSTRUCTIONS"] = "AVX2"  # whose exponential torch takes
os.environ["OMP_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):  # jax takes what cores there are, whatever its flags say
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.experimental.jet import jet

import sigmajet as sj
from sigmajet.kernel import _special

X = np.random.default_rng(0).normal(size=100_000) * 5


def in_turns(calls: list[Callable[[], Any]], budget: float) -> list[float]:
    """Return the least nanoseconds an element of each call."""
    for call in calls:
        call()
    best = [float("inf")] * len(calls)
    end = time.perf_counter() + budget
    while time.perf_counter() < end:
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    return [taken / X.size * 1e9 for taken in best]


def compiled(function: Callable[[Any], Any]) -> Callable[[], Any]:
    """Return a call of a jax function at the points, compiled."""
    points, run = jnp.asarray(X), jax.jit(function)
    return lambda: run(points).block_until_ready()


def nested_grad(n: int) -> Callable[[], Any]:
    """Return n nested jax.grad."""
    function = jax.nn.sigmoid
    for _ in range(n):
        function = jax.grad(function)
    return compiled(jax.vmap(function))


def all_orders(n: int) -> Callable[[], Any]:
    """Return jax.experimental.jet to order n."""

    def stacked(x: Any) -> Any:
        series = [jnp.ones_like(x)] + [jnp.zeros_like(x)] * (n - 1)
        value, others = jet(jax.nn.sigmoid, (x,), (series,))
        return jnp.stack([value, *others])

    return compiled(stacked)


def floors() -> str:
    """Return the exponentials, the memory copy and the ratios of the targets."""
    out, points = np.empty_like(X), torch.from_numpy(X)
    into = torch.empty_like(points)
    jax_exp, torch_exp, copy, eight, sixty_four = in_turns(
        [
            compiled(jnp.exp),
            lambda: torch.exp(points, out=into),
            lambda: np.copyto(out, X),
            lambda: sj.sigmoid(8, X, out=out),
            lambda: sj.sigmoid(64, X, out=out),
        ],
        4.0,
    )
    return (
        f"exp of jax {jax_exp:.2f}, of torch {torch_exp:.2f}, a copy {copy:.2f}. "
        f"Order 8 takes {eight:.2f}, {eight / min(jax_exp, torch_exp):.2f} times\nthe faster "
        f"exponential (target 1.5), order 64 {sixty_four:.2f}, "
        f"{sixty_four / eight:.2f} times order 8 (target 3).\n"
    )


def rows() -> str:
    """Return a row of the table for each order."""
    lines = []
    for n in range(7):
        out, together = np.empty_like(X), np.empty((n + 1, X.size))
        own, grad = in_turns([lambda: sj.sigmoid(n, X, out=out), nested_grad(n)], 1.0)
        line = [f"{own:.2f}", f"{grad:.2f}", f"{grad / own:.2f}", "", "", ""]
        if n:
            own, rival = in_turns([lambda: sj.sigmoid_jet(n, X, out=together), all_orders(n)], 1.0)
            line[3:] = [f"{own:.2f}", f"{rival:.2f}", f"{rival / own:.2f}"]
        lines.append("| " + " | ".join([str(n), *line]) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    _special.use_instruction_set("x86_64_v3")
    print(floors())
    print("| n | sigmoid | jax, nested grad | gain | sigmoid_jet | jax jet | gain |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(rows())
