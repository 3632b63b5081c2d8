"""Statements as NumPy functions: residuals with their exact partial derivatives."""
