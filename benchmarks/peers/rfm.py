"""pyrfm on Poisson's equation in the square, in the set-up of its own example.

Nine patches of 300 tanh features each under a partition of unity, 3600 points inside and 720 on
the walls, and one QR: `examples/Classic/Poisson.py` of its repository with M = 2700.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import numpy as np
import sympy

from registry import Case

Solution = Callable[..., np.ndarray]

PATCHES, FEATURES = 3, 300  # along an axis, and on each patch
INSIDE, ON_WALLS = 3600, 720


def applies(case: Case) -> bool:
    """Laplace's operator on the unit square with the solution given on its walls."""
    return "random-features" in case.tags


def load() -> None:
    """Import pyrfm, which takes seconds."""
    import pyrfm  # noqa: F401


def solve(case: Case) -> tuple[Solution, str]:
    import pyrfm
    import torch

    variables = list(case.statement.domain)
    formula = case.statement.formula
    values = sympy.lambdify(variables, formula)
    source = sympy.lambdify(variables, sum(formula.diff(v, 2) for v in variables))

    def column(function: Callable[..., np.ndarray], points: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(function(*points.numpy().T)).view(-1, 1)

    domain = pyrfm.Square2D([0.5, 0.5], [0.5, 0.5])
    model = pyrfm.RFMBase(
        dim=2, n_hidden=FEATURES, domain=domain, n_subdomains=PATCHES, pou=pyrfm.PsiB
    )
    inside = domain.in_sample(INSIDE, with_boundary=False)
    on_walls = domain.on_sample(ON_WALLS)
    laplacian = sum(
        model.features_second_derivative(inside, axis1=axis, axis2=axis).cat(dim=1)
        for axis in range(2)
    )
    rows = pyrfm.concat_blocks([[laplacian], [model.features(on_walls).cat(dim=1)]])
    right = pyrfm.concat_blocks([[column(source, inside)], [column(values, on_walls)]])
    with contextlib.redirect_stdout(io.StringIO()):  # it talks
        model.compute(rows).solve(right)

    def solution(*points: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(np.stack(points, axis=-1))).numpy()[:, 0]

    return solution, f"{PATCHES * PATCHES} patches of {FEATURES} features"
