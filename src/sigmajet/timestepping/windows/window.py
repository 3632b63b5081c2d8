r"""One window of an initial-value problem, by collocation and Newton's method.

With :math:`g_i = u_i^{(k_i)}` at the m nodes as unknowns, :math:`k_i` the order of the problem in
:math:`u_i`, the lower derivatives follow by integration from their values at the window's start,

.. math:: u_i^{(j)} = \sum_{l=j}^{k_i-1} u_i^{(l)}(t_0) \frac{(t-t_0)^{l-j}}{(l-j)!}
          + (h/2)^{k_i-j} Q^{k_i-j} g_i ,

and the equations at the nodes are n m equations for n m numbers. The system is square, so that
Gauss-Newton is Newton's method; its matrix is exact, from the partial derivatives of the equations.

The window's own error is that of a solution without its highest modes, :math:`T g` with the
projection T onto them: to first order :math:`M^{-1} F_g T g` with Newton's matrix M, which knows
that stiff components damp it. That holds while the modes fall fast. Of a jump in :math:`g` or a
kink all modes are wrong, by as much as between two nodes, and before the first node a jump is not
seen at all, but that g misses there the value which is known. Both shift the lower derivatives,
and what a shift at the start does to the window is estimated with the same matrix.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg.lapack

from ..._types import Array, Integers
from ...nonlinear.gauss_newton import CLOSE, gauss_newton
from ...problem.compiled.ordinary import Equations, Layout
from ...rounding import relative_rounding
from ...rules.judgement import A_DIGIT
from ..radau_rule import RadauRule

Measure = Callable[[Array, Array, Array], float]
"""How large changes of the states (rows, nodes) are, against the states and their rounding."""

# Squares of larger numbers may have no sum.
HUGE = float(np.sqrt(relative_rounding() * np.finfo(float).max))
# Highest modes of all: beyond, they fall too slowly to be the error. A jump then is off by the
# jump times the widest spacing of 14 nodes, a tenth, and its highest modes are a third of it.
# With 1.0 u' = -60 sin(t) u, which comes out of a dip as noise, takes over ten times the windows.
_SLOW, _SPACING = 1e-4, 0.3


@dataclass(frozen=True, slots=True)
class Window:
    """A solved window from `start` over `length`, negative when it runs backwards.

    `states` (rows, nodes) are the unknowns with their derivatives, `local` what the window
    adds to their errors by its own estimate, `rounding` (rows,) what rounding the terms of the
    equations may add, `defect` (unknowns,) what the equations may be off by between the nodes;
    `rough` says that a highest derivative itself is not resolved, though the
    states may be; a disturbance grows by `exp(growth)` at most over the window.
    """

    start: float
    length: float
    states: Array
    local: Array
    rounding: Array
    defect: Array
    rough: bool
    growth: float


def solve_window(
    equations: Equations,
    method: RadauRule,
    start: float,
    length: float,
    jet: Array,
    guess: Array,
    measure: Measure,
    tolerance: float,
    resolved: float,
) -> Window | None:
    """Solve one window; None where Newton's method does not converge.

    Parameters
    ----------
    jet : array (rows,)
        The states at the start; those of the highest derivatives are not used.
    guess : array (unknowns, nodes)
        Of the highest derivatives.
    measure : callable
    tolerance : float
        Changes that measure less end the iteration.
    resolved : float
        The growth of a disturbance, as an exponent, that needs no closer look.
    """
    layout = equations.layout
    half = 0.5 * length
    elapsed = half * (method.nodes + 1.0)  # not times - start, which has rounding of the time
    times = start + elapsed
    scaled = [half**r * q for r, q in enumerate(method.integrals)]
    known = _taylor(layout, jet, elapsed)

    def linearise(highest: Array) -> _Step | None:
        states = known + layout.integrated(highest, scaled)
        table = equations.evaluate(times, states)
        newton = _factored(equations, table, scaled) if np.all(np.isfinite(table)) else None
        if newton is None:
            return None
        change = newton.response(-table[: len(highest)])
        return _Step(change, states, table, newton, equations, scaled, measure)

    found = gauss_newton(
        linearise,
        guess,
        tolerance=np.inf if equations.linear else tolerance,  # its rounding is told below
        steps=CLOSE,
        jacobian="constant" if equations.linear else "exact",
    )
    if found.last is None or not found.status.settled:
        return None
    highest, table, newton = found.iterate, found.last.table, found.last.newton
    states = known + layout.integrated(highest, scaled)
    if not np.all(np.abs(states) < HUGE):
        return None
    tails = highest @ method.tail.T
    truncated = np.zeros(highest.shape)
    for p in equations.partials:
        if p.order == layout.orders[p.unknown]:
            truncated[p.equation] += table[p.row] * tails[p.unknown]
    tail, whole = np.abs(tails).max(axis=1), np.abs(highest).max(axis=1)
    start_slopes = highest @ method.to_legendre.T @ (-1.0) ** np.arange(method.degree)
    missed = np.abs(start_slopes - jet[layout.top]) * abs(elapsed[0])
    missed[~np.isfinite(missed)] = 0.0  # nothing is known at a singular start
    missed += np.where(tail > _SLOW * whole, _SPACING * tail * abs(length), 0.0)
    local = np.abs(layout.integrated(newton.response(truncated), scaled))
    local += np.abs(_shifted(equations, newton, table, missed, scaled))
    rounding = _rounding(equations, newton, table, states, scaled)
    # The highest modes of a highest derivative within two digits of it all: that is not resolved.
    rough = (A_DIGIT * A_DIGIT * tail > whole) & (tail > rounding[layout.top])
    # Between the nodes each state may be off by its highest modes.
    missed = np.abs(states @ method.tail.T)[equations.states]
    defect = (equations.gather @ np.abs(table[len(highest) :] * missed)).max(axis=1)
    growth = _growth(equations, table, length, 0.5 * method.integrals[1][-1], resolved)
    return Window(start, length, states, local, rounding, defect, bool(np.any(rough)), growth)


def _growth(
    equations: Equations, table: Array, length: float, shares: Array, allowed: float
) -> float:
    """The integral over a window of the fastest growth of any disturbance.

    By the eigenvalues at the nodes of the equations as a system of first order, or a bound of them
    that is allowed; zero where they do not give the highest derivatives. `shares` are the weights
    of the nodes in an integral.
    """
    system = np.sign(length) * equations.layout.first_order(equations.slopes(table))
    if not np.all(np.isfinite(system)):
        return 0.0
    bounds = abs(length) * np.abs(system).sum(axis=2).max(axis=1, initial=0.0)
    if shares @ bounds < allowed:
        return float(shares @ bounds)
    fastest = np.linalg.eigvals(system).real.max(axis=1)
    return abs(length) * float(shares @ np.maximum(fastest, 0.0))


@dataclass(frozen=True, slots=True)
class _Factored:
    """Newton's matrix, its rows scaled by `sizes`, as factors."""

    factors: Array
    pivots: Integers
    sizes: Array

    def response(self, rows: Array) -> Array:
        """The highest derivatives that answer a row for each equation, at every node."""
        solved, _ = scipy.linalg.lapack.dgetrs(self.factors, self.pivots, rows.ravel() / self.sizes)
        return np.asarray(solved).reshape(rows.shape)


