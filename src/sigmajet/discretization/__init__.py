"""Equations at points become rows, and forms on blocks become matrices."""
