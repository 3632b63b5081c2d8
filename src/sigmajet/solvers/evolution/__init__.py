"""Evolutions in time."""
