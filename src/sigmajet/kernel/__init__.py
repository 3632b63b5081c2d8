"""The kernel: the derivatives of the sigmoid family in C++, as NumPy ufuncs.

`_special` is the binding, and the only file here that knows Python. `sigmoid.hpp` is the algorithm
at one point, `sigmoid_complex.hpp` the same off the real line, `sigmoid_loops.cpp` the loops over
arrays, compiled once for each instruction set; `dispatch.cpp` chooses among them. `loops/` holds
the plain ones, `vectors/` those in vectors of AVX2 or AVX-512, `functions/` what goes point by
point, `tables/` the certified zeros and the expansions. Users call `sigmajet.special`.
"""
