"""Evolutions: what short waves and walls see of the equations."""
