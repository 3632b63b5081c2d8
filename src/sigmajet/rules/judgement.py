"""By how much figures have to differ that a decision may hang on it.

An error that is told by the distance of two solutions is known to a digit; what has not halved has
not fallen; and of what is nothing beside another but not rounding, a thousandth is the most that
counts as nothing. Two figures may agree, or fall, by chance: it takes several in a row. What wants
another factor says why where it stands.

With 5 and 20, 0.33 and 0.67, 3e-4 and 3e-3, 2 and 4 in their places 63 problems of the registry met
their tolerances as before, in 110 to 112 attempts (with these in 110; `benchmarks/sensitivity.py`).
"""

from __future__ import annotations

A_DIGIT = 10.0
HALVED = 0.5
SLIGHT = 1e-3
SEVERAL = 3
