"""What a statement must hold to be meant."""
