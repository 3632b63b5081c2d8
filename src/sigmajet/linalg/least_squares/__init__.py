"""Least squares over blocks of unknowns."""
