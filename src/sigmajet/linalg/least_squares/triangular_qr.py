"""QR of a triangle on top of rows: LAPACK's `dtpqrt`, with the interpreter's lock released.

SciPy's wrapper holds the lock, and two threads would take as long as one. So the routine is called
through the pointer that SciPy exports for Cython.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.linalg.cython_lapack

from ..._types import Array

# Columns of a panel over the square root of all, and at most: with panels of 64 a hundred columns
# take twice as long, three hundred 1.3 times; from a thousand on it makes no difference.
_PANEL, _WIDEST_PANEL = 1.4, 48


def absorb(triangle: Array, groups: Sequence[Array], *, triangular: bool = False) -> Array:
    """Triangular factor of a triangle (n, n) on top of groups of rows (m, n).

    It takes half as long as a QR with the triangle as dense rows, and a sixth where the rows too
    are `triangular`. What is below the diagonal of the triangle is not read.
    """
    if not groups:
        return triangle
    factor = np.array(triangle, order="F")
    rows = np.empty((sum(map(len, groups)), len(factor)), order="F")
    np.concatenate(groups, out=rows)
    high, wide = rows.shape
    panel = max(1, min(int(_PANEL * np.sqrt(wide)), _WIDEST_PANEL))
    reflectors, work = np.empty((wide, panel)), np.empty((wide, panel))
    info = _Integer(0)
    _dtpqrt(
        _Integer(high),
        _Integer(wide),
        _Integer(high if triangular else 0),
        _Integer(panel),
        factor.ctypes.data,
        _Integer(wide),
        rows.ctypes.data,
        _Integer(high),
        reflectors.ctypes.data,
        _Integer(panel),
        work.ctypes.data,
        info,
    )
    if info.value:
        raise ValueError(f"argument {-info.value} of dtpqrt is not valid")
    return np.triu(factor)


def _exported(name: str) -> tuple[Callable[..., None], Any]:
    """A LAPACK routine and its type of integers, as SciPy exports them."""
    api = ctypes.pythonapi
    signature = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(("PyCapsule_GetName", api))
    address = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", api)
    )
    capsule = scipy.linalg.cython_lapack.__pyx_capi__[name]
    written = signature(capsule)
    integer = ctypes.c_int if b"(int *" in written else ctypes.c_int64
    kinds = [
        ctypes.c_void_p if b"_d *" in argument or b"double" in argument else ctypes.POINTER(integer)
        for argument in written.split(b",")
    ]
    return ctypes.CFUNCTYPE(None, *kinds)(address(capsule, written)), integer


_dtpqrt, _Integer = _exported("dtpqrt")
