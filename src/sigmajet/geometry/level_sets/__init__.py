"""Plane regions where a function is below zero: where its zeros are, and curves along them."""
