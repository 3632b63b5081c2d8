"""Nonlinear problems as sequences of easier ones."""
