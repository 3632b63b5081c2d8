"""Truncated Taylor series that torch takes for tensors: what flows through a network in a jet.

    mathematics                                         name
    u(x + t v_r) = sum_k u_k,r t^k,  r = 1..R           terms[k], shape (R, *shape); terms[0], shape
    the same with k >= 1 in one tensor                  Stacked.rest, shape (m, R, *shape)
    sum_r w_r u_K,r  of one order K above the terms     top, shape; weights w_r

The value u_0 is the same for all directions and is kept once. Where only a sum over directions is
asked for, so is the highest order: it enters every operation linearly, hence its sum passes through
by itself (Dangel et al., Collapsing Taylor mode, 2025). A coefficient that vanishes identically is
None, so that the first layers cost what they have to do. Coefficients are scaled by 1/k!.

torch asks objects with `__torch_function__` what its functions do with them; modules that know
nothing of series therefore work on them unchanged. The rules are in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

__all__ = ["RULES", "Part", "Series", "Stacked", "rule"]

Part = torch.Tensor | None
"""A coefficient; None is 0."""

RULES: dict[Any, Callable[..., Any]] = {}
"""What a function does with series, by its name in torch, or by itself if it is ours."""


def rule(*names: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as what those of these names do with series."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        RULES.update(dict.fromkeys(names, function))
        return function

    return register


class Stacked(Sequence[Part]):
    """Terms of which those from order 1 are one tensor, so that an operation may take them at once.

    Parameters
    ----------
    value : Tensor
        Of order 0.
    rest : Tensor, shape (m, R, *value.shape)
        Of orders 1 to m, along each direction; those above vanish.
    length : int
        How many terms there are.
    single : bool
        Whether there is one direction only, for which terms have no axis.
    """

    def __init__(self, value: torch.Tensor, rest: torch.Tensor, length: int, single: bool) -> None:
        self.value, self.rest, self.length, self.single = value, rest, length, single
        self._parts: list[Part] = []

    def with_rows(self, value: torch.Tensor, rest: torch.Tensor) -> Stacked:
        """Other coefficients of the same orders along the same directions."""
        return Stacked(value, rest, self.length, self.single)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, k: Any) -> Any:
        if k == 0:
            return self.value
        if not self._parts:
            rows = self.rest.squeeze(1) if self.single else self.rest
            given = rows.unbind(0)
            self._parts = [self.value, *given, *[None] * (self.length - 1 - len(given))]
        return self._parts[k]


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """A Taylor polynomial along one direction, or along several at once.

    Parameters
    ----------
    terms : sequence of tensors or None
        Of orders 0 to m. The first is a tensor of the function's shape; with weights, the others
        have one more axis in front, for the directions.
    weights : Tensor, shape (R,), optional
        Of the directions in `top`; None for a single direction.
    top : Tensor, optional
        The weighted sum of the coefficients of order m + 1.
    """

    terms: Sequence[Part]
    weights: torch.Tensor | None = None
    top: Part = None

    @property
    def value(self) -> torch.Tensor:
        """The function itself."""
        value = self.terms[0]
        assert value is not None
        return value

    def weighted(self, part: Part) -> Part:
        """The sum over directions that `top` is made of."""
        if part is None or self.weights is None:
            return None
        total: torch.Tensor = torch.tensordot(self.weights.to(part.dtype), part, 1)
        return total

    def stacked(self) -> Stacked:
        """The terms with those from order 1 in one tensor."""
        if isinstance(self.terms, Stacked):
            return self.terms
        single = self.weights is None
        directions = 1 if self.weights is None else len(self.weights)
        given = list(self.terms[1:])
        while given and given[-1] is None:
            given.pop()
        like = next((part for part in given if part is not None), None)
        if like is None:
            rest = self.value.new_zeros((0, directions, *self.shape))
        else:
            rest = torch.stack([torch.zeros_like(like) if p is None else p for p in given])
            rest = rest.unsqueeze(1) if single else rest
        return Stacked(self.value, rest, len(self.terms), single)

    def rowwise(self, function: Callable[[torch.Tensor], torch.Tensor]) -> Series:
        """The series of L u for a linear L that takes further axes in front."""
        if not isinstance(self.terms, Stacked):
            result: Series = self.linear(function)
            return result
        rows = self.terms.with_rows(function(self.value), function(self.terms.rest))
        return Series(rows, self.weights, None if self.top is None else function(self.top))

    def across(self, function: Callable[..., Any], *parts: tuple[torch.Tensor, int]) -> Any:
        """Apply a function to coefficients of given orders, for each direction by itself."""
        tensors = [tensor for tensor, _ in parts]
        axes = tuple(0 if order else None for _, order in parts)
        if self.weights is None or not any(order for _, order in parts):
            return function(*tensors)
        return torch.func.vmap(function, in_dims=axes)(*tensors)

    def linear(self, function: Callable[..., Any]) -> Any:
        """The series of L u, L linear; a tuple of series where L gives several tensors."""
        first = function(self.value)
        if isinstance(first, tuple | list):
            return type(first)(
                self.linear(lambda u, i=i: function(u)[i]) for i in range(len(first))
            )
        rest = [
            None if part is None else self.across(function, (part, order))
            for order, part in enumerate(self.terms[1:], 1)
        ]
        top = None if self.top is None else function(self.top)
        return Series([first, *rest], self.weights, top)

    # What modules ask of a tensor beside functions.

    __array_ufunc__ = None  # numbers of NumPy leave the operation to the series

    @property
    def shape(self) -> torch.Size:
        """Of the function."""
        return self.value.shape

    @property
    def dtype(self) -> torch.dtype:
        """Of the coefficients."""
        return self.value.dtype

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.value.device

    @property
    def ndim(self) -> int:
        """Of the function."""
        return self.value.ndim

    @property
    def requires_grad(self) -> bool:
        """Whether the value asks for gradients."""
        return self.value.requires_grad

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one length of it."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """How many axes the function has."""
        return self.ndim

    def numel(self) -> int:
        """How many elements the function has."""
        return self.value.numel()

    def is_floating_point(self) -> bool:
        """Series are real."""
        return True

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Any:
        return iter(_called("unbind", self))

    def __bool__(self) -> bool:
        return bool(self.value)

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, arguments: Any = (), keywords: Any = None
    ) -> Any:
        known = RULES.get(function)
        if known is not None:
            return known(*arguments, **(keywords or {}))
        return _called(getattr(function, "__name__", str(function)), *arguments, **(keywords or {}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(torch.Tensor, name):
            raise AttributeError(f"a series has no attribute {name!r}")
        if name in ("T", "mT"):
            return _called(name, self)
        return partial(_called, name, self)

    def __add__(self, other: Any) -> Any:
        return _called("add", self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return _called("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _called("rsub", self, other)

    def __mul__(self, other: Any) -> Any:
        return _called("mul", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _called("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _called("div", other, self)

    def __pow__(self, other: Any) -> Any:
        return _called("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _called("pow", other, self)

    def __matmul__(self, other: Any) -> Any:
        return _called("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _called("matmul", other, self)

    def __neg__(self) -> Any:
        return _called("neg", self)

    def __getitem__(self, index: Any) -> Any:
        return _called("getitem", self, index)

    def __lt__(self, other: Any) -> Any:
        return _called("lt", self, other)

    def __gt__(self, other: Any) -> Any:
        return _called("gt", self, other)

    def __le__(self, other: Any) -> Any:
        return _called("le", self, other)

    def __ge__(self, other: Any) -> Any:
        return _called("ge", self, other)


def _called(name: str, *arguments: Any, **keywords: Any) -> Any:
    plain = name.strip("_") if name.startswith("__") else name
    if plain not in RULES:
        raise NotImplementedError(
            f"jets do not pass through {name}; sigmajet.torch.jet lists what they pass through"
        )
    return RULES[plain](*arguments, **keywords)
