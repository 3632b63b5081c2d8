"""Integers and rationals behind the derivatives (lands next)."""
