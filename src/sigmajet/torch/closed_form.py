"""A function whose partial derivatives are all known, as a module of PyTorch.

Its derivative in a variable is the same function with one order more: what backward and forward
passes ask for is evaluated, never differentiated, so that it has the accuracy of the values.
"""

from __future__ import annotations

import itertools
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import torch

from .._types import Derivatives
from .closed_operator import closed_operator
from .jet import checked_points

__all__ = ["ClosedForm"]


class ClosedForm(torch.nn.Module):
    """A module without parameters: points (..., d) to values (..., n), or (...) for one component.

    It can be differentiated any number of times, in all modes, as long as it is kept.

    Parameters
    ----------
    derivatives : callable
    dimension : int
        How many variables d there are.
    components : int
        How many components n there are.
    """

    def __init__(self, derivatives: Derivatives, dimension: int, components: int) -> None:
        super().__init__()
        self.derivatives = derivatives
        self.dimension = dimension
        self.components = components
        self._number = next(_NUMBERS)
        _ALIVE[self._number] = self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Values at points, in the type of the points; computed in float64 on the CPU.

        Raises
        ------
        TypeError, ValueError
            If x is no tensor of floating-point numbers with one column for each variable.
        """
        if hasattr(x, "__torch_function__") and not isinstance(x, torch.Tensor):
            raise NotImplementedError("jets do not pass through a solution in closed form")
        checked_points(x)
        if x.ndim == 0 or x.shape[-1] != self.dimension:
            raise ValueError(
                f"x: got shape {tuple(x.shape)}, expected (..., {self.dimension}), a column for "
                "each variable"
            )
        values: torch.Tensor = _OPERATOR(x, self._number, [0] * self.dimension, self.components)
        return values[..., 0] if self.components == 1 else values


_NUMBERS = itertools.count()
# Operators take numbers; a graph that outlives its function finds nothing here.
_ALIVE: WeakValueDictionary[int, ClosedForm] = WeakValueDictionary()


def _values(x: torch.Tensor, number: int, orders: list[int], components: int) -> torch.Tensor:
    function = _ALIVE.get(number)
    if function is None:
        raise RuntimeError("the solution whose derivatives are needed no longer exists; keep it")
    points = x.detach().to("cpu", torch.float64).reshape(-1, x.shape[-1]).numpy()
    rounding = torch.finfo(x.dtype).eps
    found = function.derivatives(tuple(orders), points, rounding)
    values = torch.from_numpy(np.ascontiguousarray(found))
    return values.reshape(*x.shape[:-1], components).to(x.device, x.dtype)


def _like(x: torch.Tensor, number: int, orders: list[int], components: int) -> torch.Tensor:
    return x.new_empty((*x.shape[:-1], components))


def _slopes(x: torch.Tensor, number: int, orders: list[int], components: int) -> torch.Tensor:
    """All first derivatives, (..., n, d)."""
    higher = [[k + (i == j) for j, k in enumerate(orders)] for i in range(len(orders))]
    return torch.stack([_OPERATOR(x, number, more, components) for more in higher], -1)


def _jvp(arguments: list[Any], tangents: list[Any]) -> torch.Tensor:
    tangent: torch.Tensor = (_slopes(*arguments) * tangents[0].unsqueeze(-2)).sum(-1)
    return tangent


def _vjp(arguments: list[Any], cotangent: torch.Tensor, wanted: Any) -> tuple[Any, ...]:
    return (_slopes(*arguments) * cotangent.unsqueeze(-1)).sum(-2), None, None, None


def _vmap(info: Any, in_dims: Any, x: torch.Tensor, *others: Any) -> tuple[Any, int]:
    return _OPERATOR(x.movedim(in_dims[0], 0), *others), 0


_OPERATOR = closed_operator(
    "closed_form(Tensor x, int number, int[] orders, int components) -> Tensor",
    _values,
    fake=_like,
    jvp=_jvp,
    vjp=_vjp,
    vmap=_vmap,
)
