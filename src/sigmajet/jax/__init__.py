"""The derivatives of the sigmoid family in JAX, and jets through deep networks made of them.

Importing this package loads jax; ``import sigmajet`` does not.
"""

from __future__ import annotations

from .._extras import needed_by

with needed_by("sigmajet.jax"):
    import jax as _jax

from .activation import sigmoid, silu, softplus, tanh

del _jax

__all__ = ["sigmoid", "silu", "softplus", "tanh"]
