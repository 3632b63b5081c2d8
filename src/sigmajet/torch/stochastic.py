"""Laplacians in hundreds of variables, estimated along random directions.

    mathematics                                              name
    E (v.d)^2 u = u_11 + ... + u_dd,  v_i = 1 or -1          estimate_laplacian
    E (v.d)^4 u = 3 (Laplacian of the Laplacian), v normal   estimate_biharmonic

Hutchinson's estimate (1990) and its analogue of order four (Hu, Shi, Karniadakis and Kawaguchi,
2024).
"""

from __future__ import annotations

import torch

from ..deep import Estimate, checked_samples
from .jet import Function, dimension_of, expand
from .series import Series

__all__ = ["Estimate", "estimate_biharmonic", "estimate_laplacian"]


def estimate_laplacian(
    f: Function, x: torch.Tensor, samples: int, *, generator: torch.Generator | None = None
) -> Estimate:
    """Return an unbiased estimate of the Laplacian of f at x and its standard error.

    Second derivatives along `samples` random directions, drawn for each point by itself.

    Parameters
    ----------
    f : callable
        As for `jet`.
    x : Tensor, shape (..., d)
        Points, one a row.
    samples : int
        How many directions, 2 or more. The standard error falls like 1/sqrt(samples); it vanishes
        if there are no mixed second derivatives.
    generator : torch.Generator, optional
        Where the random numbers come from, torch's own if not given.

    Raises
    ------
    ValueError
        If there are fewer than 2 samples.
    NotImplementedError
        If f calls a function that jets do not pass through.

    Examples
    --------
    >>> estimate_laplacian(lambda x: (x**2).sum(-1), torch.zeros(1, 300), 8)
    Estimate(value=tensor([600.]), standard_error=tensor([0.]))
    """
    _check(x, samples)
    signs = torch.randint(0, 2, (samples, *x.shape), generator=generator, device=x.device)
    return _mean(f, x, (2 * signs - 1).to(x.dtype), 2, 2.0)


def estimate_biharmonic(
    f: Function, x: torch.Tensor, samples: int, *, generator: torch.Generator | None = None
) -> Estimate:
    """Return an unbiased estimate of the Laplacian of the Laplacian and its standard error.

    Fourth derivatives along normally distributed directions. Parameters and errors are those of
    `estimate_laplacian`; the scatter is that of fourth powers, so more samples are needed.

    Examples
    --------
    >>> rng = torch.Generator().manual_seed(0)
    >>> estimate = estimate_biharmonic(
    ...     lambda x: (x**2).sum(-1) ** 2, torch.zeros(1, 4), 4000, generator=rng
    ... )
    >>> bool((estimate.value - 192).abs() < 4 * estimate.standard_error)
    True
    """
    _check(x, samples)
    directions = torch.randn(
        (samples, *x.shape), generator=generator, dtype=x.dtype, device=x.device
    )
    return _mean(f, x, directions, 4, 24.0 / 3)


def _check(x: torch.Tensor, samples: int) -> None:
    dimension_of(x)
    checked_samples(samples)


def _mean(
    f: Function, x: torch.Tensor, directions: torch.Tensor, order: int, scale: float
) -> Estimate:
    # The weights only say that there are several directions: what is asked for is below their sum.
    several = torch.zeros(len(directions), dtype=x.dtype, device=x.device)
    result = expand(f, Series([x, directions, *[None] * (order - 1)], several))
    last = result.terms[order]
    if last is None:
        nothing = torch.zeros_like(result.value)
        return Estimate(nothing, nothing)
    each = scale * last
    error = each.std(0) / len(each) ** 0.5
    return Estimate(each.mean(0), error)