def _factored(equations: Equations, table: Array, scaled: Sequence[Array]) -> _Factored | None:
    """Factor Newton's matrix; None where it is singular."""
    square, sizes = _matrix(equations, table, scaled)
    if not np.all(sizes > 0.0):
        return None
    factors, pivots, singular = scipy.linalg.lapack.dgetrf(square / sizes[:, None])
    return None if singular else _Factored(factors, pivots, sizes)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of Newton's method from `states`, where the equations have values `table`."""

    change: Array
    states: Array
    table: Array
    newton: _Factored
    equations: Equations
    scaled: Sequence[Array]
    measure: Measure

    def size(self, *, stalls: bool) -> float:
        """How much the states change; what rounding explains counts little where that stalls."""
        changes = self.equations.layout.integrated(self.change, self.scaled)
        rounding = np.zeros(len(changes))
        if stalls:
            rounding = _rounding(self.equations, self.newton, self.table, self.states, self.scaled)
        return self.measure(changes, self.states, rounding)


def condition_number(
    equations: Equations, method: RadauRule, start: float, length: float, states: Array
) -> float:
    """How far a window is from leaving its solution open: of Newton's matrix, rows scaled."""
    half = 0.5 * length
    table = equations.evaluate(start + half * (method.nodes + 1.0), states)
    scaled = [half**r * q for r, q in enumerate(method.integrals)]
    square, sizes = _matrix(equations, table, scaled)
    if not np.all(np.isfinite(square)) or not np.all(sizes > 0.0):
        return np.inf
    return float(np.linalg.cond(square / sizes[:, None]))


def _matrix(equations: Equations, table: Array, scaled: Sequence[Array]) -> tuple[Array, Array]:
    """Newton's matrix and the largest entry of each of its rows."""
    orders, nodes = equations.layout.orders, table.shape[1]
    matrix = np.zeros((len(orders), nodes, len(orders), nodes))
    diagonal = np.arange(nodes)
    for p in equations.partials:
        lift = orders[p.unknown] - p.order
        if lift:
            matrix[p.equation, :, p.unknown] += table[p.row, :, None] * scaled[lift]
        else:
            matrix[p.equation, diagonal, p.unknown, diagonal] += table[p.row]
    square = matrix.reshape(len(orders) * nodes, len(orders) * nodes)
    return square, np.abs(square).max(axis=1)


def _rounding(
    equations: Equations, newton: _Factored, table: Array, states: Array, scaled: Sequence[Array]
) -> Array:
    """How far the states are uncertain because the terms of the equations are rounded."""
    _, terms = equations.terms(table, states)
    noise = newton.response(relative_rounding() * terms)
    return np.asarray(np.abs(equations.layout.integrated(noise, scaled)).max(axis=1))


def _shifted(
    equations: Equations, newton: _Factored, table: Array, shift: Array, scaled: Sequence[Array]
) -> Array:
    """What a shift of the next to highest derivatives at the start does to all states."""
    layout = equations.layout
    rows = np.zeros((len(shift), table.shape[1]))
    for p in equations.partials:
        if p.order == layout.orders[p.unknown] - 1:
            rows[p.equation] += table[p.row] * shift[p.unknown]
    states = layout.integrated(-newton.response(rows), scaled)
    shifted = layout.lifts == 1
    states[shifted] += shift[layout.unknown[shifted], None]
    return states


def _taylor(layout: Layout, jet: Array, elapsed: Array) -> Array:
    """What the states at the start contribute at the nodes."""
    known = np.zeros((len(layout.order), len(elapsed)))
    for row, lift in enumerate(layout.lifts):
        for ahead in range(lift):
            known[row] += jet[row + ahead] * elapsed**ahead / math.factorial(ahead)
    return known
