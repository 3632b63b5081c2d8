"""Conditions on the boundary of a region."""
