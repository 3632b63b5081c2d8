"""Deep networks: trained on the residuals of all relations, until two of them agree."""

from __future__ import annotations

from functools import partial
from typing import Any

from ...analysis.boundary_value.hyperbolic_walls import refuse_hyperbolic_walls
from ...problem.compiled.refusal import Refusal
from ...problem.compiled.system import System
from ...solution.outcome import Outcome
from ..base import Options, Plan
from ..checkpoint import Checkpoint
from .options import TrainingOptions
from .pair import Pair

_TAKES = ("layers", "steps", "seconds", "checkpoint", "guess")


def prepare(system: System) -> Plan | Refusal:
    """Make the training of a network ready, which takes every statement without interfaces."""
    if system.across:
        return Refusal(
            'method="deep" trains one smooth network, and there are interfaces at which the '
            "solution bends: leave method out"
        )
    return Plan("deep", partial(_solve, system), takes=_TAKES)


def _solve(
    system: System,
    options: Options,
    *,
    checkpoint: Any = None,
    **training: Any,
) -> Outcome:
    """Train until the estimate meets the tolerance, or for as long as was asked."""
    refuse_hyperbolic_walls(system)
    asked = TrainingOptions.read(options, system.problem, **training)
    file = Checkpoint(system.problem, options, checkpoint, {"layers": list(asked.layers)})
    pair = Pair(system, asked)
    pair.restore(file, checkpoint)
    spent = bool(pair.steps and pair.spent)
    try:
        while not (pair.converged or spent):
            pair.advance()
            pair.keep(file)
            spent = bool(pair.spent)
    except KeyboardInterrupt:
        pair.judge()
        return pair.outcome(f"interrupted after {pair.steps} steps")
    finally:
        pair.keep(file, now=True)
    return pair.outcome()
