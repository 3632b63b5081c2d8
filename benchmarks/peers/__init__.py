"""One module per peer: each takes a case of the registry and returns a solution to call."""
