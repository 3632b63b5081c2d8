"""Strategies that turn a statement into a solution with a checked error."""
