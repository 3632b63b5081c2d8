"""Galerkin's method in space, for the method of lines."""
