"""The sigmoid family on arrays of any library that keeps the array API standard.

Arrays of NumPy go to `sigmajet`, those of JAX and PyTorch to `sigmajet.jax` and `sigmajet.torch`,
with the accuracy of each. Other arrays name their namespace of functions themselves
(``x.__array_namespace__()``, as those of array-api-strict and CuPy do), and the derivatives are
composed of its ``exp`` and ``expm1``.
"""

from .dispatch import sigmoid, silu, softplus, tanh

__all__ = ["sigmoid", "silu", "softplus", "tanh"]
