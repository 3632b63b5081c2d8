"""Whether a point lies in a region, as a function that formulas may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from ..._types import Array
from ...errors import ProblemError

__all__ = ["Inside", "inside"]


class Inside(AppliedUndef):  # type: ignore[misc]
    """1 in a region, 0 outside of it; what one region means is one function."""

    region: Any  # of the class that is made for it


def inside(region: Any) -> sympy.Expr:
    """1 in a region, 0 outside of it, for coefficients that jump at its boundary.

    Parameters
    ----------
    region : Region or Box
        Of two or three variables.

    Returns
    -------
    Expr
        A function of the variables of the region.

    Raises
    ------
    ProblemError
        If it is no region.

    Examples
    --------
    A square grain that conducts four times as well as the disk around it:

    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y = sympy.symbols("x y")
    >>> u = sympy.Function("u")(x, y)
    >>> k = 1 + 3 * sj.inside(sj.Disk((x, y), (0, 0), 1))
    >>> flow = sj.divergence([k * s for s in sj.gradient(u, (x, y))], (x, y))
    >>> plate = sj.Disk((x, y), (0, 0), 2)
    >>> problem = sj.Problem(sympy.Eq(flow, -4), u, plate, [sj.on_boundary(sympy.Eq(u, 0))])
    >>> print(f"{sj.solve(problem)(0, 0):.6f}")  # 3 + 1/4
    3.250000
    """
    if isinstance(region, type) or not hasattr(region, "as_region"):
        raise ProblemError(
            f"inside: got {region!r:.60}, expected a region, as sj.Disk((x, y), (0, 0), 1)"
        )
    shape = region.as_region()
    text = "".join(c if c.isalnum() else "_" for c in shape.text)
    function = UndefinedFunction(f"inside_{text}", bases=(Inside,), __dict__={"region": shape})
    return function(*shape.variables)


@dataclass(frozen=True, slots=True)
class Indicator:
    """The same as a function of coordinates."""

    region: Any

    def __call__(self, *coordinates: Array) -> Array:
        points = np.stack(np.broadcast_arrays(*coordinates), axis=-1)
        held = self.region.shape.contains(points.reshape(-1, points.shape[-1]))
        return np.asarray(held.reshape(points.shape[:-1]), dtype=float)
