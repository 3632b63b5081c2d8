"""A local page: derivatives of the sigmoid, and problems typed, solved and drawn."""
