r"""A beam clamped at both ends that creeps, u_t = -c u_xxxx on [0, 1] from sin(pi x)^2.

Symmetric modes, with y = x - 1/2, are phi = cos(b y)/cos(b/2) - cosh(b y)/cosh(b/2) for the roots
of tan(b/2) + tanh(b/2) = 0, of norm one since that of a clamped beam is |phi''(1)| / (2 b^2).
Four integrations by parts, twice, give the share of sin(pi x)^2 in one,

    c_b = 2 (2 pi)^4 tanh(b/2) / (b (b^4 - (2 pi)^4)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

MODES = 400  # at t = 0 the rest is below 1e-13


def _roots() -> np.ndarray:
    """Half the root, in the second half of every other quadrant."""

    def condition(h: float) -> float:
        return float(np.sin(h) + np.tanh(h) * np.cos(h))

    halves = [
        brentq(condition, (k - 0.5) * np.pi, k * np.pi, xtol=1e-15) for k in range(1, MODES + 1)
    ]
    return 2 * np.array(halves)


def creeping(x: ArrayLike, t: ArrayLike, *, rate: float) -> np.ndarray:
    """The place of the beam, by its modes."""
    x, t = np.broadcast_arrays(np.asarray(x, float), np.asarray(t, float))
    b = _roots()
    shares = 2 * (2 * np.pi) ** 4 * np.tanh(b / 2) / (b * (b**4 - (2 * np.pi) ** 4))
    y = np.abs(x.ravel() - 0.5)
    out = np.zeros(x.size)
    for root, share in zip(b, shares, strict=True):
        # cosh(b y) / cosh(b / 2) without overflow
        ratio = np.exp(root * (y - 0.5)) * (1 + np.exp(-2 * root * y)) / (1 + np.exp(-root))
        shape = np.cos(root * y) / np.cos(root / 2) - ratio
        out += share * shape * np.exp(-rate * root**4 * t.ravel())
    return out.reshape(x.shape)
