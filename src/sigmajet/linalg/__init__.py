"""Least squares over blocks, linear constraints, polynomial eigenvalue problems."""
