"""Regions as users state them: shapes of the plane and of space, and formats of files."""
