"""Boundary-value problems: waves of the operator, walls of hyperbolic equations, symmetries."""
