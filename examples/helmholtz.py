r"""# Helmholtz: an outgoing wave in a duct

Sound of wave number $k = 60$ enters a duct at $x = 0$ and leaves it at $x = 2$ without being
reflected, which a condition on the slope says, $\phi' = i k \phi$. Where the duct is narrow,
between 0.8 and 1.2, the sound is reflected in part (Webster's equation, $S$ the cross section):

$$(S \phi')' + k^2 S \phi = 0.$$

Real and imaginary part of $\phi$ are the two unknowns. Nineteen wavelengths are more than one
network follows: the interval is cut into blocks until the tolerance is met.
"""

import numpy as np
import sympy as sp

import sigmajet as sj

x, k = sp.symbols("x k")
a, b = (sp.Function(name)(x) for name in "ab")
section = 1 - sp.exp(-(((x - 1) * 8) ** 2)) * sp.Rational(7, 10)

problem = sj.Problem(
    [sp.Eq((section * w.diff(x)).diff(x) + k**2 * section * w, 0) for w in (a, b)],
    [a, b],
    {x: (0, 2)},
    [
        # The wave that enters is (phi' / (i k) + phi) / 2 at x = 0: amplitude 1, phase 0.
        sp.Eq(a.subs(x, 0) + b.diff(x).subs(x, 0) / k, 2),
        sp.Eq(b.subs(x, 0) - a.diff(x).subs(x, 0) / k, 0),
        sp.Eq(a.diff(x).subs(x, 2), -k * b.subs(x, 2)),
        sp.Eq(b.diff(x).subs(x, 2), k * a.subs(x, 2)),
    ],
    parameters={k: 60},
)
solution = sj.solve(problem, tol=1e-9)

# No power is lost: S (a b' - b a') is the same everywhere.
power = solution.evaluate(section * (a * b.diff(x) - b * a.diff(x)), np.linspace(0, 2, 50))
assert np.ptp(power) < 1e-6 * power.mean()

figure = solution.plot()
