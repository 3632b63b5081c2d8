"""Activations: what a neuron makes of its argument, with every derivative, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from ..._types import Array
from ...special import sigmoid, sigmoid_jet


@dataclass(frozen=True, slots=True)
class Activation:
    """A smooth function of one variable.

    Attributes
    ----------
    name : str
        What a saved file calls it.
    derivative : callable
        `derivative(n, x)`: the n-th derivative.
    jet : callable
        `jet(order, x)`: all derivatives up to an order, on a new first axis.
    formula : callable
        The function of a SymPy expression.
    """

    name: str
    derivative: Callable[[int, Array], Array]
    jet: Callable[[int, Array], Array]
    formula: Callable[[sympy.Expr], sympy.Expr]


def _logistic(argument: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-argument))


SIGMOID = Activation("sigmoid", sigmoid, sigmoid_jet, _logistic)

ACTIVATIONS = {activation.name: activation for activation in (SIGMOID,)}
"""Activations that can be read back from a file, by name."""
