"""Functions that are singular at corners, holes and cavities, which statements ask for."""
