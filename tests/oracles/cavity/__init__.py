"""Flow in a square cavity under a moving lid: at rest in the end, and set in motion."""
