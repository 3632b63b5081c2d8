"""Quadrature over regions and parts of boundaries of every kind."""
