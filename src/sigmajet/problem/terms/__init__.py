"""What a statement is made of: places, traces, relations, coefficients, and how one writes them."""
