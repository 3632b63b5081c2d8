"""Initial-value problems of ordinary equations, window after window."""
