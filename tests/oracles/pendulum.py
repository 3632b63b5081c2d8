"""The pendulum u'' = -sin u from rest at the bottom: sin(u/2) = k sn(t, k)."""

from __future__ import annotations

import numpy as np
from scipy.special import ellipj

MODULUS = 0.8


def angle(t: np.ndarray | float) -> np.ndarray:
    """Angle with u(0) = 0 and the amplitude 2 asin(`MODULUS`), 106 degrees."""
    return 2 * np.arcsin(MODULUS * ellipj(t, MODULUS**2)[0])
