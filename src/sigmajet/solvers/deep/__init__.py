"""Deep networks: trained on the equations by least squares, checked by a second one."""
