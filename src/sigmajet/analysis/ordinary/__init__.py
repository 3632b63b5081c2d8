"""Ordinary differential equations: where known terms switch, how solutions start and branch."""
