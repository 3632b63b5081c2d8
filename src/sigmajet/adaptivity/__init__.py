"""How far off a solution is, and how a discretisation grows."""
