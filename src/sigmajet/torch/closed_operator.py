"""Operators of torch whose derivative is made of such operators again, so that it never ends.

`torch.library.custom_op` has no forward mode, and `torch.autograd.Function` returns 0 for the
second of two nested `jacfwd` (pytorch#197867), because forward mode is off while its `jvp` runs.
Both rules are therefore applied where torch's own operators apply theirs: in the kernel under the
dispatch key Autograd, which sees the tensors of one level of `torch.func` at a time. What it calls
goes to the levels below by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._functorch.utils import enable_single_level_autograd_function
from torch.autograd import forward_ad

__all__ = ["closed_operator"]

_LIBRARY = torch.library.Library("sigmajet", "DEF")


def closed_operator(
    schema: str,
    forward: Callable[..., Any],
    *,
    fake: Callable[..., Any],
    jvp: Callable[..., Any],
    vjp: Callable[..., tuple[torch.Tensor | None, ...]],
    vmap: Callable[..., tuple[Any, Any]],
    keeps_results: bool = False,
) -> Any:
    """Define an operator of the namespace `sigmajet`, with a tensor or several as its result.

    Parameters
    ----------
    schema : str
        Such as ``"sigmoid(Tensor x, int n) -> Tensor"``.
    forward : callable
        The values, on any device; nothing that it does is differentiated.
    fake : callable
        An empty tensor of the result's shape and type.
    jvp : callable
        ``jvp(arguments, tangents)`` gives the tangent of the result; None stands for no tangent.
    vjp : callable
        ``vjp(arguments, cotangent, wanted)`` gives a cotangent for each argument, None where none
        is wanted. Of several results the cotangents are a tuple, in which None stands for 0.
    vmap : callable
        ``vmap(info, in_dims, *arguments)`` as for `torch.library.register_vmap`.
    keeps_results : bool
        Whether `vjp` is called with the results, ``vjp(arguments, results, cotangents, wanted)``,
        of which alone it makes its answer: the tensors among the arguments, which are then not
        kept, are None.
    """
    name = schema.partition("(")[0]
    _LIBRARY.define(schema, tags=(torch.Tag.pt2_compliant_tag,))
    _LIBRARY.impl(name, forward, "CompositeExplicitAutograd")
    torch.library.register_fake(f"sigmajet::{name}", fake, lib=_LIBRARY)
    operator = getattr(torch.ops.sigmajet, name).default

    def below(keyset: Any, arguments: tuple[Any, ...]) -> Any:
        with torch._C._AutoDispatchBelowAutograd():
            return operator.redispatch(keyset & torch._C._after_autograd_keyset, *arguments)

    class Backward(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, keyset: Any, duals: Any, *arguments: Any) -> Any:
            # A Function turns both modes off; the levels below may need them.
            with torch.enable_grad(), forward_ad._set_fwd_grad_enabled(True):
                results = below(keyset, arguments)
            kept = results if keeps_results else arguments
            ctx.save_for_backward(*(a for a in kept if isinstance(a, torch.Tensor)))
            ctx.others = [None if isinstance(a, torch.Tensor) else a for a in arguments]
            ctx.places = [i for i, a in enumerate(arguments) if isinstance(a, torch.Tensor)]
            ctx.duals = duals
            ctx.set_materialize_grads(not isinstance(results, tuple))
            return results

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            arguments = list(ctx.duals or ctx.others)
            wanted = ctx.needs_input_grad[2:]
            of_results = cotangents if len(cotangents) > 1 else cotangents[0]
            if keeps_results:
                results = ctx.saved_tensors if ctx.duals is None else operator(*arguments)
                return None, None, *vjp(ctx.others, results, of_results, wanted)
            if ctx.duals is None:
                for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
                    arguments[place] = tensor
            return None, None, *vjp(arguments, of_results, wanted)

    def reverse(keyset: Any, arguments: Any, duals: Any = None) -> Any:
        """The values, with what reverse mode needs; it has to see tangents in the duals."""
        if torch.is_grad_enabled() and any(
            a.requires_grad for a in arguments if isinstance(a, torch.Tensor)
        ):
            with enable_single_level_autograd_function():
                # `Function.apply` would hand the call to all levels at once
                return super(torch.autograd.Function, Backward).apply(  # type: ignore[no-untyped-call]
                    keyset, duals, *arguments
                )
        return below(keyset, arguments)

    def autograd(keyset: Any, *arguments: Any) -> Any:
        pairs = [
            forward_ad.unpack_dual(a, level=0) if isinstance(a, torch.Tensor) else (a, None)
            for a in arguments
        ]
        tangents = [tangent for _, tangent in pairs]
        if all(tangent is None for tangent in tangents):
            return reverse(keyset, arguments)
        primals = [primal for primal, _ in pairs]
        values, along = reverse(keyset, primals, arguments), jvp(primals, tangents)
        if isinstance(values, torch.Tensor):
            return forward_ad.make_dual(values, along, level=0)
        return tuple(
            forward_ad.make_dual(value, tangent, level=0)
            for value, tangent in zip(values, along, strict=True)
        )

    _LIBRARY.impl(name, autograd, "Autograd", with_keyset=True)
    torch.library.register_vmap(f"sigmajet::{name}", vmap, lib=_LIBRARY)
    return operator
