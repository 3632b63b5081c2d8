"""What jets through deep networks need of no framework: directions, operators as text, plans."""

from .arguments import checked_order, checked_orders, checked_samples
from .directions import AlongDirections, along_directions, biharmonic_terms, laplacian_terms
from .estimate import Estimate
from .operator_text import columns_of, read_operator
from .plan import Group, Plan, biharmonic_plan, derivative_plan, laplacian_plan, text_plan
from .scaling import lengthening, unit

__all__ = [
    "AlongDirections",
    "Estimate",
    "Group",
    "Plan",
    "along_directions",
    "biharmonic_plan",
    "biharmonic_terms",
    "checked_order",
    "checked_orders",
    "checked_samples",
    "columns_of",
    "derivative_plan",
    "laplacian_plan",
    "laplacian_terms",
    "lengthening",
    "read_operator",
    "text_plan",
    "unit",
]
