"""Truncated Taylor series in JAX: products, recurrences, and the kernel's way through both."""
