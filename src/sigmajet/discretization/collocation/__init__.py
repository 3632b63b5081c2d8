"""Collocation: rows of a least-squares problem, and nonlinear fits."""
