"""Shapes with curved walls: smooth arcs, regions between them, and what cells have of those."""
