"""What a solve gives back: values with a stated error, the story of its making, and pictures."""

from .solution import Solution, load_solution

__all__ = ["Solution", "load_solution"]
