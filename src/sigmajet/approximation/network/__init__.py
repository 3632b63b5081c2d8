"""Networks of one hidden layer, their features and all derivatives of these."""
