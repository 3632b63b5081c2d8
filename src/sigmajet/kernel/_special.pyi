from typing import Any

import numpy as np
from numpy.typing import NDArray

largest_order: int
__pyx_capi__: dict[str, object]
arctan: np.ufunc
bose: np.ufunc
bose_einstein_half: np.ufunc
coth: np.ufunc
erf: np.ufunc
fermi_dirac_half: np.ufunc
gaussian: np.ufunc
gelu: np.ufunc
log_sigmoid: np.ufunc
logit: np.ufunc
mish: np.ufunc
sigmoid: np.ufunc
sigmoid_taylor: np.ufunc
silu: np.ufunc
softplus: np.ufunc
softsign: np.ufunc
swish: np.ufunc
tanh: np.ufunc

def sigmoid_jet(order: int, x: NDArray[Any], out: NDArray[Any], /) -> None: ...
def tanh_jet(order: int, x: NDArray[Any], out: NDArray[Any], /) -> None: ...
def silu_jet(order: int, x: NDArray[Any], out: NDArray[Any], /) -> None: ...
def bose_jet(order: int, x: NDArray[Any], out: NDArray[Any], /) -> None: ...
def series_activation(
    name: str,
    threads: int,
    slopes: bool,
    first: NDArray[Any],
    rest: NDArray[Any],
    value: NDArray[Any],
    values: NDArray[Any],
    slope: NDArray[Any],
    further: NDArray[Any],
    /,
) -> None: ...
def series_product(
    transposed: bool,
    threads: int,
    a_first: NDArray[Any],
    a_rest: NDArray[Any],
    b_first: NDArray[Any],
    b_rest: NDArray[Any],
    first: NDArray[Any],
    rest: NDArray[Any],
    /,
) -> None: ...
def xla_handlers() -> dict[str, object]: ...
def positive_zeros(n: int, /) -> NDArray[np.float64]: ...
def zero_words(n: int, /) -> NDArray[np.float64]: ...
def instruction_sets() -> list[str]: ...
def use_instruction_set(name: str, /) -> None: ...
