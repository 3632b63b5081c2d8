"""What jets through deep networks need of no framework: directions, operators as text, plans."""

from .arguments import checked_order, checked_orders, checked_samples
from .directions import AlongDirections, along_directions, biharmonic_terms, laplacian_terms
from .operator_text import columns_of, read_operator
from .plan import Group, Plan, planned
from .scaling import lengthening, unit

__all__ = [
    "AlongDirections",
    "Group",
    "Plan",
    "along_directions",
    "biharmonic_terms",
    "checked_order",
    "checked_orders",
    "checked_samples",
    "columns_of",
    "laplacian_terms",
    "lengthening",
    "planned",
    "read_operator",
    "unit",
]
