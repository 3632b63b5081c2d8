// What C, Cython and numba call: the table of include/sigmajet.h in a capsule, and a capsule for each function at a
// point where Cython and numba look for it, named by its type as they expect.
#pragma once

#include "../include/sigmajet.h"

#include <limits>

#include "../tables/tables.hpp"
#include "family.hpp"

namespace sigmajet::c_api {

template <family::Rule<double> rule, int least, int greatest>
void loop(int n, const double* x, std::ptrdiff_t count, double* out) {
    if (n < least || n > greatest)
        return std::fill(out, out + count, std::numeric_limits<double>::quiet_NaN());
    constexpr Index longest = family::longest<double, rule>;
    for (Index i = 0; i < count; i += longest) rule(n, x + i, std::min(longest, count - i), out + i);
}

template <family::Rule<double> rule, int least, int greatest>
double point(int n, double x) {
    double out;
    loop<rule, least, greatest>(n, &x, 1, &out);
    return out;
}

template <family::Rule<double> rule, int least = 0, int greatest = largest_order>
constexpr sigmajet_function function() {
    return {point<rule, least, greatest>, loop<rule, least, greatest>};
}

inline void jet(int order, const double* x, std::ptrdiff_t count, double* out) {
    if (order < 0 || order > largest_order) {
        if (order > 0) std::fill(out, out + count * (order + 1), std::numeric_limits<double>::quiet_NaN());
        return;
    }
    family::loops->jet(order, x, count, 1, out, count);
}

template <Function which>
constexpr sigmajet_function pointwise() {
    return function<family::pointwise<double, which>>();
}

inline double swish(int n, double x, double slope) {
    if (n < 0 || n > largest_order) return std::numeric_limits<double>::quiet_NaN();
    return family::loops->swish(n, x, slope);
}

inline const sigmajet_api table = {
    SIGMAJET_API_VERSION,
    function<family::sigmoid<double>, -largest_integral>(),
    function<family::tanh<double>>(),
    function<family::softplus<double>, 1 - largest_integral, largest_order + 1>(),
    function<family::in_blocks<double, &Loops::silu>>(),
    function<family::in_blocks<double, &Loops::bose>>(),
    function<family::in_blocks<double, &Loops::coth>>(),
    function<family::in_blocks<double, &Loops::sigmoid_taylor>, 0, largest_taylor_order>(),
    jet,
    function<family::log_sigmoid<double>, 0, largest_order + 1>(),
    pointwise<Function::gaussian>(),
    pointwise<Function::erf>(),
    pointwise<Function::gelu>(),
    pointwise<Function::arctan>(),
    pointwise<Function::logit>(),
    pointwise<Function::softsign>(),
    pointwise<Function::mish>(),
    swish};

inline int add(PyObject* module) {
    const struct {
        const char* name;
        double (*point)(int, double);
    } points[] = {{"sigmoid", table.sigmoid.point}, {"tanh", table.tanh.point},
                  {"softplus", table.softplus.point}, {"silu", table.silu.point},
                  {"bose", table.bose.point}, {"coth", table.coth.point},
                  {"sigmoid_taylor", table.sigmoid_taylor.point}, {"log_sigmoid", table.log_sigmoid.point},
                  {"gaussian", table.gaussian.point}, {"erf", table.erf.point},
                  {"gelu", table.gelu.point}, {"arctan", table.arctan.point},
                  {"logit", table.logit.point}, {"softsign", table.softsign.point},
                  {"mish", table.mish.point}};
    PyObject* capsules = PyDict_New();
    bool failed = !capsules;
    for (const auto& one : points) {
        if (failed) break;
        PyObject* capsule = PyCapsule_New(reinterpret_cast<void*>(one.point), "double (int, double)", nullptr);
        failed = !capsule || PyDict_SetItemString(capsules, one.name, capsule) < 0;
        Py_XDECREF(capsule);
    }
    PyObject* all = PyCapsule_New(const_cast<sigmajet_api*>(&table), SIGMAJET_API_CAPSULE, nullptr);
    failed = failed || !all || PyModule_AddObjectRef(module, "_c_api", all) < 0 ||
             PyModule_AddObjectRef(module, "__pyx_capi__", capsules) < 0;
    Py_XDECREF(all);
    Py_XDECREF(capsules);
    return failed ? -1 : 0;
}

}  // namespace sigmajet::c_api
