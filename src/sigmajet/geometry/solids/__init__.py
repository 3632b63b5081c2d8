"""Regions of space: bodies with smooth faces, what is put together from them, and rules on them."""
