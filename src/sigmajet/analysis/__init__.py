"""What a statement tells before it is solved."""
