"""Equations on boxes of two and more variables, and what lines share with them."""
