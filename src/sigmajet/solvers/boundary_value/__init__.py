"""Boundary-value problems: all variables at once."""
