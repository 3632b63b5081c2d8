"""Taylor series of the Lorenz system in 50 digits.

The coefficients follow from each other, for the right side is a sum of products. Steps of 1/20
end with terms of order 40 below 1e-40 (the series converge within 0.2 or more), which twenty units
of time amplify to 1e-31. Balls of python-flint do the arithmetic; only their midpoints are kept.
"""

import flint
import numpy as np

_ORDER, _STEPS, _BITS = 40, 20, 170


def lorenz(times: np.ndarray) -> np.ndarray:
    """x, y, z at ascending times from (1, 1, 1), with sigma = 10, rho = 28, beta = 8/3."""
    before, flint.ctx.prec = flint.ctx.prec, _BITS
    try:
        step, left = flint.arb(1) / _STEPS, 0
        series = _series([flint.arb(1)] * 3)
        values = []
        for time in times:
            while time > (left + 1) / _STEPS:
                series = _series([_value(row, step).mid() for row in series])
                left += 1
            elapsed = flint.arb(float(time)) - left * step
            values.append([float(_value(row, elapsed).mid()) for row in series])
    finally:
        flint.ctx.prec = before
    return np.array(values).T


def _value(row: list, elapsed: flint.arb) -> flint.arb:
    total = flint.arb(0)
    for coefficient in reversed(row):
        total = total * elapsed + coefficient
    return total


def _series(state: list) -> list[list]:
    x, y, z = ([value] for value in state)
    beta = flint.arb(8) / 3
    for k in range(_ORDER):
        xz = sum((x[i] * z[k - i] for i in range(k + 1)), flint.arb(0))
        xy = sum((x[i] * y[k - i] for i in range(k + 1)), flint.arb(0))
        x.append((10 * (y[k] - x[k]) / (k + 1)).mid())
        y.append(((28 * x[k] - xz - y[k]) / (k + 1)).mid())
        z.append(((xy - beta * z[k]) / (k + 1)).mid())
    return [x, y, z]
