"""Where the known terms of a statement hold more than evenly spread points would see."""
