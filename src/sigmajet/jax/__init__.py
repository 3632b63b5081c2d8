"""The derivatives of the sigmoid family in JAX, and jets through deep networks made of them.

Importing this package loads jax; ``import sigmajet`` does not.
"""

from __future__ import annotations

from .._extras import needed_by

with needed_by("sigmajet.jax"):
    import jax as _jax

from .activation import sigmoid, silu, softplus, tanh
from .jet import jet
from .operators import biharmonic, derivative, laplacian, operator
from .stochastic import Estimate, estimate_biharmonic, estimate_laplacian

del _jax

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
