"""Where a problem lives: boxes and their blocks, points in them, polynomials on them."""
