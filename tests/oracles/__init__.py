"""Reference solvers for the tests: spectral methods, quadrature, series.

They share no code with sigmajet. Each module says how accurate it is, and `test_oracles.py`
holds it to that.
"""
