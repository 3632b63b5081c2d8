"""Taylor series through whole layers by the kernel, where XLA runs on the CPU.

A primitive is lowered to a call of the kernel for float32 and float64 there, and to traced code for
other devices and types. The kernel reads each coefficient once, and compiles in no time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import mlir

from ...kernel import _special

__all__ = ["lower"]


@cache
def _registered() -> bool:
    """Whether XLA takes the kernel's functions: one of another interface may refuse them."""
    try:
        for name, capsule in _special.xla_handlers().items():
            jax.ffi.register_ffi_target(name, capsule, platform="cpu")
    except (AttributeError, RuntimeError, ValueError):
        return False
    return True


def lower(primitive: Primitive, target: str, traced: Callable[..., Any], parameter: str) -> None:
    """Evaluate a primitive by a function of the kernel, or by traced code.

    Parameters
    ----------
    target : str
        The name of the function, which takes the operands and knows all else by their shapes.
    traced : callable
        Of the operands, with the parameter as a keyword.
    parameter : str
        Its name.
    """
    elsewhere = mlir.lower_fun(traced, multiple_results=primitive.multiple_results)

    def on_cpu(ctx: Any, *operands: Any, **parameters: Any) -> Any:
        types = {operand.dtype for operand in ctx.avals_in}
        empty = 0 in ctx.avals_out[0].shape
        known = types <= {jnp.dtype("float32"), jnp.dtype("float64")}
        if empty or not known or not _registered():
            return elsewhere(ctx, *operands, **parameters)
        return jax.ffi.ffi_lowering(target)(ctx, *operands)

    def whole(*operands: Any, **parameters: Any) -> Any:
        return primitive.bind(*operands, **parameters)

    primitive.def_impl(jax.jit(whole, static_argnames=parameter))
    mlir.register_lowering(primitive, elsewhere)
    mlir.register_lowering(primitive, on_cpu, platform="cpu")
