"""Derivatives of solutions of every order: where they come from, and what they are off by."""
