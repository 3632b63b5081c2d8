# The functions at a point, for `from sigmajet.kernel._special cimport sigmoid` in Cython.
cdef double sigmoid(int n, double x) noexcept nogil
cdef double tanh(int n, double x) noexcept nogil
cdef double softplus(int n, double x) noexcept nogil
cdef double silu(int n, double x) noexcept nogil
cdef double bose(int n, double x) noexcept nogil
cdef double coth(int n, double x) noexcept nogil
cdef double sigmoid_taylor(int n, double x) noexcept nogil
cdef double log_sigmoid(int n, double x) noexcept nogil
cdef double gaussian(int n, double x) noexcept nogil
cdef double erf(int n, double x) noexcept nogil
cdef double gelu(int n, double x) noexcept nogil
cdef double arctan(int n, double x) noexcept nogil
cdef double logit(int n, double x) noexcept nogil
cdef double softsign(int n, double x) noexcept nogil
cdef double mish(int n, double x) noexcept nogil
