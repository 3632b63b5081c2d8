"""The functions that solutions are made of, and how far two of them are apart."""
