"""Rules that many decisions share: by how much figures differ, and at how many points to look."""
