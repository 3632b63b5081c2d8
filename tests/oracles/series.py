"""Fourier series of problems whose data do not fit together, summed until they are exact.

Each series converges geometrically in the distance from the side where the data jump, so the
number of terms follows from the distance of the nearest point asked for; on that side itself
the data are the answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def _odd(rate: float) -> np.ndarray:
    """Odd k up to where e^(-rate k) is below rounding."""
    return np.arange(1, max(3, int(np.ceil(42 / rate))), 2)


def hot_lid(x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Laplace on the unit square, 1 on the side y = 1 and 0 on the others."""
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    out = np.array(np.where(y == 1, 1.0, 0.0))
    for index in np.ndindex(x.shape):
        if y[index] < 1:
            k = np.pi * _odd(np.pi * (1 - y[index]))
            # sinh(k y) / sinh(k) without overflow
            ratio = np.exp(k * (y[index] - 1)) * np.expm1(-2 * k * y[index]) / np.expm1(-2 * k)
            out[index] = (4 / k * np.sin(k * x[index]) * ratio).sum()
    return out


def torsion(x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """-Lap u = 1 on the unit square, 0 on its boundary (Saint-Venant)."""
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    out = np.array(x * (1 - x) / 2)
    for index in np.ndindex(x.shape):
        near = min(y[index], 1 - y[index])
        if near <= 0:
            out[index] = 0
            continue
        k = np.pi * _odd(np.pi * near)
        cosh_ratio = (np.exp(-k * near) + np.exp(-k * (1 - near))) / (1 + np.exp(-k))
        out[index] -= (4 / k**3 * np.sin(k * x[index]) * cosh_ratio).sum()
    return out


def cooling_slab(x: ArrayLike, t: ArrayLike) -> np.ndarray:
    """u_t = u_xx on (0, 1), u = 1 at t = 0, 0 on both walls."""
    x, t = np.broadcast_arrays(np.asarray(x, float), np.asarray(t, float))
    out = np.array(np.where((x == 0) | (x == 1), 0.0, 1.0))
    for index in np.ndindex(x.shape):
        if t[index] > 0:
            last = np.sqrt(42 / t[index]) + 3
            k = np.pi * np.arange(1, last / np.pi + 2, 2)
            out[index] = (4 / k * np.sin(k * x[index]) * np.exp(-(k**2) * t[index])).sum()
    return out
