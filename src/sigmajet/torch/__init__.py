"""The derivatives of the sigmoid family in PyTorch, and jets through deep networks made of them.

Importing this package loads torch; ``import sigmajet`` does not.
"""

from __future__ import annotations

from .._extras import needed_by

with needed_by("sigmajet.torch"):
    import torch as _torch

from .activation import sigmoid, silu, softplus, tanh
from .jet import jet
from .operators import biharmonic, derivative, laplacian, operator
from .stochastic import Estimate, estimate_biharmonic, estimate_laplacian

del _torch

__all__ = [
    "Estimate",
    "biharmonic",
    "derivative",
    "estimate_biharmonic",
    "estimate_laplacian",
    "jet",
    "laplacian",
    "operator",
    "sigmoid",
    "silu",
    "softplus",
    "tanh",
]
