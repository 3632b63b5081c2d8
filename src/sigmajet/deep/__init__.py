"""What jets through deep networks need of no framework: directions, and operators as text."""

from .directions import AlongDirections, along_directions, biharmonic_terms, laplacian_terms
from .operator_text import columns_of, read_operator

__all__ = [
    "AlongDirections",
    "along_directions",
    "biharmonic_terms",
    "columns_of",
    "laplacian_terms",
    "read_operator",
]
