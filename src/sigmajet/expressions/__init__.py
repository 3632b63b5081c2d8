"""Expressions of SymPy as numbers: the one way from a formula to arrays."""
