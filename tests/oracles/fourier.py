"""Periodic evolution u_t = L u + N(u) by a Fourier series in space.

L is diagonal in Fourier space (its symbol as a function of the wavenumber), N acts on the
values. Products are taken with the upper third of the modes set to zero (2/3 rule). Two
integrators with nothing in common: `etdrk4`, exponential time differencing of order four with
the contour integrals of A.-K. Kassam and L. N. Trefethen (SIAM J. Sci. Comput. 26, 2005), which
treats the stiff part exactly, and `dop853`, SciPy's explicit pair of order eight at rtol 1e-12.
Their difference, and that of two step sizes and two resolutions, is the error that the tests
state for each problem that uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

Values = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Evolution:
    """u_t = symbol(k) u + nonlinear(u) (in Fourier space) on the periodic [a, b).

    `flux` selects N(u) = d/dx nonlinear(u) in place of nonlinear(u).
    """

    symbol: Values
    nonlinear: Values
    flux: bool
    initial: Values
    interval: tuple[float, float]

    def wavenumbers(self, n: int) -> np.ndarray:
        a, b = self.interval
        return 2 * np.pi / (b - a) * np.arange(n // 2 + 1)

    def start(self, n: int) -> np.ndarray:
        a, b = self.interval
        return np.fft.rfft(self.initial(a + (b - a) * np.arange(n) / n))

    def rate(self, n: int) -> Values:
        """The nonlinear part, from coefficients to coefficients."""
        factor = 1j * self.wavenumbers(n) if self.flux else np.ones(n // 2 + 1)
        factor = factor * (np.arange(n // 2 + 1) < n / 3)
        return lambda c: factor * np.fft.rfft(self.nonlinear(np.fft.irfft(c, n)))

    def evaluate(self, coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
        n = 2 * (len(coefficients) - 1)
        weights = np.where(np.arange(n // 2 + 1) % (n // 2) == 0, 1.0, 2.0) / n
        phases = np.exp(1j * np.multiply.outer(x - self.interval[0], self.wavenumbers(n)))
        return (phases @ (weights * coefficients)).real


def oracle(evolution: Evolution, n: int, step: float) -> Callable[..., np.ndarray]:
    """The solution as a function of x and t, by `etdrk4`."""

    def solution(x: ArrayLike, t: ArrayLike) -> np.ndarray:
        x, t = np.broadcast_arrays(np.asarray(x, float), np.asarray(t, float))
        out = np.empty(x.shape)
        times = np.unique(t)
        for time, coefficients in zip(times, etdrk4(evolution, times, n, step), strict=True):
            at = t == time
            out[at] = evolution.evaluate(coefficients, x[at])
        return out

    return solution


def etdrk4(evolution: Evolution, times: np.ndarray, n: int, step: float) -> list[np.ndarray]:
    """Coefficients at ascending `times`, reached from 0 with steps of at most `step`."""
    symbol = evolution.symbol(evolution.wavenumbers(n))
    rate = evolution.rate(n)
    c, now, out = evolution.start(n), 0.0, []
    for time in times:
        count = max(1, int(np.ceil((time - now) / step)))
        if time > now:
            c = _advance(c, symbol, rate, (time - now) / count, count)
        now = time
        out.append(c)
    return out


def _advance(c: np.ndarray, symbol: np.ndarray, rate: Values, h: float, count: int) -> np.ndarray:
    # Means over a circle around each h*L: the formulas lose all digits near h*L = 0.
    circle = np.exp(1j * np.pi * (np.arange(1, 65) - 0.5) / 32)
    z = (h * symbol)[:, None] + circle
    e, half = np.exp(h * symbol), np.exp(h * symbol / 2)
    q = h * np.mean((np.exp(z / 2) - 1) / z, axis=1)
    f1 = h * np.mean((-4 - z + np.exp(z) * (4 - 3 * z + z**2)) / z**3, axis=1)
    f2 = h * np.mean((2 + z + np.exp(z) * (z - 2)) / z**3, axis=1)
    f3 = h * np.mean((-4 - 3 * z - z**2 + np.exp(z) * (4 - z)) / z**3, axis=1)
    for _ in range(count):
        nc = rate(c)
        a = half * c + q * nc
        na = rate(a)
        b = half * c + q * na
        nb = rate(b)
        nd = rate(half * a + q * (2 * nb - nc))
        c = e * c + f1 * nc + 2 * f2 * (na + nb) + f3 * nd
    return c


def dop853(evolution: Evolution, times: np.ndarray, n: int) -> list[np.ndarray]:
    """The same by an explicit method of order eight: slow, and independent."""
    symbol = evolution.symbol(evolution.wavenumbers(n))
    rate = evolution.rate(n)
    run = solve_ivp(
        lambda _, c: symbol * c + rate(c),
        (0.0, times[-1]),
        evolution.start(n).astype(complex),
        method="DOP853",
        t_eval=times,
        rtol=1e-12,
        atol=1e-12,
    )
    assert run.success, run.message
    return list(run.y.T)
