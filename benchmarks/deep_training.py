"""Train deep networks on statements beside their solutions, and print how far off they are.

    PYTHONPATH=tests python benchmarks/deep_training.py burgers --layers 30 30 30 --seconds 300

Names are burgers (a front of 0.01/pi), allen_cahn, poisson (ten variables, not separable) and
membrane (Poisson's equation on a square). Prints after each round of steps the estimate, the
true relative L2 error and the processor time of both networks together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import sympy as sp

import sigmajet as sj
from oracles.cole_hopf import burgers as cole_hopf
from sigmajet.solvers.deep import pair
from sigmajet.solvers.deep.pair import Pair

X, T = sp.symbols("x t")
U = sp.Function("u")


class Case(NamedTuple):
    """A statement, and its solution at points (m, d)."""

    problem: sj.Problem
    points: np.ndarray
    exact: np.ndarray


def burgers() -> Case:
    u, nu = U(X, T), 0.01 / np.pi
    ends = [sp.Eq(u.subs(T, 0), -sp.sin(sp.pi * X)), *(sp.Eq(u.subs(X, a), 0) for a in (-1, 1))]
    equation = sp.Eq(u.diff(T) + u * u.diff(X), nu * u.diff(X, 2))
    problem = sj.Problem(equation, u, {X: (-1, 1), T: (0, 1)}, ends, time=T)
    points = grid(np.linspace(-1, 1, 201), np.linspace(0, 1, 41)[1:])
    return Case(problem, points, cole_hopf(*points.T, nu))


def allen_cahn() -> Case:
    u = U(X, T)
    ends = [sp.Eq(u.subs(T, 0), X**2 * sp.cos(sp.pi * X)), sp.Eq(U(-1, T), U(1, T))]
    equation = sp.Eq(u.diff(T), u.diff(X, 2) / 10_000 - 5 * u**3 + 5 * u)
    problem = sj.Problem(equation, u, {X: (-1, 1), T: (0, 1)}, ends, time=T)
    places, moments, values = exponential_runge_kutta(512, 5_000)
    return Case(problem, grid(places[::4], moments), values[:, ::4].T.ravel())


def poisson() -> Case:
    names = sp.symbols("x0:10")
    u, slopes = U(*names), np.random.default_rng(0).uniform(-1, 1, 10).round(3).tolist()
    plane = sum(a * b for a, b in zip(slopes, names, strict=True))
    phase = plane + sum(a * b for a, b in pairwise(names)) / 4
    exact = sp.sin(phase)
    equation = sp.Eq(sum(u.diff(v, 2) for v in names), sum(exact.diff(v, 2) for v in names))
    walls = [sp.Eq(u.subs(v, end), exact.subs(v, end)) for v in names for end in (0, 1)]
    points = np.random.default_rng(3).uniform(size=(4000, 10))
    problem = sj.Problem(equation, u, dict.fromkeys(names, (0, 1)), walls)
    return Case(problem, points, sp.lambdify(names, exact)(*points.T))


def membrane() -> Case:
    y = sp.Symbol("y")
    u, exact = U(X, y), sp.exp(X) * sp.sin(sp.pi * y)
    equation = sp.Eq(u.diff(X, 2) + u.diff(y, 2), (1 - sp.pi**2) * exact)
    walls = [sp.Eq(u.subs(v, end), exact.subs(v, end)) for v in (X, y) for end in (0, 1)]
    points = np.random.default_rng(3).uniform(size=(2000, 2))
    problem = sj.Problem(equation, u, {X: (0, 1), y: (0, 1)}, walls)
    return Case(problem, points, sp.lambdify((X, y), exact)(*points.T))


def grid(*axes: np.ndarray) -> np.ndarray:
    return np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=-1)


def exponential_runge_kutta(
    count: int, steps: int, kept: int = 51
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Allen and Cahn's equation by Fourier series and ETDRK4 (Kassam and Trefethen, 2005)."""
    step = 1 / steps
    linear = 5 - 1e-4 * (np.pi * np.arange(count // 2 + 1)) ** 2
    circle = step * linear[:, None] + np.exp(1j * np.pi * (np.arange(1, 33) - 0.5) / 32)

    def weight(function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return step * np.real(np.mean(function(circle), axis=1))

    whole, half = np.exp(step * linear), np.exp(step * linear / 2)
    q = weight(lambda z: (np.exp(z / 2) - 1) / z)
    a = weight(lambda z: (-4 - z + np.exp(z) * (4 - 3 * z + z**2)) / z**3)
    b = weight(lambda z: (2 + z + np.exp(z) * (z - 2)) / z**3)
    c = weight(lambda z: (-4 - 3 * z - z**2 + np.exp(z) * (4 - z)) / z**3)

    def reaction(v: np.ndarray) -> np.ndarray:
        return np.fft.rfft(-5 * np.fft.irfft(v, count) ** 3)

    places = -1 + 2 * np.arange(count) / count
    v = np.fft.rfft(places**2 * np.cos(np.pi * places))
    found = [np.fft.irfft(v, count)]
    for number in range(1, steps + 1):
        n0 = reaction(v)
        first = half * v + q * n0
        n1 = reaction(first)
        n2 = reaction(half * v + q * n1)
        n3 = reaction(half * first + q * (2 * n2 - n0))
        v = whole * v + a * n0 + 2 * b * (n1 + n2) + c * n3
        if number % (steps // (kept - 1)) == 0:
            found.append(np.fft.irfft(v, count))
    return places, np.linspace(0, 1, kept), np.array(found)


CASES = {
    "burgers": burgers,
    "allen_cahn": allen_cahn,
    "poisson": poisson,
    "membrane": membrane,
}


def distance(values: np.ndarray, exact: np.ndarray) -> float:
    return float(np.linalg.norm(values - exact) / np.linalg.norm(exact))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=CASES)
    parser.add_argument("--layers", type=int, nargs="+", default=[20, 20, 20])
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--tol", type=float, default=1e-8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--round", type=int, help="steps before both networks are compared")
    parser.add_argument("--plain", action="store_true", help="solve without method")
    asked = parser.parse_args()
    case = CASES[asked.name]()
    if asked.round:
        pair._ROUND = asked.round
    start = time.process_time()
    if asked.plain:
        solution = sj.solve(case.problem, tol=asked.tol, on_failure="return")
        true = distance(solution(*case.points.T), case.exact)
        seconds = time.process_time() - start
        print(f"estimate {solution.error_estimate:.1e}, true {true:.1e}, {seconds:.1f} s")
        return
    judge = Pair.judge

    def told(pair: Pair) -> None:
        judge(pair)
        zero = (0,) * case.points.shape[1]
        (values,) = pair.field.derivatives([(0, zero)], case.points)
        true = distance(values, case.exact)
        print(
            f"{pair.steps} steps, estimate {pair.estimate:.1e}, true {true:.1e}, "
            f"{time.process_time() - start:.0f} s",
            flush=True,
        )

    Pair.judge = told  # type: ignore[method-assign]
    sj.solve(
        case.problem,
        tol=asked.tol,
        method="deep",
        layers=asked.layers,
        steps=asked.steps,
        seconds=asked.seconds,
        seed=asked.seed,
        on_failure="return",
    )


if __name__ == "__main__":
    main()
