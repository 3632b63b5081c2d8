"""Strategies that turn a statement into a solution with a checked error.

Imports nothing: `sigmajet.solution` needs `solver.fields`, and `solver.solve` needs `Solution`.
"""
