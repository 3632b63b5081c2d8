"""Linear constraints, kept by a basis of their null space or by multipliers."""
