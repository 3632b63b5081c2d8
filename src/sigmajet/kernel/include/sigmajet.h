/* The functions of sigmajet for C and C++ extensions, without the interpreter lock.
 *
 *     const struct sigmajet_api *sj = sigmajet_import();   (once, holding the lock)
 *     if (!sj) return NULL;                                (a Python exception is set)
 *     double slope = sj->sigmoid.point(1, 0.3);
 *     sj->tanh.loop(2, x, count, out);
 *
 * Compile with -I of sigmajet.get_include(). Order n of the function comes first; outside the orders that the ufunc
 * of the same name takes the result is nan. `out` may be `x`. sigmoid_jet writes orders 0..order one after the
 * other, `count` numbers each. Version 2 added what follows it; swish takes its slope last.
 */
#ifndef SIGMAJET_H
#define SIGMAJET_H

#include <Python.h>
#include <stddef.h>

#define SIGMAJET_API_VERSION 2
#define SIGMAJET_API_CAPSULE "sigmajet.kernel._special._c_api"

struct sigmajet_function {
    double (*point)(int n, double x);
    void (*loop)(int n, const double *x, ptrdiff_t count, double *out);
};

struct sigmajet_api {
    int version;
    struct sigmajet_function sigmoid, tanh, softplus, silu, bose, coth, sigmoid_taylor;
    void (*sigmoid_jet)(int order, const double *x, ptrdiff_t count, double *out);
    struct sigmajet_function log_sigmoid, gaussian, erf, gelu, arctan, logit, softsign, mish;
    double (*swish)(int n, double x, double slope);
};

#if defined(__GNUC__)
__attribute__((unused))
#endif
static const struct sigmajet_api *
sigmajet_import(void) {
    const struct sigmajet_api *api =
        (const struct sigmajet_api *)PyCapsule_Import(SIGMAJET_API_CAPSULE, 0);
    if (api && api->version < SIGMAJET_API_VERSION) {
        PyErr_Format(PyExc_ImportError, "sigmajet offers version %d of its C functions, expected %d or later",
                     api->version, SIGMAJET_API_VERSION);
        return NULL;
    }
    return api;
}

#endif
