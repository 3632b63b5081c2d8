"""Functions that all cells have in common: of corners, of holes, of cavities, and of users."""
