from typing import Any

import numpy as np
from numpy.typing import NDArray

largest_order: int
bose: np.ufunc
coth: np.ufunc
sigmoid: np.ufunc
sigmoid_taylor: np.ufunc
silu: np.ufunc
softplus: np.ufunc
tanh: np.ufunc

def sigmoid_jet(order: int, x: NDArray[Any], out: NDArray[Any], /) -> None: ...
def positive_zeros(n: int, /) -> NDArray[np.float64]: ...
def instruction_sets() -> list[str]: ...
def use_instruction_set(name: str, /) -> None: ...
