"""What the functions of torch do with Taylor series: importing it enters all rules."""

from __future__ import annotations

import torch

from ..series import RULES
from . import arithmetic, functions, layers

__all__ = ["arithmetic", "functions", "layers"]


def _by_function() -> None:
    """Enter the rules under the functions of these names as well, where a compiler finds them."""
    homes = (torch, torch.Tensor, torch.nn.functional, torch.special, torch.linalg)
    for name in [name for name in RULES if isinstance(name, str)]:
        for home in homes:
            function = getattr(home, name.removeprefix("special_").removeprefix("linalg_"), None)
            if callable(function):
                RULES.setdefault(function, RULES[name])


_by_function()
