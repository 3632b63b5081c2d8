"""DeepXDE with PyTorch, in the set-ups of its own examples, cut short.

Points, layers, initialisers and rates are those of its `examples/pinn_forward` (the 2-D Poisson
problem takes those of `Poisson_Lshape`). Adam's steps are bounded so that all of it ends in some
minutes, and L-BFGS, which two of the examples append, is left out: `SHORTENED` says by how much,
and the page repeats it. One seed; the iterate of least training loss is taken, as its
examples report it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from registry import Case

os.environ.setdefault("DDE_BACKEND", "pytorch")

Solution = Callable[..., np.ndarray]
# Steps taken, and what the example takes.
SHORTENED = {
    "poisson_interval": (10_000, "10,000"),
    "euler_beam": (6_000, "10,000"),
    "poisson_square": (2_000, "50,000 and L-BFGS"),
    "burgers_steep": (5_000, "15,000 and L-BFGS"),
}


def applies(case: Case) -> bool:
    return case.name in SHORTENED


def load() -> None:
    """Import DeepXDE, which takes seconds and talks."""
    import deepxde  # noqa: F401


def solve(case: Case) -> tuple[Solution, str]:
    import deepxde as dde

    dde.config.set_random_seed(0)
    data, layers, initialiser = _SETUPS[case.name](dde)
    model = dde.Model(data, dde.nn.FNN(layers, "tanh", initialiser))
    model.compile("adam", lr=1e-3, verbose=0)
    steps, example = SHORTENED[case.name]
    with tempfile.TemporaryDirectory() as folder:
        best = dde.callbacks.ModelCheckpoint(f"{folder}/best", save_better_only=True, period=100)
        model.train(iterations=steps, display_every=100, verbose=0, callbacks=[best])
        model.restore(str(max(Path(folder).iterdir(), key=_step)))

    def solution(*points: np.ndarray) -> np.ndarray:
        return model.predict(np.stack(points, axis=-1))[:, 0]

    return solution, f"{steps:,} Adam steps; its example: {example}"


def _step(path: Path) -> int:
    """The step in a checkpoint's name, best-300.pt."""
    return int(path.stem.rsplit("-", 1)[1])


def _poisson_interval(dde):
    import torch

    def equation(x, y):
        return -dde.grad.hessian(y, x) - np.pi**2 * torch.sin(np.pi * x)

    interval = dde.geometry.Interval(-1, 1)
    walls = dde.icbc.DirichletBC(interval, lambda x: np.sin(np.pi * x), _everywhere)
    return dde.data.PDE(interval, equation, walls, 16, 2), [1, 50, 50, 50, 1], "Glorot uniform"


def _euler_beam(dde):
    interval = dde.geometry.Interval(0, 1)

    def bending(x, y, _=None):
        return dde.grad.hessian(y, x)

    def shear(x, y, _=None):
        return dde.grad.jacobian(bending(x, y), x)

    def left(x, on_boundary):
        return on_boundary and np.isclose(x[0], 0)

    def right(x, on_boundary):
        return on_boundary and np.isclose(x[0], 1)

    conditions = [
        dde.icbc.DirichletBC(interval, lambda x: 0, left),
        dde.icbc.NeumannBC(interval, lambda x: 0, left),
        dde.icbc.OperatorBC(interval, bending, right),
        dde.icbc.OperatorBC(interval, shear, right),
    ]
    data = dde.data.PDE(
        interval, lambda x, y: dde.grad.hessian(bending(x, y), x) + 1, conditions, 10, 2
    )
    return data, [1, 20, 20, 20, 1], "Glorot uniform"


def _poisson_square(dde):
    import torch

    def equation(x, y):
        source = 2 * np.pi**2 * torch.sin(np.pi * x[:, :1]) * torch.sin(np.pi * x[:, 1:])
        curvatures = (dde.grad.hessian(y, x, i=k, j=k) for k in (0, 1))
        return sum(curvatures) + source

    square = dde.geometry.Rectangle([0, 0], [1, 1])
    walls = dde.icbc.DirichletBC(square, lambda x: 0, _everywhere)
    return dde.data.PDE(square, equation, walls, 1200, 120), [2, *[50] * 4, 1], "Glorot uniform"


def _burgers_steep(dde):
    def equation(x, y):
        slope, rate = (dde.grad.jacobian(y, x, i=0, j=k) for k in (0, 1))
        return rate + y * slope - 0.01 / np.pi * dde.grad.hessian(y, x, i=0, j=0)

    strip = dde.geometry.GeometryXTime(dde.geometry.Interval(-1, 1), dde.geometry.TimeDomain(0, 1))
    conditions = [
        dde.icbc.DirichletBC(strip, lambda x: 0, _everywhere),
        dde.icbc.IC(strip, lambda x: -np.sin(np.pi * x[:, :1]), lambda _, initial: initial),
    ]
    data = dde.data.TimePDE(
        strip, equation, conditions, num_domain=2540, num_boundary=80, num_initial=160
    )
    return data, [2, 20, 20, 20, 1], "Glorot normal"


def _everywhere(_, on_boundary):
    return on_boundary


_SETUPS = {
    "poisson_interval": _poisson_interval,
    "euler_beam": _euler_beam,
    "poisson_square": _poisson_square,
    "burgers_steep": _burgers_steep,
}
