"""Complex unknowns as pairs of real ones."""
